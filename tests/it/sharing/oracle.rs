//! Deeds at random on columns, tags, organisations, subscriptions and contents; after each of them what stands where is what
//! the rules say from scratch ([`super::naive`]).

use std::collections::{BTreeMap, BTreeSet};

use library::column::{ColumnFields, CreateColumn, ShareType};
use library::content::{ContentFields, ContentKind, Details, TagAssignment, TagAssignmentSource};
use library::database::Sql;
use library::id::{ColumnId, ContentId, OrganisationId, PlacementId, SiteId, SubscriptionId, TagId};
use library::organisation::{CreateOrganisation, MoveOrganisation};
use library::placement::{DecidePlacements, EditPlacement};
use library::sharing::{
    EditSubscription, SubscribeColumn, SubscriptionFields, SubscriptionFilter, SubscriptionMode, SubscriptionSource,
};
use library::site::{CreateSite, SiteStatus};
use library::tag::{CreateTag, EditTag, TagFields, TagGroupFields, TagSphere};
use tests::{Engine, on_both, runtime};

use super::holds;
use super::naive::{Branch, Column, Content, Id, Rules, Share, Source, Stands, Subscription};
use crate::oracle::deeds::Dice;
use crate::town::{Town, column_fields, organisation_fields, site_fields};

/// The most contents that are there at once.
const MOST: usize = 40;
const KINDS: [ContentKind; 3] = [ContentKind::Article, ContentKind::Notice, ContentKind::Disclosure];

/// A library and the rules about it, with what numbers stand for.
struct Model {
    town: Town,
    dice: Dice,
    rules: Rules,
    now: i64,
    sites: Vec<SiteId>,
    columns: Vec<ColumnId>,
    paths: Vec<String>,
    tags: Vec<TagId>,
    units: Vec<OrganisationId>,
    subscriptions: BTreeMap<Id, SubscriptionId>,
    contents: Vec<ContentId>,
    withdrawn: BTreeMap<Id, Content>,
    last: Id,
    done: BTreeMap<&'static str, usize>,
    newest: &'static str,
}

impl Model {
    async fn on(engine: Engine, seed: u64) -> Self {
        let town = Town::on(engine).await;
        // The town's own subscription is none of the rules here.
        let own = town.library().directory().subscriptions.all()[0].id;
        town.library().unsubscribe_column(&town.editor(), own, None).await.expect("ended");
        let now = town.library().now().0;
        let mut model = Self {
            dice: Dice::new(seed),
            rules: Rules::default(),
            now,
            sites: vec![town.site, town.county],
            columns: Vec::new(),
            paths: Vec::new(),
            tags: Vec::new(),
            units: Vec::new(),
            subscriptions: BTreeMap::new(),
            contents: Vec::new(),
            withdrawn: BTreeMap::new(),
            last: 0,
            done: BTreeMap::new(),
            newest: "",
            town,
        };
        model.build().await;
        model
    }

    /// Three sites of four columns, a tree of tags and one of organisations.
    async fn build(&mut self) {
        let (library, editor) = (self.town.library().clone(), self.town.editor());
        let fields = site_fields("district.example", self.town.publisher);
        let district = CreateSite { code: "district".to_owned(), parent: None, status: SiteStatus::Running, fields };
        self.sites.push(library.create_site(&editor, district).await.expect("a site").0);
        for site in 0..self.sites.len() {
            for (path, above) in [("/a", None), ("/a/b", Some(0)), ("/a/c", Some(0)), ("/d", None)] {
                let input = CreateColumn { site: self.sites[site], path: path.to_owned(), fields: column_fields(path) };
                self.columns.push(library.create_column(&editor, input).await.expect("a column").0);
                self.paths.push(path.to_owned());
                let above = above.map(|above: usize| site * 4 + above);
                self.rules.columns.insert(self.columns.len() - 1, Column { site, above, share: Share::Open });
            }
        }
        let group = TagGroupFields { name: "主题".to_owned(), sphere: TagSphere::Government, rank: 0 };
        let (group, _) = library.create_tag_group(&editor, "themes", group).await.expect("a group");
        for number in 0..8 {
            let above = (number % 3 != 0).then(|| number - 1);
            let parent = above.map(|above| self.tags[above]);
            let fields = TagFields { name: format!("标签{number}"), parent, synonyms: Vec::new(), steward: None };
            let input = CreateTag { code: format!("t{number}"), group, fields };
            self.tags.push(library.create_tag(&editor, input).await.expect("a tag").0);
            self.rules.tags.insert(number, Branch { above, merged_into: None });
        }
        for number in 0..6 {
            let above = (number % 3 != 0).then(|| number - 1);
            let mut fields = organisation_fields(&format!("单位{number}"));
            fields.parent = above.map(|above| self.units[above]);
            let input = CreateOrganisation { code: format!("u{number}"), fields };
            self.units.push(library.create_organisation(&editor, input).await.expect("an organisation").0);
            self.rules.units.insert(number, Branch { above, merged_into: None });
        }
    }

    fn drawn<T: Copy>(&mut self, all: impl IntoIterator<Item = T>) -> Option<T> {
        let all: Vec<T> = all.into_iter().collect();
        (!all.is_empty()).then(|| *self.dice.of(&all))
    }

    fn live(&mut self) -> Option<Id> {
        let all: Vec<Id> = self.rules.contents.keys().copied().collect();
        self.drawn(all)
    }

    /// Those of a tree that were not merged.
    fn unmerged(branches: &BTreeMap<Id, Branch>) -> Vec<Id> {
        branches.iter().filter(|(_, branch)| branch.merged_into.is_none()).map(|(id, _)| *id).collect()
    }

    fn some_tags(&mut self) -> BTreeSet<Id> {
        let all = Self::unmerged(&self.rules.tags);
        (0..self.dice.below(3)).filter_map(|_| self.drawn(all.clone())).collect()
    }

    /// Columns of one site, as a content's editors choose them.
    fn some_columns(&mut self, site: usize) -> BTreeSet<Id> {
        (0..=self.dice.below(2)).map(|_| site * 4 + self.dice.below(4)).collect()
    }

    fn fields(&self, content: &Content) -> ContentFields {
        let mut fields = self.town.fields("信息", Details::bare(KINDS[content.kind]));
        fields.columns = content.own.iter().map(|column| self.columns[*column]).collect();
        let tag = |tag: &Id| TagAssignment { tag: self.tags[*tag], source: TagAssignmentSource::Editor };
        fields.tags = content.tags.iter().map(tag).collect();
        fields.publisher = self.units[content.unit];
        fields.share_type = if content.share == Share::Open { ShareType::Open } else { ShareType::None };
        fields
    }

    fn source(&self, source: Source) -> SubscriptionSource {
        match source {
            Source::Column(column) => SubscriptionSource::Column(self.columns[column]),
            Source::Tag(tag) => SubscriptionSource::Tag(self.tags[tag]),
            Source::Unit(unit) => SubscriptionSource::Organisation(self.units[unit]),
        }
    }

    /// Does something; whether it was done.
    async fn step(&mut self) {
        self.now += 1_000_000;
        self.town.world.clock.set(library::Instant(self.now));
        let done = match self.dice.below(100) {
            0..=24 => self.publish().await,
            25..=36 => self.correct().await,
            37..=42 => self.withdraw().await,
            43..=46 => self.publish_again().await,
            47..=58 => self.subscribe().await,
            59..=62 => self.unsubscribe().await,
            63..=71 => self.edit_subscription().await,
            72..=81 => self.decide().await,
            82..=87 => self.curtain().await,
            88..=89 => self.share().await,
            90..=91 => self.move_column().await,
            92..=94 => self.move_tag().await,
            95 => self.merge_tags().await,
            96..=98 => self.move_unit().await,
            _ => self.merge_units().await,
        };
        if let Some(done) = done {
            *self.done.entry(done).or_default() += 1;
            self.newest = done;
            self.rules.passed(self.now);
        }
    }

    async fn publish(&mut self) -> Option<&'static str> {
        if self.rules.contents.len() >= MOST {
            return self.withdraw().await;
        }
        let site = self.dice.below(self.sites.len());
        let units = Self::unmerged(&self.rules.units);
        let content = Content {
            kind: self.dice.below(KINDS.len()),
            tags: self.some_tags(),
            unit: self.drawn(units)?,
            share: if self.dice.below(8) == 0 { Share::Never } else { Share::Open },
            own: self.some_columns(site),
        };
        let draft = library::content::DraftContent { site: self.sites[site], fields: self.fields(&content) };
        let id = self.town.library().draft_content(&self.town.editor(), draft).await.expect("a draft");
        self.town.publish_newest(id).await;
        self.contents.push(id);
        self.rules.contents.insert(self.contents.len() - 1, content);
        Some("publish")
    }

    async fn correct(&mut self) -> Option<&'static str> {
        let id = self.live()?;
        let mut after = self.rules.contents[&id].clone();
        after.tags = self.some_tags();
        if self.dice.below(2) == 0 {
            let site = after.own.first()? / 4;
            after.own = self.some_columns(site);
        }
        let units = Self::unmerged(&self.rules.units);
        if self.dice.below(3) == 0 || !units.contains(&after.unit) {
            after.unit = self.drawn(units)?;
        }
        let fields = self.fields(&after);
        self.town.edit(self.contents[id], |now| *now = fields).await;
        self.town.publish_newest(self.contents[id]).await;
        self.rules.contents.insert(id, after);
        Some("correct")
    }

    async fn withdraw(&mut self) -> Option<&'static str> {
        let id = self.live()?;
        self.town.withdraw(self.contents[id], None).await;
        let content = self.rules.contents.remove(&id)?;
        self.rules.decided.retain(|(_, of), _| *of != id);
        self.withdrawn.insert(id, content);
        Some("withdraw")
    }

    async fn publish_again(&mut self) -> Option<&'static str> {
        let all: Vec<Id> = self.withdrawn.keys().copied().collect();
        let id = self.drawn(all)?;
        let mut content = self.withdrawn.remove(&id)?;
        let units = Self::unmerged(&self.rules.units);
        if !units.contains(&content.unit) {
            content.unit = self.drawn(units)?;
        }
        let fields = self.fields(&content);
        self.town.edit(self.contents[id], |now| *now = fields).await;
        self.town.publish_newest(self.contents[id]).await;
        self.rules.contents.insert(id, content);
        Some("publish again")
    }

    async fn subscribe(&mut self) -> Option<&'static str> {
        let target = self.dice.below(self.columns.len());
        let (tags, units) = (Self::unmerged(&self.rules.tags), Self::unmerged(&self.rules.units));
        let source = match self.dice.below(5) {
            0 => Source::Tag(self.drawn(tags)?),
            1 => Source::Unit(self.drawn(units)?),
            _ => Source::Column(self.dice.below(self.columns.len())),
        };
        let subscription = Subscription {
            target,
            source,
            reviewed: self.dice.below(3) == 0,
            deep: self.dice.below(2) == 0,
            kinds: (0..self.dice.below(3)).map(|_| self.dice.below(KINDS.len())).collect(),
            tags: if self.dice.below(3) == 0 { self.some_tags() } else { BTreeSet::new() },
            resting: false,
            since: self.now,
        };
        let mode = if subscription.reviewed { SubscriptionMode::Reviewed } else { SubscriptionMode::Automatic };
        let SubscriptionFilter { kinds, tags, published_from } = self.filter(&subscription);
        let fields = SubscriptionFields { mode, with_descendants: subscription.deep, kinds, tags, published_from };
        let input = SubscribeColumn { target: self.columns[target], source: self.source(source), fields };
        match self.town.library().subscribe_column(&self.town.editor(), input).await {
            Ok((id, _)) => {
                self.last += 1;
                self.subscriptions.insert(self.last, id);
                self.rules.subscriptions.insert(self.last, subscription);
                Some("subscribe")
            }
            // A circle, one that is there already, or a column that is not shared.
            Err(library::Error::Refused(_)) => None,
            Err(error) => panic!("{error}"),
        }
    }

    fn filter(&self, subscription: &Subscription) -> SubscriptionFilter {
        SubscriptionFilter {
            kinds: subscription.kinds.iter().map(|kind| KINDS[*kind]).collect(),
            tags: subscription.tags.iter().map(|tag| self.tags[*tag]).collect(),
            published_from: None,
        }
    }

    fn one_subscription(&mut self) -> Option<Id> {
        let all: Vec<Id> = self.subscriptions.keys().copied().collect();
        self.drawn(all)
    }

    async fn unsubscribe(&mut self) -> Option<&'static str> {
        let number = self.one_subscription()?;
        let id = self.subscriptions.remove(&number)?;
        self.town.library().unsubscribe_column(&self.town.editor(), id, None).await.expect("ended");
        self.rules.subscriptions.remove(&number);
        self.rules.decided.retain(|(by, _), _| *by != number);
        Some("unsubscribe")
    }

    async fn edit_subscription(&mut self) -> Option<&'static str> {
        let number = self.one_subscription()?;
        let mut after = self.rules.subscriptions[&number].clone();
        let mut edit = EditSubscription::default();
        match self.dice.below(3) {
            0 => {
                after.reviewed = !after.reviewed;
                let mode = if after.reviewed { SubscriptionMode::Reviewed } else { SubscriptionMode::Automatic };
                edit.mode = Some(mode);
            }
            1 => {
                after.resting = !after.resting;
                edit.paused = Some(after.resting);
            }
            _ => {
                after.kinds = (0..self.dice.below(2)).map(|_| self.dice.below(KINDS.len())).collect();
                after.tags = self.some_tags();
                edit.filter = Some(self.filter(&after));
            }
        }
        let library = self.town.library();
        library.edit_subscription(&self.town.editor(), self.subscriptions[&number], edit).await.expect("edited");
        if after.reviewed && !self.rules.subscriptions[&number].reviewed {
            // What it let in already stays let in.
            let ids = self.rules.contents.keys().copied();
            let let_in: Vec<Id> = ids.filter(|id| self.rules.let_in_by(*id).contains(&number)).collect();
            for id in let_in {
                self.rules.decided.entry((number, id)).or_insert(true);
            }
        }
        self.rules.subscriptions.insert(number, after);
        Some("edit a subscription")
    }

    async fn decide(&mut self) -> Option<&'static str> {
        let waiting = "select p.id, p.content_id, p.column_id from placement p where not p.shown and not p.hidden and exists
            (select 1 from placement_reason r where r.placement_id = p.id and r.decision = 'PENDING') order by p.content_id, p.column_id";
        let rows = self.town.library().database().rows(&Sql::new(waiting), &[]).await.expect("rows");
        let cells = |row: &library::database::Row| -> (PlacementId, ContentId, ColumnId) {
            (row.get(0).expect("an id"), row.get(1).expect("an id"), row.get(2).expect("an id"))
        };
        let all: Vec<_> = rows.iter().map(cells).collect();
        let (placement, content, column) = self.drawn(all)?;
        let id = self.contents.iter().position(|known| *known == content)?;
        let column = self.columns.iter().position(|known| *known == column)?;
        let accept = self.dice.below(3) > 0;
        let input = DecidePlacements { ids: vec![placement], accept, reason: None, title: None };
        self.town.library().decide_placements(&self.town.editor(), input).await.expect("decided");
        for number in self.rules.waiting_at(id, column) {
            self.rules.decided.insert((number, id), accept);
        }
        Some("decide")
    }

    /// Hangs a curtain before a content in a column that shows it, or takes it away.
    async fn curtain(&mut self) -> Option<&'static str> {
        let id = self.live()?;
        let stands = self.rules.stands(id);
        let column = self.drawn(stands.let_in)?;
        let hidden = !self.rules.hidden.contains(&(id, column));
        let sql = Sql::new("select id from placement where content_id = $1 and column_id = $2");
        let params = [self.contents[id].into(), self.columns[column].into()];
        let rows = self.town.library().database().rows(&sql, &params).await.expect("rows");
        let placement: PlacementId = rows.first()?.get(0).expect("an id");
        let edit = EditPlacement { hidden: Some(hidden), ..EditPlacement::default() };
        self.town.library().edit_placement(&self.town.editor(), placement, edit).await.expect("edited");
        match hidden {
            true => self.rules.hidden.insert((id, column)),
            false => self.rules.hidden.remove(&(id, column)),
        };
        Some("curtain")
    }

    /// Closes a column to others, or opens it.
    async fn share(&mut self) -> Option<&'static str> {
        let number = self.dice.below(self.columns.len());
        let column = self.rules.columns.get_mut(&number)?;
        column.share = if column.share == Share::Open { Share::Never } else { Share::Open };
        let share_type = if column.share == Share::Open { ShareType::Open } else { ShareType::None };
        let change = |fields: &mut ColumnFields| fields.share_type = share_type;
        let (library, editor) = (self.town.library(), self.town.editor());
        library.change_column(&editor, self.columns[number], |_, fields| change(fields)).await.expect("edited");
        Some("share")
    }

    /// Hangs the last column of a site below its first, or back.
    async fn move_column(&mut self) -> Option<&'static str> {
        let number = self.dice.below(self.sites.len()) * 4 + 3;
        let to = if self.paths[number] == "/d" { "/a/d" } else { "/d" };
        self.town.library().move_column(&self.town.editor(), self.columns[number], to).await.ok()?;
        to.clone_into(&mut self.paths[number]);
        self.rules.columns.get_mut(&number)?.above = (to == "/a/d").then_some(number - 3);
        Some("move a column")
    }

    async fn move_tag(&mut self) -> Option<&'static str> {
        let all = Self::unmerged(&self.rules.tags);
        let (tag, to) = (self.drawn(all.clone())?, self.drawn(all)?);
        let above = (self.dice.below(3) > 0).then_some(to);
        let edit = EditTag { parent: Some(above.map(|above| self.tags[above])), ..EditTag::default() };
        match self.town.library().change_tag(&self.town.editor(), self.tags[tag], edit).await {
            Ok(_) => self.rules.tags.get_mut(&tag)?.above = above,
            Err(library::Error::Refused(_)) => return None,
            Err(error) => panic!("{error}"),
        }
        Some("move a tag")
    }

    async fn merge_tags(&mut self) -> Option<&'static str> {
        let all = Self::unmerged(&self.rules.tags);
        if all.len() < 4 {
            return None;
        }
        let (from, into) = (self.drawn(all.clone())?, self.drawn(all)?);
        match self.town.library().merge_tags(&self.town.editor(), self.tags[from], self.tags[into]).await {
            Ok(_) => merge(&mut self.rules.tags, from, into, false),
            Err(library::Error::Refused(_)) => return None,
            Err(error) => panic!("{error}"),
        }
        Some("merge tags")
    }

    async fn move_unit(&mut self) -> Option<&'static str> {
        let all = Self::unmerged(&self.rules.units);
        let (unit, to) = (self.drawn(all.clone())?, self.drawn(all)?);
        let above = (self.dice.below(3) > 0).then_some(to);
        let to = MoveOrganisation { parent: Some(above.map(|above| self.units[above])), ..MoveOrganisation::default() };
        match self.town.library().move_organisation(&self.town.editor(), self.units[unit], to).await {
            Ok(_) => self.rules.units.get_mut(&unit)?.above = above,
            Err(library::Error::Refused(_)) => return None,
            Err(error) => panic!("{error}"),
        }
        Some("move an organisation")
    }

    async fn merge_units(&mut self) -> Option<&'static str> {
        let all = Self::unmerged(&self.rules.units);
        if all.len() < 4 {
            return None;
        }
        let (from, into) = (self.drawn(all.clone())?, self.drawn(all)?);
        let (from_id, into_id) = (self.units[from], self.units[into]);
        match self.town.library().merge_organisation(&self.town.editor(), from_id, into_id, None).await {
            Ok(_) => merge(&mut self.rules.units, from, into, true),
            Err(library::Error::Refused(_)) => return None,
            Err(error) => panic!("{error}"),
        }
        Some("merge organisations")
    }

    /// What stands where is what the rules say.
    async fn compare(&self, step: usize) {
        let standing = "select p.content_id, p.column_id, p.shown, p.hidden,
              exists (select 1 from placement_reason r where r.placement_id = p.id and r.decision = 'ACCEPTED'),
              exists (select 1 from placement_reason r where r.placement_id = p.id and r.decision = 'PENDING'),
              exists (select 1 from placement_reason r where r.placement_id = p.id and r.decision = 'REFUSED')
            from placement p";
        let rows = self.town.library().database().rows(&Sql::new(standing), &[]).await.expect("rows");
        let mut found: BTreeMap<Id, Stands> = BTreeMap::new();
        for row in &rows {
            let (content, column): (ContentId, ColumnId) = (row.get(0).expect("an id"), row.get(1).expect("an id"));
            let content = self.contents.iter().position(|known| *known == content).expect("a content");
            let column = self.columns.iter().position(|known| *known == column).expect("a column");
            let is = |at: usize| row.get::<bool>(at).expect("a truth");
            let (shown, hidden) = (is(2), is(3));
            assert_eq!(hidden, self.rules.hidden.contains(&(content, column)), "step {step}: {content} in {column}");
            assert_eq!(shown, is(4) && !hidden, "step {step}: {content} in {column}");
            let stands = found.entry(content).or_default();
            for (at, set) in [(4, &mut stands.let_in), (5, &mut stands.waits), (6, &mut stands.refused)] {
                if is(at) {
                    set.insert(column);
                }
            }
        }
        for id in self.rules.contents.keys() {
            let expected = self.rules.stands(*id);
            let stands = found.remove(id).unwrap_or_default();
            assert_eq!(
                stands, expected,
                "step {step}, {:?}: content {id}, {:?}, {:?}",
                self.newest, self.rules.contents[id], self.rules
            );
        }
        assert!(found.is_empty(), "step {step}: what is not live stands somewhere: {found:?}");
    }
}

/// What hung below the one hangs below the other; so does the one itself, where that is said.
fn merge(branches: &mut BTreeMap<Id, Branch>, from: Id, into: Id, itself: bool) {
    for branch in branches.values_mut().filter(|branch| branch.above == Some(from) && branch.merged_into.is_none()) {
        branch.above = Some(into);
    }
    let merged = branches.entry(from).or_default();
    merged.merged_into = Some(into);
    if itself {
        merged.above = Some(into);
    }
}

async fn walk(engine: Engine, seed: u64, steps: usize) {
    let mut model = Model::on(engine, seed).await;
    for step in 0..steps {
        model.step().await;
        model.compare(step).await;
    }
    holds(&model.town.world).await;
    let waits = model.rules.contents.keys().filter(|id| !model.rules.stands(**id).waits.is_empty()).count();
    eprintln!("{engine:?}, seed {seed}: {:?}; {waits} of {} wait somewhere", model.done, model.rules.contents.len());
    // A walk on which something never happened would say nothing about it.
    let few: Vec<_> = DEEDS.iter().filter(|deed| model.done.get(**deed).is_none_or(|times| *times == 0)).collect();
    assert!(steps < 500 || few.is_empty(), "{few:?} were never done");
}

const DEEDS: [&str; 15] = [
    "publish",
    "correct",
    "withdraw",
    "publish again",
    "subscribe",
    "unsubscribe",
    "edit a subscription",
    "decide",
    "curtain",
    "share",
    "move a column",
    "move a tag",
    "merge tags",
    "move an organisation",
    "merge organisations",
];

#[test]
fn what_stands_where_is_what_the_rules_say_from_scratch() {
    on_both(async |engine| walk(engine, 2026, 500).await);
}

#[test]
#[ignore = "long: ./test --long"]
fn what_stands_where_is_what_the_rules_say_from_scratch_long() {
    for engine in tests::engines() {
        runtime().block_on(async {
            for seed in 0..10 {
                walk(engine, seed, 1_000).await;
            }
        });
    }
}

#[test]
fn the_rules_are_said_by_somebody_who_does_not_know_the_program() {
    let text = include_str!("naive.rs");
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    assert!(code.iter().all(|line| !line.contains("library") && !line.contains("crate") && !line.contains("super")));
}
