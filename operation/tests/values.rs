//! Values, variables and conditions of questions: what they become, and what is refused of them.

mod small;

use operation::{Code, Limit};
use serde_json::json;

use small::*;

#[test]
fn conditions_are_decided_with_defaults_filled_in() {
    let query =
        "query($a: Boolean = true, $b: Boolean!) { number @skip(if: $a) sites { totalCount @include(if: $b) } }";
    assert_eq!(plain(query, json!({"b": true})), "{sites{totalCount}}");
    assert_eq!(plain(query, json!({"a": false, "b": false})), "{number sites}");
    assert_eq!(plain("{ number @skip(if: true) }", json!({})), "");
    assert_eq!(plain("{ number @include(if: true) @skip(if: true) }", json!({})), "");
    let (code, _, path) = refusal(query, json!({"a": null, "b": true}));
    assert_eq!((code, path.as_deref()), (Code::BadUserInput, Some("variables.a")));
    let (code, message, path) = refusal(query, json!({}));
    assert_eq!((code, path.as_deref()), (Code::BadUserInput, Some("variables.b")), "{message}");
}

#[test]
fn variables_become_constants_and_absent_ones_leave_no_trace() {
    let query = "query($n: Int, $x: Float = 1.5, $to: Int!, $k: Kind) {
        number(n: $n, x: $x) sites { nodes { name(range: {to: $to, kind: $k}, ranges: [{to: 1}, {to: $to}]) } } }";
    assert_eq!(
        plain(query, json!({"to": 3})),
        "{number(x=1.5) sites{nodes{name(range={to: 3},ranges=[{to: 1}, {to: 3}])}}}"
    );
    let all = plain(query, json!({"to": 3, "n": null, "x": 2, "k": "POLICY", "unknown": 1}));
    assert_eq!(
        all,
        "{number(n=null,x=2) sites{nodes{name(range={to: 3, kind: \"POLICY\"},ranges=[{to: 1}, {to: 3}])}}}"
    );
    let escaped = plain(r#"{ site(by: {code: "\u{1F600}\uD83D\uDE00\n"}) { id } }"#, json!({}));
    assert_eq!(escaped, "{site(by={code: \"😀😀\\n\"}){id}}");
}

#[test]
fn a_wrong_variable_is_named_with_its_path() {
    let query = "query($r: [Range!]!, $by: Locator = {code: \"a\"}) { site(by: $by) { name(ranges: $r) } }";
    assert!(ask(query, json!({"r": {"to": 1}})).is_ok(), "a single value stands for a list");
    assert!(ask(query, json!({"r": [{"to": 1.0, "kind": "ARTICLE", "from": null}]})).is_ok());
    for (given, path) in [
        (json!({"r": null}), "variables.r"),
        (json!({"r": [null]}), "variables.r.0"),
        (json!({"r": [{"to": 1}, {"to": "1"}]}), "variables.r.1.to"),
        (json!({"r": [{"to": 2_147_483_648_i64}]}), "variables.r.0.to"),
        (json!({"r": [{"to": 1.5}]}), "variables.r.0.to"),
        (json!({"r": [{}]}), "variables.r.0.to"),
        (json!({"r": [{"to": 1, "kind": "OTHER"}]}), "variables.r.0.kind"),
        (json!({"r": [{"to": 1, "more": 1}]}), "variables.r.0.more"),
        (json!({"r": [], "by": {}}), "variables.by"),
        (json!({"r": [], "by": {"code": "a", "host": "b"}}), "variables.by"),
        (json!({"r": [], "by": {"code": null}}), "variables.by"),
    ] {
        let (code, message, at) = refusal(query, given.clone());
        assert_eq!((code, at.as_deref()), (Code::BadUserInput, Some(path)), "{given}: {message}");
    }
    let refusals = ask(query, json!({"r": [{"to": "a"}, {"to": "b"}]})).expect_err("refused");
    assert_eq!(refusals.len(), 2, "each fault is told");
}

#[test]
fn exactly_one_member_of_a_one_of_is_given() {
    for valid in ["{ site(by: {code: \"a\"}) { id } }", "query($c: String!) { site(by: {code: $c}) { id } }"] {
        assert!(ask(valid, json!({"c": "a"})).is_ok(), "{valid}");
    }
    for wrong in [
        "{ site(by: {}) { id } }",
        "{ site(by: {code: \"a\", host: \"b\"}) { id } }",
        "{ site(by: {code: null}) { id } }",
        "query($c: String) { site(by: {code: $c}) { id } }",
        "query($by: Locator = {code: \"a\", host: \"b\"}) { site(by: $by) { id } }",
        "query($c: String) { ...F } fragment F on Query { site(by: {code: $c}) { id } }",
    ] {
        assert_eq!(refusal(wrong, json!({"c": "a"})).0, Code::GraphqlValidationFailed, "{wrong}");
    }
}

#[test]
fn no_text_holds_the_character_nul() {
    let message = "holds a text with the character U+0000, which no text here may have.";
    let (code, said, path) = refusal("{ site(by: {code: \"a\\u0000\"}) { id } }", json!({}));
    assert_eq!((code, said, path), (Code::BadUserInput, format!("`by` {message}"), None));
    let query =
        "query($by: Locator! = {code: \"\\u{0}\"}, $ids: [ID!]! = []) { site(by: $by) { id } nodes(ids: $ids) { id } }";
    let (_, said, path) = refusal(query, json!({}));
    assert_eq!((said, path.as_deref()), (format!("`variables.by` {message}"), Some("variables.by")));
    let (_, _, path) = refusal(query, json!({"by": {"code": "a"}, "ids": ["a", "\u{0}"]}));
    assert_eq!(path.as_deref(), Some("variables.ids"));
    assert!(ask(query, json!({"by": {"code": "a"}, "unused": "\u{0}"})).is_ok());
}

#[test]
fn values_stand_where_their_types_fit_and_once() {
    let fits = |query: &str| ask(query, json!({"a": 1, "b": 1, "c": {"to": 1}})).map_err(|refusals| refusals[0].code);
    for valid in [
        "query($a: Int = 1) { sites { nodes { name(range: {to: $a}) } } }",
        "query($a: Int) { sites { nodes { name(range: {from: $a, to: 1}) } } }",
        "query($c: Range!) { sites { nodes { name(ranges: [$c]) } } }",
    ] {
        assert!(fits(valid).is_ok(), "{valid}: {:?}", fits(valid));
    }
    for wrong in [
        "query($a: Int = null) { sites { nodes { name(range: {to: $a}) } } }",
        "query($a: Int) { sites { nodes { name(range: {to: $a}) } } }",
        "query($c: Range) { sites { nodes { name(ranges: [$c]) } } }",
        "query($c: Range!) { sites { nodes { name(ranges: $c) } } }",
        "query($a: Boolean = null) { number @skip(if: $a) }",
        "{ sites { nodes { name(range: {to: 1, to: 2}) } } }",
        "query($c: Range = {to: 1, to: 1}) { sites { nodes { name(range: $c) } } }",
    ] {
        assert_eq!(fits(wrong).err(), Some(Code::GraphqlValidationFailed), "{wrong}");
    }
    assert_eq!(fits("{ number(n: 1 x) }").err(), Some(Code::GraphqlParseFailed));
    assert!(fits("\"Which.\" query A(\"How many.\" $a: Int) { number(n: $a) }").is_ok());
    assert!(fits("{ __type(name: \"Locator\") { isOneOf } }").is_ok());
}

#[test]
fn places_count_characters_and_signs_are_shown_as_such() {
    let refusals = ask("{ site(by: {code: \"云泽\"}) { nope } }", json!({})).expect_err("refused");
    let unknown = refusals.iter().find(|refusal| refusal.message.contains("nope")).expect("it is told");
    assert_eq!((unknown.places[0].line, unknown.places[0].column), (1, 28));
    let refusals = ask("{ number", json!({})).expect_err("refused");
    assert_eq!(refusals[0].message, "syntax error: expected `}`, got the end");
}

#[test]
fn an_integer_may_be_written_with_a_point() {
    assert_eq!(plain("query($n: Int) { number(n: $n) }", json!({"n": 3.0})), "{number(n=3)}");
}

#[test]
fn a_variable_that_is_used_often_is_not_copied_without_end() {
    let uses = "$s ".repeat(2_000);
    let query = format!("query($s: ID!) {{ nodes(ids: [{uses}]) {{ id }} }}");
    assert!(ask(&query, json!({"s": "short"})).is_ok());
    let refusals = ask(&query, json!({"s": "x".repeat(100_000)})).expect_err("refused");
    assert_eq!(refusals[0].exceeded.map(|exceeded| exceeded.limit), Some(Limit::VariablesBytes));
}
