//! The GraphQL contract: one file per noun, thin resolvers over the library.
//!
//! This room wraps what the library answers and never decides what may be seen; it knows no SQL and no HTTP.
#![forbid(unsafe_code)]

mod account;
mod attachment;
mod body;
mod change;
mod changed;
mod code_item;
mod column;
mod column_deeds;
mod connection;
mod content;
mod cookie;
mod deed;
mod desk;
mod difference;
mod enums;
mod feeds;
mod field_definition;
mod finding;
mod interface;
mod kept;
mod kin;
mod leader;
mod link;
mod mirror;
mod mutation;
mod node;
mod operation;
mod operation_deeds;
mod organisation;
mod page;
mod panel;
mod placement;
mod placement_deeds;
mod private;
mod query;
mod reader;
mod retag;
mod scalars;
mod search;
mod site;
mod structure;
mod subscription;
mod subscription_deeds;
mod sweep;
mod tag;
mod tag_audit;
mod tag_audit_deeds;
mod tag_claim;
mod tag_deeds;
mod upload;
mod webhook;
mod webhook_deeds;
mod words;

/// What `node(id:)` finds: the interface, and the nouns of the directory by their identifiers.
mod nouns {
    use library::Scope;
    use library::id::AnyId;

    use crate::account::{Account, ApiKey, Grant, LinkedIdentity};
    use crate::attachment::Attachment;
    use crate::change::{Change, ChangeEffect};
    use crate::code_item::CodeItem;
    use crate::column::Column;
    use crate::content::Content;
    use crate::desk::{DeskContent, HistoryEntry, Revision};
    use crate::field_definition::FieldDefinition;
    use crate::leader::Leader;
    use crate::operation::RegisteredOperation;
    use crate::organisation::Organisation;
    use crate::panel::Panel;
    use crate::placement::Placement;
    use crate::retag::Retag;
    use crate::search::SynonymGroup;
    use crate::site::Site;
    use crate::subscription::ColumnSubscription;
    use crate::subscription_deeds::PendingPlacement;
    use crate::sweep::Sweep;
    use crate::tag::{Tag, TagGroup};
    use crate::tag_audit::TagAudit;
    use crate::tag_claim::TagClaim;
    use crate::webhook::{Delivery, Webhook};
    use crate::words::WordList;

    crate::interface::interface! {
        /// Anything with an identifier that `node(id:)` finds (GraphQL Global Object Identification).
        Node {
            Content, Site, Organisation, Leader, Column, Placement, ColumnSubscription, TagGroup, Tag, CodeItem, Panel,
            FieldDefinition, Attachment, Account, Grant, DeskContent, Revision, HistoryEntry, PendingPlacement, TagClaim, ApiKey,
            LinkedIdentity, WordList, Change, ChangeEffect, Webhook, Delivery, Sweep, Retag,
            TagAudit, RegisteredOperation, SynonymGroup,
        }
    }

    /// What the directory holds under an identifier.
    pub fn of_directory(scope: &Scope, id: AnyId) -> Option<Node> {
        match id {
            AnyId::SiteId(id) => scope.site(id).map(|found| Site(found).into()),
            AnyId::OrganisationId(id) => scope.organisation(id).map(|found| Organisation(found).into()),
            AnyId::LeaderId(id) => scope.leader(id).map(|found| Leader::alone(found).into()),
            AnyId::ColumnId(id) => scope.column(id).map(|found| Column::alone(found).into()),
            AnyId::SubscriptionId(id) => scope.subscription(id).map(|found| ColumnSubscription::alone(found).into()),
            AnyId::TagGroupId(id) => scope.tag_group(id).map(|found| TagGroup(found).into()),
            AnyId::TagId(id) => scope.tag(id).map(|found| Tag(found).into()),
            AnyId::CodeItemId(id) => scope.code_item(id).map(|found| CodeItem(found).into()),
            AnyId::PanelId(id) => scope.panel(id).map(|found| Panel::alone(found).into()),
            AnyId::FieldDefinitionId(id) => scope.field_definition(id).map(|found| FieldDefinition(found).into()),
            AnyId::AccountId(id) => scope.account(id).map(|found| Account::whole(found).into()),
            AnyId::GrantId(id) => scope.grant(id).map(|found| Grant(found).into()),
            AnyId::ApiKeyId(id) => scope.api_key(id).map(|found| ApiKey::alone(found).into()),
            AnyId::LinkedIdentityId(id) => scope.identity(id).map(|found| LinkedIdentity(found).into()),
            AnyId::OperationId(id) => scope.operation(id).map(|found| RegisteredOperation::alone(found).into()),
            AnyId::WebhookId(id) => scope.webhook(id).map(|found| Webhook(found).into()),
            // Links have no address of their own. Sessions and
            // signing keys are shown nowhere, files on their way to their uploaders alone.
            AnyId::ContentId(_)
            | AnyId::PlacementId(_)
            | AnyId::PendingId(_)
            | AnyId::TagClaimId(_)
            | AnyId::TagAuditId(_)
            | AnyId::AttachmentId(_)
            | AnyId::DeskContentId(_)
            | AnyId::RevisionId(_)
            | AnyId::HistoryEntryId(_)
            | AnyId::PreviewId(_)
            | AnyId::LinkId(_)
            | AnyId::UploadId(_)
            | AnyId::SessionId(_)
            | AnyId::SigningKeyId(_)
            | AnyId::WordListId(_)
            | AnyId::SynonymId(_)
            | AnyId::SweepId(_)
            | AnyId::RetagId(_)
            | AnyId::DeliveryId(_)
            | AnyId::ChangeId(_)
            | AnyId::EffectId(_) => None,
        }
    }
}

use std::pin::Pin;
use std::sync::Arc;

use async_graphql::{Context, ErrorExtensions as _, SchemaBuilder, ValidationMode, located};
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use library::{Audience, Library, Scope};

pub use async_graphql::parser::types::ExecutableDocument;
pub use async_graphql::{Plain, Request, Response, Variables};
pub use changed::{Following, Subscription};
pub use cookie::{Cookie, Keep};
pub use deed::Asking;
pub use kept::{CacheExplanation, CacheState, Keeper, Kept};
pub use mutation::Mutation;
pub use private::is_private;
pub use query::Query;
pub use upload::{TAKES_FILE, Uploaded, takes_file};

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema for a door that validates by the whole specification before anything comes here.
pub fn build() -> Schema {
    builder(ValidationMode::Fast).finish()
}

/// What an object of these types counts for in the cost of an operation, instead of one: a body may be a book.
pub const WEIGHTS: [(&str, u64); 1] = [("Body", 20)];

/// Builds the schema for who has no such door in front of it.
#[cfg(feature = "judge")]
pub fn strict() -> Schema {
    builder(ValidationMode::Strict).finish()
}

fn builder(mode: ValidationMode) -> SchemaBuilder<Query, Mutation, Subscription> {
    async_graphql::Schema::build(Query, Mutation::default(), Subscription)
        .register_output_type::<node::InterfaceFields>()
        .validation_mode(mode)
        .limit_recursive_depth(200)
}

/// The schema in the schema definition language, as front ends check their operations against it.
pub fn sdl() -> String {
    build().sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().include_specified_by())
}

/// Something that is being answered, on its way.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A request to execute a document that was read before.
pub fn request(document: ExecutableDocument) -> Request {
    let mut request = Request::new(String::new());
    request.set_parsed_query(document);
    request
}

/// Runs a request as the public sees the library; answers what came and the scope with its notes.
pub fn execute<'a>(schema: &'a Schema, library: &Library, request: Request) -> Answering<'a, (Response, Arc<Scope>)> {
    let scope = Arc::new(library.scope(Audience::Public));
    Box::pin(execute_in(schema, scope.clone(), request).map(|response| (response, scope)))
}

/// Runs a request in a scope that the caller keeps, also if it gives the request up. Its document must be [`Plain`], and
/// its data say so, unless this crate is built with the feature `judge`.
///
/// Boxed, so that the resolvers are compiled in this crate and not again in each that asks.
pub fn execute_in(schema: &Schema, scope: Arc<Scope>, request: Request) -> Answering<'_, Response> {
    Box::pin(schema.execute(request.data(scope)).map(located))
}

/// Runs a subscription for one step: what it answers now, if there is something. Its data say where it stands
/// ([`Following`]); of its document the same holds as for [`execute_in`].
pub fn follow(schema: &Schema, scope: Arc<Scope>, request: Request) -> BoxStream<'static, Response> {
    Box::pin(schema.execute_stream(request.data(scope)).map(located))
}

/// The scope of the request.
pub(crate) fn scope<'a>(ctx: &Context<'a>) -> &'a Scope {
    ctx.data_unchecked::<Arc<Scope>>()
}

/// What the library did not answer, as the client is told: a refusal in words, a fault only by its code.
pub(crate) fn error(error: library::Error) -> async_graphql::Error {
    match error {
        library::Error::Refused(refusal) => {
            async_graphql::Error::new(refusal.english.clone()).extend_with(|_, more| {
                more.set("code", "BAD_USER_INPUT");
                more.set("path", refusal.path.clone());
            })
        }
        library::Error::TimedOut => {
            tracing::warn!("a read took too long and was stopped");
            async_graphql::Error::new("this takes too long: ask for less at once, or try again later")
                .extend_with(|_, more| more.set("code", "TIMEOUT"))
        }
        fault => {
            tracing::error!(error = %fault, "a read failed");
            async_graphql::Error::new("internal error").extend_with(|_, more| more.set("code", "INTERNAL"))
        }
    }
}

/// The documents of `clients/operations`: what the playground opens with, tests run and the bench drives.
/// Each is `(name, document, variables as JSON)`.
pub fn operations() -> &'static [(&'static str, &'static str, &'static str)] {
    macro_rules! operations {
        ($($name:literal)*) => {
            &[$((
                $name,
                include_str!(concat!("../../clients/operations/", $name, ".graphql")),
                include_str!(concat!("../../clients/operations/", $name, ".json")),
            )),*]
        };
    }
    operations! {
        "site-home"
        "column-page"
        "content-page"
        "tag-page"
        "topic-page"
        "organisation-page"
        "site-map"
        "resolve"
        "policy-library"
        "friend-links"
        "updated-today"
        "shareable-columns"
        "county-column"
        "snapshot"
        "policy-by-number"
    }
}
