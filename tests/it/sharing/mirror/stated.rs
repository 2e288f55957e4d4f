//! What a content states comes along: what its kind alone has, its links, and its files by their addresses.

use library::attachment::Upload;
use library::content::{AttachmentUse, InterpretationDetails, LinkTarget, LinkTo, PolicyDetails};
use library::link::LinkType;
use serde_json::{Value as Json, json};
use server::mirror::Mirror;
use tests::{World, on_both};

use super::Two;
use crate::door::http::Door;

const STATED: &str = "query($by: ContentLocator!) { content(by: $by) { kind title subtitle summary keywords language publisher { code } \
    ... on Policy { documentNumber { text } writtenOn effectiveOn isNormative validity issuers { code } issuerNames } \
    ... on Interpretation { form } } }";
const LINKS: &str =
    "query($by: ContentLocator!) { content(by: $by) { links { type direction title url content { origin { id } } } } }";

async fn content(world: &World, query: &str, by: &Json) -> Json {
    world.data(query, &json!({"by": by})).await["content"].clone()
}

#[test]
fn what_a_content_states_comes_along() {
    on_both(async |engine| {
        let two = Two::on(engine).await;
        let there = &two.there;
        let date = |text: &str| Some(text.parse().expect("a date"));
        let details = PolicyDetails {
            document_number: Some("云政发〔2026〕1号".to_owned()),
            written_on: date("2026-10-01"),
            effective_on: date("2026-10-15"),
            is_normative: true,
            issuers: vec![there.publisher],
            issuer_names: vec!["药监局".to_owned()],
            ..PolicyDetails::default()
        };
        let upload = Upload { name: "附表.txt".to_owned(), alt: None, bytes: "甲".into() };
        let file = there.library().upload_attachment(&there.editor(), upload).await.expect("a file");
        let mut fields = there.policy("办法", details);
        fields.description.subtitle = Some("试行".to_owned());
        fields.description.summary = Some("摘要".to_owned());
        fields.description.keywords = vec!["住房".to_owned(), "公租房".to_owned()];
        fields.attachments =
            vec![AttachmentUse { attachment: file.id, role: file.role, name: None, alt: None, caption: None }];
        let policy = there.publish(fields).await;
        let mut fields =
            there.fields("解读", library::content::Details::Interpretation(InterpretationDetails::default()));
        fields.columns = vec![there.policies];
        fields.links = vec![LinkTo { kind: LinkType::Interprets, to: LinkTarget::Content(policy), note: None }];
        let reading = there.publish(fields).await;
        let elsewhere = there.publish(there.article("别处的")).await;
        let (revision, mut fields) = there.library().working_content(reading).await.expect("a revision");
        fields.links.push(LinkTo { kind: LinkType::SeeAlso, to: LinkTarget::Content(elsewhere), note: None });
        there.library().edit_content(&there.editor(), reading, revision, fields, None).await.expect("edited");
        there.publish_newest(reading).await;

        let door = Door::open(&there.world).await;
        let wanted = Mirror { columns: vec!["town/policies".to_owned()], ..two.wanted(&door) };
        assert_eq!(two.follow(&wanted).await.written, 2);
        let origin = |id: library::id::ContentId| json!({"origin": {"system": "mirror:there", "id": id.to_string()}});
        for id in [policy, reading] {
            let stated = content(&there.world, STATED, &json!({"id": id.to_string()})).await;
            assert_eq!(content(&two.here.world, STATED, &origin(id)).await, stated);
        }
        let links = content(&two.here.world, LINKS, &origin(policy)).await["links"].clone();
        let own = |links: &Json| {
            let links = links.as_array().expect("links").iter().filter(|link| link["direction"] == "OUT");
            links.cloned().collect::<Vec<_>>()
        };
        let file_link = own(&links);
        assert_eq!((file_link.len(), &file_link[0]["title"]), (1, &json!("附表.txt")));
        assert!(file_link[0]["url"].as_str().is_some_and(|url| url.contains("/files/")), "{links}");
        // Once both are here, the link leads to the one that the mirror brought; the other leads to its page there.
        two.follow(&Mirror { anew: true, ..wanted }).await;
        let links = own(&content(&two.here.world, LINKS, &origin(reading)).await["links"]);
        let by = |kind: &str| links.iter().find(|link| link["type"] == kind).expect(kind).clone();
        assert_eq!(by("INTERPRETS")["content"]["origin"]["id"], policy.to_string());
        let see = by("SEE_ALSO");
        assert_eq!((&see["content"], &see["title"]), (&Json::Null, &json!("别处的")));
        assert!(see["url"].as_str().is_some_and(|url| url.contains("town.example")), "{see}");
        crate::whole::whole(&two.here.world).await;
        door.close().await;
    });
}
