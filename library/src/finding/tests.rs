//! All rules together: what is listed and in which order; that places are places of the text; how much work it is.

use super::*;
use crate::attachment::AttachmentRole;
use crate::content::{AttachmentUse, Details, LinkTarget, LinkTo, NoticeDetails, PolicyDetails};
use crate::id::{AttachmentId, ContentId, OrganisationId};
use crate::link::LinkType;

fn id(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

fn revision(title: &str, body: &str) -> ContentFields {
    let mut fields = ContentFields::new(title, OrganisationId(id(1)), Details::Policy(Box::default()));
    fields.body_html = body.to_owned();
    fields
}

fn told(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let place = match (finding.start, finding.end) {
            (Some(start), Some(end)) => format!("{start}..{end}"),
            _ => "-".to_owned(),
        };
        let excerpt = finding.excerpt.as_deref().unwrap_or_default();
        format!("{} {} {place} {excerpt}", finding.rule.code(), finding.path.join("."))
    };
    findings.iter().map(line).collect()
}

fn words(pairs: &[(&str, &str)]) -> WordList {
    WordList::new(pairs.iter().map(|(wrong, right)| Word::new(*wrong, *right))).expect("a list")
}

/// A text about nothing in which no run comes twice.
fn prose(from: u32, length: u32) -> String {
    (0..length).filter_map(|n| char::from_u32(0x4e00 + (from + n * 7919) % 20_000)).collect()
}

/// A revision with something for most rules.
fn faulty() -> ContentFields {
    let mut fields = revision(
        "关于座落的通知",
        "<p>一但联系13800138000</p><p><img src=\"/files/x/a.png\">身份证11010519491231002X，<b>一</b>但</p>\
         <p><a href=\"/content/202601/gone\">附件顶级</a><a href=\"#\"></a></p>",
    );
    fields.links = vec![LinkTo { kind: LinkType::SeeAlso, to: LinkTarget::Content(ContentId(id(9))), note: None }];
    let file = AttachmentUse {
        attachment: AttachmentId(id(2)),
        role: AttachmentRole::Cover,
        name: Some("封面.png".into()),
        alt: None,
        caption: None,
    };
    fields.cover = Some(file);
    fields.details = Details::Policy(Box::new(PolicyDetails {
        document_number: Some("云政[2026]1号".into()),
        ..Default::default()
    }));
    fields
}

#[test]
fn everything_is_listed_by_field_and_place() {
    let wrong = words(&[("一但", "一旦"), ("座落", "坐落")]);
    let forbidden = WordList::new([Word::forbidden("顶级")]).expect("a list");
    let gone = InternalLink::Path { host: None, path: "/content/202601/gone".into() };
    let fields = faulty();
    let number = |content, number: &str| NumberUse {
        content: ContentId(id(content)),
        title: "旧文件".into(),
        number: number.into(),
    };
    let known = Known {
        wrong_words: vec![&wrong],
        sensitive_words: vec![&forbidden],
        dead_links: HashSet::from([gone.clone(), InternalLink::Content(ContentId(id(9)))]),
        same_number: vec![number(7, "云政〔2026〕1号"), number(8, "云政〔2026〕11号")],
        ..Known::default()
    };
    let findings = check(&fields, &known);
    assert_eq!(
        told(&findings),
        [
            "TYPO title 2..4 座落".to_owned(),
            "TYPO body_html 0..2 一但".to_owned(),
            "MOBILE_NUMBER body_html 4..15 138****8000".to_owned(),
            "IMAGE_WITHOUT_ALT body_html 16..16 /files/x/a.png".to_owned(),
            "IDENTITY_NUMBER body_html 19..37 110105********002X".to_owned(),
            "TYPO body_html 38..40 一但".to_owned(),
            "BROKEN_LINK body_html 41..45 /content/202601/gone".to_owned(),
            "SENSITIVE_WORD body_html 43..45 顶级".to_owned(),
            "EMPTY_LINK body_html 45..45 #".to_owned(),
            "IMAGE_WITHOUT_ALT cover.alt - 封面.png".to_owned(),
            format!("BROKEN_LINK links.0 - {}", ContentId(id(9))),
            format!("DOCUMENT_NUMBER_USED details.policy.document_number - {}", ContentId(id(7))),
        ]
    );
    assert_eq!(findings[0].message, "“座落”疑为“坐落”之误");
    assert_eq!(findings[0].suggestion.as_deref(), Some("坐落"));
    assert_eq!(findings[0].severity, Severity::Warning);
    assert_eq!(findings[4].severity, Severity::Error);
    assert!(!serde_json::to_string(&findings).expect("json").contains("19491231"), "the number stands nowhere whole");
    assert_eq!(check(&fields, &known), findings, "the same again");
    let questions = Questions::of(&fields, &known.hosts);
    assert_eq!(questions.links, [InternalLink::Content(ContentId(id(9))), gone]);
    assert_eq!(questions.document_number.as_deref(), Some("云政〔2026〕1号"));
    assert!(questions.bands.is_empty(), "the text is short");
}

#[test]
fn links_to_our_own_sites_are_looked_up_by_host_and_path() {
    let mut fields = revision("题", "<p><a href=\"https://www.yunze.example/zwgk/#a\">甲</a></p>");
    fields.external_url = Some("https://www.yunze.example/%E6%94%BF%E7%AD%96".into());
    let hosts = HashSet::from(["www.yunze.example".to_owned()]);
    let path = |path: &str| InternalLink::Path { host: Some("www.yunze.example".into()), path: path.into() };
    assert_eq!(Questions::of(&fields, &hosts).links, [path("/政策"), path("/zwgk")]);
    assert_eq!(Questions::of(&fields, &HashSet::new()).links, [], "a host of somebody else");
    let dead_links = HashSet::from([path("/政策")]);
    let known = Known { hosts: hosts.clone(), dead_links, ..Known::default() };
    assert_eq!(
        told(&check(&fields, &known)),
        ["BROKEN_LINK external_url - https://www.yunze.example/%E6%94%BF%E7%AD%96"]
    );
    let dead_links = HashSet::from([path("/zwgk")]);
    let known = Known { hosts, dead_links, ..Known::default() };
    assert_eq!(told(&check(&fields, &known)), ["BROKEN_LINK body_html 0..1 https://www.yunze.example/zwgk/#a"]);
}

#[test]
fn a_finding_is_known_again_when_the_text_around_it_changes() {
    let wrong = words(&[("一但", "一旦")]);
    let known = Known { wrong_words: vec![&wrong], ..Known::default() };
    let keys = |body: &str| check(&revision("题", body), &known).into_iter().map(|f| f.key).collect::<Vec<_>>();
    let before = keys("<p>一但，又一但</p>");
    let after = keys("<p>前面加了一段</p><p>一但，又说一但</p>");
    assert_eq!(before, after);
    assert_ne!(before[0], before[1], "each has its own");
    assert_eq!(before[0].len(), 32);
}

#[test]
fn severity_is_set_and_rules_are_switched_off() {
    let fields = revision("手机+86 13800138000", "<p><img src=\"/a.png\"></p>");
    let severities =
        Severities::default().with(Rule::MobileNumber, Some(Severity::Error)).with(Rule::ImageWithoutAlt, None);
    let findings = check(&fields, &Known { severities, ..Known::default() });
    assert_eq!(told(&findings), ["MOBILE_NUMBER title 3..17 86138****8000"], "once, with the country's code");
    assert_eq!(findings[0].severity, Severity::Error);
}

#[test]
fn numbers_that_are_meant_to_be_read_are_left_alone() {
    let feedback = Some("电话13800138000，身份证11010519491231002X".into());
    let mut fields = revision("公示", "");
    fields.details = Details::Notice(NoticeDetails { feedback, ..NoticeDetails::default() });
    let findings = check(&fields, &Known::default());
    assert_eq!(told(&findings), ["IDENTITY_NUMBER details.notice.feedback 17..35 110105********002X"]);
}

#[test]
fn what_is_much_like_a_published_content_is_told() {
    let text = prose(1, 1000);
    let mut fields = revision("新", &format!("<p>{text}</p>"));
    let similar = |number, title: &str, text: &str| Similar {
        content: ContentId(id(number)),
        title: title.into(),
        sketch: Sketch::of(text).expect("long enough"),
    };
    let known = Known {
        similar: vec![
            similar(2, "另一篇", &prose(5, 1000)),
            similar(3, "修改过", &format!("{text}{}", prose(9, 300))),
            similar(4, "原文", &text),
        ],
        ..Known::default()
    };
    let findings = check(&fields, &known);
    let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert_eq!(messages[0], "正文与已发布的《原文》约100%相同");
    let likeness = known.similar[2].sketch.likeness(&known.similar[1].sketch) * 100.0;
    assert_eq!(messages[1], format!("正文与已发布的《修改过》约{likeness:.0}%相同"));
    assert!((60.0..90.0).contains(&likeness), "{likeness}: they share 1,000 of 1,300 characters");
    let bands = Questions::of(&fields, &HashSet::new()).bands;
    assert_eq!(bands, known.similar[2].sketch.bands());
    let to = LinkTarget::Content(ContentId(id(4)));
    fields.links = vec![LinkTo { kind: LinkType::Amends, to, note: None }];
    assert_eq!(check(&fields, &known).len(), 1, "what it amends is like it, and named");
}

#[test]
fn the_list_is_bounded_and_says_so() {
    let wrong = words(&[("一但", "一旦")]);
    let fields = revision("题", &format!("<p>{}</p>", "一但，".repeat(MOST_OF_A_RULE + 20)));
    let findings = check(&fields, &Known { wrong_words: vec![&wrong], ..Known::default() });
    assert_eq!(findings.len(), MOST_OF_A_RULE);
    assert!(findings[MOST_OF_A_RULE - 1].message.ends_with("（同类问题另有20处，修改后重新检查）"));
    assert!(!findings[0].message.contains("另有"));
}

/// Pieces that rules look for, break off in, or stumble over.
const PIECES: [&str; 28] = [
    "一但",
    "一",
    "但",
    "统一",
    "13800138000",
    "138 0013 8000",
    "11010519491231002X",
    "110105",
    "x",
    "Ｘ",
    "６２",
    "-",
    " ",
    "\u{3000}",
    "\n",
    "https://a.example/1",
    "<p>",
    "</p>",
    "<a href=\"/x\">",
    "</a>",
    "<img src=\"/a\">",
    "&amp;",
    "&#x4e00;",
    "𠀀",
    "e\u{301}",
    "\u{202e}",
    "<b>",
    "</b>",
];

#[test]
fn whatever_is_written_places_lie_in_the_text_and_hold_what_is_told() {
    let wrong = words(&[("一但", "一旦"), ("但", "旦"), ("但但", "旦")]);
    let guarded = Word { except: vec!["统一".into()], ..Word::forbidden("一一") };
    let forbidden = WordList::new([guarded]).expect("a list");
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut seen: HashSet<Rule> = HashSet::new();
    for _ in 0..3000 {
        let body: String = (0..next() % 24).map(|_| PIECES[(next() % PIECES.len() as u64) as usize]).collect();
        let title: String = (0..next() % 6).map(|_| PIECES[(next() % PIECES.len() as u64) as usize]).collect();
        let fields = revision(&title, &body);
        let dead_links = HashSet::from([InternalLink::Path { host: None, path: "/x".into() }]);
        let (wrong_words, sensitive_words) = (vec![&wrong], vec![&forbidden]);
        let known = Known { wrong_words, sensitive_words, dead_links, ..Known::default() };
        let findings = check(&fields, &known);
        let mut last = (false, 0);
        for finding in &findings {
            seen.insert(finding.rule);
            let in_body = finding.path == ["body_html"];
            let text = if in_body { body::text(&body) } else { title.clone() };
            let length = text.chars().count();
            let (start, end) = (finding.start.expect("a place"), finding.end.expect("a place"));
            assert!(start <= end && end <= length, "{finding:?} in {text:?}");
            assert!((in_body, start) >= last, "out of order: {findings:?}");
            last = (in_body, start);
            let stands: String = text.chars().skip(start).take(end - start).collect();
            match finding.rule {
                Rule::Typo | Rule::SensitiveWord => assert_eq!(finding.excerpt.as_deref(), Some(&*stands), "{text:?}"),
                Rule::MobileNumber => assert!(stands.ends_with("8000"), "{stands:?} in {text:?}"),
                Rule::IdentityNumber => assert!(stands.starts_with("110105"), "{stands:?} in {text:?}"),
                _ => {}
            }
        }
        let keys: HashSet<_> = findings.iter().map(|finding| &finding.key).collect();
        assert_eq!(keys.len(), findings.len(), "each has a key of its own: {findings:?}");
    }
    for rule in [Rule::Typo, Rule::SensitiveWord, Rule::MobileNumber, Rule::IdentityNumber, Rule::BrokenLink] {
        assert!(seen.contains(&rule), "{} never came up", rule.code());
    }
}

#[test]
fn hostile_texts_are_no_more_work_than_long_ones() {
    let nested: Vec<Word> = (1..=50).map(|length| Word::forbidden("一".repeat(length))).collect();
    let list = WordList::new(nested).expect("a list");
    let text = "一".repeat(5000);
    let hits = list.find(&text);
    assert_eq!((hits.len(), hits[0].place.clone()), (100, 0..150), "the longest each, none within another");
    let many = format!("{} ", "62 1380 ".repeat(20_000));
    assert!(digits::numbers(&many).len() <= 40_000, "at most one number for each piece of digits, and none for all");
    let phones = revision("题", &"13800138000 ".repeat(100_000));
    assert_eq!(check(&phones, &Known::default()).len(), MOST_OF_A_RULE);
    let addresses = "http://a.example/1 13800138000 ".repeat(5_000);
    assert_eq!(digits::numbers(&addresses).len(), 5_000);
}
