//! The door's own cost: the same schema over the same library, behind our door, behind the stock server of
//! async-graphql for axum, and an axum handler that answers as many bytes at once, which is the ceiling.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::routing::post;
use library::Library;
use schema::Schema;
use serde_json::json;
use server::App;
use server::http::Settings;
use tokio::net::TcpListener;

use crate::Work;
use crate::city::City;
use crate::load::{self, Figures, Questions};

/// Measures and prints.
///
/// # Errors
/// When the city cannot be filled or a server does not answer rightly.
pub fn measure(period: Duration, connections: usize) -> Work<'static, ()> {
    Box::pin(measured(period, connections))
}

async fn measured(period: Duration, connections: usize) -> anyhow::Result<()> {
    let city = City::fill().await?;
    let kept = ours(&city.library, Settings::default()).await?;
    let ours = ours(&city.library, Settings { cache_bytes: 0, ..Settings::default() }).await?;
    let stock = stock(&city.library).await?;
    println!("{connections} connections, {} s a figure; SQLite, the demonstration city\n", period.as_secs());
    println!("| question | door | answers/s | median | 99 of 100 | bytes |");
    println!("|---|---|---|---|---|---|");
    let (_, column_page, variables) =
        schema::operations().iter().find(|(name, ..)| *name == "column-page").context("the operation column-page")?;
    let variables: serde_json::Value = serde_json::from_str(variables)?;
    let questions = [
        ("trivial: `{ __typename }`", json!({ "query": "{ __typename }" })),
        ("Q1: a column page", json!({ "query": column_page, "variables": variables })),
    ];
    for (name, question) in questions {
        let question = Arc::new(Questions::one(&question.to_string()));
        let size = load::drive(ours, &question, 1, Duration::from_millis(200)).await?.bytes;
        let bare = bare(size).await?;
        let mut rates = Vec::new();
        // A short run first: what is kept of a document is kept, and the processor is awake.
        for (door, address) in [
            ("ours", ours),
            ("stock async-graphql-axum", stock),
            ("bare axum, the same bytes", bare),
            ("ours, kept", kept),
        ] {
            load::drive(address, &question, connections, period / 5).await?;
            let figures = load::drive(address, &question, connections, period).await?;
            print(name, door, figures);
            rates.push(figures.rate);
        }
        println!("| | ours / stock | {:.2} | | | |", rates[0] / rates[1]);
        println!("| | ours / bare | {:.2} | | | |", rates[0] / rates[2]);
        println!("| | ours, kept / bare | {:.2} | | | |", rates[3] / rates[2]);
    }
    Ok(())
}

fn print(question: &str, door: &str, figures: Figures) {
    let micros = |time: Duration| format!("{} µs", time.as_micros());
    let (median, slowest) = (micros(figures.median), micros(figures.slowest));
    println!("| {question} | {door} | {:.0} | {median} | {slowest} | {} |", figures.rate, figures.bytes);
}

async fn listener() -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn ours(library: &Library, settings: Settings) -> anyhow::Result<SocketAddr> {
    let (listener, address) = listener().await?;
    let app = App::new(library.clone()).with_settings(settings);
    tokio::spawn(server::serve(listener, app, std::future::pending()));
    Ok(address)
}

async fn stock(library: &Library) -> anyhow::Result<SocketAddr> {
    let (listener, address) = listener().await?;
    let state = Arc::new((schema::strict(), library.clone()));
    let router = Router::new().route("/graphql", post(answer)).with_state(state);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn answer(State(state): State<Arc<(Schema, Library)>>, request: GraphQLRequest) -> GraphQLResponse {
    let (schema, library) = state.as_ref();
    // Executed in the schema's own crate, so that the resolvers are not compiled once more here.
    let (response, _) = schema::execute(schema, library, request.into_inner()).await;
    response.into()
}

async fn bare(bytes: usize) -> anyhow::Result<SocketAddr> {
    let (listener, address) = listener().await?;
    let body = " ".repeat(bytes);
    let handler = move |_: axum::body::Bytes| {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], body) }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/graphql", post(handler))).await });
    Ok(address)
}
