//! Publishing a content (publishContent): the working revision becomes what is live, in one transaction.

use std::collections::HashMap;

use chrono::Datelike as _;

use super::edit::{Working, expect, revision, working};
use super::fields::{AttachmentUse, ContentFields};
use super::kind::{ContentState, Details, DisclosureKind};
use super::row::{Card, Detail, LiveContent, NoticePhase, PolicyGlance, Validity, ValidityState};
use super::{body, index_number, live};
use crate::attachment::Attached;
use crate::changes::{Action, Caller, Work, commit};
use crate::database::Sql;
use crate::due::{Due, forget, schedule};
use crate::id::{AttachmentId, ContentId};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position};

/// What publishing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The index number, if it has one.
    pub index_number: Option<String>,
    /// In how many columns it is placed, mirrors included.
    pub placed: usize,
    /// The position of the deed.
    pub position: Position,
}

static ATTACHMENTS: Sql = Sql::new("select id, document from attachment where id in ids($1)");
static VALIDITY: Sql = Sql::new("select document from working_validity where content_id = $1");
static UPDATE: Sql = Sql::new(
    "update working set state = $2, live_revision = $3, published_at = $4, index_number = $5 where content_id = $1",
);
static UNBURY: Sql = Sql::new("delete from withdrawal where content_id = $1");

impl Library {
    /// Publishes the newest revision of a content: issues its index number, sets its time, places it.
    ///
    /// # Errors
    /// Refuses an unknown content, a revision that is no longer the newest, files that are gone, and a content
    /// that is not classified.
    pub async fn publish_content(&self, caller: &Caller, id: ContentId, expected_revision: i64) -> Result<Published> {
        let mut work = self.begin(caller, Action::ContentPublished).await?;
        let before = working(&mut work, id).await?;
        expect(&before, expected_revision)?;
        let (index_number, placed) = publish_at(&mut work, id, before).await?;
        let position = commit(work).await?;
        Ok(Published { index_number, placed, position })
    }
}

/// Publishes within an open deed.
pub(super) async fn publish_at(work: &mut Work, id: ContentId, before: Working) -> Result<(Option<String>, usize)> {
    let directory = work.directory.clone();
    let site = directory.sites.get(before.site).cloned().ok_or_else(|| Refusal::not_found("site"))?;
    let fields = revision(work, id, before.revision).await?;
    if fields.columns.is_empty() {
        return Err(Refusal::new(RefusalCode::GateRefused, "columns", "未选择栏目", "no column is chosen").into());
    }
    let earlier = match before.live_revision {
        Some(number) => revision(work, id, number).await?.columns,
        None => Vec::new(),
    };
    let was = live::live(work, id).await?;
    work.action = if was.is_some() { Action::ContentEdited } else { Action::ContentPublished };
    work.site = Some(site.id);

    let imported = fields.origin.as_ref().and_then(|origin| origin.published_at);
    let published_at = before.published_at.or(imported).unwrap_or(work.at);
    let index_number = match (before.index_number, fields.disclosure) {
        (Some(number), _) => Some(number),
        (None, DisclosureKind::NotApplicable) => None,
        (None, _) => match directory.organisations.get(fields.publisher) {
            Some(publisher) => Some(index_number::issue(work, &site, publisher).await?),
            None => None,
        },
    };
    let files = attached_files(work, &fields).await?;
    let text = body::text(&fields.body_html);
    let card = card(work, id, &fields, &files, was.as_ref().map(|was| &was.content)).await?;
    let detail = Detail {
        attachments: files.uses(&fields.attachments)?,
        themes: fields.themes.clone(),
        genres: fields.genres.clone(),
        audiences: fields.audiences.clone(),
        life_stages: fields.life_stages.clone(),
        fields: fields.fields.clone(),
        details: fields.details.clone(),
    };
    let content = LiveContent {
        id,
        kind: before.kind,
        home_site: site.id,
        home_column: fields.columns.first().copied(),
        publisher: fields.publisher,
        language: fields.language.clone(),
        published_at,
        updated_at: work.at,
        index_number: index_number.clone(),
        origin: fields.origin.as_ref().map(|origin| (origin.system.clone(), origin.id.clone())),
        revision: before.revision,
        card,
    };
    live::put(work, was.as_ref(), content.clone(), &detail, &fields, &text).await?;
    if work.run(&UNBURY, &[id.into()]).await? > 0 {
        work.key(crate::changes::KeyKind::ShortId, id.short());
    }
    let state: &str = ContentState::Published.into();
    let params = [id.into(), state.into(), before.revision.into(), published_at.into(), (&index_number).into()];
    work.run(&UPDATE, &params).await?;
    let placed = crate::placement::settle(work, &content, &earlier, &fields.columns).await?;
    dues(work, &content, &fields).await?;
    Ok((index_number, placed))
}

/// The files of a revision by id.
struct Files(HashMap<AttachmentId, Attached>);

impl Files {
    fn one(&self, used: &AttachmentUse) -> Result<Attached> {
        let mut file = self.0.get(&used.attachment).cloned().ok_or_else(|| Refusal::not_found("attachments"))?;
        file.role = used.role;
        file.name = used.name.clone().unwrap_or(file.name);
        file.alt = used.alt.clone().or(file.alt);
        file.caption = used.caption.clone();
        Ok(file)
    }

    fn uses(&self, used: &[AttachmentUse]) -> Result<Vec<Attached>> {
        used.iter().map(|used| self.one(used)).collect()
    }
}

async fn attached_files(work: &mut Work, fields: &ContentFields) -> Result<Files> {
    let ids: Vec<_> = fields.attachments.iter().chain(&fields.cover).map(|used| used.attachment).collect();
    let mut files = HashMap::new();
    if !ids.is_empty() {
        for row in work.rows(&ATTACHMENTS, &[ids.as_slice().into()]).await? {
            files.insert(row.get(0)?, row.json(1)?);
        }
    }
    Ok(Files(files))
}

async fn card(
    work: &mut Work,
    id: ContentId,
    fields: &ContentFields,
    files: &Files,
    was: Option<&LiveContent>,
) -> Result<Card> {
    let today = work.library().zone().date(work.at);
    let set: Option<ValidityState> = work.row(&VALIDITY, &[id.into()]).await?.map(|row| row.json(0)).transpose()?;
    let mut card = Card {
        title: fields.title.clone(),
        subtitle: fields.subtitle.clone(),
        summary: fields.summary.clone(),
        cover: fields.cover.as_ref().map(|cover| files.one(cover)).transpose()?,
        tags: fields.tags.iter().map(|assignment| assignment.tag).collect(),
        keywords: fields.keywords.clone(),
        source_name: fields.source_name.clone(),
        source_url: fields.source_url.clone(),
        author: fields.author.clone(),
        editor: fields.editor.clone(),
        formed_on: fields.formed_on,
        disclosure: fields.disclosure,
        share_type: fields.share_type,
        external_url: fields.external_url.clone(),
        format: None,
        policy: None,
        form: None,
        author_role: None,
        online_url: None,
        notice_phase: None,
        valid_until: None,
        entry_expired: false,
        content_hash: fields.origin.as_ref().map(|origin| origin.content_hash.clone()),
        imported: fields.origin.as_ref().is_some_and(|origin| origin.published_at.is_some()),
    };
    match &fields.details {
        Details::Article { format } => card.format = Some(*format),
        Details::Notice { publicity_from, publicity_until, .. } => {
            card.notice_phase = phase(*publicity_from, *publicity_until, today);
        }
        Details::Policy(policy) => {
            card.policy = Some(glance(
                policy,
                set.unwrap_or_else(|| {
                    let stated = stated(policy, today);
                    came_into_force(work, policy, was)
                        .filter(|_| stated.validity == Validity::NotStated)
                        .unwrap_or(stated)
                }),
            ));
        }
        Details::Interpretation { form, author_role } => {
            card.form = Some(*form);
            card.author_role = *author_role;
        }
        Details::KnowledgeEntry(entry) => {
            card.valid_until = entry.valid_until;
            card.entry_expired = entry.valid_until.is_some_and(|last| last < today);
        }
        Details::ServiceGuide(guide) => card.online_url = guide.online_url.clone(),
        Details::Disclosure { .. } => {}
    }
    Ok(card)
}

/// What lists show of a policy.
fn glance(policy: &super::kind::PolicyDetails, state: ValidityState) -> PolicyGlance {
    PolicyGlance {
        document_number: policy.document_number.clone(),
        document_type: policy.document_type.clone(),
        issuers: policy.issuers.clone(),
        issuer_names: policy.issuer_names.clone(),
        written_on: policy.written_on,
        effective_on: policy.effective_on,
        expires_on: policy.expires_on,
        state,
    }
}

/// What a policy's own statements say on `today`: what it states, unless its dates say that it is not yet or no
/// longer in force. What is not stated stays NOT_STATED.
fn stated(policy: &super::kind::PolicyDetails, today: crate::Date) -> ValidityState {
    let stated = policy.validity.unwrap_or_default();
    let open = matches!(
        stated,
        Validity::NotStated | Validity::Effective | Validity::NotYetEffective | Validity::EffectiveAsAmended
    );
    let (validity, since) = match (policy.effective_on, policy.expires_on) {
        (_, Some(last)) if open && last < today => (Validity::Expired, last.succ_opt()),
        (Some(first), _) if open && first > today => (Validity::NotYetEffective, None),
        (Some(first), _) if stated == Validity::NotYetEffective => (Validity::Effective, Some(first)),
        (first, _) => (stated, first.filter(|_| stated == Validity::Effective)),
    };
    ValidityState { validity, since, basis: None, note: None, set: false }
}

/// The state of a policy that came into force on its day while it was live: a correction does not take that away.
fn came_into_force(
    work: &Work,
    policy: &super::kind::PolicyDetails,
    was: Option<&LiveContent>,
) -> Option<ValidityState> {
    let was = was?;
    let glance = was.card.policy.as_ref().filter(|glance| glance.effective_on == policy.effective_on)?;
    let waited = policy.effective_on.is_some_and(|day| work.library().zone().date(was.published_at) < day);
    (waited && glance.state.validity == Validity::Effective).then(|| glance.state.clone())
}

/// Where a notice stands on `today`; nothing without a period.
pub(super) fn phase(from: Option<crate::Date>, until: Option<crate::Date>, today: crate::Date) -> Option<NoticePhase> {
    match (from, until) {
        (None, None) => None,
        (Some(from), _) if today < from => Some(NoticePhase::Upcoming),
        (_, Some(until)) if today > until => Some(NoticePhase::Ended),
        _ => Some(NoticePhase::Open),
    }
}

/// Writes down every later moment at which the content's state changes by itself.
async fn dues(work: &mut Work, content: &LiveContent, fields: &ContentFields) -> Result<()> {
    let id = content.id.0;
    forget(work, id).await?;
    let zone = work.library().zone();
    let mut moments = Vec::new();
    match &fields.details {
        Details::Policy(policy) => {
            moments.extend(policy.effective_on.map(|day| (zone.begin(day), Due::InForce)));
            moments.extend(policy.expires_on.map(|day| (zone.end(day), Due::Expire)));
        }
        Details::Notice { publicity_from, publicity_until, .. } => {
            moments.extend(publicity_from.map(|day| (zone.begin(day), Due::NoticeMoves)));
            moments.extend(publicity_until.map(|day| (zone.end(day), Due::NoticeMoves)));
        }
        Details::KnowledgeEntry(entry) => {
            moments.extend(entry.valid_until.map(|day| (zone.end(day), Due::EntryExpires)));
        }
        _ => {}
    }
    // Dates beyond the calendar's four-digit years are never reached.
    moments.retain(|(at, _)| *at > work.at && at.utc().year() < 10_000);
    for (at, due) in moments {
        schedule(work, at, due, id).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::PolicyDetails;

    fn day(text: &str) -> crate::Date {
        text.parse().expect("a date")
    }

    #[test]
    fn nothing_is_guessed_about_validity() {
        let today = day("2026-11-01");
        let says = |validity, effective: Option<&str>, expires: Option<&str>| {
            let policy = PolicyDetails {
                validity,
                effective_on: effective.map(day),
                expires_on: expires.map(day),
                ..PolicyDetails::default()
            };
            stated(&policy, today).validity
        };
        assert_eq!(says(None, None, None), Validity::NotStated);
        assert_eq!(says(None, Some("2020-01-01"), None), Validity::NotStated);
        assert_eq!(says(None, Some("2027-01-01"), None), Validity::NotYetEffective);
        assert_eq!(says(Some(Validity::Effective), Some("2020-01-01"), Some("2026-10-31")), Validity::Expired);
        assert_eq!(says(Some(Validity::Effective), Some("2020-01-01"), Some("2026-11-01")), Validity::Effective);
        assert_eq!(says(Some(Validity::DeclaredInvalid), None, Some("2020-01-01")), Validity::DeclaredInvalid);
    }

    #[test]
    fn a_notice_ends_after_its_last_day() {
        let (from, until) = (Some(day("2026-09-01")), Some(day("2026-09-08")));
        assert_eq!(phase(from, until, day("2026-08-31")), Some(NoticePhase::Upcoming));
        assert_eq!(phase(from, until, day("2026-09-08")), Some(NoticePhase::Open));
        assert_eq!(phase(from, until, day("2026-09-09")), Some(NoticePhase::Ended));
        assert_eq!(phase(None, None, day("2026-09-09")), None);
    }
}
