//! The language at the door: what the specification of GraphQL asks of an answer, and the limits that questions meet.

use operation::{Limit, Limits, Openness, Question, Rules};
use serde_json::{Value as Json, json};
use server::http::Settings;
use tests::{World, on_both};

use crate::door::http::{Answer, Door};

const NEWER: (&str, &str) = ("Accept", "application/graphql-response+json");

async fn asked(door: &Door, query: &str, variables: Json) -> Json {
    let answer = door.ask(query, &variables, &[NEWER]).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()
}

/// The first error of a question that is not executed.
async fn refused(door: &Door, query: &str, variables: Json) -> Json {
    let answer: Answer = door.ask(query, &variables, &[NEWER]).await;
    let json = answer.json();
    assert_eq!((answer.status, json.get("data")), (400, None), "{query}: {json}");
    json["errors"][0].clone()
}

#[test]
fn the_operations_of_the_clients_stay_below_half_of_every_limit() {
    let half = Limit::all().fold(Limits::default(), |limits, limit| limits.with(limit, limit.default_value() / 2));
    let rules = Rules::new(&schema::sdl(), half).expect("the schema is valid");
    let open = Openness { introspection: true, suggestions: true };
    for (name, document, variables) in schema::operations() {
        let variables = serde_json::from_str(variables).expect("an object");
        let question = Question { query: (*document).to_owned(), variables, ..Question::default() };
        let admitted = rules.admit(&question, open).unwrap_or_else(|refusals| panic!("{name}: {refusals:?}"));
        assert!(admitted.cost > 0, "{name}");
    }
}

#[test]
fn a_limit_that_is_exceeded_is_named_with_its_value_and_what_was_found() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let aliases: String = (0..201).map(|at| format!(" a{at}: __typename")).collect();
        let in_one = format!("{{ site(by: {{code: \"yunze\"}}) {{ {aliases} }} }}");
        let error = refused(&door, &in_one, json!({})).await;
        assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED");
        assert_eq!(error["extensions"]["limit"], json!({"name": "aliases", "most": 200, "found": 201}));
        assert_eq!(error["message"], "The limit on aliases is 200; this question has 201.");
        let wide = "{ contents(first: 100) { nodes { related(first: 100) { related(first: 100) { id } } } } }";
        let error = refused(&door, wide, json!({})).await;
        assert_eq!(error["extensions"]["limit"]["name"], "cost", "{error}");
        door.close().await;
    });
}

#[test]
fn conditions_are_decided_with_the_defaults_of_variables() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let query = "query($hide: Boolean = true, $by: SiteLocator = {code: \"yunze\"}) {
            site(by: $by) { code name @skip(if: $hide) } }";
        assert_eq!(asked(&door, query, json!({})).await, json!({"data": {"site": {"code": "yunze"}}}));
        let shown = asked(&door, query, json!({"hide": false, "by": {"code": "zjj"}})).await;
        assert!(shown["data"]["site"]["name"].is_string(), "{shown}");
        let nothing = "query($show: Boolean = false) { position @include(if: $show) }";
        assert_eq!(asked(&door, nothing, json!({})).await, json!({"data": {}}));
        let nested = "{ site(by: {code: \"yunze\"}) { code @skip(if: true) } }";
        assert_eq!(asked(&door, nested, json!({})).await, json!({"data": {"site": {}}}));
        let required = "query($show: Boolean!) { position @include(if: $show) }";
        let error = refused(&door, required, json!({})).await;
        assert_eq!(error["extensions"], json!({"code": "BAD_USER_INPUT", "path": ["variables", "show"]}));
        door.close().await;
    });
}

#[test]
fn what_the_specification_forbids_is_refused_with_code_and_place() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        for (query, code) in [
            ("{ position", "GRAPHQL_PARSE_FAILED"),
            ("{ site(by: {code: \"\\uD83D\"}) { code } }", "GRAPHQL_PARSE_FAILED"),
            ("{ __typename @nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ __typename(a: 1) }", "GRAPHQL_VALIDATION_FAILED"),
            ("query($a: Boolean) { position @skip(if: $a) }", "GRAPHQL_VALIDATION_FAILED"),
            ("query($a: Int) { position }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ site(by: {}) { code } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ site(by: {code: \"a\", host: \"b\"}) { code } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ ...A } fragment A on Query { ...A }", "GRAPHQL_VALIDATION_FAILED"),
            ("mutation { position }", "GRAPHQL_VALIDATION_FAILED"),
        ] {
            let error = refused(&door, query, json!({})).await;
            assert_eq!(error["extensions"]["code"], code, "{query}: {error}");
            assert!(error["locations"][0]["line"].is_u64(), "{query}: {error}");
        }
        let used = "query($a: Boolean = false) { __typename @skip(if: $a) }";
        assert_eq!(asked(&door, used, json!({})).await, json!({"data": {"__typename": "Query"}}));
        let escaped = r#"query { site(by: {code: "\u{79}unz\u0065"}) { code } }"#;
        assert_eq!(asked(&door, escaped, json!({})).await["data"]["site"]["code"], "yunze");
        door.close().await;
    });
}

#[test]
fn a_value_that_its_type_does_not_take_is_the_users_mistake() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let by_variable = "query($first: Int!) { contents(first: $first) { nodes { id } } }";
        for wrong in [json!("1"), json!(1.5), json!(1e10), json!(null), json!([1, 2])] {
            let error = refused(&door, by_variable, json!({ "first": wrong })).await;
            assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{error}");
            assert_eq!(error["extensions"]["path"], json!(["variables", "first"]), "{error}");
        }
        let many = asked(&door, by_variable, json!({"first": 101})).await;
        assert_eq!(many["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{many}");
        let date = "query($day: DateTime!) { contents(filter: {publishedAt: {from: $day}}) { nodes { id } } }";
        let answer = door.ask(date, &json!({"day": "yesterday"}), &[NEWER]).await.json();
        assert!(answer["errors"][0]["extensions"]["code"].is_string(), "{answer}");
        door.close().await;
    });
}

#[test]
fn fields_come_in_the_order_of_the_document_and_equal_ones_once() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let query = "{ site(by: {code: \"yunze\"}) { name ...F code __typename } ...G }
            fragment F on Site { id contents(first: 1) { totalCount } contents(first: 1) { nodes { url } } code }
            fragment G on Query { position site(by: {code: \"yunze\"}) { status } }";
        let answer = door.ask(query, &json!({}), &[]).await;
        let text = answer.text();
        let order = [
            "\"site\"",
            "\"name\"",
            "\"id\"",
            "\"contents\"",
            "\"totalCount\"",
            "\"nodes\"",
            "\"url\"",
            "\"code\"",
            "\"__typename\"",
            "\"status\"",
            "\"position\"",
        ];
        let places: Vec<_> =
            order.iter().map(|key| text.find(key).unwrap_or_else(|| panic!("{key} in {text}"))).collect();
        assert!(places.is_sorted(), "{text}");
        assert_eq!(text.matches("\"code\"").count(), 1, "{text}");
        door.close().await;
    });
}

#[test]
fn lists_without_pages_end_at_the_limit_on_values() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let limits = Limits::default().with(Limit::Values, 5_000);
        let door = Door::with(&world, Settings { limits, ..Settings::default() }).await;
        let mut query = "{ id }".to_owned();
        for _ in 0..3 {
            query = format!("{{ columns(depth: 9) {{ site {query} }} }}");
        }
        let query = format!("{{ site(by: {{code: \"yunze\"}}) {query} position }}");
        let answer = asked(&door, &query, json!({})).await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(error, &json!({"code": "LIMIT_EXCEEDED", "limit": {"name": "values", "most": 5_000}}), "{answer}");
        assert!(answer["errors"].as_array().is_some_and(|errors| errors.len() <= 50));
        assert_eq!(
            asked(&door, "{ site(by: {code: \"yunze\"}) { columns(depth: 9) { id } } }", json!({})).await["errors"],
            Json::Null
        );
        door.close().await;
    });
}

/// The number of objects in an answer.
fn objects(answer: &Json) -> u64 {
    match answer {
        Json::Object(members) => 1 + members.values().map(objects).sum::<u64>(),
        Json::Array(values) => values.iter().map(objects).sum(),
        _ => 0,
    }
}

#[test]
fn the_cost_of_pages_is_never_less_than_what_is_answered() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let rules = Rules::new(&schema::sdl(), Limits::default()).expect("the schema is valid");
        let open = Openness { introspection: true, suggestions: true };
        let mut fullest = 0.0_f64;
        for (sites, contents, placements) in [(1, 1, 1), (8, 5, 3), (3, 20, 4), (8, 2, 20), (100, 7, 1), (8, 0, 5)] {
            let query = format!(
                "{{ sites(first: {sites}) {{ nodes {{ id contents(first: {contents}) {{ edges {{ node {{ id
                    placements(first: {placements}) {{ nodes {{ id }} pageInfo {{ hasNextPage }} }} }} }} }} }} }} }}"
            );
            let question = Question { query: query.clone(), ..Question::default() };
            let cost = rules.admit(&question, open).expect("it is admitted").cost;
            let answered = objects(&asked(&door, &query, json!({})).await["data"]) - 1;
            assert!(answered <= cost, "{query}: {answered} objects for a cost of {cost}");
            fullest = fullest.max(answered as f64 / cost as f64);
        }
        assert!(fullest > 0.5, "the cost is not far from what a full page answers: {fullest}");
        door.close().await;
    });
}

#[test]
fn lists_without_pages_multiply_the_cost_like_pages() {
    let rules = Rules::new(&schema::sdl(), Limits::default()).expect("the schema is valid");
    let open = Openness { introspection: true, suggestions: true };
    let admit = |query: &str| rules.admit(&Question { query: query.to_owned(), ..Question::default() }, open);
    let cost = |query: &str| admit(query).unwrap_or_else(|refusals| panic!("{query}: {refusals:?}")).cost;
    // A list that is told no size counts for ten.
    assert_eq!(cost("{ tagGroups { tags { children { id } } } }"), 10 * (1 + 10 * (1 + 10)));
    let codes = "{ codes(list: THEME) { children { ancestors { children { id } } } } }";
    assert_eq!(cost(codes), 10 * (1 + 10 * (1 + 10 * (1 + 10))));
    // One that is told keys or a size counts for these, and both kinds multiply with pages.
    let panels =
        "{ sites(first: 3) { nodes { panels(codes: [\"a\", \"b\"]) { items(first: 4) { children { id } } } } } }";
    assert_eq!(cost(panels), 1 + 3 * (1 + 2 * (1 + 4 * (1 + 10))));
    let columns = "{ site(by: {code: \"yunze\"}) { columnsAt(paths: [\"/a\", \"/b\"]) { children {
        placements(first: 5) { nodes { content { tags { name } } } } } } } }";
    assert_eq!(cost(columns), 1 + 2 * (1 + 10 * (1 + 1 + 5 * (1 + 1 + 10))));
    let too_much = "{ tagGroups { tags { children { children { children { children { id } } } } } } }";
    let refusals = admit(too_much).expect_err("it is refused");
    let exceeded = refusals[0].exceeded.expect("a limit");
    assert_eq!((exceeded.limit, exceeded.found), (Limit::Cost, 1_111_110));
}

#[test]
fn the_cost_of_lists_that_are_told_a_size_is_never_less_than_what_is_answered() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let rules = Rules::new(&schema::sdl(), Limits::default()).expect("the schema is valid");
        let open = Openness { introspection: true, suggestions: true };
        let paths = ["/news/city", "/news/departments", "/news/counties", "/notices", "/policies/documents"];
        let mut fullest = 0.0_f64;
        for (columns, placements, related) in [(1, 1, 1), (2, 5, 3), (5, 3, 2), (5, 6, 4)] {
            let query = format!(
                "query($paths: [String!]!) {{ site(by: {{code: \"yunze\"}}) {{ columnsAt(paths: $paths) {{ id
                    placements(first: {placements}) {{ nodes {{ id content {{ id related(first: {related}) {{ id }} }} }} }} }} }} }}"
            );
            let variables = json!({ "paths": paths[..columns] });
            let question = Question {
                query: query.clone(),
                variables: variables.as_object().expect("an object").clone(),
                ..Question::default()
            };
            let cost = rules.admit(&question, open).expect("it is admitted").cost;
            let answered = objects(&asked(&door, &query, variables).await["data"]) - 1;
            assert!(answered <= cost, "{query}: {answered} objects for a cost of {cost}");
            fullest = fullest.max(answered as f64 / cost as f64);
        }
        assert!(fullest > 0.5, "the cost is not far from what is answered: {fullest}");
        door.close().await;
    });
}

#[test]
fn an_answer_of_too_many_bytes_is_not_sent() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let query = "{ contents(first: 20) { nodes { id title body { html } } } }";
        let door = Door::open(&world).await;
        let whole = door.ask(query, &json!({}), &[NEWER]).await;
        assert_eq!((whole.status, &whole.json()["errors"]), (200, &Json::Null));
        let bytes = whole.body.len() as u64;
        assert!(bytes > 10_000, "the contents have {bytes} bytes");
        door.close().await;
        for most in [bytes, bytes - 1, 100] {
            let limits = Limits::default().with(Limit::AnswerBytes, most);
            let door = Door::with(&world, Settings { limits, ..Settings::default() }).await;
            let answer = door.ask(query, &json!({}), &[NEWER]).await;
            assert_eq!(answer.status, 200);
            if most == bytes {
                assert!(answer.body == whole.body, "what just fits is sent whole");
            } else {
                let json = answer.json();
                assert_eq!((json.get("data"), json["errors"].as_array().map(Vec::len)), (Some(&Json::Null), Some(1)));
                let extensions = json!({"code": "LIMIT_EXCEEDED", "limit": {"name": "answer_bytes", "most": most}});
                assert_eq!(json["errors"][0]["extensions"], extensions);
                assert_eq!(door.metric("jiyue_limits_total{limit=\"answer_bytes\"}").await, Some(1.0));
                let limited = "jiyue_operations_total{operation=\"anonymous\",outcome=\"limited\"}";
                assert_eq!(door.metric(limited).await, Some(1.0));
                assert_eq!(asked(&door, "{ position }", json!({})).await["errors"], Json::Null, "others are answered");
            }
            door.close().await;
        }
    });
}
