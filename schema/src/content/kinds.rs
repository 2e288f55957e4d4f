//! Articles, notices, interpretations, answers and disclosures: what each has of its own.

use async_graphql::{Context, Object, Result, SimpleObject};
use library::code::CodeList;
use library::content::{
    ArticleDetails, Details, Glance, InterpretationDetails, KnowledgeDetails, KnowledgeGlance, NoticeDetails,
    NoticeGlance,
};
use library::link::LinkRole;

use super::enums::{AnswerWarningCode, ArticleFormat, InterpretationForm, InterpreterRole, NoticePhase};
use super::policy::Policy;
use super::reading::ContentShared;
use super::service_guide::ServiceGuide;
use super::shared::body;
use crate::body::Body;
use crate::code_item::CodeItem;
use crate::organisation::Organisation;
use crate::scalars::Date;

/// An article.
#[derive(Clone)]
pub struct Article(pub ContentShared);

/// An article (资讯报道): news and whatever is no document.
#[Object]
impl Article {
    /// What all kinds share.
    #[graphql(flatten)]
    async fn shared(&self) -> &ContentShared {
        &self.0
    }

    /// What it is made of (稿件形式).
    async fn format(&self) -> ArticleFormat {
        match &self.0.content.card.glance {
            Glance::Article(ArticleDetails { format }) => (*format).into(),
            _ => ArticleFormat::Text,
        }
    }
}

/// A notice.
#[derive(Clone)]
pub struct Notice(pub ContentShared);

impl Notice {
    async fn own(&self, ctx: &Context<'_>) -> Result<NoticeDetails> {
        match &self.0.detail(ctx).await?.details {
            Details::Notice(own) => Ok(own.clone()),
            _ => Ok(NoticeDetails::default()),
        }
    }
}

/// A notice (通知公告), with a publicity period where it is a 公示.
#[Object]
impl Notice {
    /// What all kinds share.
    #[graphql(flatten)]
    async fn shared(&self) -> &ContentShared {
        &self.0
    }

    /// The first day of the publicity period (公示起始).
    async fn publicity_from(&self, ctx: &Context<'_>) -> Result<Option<Date>> {
        Ok(self.own(ctx).await?.publicity_from.map(Date))
    }

    /// The last day of the publicity period, inclusive (公示截止).
    async fn publicity_until(&self, ctx: &Context<'_>) -> Result<Option<Date>> {
        Ok(self.own(ctx).await?.publicity_until.map(Date))
    }

    /// Where its publicity period stands (公示阶段): state that changes at its moment; null without a period.
    async fn publicity_phase(&self) -> Option<NoticePhase> {
        match &self.0.content.card.glance {
            Glance::Notice(NoticeGlance { phase }) => phase.map(Into::into),
            _ => None,
        }
    }

    /// How to object (反馈方式).
    async fn feedback(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.feedback)
    }
}

/// An interpretation.
#[derive(Clone)]
pub struct Interpretation(pub ContentShared);

impl Interpretation {
    fn own(&self) -> InterpretationDetails {
        match &self.0.content.card.glance {
            Glance::Interpretation(own) => *own,
            _ => InterpretationDetails::default(),
        }
    }
}

/// An interpretation of a policy (政策解读).
#[Object]
impl Interpretation {
    /// What all kinds share.
    #[graphql(flatten)]
    async fn shared(&self) -> &ContentShared {
        &self.0
    }

    /// Its form (解读形式).
    async fn form(&self) -> InterpretationForm {
        self.own().form.into()
    }

    /// Who interprets (解读人).
    async fn author_role(&self) -> Option<InterpreterRole> {
        self.own().author_role.map(Into::into)
    }

    /// The policies that it interprets (被解读文件).
    async fn interprets(&self, ctx: &Context<'_>) -> Result<Vec<Policy>> {
        self.0.playing(ctx, LinkRole::InterpretedPolicy).await
    }
}

/// An answer.
#[derive(Clone)]
pub struct KnowledgeEntry(pub ContentShared);

impl KnowledgeEntry {
    async fn own(&self, ctx: &Context<'_>) -> Result<KnowledgeDetails> {
        match &self.0.detail(ctx).await?.details {
            Details::KnowledgeEntry(own) => Ok((**own).clone()),
            _ => Ok(KnowledgeDetails::default()),
        }
    }
}

/// A warning on an answer (答复提示).
#[derive(SimpleObject)]
pub struct AnswerWarning {
    /// Why (提示代码).
    code: AnswerWarningCode,
    /// What readers are told (提示内容).
    message: String,
    /// The policy that it is about (相关政策).
    policy: Option<Policy>,
}

/// A question and its answer (答问知识).
#[Object]
impl KnowledgeEntry {
    /// What all kinds share.
    #[graphql(flatten)]
    async fn shared(&self) -> &ContentShared {
        &self.0
    }

    /// The question (问题).
    async fn question(&self) -> &str {
        &self.0.content.card.title
    }

    /// The answer (答复). Not read unless it is selected.
    async fn answer(&self, ctx: &Context<'_>) -> Result<Body> {
        body(&self.0, ctx).await
    }

    /// The same question in other words (相似问).
    async fn similar_questions(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        Ok(self.own(ctx).await?.similar_questions)
    }

    /// Its place in the tree of questions (知识分类).
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<CodeItem>> {
        let code = self.own(ctx).await?.category;
        Ok(code.and_then(|code| crate::scope(ctx).code(CodeList::KnowledgeCategory, &code)).map(CodeItem))
    }

    /// What kind of material it is (材料性质).
    async fn material_kind(&self, ctx: &Context<'_>) -> Result<Option<CodeItem>> {
        let code = self.own(ctx).await?.material_kind;
        Ok(code.and_then(|code| crate::scope(ctx).code(CodeList::Local, &code)).map(CodeItem))
    }

    /// Where it holds (适用区域).
    async fn region(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.region)
    }

    /// Who answers for it (责任单位).
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        let unit = self.own(ctx).await?.responsible;
        Ok(unit.and_then(|unit| crate::scope(ctx).organisation(unit)).map(Organisation))
    }

    /// The policies that it rests on (政策依据).
    async fn basis(&self, ctx: &Context<'_>) -> Result<Vec<Policy>> {
        self.0.playing(ctx, LinkRole::Basis).await
    }

    /// The services that go with it (关联事项).
    async fn services(&self, ctx: &Context<'_>) -> Result<Vec<ServiceGuide>> {
        self.0.first_playing(ctx, LinkRole::ServiceOfAnswer, Some(100)).await
    }

    /// The last day on which it holds (有效期至).
    async fn valid_until(&self) -> Option<Date> {
        match &self.0.content.card.glance {
            Glance::KnowledgeEntry(KnowledgeGlance { valid_until, .. }) => valid_until.map(Date),
            _ => None,
        }
    }

    /// Why it is to be read with care (答复提示): a basis repealed, expired or amended, or its own validity ended.
    async fn warnings(&self, ctx: &Context<'_>) -> Result<Vec<AnswerWarning>> {
        self.warned(ctx).await
    }
}

impl KnowledgeEntry {
    /// Why it is to be read with care.
    ///
    /// # Errors
    /// `INTERNAL` if the library fails.
    pub async fn warned(&self, ctx: &Context<'_>) -> Result<Vec<AnswerWarning>> {
        let basis: Vec<Policy> = self.0.playing(ctx, LinkRole::Basis).await?;
        let contents: Vec<_> = basis.iter().map(|policy| policy.0.content.clone()).collect();
        let warning = |found: library::content::AnswerWarning| AnswerWarning {
            code: found.code.into(),
            message: found.message,
            policy: found.policy.and_then(|about| basis.iter().find(|policy| policy.0.content.id == about.id).cloned()),
        };
        let found = library::content::AnswerWarning::of(&self.0.content, &contents);
        Ok(found.into_iter().map(warning).collect())
    }
}

/// A disclosure.
#[derive(Clone)]
pub struct Disclosure(pub ContentShared);

/// Government information that is disclosed (政府信息公开; 条例 20).
#[Object]
impl Disclosure {
    /// What all kinds share.
    #[graphql(flatten)]
    async fn shared(&self) -> &ContentShared {
        &self.0
    }

    /// Its statutory category (法定主动公开内容; 条例 20).
    async fn statutory_category(&self, ctx: &Context<'_>) -> Result<Option<CodeItem>> {
        let code = match &self.0.detail(ctx).await?.details {
            Details::Disclosure(own) => own.statutory_category.clone(),
            _ => None,
        };
        Ok(code.and_then(|code| crate::scope(ctx).code(CodeList::StatutoryCategory, &code)).map(CodeItem))
    }
}
