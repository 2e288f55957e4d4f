//! A site leaves a library and is restored in another: nothing is lost, nothing gets out, nothing is done twice.

mod broken;
mod questions;
mod story;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use library::changes::Effect;
use library::database::Sql;
use library::id::AttachmentId;
use library::transfer::{Noun, Outgoing};
use library::{Audience, Instant};
use tests::{Engine, World, fresh, on_both, scratch};

use crate::whole::whole;
use questions::answered_alike;

/// A department that shares its columns, and a county that receives them.
const SITES: [&str; 2] = ["zjj", "qinghe"];

/// The city with a story, a moment before it is exported.
async fn city(engine: Engine) -> World {
    let world = World::city(engine).await;
    story::tell(&world).await;
    world
}

/// A folder that is not there yet.
fn absent() -> PathBuf {
    scratch("exports").join(fresh().to_string())
}

/// Exports a site into a new folder.
async fn export(world: &World, site: &str) -> PathBuf {
    let to = absent();
    seed::export(&world.library, site, &to, &mut |_, _| {}).await.expect("an export");
    to
}

/// Restores a folder.
async fn restore(world: &World, from: &Path) -> seed::RestoreReport {
    seed::restore(&world.library, from, &mut |_, _| {}).await.expect("an import")
}

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                let name = entry.strip_prefix(folder).expect("below it").to_path_buf();
                found.insert(name, std::fs::read(&entry).expect("a file"));
            }
        }
    }
    found
}

/// That two exports are the same, byte by byte; names the files that are not.
fn same(left: &Path, right: &Path) {
    let (left, right) = (files(left), files(right));
    assert!(left.keys().eq(right.keys()), "{:?}\n{:?}", left.keys(), right.keys());
    for (name, bytes) in &left {
        let other = &right[name];
        let lines = bytes.split(|byte| *byte == b'\n').zip(other.split(|byte| *byte == b'\n'));
        for (line, (left, right)) in lines.enumerate() {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert!(left == right, "{} line {}:\n{}\n{}", name.display(), line + 1, text(left), text(right));
        }
        assert_eq!(bytes.len(), other.len(), "{}", name.display());
    }
}

/// That both libraries serve the same bytes for every file that the restored one knows.
async fn same_files(source: &World, restored: &World) -> usize {
    let all = Sql::new("select id from attachment order by id");
    let rows = restored.library.database().rows(&all, &[]).await.expect("attachments");
    for row in &rows {
        let id: AttachmentId = row.get(0).expect("an id");
        let mut served = Vec::new();
        for world in [source, restored] {
            let file = world.library.scope(Audience::Public).file(id, None).await.expect("a read").expect("a file");
            let bytes: Vec<_> =
                futures::TryStreamExt::try_collect(file.read(0..file.size).await.expect("bytes")).await.expect("bytes");
            served.push((file.name, file.media_type, file.tag, bytes.concat()));
        }
        assert!(served[0] == served[1], "{id}");
    }
    rows.len()
}

#[test]
fn a_restored_site_answers_as_before() {
    on_both(async |engine| {
        let source = city(engine).await;
        for site in SITES {
            let folder = export(&source, site).await;
            let restored = World::empty(engine).await;
            let report = restore(&restored, &folder).await;
            assert_eq!(report.site, site);
            whole(&restored).await;
            let asked = answered_alike(&source, &restored, site).await;
            let served = same_files(&source, &restored).await;
            eprintln!("{site}: {asked} questions, {served} files");
            // What was restored gives the same export, and the same library gives it twice.
            same(&folder, &export(&restored, site).await);
            same(&folder, &export(&source, site).await);
            // Nothing is done twice.
            let position = restored.library.newest_position().await.expect("a position");
            let again = restore(&restored, &folder).await;
            assert!(again.lists.iter().all(|(_, list)| list.written == 0), "{again:?}");
            assert_eq!(again.files, 0);
            assert_eq!(restored.library.newest_position().await.expect("a position"), position);
        }
    });
}

/// The county first: what it named of the department is completed by the department's own export.
#[test]
fn two_sites_come_together_and_time_goes_on() {
    on_both(async |engine| {
        let source = city(engine).await;
        let restored = World::empty(engine).await;
        for site in ["qinghe", "zjj"] {
            restore(&restored, &export(&source, site).await).await;
            whole(&restored).await;
        }
        for site in SITES {
            answered_alike(&source, &restored, site).await;
        }
        let (mut moved, mut now) = (0, seed::END);
        while now.0 < seed::END.0 + 500 * 86_400_000_000 {
            now = Instant(now.0 + 9 * 86_400_000_000);
            source.clock.set(now);
            restored.clock.set(now);
            source.library.catch_up_clock().await.expect("the clock");
            moved += restored.library.catch_up_clock().await.expect("the clock");
        }
        assert!(moved >= 5, "little was due: {moved}");
        whole(&restored).await;
        for site in SITES {
            answered_alike(&source, &restored, site).await;
        }
    });
}

#[test]
fn nothing_that_is_not_live_leaves() {
    on_both(async |engine| {
        let source = city(engine).await;
        for site in SITES {
            for (name, bytes) in files(&export(&source, site).await) {
                let secret = story::SECRET.as_bytes();
                assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{}", name.display());
            }
        }
        // What was withdrawn or is a draft is not restored; what is live is.
        let restored = World::empty(engine).await;
        restore(&restored, &export(&source, "zjj").await).await;
        assert!(story::shows_number(&restored.library, "云测发〔2026〕99号").await);
        assert_eq!(restored.count("select count(*) from working where state <> 'PUBLISHED'").await, 0);
        assert!(restored.count("select count(*) from withdrawal").await > 0);
    });
}

/// Everything that a site takes along, noun by noun.
async fn records(out: &mut Outgoing) -> Vec<(Noun, Vec<String>)> {
    let mut all = Vec::new();
    for noun in Noun::AS_READ {
        let mut lines = Vec::new();
        while let Some(more) = out.next(noun).await.expect("records") {
            lines.extend(more);
        }
        all.push((noun, lines));
    }
    all
}

#[test]
fn an_export_is_of_one_moment() {
    on_both(async |engine| {
        let source = World::city(engine).await;
        let mut begun = source.library.site_out("zjj").await.expect("a site");
        let mut whole = source.library.site_out("zjj").await.expect("a site");
        let before = records(&mut whole).await;
        // While the other is still to be read, something of every sort happens, and deeds do not wait for it.
        story::tell(&source).await;
        let site = begun.site().clone();
        let rename = |fields: &mut library::site::SiteFields| fields.name = "改了名的局".to_owned();
        source.library.edit_site(&source.editor(), site.id, None, rename).await.expect("an edit");
        assert!(records(&mut begun).await == before, "what came later was read");
        let mut after = source.library.site_out("zjj").await.expect("a site");
        let changed = records(&mut after).await;
        let differs = |noun: Noun| before.iter().zip(&changed).any(|(left, right)| left.0 == noun && left != right);
        assert!([Noun::Contents, Noun::Sites, Noun::Attachments, Noun::Withdrawals].into_iter().all(differs));
        assert!(begun.position() < after.position());
    });
}

#[test]
fn the_log_names_what_came() {
    on_both(async |engine| {
        let source = city(engine).await;
        let restored = World::empty(engine).await;
        restore(&restored, &export(&source, "qinghe").await).await;
        let changes = restored.library.changes_after(0, i64::MAX).await.expect("the log");
        let mut entered: BTreeMap<&str, usize> = BTreeMap::new();
        for change in &changes {
            assert_eq!(change.actor, "program:import");
            let contents = change.subjects.iter().filter(|touch| touch.subject.starts_with("content_")).count();
            assert!(contents <= 1_000);
            for touch in change.subjects.iter().filter(|touch| touch.effect == Effect::Entered) {
                if let Some((noun, _)) = touch.subject.rsplit_once('_').filter(|_| !touch.subject.contains(':')) {
                    *entered.entry(noun).or_default() += 1;
                }
            }
        }
        for (noun, table) in [
            ("content", "select count(*) from content"),
            ("placement", "select count(*) from placement"),
            ("column", "select count(*) from site_column"),
            ("site", "select count(*) from site"),
            ("organisation", "select count(*) from organisation"),
            ("leader", "select count(*) from leader"),
            ("tag_group", "select count(*) from tag_group"),
            ("tag", "select count(*) from tag"),
            ("code", "select count(*) from code_item"),
            ("panel", "select count(*) from panel"),
            ("field", "select count(*) from field_definition"),
            ("subscription", "select count(*) from column_subscription"),
            ("attachment", "select count(*) from attachment"),
        ] {
            let there = restored.count(table).await;
            assert_eq!(entered.get(noun).copied().unwrap_or_default() as i64, there, "{noun}");
        }
    });
}
