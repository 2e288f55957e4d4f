//! Submitting a content (submitContent, 交审): through the gate, which tells everything that is missing at once.

use serde::{Deserialize, Serialize};

use super::ContentFields;
use super::state::{ContentState, Step};
use super::working::{Standing, WORKING, Working, move_on, working};
use crate::changes::{Action, Caller, Work, commit_as};
use crate::database::Sql;
use crate::finding::{Finding, Severity};
use crate::gate::{self, Examination};
use crate::id::ContentId;
use crate::may::{Right, may, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Audience, Library, Position};

/// A content to be handed in.
#[derive(Debug, Clone)]
pub struct SubmitContent {
    /// Which content.
    pub id: ContentId,
    /// The revision that the editor saw.
    pub expected_revision: i64,
    /// Warnings that may stand, by their keys, each with the reason.
    pub overrule: Vec<(String, String)>,
}

/// What came of handing a content in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Submitted {
    /// Where it stands now, and the position of the deed; nothing if the gate refused it.
    pub done: Option<(ContentState, Position)>,
    /// What content checks found.
    pub findings: Vec<Finding>,
    /// Everything that keeps it from being handed in.
    #[serde(skip)]
    pub refused: Vec<Refusal>,
}

/// What content checks find in the newest revision, and what is missing in it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What was found.
    pub findings: Vec<Finding>,
    /// What keeps it from being handed in beside that.
    pub missing: Vec<Refusal>,
}

impl Library {
    /// Looks into the newest revision of a content without handing it in.
    ///
    /// # Errors
    /// Refuses an unknown content and who may not edit it.
    pub async fn check_content(&self, caller: &Caller, id: ContentId) -> Result<Checked> {
        let (before, fields) = self.to_be_examined(caller, id, Right::Edit).await?;
        let Examination { findings, missing } = self.examine(id, before.site, &fields).await?;
        Ok(Checked { findings, missing })
    }

    /// Hands the newest revision in for review, or straight to who publishes it where its source is exempt.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not submit it, a revision that is no longer the newest, a content that is no
    /// draft, and overruling what was not found or is an error.
    pub async fn submit_content(&self, caller: &Caller, submit: SubmitContent) -> Result<Submitted> {
        let (seen, fields) = self.to_be_examined(caller, submit.id, Right::Submit).await?;
        seen.expect(submit.expected_revision)?;
        seen.require_step(caller, Step::Submit)?;
        // What takes long is done before anybody has to wait for it.
        let Examination { findings, missing } = self.examine(submit.id, seen.site, &fields).await?;
        let kept = self.scope(Audience::Public).overrules(submit.id).await?;

        let mut work = self.begin(caller, Action::ContentSubmitted).await?;
        let before = working(&mut work, submit.id).await?;
        before.require(&work, caller, Right::Submit)?;
        before.expect(submit.expected_revision)?;
        before.require_step(caller, Step::Submit)?;
        overrule(&mut work, submit.id, &submit.overrule, &findings).await?;
        let given = |key: &String| submit.overrule.iter().any(|(overruled, _)| overruled == key);
        let stands = |finding: &&Finding| !given(&finding.key) && !kept.contains_key(&finding.key);
        let unresolved = findings.iter().filter(stands).map(unresolved);
        let refused: Vec<Refusal> = missing.into_iter().chain(unresolved).collect();
        if !refused.is_empty() {
            return Ok(Submitted { done: None, findings, refused });
        }
        let (state, standing) = way(&work, &before, &fields);
        move_on(&mut work, before.id, state, standing).await?;
        // What was decided before it was given back counts no more.
        work.run(&BEGIN_ROUNDS, &[before.id.into()]).await?;
        work.site = Some(before.site);
        work.revision = Some(before.revision);
        commit_as(work, |position| Submitted { done: Some((state, position)), findings, refused: Vec::new() }).await
    }

    /// The working row of a content and its newest revision, for who may do this to it.
    async fn to_be_examined(&self, caller: &Caller, id: ContentId, right: Right) -> Result<(Working, ContentFields)> {
        require_somebody(caller)?;
        let text = format!(
            "select {WORKING}, r.document from working w join revision r on r.content_id = w.content_id
             and r.number = w.revision where w.content_id = $1"
        );
        let rows = self.database().rows(&Sql::built(text), &[id.into()]).await?;
        let row = rows.first().ok_or_else(|| Refusal::not_found("id"))?;
        let seen = Working::read(row)?;
        let directory = self.directory();
        may(&directory, caller, right, &seen.target(&directory))?;
        Ok((seen, row.json(19)?))
    }
}

static BEGIN_ROUNDS: Sql = Sql::new(
    "update working set rounds_before = (select coalesce(max(ordinal), 0) from review_round where content_id = $1)
     where content_id = $1",
);

/// Where a content goes when it is handed in.
fn way(work: &Work, before: &Working, fields: &ContentFields) -> (ContentState, Standing) {
    let policy = crate::column::review_policy(&work.directory, before.site, before.column);
    let exempt = !fields.source_name.is_empty() && policy.exempt_sources.contains(&fields.source_name);
    let levels = if exempt { 0 } else { i64::from(policy.levels) };
    match levels {
        0 => (ContentState::Approved, Standing { levels: Some(0), ..Standing::default() }),
        levels => (ContentState::Submitted, Standing { level: Some(1), levels: Some(levels), returned: false }),
    }
}

/// Keeps the reasons for which warnings may stand.
async fn overrule(work: &mut Work, id: ContentId, given: &[(String, String)], findings: &[Finding]) -> Result<()> {
    for (number, (key, reason)) in given.iter().enumerate() {
        let path = format!("overrule.{number}");
        let Some(finding) = findings.iter().find(|finding| finding.key == *key) else {
            return Err(Refusal::not_found(&format!("{path}.finding")).into());
        };
        if finding.severity == Severity::Error {
            let (message, english) = ("错误必须修改，不能说明理由后保留", "an error has to be mended, not overruled");
            return Err(Refusal::new(RefusalCode::Invalid, &format!("{path}.finding"), message, english).into());
        }
        gate::overrule(work, id, key, &format!("{path}.reason"), reason).await?;
    }
    Ok(())
}

/// What keeps a content on the desk because of a finding.
fn unresolved(finding: &Finding) -> Refusal {
    let mut refusal = Refusal::new(
        RefusalCode::GateRefused,
        "",
        finding.message.clone(),
        format!("{} was found", finding.rule.code()),
    );
    refusal.path.clone_from(&finding.path);
    match finding.severity {
        Severity::Error => refusal.hinting("请修改后重新交审", "mend it and submit it again"),
        Severity::Warning => refusal.hinting("请修改，或说明保留的理由", "mend it, or overrule it with a reason"),
    }
}
