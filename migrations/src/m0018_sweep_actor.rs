//! Who began a sweep stands in the log: the column beside it was read by nobody.

crate::migration!("alter table sweep drop column actor;");
