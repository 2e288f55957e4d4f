//! The demonstration city (云泽市): filled in the order in which a real city would have done it, with a clock that is
//! set to each moment. This room knows the data's files and the library's deeds.

mod contents;
mod files;
mod panels;
mod pictures;
mod read;
mod structure;
mod timeline;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use chrono::NaiveDateTime;
use library::changes::KeyKind;
use library::clock::SetClock;
use library::code::CodeList;
use library::database::Database;
use library::id::{ColumnId, OrganisationId, TagId};
use library::site::Site;
use library::{Caller, Instant, Library, Settings};
use object_store::ObjectStore;

/// The moment at which the city's story ends: 2026-10-31 18:00 in Asia/Shanghai.
pub const END: Instant = Instant(1_793_440_800_000_000);

/// The moment at which it begins: 2023-01-01 08:00 in Asia/Shanghai.
const BEGIN: Instant = Instant(1_672_531_200_000_000);

/// Where the randomness of ids comes from.
const SEED: u64 = 0x0059_756e_7a65;

/// The code of the city's portal.
const PORTAL: &str = "yunze";

/// The setting of the portal's front end that the last deed of the filling writes.
const OPENED_ON: &str = "opened_on";

/// Whether a library holds the whole city, not only the beginning of a filling that was broken off.
pub fn has_city(library: &Library) -> bool {
    let directory = library.directory();
    let portal = directory.sites.by_key(KeyKind::SiteCode, PORTAL);
    portal.is_some_and(|portal| portal.fields.front_end_settings.contains_key(OPENED_ON))
}

/// Fills an empty, migrated database with the city. `progress` hears how many steps of how many are done.
///
/// # Errors
/// When the library refuses something, or the database or the store fails.
pub async fn city(
    database: Database,
    files: Arc<dyn ObjectStore>,
    files_url: &str,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> anyhow::Result<()> {
    let data = read::city()?;
    let clock = Arc::new(SetClock::new(BEGIN, SEED));
    let (files_url, iframe_hosts) = (files_url.to_owned(), Vec::new());
    let settings = Settings { database, files, clock: clock.clone(), files_url, iframe_hosts };
    let library = Library::open(settings).await?;
    let mut filling = Filling {
        library,
        clock,
        caller: Caller::program("seed"),
        columns: BTreeMap::new(),
        done: 0,
        all: structure::steps(&data) + timeline::steps(&data),
        progress: Mutex::new(progress),
    };
    structure::fill(&mut filling, &data).await?;
    timeline::fill(&mut filling, &data).await?;
    panels::fill(&mut filling, data.panels.iter().filter(|panel| panel.last)).await?;
    let portal = filling.site(PORTAL)?;
    let opened = |fields: &mut library::site::SiteFields| {
        fields.front_end_settings.insert(OPENED_ON.to_owned(), "2026-10-31".into());
    };
    filling.library.edit_site(&filling.caller, portal.id, None, opened).await?;
    Ok(())
}

/// The city while it is being filled.
struct Filling<'a> {
    library: Library,
    clock: Arc<SetClock>,
    caller: Caller,
    /// The columns by `site:/path`, the path being that of the end of the story.
    columns: BTreeMap<String, ColumnId>,
    done: usize,
    all: usize,
    /// In a mutex only so that the filling may be shared between threads; it is never locked.
    progress: Mutex<&'a mut (dyn FnMut(usize, usize) + Send)>,
}

impl Filling<'_> {
    /// One step more is done.
    fn step(&mut self) {
        self.done += 1;
        let progress = self.progress.get_mut().unwrap_or_else(PoisonError::into_inner);
        progress(self.done, self.all);
    }

    /// The instant of a local time of the city.
    fn instant(&self, local: NaiveDateTime) -> Instant {
        let midnight = self.library.zone().begin(local.date());
        let since = local - local.date().and_time(chrono::NaiveTime::MIN);
        midnight.plus_milliseconds(since.num_milliseconds())
    }

    /// Sets the clock to `moment`, passing every midnight on the way: what is due happens on its day.
    async fn pass_time(&self, moment: Instant) -> anyhow::Result<()> {
        let zone = self.library.zone();
        let mut midnight = zone.end(zone.date(self.library.now()));
        while midnight <= moment {
            self.clock.set(midnight);
            self.library.catch_up_clock().await?;
            midnight = zone.end(zone.date(midnight));
        }
        self.clock.set(moment);
        self.library.catch_up_clock().await?;
        Ok(())
    }

    fn organisation(&self, code: &str) -> anyhow::Result<OrganisationId> {
        let directory = self.library.directory();
        let found = directory.organisations.by_key(KeyKind::OrganisationCode, code);
        Ok(found.with_context(|| format!("no organisation {code}"))?.id)
    }

    fn site(&self, code: &str) -> anyhow::Result<Arc<Site>> {
        let directory = self.library.directory();
        directory.sites.by_key(KeyKind::SiteCode, code).cloned().with_context(|| format!("no site {code}"))
    }

    /// The column that `site:/path` names.
    fn column(&self, name: &str) -> anyhow::Result<ColumnId> {
        self.columns.get(name).copied().with_context(|| format!("no column {name}"))
    }

    fn tag(&self, kind: KeyKind, value: &str) -> anyhow::Result<TagId> {
        let directory = self.library.directory();
        Ok(directory.tags.by_key(kind, value).with_context(|| format!("no tag {value}"))?.id)
    }

    /// The code that `name` has in a list, if it has one; a top-level item before those below.
    fn code_of(&self, list: CodeList, name: &str) -> Option<String> {
        let directory = self.library.directory();
        let named = || directory.codes.all().iter().filter(|item| item.list == list && item.name == name);
        let found = named().find(|item| item.parent.is_none()).or_else(|| named().next())?;
        Some(found.code.clone())
    }

    fn code(&self, list: CodeList, name: &str) -> anyhow::Result<String> {
        self.code_of(list, name).with_context(|| format!("{name} is in no list {list:?}"))
    }
}

/// A number that is always the same for the same text (FNV-1a).
fn number_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_begins_and_ends_when_the_data_say() {
        assert_eq!(BEGIN.utc().to_rfc3339(), "2023-01-01T00:00:00+00:00");
        assert_eq!(END.utc().to_rfc3339(), "2026-10-31T10:00:00+00:00");
    }

    #[test]
    fn a_text_has_one_number() {
        assert_eq!(number_of(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(number_of("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
