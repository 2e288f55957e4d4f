//! `/graphql` with a file: the GraphQL multipart request specification, for `uploadAttachment` alone.
//!
//! Who may not upload is refused before anything of the body is read, and a question that is not admitted before its file
//! is. The file goes to the library's folder piece by piece. Forms of foreign pages send no header of their own, and
//! browsers ask first whether a page may: so one is asked for (CSRF).

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use library::attachment::Spooled;
use library::{Caller, Library};
use multer::{Constraints, Field, Multipart, SizeLimit};
use operation::{Admitted, Question};
use schema::{TAKES_FILE, Uploaded};
use serde_json::Value as Json;

use super::executed;
use super::graphql::{self, Asker};
use super::view::View;
use super::{App, Arrived, Refused, bearer, bodies, gate, question, registered};

/// The header that shows that the asker is no form.
const PREFLIGHT: &str = "graphql-require-preflight";
/// The most bytes of the question.
const MOST_OPERATIONS: usize = 128 << 10;
/// The most bytes of the map.
const MOST_MAP: usize = 4 << 10;
/// What the body has beside the file: the two other parts, and what stands between them.
const BESIDE: usize = MOST_OPERATIONS + MOST_MAP + (4 << 10);

/// Whether a request brings parts.
pub fn is_one(headers: &HeaderMap) -> bool {
    content_type(headers).split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("multipart/form-data")
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A question with a file, by POST.
pub async fn post(app: &App, arrived: Arrived, request: Request) -> Response {
    let begun = Instant::now();
    let (parts, body) = request.into_parts();
    let asker = Asker { headers: parts.headers, uri: parts.uri, arrived };
    let (caller, boundary) = match admit(app, &asker).await {
        Ok(admitted) => admitted,
        Err(refused) => return graphql::not_taken(app, &asker, &refused),
    };
    let Some(place) = app.uploads_gate.place().await else {
        return gate::turned_away(app, &asker.headers);
    };
    let most = app.library.uploads().most_bytes;
    let whole = SizeLimit::new().whole_stream(most + BESIDE as u64);
    let constraints = Constraints::new().size_limit(whole);
    let multipart = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let mut form = Form { multipart, patience: app.settings.body_timeout };
    let question = match form.question(app).await {
        Ok(question) => question,
        Err(refused) => return graphql::refusal(app, &asker, &refused),
    };
    if let Err(refused) = registered::asked(app, Some(&caller), &question.question.query) {
        return graphql::not_taken(app, &asker, &refused);
    }
    let admitted = match app.rules.admit(&question.question, asker.openness()) {
        Ok(admitted) => admitted,
        Err(refusals) => return graphql::not_admitted(app, &asker, &question.question, &refusals, begun),
    };
    let file = match question.require_upload(&admitted) {
        Ok(()) => form.file(&app.library, &question.file).await,
        Err(refused) => Err(refused),
    };
    let (file, asking) = match (file, bearer::asking(asker.arrived.client, &asker.headers)) {
        (Ok(file), Ok(asking)) => (file, asking),
        (Err(refused), _) | (_, Err(refused)) => return graphql::refusal(app, &asker, &refused),
    };
    drop(place);
    let Some(_place) = app.questions_gate.place().await else {
        return gate::turned_away(app, &asker.headers);
    };
    let uploaded = Uploaded(Some(Arc::new(file)));
    executed::execute(app, &asker, admitted, (Some(caller), asking, View::public()), uploaded, begun).await
}

/// Who asks and what stands between the parts, by the head of the request alone.
async fn admit(app: &App, asker: &Asker) -> Result<(Caller, String), Refused> {
    let headers = &asker.headers;
    if headers.get(PREFLIGHT).is_none_or(|value| value.is_empty()) {
        let message = "A file is sent with the header GraphQL-Require-Preflight, whatever its value.";
        return Err(Refused::new(StatusCode::FORBIDDEN, "PREFLIGHT_REQUIRED", message));
    }
    let caller = bearer::caller(app, headers).await?.ok_or_else(bearer::nobody)?;
    if app.library.may_upload(&caller).is_err() {
        let message = "This account may not upload files: it drafts nowhere, or must change its password first.";
        return Err(Refused::new(StatusCode::FORBIDDEN, "NOT_ALLOWED", message));
    }
    let most = app.library.uploads().most_bytes;
    let whole = usize::try_from(most).unwrap_or(usize::MAX).saturating_add(BESIDE);
    if let Some(refused) = bodies::refuse_unread(headers, whole) {
        return Err(if refused.limit.is_some() { too_large(most) } else { refused });
    }
    let boundary = multer::parse_boundary(content_type(headers));
    Ok((caller, boundary.map_err(|_| Refused::bad_request("The content type names no boundary."))?))
}

fn too_large(most: u64) -> Refused {
    Refused::exceeded(StatusCode::PAYLOAD_TOO_LARGE, "upload_bytes", most)
}

/// A question, and the name of the part that its file is.
struct WithFile {
    question: Question,
    file: String,
}

impl WithFile {
    /// Refuses a question that does not hand the file on to one upload.
    fn require_upload(&self, admitted: &Admitted) -> Result<(), Refused> {
        match schema::takes_file(&admitted.document, &self.file) {
            true => Ok(()),
            false => {
                let message = format!("A file is sent for one `{TAKES_FILE}` and for nothing else.");
                Err(Refused::bad_request(message))
            }
        }
    }
}

/// The parts of a body, one after the other.
struct Form {
    multipart: Multipart<'static>,
    patience: Duration,
}

impl Form {
    async fn in_time<T>(&self, what: impl Future<Output = multer::Result<T>>) -> Result<T, Refused> {
        tokio::time::timeout(self.patience, what).await.map_err(|_| bodies::late())?.map_err(|error| malformed(&error))
    }

    async fn next(&mut self) -> Result<Option<Field<'static>>, Refused> {
        let patience = self.patience;
        let next = tokio::time::timeout(patience, self.multipart.next_field()).await.map_err(|_| bodies::late())?;
        next.map_err(|error| malformed(&error))
    }

    /// The small part that must come now.
    async fn text(&mut self, name: &'static str, most: usize) -> Result<Bytes, Refused> {
        let mut field = match self.next().await? {
            Some(field) if field.name() == Some(name) && field.file_name().is_none() => field,
            _ => {
                let message = "The parts of the body are `operations`, `map` and one file, in this order.";
                return Err(Refused::bad_request(message));
            }
        };
        let mut text = Vec::new();
        while let Some(piece) = self.in_time(field.chunk()).await? {
            if text.len() + piece.len() > most {
                return Err(Refused::exceeded(StatusCode::PAYLOAD_TOO_LARGE, "operations_bytes", most as u64));
            }
            text.extend_from_slice(&piece);
        }
        Ok(Bytes::from(text))
    }

    /// The question and which part is its file.
    async fn question(&mut self, app: &App) -> Result<WithFile, Refused> {
        let limits = app.rules.limits();
        let operations = self.text("operations", MOST_OPERATIONS.min(app.body_limit)).await?;
        let mut question = question::of_body(&operations, limits, &app.persisted)?;
        let map = self.text("map", MOST_MAP).await?;
        let (file, path) = place_of_file(&map)?;
        put(&mut question, &path, &file)?;
        Ok(WithFile { question, file })
    }

    /// The file, which is the last part.
    async fn file(&mut self, library: &Library, name: &str) -> Result<Spooled, Refused> {
        let most = library.uploads().most_bytes;
        let Some(mut field) = self.next().await?.filter(|field| field.name() == Some(name)) else {
            return Err(Refused::bad_request("The file that `map` names must be the part after it."));
        };
        let mut spool = library.spool(field.file_name().unwrap_or_default()).await.map_err(|error| fault(&error))?;
        while let Some(piece) = self.in_time(field.chunk()).await? {
            if spool.size() + piece.len() as u64 > most {
                return Err(too_large(most));
            }
            spool.write(&piece).await.map_err(|error| fault(&error))?;
        }
        drop(field);
        if self.next().await?.is_some() {
            return Err(Refused::exceeded(StatusCode::BAD_REQUEST, "upload_files", 1));
        }
        spool.finish().await.map_err(|error| fault(&error))
    }
}

fn malformed(error: &multer::Error) -> Refused {
    match error {
        multer::Error::StreamSizeExceeded { limit } => too_large(limit.saturating_sub(BESIDE as u64)),
        _ => Refused::bad_request("The body is not multipart/form-data as its content type says."),
    }
}

fn fault(error: &library::Error) -> Refused {
    tracing::error!(%error, "a file could not be taken in");
    Refused::internal()
}

/// The name of the file's part, and the place in the question that it is for.
fn place_of_file(map: &[u8]) -> Result<(String, String), Refused> {
    let wrong = "`map` is a JSON object with one file and one place in the variables, such as \
                 {\"0\": [\"variables.input.file\"]}.";
    let map: serde_json::Map<String, Json> = serde_json::from_slice(map).map_err(|_| Refused::bad_request(wrong))?;
    if map.len() > 1 {
        return Err(Refused::exceeded(StatusCode::BAD_REQUEST, "upload_files", 1));
    }
    let file = map.into_iter().next().and_then(|(name, places)| match places.as_array()?.as_slice() {
        [Json::String(path)] => Some((name, path.clone())),
        _ => None,
    });
    file.filter(|(name, _)| !name.is_empty() && name.len() <= 100).ok_or_else(|| Refused::bad_request(wrong))
}

/// Puts the name of the file's part where the file is for; null must stand there.
fn put(question: &mut Question, path: &str, file: &str) -> Result<(), Refused> {
    let mut steps = path.split('.');
    let mut place = match (steps.next(), steps.next()) {
        (Some("variables"), Some(variable)) => question.variables.get_mut(variable),
        _ => None,
    };
    for step in steps {
        place = place.and_then(|place| place.as_object_mut()?.get_mut(step));
    }
    match place {
        Some(place) if place.is_null() => {
            *place = Json::from(file);
            Ok(())
        }
        _ => Err(Refused::bad_request("`map` names no place in the variables where null stands.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(variables: Json) -> Question {
        Question { variables: variables.as_object().cloned().unwrap_or_default(), ..Question::default() }
    }

    #[test]
    fn a_file_has_one_place() {
        let name = |map: &str| place_of_file(map.as_bytes()).ok();
        let place = Some(("0".to_owned(), "variables.input.file".to_owned()));
        assert_eq!(name(r#"{"0": ["variables.input.file"]}"#), place);
        for map in
            ["", "[]", "{}", r#"{"0": []}"#, r#"{"0": "variables.file"}"#, r#"{"": ["a"]}"#, r#"{"0": ["a", "b"]}"#]
        {
            assert_eq!(name(map), None, "{map}");
        }
        let two = place_of_file(br#"{"0": ["a"], "1": ["b"]}"#).expect_err("two files");
        assert_eq!(two.limit, Some(("upload_files", 1)));
    }

    #[test]
    fn the_place_must_be_there_and_be_null() {
        let mut asked = question(serde_json::json!({"input": {"file": null, "name": "a"}, "x": null}));
        assert!(put(&mut asked, "variables.input.file", "0").is_ok());
        assert_eq!(asked.variables["input"]["file"], "0");
        for path in ["variables.input.file", "variables.input.name", "variables.input.none", "variables", "query", ""] {
            assert!(put(&mut asked, path, "0").is_err(), "{path}");
        }
        assert!(put(&mut asked, "variables.x", "0").is_ok());
    }
}
