//! What a client may have meant by a name that a type does not have.

use apollo_compiler::schema::{ExtendedType, Schema};

/// The field of `type_name` whose name is nearest to `name`, if any is near.
pub fn field<'a>(schema: &'a Schema, type_name: &str, name: &str) -> Option<&'a str> {
    let fields: Vec<&str> = match schema.types.get(type_name)? {
        ExtendedType::Object(object) => object.fields.keys().map(|name| name.as_str()).collect(),
        ExtendedType::Interface(interface) => interface.fields.keys().map(|name| name.as_str()).collect(),
        _ => return None,
    };
    nearest(fields, name)
}

/// No name of a schema is longer; comparing is work for each pair of letters.
const LONGEST: usize = 60;

fn nearest<'a>(known: impl IntoIterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let most = name.len() / 3 + 1;
    known
        .into_iter()
        .map(|known| (strsim::osa_distance(&known.to_lowercase(), &name.to_lowercase()), known))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_suggested() {
        assert_eq!(nearest(["title", "body", "publishedAt"], "titel"), Some("title"));
        assert_eq!(nearest(["title", "body", "publishedAt"], "published_at"), Some("publishedAt"));
        assert_eq!(nearest(["title", "body"], "organisation"), None);
    }
}
