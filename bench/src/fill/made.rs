//! One content with everything that publishing it would have written, as a function of the dice and the frame.
//!
//! The rules are the library's; what they come to for these contents is said here again, and a test publishes some of
//! them by the library's own deed and compares.

use std::collections::BTreeMap;

use chrono::Datelike as _;
use library::content::{
    Card, ContentFields, ContentKind, Detail, DisclosureKind, LiveContent, Origin, TagAssignment, body,
};
use library::id::{ContentId, LinkId, PlacementId, SubscriptionId};
use library::{DayZone, Instant};

use super::dice::{Dice, Zipf, scatter};
use super::frame::{self, Frame, ORGANISATIONS_OF_A_SITE};
use super::{BEGIN, END, kinds, words};

/// How many of the newest policies links lead to.
const REACHED: usize = 2_000;

/// One showing of a content.
pub struct Placed {
    /// Its identifier.
    pub id: PlacementId,
    /// The place of the column.
    pub column: usize,
    /// Its rank.
    pub rank: i64,
    /// The receiver's title.
    pub title: Option<String>,
    /// Whether the receiver hides it.
    pub hidden: bool,
    /// Whether its editors placed it.
    pub own: bool,
    /// The subscriptions that bring it, and the showing that each brings it from.
    pub why: Vec<(SubscriptionId, PlacementId)>,
}

/// A content and all that goes with it.
pub struct Made {
    /// The row of lists.
    pub content: LiveContent,
    /// What its editors saved.
    pub fields: ContentFields,
    /// What its page adds.
    pub detail: Detail,
    /// The text of its body.
    pub text: String,
    /// Its showings.
    pub placements: Vec<Placed>,
    /// The identifiers of its links.
    pub links: Vec<LinkId>,
    /// An address that it had before.
    pub old_path: Option<String>,
    /// What will happen to it by itself, and when.
    pub dues: Vec<(Instant, &'static str)>,
}

/// Makes contents one after the other, oldest first.
pub struct Maker<'f> {
    frame: &'f Frame,
    contents: usize,
    made: usize,
    dice: Dice,
    by_column: Zipf,
    by_tag: Zipf,
    policies: Vec<ContentId>,
    serials: BTreeMap<String, i64>,
}

impl<'f> Maker<'f> {
    /// So many contents of a seed.
    pub fn new(frame: &'f Frame, contents: usize, seed: u64) -> Self {
        Self {
            frame,
            contents,
            made: 0,
            dice: Dice::new(seed ^ 0x6a69_7975_6500),
            by_column: Zipf::new(frame.columns.len(), 0.9),
            by_tag: Zipf::new(frame.tags.len(), 0.7),
            policies: Vec::new(),
            serials: BTreeMap::new(),
        }
    }

    /// The next serial of each frame of index numbers that was used.
    pub fn serials(&self) -> impl Iterator<Item = (&String, i64)> {
        self.serials.iter().map(|(name, last)| (name, last + 1))
    }

    /// Contents are spread evenly over the years.
    fn published_at(&mut self) -> Instant {
        let step = (END.0 - BEGIN.0) / self.contents as i64;
        let at = BEGIN.0 + step * self.made as i64 + self.dice.below(step as usize) as i64;
        Instant(at / 1000 * 1000)
    }

    fn index_number(&mut self, unit: &str, published_at: Instant) -> String {
        let year = DayZone::default().date(published_at).year();
        let serial = self.serials.entry(format!("{unit}/{year:04}-00000")).or_insert(0);
        *serial += 1;
        format!("{unit}/{year:04}-{serial:05}")
    }

    fn tags(&mut self) -> Vec<TagAssignment> {
        let mut tags: Vec<TagAssignment> = Vec::new();
        for _ in 0..1 + self.dice.below(4) {
            let tag = self.frame.tags[scatter(self.by_tag.draw(&mut self.dice), self.frame.tags.len())];
            if tags.iter().all(|known| known.tag != tag) {
                tags.push(TagAssignment { tag, source: Default::default() });
            }
        }
        tags
    }

    fn link(&mut self, kind: ContentKind) -> Option<library::content::LinkTo> {
        let kind = kinds::link(kind, &mut self.dice)?;
        if self.policies.is_empty() {
            return None;
        }
        let to = library::content::LinkTarget::Content(self.dice.pick(&self.policies));
        Some(library::content::LinkTo { kind, to, note: None })
    }

    /// A policy can be linked to from now on.
    fn reach(&mut self, id: ContentId) {
        if self.policies.len() < REACHED {
            self.policies.push(id);
        } else {
            let at = self.dice.below(REACHED);
            self.policies[at] = id;
        }
    }

    /// The columns that the editors choose: one, or now and then a second one of the same site.
    fn columns(&mut self) -> Vec<usize> {
        let all = self.frame.columns.len();
        let home = scatter(self.by_column.draw(&mut self.dice), all);
        let mut columns = vec![home];
        if self.dice.percent(10) {
            let first = self.frame.columns[home].site * frame::COLUMNS_OF_A_SITE;
            let second = first + self.dice.below(frame::COLUMNS_OF_A_SITE);
            if second != home {
                columns.push(second);
            }
        }
        columns
    }

    /// Where the subscriptions carry it from there, and what the receivers make of it.
    fn placements(&mut self, own: &[usize], published_at: Instant) -> Vec<Placed> {
        let frame = self.frame;
        let mut placed: Vec<Placed> = Vec::new();
        let hide = |dice: &mut Dice, column: usize, own: bool| Placed {
            id: PlacementId(dice.id(published_at)),
            column,
            rank: if dice.below(500) == 0 { 1 + dice.below(9) as i64 } else { 0 },
            title: (!own && dice.percent(1)).then(|| "转发信息".to_owned()),
            hidden: !own && dice.below(200) == 0,
            own,
            why: Vec::new(),
        };
        // The deed looks at the home column first, then at the editors' others in the order of their identifiers: that
        // decides which brings a mirror.
        let home = own.first().copied();
        let mut own = own.to_vec();
        own.sort_by_key(|column| (Some(*column) != home, frame.columns[*column].id));
        for column in own {
            placed.push(hide(&mut self.dice, column, true));
        }
        let mut next = 0;
        while next < placed.len() {
            let (from, column, hidden) = (placed[next].id, placed[next].column, placed[next].hidden);
            next += 1;
            for (subscription, target) in frame.columns[column].carried.iter().filter(|_| !hidden) {
                let at = placed.iter().position(|placed| placed.column == *target).unwrap_or_else(|| {
                    placed.push(hide(&mut self.dice, *target, false));
                    placed.len() - 1
                });
                if placed[at].why.iter().all(|(known, _)| known != subscription) {
                    placed[at].why.push((*subscription, from));
                }
            }
        }
        placed
    }

    fn fields(&mut self, id: ContentId, kind: ContentKind, published_at: Instant, site: usize) -> ContentFields {
        let publisher = site * ORGANISATIONS_OF_A_SITE + self.dice.below(ORGANISATIONS_OF_A_SITE);
        let details = kinds::details(kind, &mut self.dice, &self.frame.units, publisher, published_at, self.made);
        let title = match kind {
            ContentKind::KnowledgeEntry => words::question(&mut self.dice, self.made),
            _ => words::title(&mut self.dice, self.made),
        };
        let mut fields = ContentFields::new(title, self.frame.units[publisher].id, details);
        let bytes = 1_500 + self.dice.below(1_400);
        fields.body_html = words::body(&mut self.dice, bytes);
        fields.summary = self.dice.percent(70).then(|| words::sentence(&mut self.dice));
        fields.source_name = "本站".to_owned();
        fields.keywords = vec!["公开".to_owned(), "服务".to_owned()];
        if matches!(kind, ContentKind::Policy | ContentKind::Disclosure | ContentKind::Notice) {
            fields.disclosure = DisclosureKind::Proactive;
            fields.themes = vec![frame::theme(self.dice.below(frame::THEMES))];
            fields.formed_on = Some(DayZone::default().date(published_at));
        }
        fields.tags = self.tags();
        fields.links = self.link(kind).into_iter().collect();
        fields.origin = self.dice.percent(5).then(|| Origin {
            system: "legacy".to_owned(),
            id: self.made.to_string(),
            content_hash: id.0.simple().to_string(),
            published_at: Some(published_at),
        });
        fields
    }
}

impl Iterator for Maker<'_> {
    type Item = Made;

    fn next(&mut self) -> Option<Made> {
        if self.made == self.contents {
            return None;
        }
        let published_at = self.published_at();
        let id = ContentId(self.dice.id(published_at));
        let kind = kinds::draw(&mut self.dice);
        let columns = self.columns();
        let site = self.frame.columns[columns[0]].site;
        let mut fields = self.fields(id, kind, published_at, site);
        fields.columns = columns.iter().map(|column| self.frame.columns[*column].id).collect();
        let publisher = self.frame.units.iter().find(|unit| unit.id == fields.publisher).map(|unit| unit.code.clone());
        let index_number = (fields.disclosure != DisclosureKind::NotApplicable)
            .then(|| self.index_number(&publisher.unwrap_or_default(), published_at));
        let (glance, dues) = kinds::glance(&fields.details);
        // One in ten was corrected once, within a month.
        let corrected = self.dice.percent(10);
        let later = if corrected { 1_000 * (1 + self.dice.below(30 * 86_400_000) as i64) } else { 0 };
        let card = Card {
            description: fields.description.clone(),
            cover: None,
            tags: fields.tags.iter().map(|assignment| assignment.tag).collect(),
            glance,
            content_hash: fields.origin.as_ref().map(|origin| origin.content_hash.clone()),
            imported: fields.origin.is_some(),
        };
        let content = LiveContent {
            id,
            kind,
            home_site: self.frame.sites[site],
            home_column: fields.columns.first().copied(),
            publisher: fields.publisher,
            language: fields.language.clone(),
            published_at,
            updated_at: Instant((published_at.0 + later).min(END.0)),
            index_number,
            origin: fields.origin.as_ref().map(|origin| (origin.system.clone(), origin.id.clone())),
            revision: 1 + i64::from(corrected),
            card: card.into(),
            draft: None,
        };
        let made = Made {
            detail: Detail { attachments: Vec::new(), fields: Vec::new(), details: fields.details.clone() },
            text: body::text(&fields.body_html),
            placements: self.placements(&columns, published_at),
            links: fields.links.iter().map(|_| LinkId(self.dice.id(published_at))).collect(),
            old_path: fields.origin.as_ref().map(|origin| format!("/art/{}.html", origin.id)),
            dues,
            content,
            fields,
        };
        if kind == ContentKind::Policy {
            self.reach(id);
        }
        self.made += 1;
        Some(made)
    }
}
