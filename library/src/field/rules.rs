//! The rules of what describes a field of a site's own.

use super::{FieldFields, FieldType};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Date, text};

/// The fields as they are kept, or a refusal of what is wrong in them.
pub(super) fn accept(mut fields: FieldFields) -> Result<FieldFields> {
    fields.label = text::require("label", &fields.label, 100)?;
    for (path, text, most) in [
        ("help", &mut fields.help, 500),
        ("minimum", &mut fields.minimum, 40),
        ("maximum", &mut fields.maximum, 40),
        ("pattern", &mut fields.pattern, 200),
    ] {
        *text = text::optional(path, text.as_deref(), most)?;
    }
    match (fields.kind == FieldType::Code, fields.list.is_some()) {
        (true, false) => {
            let (chinese, english) = ("代码字段须指定代码表", "a CODE field needs its list");
            return Err(Refusal::new(RefusalCode::Required, "list", chinese, english).into());
        }
        (false, true) => {
            let (chinese, english) = ("只有代码字段可指定代码表", "only CODE fields have a list");
            return Err(Refusal::new(RefusalCode::Invalid, "list", chinese, english).into());
        }
        _ => {}
    }
    let misfit = |path: &str| {
        let (chinese, english) = ("与字段类型不符", "does not fit the field's type");
        Refusal::new(RefusalCode::Invalid, path, chinese, english)
    };
    let fits = |bound: &String| match fields.kind {
        FieldType::Number => bound.parse::<f64>().is_ok_and(f64::is_finite),
        FieldType::Date => bound.parse::<Date>().is_ok(),
        _ => false,
    };
    for (path, bound) in [("minimum", &fields.minimum), ("maximum", &fields.maximum)] {
        if !bound.as_ref().is_none_or(fits) {
            return Err(misfit(path).into());
        }
    }
    let crossed = match (&fields.minimum, &fields.maximum) {
        (Some(least), Some(most)) if fields.kind == FieldType::Number => {
            least.parse::<f64>().unwrap_or_default() > most.parse::<f64>().unwrap_or_default()
        }
        (Some(least), Some(most)) => least > most,
        _ => false,
    };
    match crossed {
        true => Err(Refusal::new(RefusalCode::Invalid, "maximum", "最大值小于最小值", "below the minimum").into()),
        false => Ok(fields),
    }
}

/// Refuses what the values that contents have already would not fit: another field is defined for that.
pub(super) fn fits_values(before: &FieldFields, after: &FieldFields) -> Result<()> {
    for (path, broken) in [
        ("type", before.kind != after.kind),
        ("list", before.list != after.list),
        ("repeatable", before.repeatable && !after.repeatable),
        // Contents that are published already would not be found by it.
        ("filterable", !before.filterable && after.filterable),
    ] {
        if broken {
            let (chinese, english) =
                ("已有内容按原定义保存，请另建字段", "contents have values as it was: define another field");
            return Err(Refusal::new(RefusalCode::WrongState, path, chinese, english).into());
        }
    }
    Ok(())
}
