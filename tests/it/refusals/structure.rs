//! Refusals of the deeds on sites, organisations, leaders, columns and redirects.

use library::RefusalCode::{Duplicate, Invalid, Loop, NotFound, Required, TooLong};
use library::address::RedirectTo;
use library::column::{ColumnFields, ColumnStatus, CreateColumn};
use library::leader::LeaderFields;
use library::organisation::{CreateOrganisation, MoveOrganisation, OrganisationFields};
use library::site::{CreateSite, SiteFields, SiteStatus};
use tests::on_both;

use super::{long, refuses, unknown};
use crate::town::{Town, column_fields, organisation_fields, site_fields};

#[test]
fn of_creating_and_editing_sites() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let fields = || site_fields("new.example", town.publisher);
        let site = |code: &str, fields: SiteFields| CreateSite {
            code: code.to_owned(),
            parent: None,
            status: SiteStatus::Running,
            fields,
        };
        let create = async |code, path, input| refuses(&town, code, path, library.create_site(&editor, input)).await;
        create(Duplicate, "code", site("town", fields())).await;
        create(Invalid, "code", site("New Site", fields())).await;
        create(Required, "code", site(" ", fields())).await;
        create(NotFound, "parent", CreateSite { parent: Some(unknown("site")), ..site("new", fields()) }).await;
        let setting = ("apiSecret".to_owned(), serde_json::json!("x"));
        let host = |host: &str| vec![host.to_owned()];
        for (code, path, fields) in [
            (Required, "name", SiteFields { name: String::new(), ..fields() }),
            (TooLong, "name", SiteFields { name: long(201), ..fields() }),
            (Invalid, "hosts", SiteFields { hosts: Vec::new(), ..fields() }),
            (Invalid, "hosts", SiteFields { hosts: host("a b"), ..fields() }),
            (Duplicate, "hosts", SiteFields { hosts: host("Town.example:443"), ..fields() }),
            (
                Duplicate,
                "hosts",
                SiteFields { hosts: ["a.example", "A.example"].map(str::to_owned).into(), ..fields() },
            ),
            (Invalid, "indexNumberPattern", SiteFields { index_number_pattern: "{org9}".to_owned(), ..fields() }),
            (NotFound, "sponsor", SiteFields { sponsor: unknown("organisation"), ..fields() }),
            (Invalid, "errorReportUrl", SiteFields { error_report_url: Some("ftp://x".to_owned()), ..fields() }),
            (
                Invalid,
                "frontEndSettings",
                SiteFields { front_end_settings: [setting].into_iter().collect(), ..fields() },
            ),
        ] {
            create(code, path, site("new", fields.clone())).await;
            refuses(&town, code, path, library.edit_site(&editor, town.county, None, |site| *site = fields)).await;
        }
        let edit = library.edit_site(&editor, unknown("site"), None, |_| ());
        refuses(&town, NotFound, "id", edit).await;
    });
}

#[test]
fn of_organisations_and_their_leaders() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let fields = || organisation_fields("住建局");
        let below = OrganisationFields { parent: Some(town.publisher), ..fields() };
        let below = CreateOrganisation { code: "below".to_owned(), fields: below };
        let (below, _) = library.create_organisation(&editor, below).await.unwrap();
        let credit = Some("115090000100012345".to_owned());
        for (code, path, fields) in [
            (Required, "name", OrganisationFields { name: "\n".to_owned(), ..fields() }),
            (Duplicate, "creditCode", OrganisationFields { credit_code: credit, ..fields() }),
            (Invalid, "url", OrganisationFields { url: Some("javascript:x()".to_owned()), ..fields() }),
        ] {
            let input = CreateOrganisation { code: "new".to_owned(), fields: fields.clone() };
            refuses(&town, code, path, library.create_organisation(&editor, input)).await;
            refuses(&town, code, path, library.edit_organisation(&editor, below, |kept| *kept = fields)).await;
        }
        for (code, input) in [(Duplicate, "town"), (Invalid, "Töwn")] {
            let input = CreateOrganisation { code: input.to_owned(), fields: fields() };
            refuses(&town, code, "code", library.create_organisation(&editor, input)).await;
        }
        for parent in [town.publisher, below] {
            let circle = MoveOrganisation { parent: Some(Some(parent)), ..MoveOrganisation::default() };
            refuses(&town, Loop, "parent", library.move_organisation(&editor, town.publisher, circle)).await;
        }
        let nowhere = MoveOrganisation { parent: Some(Some(unknown("organisation"))), ..MoveOrganisation::default() };
        refuses(&town, NotFound, "parent", library.move_organisation(&editor, below, nowhere)).await;
        refuses(&town, NotFound, "id", library.edit_organisation(&editor, unknown("organisation"), |_| ())).await;

        let leader = LeaderFields {
            name: "张三".to_owned(),
            position: "局长".to_owned(),
            rank: 0,
            photo: None,
            biography: None,
            duties: None,
            activities: None,
        };
        let (known, _) = library.appoint_leader(&editor, below, leader.clone()).await.unwrap();
        for (code, path, fields) in [
            (Required, "name", LeaderFields { name: String::new(), ..leader.clone() }),
            (TooLong, "name", LeaderFields { name: long(51), ..leader.clone() }),
            (TooLong, "position", LeaderFields { position: long(201), ..leader.clone() }),
        ] {
            refuses(&town, code, path, library.appoint_leader(&editor, below, fields.clone())).await;
            refuses(&town, code, path, library.edit_leader(&editor, known, |kept| *kept = fields)).await;
        }
        let nowhere = library.appoint_leader(&editor, unknown("organisation"), leader);
        refuses(&town, NotFound, "organisation", nowhere).await;
        refuses(&town, NotFound, "id", library.edit_leader(&editor, unknown("leader"), |_| ())).await;
        refuses(&town, NotFound, "id", library.remove_leader(&editor, unknown("leader"), None)).await;
        library.remove_leader(&editor, known, None).await.unwrap();
        refuses(&town, NotFound, "id", library.remove_leader(&editor, known, None)).await;
    });
}

#[test]
fn of_creating_editing_and_moving_columns() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let fields = || column_fields("栏目");
        let at = |path: &str| CreateColumn { site: town.site, path: path.to_owned(), fields: fields() };
        for (code, path) in [
            (Duplicate, "/news"),
            (Duplicate, "news/"),
            (NotFound, "/nowhere/below"),
            (Invalid, "/"),
            (Invalid, "/a//b"),
            (Invalid, "/../a"),
            (Invalid, "/a b"),
            (Invalid, "/content"),
            (Invalid, "/tag/x"),
            (Required, ""),
            (TooLong, &format!("/{}", "a".repeat(512))),
        ] {
            refuses(&town, code, "path", library.create_column(&editor, at(path))).await;
            if path != "/news" {
                refuses(&town, code, "path", library.move_column(&editor, town.policies, path)).await;
            }
        }
        let elsewhere = CreateColumn { site: unknown("site"), ..at("/a") };
        refuses(&town, NotFound, "site", library.create_column(&editor, elsewhere)).await;
        for (code, path, fields) in [
            (Required, "name", column_fields("")),
            (TooLong, "name", column_fields(&long(101))),
            (TooLong, "description", ColumnFields { description: long(501), ..fields() }),
            (Invalid, "link_url", ColumnFields { link_url: Some("/relative".to_owned()), ..fields() }),
            (NotFound, "owner", ColumnFields { owner: Some(unknown("organisation")), ..fields() }),
        ] {
            let input = CreateColumn { fields: fields.clone(), ..at("/a") };
            refuses(&town, code, path, library.create_column(&editor, input)).await;
            refuses(&town, code, path, library.edit_column(&editor, town.news, ColumnStatus::Open, fields)).await;
        }
        let edit = library.edit_column(&editor, unknown("column"), ColumnStatus::Open, fields());
        refuses(&town, NotFound, "id", edit).await;
        refuses(&town, NotFound, "id", library.move_column(&editor, unknown("column"), "/x")).await;
        refuses(&town, Duplicate, "path", library.move_column(&editor, town.policies, "/policies")).await;
        refuses(&town, Loop, "path", library.move_column(&editor, town.policies, "/policies/a")).await;
    });
}

#[test]
fn of_creating_and_removing_redirects() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        library.create_redirect(&editor, town.site, "/old", RedirectTo::Gone).await.unwrap();
        let to = |url: &str| RedirectTo::Url(url.to_owned());
        for (code, field, path, to) in [
            (Duplicate, "path", "/old", RedirectTo::Gone),
            (Duplicate, "path", "/news/", RedirectTo::Gone),
            (Invalid, "path", "/", RedirectTo::Gone),
            (Required, "path", " ", RedirectTo::Gone),
            (Invalid, "to", "/a", to("javascript:x()")),
            (Invalid, "to", "/a", to("https://me:secret@x.example/")),
            (Required, "to", "/a", to("")),
            (Invalid, "to", "/a", RedirectTo::Path("/a b".to_owned())),
            (Loop, "to", "/a", RedirectTo::Path("/a/".to_owned())),
            (NotFound, "to", "/a", RedirectTo::Content(unknown("content"))),
            (NotFound, "to", "/a", RedirectTo::Column(unknown("column"))),
        ] {
            refuses(&town, code, field, library.create_redirect(&editor, town.site, path, to)).await;
        }
        let nowhere = library.create_redirect(&editor, unknown("site"), "/a", RedirectTo::Gone);
        refuses(&town, NotFound, "site", nowhere).await;
        refuses(&town, NotFound, "path", library.remove_redirect(&editor, town.site, "/never")).await;
        refuses(&town, NotFound, "path", library.remove_redirect(&editor, town.county, "/old")).await;
        refuses(&town, NotFound, "site", library.remove_redirect(&editor, unknown("site"), "/old")).await;
        refuses(&town, NotFound, "path", library.remove_redirect(&editor, town.site, "/news")).await;
        refuses(&town, Invalid, "path", library.remove_redirect(&editor, town.site, "/a//b")).await;
        // Where a column was is no redirect of anybody's making: it never breaks.
        library.move_column(&editor, town.news, "/headlines").await.unwrap();
        refuses(&town, NotFound, "path", library.remove_redirect(&editor, town.site, "/news")).await;
    });
}
