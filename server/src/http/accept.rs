//! Which media type a GraphQL answer gets (GraphQL over HTTP).

use axum::http::{HeaderMap, header};

/// The media type of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`: for everybody who does not ask for the other by name.
    Json,
    /// `application/graphql-response+json`.
    GraphqlResponse,
}

impl MediaType {
    /// What the request's `Accept` asks for.
    pub fn asked(headers: &HeaderMap) -> Self {
        let mut weights = [0.0_f32; 2];
        for value in headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()) {
            for range in value.split(',') {
                let mut parts = range.split(';').map(str::trim);
                let at = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
                    "application/json" => 0,
                    "application/graphql-response+json" => 1,
                    _ => continue,
                };
                let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
                weights[at] = weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(1.0));
            }
        }
        if weights[1] > 0.0 && weights[1] >= weights[0] { Self::GraphqlResponse } else { Self::Json }
    }

    /// The value of `Content-Type`.
    pub fn header(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_asks_by_name_gets_the_newer_type() {
        let asked = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().expect("a header"));
            MediaType::asked(&headers)
        };
        assert_eq!(MediaType::asked(&HeaderMap::new()), MediaType::Json);
        assert_eq!(asked("*/*"), MediaType::Json);
        assert_eq!(asked("application/*"), MediaType::Json);
        assert_eq!(asked("text/html, application/json"), MediaType::Json);
        assert_eq!(asked("application/graphql-response+json, application/json;q=0.9"), MediaType::GraphqlResponse);
        assert_eq!(asked("application/json, Application/GraphQL-Response+JSON"), MediaType::GraphqlResponse);
        assert_eq!(asked("application/json, application/graphql-response+json; q=0.5"), MediaType::Json);
        assert_eq!(asked("application/graphql-response+json;q=0"), MediaType::Json);
    }
}
