//! What stands where, from scratch: the rules of `docs/sharing.md` said once more, as plainly as they can be, over numbers of
//! this test's own. It knows nothing of the program that it judges, which another test sees to.

use std::collections::{BTreeMap, BTreeSet};

/// What everything is called here.
pub type Id = usize;

/// What a column or a content says of sharing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    Open,
    Never,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub site: Id,
    pub above: Option<Id>,
    pub share: Share,
}

/// A tag or an organisation.
#[derive(Debug, Clone, Default)]
pub struct Branch {
    pub above: Option<Id>,
    pub merged_into: Option<Id>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Column(Id),
    Tag(Id),
    Unit(Id),
}

#[derive(Debug, Clone)]
pub struct Subscription {
    pub target: Id,
    pub source: Source,
    pub reviewed: bool,
    pub deep: bool,
    pub kinds: BTreeSet<Id>,
    pub tags: BTreeSet<Id>,
    pub resting: bool,
    pub since: i64,
}

#[derive(Debug, Clone)]
pub struct Content {
    pub kind: Id,
    pub tags: BTreeSet<Id>,
    pub unit: Id,
    pub share: Share,
    /// Where its editors placed it.
    pub own: BTreeSet<Id>,
}

/// Everything that the rules look at.
#[derive(Debug, Default)]
pub struct Rules {
    pub columns: BTreeMap<Id, Column>,
    pub tags: BTreeMap<Id, Branch>,
    pub units: BTreeMap<Id, Branch>,
    pub subscriptions: BTreeMap<Id, Subscription>,
    /// Those that are live.
    pub contents: BTreeMap<Id, Content>,
    /// What receiving desks decided, by subscription and content.
    pub decided: BTreeMap<(Id, Id), bool>,
    /// Which columns have a curtain before which content.
    pub hidden: BTreeSet<(Id, Id)>,
    /// Since when a content is let into a column.
    pub arrived: BTreeMap<(Id, Id), i64>,
}

/// Where a content stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stands {
    /// It is let in, whether or not a curtain hangs before it.
    pub let_in: BTreeSet<Id>,
    /// Something brings it, and the desk has not decided yet.
    pub waits: BTreeSet<Id>,
    /// Something brings it that the desk refused.
    pub refused: BTreeSet<Id>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    LetIn,
    Waits,
    Refused,
}

fn now(branches: &BTreeMap<Id, Branch>, mut id: Id) -> Id {
    while let Some(into) = branches[&id].merged_into {
        id = into;
    }
    id
}

/// Whether one branch is the other, or hangs below it if that counts too.
fn is_of(branches: &BTreeMap<Id, Branch>, one: Id, wanted: Id, deep: bool) -> bool {
    let (mut one, wanted) = (now(branches, one), now(branches, wanted));
    loop {
        if one == wanted {
            return true;
        }
        match branches[&one].above {
            Some(above) if deep => one = above,
            _ => return false,
        }
    }
}

impl Rules {
    fn is_below(&self, mut column: Id, top: Id, deep: bool) -> bool {
        loop {
            if column == top {
                return true;
            }
            match self.columns[&column].above {
                Some(above) if deep => column = above,
                _ => return false,
            }
        }
    }

    /// Whether a subscription takes a content out of a column.
    fn takes(&self, subscription: &Subscription, column: Id, content: &Content) -> bool {
        let same_site = self.columns[&column].site == self.columns[&subscription.target].site;
        let from_editors = content.own.contains(&column) && (same_site || self.columns[&column].share == Share::Open);
        let from_there = match subscription.source {
            Source::Column(source) => self.is_below(column, source, subscription.deep),
            Source::Tag(tag) => {
                from_editors && content.tags.iter().any(|own| is_of(&self.tags, *own, tag, subscription.deep))
            }
            Source::Unit(unit) => from_editors && is_of(&self.units, content.unit, unit, subscription.deep),
        };
        let wanted_kind = subscription.kinds.is_empty() || subscription.kinds.contains(&content.kind);
        let has = |tag: &Id| content.tags.iter().any(|own| is_of(&self.tags, *own, *tag, false));
        let wanted_tag = subscription.tags.is_empty() || subscription.tags.iter().any(has);
        !subscription.resting
            && column != subscription.target
            && from_there
            && (same_site || content.share == Share::Open)
            && wanted_kind
            && wanted_tag
    }

    fn verdict(&self, id: Id, content: Id, column: Id) -> Option<Verdict> {
        let subscription = &self.subscriptions[&id];
        match self.decided.get(&(id, content)) {
            Some(false) => Some(Verdict::Refused),
            Some(true) => Some(Verdict::LetIn),
            None if !subscription.reviewed => Some(Verdict::LetIn),
            // What was there before the desk began to look is not laid before it.
            None => match self.arrived.get(&(content, column)) {
                Some(arrived) if *arrived < subscription.since => None,
                _ => Some(Verdict::Waits),
            },
        }
    }

    /// What each subscription makes of a content that these columns show.
    fn brought(&self, id: Id, shown: &BTreeSet<Id>) -> Vec<(Id, Verdict)> {
        let content = &self.contents[&id];
        let mut brought = Vec::new();
        for (number, subscription) in &self.subscriptions {
            for column in shown.iter().filter(|column| !self.hidden.contains(&(id, **column))) {
                if self.takes(subscription, *column, content) {
                    brought.extend(self.verdict(*number, id, *column).map(|verdict| (*number, verdict)));
                }
            }
        }
        brought
    }

    /// Where a content stands: what lets it in is looked for until nothing more does.
    pub fn stands(&self, id: Id) -> Stands {
        let Some(content) = self.contents.get(&id) else { return Stands::default() };
        let mut stands = Stands { let_in: content.own.clone(), ..Stands::default() };
        loop {
            let before = stands.clone();
            for (number, verdict) in self.brought(id, &before.let_in) {
                let target = self.subscriptions[&number].target;
                match verdict {
                    Verdict::LetIn => stands.let_in.insert(target),
                    Verdict::Waits => stands.waits.insert(target),
                    Verdict::Refused => stands.refused.insert(target),
                };
            }
            if stands == before {
                return stands;
            }
        }
    }

    /// The subscriptions that let a content in where they bring it.
    pub fn let_in_by(&self, id: Id) -> BTreeSet<Id> {
        let brought = self.brought(id, &self.stands(id).let_in);
        brought.into_iter().filter(|(_, verdict)| *verdict == Verdict::LetIn).map(|(number, _)| number).collect()
    }

    /// The subscriptions that wait for the desk of a column to decide on a content.
    pub fn waiting_at(&self, id: Id, column: Id) -> BTreeSet<Id> {
        let brought = self.brought(id, &self.stands(id).let_in);
        let waits = |(number, verdict): &(Id, Verdict)| {
            *verdict == Verdict::Waits && self.subscriptions[number].target == column
        };
        brought.into_iter().filter(waits).map(|(number, _)| number).collect()
    }

    /// After something was done at `at`: what is let in now is since then, and what stands nowhere has no curtain.
    pub fn passed(&mut self, at: i64) {
        let ids: Vec<Id> = self.contents.keys().copied().collect();
        let all: BTreeMap<Id, Stands> = ids.into_iter().map(|id| (id, self.stands(id))).collect();
        self.arrived.retain(|(id, column), _| all.get(id).is_some_and(|stands| stands.let_in.contains(column)));
        for (id, stands) in &all {
            for column in &stands.let_in {
                self.arrived.entry((*id, *column)).or_insert(at);
            }
        }
        self.hidden.retain(|(id, column)| {
            all.get(id).is_some_and(|it| [&it.let_in, &it.waits, &it.refused].iter().any(|set| set.contains(column)))
        });
    }
}
