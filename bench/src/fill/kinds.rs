//! What the kinds of contents have of their own: how often each is, its details, what lists show of it today, and what
//! will happen to it by itself.

use chrono::{Datelike as _, Days, Months};
use library::content::{
    ArticleDetails, ContentKind, Details, DisclosureDetails, Glance, InterpretationDetails, KnowledgeDetails,
    KnowledgeGlance, NoticeDetails, NoticeGlance, NoticePhase, PolicyDetails, PolicyGlance, ServiceChannel,
    ServiceChannelKind, ServiceDetails, ServiceFlag, ServiceGlance, ServiceMaterial, Validity, ValidityState,
};
use library::link::LinkType;
use library::{Date, DayZone, Instant};

use super::END;
use super::dice::Dice;
use super::frame::{DOCUMENT_TYPES, Unit};

/// The kinds, with how many in a hundred are of each.
const SHARES: [(ContentKind, usize); 7] = [
    (ContentKind::Article, 48),
    (ContentKind::Policy, 20),
    (ContentKind::Notice, 10),
    (ContentKind::KnowledgeEntry, 8),
    (ContentKind::Interpretation, 6),
    (ContentKind::ServiceGuide, 4),
    (ContentKind::Disclosure, 4),
];

/// The kind of the next content.
pub fn draw(dice: &mut Dice) -> ContentKind {
    let mut left = dice.below(100);
    for (kind, share) in SHARES {
        if left < share {
            return kind;
        }
        left -= share;
    }
    ContentKind::Article
}

/// What a content of this kind says of a policy, if it is linked to one.
pub fn link(kind: ContentKind, dice: &mut Dice) -> Option<LinkType> {
    let (link, percent) = match kind {
        ContentKind::Interpretation => (LinkType::Interprets, 100),
        ContentKind::KnowledgeEntry => (LinkType::BasedOn, 80),
        ContentKind::ServiceGuide => (LinkType::ServiceFor, 60),
        ContentKind::Article => (LinkType::ReportsOn, 10),
        ContentKind::Policy => (LinkType::Amends, 3),
        ContentKind::Notice | ContentKind::Disclosure => return None,
    };
    dice.percent(percent).then_some(link)
}

fn today() -> Date {
    DayZone::default().date(END)
}

/// What the content has of its own; `publisher` is the place of its publisher in `units`.
pub fn details(
    kind: ContentKind,
    dice: &mut Dice,
    units: &[Unit],
    publisher: usize,
    published_at: Instant,
    number: usize,
) -> Details {
    let day = DayZone::default().date(published_at);
    let after = |days: u64| day.checked_add_days(Days::new(days)).unwrap_or(day);
    match kind {
        ContentKind::Policy => Details::Policy(Box::new(policy(dice, units, publisher, day, number))),
        ContentKind::Interpretation => Details::Interpretation(InterpretationDetails::default()),
        ContentKind::KnowledgeEntry => Details::KnowledgeEntry(Box::new(KnowledgeDetails {
            responsible: Some(units[publisher].id),
            valid_until: dice.percent(30).then(|| after(365 * 3)),
            ..KnowledgeDetails::default()
        })),
        ContentKind::ServiceGuide => Details::ServiceGuide(Box::new(guide(units, publisher, number))),
        ContentKind::Notice => {
            let period = dice.percent(50);
            Details::Notice(NoticeDetails {
                publicity_from: period.then_some(day),
                publicity_until: period.then(|| after(7)),
                feedback: None,
            })
        }
        ContentKind::Article => Details::Article(ArticleDetails::default()),
        ContentKind::Disclosure => Details::Disclosure(DisclosureDetails::default()),
    }
}

fn policy(dice: &mut Dice, units: &[Unit], publisher: usize, day: Date, number: usize) -> PolicyDetails {
    let written_on = day.checked_sub_days(Days::new(dice.below(20) as u64)).unwrap_or(day);
    let effective_on = written_on.checked_add_days(Days::new(30)).unwrap_or(written_on).min(today());
    let (validity, term) = match dice.below(100) {
        0..60 => (Some(Validity::Effective), false),
        60..75 => (Some(Validity::Effective), true),
        75..85 => (Some(Validity::Repealed), false),
        _ => (None, false),
    };
    let mut issuers = vec![units[publisher].id];
    if dice.percent(20) {
        let joint = units[dice.below(units.len())].id;
        if joint != issuers[0] {
            issuers.push(joint);
        }
    }
    PolicyDetails {
        document_number: dice.percent(95).then(|| format!("云{}发〔{}〕{number}号", publisher + 1, written_on.year())),
        issuers,
        document_type: Some(DOCUMENT_TYPES[dice.below(DOCUMENT_TYPES.len())].0.to_owned()),
        written_on: Some(written_on),
        effective_on: validity.map(|_| effective_on),
        expires_on: term.then(|| effective_on.checked_add_months(Months::new(60)).unwrap_or(effective_on)),
        validity,
        ..PolicyDetails::default()
    }
}

fn guide(units: &[Unit], publisher: usize, number: usize) -> ServiceDetails {
    let material = |name: &str| ServiceMaterial { name: name.to_owned(), required: true, ..ServiceMaterial::default() };
    ServiceDetails {
        service_code: Some(format!("S{number:09}")),
        authority: Some(units[publisher].id),
        conditions: Some("符合规定条件的居民家庭和单位。".to_owned()),
        materials: vec![material("申请表"), material("身份证明")],
        procedure: Some("申请、受理、审查、决定、送达。".to_owned()),
        fee: Some("不收费".to_owned()),
        time_limit: Some("5个工作日".to_owned()),
        statutory_time_limit: Some("20个工作日".to_owned()),
        telephone: Some("0900-12345".to_owned()),
        channels: vec![ServiceChannel { kind: ServiceChannelKind::Window, url: None, note: None }],
        online_url: Some(format!("https://services.example/apply/{number}")),
        flags: vec![ServiceFlag::OneVisit],
        ..ServiceDetails::default()
    }
}

/// What lists show of it at the end of the story, and what will happen to it by itself after that.
pub fn glance(details: &Details) -> (Glance, Vec<(Instant, &'static str)>) {
    let (zone, today) = (DayZone::default(), today());
    let (glance, moments) = match details {
        Details::Policy(policy) => {
            let ends = policy.expires_on.map(|last| (zone.end(last), "EXPIRE"));
            (Glance::Policy(Box::new(policy_glance(policy, today))), ends.into_iter().collect())
        }
        Details::Interpretation(own) => (Glance::Interpretation(*own), Vec::new()),
        Details::KnowledgeEntry(own) => {
            let expired = own.valid_until.is_some_and(|last| last < today);
            let glance = KnowledgeGlance { valid_until: own.valid_until, expired };
            let ends = own.valid_until.map(|last| (zone.end(last), "ENTRY_EXPIRES"));
            (Glance::KnowledgeEntry(glance), ends.into_iter().collect())
        }
        Details::ServiceGuide(own) => {
            (Glance::ServiceGuide(ServiceGlance { online_url: own.online_url.clone() }), Vec::new())
        }
        Details::Notice(own) => {
            let phase =
                own.publicity_until.map(|last| if last < today { NoticePhase::Ended } else { NoticePhase::Open });
            let ends = own.publicity_until.map(|last| (zone.end(last), "NOTICE_MOVES"));
            (Glance::Notice(NoticeGlance { phase }), ends.into_iter().collect())
        }
        Details::Article(own) => (Glance::Article(*own), Vec::new()),
        Details::Disclosure(_) => (Glance::Disclosure(()), Vec::new()),
    };
    let later: Vec<_> = moments;
    (glance, later.into_iter().filter(|(at, _)| *at > END).collect())
}

fn policy_glance(policy: &PolicyDetails, today: Date) -> PolicyGlance {
    let stated = policy.validity.unwrap_or_default();
    let ended = policy.expires_on.filter(|last| *last < today && stated == Validity::Effective);
    let (validity, since) = match ended {
        Some(last) => (Validity::Expired, last.succ_opt()),
        None => (stated, policy.effective_on.filter(|_| stated == Validity::Effective)),
    };
    PolicyGlance {
        document_number: policy.document_number.clone(),
        document_type: policy.document_type.clone(),
        issuers: policy.issuers.clone(),
        issuer_names: Vec::new(),
        written_on: policy.written_on,
        effective_on: policy.effective_on,
        expires_on: policy.expires_on,
        state: ValidityState { validity, since, basis: None, note: None, set: false },
    }
}
