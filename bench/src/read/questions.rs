//! What is asked: the operations of the clients, and those by which other systems were measured (Q1 to Q6).
//!
//! Q5, which asks for titles that contain a word, is not among them.

/// An operation of the bench's own.
const OWN: [(&str, &str); 5] = [
    (
        "q1",
        "query Q1($site: String!, $path: String!) { column(by: {at: {site: $site, path: $path}}) { id name
           placements(first: 20) { nodes { id title url publishedAt
             content { id kind summary tags { id name } publisher { id name } } } } } }",
    ),
    (
        "q2",
        "query Q2($id: ID!) { content(by: {id: $id}) { id kind title summary publishedAt url body { html }
           tags { id name } homeColumn { id name url } homeSite { id name url } publisher { id name }
           related(first: 3) { id title url publishedAt } } }",
    ),
    (
        "q3",
        "query Q3($code: String!) { tag(by: {code: $code}) { id name
           contents(first: 20) { nodes { id kind title url publishedAt publisher { id name } homeSite { id name } } } } }",
    ),
    (
        "q4",
        "query Q4($site: String!, $columns: [String!]!) { site(by: {code: $site}) { id name
           columnsAt(paths: $columns) { id name url
             placements(first: 6) { nodes { id title url publishedAt } } } } }",
    ),
    (
        "q6",
        "query Q6($site: String!, $path: String!, $offset: Int!) { column(by: {at: {site: $site, path: $path}}) { id name
           placements(first: 20, offset: $offset) { nodes { id title url publishedAt
             content { id kind summary tags { id name } publisher { id name } } } } } }",
    ),
];

/// The names of all operations with their documents.
pub fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
    OWN.into_iter().chain(schema::operations().iter().map(|(name, document, _)| (*name, *document)))
}
