//! Two instances: one follows columns of the other by its public schema, over HTTP, and shows the same.

mod kills;
mod matching;
mod stated;
mod wrong;

use std::collections::BTreeMap;
use std::future::pending;

use library::content::{DraftContent, TagAssignment, TagAssignmentSource};
use library::grant::{GrantRole, GrantScope, Role};
use library::id::{AccountId, ColumnId, ContentId, TagId};
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use serde_json::{Value as Json, json};
use server::mirror::{Followed, Mirror};
use tests::{Engine, World, on_both};

use crate::accounts;
use crate::door::http::Door;
use crate::town::Town;

/// Two towns, and the column of the second that shows what `/news` of the first does.
pub struct Two {
    pub there: Town,
    pub here: Town,
    pub into: ColumnId,
    /// A tag that both have.
    pub shared: [TagId; 2],
    /// Who keeps the site of the second.
    keeper: AccountId,
}

/// A tag.
pub async fn tag(town: &Town, code: &str, name: &str) -> TagId {
    let directory = town.library().directory();
    let group = match directory.tag_groups.all().first() {
        Some(group) => group.id,
        None => {
            let fields = TagGroupFields { name: "主题".to_owned(), sphere: TagSphere::Government, rank: 1 };
            town.library().create_tag_group(&town.editor(), "themes", fields).await.expect("a group").0
        }
    };
    let fields = TagFields { name: name.to_owned(), parent: None, synonyms: Vec::new(), steward: None };
    let new = CreateTag { code: code.to_owned(), group, fields };
    town.library().create_tag(&town.editor(), new).await.expect("a tag").0
}

impl Two {
    pub async fn on(engine: Engine) -> Self {
        let (there, here) = (Town::on(engine).await, Town::on(engine).await);
        let into = here.column("/from-there").await;
        let shared = [tag(&there, "housing", "住房").await, tag(&here, "housing", "住房").await];
        let (library, program) = (here.library(), here.editor());
        let keeper = accounts::new("keeper", Some(here.publisher));
        let keeper = library.create_account(&program, keeper).await.expect("an account").0;
        let scope = GrantScope::Site(here.site);
        let grant = GrantRole { account: keeper, role: Role::SiteAdmin, level: None, scope };
        library.grant_role(&program, grant).await.expect("a grant");
        Self { there, here, into, shared, keeper }
    }

    /// Publishes articles in `/news` of the first town in one deed, every third with the tag.
    pub async fn publish_there(&self, titles: impl IntoIterator<Item = String>) -> Vec<ContentId> {
        let mut ready = Vec::new();
        for (number, title) in titles.into_iter().enumerate() {
            let mut fields = self.there.article(&title);
            fields.body_html = format!("<h2>{title}</h2><p>见<a href=\"/notice?a=1&amp;b=2\">通知</a>。</p>");
            if number % 3 == 0 {
                fields.tags.push(TagAssignment { tag: self.shared[0], source: TagAssignmentSource::Editor });
            }
            let draft = DraftContent { site: self.there.site, fields };
            ready.push(self.there.library().prepare_import(draft.into()).expect("sound"));
        }
        let done = self.there.library().import_contents(&self.there.editor(), &ready, false).await.expect("imported");
        done.answers.into_iter().map(|answer| answer.expect("an identifier")).collect()
    }

    /// What follows `/news` of the first town once.
    pub fn wanted(&self, door: &Door) -> Mirror {
        Mirror {
            from: format!("http://{}", door.address()),
            columns: vec!["town/news".to_owned()],
            into: Some("town/from-there".to_owned()),
            name: Some("there".to_owned()),
            once: true,
            every: 1,
            ..Mirror::default()
        }
    }

    /// Follows; everything must be taken over.
    pub async fn follow(&self, wanted: &Mirror) -> Followed {
        let followed = server::mirror::follow(self.here.library(), wanted, pending()).await.expect("followed");
        assert_eq!(followed.failed, 0, "{followed:?}");
        followed
    }

    /// What the first column shows is what the second shows, by identifier there.
    pub async fn compare(&self, what: &str) {
        let origin = shown(&self.there.world, self.there.news, true).await;
        let copy = shown(&self.here.world, self.into, false).await;
        let more: Vec<_> = copy.iter().filter(|(id, it)| origin.get(*id) != Some(*it)).collect();
        let less: Vec<_> = origin.iter().filter(|(id, it)| copy.get(*id) != Some(*it)).collect();
        assert!(more.is_empty() && less.is_empty(), "{what}: the copy has {more:?}, the origin {less:?}");
        crate::whole::whole(&self.here.world).await;
    }

    /// The exchange log as who keeps the site reads it: outcome, identifier there, code.
    pub async fn log(&self) -> Vec<(String, String, String)> {
        let mut log = Vec::new();
        let mut after = Json::Null;
        loop {
            let (answer, _) =
                self.here.world.ask_as(&accounts::caller(self.keeper), LOG, &json!({"after": after})).await;
            assert!(answer.get("errors").is_none(), "{answer}");
            let page = &answer["data"]["desk"]["mirrors"][0]["exchanges"];
            let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
            for node in page["nodes"].as_array().expect("entries") {
                log.push((text(&node["outcome"]), text(&node["originId"]), text(&node["code"])));
            }
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
        }
        log
    }

    /// How often the log says this outcome.
    pub async fn told(&self, outcome: &str) -> usize {
        self.log().await.iter().filter(|(told, _, _)| told == outcome).count()
    }

    /// The content here that came from one there.
    pub async fn copy_of(&self, id: ContentId) -> Option<ContentId> {
        let found = self.here.library().mirrored("there", &[id.to_string()]).await.expect("a read");
        found.get(&id.to_string()).map(|mirrored| mirrored.known.id)
    }
}

const LOG: &str = "query($after: String) { desk { mirrors { name exchanges(first: 50, after: $after) { pageInfo { endCursor \
    hasNextPage } nodes { outcome originId code at title reason } } } } }";

const SHOWN: &str = "query($columns: [ID!], $after: String) { contents(filter: {columns: $columns}, first: 100, after: $after) { \
    pageInfo { endCursor hasNextPage } nodes { id title publishedAt body { html } tags { code } origin { system id } } } }";

/// What a column shows: title, body, time and tags, by identifier at the origin.
pub async fn shown(world: &World, column: ColumnId, at_origin: bool) -> BTreeMap<String, Json> {
    let (mut found, mut after) = (BTreeMap::new(), Json::Null);
    loop {
        let variables = json!({"columns": [column.to_string()], "after": after});
        let page = world.data(SHOWN, &variables).await["contents"].clone();
        for node in page["nodes"].as_array().expect("contents") {
            let id = if at_origin { &node["id"] } else { &node["origin"]["id"] };
            let html = node["body"]["html"].as_str().expect("a body").to_owned();
            // What is relative there is whole here.
            let html = html.replace("href=\"/", "href=\"http://town.example/");
            let html = html.replace("https://town.example/", "http://town.example/");
            let said = json!([node["title"], html, node["publishedAt"], node["tags"]]);
            assert!(found.insert(id.as_str().expect("an origin").to_owned(), said).is_none(), "{id} twice");
        }
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] != true {
            return found;
        }
    }
}

#[test]
fn a_column_of_another_instance_is_followed() {
    on_both(async |engine| {
        let two = Two::on(engine).await;
        let first = two.publish_there((0..45).map(|n| format!("第{n}条"))).await;
        let door = Door::open(&two.there.world).await;
        let wanted = two.wanted(&door);
        assert_eq!(two.follow(&wanted).await.written, 45);
        two.compare("after the snapshot").await;
        assert_eq!(two.follow(&wanted).await, Followed::default(), "nothing is done twice");

        // Where it came from is public.
        let by = json!({"by": {"origin": {"system": "mirror:there", "id": first[7].to_string()}}});
        let query = "query($by: ContentLocator!) { content(by: $by) { title sourceUrl sourceName origin { system } } }";
        let found = two.here.data(query, by).await["content"].clone();
        assert_eq!((&found["title"], &found["sourceName"]), (&json!("第7条"), &json!("镇政府")));
        assert!(found["sourceUrl"].as_str().is_some_and(|url| url.contains("town.example")), "{found}");

        // Published, corrected, withdrawn, taken out of the column, given and taken tags.
        let there = &two.there;
        let (gone, moved) = (first[3], first[4]);
        two.publish_there((45..48).map(|n| format!("第{n}条"))).await;
        there.edit(first[1], |fields| fields.title = "更正后的第1条".to_owned()).await;
        there.publish_newest(first[1]).await;
        there.edit(first[0], |fields| fields.tags.clear()).await;
        there.publish_newest(first[0]).await;
        there.withdraw(gone, None).await;
        there.edit(moved, |fields| fields.columns = vec![there.policies]).await;
        there.publish_newest(moved).await;
        let copies = [two.copy_of(gone).await, two.copy_of(moved).await];
        let followed = two.follow(&wanted).await;
        assert_eq!((followed.written, followed.updated, followed.withdrawn), (3, 2, 2));
        two.compare("after deeds").await;
        for copy in copies.into_iter().flatten() {
            assert!(two.here.live(copy).await.is_none(), "what left there was withdrawn here");
        }

        // What comes back is the same content.
        there.edit(moved, |fields| fields.columns = vec![there.news]).await;
        there.publish_newest(moved).await;
        assert_eq!(two.follow(&wanted).await.written, 1);
        two.compare("after it came back").await;
        assert_eq!(two.copy_of(moved).await, copies[1]);
        assert_eq!((two.told("RETURNED").await, two.told("WITHDRAWN").await, two.told("WRITTEN").await), (1, 2, 48));
        let log = two.log().await;
        for outcome in ["SNAPSHOT_BEGUN", "SNAPSHOT_ENDED"] {
            assert_eq!(log.iter().filter(|line| line.0 == outcome).count(), 1, "{outcome}");
        }
        door.close().await;
    });
}

#[test]
fn it_goes_on_until_it_is_ended() {
    on_both(async |engine| {
        let two = Two::on(engine).await;
        let door = Door::open(&two.there.world).await;
        let wanted = Mirror { once: false, ..two.wanted(&door) };
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let library = two.here.library().clone();
        let following = tokio::spawn(async move {
            let ended = async move { drop(stopped.await) };
            server::mirror::follow(&library, &wanted, ended).await
        });
        let came = async |id: ContentId| {
            for _ in 0..3_000 {
                if two.copy_of(id).await.is_some() {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            panic!("{id} did not come");
        };
        for number in 0..2 {
            let id = two.publish_there([format!("第{number}条")]).await[0];
            came(id).await;
        }
        two.compare("while it runs").await;
        // The other side goes away for a while, and it waits.
        let address = door.address().to_string();
        door.close().await;
        let missed = two.publish_there(["其间发布的".to_owned()]).await[0];
        let is_away = "select count(*) from mirror where problem = 'NOT_REACHED'";
        for _ in 0..1_000 {
            if two.here.world.count(is_away).await == 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!((two.here.world.count(is_away).await, two.told("TROUBLE").await), (1, 1));
        let door = Door::at(&address, server::App::new(two.there.library().clone())).await;
        came(missed).await;
        two.compare("after it was away").await;
        assert_eq!(two.here.world.count(is_away).await, 0);
        stop.send(()).expect("it still runs");
        let followed = following.await.expect("no panic").expect("followed");
        assert_eq!(followed.written, 3);
        door.close().await;
    });
}

#[test]
fn a_position_that_is_not_known_is_answered_by_a_new_snapshot() {
    on_both(async |engine| {
        let two = Two::on(engine).await;
        let ids = two.publish_there((0..5).map(|n| format!("第{n}条"))).await;
        let door = Door::open(&two.there.world).await;
        let wanted = two.wanted(&door);
        two.follow(&wanted).await;
        // As if the other side had been restored from a backup: its log has not come so far, and one content is not there.
        let library = two.here.library();
        let mut mirror = library.mirror("there").await.expect("a read").expect("a mirror");
        let turn = library::mirror::Turn {
            phase: mirror.phase,
            position: Some("1000000".to_owned()),
            cursor: None,
            seen: Vec::new(),
            told: Vec::new(),
        };
        library.turn_mirror(&mut mirror, turn).await.expect("turned");
        two.there.withdraw(ids[2], None).await;
        let followed = two.follow(&wanted).await;
        assert_eq!((followed.written, followed.withdrawn), (0, 1));
        two.compare("after the new snapshot").await;
        let log = two.log().await;
        assert!(log.contains(&("SNAPSHOT_BEGUN".to_owned(), String::new(), "POSITION_REFUSED".to_owned())), "{log:?}");
        // And when somebody asks for it.
        two.follow(&Mirror { anew: true, ..wanted }).await;
        let log = two.log().await;
        assert!(log.contains(&("SNAPSHOT_BEGUN".to_owned(), String::new(), "ASKED_FOR".to_owned())), "{log:?}");
        door.close().await;
    });
}
