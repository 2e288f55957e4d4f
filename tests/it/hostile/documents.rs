//! Hostile documents: each is a well-known trap for those who parse, validate or execute what strangers write.

use serde_json::{Value as Json, json};

/// A document that must be refused, by a limit or with a code.
pub struct Document {
    pub name: &'static str,
    pub query: String,
    pub variables: Json,
    pub limit: Option<&'static str>,
    pub code: &'static str,
}

fn limited(limit: &'static str, name: &'static str, query: String) -> Document {
    Document { name, query, variables: json!({}), limit: Some(limit), code: "LIMIT_EXCEEDED" }
}

fn refused(code: &'static str, name: &'static str, query: String) -> Document {
    Document { name, query, variables: json!({}), limit: None, code }
}

fn invalid(name: &'static str, query: String) -> Document {
    refused("GRAPHQL_VALIDATION_FAILED", name, query)
}

fn unreadable(name: &'static str, query: String) -> Document {
    refused("GRAPHQL_PARSE_FAILED", name, query)
}

/// So many pieces, each made from its number.
fn many(number: usize, piece: impl Fn(usize) -> String) -> String {
    (0..number).map(piece).collect()
}

/// Something within itself.
fn nested(depth: usize, open: &str, inside: &str, close: &str) -> String {
    format!("{}{inside}{}", open.repeat(depth), close.repeat(depth))
}

/// All hostile documents.
pub fn documents() -> Vec<Document> {
    let mut all = repeated();
    all.extend(deep());
    all.extend(fragments());
    all.extend(values());
    all.extend(costly());
    all
}

fn repeated() -> Vec<Document> {
    vec![
        limited("query_bytes", "10,000 operations", many(10_000, |at| format!("query Q{at} {{position}} "))),
        limited("operations", "500 operations", many(500, |at| format!("query Q{at} {{position}} "))),
        limited("query_bytes", "50,000 aliases", format!("{{{}}}", many(50_000, |at| format!("a{at}:position ")))),
        limited("tokens", "4,000 aliases", format!("{{{}}}", many(4_000, |at| format!("a{at}:position ")))),
        limited("query_bytes", "100,000 equal fields", format!("{{{}}}", "position ".repeat(100_000))),
        limited("root_fields", "7,000 equal fields", format!("{{{}}}", "position ".repeat(7_000))),
        limited("fields", "2,001 fields", format!("{{tagGroups{{{}}}}}", "id ".repeat(2_001))),
        limited("introspection_fields", "50 __schema", {
            format!("{{{}}}", many(50, |at| format!("a{at}:__schema{{types{{name}}}} ")))
        }),
        limited("root_fields", "200 __schema", {
            format!("{{{}}}", many(200, |at| format!("a{at}:__schema{{types{{name}}}} ")))
        }),
        limited("query_bytes", "10,000 directives", format!("{{position {}}}", "@skip(if:false)".repeat(10_000))),
        limited("directives", "1,000 directives", format!("{{position {}}}", "@skip(if:false)".repeat(1_000))),
        limited("query_bytes", "10,000 variables", {
            format!("query({}){{position}}", many(10_000, |at| format!("$v{at}:Int ")))
        }),
        limited("variables", "1,000 variables", {
            format!("query({}){{position}}", many(1_000, |at| format!("$v{at}:Int ")))
        }),
        limited("query_bytes", "half a megabyte of comments", format!("{{position}}#{}", "x".repeat(500_000))),
        unreadable("only comments", "#x\n".repeat(20_000)),
        limited("tokens", "only quotation marks", "\"\n".repeat(30_000)),
        limited("tokens", "only NUL", "\0".repeat(60_000)),
        unreadable("a text that does not end", format!("{{position(a:\"{}", "x".repeat(60_000))),
        unreadable("a block that does not end", format!("{{position(a:\"\"\"{}", "\n x".repeat(20_000))),
        unreadable("only names", "a ".repeat(9_999)),
        unreadable("only dots", "...".repeat(9_999)),
        unreadable("only closing brackets", "}".repeat(9_999)),
        invalid("definitions of types", "type A {a: Int} ".repeat(1_200)),
    ]
}

fn deep() -> Vec<Document> {
    vec![
        limited("tokens", "fields 10,000 deep", nested(10_000, "{a", "", "}")),
        limited("nesting", "fields 3,000 deep", nested(3_000, "{a", "", "}")),
        limited("depth", "fields 30 deep", nested(30, "{parent", "{id}", "}")),
        limited("nesting", "lists 5,000 deep", format!("{{nodes(ids:{}){{id}}}}", nested(4_000, "[", "1", "]"))),
        limited(
            "nesting",
            "objects 2,000 deep",
            format!("{{contents(filter:{}){{id}}}}", nested(2_000, "{a:", "1", "}")),
        ),
        limited("nesting", "types 4,000 deep", format!("query($v:{}){{position}}", nested(4_000, "[", "Int", "]"))),
        limited("nesting", "inline fragments 2,000 deep", nested(2_000, "{...", "{position}", "}")),
        unreadable("brackets that do not close", format!("{{position(a:{}", "[".repeat(58))),
        limited("introspection_depth", "types of fields of types", {
            format!("{{__schema{{types{{{}}}}}}}", nested(5, "fields{type{", "name", "}}"))
        }),
    ]
}

/// Fragments that each spread the next one twice.
fn doubling(levels: usize, last: &str) -> String {
    let one = |at: usize| format!(" fragment F{at} on Site{{...F{next} ...F{next}}}", next = at + 1);
    format!("{{site(by:{{code:\"x\"}}){{...F0}}}}{} fragment F{levels} on Site{{{last}}}", many(levels, one))
}

/// A chain through an interface, and on each level one for each type that goes on to the bottom by itself: which
/// fields must be compared doubles with every level.
fn types_in_types(levels: usize) -> String {
    let mut inside = "id".to_owned();
    for level in 1..=levels {
        let chain = |name: &str| nested(level, "related{", &format!("{name}:id"), "}");
        inside = format!("related{{{inside}}}...on Article{{{}}}...on Policy{{{}}}", chain("a"), chain("p"));
    }
    format!("{{content(by:{{id:\"x\"}}){{{inside}}}}}")
}

/// Fragments in circles, each reached with another set of the others by every path.
fn circles(number: usize) -> String {
    let one = |at: usize| {
        let (next, before) = (at + 1, at.saturating_sub(1));
        format!(" fragment F{at} on Content{{related{{...F{next}}}translations{{...F{before} ...F0}}}}")
    };
    let last = format!(" fragment F{number} on Content{{id}}");
    format!("{{content(by:{{id:\"x\"}}){{...F0}}}}{}{last}", many(number, one))
}

fn fragments() -> Vec<Document> {
    vec![
        limited("fields", "fragments that double", doubling(30, "id")),
        limited("tokens", "fragments that double and hold nothing", doubling(30, "...Nothing")),
        limited("merged_fields", "types within types", types_in_types(16)),
        invalid("fragments in circles", circles(17)),
        invalid("a fragment in itself", "{...F} fragment F on Query{position ...F}".to_owned()),
        limited("query_bytes", "10,000 fragments", {
            format!("{{position}}{}", many(10_000, |at| format!(" fragment F{at} on Query{{position}}")))
        }),
        limited("fragments", "1,000 fragments", {
            format!("{{position}}{}", many(1_000, |at| format!(" fragment F{at} on Query{{position}}")))
        }),
        invalid("fragments that nobody spreads", {
            format!("{{position}}{}", many(190, |at| format!(" fragment F{at} on Query{{a{at}:position nothing}}")))
        }),
        invalid("fragments on types that cannot be", {
            let one = |at: usize| format!(" fragment F{at} on Tag{{name ...on Policy{{id}}...on Column{{id}}}}");
            let spread = many(190, |at| format!("...F{at} "));
            format!("{{content(by:{{id:\"x\"}}){{{spread}}}}}{}", many(190, one))
        }),
        limited("tokens", "operations that share wrong values", {
            let shared = format!("fragment F on Query{{nodes(ids:[{}]){{id}}}}", "1.5 ".repeat(9_000));
            format!("{}{shared}", many(50, |at| format!("query Q{at}{{...F}} ")))
        }),
        invalid("operations that share a long name", {
            let shared = format!("fragment F on Query{{node(id:${}){{id}}}}", "u".repeat(60_000));
            format!("{}{shared}", many(50, |at| format!("query Q{at}{{...F}} ")))
        }),
    ]
}

fn values() -> Vec<Document> {
    let level = |value: &str| format!("{{codes(list:THEME,level:{value}){{code}}}}");
    vec![
        invalid("a number of 60,000 digits", level(&"9".repeat(60_000))),
        invalid("a fraction beyond numbers", level("1e999999")),
        invalid("a long text for a number", level(&format!("\"{}\"", "x".repeat(60_000)))),
        invalid("a long block for a number", level(&format!("\"\"\"{}\"\"\"", "\n  x".repeat(15_000)))),
        refused("BAD_USER_INPUT", "NUL in a text", "{content(by:{id:\"\\u0000\"}){id}}".to_owned()),
        invalid("a long name", format!("{{{}}}", "x".repeat(65_000))),
        unreadable("escapes that are none", level(&format!("\"{}\"", "\\ud800".repeat(5_000)))),
        invalid("an argument 3,000 times", format!("{{node({}){{id}}}}", "id:1 ".repeat(3_000))),
        invalid("3,000 unknown arguments", format!("{{node({}){{id}}}}", many(3_000, |at| format!("a{at}:1 ")))),
        invalid("3,000 unknown members", {
            format!("{{contents(filter:{{{}}}){{totalCount}}}}", many(3_000, |at| format!("k{at}:1 ")))
        }),
        invalid("1,700 unknown fields", format!("{{tagGroups{{{}}}}}", many(1_700, |at| format!("u{at} ")))),
        invalid("fields that differ in arguments", {
            let one = |at: usize| format!("contents(first:{at}){{nodes{{related(first:{at}){{id}}}}}} ");
            format!("{{site(by:{{code:\"x\"}}){{{}}}}}", many(400, one))
        }),
        invalid("wide objects that differ", {
            let one = |at: usize| format!("k{at}:1 ");
            let (up, down) = (many(1_500, one), many(1_500, |at| one(1_499 - at)));
            format!("{{contents(filter:{{{up}}}){{totalCount}}contents(filter:{{{down}}}){{totalCount}}}}")
        }),
        refused("BAD_USER_INPUT", "variables in many places", {
            let given = many(100, |at| format!("$v{at}:ID! "));
            format!("query({given}){{nodes(ids:[{}]){{id}}}}", many(4_000, |at| format!("$v{} ", at % 100)))
        }),
        Document {
            variables: json!({"ids": vec![1.5; 40_000]}),
            ..refused("BAD_USER_INPUT", "40,000 wrong ids", "query($ids:[ID!]!){nodes(ids:$ids){id}}".to_owned())
        },
        Document {
            variables: json!({"by": (0..10_000).map(|at| (format!("k{at}"), at.into())).collect::<serde_json::Map<_, _>>()}),
            ..refused(
                "BAD_USER_INPUT",
                "10,000 unknown members",
                "query($by:SiteLocator!){site(by:$by){id}}".to_owned(),
            )
        },
        Document {
            variables: json!({"v": "x".repeat(200_000)}),
            ..refused(
                "BAD_USER_INPUT",
                "a long text for an enum",
                "query($v:CodeList!){codes(list:$v){code}}".to_owned(),
            )
        },
    ]
}

fn costly() -> Vec<Document> {
    vec![
        limited("cost", "pages of pages", {
            "{contents(first:100){nodes{related(first:100){related(first:100){related(first:100){id}}}}}}".to_owned()
        }),
        limited("introspection_depth", "types of fields of types of fields", {
            let around = |inside: &str| {
                format!("fields{{type{{{inside} ofType{{{inside} ofType{{{inside} ofType{{{inside}}}}}}}}}}}")
            };
            format!("{{__schema{{types{{{}}}}}}}", around(&around("fields{name}")))
        }),
        limited("values", "tags of groups of tags by aliases", {
            let names = many(199, |at| format!("a{at}:name "));
            format!("{{tagGroups{{tags{{group{{tags{{group{{tags{{{names}}}}}}}}}}}}}}}")
        }),
        limited("cost", "pages by aliases", {
            let one = |at: usize| format!("a{at}:contents(first:100){{nodes{{related(first:100){{id}}}}}} ");
            format!("{{{}}}", many(55, one))
        }),
    ]
}
