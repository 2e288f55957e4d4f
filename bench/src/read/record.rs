//! What operations run and answer, looked at from inside the program: their statements with parameters, and their
//! answers with the type of every object.

use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned};
use library::database::Database;
use library::{Library, Settings};
use object_store::memory::InMemory;
use serde_json::Value as Json;
use server::clock::SystemClock;

use crate::ceiling::TYPE;
use crate::ceiling::drivers::Statements;

/// The library in this process, to look into.
pub struct Inside {
    library: Library,
    schema: schema::Schema,
}

/// What was seen of an operation.
#[derive(Default)]
pub struct Seen {
    /// The statements of each request.
    pub statements: Vec<Statements>,
    /// The data of each answer; every object says its type.
    pub data: Vec<Json>,
}

impl Inside {
    /// Opens the library of a database.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let library = Library::open(Settings {
            database: Database::open(url, 2).await?,
            files: Arc::new(InMemory::new()),
            clock: Arc::new(SystemClock),
            files_url: "https://files.example".to_owned(),
            iframe_hosts: Vec::new(),
        });
        Ok(Self { library: library.await?, schema: schema::build() })
    }

    /// Asks an operation with each of the variables.
    ///
    /// # Errors
    /// When an answer has errors.
    pub async fn look(&self, document: &str, variables: &[Json]) -> anyhow::Result<Seen> {
        let mut parsed = parse_query(document)?;
        say_types(&mut parsed);
        let mut seen = Seen::default();
        for variables in variables {
            let variables = schema::Variables::from_json(variables.clone());
            let mut request = schema::Request::new(String::new()).variables(variables);
            request.set_parsed_query(parsed.clone());
            let (response, scope) = schema::execute(&self.schema, &self.library, request).await;
            anyhow::ensure!(response.errors.is_empty(), "an answer with errors: {:?}", response.errors);
            seen.data.push(response.data.into_json()?);
            seen.statements.push(scope.ran());
        }
        Ok(seen)
    }
}

/// Asks for the type of every object.
fn say_types(document: &mut ExecutableDocument) {
    for fragment in document.fragments.values_mut() {
        of_selection(&mut fragment.node.selection_set.node);
    }
    let operations: Vec<_> = match &mut document.operations {
        async_graphql::parser::types::DocumentOperations::Single(operation) => vec![operation],
        async_graphql::parser::types::DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    for operation in operations {
        of_selection(&mut operation.node.selection_set.node);
    }
}

fn of_selection(set: &mut SelectionSet) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) if !field.node.selection_set.node.items.is_empty() => {
                of_selection(&mut field.node.selection_set.node);
            }
            Selection::InlineFragment(fragment) => of_selection(&mut fragment.node.selection_set.node),
            Selection::Field(_) | Selection::FragmentSpread(_) => {}
        }
    }
    let field = Field {
        alias: Some(Positioned::new(Name::new(TYPE), Default::default())),
        name: Positioned::new(Name::new("__typename"), Default::default()),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet::default(), Default::default()),
    };
    set.items.push(Positioned::new(Selection::Field(Positioned::new(field, Default::default())), Default::default()));
}
