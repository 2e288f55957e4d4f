//! One state of a library, read record by record for one site. Writers go on beside it; what they write is not seen.
//!
//! Contents and files are walked by id in windows, so that what is held in memory does not grow with the library; only
//! the directory and the ids of what is named (columns, sites, bases of validity) are held whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Noun, attachments, chosen, contents, counts, entries, leads};
use crate::changes::KeyKind;
use crate::database::{Snapshot, Sql};
use crate::directory::Directory;
use crate::id::{ColumnId, ContentId, SiteId, SubscriptionId};
use crate::refusal::{Refusal, Result};
use crate::site::Site;
use crate::{Library, Position};

/// How many records of a table are looked at in one statement.
pub(super) const WINDOW: i64 = 2_000;

/// How many contents are read at once.
const CONTENTS: usize = 100;

/// A site as it leaves: read the nouns in the order of [`Noun::AS_READ`].
pub struct Outgoing {
    pub(super) library: Library,
    pub(super) snapshot: Snapshot,
    pub(super) directory: Directory,
    pub(super) site: Arc<Site>,
    /// Those by which contents reach the site.
    pub(super) subscriptions: BTreeSet<SubscriptionId>,
    /// What contents and the directory name beside links.
    pub(super) named: BTreeSet<ContentId>,
    pub(super) columns: BTreeSet<ColumnId>,
    pub(super) sites: BTreeSet<SiteId>,
    at: Option<At>,
}

/// How far a noun has been read.
struct At {
    noun: Noun,
    place: Place,
}

/// Where the next page begins.
pub(super) enum Place {
    Begin,
    /// After this id; contents of the window that are still to be read.
    After(uuid::Uuid, Vec<ContentId>),
    /// After this path.
    AfterPath(String),
    End,
}

static NAMED_PLACEMENTS: Sql = Sql::new("select content_id, column_id from placement where id in ids($1)");

static FIRST: Sql = Sql::new(
    "select content_id from placement where column_id = $1 and shown order by rank desc, published_at desc, content_id desc
     limit $2",
);

/// How many activities of leaders elsewhere come: what an organisation's page shows at most by default.
const ACTIVITIES: i64 = 20;

impl Library {
    /// Begins to read the site with this code and all that it needs, as they are now.
    ///
    /// # Errors
    /// Refuses a code that no site has.
    pub async fn site_out(&self, code: &str) -> Result<Outgoing> {
        let mut snapshot = self.database().snapshot().await?;
        let directory = Directory::of_snapshot(&mut snapshot).await?;
        let site = directory.sites.by_key(KeyKind::SiteCode, code).cloned();
        let site = site.ok_or_else(|| Refusal::not_found("site"))?;
        let own = || directory.columns.all().iter().filter(|column| column.site == site.id);
        let mut into: Vec<ColumnId> = own().map(|column| column.id).collect();
        let mut named: BTreeSet<ContentId> = own().filter_map(|column| column.fields.landing).collect();
        for column in chosen::activities(&directory, site.id) {
            for row in snapshot.rows(&FIRST, &[column.into(), ACTIVITIES.into()]).await? {
                named.insert(row.get(0)?);
            }
            into.push(column);
        }
        let led_to = chosen::panel_placements(&directory, site.id);
        for row in snapshot.rows(&NAMED_PLACEMENTS, &[led_to.as_slice().into()]).await? {
            named.insert(row.get(0)?);
            into.push(row.get(1)?);
        }
        Ok(Outgoing {
            library: self.clone(),
            snapshot,
            subscriptions: chosen::subscriptions(&directory, into.clone()),
            directory,
            site,
            named,
            columns: into.into_iter().collect(),
            sites: BTreeSet::new(),
            at: None,
        })
    }
}

impl Outgoing {
    /// The site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The position of the log that this state is that of.
    pub fn position(&self) -> Position {
        self.directory.position
    }

    /// The next records of a noun, a line each and in a fixed order; nothing when there are no more. A page may be
    /// empty and the next one not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, noun: Noun) -> Result<Option<Vec<String>>> {
        let place = match self.at.take() {
            Some(At { noun: known, place }) if known == noun => place,
            _ => Place::Begin,
        };
        let (place, lines) = match (noun, place) {
            (_, Place::End) => (Place::End, None),
            (Noun::Contents | Noun::LinkedContents, place) => {
                self.contents(noun == Noun::LinkedContents, place).await?
            }
            (Noun::Attachments, place) => attachments::next(self, place).await?,
            (Noun::Withdrawals, place) => leads::next_withdrawals(self, place).await?,
            (Noun::Addresses, place) => leads::next_addresses(self, place).await?,
            (noun, _) => (Place::End, Some(self.whole(noun).await?)),
        };
        self.at = Some(At { noun, place });
        Ok(lines)
    }

    /// The contents of the site or, `beside` it, those that it does not show.
    async fn contents(&mut self, beside: bool, place: Place) -> Result<(Place, Option<Vec<String>>)> {
        let (after, mut left) = match place {
            Place::After(after, left) => (after, left),
            _ => (uuid::Uuid::nil(), Vec::new()),
        };
        if !left.is_empty() {
            let rest = left.split_off(left.len().min(CONTENTS));
            let lines = contents::read(self, &left).await?;
            return Ok((Place::After(after, rest), Some(lines)));
        }
        Ok(match contents::window(self, beside, after).await? {
            Some((after, ids)) => (Place::After(after, ids), Some(Vec::new())),
            None => (Place::End, None),
        })
    }

    /// The nouns of which there are few enough to be read at once.
    async fn whole(&mut self, noun: Noun) -> Result<Vec<String>> {
        match noun {
            Noun::Columns => self.choose_columns(),
            Noun::Sites => self.choose_sites(),
            _ => {}
        }
        let (directory, site) = (&self.directory, self.site.id);
        match noun {
            Noun::Organisations => entries::lines(&directory.organisations, |_| true),
            Noun::Leaders => entries::lines(&directory.leaders, |_| true),
            Noun::TagGroups => entries::lines(&directory.tag_groups, |_| true),
            Noun::Tags => entries::lines(&directory.tags, |_| true),
            Noun::Codes => entries::lines(&directory.codes, |_| true),
            Noun::Fields => entries::lines(&directory.fields, |_| true),
            Noun::Sites => entries::lines(&directory.sites, |site| self.sites.contains(&site.id)),
            Noun::Columns => entries::lines(&directory.columns, |column| self.columns.contains(&column.id)),
            Noun::Subscriptions => entries::lines(&directory.subscriptions, |of| self.subscriptions.contains(&of.id)),
            Noun::Panels => entries::lines(&directory.panels, |panel| panel.site == site),
            Noun::TagCounts => counts::tag_counts(&mut self.snapshot).await,
            Noun::IndexNumbers => counts::index_numbers(&mut self.snapshot).await,
            Noun::Attachments | Noun::Contents | Noun::LinkedContents | Noun::Withdrawals | Noun::Addresses => {
                Ok(Vec::new())
            }
        }
    }
}
