//! What is private is known from the text of an operation, before anything is looked up: the marks of fields against what the
//! reads say of themselves.

use serde_json::json;
use tests::{World, admitted, on_both};

use crate::generated::city::City;
use crate::generated::maker::Maker;
use crate::generated::{dice, served};
use crate::reading::operations;

/// Questions that are made.
const MADE: usize = 600;

#[test]
fn an_operation_that_reads_who_asks_is_marked_as_private() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let (schema, city) = (served(), City::of(&world).await);
        let mut questions: Vec<_> = (0..MADE)
            .map(|at| {
                let question = Maker::new(&schema, &city, &mut dice(11, at)).question();
                (question.query, question.variables)
            })
            .collect();
        questions.push(("{ viewer { account { id } } }".to_owned(), json!({})));
        questions.push(("{ ... { ... on Query { me: desk { __typename } } } }".to_owned(), json!({})));
        let mut private = 0;
        for (query, variables) in questions {
            let Some(document) = admitted(&query, &variables) else { continue };
            let is_marked = schema::is_private(&document);
            let (_, scope) = world.ask(&query, &variables).await;
            // What `node` finds is known when it is found: there the read alone tells.
            let is_found_by_id = query.contains("node(") || query.contains("nodes(");
            assert!(
                is_marked || is_found_by_id || !scope.is_private(),
                "{engine:?}: not marked, but reads who asks\n{query}\n{variables}"
            );
            private += usize::from(scope.is_private());
        }
        assert!(private >= 2, "only {private} of them read who asks");
        for (name, document, variables) in operations() {
            let document = admitted(document, &variables).expect("valid");
            assert!(!schema::is_private(&document), "{name} is for everybody");
        }
    });
}
