//! What every engine must do, whatever it is built with, and what the embedded one must do beside.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test reports")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use search::embedded::{Embedded, Settings};
use search::meili::{self, Meili};
use search::text::spoken::Synonyms;
use search::{Batch, Document, Engine, FacetField, Failure, Filter, Found, Order, Query, Question, Words};
use uuid::Uuid;

const YEAR: i64 = 365 * 24 * 3600 * 1_000_000;
const NOW: i64 = 56 * YEAR;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn document(number: u128, kind: &str, title: &str, body: &str) -> Document {
    Document {
        id: id(number),
        kind: kind.to_owned(),
        title: title.to_owned(),
        body: body.to_owned(),
        sites: vec![id(901)],
        publisher: id(801),
        year: 2025,
        published_at: NOW - YEAR,
        ..Document::default()
    }
}

fn city() -> Vec<Document> {
    vec![
        Document {
            number: Some("国办发〔2017〕47号".into()),
            validity: Some("EFFECTIVE".into()),
            year: 2017,
            themes: vec!["A".into(), "A01".into()],
            ..document(
                1,
                "POLICY",
                "国务院办公厅关于印发政府网站发展指引的通知",
                "各省、自治区人民政府:政府网站是信息公开的第一平台。",
            )
        },
        Document {
            validity: Some("REPEALED".into()),
            outdated: true,
            tags: vec![id(701)],
            labels: vec!["创业担保贷款".into()],
            ..document(2, "POLICY", "创业担保贷款实施办法", "创业担保贷款的申请条件和额度。")
        },
        Document {
            validity: Some("EFFECTIVE".into()),
            tags: vec![id(701), id(702)],
            labels: vec!["创业担保贷款".into()],
            sites: vec![id(901), id(902)],
            ..document(3, "POLICY", "创业担保贷款管理办法", "创业担保贷款的申请条件和额度。")
        },
        Document {
            questions: vec!["公积金怎么取".into(), "提取公积金要什么材料".into()],
            ..document(4, "KNOWLEDGE_ENTRY", "住房公积金如何提取?", "携带身份证到住房公积金管理中心办理提取。")
        },
        document(5, "ARTICLE", "我市召开營商環境大會", "会议提出，产品和服务要更好。ＷｉＦｉ全覆盖。"),
        Document {
            published_at: NOW - 20 * YEAR,
            ..document(6, "ARTICLE", "防汛工作会议召开", "全市防汛工作会议召开")
        },
        document(7, "ARTICLE", "防汛工作会议召开", "全市防汛工作会议召开"),
        Document {
            publisher: id(802),
            ..document(8, "NOTICE", "关于停水的通知", "因管道检修,<script>明天停水</script>。")
        },
    ]
}

struct Asked<'e> {
    engine: &'e dyn Engine,
    words: Words,
}

impl Asked<'_> {
    async fn find(&self, query: &str, change: impl FnOnce(&mut Question)) -> Found {
        let query = Query::read(query, &self.words);
        let mut question = Question { query, first: 20, now: NOW, ..Question::default() };
        change(&mut question);
        self.engine.find(question).await.expect("an answer")
    }

    async fn ids(&self, query: &str) -> Vec<u128> {
        self.filtered(query, Filter::default()).await
    }

    async fn filtered(&self, query: &str, filter: Filter) -> Vec<u128> {
        let found = self.find(query, |question| question.filter = filter).await;
        assert_eq!(found.total, found.hits.len(), "{query}");
        found.hits.iter().map(|hit| hit.id.as_u128()).collect()
    }

    async fn suggest(&self, prefix: &str) -> Vec<u128> {
        let started = self.engine.suggest(prefix.to_owned(), Filter::default(), 10).await.expect("suggestions");
        started.iter().map(|one| one.id.as_u128()).collect()
    }
}

/// What every engine must do: run over one that is empty.
async fn conforms(engine: &dyn Engine) {
    assert_eq!(engine.standing().await.expect("its standing").position, None, "nothing was built yet");
    let mut building = engine.build().await.expect("a building");
    building.add(city()).await.expect("added");
    building.finish(10).await.expect("built");
    let standing = engine.standing().await.expect("its standing");
    assert_eq!((standing.position, standing.documents), (Some(10), 8));
    let asked = Asked { engine, words: Words::default() };
    words_are_found(&asked).await;
    numbers_are_found(&asked).await;
    the_better_comes_first(&asked).await;
    it_is_narrowed_and_counted(&asked).await;
    what_is_typed_is_completed(&asked).await;
    whatever_is_asked_is_answered(&asked).await;
    it_follows_the_log(&asked).await;
}

async fn words_are_found(asked: &Asked<'_>) {
    assert_eq!(asked.ids("营商环境").await, [5], "traditional characters");
    assert_eq!(asked.ids("wifi").await, [5], "full width, whatever case");
    assert_eq!(asked.ids("公积金").await, [4], "a part of a compound");
    assert_eq!(asked.ids("和服").await, Vec::<u128>::new(), "产品和服务 holds no 和服");
    assert_eq!(asked.ids("\"担保贷款的申请\"").await, [3, 2]);
    assert_eq!(asked.ids("\"贷款担保\"").await, Vec::<u128>::new());
    assert_eq!(asked.ids("创业担保贷款 -管理").await, [2]);
    let long = "创业 担保 贷款 申请 条件 额度 创业担保 担保贷款 创业担保贷款 办法 -管理 \"创业担保贷款\"";
    assert_eq!(asked.ids(long).await, [2], "what must not stand there, behind many words");
    let known = Words::of([], Synonyms::of([vec!["灵活就业".into(), "创业担保".into()]]));
    let with = Asked { engine: asked.engine, words: known };
    assert_eq!(with.ids("灵活就业").await, [3, 2], "a synonym, at once");
}

async fn numbers_are_found(asked: &Asked<'_>) {
    for number in ["国办发〔2017〕47号", "国办发[2017]47号", "国办发（2017）47号", "国办发2017 47号", "47号"]
    {
        assert_eq!(asked.ids(number).await.first(), Some(&1), "{number}");
    }
}

async fn the_better_comes_first(asked: &Asked<'_>) {
    assert_eq!(asked.ids("创业担保贷款").await, [3, 2], "what holds, before what was repealed");
    assert_eq!(asked.ids("防汛工作会议").await[..2], [7, 6], "the newer of equals");
    let newest = asked.find("创业担保贷款", |question| question.order = Order::Newest).await;
    assert_eq!(newest.hits.len(), 2);
}

async fn it_is_narrowed_and_counted(asked: &Asked<'_>) {
    let only = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        asked.filtered("创业担保贷款", filter)
    };
    assert_eq!(only(|filter| filter.sites = vec![id(902)]).await, [3]);
    assert_eq!(only(|filter| filter.validity = vec!["REPEALED".into()]).await, [2]);
    assert_eq!(only(|filter| filter.tags = vec![id(702), id(703)]).await, [3]);
    assert_eq!(only(|filter| filter.kinds = vec!["ARTICLE".into()]).await, Vec::<u128>::new());
    assert_eq!(only(|filter| filter.published_before = Some(0)).await, Vec::<u128>::new());
    assert_eq!(only(|filter| filter.published_from = Some(NOW - YEAR)).await, [3, 2]);
    assert_eq!(only(|filter| filter.publishers = vec![id(802)]).await, Vec::<u128>::new());
    let titles = Filter { title_only: true, ..Filter::default() };
    assert_eq!(asked.filtered("申请条件", titles).await, Vec::<u128>::new());
    let found = asked
        .find("通知 办法 会议", |question| {
            question.facets = true;
            question.of_each_kind = 1;
            question.first = 1;
        })
        .await;
    assert_eq!((found.hits.len(), found.total, found.position), (1, 7, 10));
    let facet = |field| found.facets.iter().find(|facet| facet.field == field).map(|facet| facet.values.clone());
    let counted: usize = facet(FacetField::Kind).unwrap().iter().map(|(_, count)| count).sum();
    assert_eq!(counted, found.total);
    assert!(facet(FacetField::Site).unwrap().contains(&(id(902).simple().to_string(), 1)));
    assert!(facet(FacetField::Year).unwrap().contains(&("2017".to_owned(), 1)));
    assert_eq!(found.groups.iter().map(|group| group.total).sum::<usize>(), found.total);
    assert!(found.groups.iter().all(|group| group.hits.len() == 1));
}

async fn what_is_typed_is_completed(asked: &Asked<'_>) {
    for prefix in ["住房公", "zhufanggong", "zfgjj", "公积金", "gongjijin", "gjj"] {
        assert!(asked.suggest(prefix).await.contains(&4), "{prefix}");
    }
    assert_eq!(asked.suggest("").await, Vec::<u128>::new());
    assert_eq!(asked.suggest("?!").await, Vec::<u128>::new());
    for slip in ["住房公机金", "gongjijin", "住房公积今"] {
        let words = Arc::new(Words::default());
        let meant = asked.engine.did_you_mean(slip.to_owned(), words, Filter::default()).await.expect("an answer");
        assert!(meant.as_deref().is_some_and(|meant| meant.contains("公积金")), "{slip}: {meant:?}");
    }
    let right = asked.engine.did_you_mean("住房公积金".into(), Arc::default(), Filter::default()).await;
    assert_eq!(right.expect("an answer"), None);
}

async fn whatever_is_asked_is_answered(asked: &Asked<'_>) {
    for query in [
        String::new(),
        "\"".repeat(1_000),
        "啊".repeat(10_000),
        "住房公积金提取".repeat(1_500),
        "，。！".repeat(3_000),
        "😀".repeat(2_500),
        "(a+)+$[^]*".repeat(1_000),
        "\u{0}\u{7}\u{202e}\u{feff}".repeat(100),
        "title:(* TO *)~9^9 AND OR NOT".repeat(300),
        "\u{fffd}\u{fffd}".to_owned(),
        "-\"创业担保\"".to_owned(),
    ] {
        let begun = Instant::now();
        asked
            .find(&query, |question| {
                question.facets = true;
                question.of_each_kind = 3;
            })
            .await;
        asked.suggest(&query).await;
        asked.engine.did_you_mean(query.clone(), Arc::default(), Filter::default()).await.expect("an answer");
        let start: String = query.chars().take(12).collect();
        assert!(begun.elapsed() < Duration::from_secs(1), "{start}: {:?}", begun.elapsed());
    }
}

async fn it_follows_the_log(asked: &Asked<'_>) {
    let engine = asked.engine;
    let put = vec![
        document(9, "ARTICLE", "地铁三号线开通", "三号线"),
        document(8, "NOTICE", "关于恢复供水的通知", "供水恢复"),
    ];
    let batch = Batch { put, remove: vec![id(4), id(77)], from: 10, position: 12 };
    for _ in 0..2 {
        engine.write(batch.clone()).await.expect("written, and once more");
    }
    assert_eq!(engine.standing().await.expect("its standing").position, Some(12));
    assert_eq!(asked.ids("地铁").await, [9]);
    assert_eq!(asked.ids("停水").await, Vec::<u128>::new(), "what was replaced");
    assert_eq!(asked.ids("公积金").await, Vec::<u128>::new(), "what was withdrawn");
    assert_eq!(asked.suggest("gjj").await, Vec::<u128>::new());
    let meant = engine.did_you_mean("住房公机金".into(), Arc::default(), Filter::default()).await;
    assert_eq!(meant.expect("an answer"), None, "nothing is proposed that only stood in what was withdrawn");
    let mut stamps = engine.stamps().await.expect("stamps");
    stamps.sort_unstable();
    assert_eq!(stamps.len(), 8);
    assert!(stamps.contains(&(id(9), batch.put[0].stamp())));
    let before = engine.standing().await.expect("its standing").generation;
    let mut building = engine.build().await.expect("a building");
    building.add(vec![document(30, "ARTICLE", "新的索引", "")]).await.expect("added");
    assert_eq!(asked.ids("地铁").await, [9], "the old one answers meanwhile");
    building.finish(13).await.expect("built");
    assert_eq!(asked.ids("地铁").await, Vec::<u128>::new());
    assert_eq!(asked.ids("新的索引").await, [30]);
    let standing = engine.standing().await.expect("its standing");
    assert!(standing.generation > before && standing.position == Some(13));
}

fn embedded(folder: &Path) -> Embedded {
    Embedded::new(Settings { folder: folder.to_path_buf(), memory: 15_000_000, threads: 1 })
}

#[tokio::test]
async fn the_embedded_engine_conforms() {
    let folder = tempfile::tempdir().expect("a folder");
    conforms(&embedded(folder.path())).await;
}

/// A Meilisearch server to run over, and the key that it wants; nothing where none is named.
fn meili(index: &str) -> Option<meili::Settings> {
    let Ok(url) = std::env::var("JIYUE_TEST_MEILI_URL") else {
        println!("skipped: JIYUE_TEST_MEILI_URL names no Meilisearch server");
        return None;
    };
    let key = std::env::var("JIYUE_TEST_MEILI_KEY").ok();
    Some(meili::Settings { url, key, index: format!("{index}_{}", std::process::id()) })
}

/// Removes every index whose name begins so.
async fn remove(settings: &meili::Settings) {
    let client = reqwest::Client::new();
    let ask = async |method: reqwest::Method, path: String| {
        let mut request = client.request(method, format!("{}/indexes{path}", settings.url));
        if let Some(key) = &settings.key {
            request = request.bearer_auth(key);
        }
        request.send().await.expect("an answer").bytes().await.expect("all of it")
    };
    let all = ask(reqwest::Method::GET, "?limit=1000".to_owned()).await;
    let all: serde_json::Value = serde_json::from_slice(&all).expect("JSON");
    for name in all["results"].as_array().expect("indexes").iter().filter_map(|index| index["uid"].as_str()) {
        if name.starts_with(&settings.index) {
            ask(reqwest::Method::DELETE, format!("/{name}")).await;
        }
    }
}

#[tokio::test]
async fn the_engine_on_a_meilisearch_server_conforms() {
    let Some(settings) = meili("conformance") else { return };
    conforms(&Meili::new(settings.clone())).await;
    remove(&settings).await;
}

#[tokio::test]
async fn nodes_share_the_index_of_a_server() {
    let Some(settings) = meili("shared") else { return };
    let (one, other) = (Meili::new(settings.clone()), Meili::new(settings.clone()));
    let unbuilt = one.write(Batch { put: city(), remove: Vec::new(), from: 0, position: 5 }).await;
    assert!(unbuilt.is_err(), "nothing is written to an index that has no settings");
    let mut building = one.build().await.expect("a building");
    assert!(other.build().await.is_err(), "two do not build at once");
    building.add(city()).await.expect("added");
    building.finish(5).await.expect("built");
    drop(other.build().await.expect("what was built stands in nobody's way"));
    assert_eq!(other.standing().await.expect("its standing").position, Some(5));
    let newer = document(9, "ARTICLE", "地铁三号线开通", "三号线");
    other.write(Batch { put: vec![newer], remove: vec![id(4)], from: 5, position: 9 }).await.expect("written");
    let older = document(9, "ARTICLE", "地铁三号线试运行", "三号线");
    let late = one.write(Batch { put: vec![older, city().remove(3)], remove: Vec::new(), from: 5, position: 7 }).await;
    assert!(matches!(late, Err(Failure::Overtaken)), "{late:?}");
    let asked = Asked { engine: &one, words: Words::default() };
    assert_eq!(asked.ids("试运行").await, Vec::<u128>::new(), "what another node has passed is not written over");
    assert_eq!(asked.ids("公积金").await, Vec::<u128>::new());
    assert_eq!(one.standing().await.expect("its standing").position, Some(9));
    remove(&settings).await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://jiyue:secret@{}", listener.local_addr().expect("its address"));
    drop(listener);
    let engine = Meili::new(meili::Settings { url, key: None, index: "nowhere".into() });
    let told = format!("{:?}", engine.find(Question::default()).await.expect_err("nobody listens"));
    assert!(told.contains("Unavailable") && !told.contains("secret"), "{told}");
    assert!(engine.write(Batch::default()).await.is_err());
    assert!(engine.build().await.is_err());
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = embedded(folder.path());
    let batch = Batch { put: city(), remove: Vec::new(), from: 0, position: 5 };
    engine.write(batch).await.expect("written");
    drop(engine);
    let again = embedded(folder.path());
    let standing = again.standing().await.expect("its standing");
    assert_eq!((standing.position, standing.documents), (Some(5), 8));
}

#[tokio::test]
async fn who_reads_notices_what_another_has_built() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = (embedded(folder.path()), embedded(folder.path()));
    one.write(Batch { put: city(), remove: Vec::new(), from: 0, position: 5 }).await.expect("written");
    let mut building = other.build().await.expect("a building");
    assert!(one.build().await.is_err(), "two do not build at once");
    building.add(vec![document(30, "ARTICLE", "新的索引", "")]).await.expect("added");
    building.finish(6).await.expect("built");
    assert_eq!(one.standing().await.expect("its standing").position, Some(6));
    assert_eq!(Asked { engine: &one, words: Words::default() }.ids("索引").await, [30]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_told_and_gets_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("index");
    std::fs::write(&place, "no folder").expect("a file");
    let engine = embedded(&place);
    assert!(engine.find(Question::default()).await.is_err());
    assert!(engine.write(Batch::default()).await.is_err());
    std::fs::remove_file(&place).expect("removed");
    engine.write(Batch { put: city(), remove: Vec::new(), from: 0, position: 5 }).await.expect("written");
    assert_eq!(engine.find(Question::default()).await.expect("an answer").position, 5);
}
