//! Examining a revision: what is asked of the library, and that it is asked with few statements.

use library::Audience;
use library::address::RedirectTo;
use library::content::{ContentFields, LinkTarget, LinkTo, PolicyDetails};
use library::finding::{Finding, Rule, Severities, Severity, Word};
use library::gate::Sketches;
use library::id::ContentId;
use library::link::LinkType;
use library::site::SiteFields;
use library::words::{EditWordList, WordListKind};
use tests::on_both;

use super::text;
use crate::town::Town;

async fn found(town: &Town, content: ContentId, fields: &ContentFields) -> Vec<Finding> {
    let examination = town.library().examine(content, town.site, fields).await.expect("an examination");
    assert!(examination.missing.iter().any(|refusal| refusal.path == ["tags"]), "the gate looks as well");
    examination.findings
}

/// What a rule told, by what it quotes.
fn of(findings: &[Finding], rule: Rule) -> Vec<String> {
    let found = findings.iter().filter(|finding| finding.rule == rule);
    found.map(|finding| finding.excerpt.clone().unwrap_or_default()).collect()
}

fn see(content: ContentId) -> LinkTo {
    LinkTo { kind: LinkType::SeeAlso, to: LinkTarget::Content(content), note: None }
}

#[test]
fn links_to_what_readers_do_not_find_are_told() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, caller) = (town.library(), town.editor());
        let live = town.publish(town.article("在")).await;
        let withdrawn = town.publish(town.article("撤")).await;
        town.withdraw(withdrawn, None).await;
        let draft = town.draft(town.article("稿")).await;
        for (path, to) in [
            ("/old/live", RedirectTo::Content(live)),
            ("/old/withdrawn", RedirectTo::Content(withdrawn)),
            ("/old/gone", RedirectTo::Gone),
        ] {
            library.create_redirect(&caller, town.site, path, to).await.expect("a redirect");
        }
        let moved = town.column("/moved").await;
        library.move_column(&caller, moved, "/elsewhere").await.expect("moved");
        let dead = [
            format!("/content/202610/{}", withdrawn.short()),
            format!("https://town.example/content/202610/{}", draft.short()),
            "/nowhere".to_owned(),
            "/old/withdrawn".to_owned(),
            "/old/gone".to_owned(),
            "/moved/below".to_owned(),
            "/tag/none".to_owned(),
            "https://county.example/news".to_owned(),
        ];
        let alive = [
            "/".to_owned(),
            "/news".to_owned(),
            "/news/?page=2".to_owned(),
            format!("/content/202610/{}", live.short()),
            format!("https://county.example/content/202610/{}", live.short()),
            "/old/live".to_owned(),
            "/moved".to_owned(),
            "https://county.example/town-news".to_owned(),
            "https://www.gov.cn/nowhere".to_owned(),
            "/files/019a/a.pdf".to_owned(),
            "mailto:a@b.example".to_owned(),
        ];
        let mut fields = town.article("新");
        let anchor = |href: &String| format!("<p><a href=\"{href}\">见</a></p>");
        fields.body_html = alive.iter().chain(&dead).map(anchor).collect();
        fields.links = vec![see(live), see(withdrawn), see(draft)];
        let own = town.draft(fields.clone()).await;
        let findings = found(&town, own, &fields).await;
        let mut wanted = dead.to_vec();
        wanted.extend([withdrawn, draft].map(|id| id.to_string()));
        assert_eq!(of(&findings, Rule::BrokenLink), wanted);
        // What is published is found from then on.
        town.publish_newest(draft).await;
        let findings = found(&town, own, &fields).await;
        assert_eq!(of(&findings, Rule::BrokenLink).len(), wanted.len() - 2);
    });
}

#[test]
fn texts_like_a_published_one_are_told_and_numbers_that_are_used() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let policy = |title: &str, seed: u32, number: &str| {
            let details = PolicyDetails { document_number: Some(number.to_owned()), ..PolicyDetails::default() };
            let mut fields = town.policy(title, details);
            fields.body_html = format!("<p>{}</p>", text(seed, 400));
            fields
        };
        let first = town.publish(policy("原文", 1, "云政发〔2026〕1号")).await;
        let other = town.publish(policy("别文", 2, "云政发〔2026〕2号")).await;
        town.library().feed(&mut Sketches::of(town.library().clone())).await.expect("fed");
        let mut again = policy("再发", 1, "云政发[2026] 1号");
        let own = town.draft(again.clone()).await;
        let findings = found(&town, own, &again).await;
        assert_eq!(of(&findings, Rule::NearDuplicate), [first.to_string()]);
        assert_eq!(of(&findings, Rule::DocumentNumberUsed), [first.to_string()]);
        let message = &findings.iter().find(|finding| finding.rule == Rule::NearDuplicate).expect("it").message;
        assert!(message.contains("《原文》约100%"), "{message}");
        // A content is not like itself, nor like what it names; what is withdrawn is nobody's duplicate.
        assert_eq!(of(&found(&town, first, &again).await, Rule::NearDuplicate), Vec::<String>::new());
        again.links = vec![see(first)];
        assert_eq!(of(&found(&town, own, &again).await, Rule::NearDuplicate), Vec::<String>::new());
        again.links.clear();
        town.withdraw(first, None).await;
        let findings = found(&town, own, &again).await;
        assert_eq!(findings, [], "{other} has neither its text nor its number");
    });
}

#[test]
fn words_of_the_lists_are_found_at_once_on_every_node() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, caller) = (town.library(), town.editor());
        let node = tests::World::node(&town.world.url, &town.world.files, town.world.clock.clone()).await;
        let mut fields = town.article("通知");
        fields.body_html = "<p>一但发生，必需报告；内幕消息。</p>".to_owned();
        let own = town.draft(fields.clone()).await;
        let on_node = async || {
            let examined = node.examine(own, town.site, &fields).await.expect("an examination");
            let all = examined.findings.iter().map(|f| (f.rule, f.suggestion.clone(), f.excerpt.clone().expect("it")));
            all.collect::<Vec<_>>()
        };
        assert!(on_node().await.is_empty());
        let list = |kind, site, add: Vec<Word>| EditWordList {
            kind: Some(kind),
            site,
            name: Some("常用".to_owned()),
            add,
            ..EditWordList::default()
        };
        let platform = list(WordListKind::WrongWords, None, vec![Word::new("一但", "一旦")]);
        let (platform, _) = library.edit_word_list(&caller, platform).await.expect("a list");
        let elsewhere = list(WordListKind::WrongWords, Some(town.county), vec![Word::new("报告", "呈报")]);
        library.edit_word_list(&caller, elsewhere).await.expect("a list");
        let sensitive = list(WordListKind::SensitiveWords, Some(town.site), vec![Word::forbidden("内幕")]);
        let (sensitive, _) = library.edit_word_list(&caller, sensitive).await.expect("a list");
        let typo = |right: &str| (Rule::Typo, Some(right.to_owned()), "一但".to_owned());
        let secret = (Rule::SensitiveWord, None, "内幕".to_owned());
        assert_eq!(on_node().await, [typo("一旦"), secret.clone()]);
        // The clock of the test stands: a list is known to be another by its revision.
        let change = EditWordList {
            id: Some(platform),
            add: vec![Word::new("一但", "假如"), Word::new("必需", "必须")],
            ..EditWordList::default()
        };
        library.edit_word_list(&caller, change).await.expect("changed");
        let needed = (Rule::Typo, Some("必须".to_owned()), "必需".to_owned());
        assert_eq!(on_node().await, [typo("假如"), needed.clone(), secret]);
        library.remove_word_list(&caller, sensitive).await.expect("removed");
        assert_eq!(on_node().await, [typo("假如"), needed.clone()]);
        // Of lists with the same word, the site's own decides.
        let own_list = list(WordListKind::WrongWords, Some(town.site), vec![Word::new("一但", "一旦")]);
        library.edit_word_list(&caller, own_list).await.expect("a list");
        assert_eq!(on_node().await, [typo("一旦"), needed]);
    });
}

#[test]
fn a_site_says_how_grave_findings_are() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut fields = town.article("通知");
        fields.body_html = "<p>电话 13800138000，<a href=\"/nowhere\">见</a></p>".to_owned();
        let own = town.draft(fields.clone()).await;
        let graves = async || {
            let all = found(&town, own, &fields).await;
            all.iter().map(|finding| (finding.rule, finding.severity)).collect::<Vec<_>>()
        };
        assert_eq!(graves().await, [(Rule::MobileNumber, Severity::Warning), (Rule::BrokenLink, Severity::Warning)]);
        let checks = Severities::default().with(Rule::MobileNumber, Some(Severity::Error)).with(Rule::BrokenLink, None);
        let set = |site: &mut SiteFields| site.checks = checks;
        town.library().edit_site(&town.editor(), town.site, None, set).await.expect("set");
        assert_eq!(graves().await, [(Rule::MobileNumber, Severity::Error)]);
    });
}

#[test]
fn a_revision_full_of_links_is_examined_with_few_statements() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut ids = Vec::new();
        for number in 0..8 {
            ids.push(town.publish(town.article(&number.to_string())).await);
        }
        let redirect = RedirectTo::Content(ids[0]);
        town.library().create_redirect(&town.editor(), town.site, "/old/a", redirect).await.expect("a redirect");
        let details =
            PolicyDetails { document_number: Some("云政发〔2026〕1号".to_owned()), ..Default::default() };
        let mut fields = town.policy("多", details);
        fields.links = ids.iter().map(|id| see(*id)).collect();
        let hrefs = (0..200).map(|n| match n % 4 {
            0 => format!("/content/202610/{}", ids[n % 8].short()),
            1 => format!("/content/202610/none{n}"),
            2 => format!("/nowhere/{n}"),
            _ => format!("https://county.example/nowhere/{n}"),
        });
        let body: String = hrefs.map(|href| format!("<p><a href=\"{href}\">见</a></p>")).collect();
        fields.body_html = format!("{body}<p>{}</p>", text(3, 300));
        let own = town.draft(fields.clone()).await;
        let scope = town.library().scope(Audience::Public);
        let examined = scope.examine(own, town.site, &fields).await.expect("an examination");
        let dead = of(&examined.findings, Rule::BrokenLink).len();
        assert_eq!(dead, 100, "as many as are listed");
        // Lists, bands, the number, contents, addresses.
        assert_eq!(scope.statements(), 5);
        fields.body_html.push_str("<p><a href=\"/old/a\">旧</a></p>");
        let scope = town.library().scope(Audience::Public);
        scope.examine(own, town.site, &fields).await.expect("an examination");
        assert!(scope.statements() <= 5 + 4, "{}", scope.statements());
    });
}
