//! What happens in the city before it is exported: everything that a naive copy would lose or let out.

use library::address::RedirectTo;
use library::attachment::{AttachmentRole, Upload};
use library::content::{
    AttachmentUse, ContentFields, ContentLocator, Details, DraftContent, LinkTarget, LinkTo, NoticeDetails,
    PolicyDetails, SetValidity, TagAssignment, Validity,
};
use library::database::Sql;
use library::id::{ColumnId, ContentId, PlacementId, SiteId};
use library::link::LinkType;
use library::panel::{CreatePanel, PanelFields, PanelItem, PanelKind, PanelTarget};
use library::placement::OverridePlacement;
use library::{Audience, Library};
use tests::World;

use crate::town::at;

/// What no export may hold: texts of drafts and of the desk.
pub const SECRET: &str = "不可外传";

/// The size of a file that goes to the store in several pieces.
const LARGE: usize = 9 << 20;

/// One value of a statement about a site.
async fn one<T: library::database::FromCell>(world: &World, sql: &'static str, site: SiteId) -> T {
    let rows = world.library.database().rows(&Sql::new(sql), &[site.into()]).await.expect("rows");
    rows.first().expect("a row").get(0).expect("a cell")
}

fn site(library: &Library, code: &str) -> SiteId {
    library.directory().sites.all().iter().find(|site| site.code == code).expect("a site").id
}

fn column(library: &Library, site: SiteId, path: &str) -> ColumnId {
    let directory = library.directory();
    directory.columns.all().iter().find(|column| column.site == site && column.path == path).expect("a column").id
}

/// Fields of a content in a column of a site, published by its sponsor.
fn fields(world: &World, of: SiteId, path: &str, title: &str, details: Details) -> ContentFields {
    let publisher = world.library.directory().sites.get(of).expect("a site").fields.sponsor;
    let mut fields = ContentFields::new(title, publisher, details);
    fields.source_name = "测试".to_owned();
    fields.columns = vec![column(&world.library, of, path)];
    fields.body_html = "<p>正文 <a href=\"https://www.example.org/\">链接</a></p>".to_owned();
    fields
}

async fn publish(world: &World, site: SiteId, fields: ContentFields) -> ContentId {
    let editor = world.editor();
    let id = world.library.draft_content(&editor, DraftContent { site, fields }).await.expect("a draft");
    world.library.publish_content(&editor, id, 1).await.expect("published");
    id
}

/// Tells the story on the department's site (`zjj`) and on the county's (`qinghe`).
pub async fn tell(world: &World) {
    let library = &world.library;
    let (zjj, qinghe, portal) = (site(library, "zjj"), site(library, "qinghe"), site(library, "yunze"));
    contents(world, zjj).await;
    showings(world, zjj, qinghe).await;
    panel(world, qinghe).await;
    // Old addresses: to a content that the county does not show, to one that is gone.
    let editor = world.editor();
    let not_shown = "select c.id from content c where c.home_site_id <> $1 and not exists
         (select 1 from placement p where p.content_id = c.id and p.site_id = $1) order by c.id limit 1";
    let foreign: ContentId = one(world, not_shown, qinghe).await;
    library.create_redirect(&editor, qinghe, "/old/1.html", RedirectTo::Content(foreign)).await.expect("a redirect");
    library.create_redirect(&editor, qinghe, "/old/2.html", RedirectTo::Gone).await.expect("a redirect");
    let news = library.directory().columns.all().iter().find(|column| column.site == portal).expect("a column").id;
    library.create_redirect(&editor, qinghe, "/old/3.html", RedirectTo::Column(news)).await.expect("a redirect");
}

/// Contents with every sort of thing about them.
async fn contents(world: &World, zjj: SiteId) {
    let (library, editor) = (&world.library, world.editor());
    let upload = |name: &str, bytes: Vec<u8>| Upload { name: name.to_owned(), alt: None, bytes: bytes.into() };
    let large = library.upload_attachment(&editor, upload("大.txt", vec![b'a'; LARGE])).await.expect("a file");
    let mut policy =
        PolicyDetails { document_number: Some("云测发〔2026〕99号".to_owned()), ..Default::default() };
    policy.effective_on = Some("2027-01-01".parse().expect("a date"));
    policy.expires_on = Some("2027-12-31".parse().expect("a date"));
    let mut coming = fields(world, zjj, "/policies", "将施行的政策", Details::Policy(Box::new(policy)));
    let tag = library.directory().tags.all().iter().find(|tag| tag.code == "public-rental").expect("a tag").id;
    coming.tags = vec![TagAssignment { tag, source: Default::default() }];
    let used = |attachment, role| AttachmentUse {
        attachment,
        role,
        name: None,
        alt: None,
        caption: Some("附件一".to_owned()),
    };
    coming.attachments = vec![used(large.id, AttachmentRole::Attachment)];
    let coming = publish(world, zjj, coming).await;
    let day = |text: &str| Some(text.parse().expect("a date"));
    let (publicity_from, publicity_until) = (day("2026-11-05"), day("2026-11-12"));
    let notice = NoticeDetails { publicity_from, publicity_until, ..Default::default() };
    publish(world, zjj, fields(world, zjj, "/notices", "将公示的公告", Details::Notice(notice))).await;

    // A live policy is repealed by another that no link leads to, and corrected twice; a third correction is a draft.
    let live = "select id from content where kind = 'POLICY' and home_site_id = $1 order by id limit 1";
    let repealed: ContentId = one(world, live, zjj).await;
    let set = SetValidity {
        validity: Validity::Repealed,
        since: None,
        basis: Some(coming),
        note: Some("已被代替".to_owned()),
    };
    library.set_validity(&editor, repealed, set).await.expect("set");
    library
        .link_content(
            &editor,
            repealed,
            LinkTo { kind: LinkType::SeeAlso, to: LinkTarget::Content(coming), note: None },
        )
        .await
        .expect("a link");
    let (revision, mut secret) = library.working_content(repealed).await.expect("the newest revision");
    secret.description.title = format!("{SECRET}的标题");
    let note = Some(format!("{SECRET}的意见"));
    library.edit_content(&editor, repealed, revision, secret, note).await.expect("an edit");
    let mut draft = fields(world, zjj, "/news", "x", Details::Article(Default::default()));
    draft.description.title = format!("{SECRET}的草稿");
    library.draft_content(&editor, DraftContent { site: zjj, fields: draft }).await.expect("a draft");
    let newest =
        "select id from content where home_site_id = $1 and kind = 'ARTICLE' order by published_at desc limit 1";
    let withdrawn: ContentId = one(world, newest, zjj).await;
    let reason = format!("{SECRET}的原因");
    library.withdraw_content(&editor, withdrawn, &reason, Some("信息有误，已撤下")).await.expect("withdrawn");
}

/// What receivers and keepers of columns say of placements.
async fn showings(world: &World, zjj: SiteId, qinghe: SiteId) {
    let (library, editor) = (&world.library, world.editor());
    let mirrored = "select p.id from placement p join placement_reason r on r.placement_id = p.id
         where p.site_id = $1 and r.origin = 'MIRRORED' and p.shown order by p.id limit 1";
    let hidden: PlacementId = one(world, mirrored, qinghe).await;
    let hide = OverridePlacement { hidden: true, ..Default::default() };
    library.override_placement(&editor, hidden, hide).await.expect("hidden");
    let other: PlacementId = one(world, mirrored, qinghe).await;
    let title = Some("县里自己的标题".to_owned());
    let rename = OverridePlacement { title, ..Default::default() };
    library.override_placement(&editor, other, rename).await.expect("a title");
    let own = "select id from placement where site_id = $1 and shown order by published_at limit 1";
    let pinned: PlacementId = one(world, own, zjj).await;
    let pin = OverridePlacement { rank: 7, pinned_until: Some(at("2026-12-01 00:00")), ..Default::default() };
    library.override_placement(&editor, pinned, pin).await.expect("a pin");
}

/// A panel whose items come and go, and lead to what other sites show.
async fn panel(world: &World, qinghe: SiteId) {
    let foreign = "select p.id from placement p join placement_reason r on r.placement_id = p.id and r.origin = 'OWN'
         where p.site_id <> $1 and p.shown and not exists
           (select 1 from placement o where o.content_id = p.content_id and o.site_id = $1) order by p.id desc limit 1";
    let placement: PlacementId = one(world, foreign, qinghe).await;
    let item = |target: Option<PanelTarget>, from: Option<&str>, until: Option<&str>| PanelItem {
        title: target.is_none().then(|| "一项".to_owned()),
        summary: None,
        image: None,
        target,
        body: Some("<p>说明</p>".to_owned()),
        children: Vec::new(),
        starts_at: from.map(at),
        ends_at: until.map(at),
        hidden: false,
        shown: false,
    };
    let items = vec![
        item(Some(PanelTarget::Placement(placement)), None, Some("2026-11-20 00:00")),
        item(None, Some("2026-11-10 08:00"), None),
    ];
    let fields = PanelFields { name: "滚动".to_owned(), kind: PanelKind::Carousel, more: None, items };
    let create = CreatePanel { site: qinghe, column: None, code: "rolling".to_owned(), fields };
    world.library.create_panel(&world.editor(), create).await.expect("a panel");
}

/// Whether a library shows the content with this document number.
pub async fn shows_number(library: &Library, number: &str) -> bool {
    let by = ContentLocator::DocumentNumber(number.to_owned());
    library.scope(Audience::Public).content_by(&by).await.expect("a read").is_some()
}
