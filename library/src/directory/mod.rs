//! The directory: the slow nouns (a few thousand rows) as one immutable snapshot in memory.
//!
//! Sites, organisations, columns, tags, code lists, panels' frames and field definitions are read from here and never
//! by SQL in a request. The log refreshes it; it carries the position that it reflects.

mod part;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Mutex;

pub(crate) use part::Entry;
pub use part::Part;

use crate::changes::{Action, Position};
use crate::code::CodeItem;
use crate::column::Column;
use crate::database::{Database, Sql};
use crate::field::FieldDefinition;
use crate::leader::Leader;
use crate::organisation::Organisation;
use crate::panel::Panel;
use crate::refusal::Result;
use crate::sharing::Subscription;
use crate::site::Site;
use crate::tag::{Tag, TagGroup};

/// One snapshot of the slow nouns.
#[derive(Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Directory {
    /// The log position that this snapshot reflects, or later.
    pub position: Position,
    pub sites: Arc<Part<Site>>,
    pub fields: Arc<Part<FieldDefinition>>,
    pub organisations: Arc<Part<Organisation>>,
    pub leaders: Arc<Part<Leader>>,
    pub columns: Arc<Part<Column>>,
    pub subscriptions: Arc<Part<Subscription>>,
    pub tag_groups: Arc<Part<TagGroup>>,
    pub tags: Arc<Part<Tag>>,
    pub codes: Arc<Part<CodeItem>>,
    pub panels: Arc<Part<Panel>>,
}

static POSITION: Sql = Sql::new("select position from change_counter where one = 1");
static SINCE: Sql = Sql::new("select position, action from change where position > $1 order by position");

impl Directory {
    async fn load(database: &Database) -> Result<Self> {
        let rows = database.rows_aside(&POSITION, &[]).await?;
        Ok(Self {
            position: rows.first().map_or(Ok(0), |row| row.get(0))?,
            sites: Part::load(database).await?,
            fields: Part::load(database).await?,
            organisations: Part::load(database).await?,
            leaders: Part::load(database).await?,
            columns: Part::load(database).await?,
            subscriptions: Part::load(database).await?,
            tag_groups: Part::load(database).await?,
            tags: Part::load(database).await?,
            codes: Part::load(database).await?,
            panels: Part::load(database).await?,
        })
    }

    /// The same directory after everything that the log says since; reads again only what was touched.
    async fn follow(&self, database: &Database) -> Result<Self> {
        let mut next = self.clone();
        let mut touched: Vec<Action> = Vec::new();
        for row in database.rows_aside(&SINCE, &[self.position.into()]).await? {
            next.position = row.get(0)?;
            if let Some(action) = row.text(1).and_then(|text| text.parse().ok())
                && !touched.contains(&action)
            {
                touched.push(action);
            }
        }
        for action in touched {
            match action {
                Action::SiteChanged => {
                    next.sites = Part::load(database).await?;
                    next.fields = Part::load(database).await?;
                }
                Action::OrganisationChanged => {
                    next.organisations = Part::load(database).await?;
                    next.leaders = Part::load(database).await?;
                }
                Action::ColumnChanged => {
                    next.columns = Part::load(database).await?;
                    next.subscriptions = Part::load(database).await?;
                }
                Action::TagChanged => {
                    next.tag_groups = Part::load(database).await?;
                    next.tags = Part::load(database).await?;
                }
                Action::CodesChanged => next.codes = Part::load(database).await?,
                Action::PanelChanged => next.panels = Part::load(database).await?,
                Action::ContentDrafted
                | Action::ContentPublished
                | Action::ContentEdited
                | Action::ContentWithdrawn
                | Action::ValiditySet
                | Action::PlacementAdded
                | Action::PlacementRemoved
                | Action::PlacementEdited
                | Action::AttachmentUploaded => {}
            }
        }
        Ok(next)
    }
}

/// The snapshot that a node keeps.
pub(crate) struct Kept {
    current: ArcSwap<Directory>,
    following: Mutex<()>,
}

impl Kept {
    pub(crate) async fn load(database: &Database) -> Result<Self> {
        let directory = Directory::load(database).await?;
        Ok(Self { current: ArcSwap::from_pointee(directory), following: Mutex::new(()) })
    }

    pub(crate) fn now(&self) -> Arc<Directory> {
        self.current.load_full()
    }

    pub(crate) async fn at_least(&self, database: &Database, position: Position) -> Result<Arc<Directory>> {
        let now = self.now();
        if now.position >= position {
            return Ok(now);
        }
        let _one_at_a_time = self.following.lock().await;
        let now = self.now();
        if now.position >= position {
            return Ok(now);
        }
        let next = Arc::new(now.follow(database).await?);
        self.current.store(next.clone());
        Ok(next)
    }
}
