//! Tags for a text: by their names and synonyms, rare ones first, and nothing that is not there.

use library::grant::{GrantScope, Role};
use library::tag::EditTag;
use serde_json::json;
use tests::{Engine, World, on_both, runtime};

use crate::accounts::{Staff, caller};
use crate::sharing::desk::operation;
use crate::sharing::sources::{tagged, tags};

#[test]
fn a_text_is_told_its_tags_and_why() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let [housing, rent, traffic, retired] = tags(town, &["住房", "公共租赁住房", "交通", "补贴"]).await[..]
        else {
            panic!("tags")
        };
        let synonyms = EditTag { synonyms: Some(vec!["公租房".to_owned()]), ..EditTag::default() };
        town.library().change_tag(&town.editor(), rent, synonyms).await.unwrap();
        town.library().retire_tag(&town.editor(), retired).await.unwrap();
        for number in 0..5 {
            town.publish(tagged(town, &format!("房{number}"), &[housing])).await;
        }
        town.publish(tagged(town, "车", &[traffic])).await;
        let editor = caller(staff.account("editor", Some((Role::Editor, GrantScope::Column(town.news)))).await);
        let variables =
            json!({"title": "申请公租房和住房补贴", "body": "<p>公租房申请人凭<b>公租房</b>合同办理，交通便利。</p>"});
        let (answer, _) = town.world.ask_as(&editor, &operation("Tags"), &variables).await;
        let found = answer["data"]["desk"]["suggestTags"].as_array().expect("suggestions");
        let names: Vec<_> = found.iter().map(|one| one["tag"]["name"].as_str().expect("a name")).collect();
        assert_eq!(names, ["公共租赁住房", "住房", "交通"], "{answer}");
        assert_eq!(found[0]["reason"], "标题中有“公租房”；正文中有“公租房”2次");
        assert!(found[0]["score"].as_f64() > found[1]["score"].as_f64());
        let nothing = json!({"title": "会议通知", "body": null});
        let (answer, _) = town.world.ask_as(&editor, &operation("Tags"), &nothing).await;
        assert_eq!(answer["data"]["desk"]["suggestTags"], json!([]));
        assert!(town.data(&operation("Tags"), nothing).await["desk"].is_null(), "the desk is nobody's");
    });
}

#[test]
fn how_well_the_suggestions_fit_the_city_is_printed() {
    runtime().block_on(async {
        let world = World::city(Engine::Sqlite).await;
        let sql = library::database::Sql::new(
            "select c.card, b.html from content c join content_body b on b.content_id = c.id order by c.id",
        );
        let (mut hit, mut told, mut wanted, mut texts) = (0, 0, 0, 0);
        let scope = world.library.scope(library::Audience::Public);
        for row in world.library.database().rows(&sql, &[]).await.expect("rows") {
            let card: library::content::Card = row.json(0).expect("a card");
            if card.tags.is_empty() {
                continue;
            }
            let html: String = row.get(1).expect("a body");
            let found = scope.suggest_tags(&card.title, &html, 3).await.expect("suggestions");
            hit += found.iter().filter(|one| card.tags.contains(&one.tag.id)).count();
            told += found.len();
            wanted += card.tags.len();
            texts += 1;
        }
        let (precision, recall) = (hit as f64 / told.max(1) as f64, hit as f64 / wanted.max(1) as f64);
        println!("{texts} texts of the city: precision at 3 {precision:.2}, recall at 3 {recall:.2}");
        assert!(hit > 0, "the city's texts name their tags somewhere");
    });
}
