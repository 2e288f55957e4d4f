//! Parts of a filter of contents that are conditions on other tables: tags, what policies are filtered by, fields of a site's own.

use super::document_number::DocumentNumber;
use super::filter::{ContentFilter, FieldCondition};
use crate::Scope;
use crate::changes::List;
use crate::id::TagId;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::scope::{Filtered, Walk};

impl Scope {
    /// The tags of the filter, each with those that still follow it, as far as the walk is not along them.
    pub(super) fn narrow_tags(&self, list: &mut Filtered, filter: &ContentFilter) {
        let directory = self.directory();
        let along = |walk: &Walk, tags: &[TagId]| {
            let walked = directory.tags_walked(tags);
            walk.table == "content_tag"
                && walk.groups.first().is_some_and(|group| walked.iter().map(|tag| tag.0).eq(group.iter().copied()))
        };
        let several = "exists (select 1 from content_tag t where t.content_id = {id} and t.tag_id in ids({}))";
        for tag in filter.all_tags.iter().filter(|tag| !along(&list.walk, &[**tag])).copied().collect::<Vec<_>>() {
            match directory.tags_walked(&[tag]).as_slice() {
                [one] => {
                    list.filter(
                        "exists (select 1 from content_tag t where t.content_id = {id} and t.tag_id = {})",
                        *one,
                    );
                }
                walked => list.filter(several, walked),
            }
        }
        if !filter.any_tags.is_empty() && !along(&list.walk, &filter.any_tags) {
            list.filter(several, directory.tags_walked(&filter.any_tags).as_slice());
        }
    }

    pub(super) fn narrow_policy(&self, list: &mut Filtered, filter: &ContentFilter) {
        let policy =
            |condition: &str| format!("exists (select 1 from policy y where y.content_id = {{id}} and y.{condition})");
        if let Some(number) = &filter.document_number {
            let folded = DocumentNumber::fold(number);
            match (list.walk.table, list.walk.order[0]) {
                ("policy", "published_at") => list.walk.narrow("{d}.folded_number = {}", folded),
                ("policy", _) => list.filter("{d}.folded_number = {}", folded),
                _ => list.filter(&policy("folded_number = {}"), folded),
            }
        }
        // Policies have an index by validity and one by type, each in the order of their days.
        let by_day = list.walk.table == "policy" && list.walk.order[0] == "written_on";
        let validity: Vec<String> = filter.validity.iter().map(|v| <&str>::from(v).to_owned()).collect();
        let walked = match validity.as_slice() {
            [one] if by_day => {
                list.walk.narrow("{d}.validity = {}", one);
                true
            }
            _ if by_day => {
                list.filter_any("{d}.validity in texts({})", validity);
                false
            }
            _ => {
                list.filter_any(&policy("validity in texts({})"), validity);
                false
            }
        };
        match &filter.document_type {
            Some(kind) if by_day && !walked => list.walk.narrow("{d}.document_type = {}", kind),
            Some(kind) if by_day => list.filter("{d}.document_type = {}", kind),
            Some(kind) => list.filter(&policy("document_type = {}"), kind),
            None => {}
        }
    }

    pub(super) fn narrow_field(&self, list: &mut Filtered, condition: &FieldCondition) -> Result<()> {
        self.note_list(List::fields());
        let known = self
            .directory()
            .fields
            .all()
            .iter()
            .any(|field| field.key == condition.key && field.fields.filterable && field.fields.public);
        if !known {
            return Err(Refusal::new(
                RefusalCode::Invalid,
                "filter.fields",
                "该字段不能用于筛选",
                "not a field to filter by",
            )
            .into());
        }
        for (sign, value) in [("=", &condition.is), (">=", &condition.from), ("<=", &condition.until)] {
            let Some(value) = value else { continue };
            let key = list.walk.param(&condition.key);
            let text = list.walk.param(value);
            list.filter_text(format!(
                "exists (select 1 from content_field f where f.content_id = {{id}} and f.key = {key} and f.text {sign} {text})"
            ));
        }
        Ok(())
    }
}
