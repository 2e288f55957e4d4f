//! The deeds of the oracle on the slow nouns, and the dice that draw them.

use std::sync::Arc;

use library::address::RedirectTo;
use library::code::{CodeEntry, CodeList, EditCode};
use library::column::{Column, ColumnStatus, CreateColumn};
use library::content::ContentKind;
use library::field::DefineField;
use library::id::{ColumnId, SiteId};
use library::organisation::CreateOrganisation;
use library::panel::{CreatePanel, PanelFields, PanelItem, PanelKind, PanelTarget};
use library::sharing::{SubscribeColumn, SubscriptionFields, SubscriptionMode};
use library::site::{CreateSite, SiteFields, SiteStatus};
use library::tag::CreateTag;
use library::{Caller, Directory, Error, RefusalCode};
use tests::World;

use super::{content_deeds, desk_deeds, mirror_deeds, sharing_deeds, structure_deeds};

/// Numbers from a seed: the same seed gives the same deeds.
pub struct Dice(u64);

impl Dice {
    /// Dice with a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `most`.
    pub fn below(&mut self, most: usize) -> usize {
        // Xorshift (Marsaglia 2003): enough to draw deeds.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % most.max(1)
    }

    /// One of a list.
    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// The numbers below `most` in a drawn order.
    pub fn shuffled(&mut self, most: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..most).collect();
        for at in (1..most).rev() {
            order.swap(at, self.below(at + 1));
        }
        order
    }

    /// A word that was not used before, in all likelihood.
    pub fn word(&mut self) -> String {
        format!("{}{}", self.of(&["云", "泽", "新", "旧", "东", "西"]), self.below(10_000))
    }
}

/// What is needed for a deed.
pub struct Hand<'a> {
    pub world: &'a World,
    pub dice: &'a mut Dice,
    pub caller: Caller,
}

impl Hand<'_> {
    /// The directory as it is now.
    pub fn directory(&self) -> std::sync::Arc<Directory> {
        self.world.library.directory()
    }

    /// One of the city's sites by code.
    pub fn site(&self, code: &str) -> SiteId {
        let directory = self.directory();
        directory.sites.all().iter().find(|site| site.code == code).expect("a site").id
    }

    /// A drawn open column that takes contents of a kind.
    pub fn column_for(&mut self, kind: ContentKind) -> ColumnId {
        let directory = self.directory();
        let takes =
            |column: &&Arc<Column>| column.status == ColumnStatus::Open && column.fields.accepts.contains(&kind);
        let all: Vec<_> = directory.columns.all().iter().filter(takes).collect();
        self.dice.of(&all).id
    }

    /// A drawn column that takes contents.
    pub fn column(&mut self) -> ColumnId {
        let directory = self.directory();
        let all: Vec<_> = directory.columns.all().iter().filter(|c| !c.fields.accepts.is_empty()).collect();
        self.dice.of(&all).id
    }
}

/// The deeds by name; each number means the same in [`act`].
pub const DEEDS: [(&str, u8); 68] = [
    ("publish a content", 0),
    ("publish a policy with a number that was missed", 1),
    ("correct a content", 2),
    ("correct a content's tags", 3),
    ("move a content to another column", 4),
    ("withdraw a content", 5),
    ("publish a withdrawn content again", 6),
    ("set a validity", 7),
    ("place a content", 8),
    ("remove a placement", 9),
    ("give a placement a title", 10),
    ("pin a placement", 11),
    ("hide a placement", 12),
    ("link two contents", 13),
    ("change a content's cover", 14),
    ("draft and leave it", 15),
    ("schedule and let time pass", 16),
    ("let a year pass", 17),
    ("import contents", 18),
    ("rename a site", 19),
    ("suspend and reopen a site", 20),
    ("create a site", 21),
    ("rename an organisation", 22),
    ("create an organisation", 23),
    ("appoint and edit a leader", 24),
    ("create a column", 25),
    ("rename a column", 26),
    ("move a column", 27),
    ("close a column", 28),
    ("create a tag", 29),
    ("rename a tag", 30),
    ("retire a tag", 31),
    ("arrange a panel", 32),
    ("define and edit a field", 33),
    ("change a code list", 34),
    ("share a column and redirect", 35),
    ("move an organisation", 60),
    ("merge an organisation", 61),
    ("close an organisation", 62),
    ("open and close a site", 63),
    ("rearrange and archive a panel", 64),
    ("retire a field", 65),
    ("move and retire a code", 66),
    ("redirect within a site", 67),
    ("remove a leader", 68),
    ("share a column for review", 36),
    ("decide what waits", 37),
    ("let a shared column rest or go on", 38),
    ("end a shared column", 39),
    ("share a tag or an organisation", 40),
    ("merge tags", 41),
    ("propose and accept a tag", 42),
    ("claim a tag", 43),
    ("give a tag synonyms and retire one", 44),
    ("submit, review and publish a correction", 45),
    ("return a correction", 46),
    ("discard a correction", 47),
    ("restore a revision", 48),
    ("move a content on the desk", 49),
    ("retag contents", 50),
    ("copy a content", 51),
    ("archive a content", 52),
    ("redact a content", 53),
    ("withdraw at a moment", 54),
    ("edit, preview and revoke", 55),
    ("follow another instance", 59),
    ("retag what a filter finds", 56),
    ("draw and judge an audit of tags", 57),
];

/// Does one of [`DEEDS`] and tells whether it was done: what is refused is drawn anew a few times; a fault is never fine.
pub async fn act(world: &World, dice: &mut Dice, deed: usize) -> bool {
    for _ in 0..5 {
        if tried(world, dice, deed).await {
            return true;
        }
    }
    false
}

async fn tried(world: &World, dice: &mut Dice, deed: usize) -> bool {
    let (name, number) = DEEDS[deed];
    let mut hand = Hand { world, dice, caller: Caller::program("oracle") };
    let done = match number {
        0..=18 => content_deeds::act(&mut hand, number).await,
        19..=28 => places(&mut hand, number).await,
        59 => mirror_deeds::act(&mut hand).await,
        60.. => structure_deeds::act(&mut hand, number).await,
        29..=35 => words(&mut hand, number).await,
        45..=57 => desk_deeds::act(&mut hand, number).await,
        _ => sharing_deeds::act(&mut hand, number).await,
    };
    match done {
        Ok(()) => true,
        Err(Error::Refused(_)) => false,
        Err(fault) => panic!("«{name}» failed: {fault}"),
    }
}

/// Sites, organisations, columns.
async fn places(hand: &mut Hand<'_>, number: u8) -> library::Result<()> {
    let library = &hand.world.library.clone();
    let caller = hand.caller.clone();
    let directory = hand.directory();
    match number {
        19 | 20 => {
            let code = *hand.dice.of(&["zjj", "yunze", "qinghe"]);
            let site = directory.sites.get(hand.site(code)).expect("a site").clone();
            if number == 19 {
                let name = format!("云泽{}", hand.dice.word());
                let edit = |fields: &mut SiteFields| {
                    fields.name = name;
                    fields.hosts.push("oracle.example".to_owned());
                };
                library.edit_site(&caller, site.id, None, edit).await?;
            } else if site.is_running() {
                library.suspend_site(&caller, site.id, "维护中", None).await?;
            } else {
                library.open_site(&caller, site.id).await?;
            }
        }
        21 => {
            let mut fields = directory.sites.get(hand.site("zjj")).expect("a site").fields.clone();
            let code = format!("oracle{}", hand.dice.below(1000));
            fields.hosts = vec![format!("{code}.example")];
            let parent = Some(hand.site("yunze"));
            library.create_site(&caller, CreateSite { code, parent, status: SiteStatus::Running, fields }).await?;
        }
        22 => {
            let unit = hand.dice.of(directory.organisations.all()).clone();
            let name = format!("{}{}", unit.fields.name, hand.dice.below(10));
            library.edit_organisation(&caller, unit.id, |fields| fields.name = name).await?;
        }
        23 => {
            let above = hand.dice.of(directory.organisations.all()).clone();
            let mut fields = above.fields.clone();
            fields.credit_code = None;
            fields.parent = Some(above.id);
            library.create_organisation(&caller, CreateOrganisation { code: "oracle-unit".to_owned(), fields }).await?;
        }
        24 => {
            let leader = hand.dice.of(directory.leaders.all()).clone();
            let mut fields = leader.fields.clone();
            fields.duties = Some(hand.dice.word());
            library.edit_leader(&caller, leader.id, |kept| *kept = fields.clone()).await?;
            let (fresh, _) = library.appoint_leader(&caller, leader.organisation, fields).await?;
            if hand.dice.below(2) == 0 {
                library.remove_leader(&caller, fresh, None).await?;
            }
        }
        25 => {
            let mut fields = directory.columns.get(hand.column()).expect("a column").fields.clone();
            fields.name = hand.dice.word();
            let path = (*hand.dice.of(&["/oracle", "/oracle/deep", "/news/oracle"])).to_owned();
            library.create_column(&caller, CreateColumn { site: hand.site("zjj"), path, fields }).await?;
        }
        _ => {
            let column = directory.columns.get(hand.column()).expect("a column").clone();
            let mut fields = column.fields.clone();
            match number {
                26 => {
                    fields.name = hand.dice.word();
                    fields.rank = hand.dice.below(30) as i64;
                    library.edit_column(&caller, column.id, column.status, fields).await?;
                }
                27 => {
                    let to = (*hand.dice.of(&["/oracle", "/news/oracle", "/oracle-moved"])).to_owned();
                    library.move_column(&caller, column.id, &to).await?;
                }
                _ => {
                    library.edit_column(&caller, column.id, ColumnStatus::Closed, fields).await?;
                }
            }
        }
    }
    Ok(())
}

/// Tags, panels, fields, codes, sharing, redirects.
async fn words(hand: &mut Hand<'_>, number: u8) -> library::Result<()> {
    let library = &hand.world.library.clone();
    let caller = hand.caller.clone();
    let directory = hand.directory();
    match number {
        29 => {
            let group = hand.dice.of(directory.tag_groups.all()).clone();
            let mut fields = hand.dice.of(directory.tags.all()).fields.clone();
            fields.name = hand.dice.word();
            fields.synonyms = vec![hand.dice.word()];
            fields.parent = None;
            library.create_tag(&caller, CreateTag { code: "oracle-tag".to_owned(), group: group.id, fields }).await?;
            let mut group_fields = group.fields.clone();
            group_fields.name = hand.dice.word();
            library.edit_tag_group(&caller, group.id, group_fields).await?;
        }
        30 | 31 => {
            let named = ["public-rental", "housing-security", "medical-insurance", "compulsory-education"];
            let all: Vec<_> = directory.tags.all().iter().filter(|tag| named.contains(&tag.code.as_str())).collect();
            let tag = (*hand.dice.of(&all)).clone();
            let mut fields = tag.fields.clone();
            if number == 30 {
                fields.name = hand.dice.word();
            }
            library.edit_tag(&caller, tag.id, number == 30, fields).await?;
        }
        32 => {
            let panel = hand.dice.of(directory.panels.all()).clone();
            let column = hand.column();
            let item = |title: Option<String>, target| PanelItem {
                title,
                summary: None,
                image: None,
                target,
                body: None,
                children: Vec::new(),
                starts_at: None,
                ends_at: None,
                hidden: false,
                shown: true,
            };
            let first = item(Some(hand.dice.word()), Some(PanelTarget::Column(column)));
            library.edit_panel(&caller, panel.id, None, |fields| fields.items.insert(0, first)).await?;
            let items = vec![item(Some(hand.dice.word()), None)];
            let fields = PanelFields { name: "神谕".to_owned(), kind: PanelKind::List, more: None, items };
            let site = hand.site("zjj");
            library
                .create_panel(&caller, CreatePanel { site, column: None, code: "oracle".to_owned(), fields })
                .await?;
        }
        33 => {
            let field = hand.dice.of(directory.fields.all()).clone();
            let mut fields = field.fields.clone();
            fields.label = hand.dice.word();
            library.edit_field(&caller, field.id, |kept| *kept = fields.clone()).await?;
            let key = format!("oracle_{}", hand.dice.below(100));
            let site = Some(hand.site("zjj"));
            library.define_field(&caller, DefineField { key, site, column: None, fields }).await?;
        }
        34 => {
            let all: Vec<_> = directory.codes.all().iter().filter(|item| item.list == CodeList::Theme).collect();
            let item = (*hand.dice.of(&all)).clone();
            let edit = EditCode { name: Some(hand.dice.word()), ..EditCode::default() };
            library.edit_code(&caller, item.id, edit).await?;
            if hand.dice.below(4) == 0 {
                library.retire_code(&caller, item.id, true, None).await?;
            }
            let entry = CodeEntry { code: "0199".to_owned(), name: hand.dice.word(), parent: None };
            library.import_codes(&caller, CodeList::KnowledgeCategory, vec![entry]).await?;
        }
        _ => {
            let fields = SubscriptionFields {
                mode: SubscriptionMode::Automatic,
                with_descendants: false,
                kinds: Vec::new(),
                tags: Vec::new(),
                published_from: None,
            };
            let subscribe = SubscribeColumn { target: hand.column(), source: hand.column().into(), fields };
            match library.subscribe_column(&caller, subscribe).await {
                Ok(_) => {}
                Err(Error::Refused(refusal)) if refusal.code != RefusalCode::Required => {}
                Err(error) => return Err(error),
            }
            let site = hand.site("wjw");
            let made = library.create_redirect(&caller, site, "/oracle-old", RedirectTo::Column(hand.column())).await;
            if made.is_err() {
                library.remove_redirect(&caller, site, "/oracle-old").await?;
            }
        }
    }
    Ok(())
}
