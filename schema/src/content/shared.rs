//! What all kinds of contents share: the fields of the interface `Content`.

use async_graphql::{Context, ID, Object, Result};
use library::attachment::AttachmentRole;
use library::code::CodeList;
use library::link::LinkRole;

use super::enums::{ContentState, DisclosureKind};
use super::facts::{ElementRow, OriginRef};
use super::reading::ContentShared;
use crate::attachment::Attachment;
use crate::body::Body;
use crate::code_item::CodeItem;
use crate::column::Column;
use crate::connection::{Connection, listed, paging};
use crate::content::{Content, ContentKind};
use crate::enums::ShareType;
use crate::field_definition::FieldValue;
use crate::kin::Linked;
use crate::link::{ContentLink, LinkType};
use crate::organisation::Organisation;
use crate::placement::Placement;
use crate::scalars::{Date, DateTime, Url, first, int, kept};
use crate::site::{Site, SiteLocator};
use crate::tag::Tag;

/// The items of codes, in their order.
fn codes(ctx: &Context<'_>, list: CodeList, codes: &[String]) -> Vec<CodeItem> {
    let scope = crate::scope(ctx);
    codes.iter().filter_map(|code| scope.code(list, code)).map(CodeItem).collect()
}

/// The body of a content: read only if it is selected.
///
/// # Errors
/// `INTERNAL` if the library fails.
pub async fn body(shared: &ContentShared, ctx: &Context<'_>) -> Result<Body> {
    let body = shared.kin.body(crate::scope(ctx), shared.content.id).await.map_err(crate::error)?;
    let selected = ctx.look_ahead().field("images").exists();
    let images = match selected {
        true => shared.files(ctx, |role| role == AttachmentRole::Image).await?,
        false => Vec::new(),
    };
    Ok(Body::of_content(body, images))
}

/// What all kinds of contents share.
#[Object]
impl ContentShared {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.content.id.into()
    }

    /// Its kind (信息类型).
    async fn kind(&self) -> ContentKind {
        self.content.kind.into()
    }

    /// Its title (标题; 网页设计规范 ArticleTitle).
    async fn title(&self) -> &str {
        &self.content.card.title
    }

    /// A line below the title (副标题).
    async fn subtitle(&self) -> Option<&str> {
        self.content.card.subtitle.as_deref()
    }

    /// What it is about in a sentence or two (摘要; 条例 12).
    async fn summary(&self) -> Option<&str> {
        self.content.card.summary.as_deref()
    }

    /// Its text (正文). Not read unless it is selected.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        body(self, ctx).await
    }

    /// Its language (语种; BCP 47).
    async fn language(&self) -> &str {
        &self.content.language
    }

    /// The same in other languages (其他语种版本).
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<Content>> {
        self.playing(ctx, LinkRole::Translation).await
    }

    /// The picture of lists (封面).
    async fn cover(&self) -> Option<Attachment> {
        self.content.card.cover.clone().map(Attachment)
    }

    /// Pictures, videos and recordings (图片与音视频), in order.
    async fn media(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>> {
        use AttachmentRole::{Audio, Image, Video};
        self.files(ctx, |role| matches!(role, Image | Video | Audio)).await
    }

    /// Files to download (附件), in order; at most 100.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>> {
        self.files(ctx, |role| role == AttachmentRole::Attachment).await
    }

    /// Keywords (关键词).
    async fn keywords(&self) -> &[String] {
        &self.content.card.keywords
    }

    /// Who publishes it (发布机构).
    async fn publisher(&self, ctx: &Context<'_>) -> Result<Organisation> {
        kept(crate::scope(ctx).organisation(self.content.publisher), "publisher of a content").map(Organisation)
    }

    /// The site that it belongs to (归属站点).
    async fn home_site(&self, ctx: &Context<'_>) -> Result<Site> {
        kept(crate::scope(ctx).site(self.content.home_site), "home of a content").map(Site)
    }

    /// The column that it belongs to (归属栏目).
    async fn home_column(&self, ctx: &Context<'_>) -> Option<Column> {
        self.content.home_column.and_then(|id| crate::scope(ctx).column(id)).map(Column::alone)
    }

    /// Its showing on a site (站内展示): in its own column first; null where it is not shown.
    async fn placement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site (站点).")] on: SiteLocator,
    ) -> Result<Option<Placement>> {
        let scope = crate::scope(ctx);
        let Some(site) = scope.site_by(&on.try_into()?) else { return Ok(None) };
        let shown = self.kin.showings(scope, self.content.id, Some(site.id)).await.map_err(crate::error)?;
        Ok(shown.into_iter().next())
    }

    /// Everywhere it is shown (全部展示), on one site if one is named: in its own column first, then the oldest.
    #[allow(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn placements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only on this site (站点).")] on: Option<SiteLocator>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many items from the end (后若干条), at most 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
    ) -> Result<Connection<Placement>> {
        let scope = crate::scope(ctx);
        let paging = paging(size, after, last, before)?;
        let on = match on {
            Some(on) => match scope.site_by(&on.try_into()?) {
                Some(site) => Some(site.id),
                None => return Ok(Connection::empty()),
            },
            None => None,
        };
        let all = self.kin.showings(scope, self.content.id, on).await.map_err(crate::error)?;
        listed(&all, &paging, |node| node.placement.id.to_string(), |page| page)
    }

    /// Where the information comes from (信息来源; 网页设计规范 ContentSource).
    async fn source_name(&self) -> &str {
        &self.content.card.source_name
    }

    /// The page that it was taken from (来源网址).
    async fn source_url(&self) -> Option<Url> {
        self.content.card.source_url.clone().map(Url)
    }

    /// Who wrote it (作者).
    async fn author(&self) -> Option<&str> {
        self.content.card.author.as_deref()
    }

    /// Who edited it (责任编辑).
    async fn editor(&self) -> Option<&str> {
        self.content.card.editor.as_deref()
    }

    /// Its index number (索引号; 目录指引): unique, issued once, never again.
    async fn index_number(&self) -> Option<&str> {
        self.content.index_number.as_deref()
    }

    /// When it came about (生成日期; 条例 12).
    async fn formed_on(&self) -> Option<Date> {
        self.content.card.formed_on.map(Date)
    }

    /// When it was first published (发布时间); null for what never was. The instant of the deed, never an input; only an import states an original time.
    async fn published_at(&self) -> Option<DateTime> {
        match &self.content.draft {
            Some(draft) => draft.published_at.map(|at| at.utc()),
            None => Some(self.content.published_at.utc()),
        }
    }

    /// When it was last changed (更新时间).
    async fn updated_at(&self) -> DateTime {
        self.content.updated_at.utc()
    }

    /// Its address (网址): on the site `on` where it is shown there, else on its home site.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site that is showing it, so that links never lead readers off it (展示站点).")]
        on: Option<SiteLocator>,
    ) -> Result<Option<Url>> {
        self.address(ctx, on).await
    }

    /// Where a link article leads (外链网址).
    async fn external_url(&self) -> Option<Url> {
        self.content.card.external_url.clone().map(Url)
    }

    /// Themes (主题分类).
    async fn themes(&self, ctx: &Context<'_>) -> Vec<CodeItem> {
        codes(ctx, CodeList::Theme, &self.content.card.themes)
    }

    /// Genres (体裁).
    async fn genres(&self, ctx: &Context<'_>) -> Vec<CodeItem> {
        codes(ctx, CodeList::Genre, &self.content.card.genres)
    }

    /// Whom it serves (服务对象).
    async fn audiences(&self, ctx: &Context<'_>) -> Vec<CodeItem> {
        codes(ctx, CodeList::Audience, &self.content.card.audiences)
    }

    /// For which stage of life (生命周期).
    async fn life_stages(&self, ctx: &Context<'_>) -> Vec<CodeItem> {
        codes(ctx, CodeList::LifeStage, &self.content.card.life_stages)
    }

    /// Whether it is disclosed (公开属性).
    async fn disclosure(&self) -> DisclosureKind {
        self.content.card.disclosure.into()
    }

    /// Whether others may have it (共享类型).
    async fn share_type(&self) -> ShareType {
        self.content.card.share_type.into()
    }

    /// Where it came from, when another system made it (来源标识).
    async fn origin(&self) -> Option<OriginRef> {
        OriginRef::of(&self.content)
    }

    /// Its tags (标签), at most 30; only active ones.
    async fn tags(&self, ctx: &Context<'_>) -> Vec<Tag> {
        let scope = crate::scope(ctx);
        self.content.card.tags.iter().filter_map(|tag| scope.tag(*tag)).map(Tag).collect()
    }

    /// Its links (关联信息), at most 200: those that it has, then those that lead to it.
    async fn links(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of these types (关联类型).")] types: Option<Vec<LinkType>>,
    ) -> Result<Vec<ContentLink>> {
        let links = self.linked(ctx).await?.into_iter();
        let wanted = |linked: &Linked| types.as_ref().is_none_or(|types| types.contains(&linked.link.kind.into()));
        Ok(links.filter(wanted).take(200).map(ContentLink).collect())
    }

    /// What is related to it (相关信息): by shared tags, rarer ones weighing more, and by links; nothing withdrawn or repealed.
    async fn related(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of these kinds (信息类型).")] kinds: Option<Vec<ContentKind>>,
        #[graphql(desc = "Only what this site shows (展示站点).")] on: Option<SiteLocator>,
        #[graphql(name = "first", default = 5, desc = "How many, at most 100 (条数).")] size: Option<i32>,
    ) -> Result<Vec<Content>> {
        let scope = crate::scope(ctx);
        let kinds: Vec<_> = kinds.unwrap_or_default().into_iter().map(Into::into).collect();
        let on = match on {
            Some(on) => match scope.site_by(&on.try_into()?) {
                Some(site) => Some(site.id),
                None => return Ok(Vec::new()),
            },
            None => None,
        };
        self.kin.related(scope, self.content.id, (kinds, on, first(size)?)).await.map_err(crate::error)
    }

    /// The table of elements that a page prints above the text (公开要素): index number, issuers, dates, validity ...
    async fn elements(&self, ctx: &Context<'_>) -> Result<Vec<ElementRow>> {
        let detail = self.detail(ctx).await?;
        Ok(crate::scope(ctx).elements(&self.content, &detail).into_iter().map(ElementRow::of).collect())
    }

    /// Values of fields of the site's own (扩展字段), by rank; only public ones.
    async fn fields(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these keys (字段).")] keys: Option<Vec<String>>,
    ) -> Result<Vec<FieldValue>> {
        let detail = self.detail(ctx).await?;
        let scope = crate::scope(ctx);
        let definitions = scope.field_definitions(Some(self.content.home_site), None, Some(self.content.kind));
        Ok(FieldValue::of(definitions, &detail.fields, keys.as_deref()))
    }

    /// Where it stands (信息状态): PUBLISHED for the public; for editors, where the revision that is shown stands.
    async fn state(&self) -> ContentState {
        self.content.draft.as_ref().map_or(ContentState::Published, |draft| draft.state.into())
    }

    /// The number of the revision that is shown (版本号).
    async fn revision(&self) -> i32 {
        int(self.content.revision)
    }
}
