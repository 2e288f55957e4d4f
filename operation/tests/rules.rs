//! Questions held against a small schema: what is admitted, what it becomes, what is refused and how.

mod small;

use operation::{Code, Kind, Limit, Limits, Openness, Question, Rules};
use serde_json::json;

use small::*;

#[test]
fn fragments_are_spread_and_equal_fields_merged_in_the_order_of_the_document() {
    let query = "query Q { nodes(ids: [1]) { ...A id ... on Site { id name } __typename } sites { nodes { name ...S id tags { __typename } } } }
        fragment A on Node { id ... on Article { title ...T site { name } site { id } } }
        fragment T on Content { t: title title }
        fragment S on Node { id ... on Site { tags { name } } }";
    assert_eq!(
        plain(query, json!({})),
        "{nodes(ids=[1]){id ...Article{title t:title site{name id}} ...Site{id name} __typename} \
         sites{nodes{name id tags{name __typename}}}}"
    );
}

#[test]
fn page_sizes_multiply() {
    assert_eq!(cost("{ number }"), 0);
    assert_eq!(cost("{ site(by: {code: \"a\"}) { id } }"), 1);
    assert_eq!(cost("{ sites(first: 7) { nodes { id } } }"), 1 + 7);
    assert_eq!(cost("{ sites { nodes { id } } }"), 1 + 20, "the default of the schema");
    assert_eq!(cost("{ sites(first: 5) { nodes { contents(first: 4) { nodes { id } } } } }"), 1 + 5 * (1 + 1 + 4));
    assert_eq!(cost("{ sites(first: 5) { edges { node { contents { edges { node { id } } } } } } }"), {
        let contents = 1 + 10 * 2;
        1 + 5 * (1 + 1 + contents)
    });
    assert_eq!(cost("{ sites(first: 5) { totalCount pageInfo { endCursor } } }"), 2);
    assert_eq!(cost("{ nodes(ids: [1, 2, 3]) { id } }"), 3);
    assert_eq!(cost("{ site(by: {code: \"a\"}) { tags { name } } }"), 1 + 10);
    assert_eq!(cost("{ sites(first: 0) { nodes { tags { name } } } }"), 1);
    // Lists without a page size multiply as well, within each other and within pages.
    let content = "nodes { related { related { other { id } } } }";
    let related = 10 * (1 + 10 * (1 + 10));
    assert_eq!(cost(&format!("{{ contents(first: 2) {{ {content} }} }}")), 1 + 2 * (1 + related));
    assert_eq!(cost(&format!("{{ contents(ids: [1, 2, 3]) {{ {content} }} }}")), 1 + 3 * (1 + related));
    assert_eq!(
        cost(
            "{ nodes(ids: [1, 2]) { ... on Site { tags { name } contents(first: 3) { nodes { related { id } } } } } }"
        ),
        { 2 * (1 + 10 + 1 + 3 * (1 + 10)) }
    );
    // What is selected twice is resolved once, and counted once.
    assert_eq!(cost("{ sites(first: 7) { nodes { id } } ... { sites(first: 7) { nodes { name } } } }"), 8);
    let nested = "{ sites(first: 100) { nodes { contents(first: 100) { nodes { ... on Article { site { contents(first: 100) { nodes { id } } } } } } } } }";
    let refusals = ask(nested, json!({})).expect_err("refused");
    let exceeded = refusals[0].exceeded.expect("a limit");
    assert_eq!((refusals[0].code, exceeded.limit, exceeded.most), (Code::LimitExceeded, Limit::Cost, 300_000));
    assert_eq!(exceeded.found, 1 + 100 * (2 + 100 * (1 + 1 + 1 + 100)));
    let by_variable = "query($n: Int!) { sites(first: $n) { nodes { id } } }";
    assert_eq!(ask(by_variable, json!({"n": 9})).expect("admitted").cost, 10);
    assert_eq!(ask(by_variable, json!({"n": -9})).expect("admitted").cost, 1);
}

#[test]
fn faults_have_codes_places_and_an_end() {
    let refusals = ask("{\n  sites { totalCount }\n  numbr }", json!({})).expect_err("refused");
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0].code, Code::GraphqlValidationFailed);
    assert_eq!(refusals[0].message, "type `Query` does not have a field `numbr`; did you mean `number`?");
    assert_eq!((refusals[0].places[0].line, refusals[0].places[0].column), (3, 3));
    for text in
        ["", "{", "{ a(: }", "}", "query", "{ a(b: \"\\uD83D\") }", "{ a(b: \"\\u{110000}\") }", "{ \u{0} }", "{}"]
    {
        let refusals = ask(text, json!({})).expect_err("refused");
        assert_eq!((refusals.len(), refusals[0].code), (1, Code::GraphqlParseFailed), "{text}: {refusals:?}");
    }
    let many: String = (0..300).map(|at| format!(" f{at}")).collect();
    let many = ask_of(Limits::default().with(Limit::RootFields, 500), &format!("{{{many}}}"), json!({}));
    assert_eq!(many.expect_err("refused").len(), 50);
    assert_eq!(refusal("query A { number } query B { number }", json!({})).0, Code::BadRequest);
    let looped = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    assert_eq!(refusal(looped, json!({})).0, Code::GraphqlValidationFailed);
}

#[test]
fn a_closed_door_shows_no_introspection_and_suggests_nothing() {
    let closed = Openness { introspection: false, suggestions: false };
    let rules = Rules::new(SDL, Limits::default()).expect("a schema");
    let ask = |query: &str, open| rules.admit(&Question { query: query.to_owned(), ..Question::default() }, open);
    let hidden = "{ number ...F } fragment F on Query { ... { __schema { queryType { name } } } }";
    assert!(ask(hidden, OPEN).is_ok());
    let refusals = ask(hidden, closed).expect_err("refused, though the document is known already");
    assert_eq!(refusals[0].code, Code::GraphqlValidationFailed);
    assert!(ask("{ __typename }", closed).is_ok());
    let refusals = ask("{ sits }", closed).expect_err("refused");
    assert_eq!(refusals[0].message, "type `Query` does not have a field `sits`");
}

#[test]
fn the_operation_that_is_named_is_taken() {
    let rules = Rules::new(SDL, Limits::default()).expect("a schema");
    let query = "query A { number } query B { sites { totalCount } }".to_owned();
    let question = Question { query, operation_name: Some("B".to_owned()), ..Question::default() };
    let admitted = rules.admit(&question, OPEN).expect("admitted");
    assert_eq!((admitted.name.as_deref(), admitted.kind, admitted.cost), (Some("B"), Kind::Query, 1));
    let other = Question { operation_name: Some("C".to_owned()), ..question };
    assert_eq!(rules.admit(&other, OPEN).expect_err("refused")[0].code, Code::BadRequest);
}

#[test]
fn who_may_only_query_changes_nothing() {
    let rules = Rules::new(SDL, Limits::default()).expect("a schema");
    let ask = |query: &str, name: Option<&str>| {
        let operation_name = name.map(str::to_owned);
        let question = Question { query: query.to_owned(), operation_name, reads_only: true, ..Question::default() };
        rules.admit(&question, OPEN).map(|_| ()).map_err(|refusals| refusals[0].code)
    };
    assert_eq!(ask("{ number }", None), Ok(()));
    assert_eq!(ask("mutation { number }", None), Err(Code::MethodNotAllowed));
    let two = "query A { number } mutation B { number }";
    assert_eq!(ask(two, Some("B")), Err(Code::MethodNotAllowed));
    assert_eq!(ask(two, Some("A")), Err(Code::GraphqlValidationFailed), "the schema has no mutations");
}

/// Type conditions in each other: a chain through an interface, and on each level one for each kind that goes on to
/// the bottom by itself. What may be answered for one response key doubles with each level.
fn words(levels: usize) -> String {
    fn level(at: usize, levels: usize) -> String {
        if at == levels {
            return "id".to_owned();
        }
        let mut text = format!("related {{ {} }}", level(at + 1, levels));
        for kind in ["Article", "Policy"] {
            let mut chain = format!("{}: id", kind.to_lowercase());
            for _ in at..levels {
                chain = format!("related {{ {chain} }}");
            }
            text += &format!(" ... on {kind} {{ {chain} }}");
        }
        text
    }
    format!("{{ contents {{ nodes {{ {} }} }} }}", level(0, levels))
}

#[test]
fn type_conditions_in_each_other_do_not_multiply_without_end() {
    let limits = Limits::default().with(Limit::Cost, u64::MAX).with(Limit::Values, u64::MAX);
    let limit = |levels| {
        let refusals = ask_of(limits.clone(), &words(levels), json!({})).err()?;
        refusals[0].exceeded.map(|exceeded| exceeded.limit)
    };
    assert_eq!(limit(4), None);
    assert_eq!(limit(16), Some(Limit::MergedFields));
    // It is the same where the document is not valid: the types and the fragment are unknown.
    let broken = words(16).replacen("nodes {", "nodes { nothing ...Nothing", 1);
    let refusals = ask(&broken, json!({})).expect_err("it is refused");
    assert_eq!(refusals[0].exceeded.map(|exceeded| exceeded.limit), Some(Limit::MergedFields));
}

/// Fragments in circles that reach another set of each other by each of many paths.
#[test]
fn circles_of_fragments_are_refused_before_they_are_walked() {
    let mut text = String::from("{ contents { nodes { ...F0 } } }");
    for at in 0..15 {
        let (next, before) = (at + 1, if at == 0 { 0 } else { at - 1 });
        text += &format!(" fragment F{at} on Content {{ related {{ ...F{next} }} other {{ ...F{before} ...F0 }} }}");
    }
    text += " fragment F15 on Content { id }";
    let (code, message, _) = refusal(&text, json!({}));
    assert_eq!(code, Code::GraphqlValidationFailed);
    assert!(message.contains("spreads itself"), "{message}");
}

#[test]
fn an_answer_does_not_repeat_all_that_a_question_holds() {
    let name = "u".repeat(20_000);
    let many: String = (0..30).map(|at| format!("query Q{at} {{ ...F }} ")).collect();
    let query = format!("{many} fragment F on Query {{ nodes(ids: [${name}]) {{ id }} }}");
    let long = ask(&query, json!({})).expect_err("it is refused");
    assert_eq!(long.len(), 30);
    assert!(long.iter().all(|refusal| refusal.message.chars().count() <= 401), "{}", long[0].message);
    let query = "query($r: Range) { sites { nodes { name(range: $r) } } }";
    let mut range = serde_json::Map::new();
    range.insert(name, json!(1));
    let long = ask(query, json!({"r": range})).expect_err("it is refused");
    assert!(long[0].path.as_ref().is_some_and(|path| path.chars().count() == 401), "{long:?}");
    let wrong = vec![json!(1.5); 5_000];
    assert_eq!(ask("query($i: [ID!]!) { nodes(ids: $i) { id } }", json!({"i": wrong})).expect_err("refused").len(), 50);
}

#[test]
fn the_description_of_the_schema_costs_what_it_answers() {
    assert_eq!(cost("{ __schema { __typename } }"), 1);
    assert_eq!(cost("{ __type(name: \"Kind\") { name enumValues { name } } }"), 3);
    assert_eq!(cost("{ __type(name: \"Nothing\") { name fields { name } } }"), 1);
    // A range has three members, one of them with a type around its type.
    assert_eq!(cost("{ __type(name: \"Range\") { inputFields { name type { name ofType { name } } } } }"), 8);
    // `tags: [Tag!]!`: not null, a list, not null, the tag and its field; and the five other fields.
    let tag = "{ __type(name: \"Site\") { fields { type { ofType { ofType { ofType { fields { name } } } } } } } }";
    assert_eq!(cost(tag), 1 + 4 + 4 + 3 + 1 + 1 + 1);
    let of = |inner: &str| format!("type {{ fields {{ {inner} }} ofType {{ fields {{ {inner} }} }} }}");
    let wide = format!("{{ __schema {{ types {{ fields {{ {} }} }} }} }}", of("name"));
    assert!(cost(&wide) > 100, "{}", cost(&wide));
}

#[test]
fn the_values_of_an_answer_are_bounded_too() {
    let limits = Limits::default().with(Limit::Values, 1_000);
    let values = |query: &str| {
        let refusals = ask_of(limits.clone(), query, json!({})).err()?;
        refusals[0].exceeded.map(|exceeded| (exceeded.limit, exceeded.found))
    };
    assert_eq!(values("{ sites(first: 100) { nodes { id a: id tags { name } } } }"), Some((Limit::Values, 2_301)));
    assert_eq!(values("{ sites(first: 10) { nodes { id a: id tags { name } } } }"), None);
    let aliases: String = (0..150).map(|at| format!("a{at}: name ")).collect();
    assert_eq!(
        values(&format!("{{ sites(first: 5) {{ nodes {{ id tags {{ {aliases} }} }} }} }}")),
        Some((Limit::Values, 7_561))
    );
    let of_types = format!("{{ __schema {{ types {{ {aliases} }} }} }}");
    assert!(matches!(values(&of_types), Some((Limit::Values, found)) if found > 150 * 15));
}

#[test]
fn some_types_weigh_more() {
    let rules = Rules::new(SDL, Limits::default()).expect("a schema").weighing(&[("Tag", 7)]);
    let query = "{ site(by: {code: \"a\"}) { tags { name } } }".to_owned();
    let admitted = rules.admit(&Question { query, ..Question::default() }, OPEN).expect("admitted");
    assert_eq!(admitted.cost, 1 + 10 * 7);
}
