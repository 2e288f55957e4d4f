//! What is done to columns (栏目): making, editing, moving, archiving, and how their contents are reviewed.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use library::column::{ColumnFields, CreateColumn};
use library::id::{AnyId, AttachmentId};

use crate::column::Column;
use crate::content::ContentKind;
use crate::deed::{afterwards, caller, done, payload, written};
use crate::enums::{ColumnKind, ColumnStatus, ShareType};
use crate::scalars::{Date, Url, id, optional_id};
use crate::sweep::{self, Sweep};

/// A column to be made (新建栏目).
#[derive(Debug, Clone, InputObject)]
pub struct CreateColumnInput {
    /// Its site (所属站点).
    pub site: ID,
    /// Its whole path on the site, such as `/news/city`; what it hangs under is found by the path (栏目路径).
    pub path: String,
    /// Its name (栏目名称).
    pub name: String,
    /// What it is about (栏目说明).
    pub description: Option<String>,
    /// Its keywords (栏目关键词).
    pub keywords: Option<Vec<String>>,
    /// What it is for (栏目类型).
    pub kind: ColumnKind,
    /// Its order among its siblings, smallest first (排序).
    pub rank: Option<i32>,
    /// Whether the site's navigation shows it; not, if not given (导航显示).
    pub in_navigation: Option<bool>,
    /// Where a LINK column leads (链接地址).
    pub link_url: Option<Url>,
    /// Its picture, which was uploaded before (栏目图片).
    pub cover: Option<ID>,
    /// The name of the front end's template (模板).
    pub template: Option<String>,
    /// The first day of a topic (专题开始日期).
    pub opens_on: Option<Date>,
    /// The last day of a topic (专题结束日期).
    pub closed_on: Option<Date>,
    /// The kinds that may be placed in it; all if not given (可收录的信息种类).
    pub accepts: Option<Vec<ContentKind>>,
    /// Who keeps it (责任单位).
    pub owner: Option<ID>,
    /// What a SINGLE column shows instead of a list (首要内容).
    pub landing: Option<ID>,
    /// Its language as a BCP 47 tag; the site's if not given (语言).
    pub language: Option<String>,
    /// The column of which it is an edition in another language (其他语言版本).
    pub edition_of: Option<ID>,
    /// Whether other sites may have it; OPEN if not given (共享类型).
    pub share_type: Option<ShareType>,
    /// How often it must change, in days (更新周期).
    pub update_cycle_days: Option<i32>,
}

payload! {
    /// What came of a deed on a column (栏目操作结果).
    CreateColumnPayload {
        /// The column (栏目).
        column: Column,
    }
}

/// Makes a column.
pub async fn create_column(ctx: &Context<'_>, input: CreateColumnInput) -> Result<CreateColumnPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let cover: Option<AttachmentId> = optional_id(input.cover.as_ref())?;
    let (site, path) = (id(&input.site)?, input.path.clone());
    let mut fields = made(input)?;
    let asker = caller.clone();
    let deed = async move {
        if let Some(cover) = cover {
            fields.cover = Some(library.column_cover(&asker, cover).await?);
        }
        library.create_column(&asker, CreateColumn { site, path, fields }).await
    };
    done(ctx, deed, |(id, position)| CreateColumnPayload {
        column: afterwards(ctx, caller).column(id).map(Column::alone),
        position: written(position),
        ..CreateColumnPayload::default()
    })
    .await
}

fn made(input: CreateColumnInput) -> Result<ColumnFields> {
    Ok(ColumnFields {
        name: input.name,
        description: input.description.unwrap_or_default(),
        keywords: input.keywords.unwrap_or_default(),
        kind: input.kind.into(),
        rank: input.rank.unwrap_or_default().into(),
        in_navigation: input.in_navigation.unwrap_or_default(),
        link_url: input.link_url.map(|url| url.0),
        cover: None,
        template: input.template,
        opens_on: input.opens_on.map(|date| date.0),
        closed_on: input.closed_on.map(|date| date.0),
        accepts: input.accepts.unwrap_or_default().into_iter().map(Into::into).collect(),
        owner: optional_id(input.owner.as_ref())?,
        landing: optional_id(input.landing.as_ref())?,
        language: input.language,
        edition_of: optional_id(input.edition_of.as_ref())?,
        share_type: input.share_type.map(Into::into).unwrap_or_default(),
        update_cycle_days: input.update_cycle_days,
        review: None,
    })
}

/// What of a column is changed; what is not given stays, null takes away (修改栏目).
#[derive(Debug, Clone, InputObject)]
pub struct EditColumnInput {
    /// Which column (栏目).
    pub id: ID,
    /// Its name (栏目名称).
    pub name: Option<String>,
    /// What it is about (栏目说明).
    pub description: Option<String>,
    /// Its keywords, as a whole (栏目关键词).
    pub keywords: Option<Vec<String>>,
    /// What it is for (栏目类型).
    pub kind: Option<ColumnKind>,
    /// Whether it is kept up (栏目状态); closing it is archiving it, with the same conditions.
    pub status: Option<ColumnStatus>,
    /// Its order among its siblings, smallest first (排序).
    pub rank: Option<i32>,
    /// Whether the site's navigation shows it (导航显示).
    pub in_navigation: Option<bool>,
    /// Where a LINK column leads (链接地址).
    pub link_url: MaybeUndefined<Url>,
    /// Its picture, which was uploaded before (栏目图片).
    pub cover: MaybeUndefined<ID>,
    /// The name of the front end's template (模板).
    pub template: MaybeUndefined<String>,
    /// The first day of a topic (专题开始日期).
    pub opens_on: MaybeUndefined<Date>,
    /// The last day of a topic (专题结束日期).
    pub closed_on: MaybeUndefined<Date>,
    /// The kinds that may be placed in it, as a whole; empty for all (可收录的信息种类).
    pub accepts: Option<Vec<ContentKind>>,
    /// Who keeps it (责任单位).
    pub owner: MaybeUndefined<ID>,
    /// What a SINGLE column shows instead of a list (首要内容).
    pub landing: MaybeUndefined<ID>,
    /// Its language as a BCP 47 tag (语言).
    pub language: MaybeUndefined<String>,
    /// The column of which it is an edition in another language (其他语言版本).
    pub edition_of: MaybeUndefined<ID>,
    /// Whether other sites may have it (共享类型). What is shared already stays shared until either end ends it.
    pub share_type: Option<ShareType>,
    /// How often it must change, in days (更新周期).
    pub update_cycle_days: MaybeUndefined<i32>,
}

payload! {
    /// What came of editing a column (修改栏目结果).
    EditColumnPayload {
        /// The column (栏目).
        column: Column,
    }
}

/// Puts what was given, null included, in place of what is there.
fn put<T>(given: MaybeUndefined<T>, there: &mut Option<T>) {
    if let Some(given) = Option::<Option<T>>::from(given) {
        *there = given;
    }
}

/// The same of an identifier.
fn given_id<T: std::str::FromStr>(given: &MaybeUndefined<ID>) -> Result<MaybeUndefined<T>> {
    Ok(match given {
        MaybeUndefined::Undefined => MaybeUndefined::Undefined,
        MaybeUndefined::Null => MaybeUndefined::Null,
        MaybeUndefined::Value(given) => MaybeUndefined::Value(id(given)?),
    })
}

/// Edits a column.
pub async fn edit_column(ctx: &Context<'_>, input: EditColumnInput) -> Result<EditColumnPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let column = id(&input.id)?;
    let cover = given_id::<AttachmentId>(&input.cover)?;
    let (owner, landing, edition) = (given_id(&input.owner)?, given_id(&input.landing)?, given_id(&input.edition_of)?);
    let asker = caller.clone();
    let deed = async move {
        let cover = match cover {
            MaybeUndefined::Value(cover) => MaybeUndefined::Value(library.column_cover(&asker, cover).await?),
            MaybeUndefined::Null => MaybeUndefined::Null,
            MaybeUndefined::Undefined => MaybeUndefined::Undefined,
        };
        let change = |status: &mut library::column::ColumnStatus, fields: &mut ColumnFields| {
            *status = input.status.map_or(*status, Into::into);
            put(cover, &mut fields.cover);
            put(owner, &mut fields.owner);
            put(landing, &mut fields.landing);
            put(edition, &mut fields.edition_of);
            edited(input, fields);
        };
        library.change_column(&asker, column, change).await
    };
    done(ctx, deed, |position| EditColumnPayload {
        column: afterwards(ctx, caller).column(column).map(Column::alone),
        position: written(position),
        ..EditColumnPayload::default()
    })
    .await
}

/// What describes itself, without looking anything up.
fn edited(input: EditColumnInput, fields: &mut ColumnFields) {
    fields.name = input.name.unwrap_or_else(|| fields.name.clone());
    fields.description = input.description.unwrap_or_else(|| fields.description.clone());
    fields.keywords = input.keywords.unwrap_or_else(|| fields.keywords.clone());
    fields.kind = input.kind.map_or(fields.kind, Into::into);
    fields.rank = input.rank.map_or(fields.rank, Into::into);
    fields.in_navigation = input.in_navigation.unwrap_or(fields.in_navigation);
    fields.share_type = input.share_type.map_or(fields.share_type, Into::into);
    if let Some(accepts) = input.accepts {
        fields.accepts = accepts.into_iter().map(Into::into).collect();
    }
    put(input.link_url.map_value(|url| url.0), &mut fields.link_url);
    put(input.template, &mut fields.template);
    put(input.opens_on.map_value(|date| date.0), &mut fields.opens_on);
    put(input.closed_on.map_value(|date| date.0), &mut fields.closed_on);
    put(input.language, &mut fields.language);
    put(input.update_cycle_days, &mut fields.update_cycle_days);
}

/// A column and where it goes (移动栏目).
#[derive(Debug, Clone, InputObject)]
pub struct MoveColumnInput {
    /// Which column (栏目).
    pub id: ID,
    /// Its new path on its site, with all below it; the old one leads there for good (新路径).
    pub path: String,
}

payload! {
    /// What came of moving a column (移动栏目结果).
    MoveColumnPayload {
        /// The column (栏目).
        column: Column,
        /// What is still being done; null when all is (后续处理).
        sweep: Sweep,
    }
}

/// Moves a column.
pub async fn move_column(ctx: &Context<'_>, input: MoveColumnInput) -> Result<MoveColumnPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (column, asker) = (id(&input.id)?, caller.clone());
    let deed = async move { library.move_column(&asker, column, &input.path).await };
    let mut payload = done(ctx, deed, |position| MoveColumnPayload {
        column: afterwards(ctx, caller.clone()).column(column).map(Column::alone),
        position: written(position),
        ..MoveColumnPayload::default()
    })
    .await?;
    payload.sweep = sweep::left(ctx, caller, payload.position.as_ref(), AnyId::ColumnId(column)).await?;
    Ok(payload)
}

/// A column to be archived (归档栏目).
#[derive(Debug, Clone, InputObject)]
pub struct ArchiveColumnInput {
    /// Which column (栏目).
    pub id: ID,
}

payload! {
    /// What came of archiving a column (归档栏目结果).
    ArchiveColumnPayload {
        /// The column, closed now (栏目).
        column: Column,
    }
}

/// Archives a column.
pub async fn archive_column(ctx: &Context<'_>, input: ArchiveColumnInput) -> Result<ArchiveColumnPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (column, asker) = (id(&input.id)?, caller.clone());
    let deed = async move { library.archive_column(&asker, column).await };
    done(ctx, deed, |position| ArchiveColumnPayload {
        column: afterwards(ctx, caller).column(column).map(Column::alone),
        position: written(position),
        ..ArchiveColumnPayload::default()
    })
    .await
}

/// How contents are reviewed (审核策略).
pub struct ReviewPolicy(pub library::column::ReviewPolicy);

/// How contents are reviewed before they are published (审核策略). Internal: for who keeps the site or the column.
#[Object]
impl ReviewPolicy {
    /// How many reviews one after the other, 1 to 4 (审核级数).
    async fn levels(&self) -> i32 {
        self.0.levels.into()
    }

    /// Names of sources whose reposts need no review (转载免审来源).
    async fn exempt_sources(&self) -> &[String] {
        &self.0.exempt_sources
    }
}

/// How contents are reviewed (审核策略).
#[derive(Debug, Clone, InputObject)]
pub struct ReviewPolicyInput {
    /// How many reviews one after the other, 1 to 4 (审核级数).
    pub levels: i32,
    /// Names of sources whose reposts need no review (转载免审来源).
    pub exempt_sources: Option<Vec<String>>,
}

/// How contents of a site or a column are reviewed (设置审核策略).
#[derive(Debug, Clone, InputObject)]
pub struct SetReviewPolicyInput {
    /// The site or the column, with all below it that says nothing else (站点或栏目).
    pub on: ID,
    /// The policy; null for as above it: the column above, then the site, then one review (审核策略).
    pub policy: Option<ReviewPolicyInput>,
}

payload! {
    /// What came of setting a policy (设置审核策略结果).
    SetReviewPolicyPayload {
        /// The policy that holds there now (审核策略).
        policy: ReviewPolicy,
    }
}

/// Sets how contents are reviewed.
pub async fn set_review_policy(ctx: &Context<'_>, input: SetReviewPolicyInput) -> Result<SetReviewPolicyPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let on: AnyId = id(&input.on)?;
    let policy = input.policy.map(|policy| library::column::ReviewPolicy {
        levels: u8::try_from(policy.levels).unwrap_or(u8::MAX),
        exempt_sources: policy.exempt_sources.unwrap_or_default(),
    });
    let asker = caller.clone();
    let deed = async move { library.set_review_policy(&asker, on, policy).await };
    done(ctx, deed, |position| SetReviewPolicyPayload {
        policy: afterwards(ctx, caller).review_policy_on(on).map(ReviewPolicy),
        position: written(position),
        ..SetReviewPolicyPayload::default()
    })
    .await
}
