//! The description (著录) of a content: what says what it is, whatever its kind.
//!
//! One struct in the revision and on the card, copied whole by publishing: a field of all kinds is declared and checked
//! here and nowhere else. What is a record of its own (cover, tags, files) or is looked up by is not of it.

use serde::{Deserialize, Serialize};

use super::check::{at_most, known, optional};
use crate::Directory;
use crate::code::CodeList;
use crate::column::ShareType;
use crate::instant::Date;
use crate::refusal::Result;
use crate::text::{accept, require};
use crate::web;

/// 公开属性 (条例 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum DisclosureKind {
    Proactive,
    OnRequest,
    None,
    #[default]
    NotApplicable,
}

/// What says what a content is, whatever its kind (著录).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Description {
    /// 标题.
    pub title: String,
    /// 副标题.
    pub subtitle: Option<String>,
    /// 摘要, at most 100 characters by the rule of the catalogue; longer ones are kept, up to 500.
    pub summary: Option<String>,
    /// 关键词, at most 30.
    pub keywords: Vec<String>,
    /// 信息来源.
    pub source_name: String,
    /// Where it was taken from.
    pub source_url: Option<String>,
    /// 作者.
    pub author: Option<String>,
    /// 责任编辑.
    pub editor: Option<String>,
    /// 生成日期.
    pub formed_on: Option<Date>,
    /// 公开属性.
    pub disclosure: DisclosureKind,
    /// 共享类型.
    pub share_type: ShareType,
    /// 主题分类: codes of THEME.
    pub themes: Vec<String>,
    /// 体裁: codes of GENRE.
    pub genres: Vec<String>,
    /// 服务对象: codes of AUDIENCE.
    pub audiences: Vec<String>,
    /// 生命周期: codes of LIFE_STAGE.
    pub life_stages: Vec<String>,
    /// Where a LINK article leads.
    pub external_url: Option<String>,
}

impl Description {
    /// Brings the fields into the form in which they are kept, or refuses what is wrong in them.
    pub(super) fn check(&mut self, directory: &Directory) -> Result<()> {
        self.title = require("title", &self.title, 300)?;
        optional("subtitle", &mut self.subtitle, 300)?;
        optional("summary", &mut self.summary, 500)?;
        self.source_name = accept("source_name", &self.source_name, 200)?;
        optional("author", &mut self.author, 100)?;
        optional("editor", &mut self.editor, 100)?;
        for (path, url) in [("source_url", &mut self.source_url), ("external_url", &mut self.external_url)] {
            if let Some(url) = url {
                *url = web::address(path, url)?;
            }
        }
        at_most("keywords", self.keywords.len(), 30)?;
        for keyword in &mut self.keywords {
            *keyword = require("keywords", keyword, 50)?;
        }
        for (path, list, codes) in [
            ("themes", CodeList::Theme, &self.themes),
            ("genres", CodeList::Genre, &self.genres),
            ("audiences", CodeList::Audience, &self.audiences),
            ("life_stages", CodeList::LifeStage, &self.life_stages),
        ] {
            known(directory, path, list, codes)?;
        }
        Ok(())
    }
}
