//! What the gate asks of a revision, on a content of each kind and on all of the demonstration city.

use std::collections::BTreeMap;

use library::RefusalCode;
use library::content::{ArticleFormat, ContentFields, ContentKind, Details, DisclosureKind, LinkTarget, LinkTo};
use library::database::{Row, Sql};
use library::gate::missing;
use library::id::{SiteId, TagId};
use library::link::LinkType;
use tests::{Engine, World, on_both, runtime};

/// The revisions of the city that are live, each with its kind and home site.
async fn live(world: &World) -> Vec<(ContentKind, SiteId, ContentFields)> {
    static LIVE: Sql = Sql::new(
        "select w.site_id, r.document from working w join revision r on r.content_id = w.content_id
         and r.number = w.live_revision order by w.content_id",
    );
    let rows = world.library.database().rows(&LIVE, &[]).await.expect("revisions");
    let read = |row: &Row| {
        let mut fields: ContentFields = row.json(1).expect("a revision");
        // Nobody was asked for it when the city was made.
        fields.without_links = true;
        (fields.details.kind(), row.get(0).expect("a site"), fields)
    };
    rows.iter().map(read).collect()
}

fn paths(world: &World, site: SiteId, fields: &ContentFields) -> Vec<String> {
    let missing = missing(&world.library.directory(), site, fields);
    for refusal in &missing {
        assert_eq!(refusal.code, RefusalCode::GateRefused);
        assert!(refusal.english.is_ascii() && !refusal.message.is_ascii(), "{refusal:?}");
    }
    missing.iter().map(|refusal| refusal.path.join(".")).collect()
}

#[test]
fn well_kept_contents_of_the_city_pass() {
    runtime().block_on(async {
        let world = World::city(Engine::Sqlite).await;
        let mut passed: BTreeMap<ContentKind, (usize, usize)> = BTreeMap::new();
        let mut lacking: BTreeMap<String, usize> = BTreeMap::new();
        for (kind, site, fields) in live(&world).await {
            let missing = paths(&world, site, &fields);
            let (passes, all) = passed.entry(kind).or_default();
            *all += 1;
            *passes += usize::from(missing.is_empty());
            for path in missing {
                *lacking.entry(format!("{kind:?} {path}")).or_default() += 1;
            }
        }
        eprintln!("of the city's contents pass (passing, all): {passed:?}\nothers lack: {lacking:?}");
        assert_eq!(passed.len(), 7, "every kind");
        for (kind, (passes, all)) in passed {
            // Contents of the city that lack something lack it indeed: a video article without a video, a catalogue entry
            // without a genre.
            assert!(passes * 10 >= all * 7, "{kind:?}: {passes} of {all}");
        }
    });
}

/// What is taken away from a content of a kind that passes, and what the gate says then.
type Taken = (ContentKind, &'static str, fn(&mut ContentFields));

/// What is the kind's own, to be changed.
macro_rules! own {
    ($kind:ident, |$own:ident| $change:expr) => {
        |fields: &mut ContentFields| {
            if let Details::$kind($own) = &mut fields.details {
                $change;
            }
        }
    };
}

fn taken() -> Vec<Taken> {
    use ContentKind::{Article, Disclosure, Interpretation, KnowledgeEntry, Notice, Policy, ServiceGuide};
    vec![
        (Article, "sourceName", |fields| fields.source_name.clear()),
        (Article, "bodyHtml", |fields| {
            fields.body_html = "<p> </p>".to_owned();
            fields.attachments.clear();
        }),
        (Article, "columns", |fields| fields.columns.clear()),
        (Article, "tags", |fields| fields.tags.clear()),
        (Article, "links", |fields| {
            fields.links.clear();
            fields.without_links = false;
        }),
        (Article, "externalUrl", own!(Article, |own| own.format = ArticleFormat::Link)),
        (Notice, "themes", |fields| {
            fields.disclosure = DisclosureKind::Proactive;
            fields.themes = vec!["retired".to_owned()];
        }),
        (Disclosure, "genres", |fields| fields.genres.clear()),
        (Disclosure, "disclosure", |fields| fields.disclosure = DisclosureKind::NotApplicable),
        (Disclosure, "details.disclosure.statutoryCategory", own!(Disclosure, |own| own.statutory_category = None)),
        (Policy, "details.policy.documentType", own!(Policy, |own| own.document_type = None)),
        (Policy, "details.policy.writtenOn", own!(Policy, |own| own.written_on = None)),
        (
            Policy,
            "details.policy.issuers",
            own!(Policy, |own| {
                own.issuers.clear();
                own.issuer_names.clear();
            }),
        ),
        (
            Policy,
            "details.policy.documentNumber",
            own!(Policy, |own| {
                own.is_normative = true;
                own.document_number = None;
            }),
        ),
        (Interpretation, "links", |fields| {
            fields.links = vec![LinkTo {
                kind: LinkType::SeeAlso,
                to: LinkTarget::Page { title: "省厅".to_owned(), url: "https://a.example/".to_owned() },
                note: None,
            }];
        }),
        (KnowledgeEntry, "details.knowledgeEntry.category", own!(KnowledgeEntry, |own| own.category = None)),
        (KnowledgeEntry, "bodyHtml", |fields| fields.body_html = "<p><img src=\"/a.png\"></p>".to_owned()),
        (KnowledgeEntry, "keywords", |fields| fields.keywords.clear()),
        (KnowledgeEntry, "title", |fields| fields.title = "问".repeat(129)),
        (ServiceGuide, "details.serviceGuide.authority", own!(ServiceGuide, |own| own.authority = None)),
        (ServiceGuide, "details.serviceGuide.fee", own!(ServiceGuide, |own| own.fee = Some(" ".to_owned()))),
        (ServiceGuide, "details.serviceGuide.timeLimit", own!(ServiceGuide, |own| own.time_limit = None)),
        (ServiceGuide, "details.serviceGuide.conditions", own!(ServiceGuide, |own| own.conditions = None)),
        (ServiceGuide, "details.serviceGuide.legalBasis", own!(ServiceGuide, |own| own.legal_basis = None)),
        (
            ServiceGuide,
            "details.serviceGuide.places",
            own!(ServiceGuide, |own| {
                own.telephone = Some("12345".to_owned());
                own.places.clear();
                own.channels.clear();
                own.online_url = None;
            }),
        ),
        (
            Notice,
            "details.notice.feedback",
            own!(Notice, |own| {
                own.publicity_from = "2026-01-01".parse().ok();
                own.publicity_until = "2026-01-07".parse().ok();
                own.feedback = None;
            }),
        ),
        (
            Notice,
            "details.notice.publicityUntil",
            own!(Notice, |own| {
                own.publicity_from = "2026-01-01".parse().ok();
                own.publicity_until = None;
                own.feedback = Some("电话".to_owned());
            }),
        ),
    ]
}

#[test]
fn each_obligation_is_told_alone_and_all_of_them_at_once() {
    runtime().block_on(async {
        let world = World::city(Engine::Sqlite).await;
        let live = live(&world).await;
        for (kind, path, take) in taken() {
            let passes = |(of, site, fields): &&(ContentKind, SiteId, ContentFields)| {
                *of == kind && paths(&world, *site, fields).is_empty()
            };
            let (_, site, fields) = live.iter().find(passes).unwrap_or_else(|| panic!("a {kind:?} that passes"));
            let mut fields = fields.clone();
            take(&mut fields);
            assert_eq!(paths(&world, *site, &fields), [path], "{kind:?}");
        }
        let site = live[0].1;
        let bare = ContentFields::new("标题", live[0].2.publisher, Details::bare(ContentKind::Policy));
        let all = ["sourceName", "bodyHtml", "columns", "tags", "links"];
        let own = ["documentType", "writtenOn", "issuers"].map(|name| format!("details.policy.{name}"));
        assert_eq!(paths(&world, site, &bare), all.into_iter().map(str::to_owned).chain(own).collect::<Vec<_>>());
    });
}

#[test]
fn retired_tags_and_publishers_that_are_gone_do_not_count() {
    runtime().block_on(async {
        let world = World::city(Engine::Sqlite).await;
        let live = live(&world).await;
        let (_, site, fields) =
            live.iter().find(|(_, site, fields)| paths(&world, *site, fields).is_empty()).expect("one");
        let nobody: TagId = crate::refusals::unknown("tag");
        let mut fields = fields.clone();
        fields.publisher = crate::refusals::unknown("organisation");
        fields.tags.truncate(1);
        fields.tags[0].tag = nobody;
        assert_eq!(paths(&world, *site, &fields), ["publisher", "tags"]);
    });
}

#[test]
fn a_site_demands_its_own_fields() {
    use library::content::FieldEntry;
    use library::field::{DefineField, FieldFields, FieldType};
    on_both(async |engine| {
        let town = crate::town::Town::on(engine).await;
        let (library, caller) = (town.library(), town.editor());
        let field = |label: &str, required: bool| FieldFields {
            label: label.to_owned(),
            help: None,
            kind: FieldType::Text,
            required,
            repeatable: false,
            list: None,
            minimum: None,
            maximum: None,
            pattern: None,
            kinds: vec![ContentKind::Article],
            in_element_table: false,
            filterable: false,
            public: true,
            rank: 0,
        };
        for (key, site, column, required) in [
            ("stage", Some(town.site), None, true),
            ("wish", Some(town.site), None, false),
            ("policy_stage", Some(town.site), Some(town.policies), true),
            ("county_stage", Some(town.county), None, true),
        ] {
            let define = DefineField { key: key.to_owned(), site, column, fields: field(key, required) };
            library.define_field(&caller, define).await.expect("a field");
        }
        let asked = |fields: &ContentFields| {
            let own = |path: &String| path.starts_with("fields.");
            paths(&town.world, town.site, fields).into_iter().filter(own).collect::<Vec<_>>()
        };
        let mut article = town.article("一");
        assert_eq!(asked(&article), ["fields.stage"]);
        article.fields.push(FieldEntry { key: "stage".to_owned(), value: "  ".into() });
        assert_eq!(asked(&article), ["fields.stage"]);
        article.fields[0].value = "小学".into();
        assert!(asked(&article).is_empty());
        article.columns = vec![town.policies];
        assert_eq!(asked(&article), ["fields.policy_stage"]);
        assert!(asked(&town.policy("二", Default::default())).is_empty());
    });
}
