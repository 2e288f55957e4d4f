//! What a change did, as the log names it.

use serde::{Deserialize, Serialize};

/// The deed of a change. Those that the change feed shows are the contract's `ChangeAction`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// A working revision was saved; nothing public changed.
    ContentDrafted,
    /// A draft was handed in for review.
    ContentSubmitted,
    /// A level of review passed a content.
    ContentReviewed,
    /// A content was given back to its editors.
    ContentReturned,
    /// It was decided when a content appears or goes.
    ContentScheduled,
    /// What was saved since the last publication was given up.
    DraftDiscarded,
    /// A content was put away for the archive.
    ContentArchived,
    /// Somebody asked for a redaction.
    RedactionRequested,
    /// Personal data was overwritten in every revision.
    ContentRedacted,
    /// Somebody is editing.
    LeaseTaken,
    /// A preview link was made or revoked.
    PreviewLinked,
    /// A content became live.
    ContentPublished,
    /// A live content was corrected.
    ContentEdited,
    /// A content was taken off every site.
    ContentWithdrawn,
    /// The validity of a policy, an answer or a notice period changed.
    ValiditySet,
    /// A content was placed in a further column.
    PlacementAdded,
    /// A placement was taken away.
    PlacementRemoved,
    /// A placement's title, pin or visibility changed.
    PlacementEdited,
    /// A column or what it shares changed.
    ColumnChanged,
    /// A tag or tag group changed.
    TagChanged,
    /// A tag was merged into another.
    TagsMerged,
    /// Contents were drawn for an audit of their tags, or judged in one.
    TagsAudited,
    /// An organisation or a leader changed.
    OrganisationChanged,
    /// A site, a redirect or a field of its own changed.
    SiteChanged,
    /// A panel changed.
    PanelChanged,
    /// A code list changed.
    CodesChanged,
    /// A word list changed.
    WordsChanged,
    /// A file was added to the library.
    AttachmentUploaded,
    /// Files that nothing uses were taken out of the library.
    AttachmentRemoved,
    /// An account or its password changed.
    AccountChanged,
    /// An account was given a role, or lost one.
    GrantChanged,
    /// A key of a system was made or revoked.
    ApiKeyChanged,
    /// A second factor was begun, confirmed or removed.
    SecondFactorChanged,
    /// An identity of a sign-on provider was linked to an account, or unlinked.
    IdentityChanged,
    /// A session began or ended.
    SessionChanged,
    /// A session went on: its refresh token was replaced.
    SessionRefreshed,
    /// A webhook was made, changed, paused or deleted.
    WebhookChanged,
    /// Operations of front ends were registered or retired.
    OperationsChanged,
    /// Somebody had something sent to a webhook.
    WebhookSent,
    /// A key that access tokens are signed by was made or retired.
    SigningKeyChanged,
    /// A reader subscribed tags or refused recommendations; no row of the log says so.
    ReaderChanged,
    /// The tags of all that a filter finds are to be changed.
    RetagBegun,
}

impl Action {
    /// Whether deeds of this name change what the directory holds. Which nouns they change, the nouns say themselves
    /// ([`crate::directory::Entry::CHANGED_BY`]).
    pub(crate) const fn changes_directory(self) -> bool {
        match self {
            Self::ColumnChanged
            | Self::TagChanged
            | Self::TagsMerged
            | Self::OrganisationChanged
            | Self::SiteChanged
            | Self::PanelChanged
            | Self::CodesChanged
            | Self::AccountChanged
            | Self::GrantChanged
            | Self::ApiKeyChanged
            | Self::SecondFactorChanged
            | Self::IdentityChanged
            | Self::SessionChanged
            | Self::WebhookChanged
            | Self::OperationsChanged
            | Self::SigningKeyChanged => true,
            Self::ContentDrafted
            | Self::ContentSubmitted
            | Self::ContentReviewed
            | Self::ContentReturned
            | Self::ContentScheduled
            | Self::DraftDiscarded
            | Self::ContentArchived
            | Self::RedactionRequested
            | Self::ContentRedacted
            | Self::LeaseTaken
            | Self::PreviewLinked
            | Self::ContentPublished
            | Self::ContentEdited
            | Self::ContentWithdrawn
            | Self::ValiditySet
            | Self::PlacementAdded
            | Self::PlacementRemoved
            | Self::PlacementEdited
            | Self::TagsAudited
            | Self::WordsChanged
            | Self::AttachmentUploaded
            | Self::AttachmentRemoved
            | Self::WebhookSent
            | Self::SessionRefreshed
            | Self::ReaderChanged
            | Self::RetagBegun => false,
        }
    }

    /// Whether there are any, and each of them changes what the directory holds.
    pub(crate) const fn all_change_directory(actions: &[Self]) -> bool {
        let mut at = 0;
        while at < actions.len() && actions[at].changes_directory() {
            at += 1;
        }
        at > 0 && at == actions.len()
    }
}
