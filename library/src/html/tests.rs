//! Hostile HTML and what is left of it, read again by the standard's parser as fragments and as a page.

use std::cell::RefCell;
use std::rc::Rc;

use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, ParseOpts, QualName, local_name, ns, parse_document, parse_fragment};

use super::Html;
use super::weight::{Scale, Sink};
use crate::text;

fn html() -> Html {
    Html::new(&["map.example.org".to_owned(), "视频.example.org".to_owned()], "https://www.example.org/files")
}

fn clean(dirty: &str) -> String {
    html().clean("b", dirty).expect("clean HTML")
}

type Seen = Vec<(QualName, Vec<Attribute>)>;

/// The elements of HTML in every place where a front end may put it: in a block, in a cell, in a page, with and
/// without scripting.
fn elements(html: &str) -> Seen {
    let seen = Rc::new(RefCell::new(Seen::new()));
    for scripting_enabled in [true, false] {
        let options = || ParseOpts {
            tree_builder: TreeBuilderOpts { scripting_enabled, ..TreeBuilderOpts::default() },
            ..ParseOpts::default()
        };
        let sink = || {
            let seen = seen.clone();
            let see = move |name: &QualName, attributes: &[Attribute]| {
                seen.borrow_mut().push((name.clone(), attributes.to_vec()));
            };
            Sink { scale: Rc::new(Scale::default()), see }
        };
        for place in [local_name!("div"), local_name!("td"), local_name!("body"), local_name!("p")] {
            let context = QualName::new(None, ns!(html), place);
            parse_fragment(sink(), options(), context, Vec::new(), false).one(StrTendril::from(html));
        }
        let page = format!("<!DOCTYPE html><html><head><title>x</title></head><body><main>{html}</main></body></html>");
        parse_document(sink(), options()).one(StrTendril::from(page));
    }
    seen.take()
}

/// Written out, not taken from the sanitiser: what may be there, and nothing else.
const ELEMENTS: &str = "a abbr acronym article aside audio b bdi bdo blockquote br caption center cite code col \
    colgroup data dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i iframe \
    img ins kbd li mark nav ol p pre q rp rt rtc ruby s samp small source span strike strong sub summary sup table \
    tbody td tfoot th thead time tr track tt u ul var video wbr \
    html head title body main";
const ATTRIBUTES: &str = "align allowfullscreen alt char charoff colspan controls datetime default dir headers height \
    kind label lang loading preload referrerpolicy rel reversed rowspan sandbox scope size span srclang start summary \
    title type value width";

/// Fails on everything that may not be in cleaned HTML.
fn is_harmless(dirty: &str, html: &str) {
    let known = |list: &str, name: &str| list.split_whitespace().any(|known| known == name);
    for (name, attributes) in elements(html) {
        assert_eq!(name.ns, ns!(html), "{dirty}\n{html}");
        assert!(known(ELEMENTS, &name.local), "<{}> in {html}\nof {dirty}", name.local);
        for attribute in attributes {
            let (key, value) = (&*attribute.name.local, attribute.value.trim());
            let anchor = value.strip_prefix("section-").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
            let fits = match key {
                "id" => anchor && name.local.len() == 2 && name.local.starts_with('h'),
                "href" => {
                    let url = url::Url::parse(value);
                    &*name.local == "a"
                        && !value.contains('@')
                        && match url {
                            Ok(url) => ["http", "https", "mailto", "tel"].contains(&url.scheme()),
                            Err(error) => error == url::ParseError::RelativeUrlWithoutBase,
                        }
                }
                "src" if &*name.local == "iframe" => value.starts_with("https://map.example.org/"),
                "src" | "poster" => {
                    let of_web = value.starts_with("https://") || value.starts_with("http://");
                    (of_web || value.starts_with("/files/")) && !value.contains('@')
                }
                key => known(ATTRIBUTES, key),
            };
            assert!(fits, "{key}={value:?} on <{}> in {html}\nof {dirty}", name.local);
        }
        let framed = &*name.local != "iframe" || html.contains("sandbox=\"allow-scripts ");
        assert!(framed, "a frame without bounds: {html}");
    }
}

#[test]
fn nothing_forbidden_survives_and_cleaning_again_changes_nothing() {
    let pieces: Vec<&str> = HOSTILE.lines().filter(|line| !line.is_empty()).collect();
    assert!(pieces.len() > 100, "{}", pieces.len());
    let all = pieces.concat();
    // Each alone, each inside and after others, and all at once, forwards and backwards.
    let mut corpus: Vec<String> = pieces.iter().map(|piece| (*piece).to_owned()).collect();
    for wrapper in ["<table><tr><td>{}", "<ul><li>{}</ul>", "<b><p>{}</b>", "<h2>{}</h2>", "<svg>{}", "<math><mi>{}"] {
        corpus.extend(pieces.iter().map(|piece| wrapper.replace("{}", piece)));
    }
    for (at, piece) in pieces.iter().enumerate() {
        corpus.push(format!("{piece}{}", pieces[(at * 7 + 3) % pieces.len()]));
        corpus.push(format!("{}{piece}", pieces[(at * 11 + 5) % pieces.len()]));
    }
    corpus.push(pieces.iter().rev().copied().collect());
    corpus.push(all);
    for dirty in &corpus {
        let once = clean(dirty);
        is_harmless(dirty, &once);
        assert_eq!(clean(&once), once, "cleaned twice: {dirty}");
    }
}

#[test]
fn cut_and_spliced_pieces_are_harmless_too() {
    let pieces: Vec<&str> = HOSTILE.lines().filter(|line| !line.is_empty()).collect();
    let mut state = 20_261_101_u64;
    let mut below = |most: usize| {
        // A linear congruence: the same pieces in every run.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most.max(1)
    };
    let mut refused = 0;
    for _ in 0..2_000 {
        let mut dirty = String::new();
        for _ in 0..=below(4) {
            let piece: Vec<char> = pieces[below(pieces.len())].chars().collect();
            let from = below(piece.len());
            let to = from + below(piece.len() - from + 1);
            dirty.extend(&piece[from..to]);
        }
        // A piece of an entity may be that of a control character, which no text holds.
        let Ok(once) = html().clean("b", &dirty) else {
            refused += 1;
            continue;
        };
        is_harmless(&dirty, &once);
        assert_eq!(clean(&once), once, "cleaned twice: {dirty}");
    }
    assert!(refused < 100, "{refused} of 2,000");
}

#[test]
fn what_a_page_needs_stays() {
    for kept in [
        "<p>甲<br>乙<strong>丙</strong></p>",
        "<table><caption>表一</caption><thead><tr><th scope=\"col\" colspan=\"2\">项目</th></tr></thead>\
         <tbody><tr><td rowspan=\"2\">1</td></tr></tbody></table>",
        "<ol start=\"3\"><li>甲</li></ol><ul><li>乙</li></ul><dl><dt>丙</dt><dd>丁</dd></dl>",
        "<figure><img src=\"https://www.example.org/files/attachment_1/a.png\" alt=\"图\"><figcaption>图一</figcaption></figure>",
        "<img src=\"/files/attachment_1/a.png\" alt=\"\">",
        "<video src=\"https://v.example.org/a.mp4\" controls=\"\" poster=\"/files/a/b.png\"></video>",
        "<blockquote>甲</blockquote><pre>a  b</pre><sub>2</sub>",
        "1 &lt; 2 &amp;&amp; 3 &gt; 2",
    ] {
        assert_eq!(clean(kept), kept);
    }
    for address in ["https://www.gov.cn/a?b=1&amp;c=2#d", "/news/1", "#section-1", "mailto:a@b.example", "tel:12345"] {
        let link = clean(&format!("<a href=\"{address}\">链</a>"));
        assert_eq!(link, format!("<a href=\"{address}\" rel=\"noopener noreferrer\">链</a>"));
    }
}

#[test]
fn what_is_no_text_of_a_page_goes_with_its_content() {
    for gone in ["<script>a</script>", "<style>a{}</style>", "<svg><text>a</text></svg>", "<title>a</title>", "<img>"] {
        assert_eq!(clean(&format!("甲{gone}乙")), "甲乙", "{gone}");
    }
    assert_eq!(clean("<form><p>甲<input value=x><font color=red>乙</font></form>"), "<p>甲乙</p>");
    assert_eq!(clean("<img src='data:image/png;base64,AAAA' alt='甲'>乙"), "乙");
}

#[test]
fn frames_come_from_named_hosts_alone_and_are_bounded() {
    let framed = clean("<iframe src=\"https://map.example.org/?a=1\" width=\"600\" onload=x() srcdoc=y>甲</iframe>");
    assert!(framed.starts_with("<iframe sandbox=\"allow-scripts allow-same-origin allow-popups"), "{framed}");
    assert!(framed.ends_with(" src=\"https://map.example.org/?a=1\" width=\"600\"></iframe>"), "{framed}");
    assert!(
        clean("<iframe src='https://视频.example.org/v'></iframe>").contains("iframe"),
        "hosts are compared as one"
    );
    for address in [
        "https://evil.example/",
        "http://map.example.org/",
        "//map.example.org/",
        "https://map.example.org.evil.example/",
        "https://sub.map.example.org/",
        "https://map.example.org@evil.example/",
        "https://me@map.example.org/",
        "https://map.example.org:8443/",
        "https://evil.example\\@map.example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/page",
        "",
    ] {
        assert_eq!(clean(&format!("甲<iframe src=\"{address}\"></iframe>乙")), "甲乙", "{address}");
    }
    let nowhere = Html::default().clean("b", "甲<iframe src=\"https://map.example.org/\"></iframe>乙");
    assert_eq!(nowhere.expect("clean"), "甲乙", "none by default");
}

#[test]
fn entities_spell_nothing_that_text_does_not_hold() {
    assert_eq!(clean("<p>e&#x301;</p> "), "<p>é</p>", "composed");
    assert!(html().clean("b", "<p>a&#1;b</p>").is_err(), "a control character");
    assert_eq!(clean("<p>a&#0;b</p>"), "<p>a\u{fffd}b</p>");
    // A combining stroke after a tag would become one letter with its bracket.
    for dirty in
        ["<b>&#x338;</b>甲", "<img src=https://a.example/x>&#x338;<i>&#x338;甲</i>", "<b title='&#x338;'>甲</b>"]
    {
        let once = clean(dirty);
        assert!(text::accept("b", &once, 100).is_ok_and(|accepted| accepted == once), "{once}");
        is_harmless(dirty, &once);
        assert_eq!(clean(&once), once);
    }
}

#[test]
fn what_is_too_heavy_is_refused_at_once() {
    for dirty in ["<div>".repeat(100_000), (0..20_000).map(|i| format!("<p><b title={i}></p>")).collect()] {
        let refused = html().clean("items.body", &dirty);
        assert!(refused.is_err_and(|error| error.to_string().contains("items.body")));
    }
}

/// One piece a line.
const HOSTILE: &str = include_str!("hostile.txt");
