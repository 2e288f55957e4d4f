//! The history of a content (操作记录), read from the change log: who, when, what, why.

use std::collections::BTreeSet;

use crate::changes::{List, Subject};
use crate::content::Working;
use crate::database::{Row, Sql, Value};
use crate::id::{AnyId, ContentId, HistoryEntryId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::{Paging, Position, Scope, Walked};

/// A deed on a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// That of the change, as a deed of the history.
    pub id: HistoryEntryId,
    /// Its place in the log.
    pub position: Position,
    /// When it was done.
    pub at: Instant,
    /// Who did it, as the log names somebody.
    pub by: String,
    /// What was done, as the log names it.
    pub action: String,
    /// Why.
    pub reason: Option<String>,
    /// About which revision.
    pub revision: Option<i64>,
}

/// The columns of an entry.
const ENTRY: &str = "c.id, c.position, c.at, c.actor, c.action, c.reason, c.revision";

/// The contents that one change names: a deed names one, a bulk deed some.
static NAMED: Sql = Sql::new(
    "select distinct s.subject from change_subject s where s.change_id = $1
     and (s.subject like 'content%' or s.subject like 'members:working:content%') order by s.subject limit 200",
);

impl HistoryEntry {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            position: row.get(1)?,
            at: row.get(2)?,
            by: row.get(3)?,
            action: row.get(4)?,
            reason: row.get(5)?,
            revision: row.get(6)?,
        })
    }

    /// What was done, for people.
    pub fn text(&self) -> String {
        let did = match self.action.as_str() {
            "CONTENT_DRAFTED" if self.revision == Some(1) => "起草",
            "CONTENT_DRAFTED" => "保存修改",
            "CONTENT_SUBMITTED" => "交审",
            "CONTENT_REVIEWED" => "审核通过",
            "CONTENT_RETURNED" => "退回",
            "CONTENT_SCHEDULED" => "设定定时",
            "DRAFT_DISCARDED" => "放弃修改",
            "CONTENT_PUBLISHED" => "发布",
            "CONTENT_EDITED" => "更正发布",
            "CONTENT_WITHDRAWN" => "撤稿",
            "CONTENT_ARCHIVED" => "归档",
            "VALIDITY_SET" => "有效性变更",
            "REDACTION_REQUESTED" => "申请脱敏",
            "CONTENT_REDACTED" => "脱敏",
            "LEASE_TAKEN" => "开始或结束编辑",
            "PREVIEW_LINKED" => "预览链接",
            "PLACEMENT_ADDED" | "PLACEMENT_REMOVED" | "PLACEMENT_EDITED" => "展示变更",
            _ => "变更",
        };
        match self.revision {
            Some(revision) => format!("{did}（第{revision}版）"),
            None => did.to_owned(),
        }
    }
}

/// The subjects under which the log names deeds on a content.
fn subjects(id: ContentId) -> Vec<String> {
    [Subject::Record(AnyId::ContentId(id)), Subject::Members(List::working(id))]
        .map(|subject| subject.to_string())
        .into()
}

impl Scope {
    /// What was done to a content, the newest first; only for who was shown it.
    pub async fn history(
        &self,
        working: &Working,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Walked<(Vec<Value>, HistoryEntry)>> {
        let mut params: Vec<Value> = vec![subjects(working.id).into(), Value::Int(paging.size as i64 + 1)];
        let mut condition = "";
        if let Some([position]) = paging.from.as_deref() {
            params.push(position.clone());
            condition = "and c.position < $3";
        }
        let text = format!(
            "select {ENTRY} from change c
             where c.id in (select s.change_id from change_subject s where s.subject in texts($1)) {condition}
             order by c.position desc limit $2"
        );
        let rows = self.rows(&Sql::built(text), params).await?;
        let mut items = Vec::new();
        for row in rows.iter().take(paging.size) {
            let entry = HistoryEntry::read(row)?;
            items.push((vec![Value::Int(entry.position)], entry));
        }
        let has_next = rows.len() > paging.size;
        Ok(Walked { items, has_next, has_previous: paging.from.is_some(), begins_at: None, ends_at: None })
    }

    /// A deed by its identifier, for who is shown a content that it was done to.
    pub async fn history_entry(&self, id: HistoryEntryId) -> Result<Option<HistoryEntry>> {
        if !self.has_roles() {
            return Ok(None);
        }
        let mut contents = BTreeSet::new();
        for row in self.rows(&NAMED, vec![id.into()]).await? {
            let subject: String = row.get(0)?;
            contents.extend(subject.trim_start_matches("members:working:").parse::<ContentId>());
        }
        for content in contents {
            if self.working(content).await?.is_some() {
                let text = format!("select {ENTRY} from change c where c.id = $1");
                return self
                    .rows(&Sql::built(text), vec![id.into()])
                    .await?
                    .first()
                    .map(HistoryEntry::read)
                    .transpose();
            }
        }
        Ok(None)
    }
}
