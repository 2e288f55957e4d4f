//! The deeds of the oracle by a mirror: a content of another instance comes, is corrected, leaves and comes back.

use library::content::{ContentKind, Correction, Details, DraftContent, Origin, Prepared};
use library::mirror::{Arrival, Mirror, OpenMirror, Told};
use library::{Library, Result};

use super::content_deeds::fields;
use super::deeds::Hand;

fn arrival<T>(content: T, id: &str) -> Arrival<T> {
    Arrival { content, told: Told { origin_id: Some(id.to_owned()), ..Told::default() } }
}

/// Does all of it, one deed after the other.
pub async fn act(hand: &mut Hand<'_>) -> Result<()> {
    let library: Library = hand.world.library.clone();
    let caller = hand.caller.clone();
    let own = fields(hand, Details::bare(ContentKind::Article));
    let site = hand.directory().columns.get(own.columns[0]).expect("a column").site;
    let (name, id) = (format!("oracle-{}", site.0.simple()), hand.dice.below(1_000_000).to_string());
    let open = OpenMirror { name, site, origin: "https://there.example".to_owned(), plan: String::new() };
    let mut mirror: Mirror = library.open_mirror(open).await?;
    let prepared = |title: String, hash: &str| -> Result<Prepared> {
        let mut fields = own.clone();
        fields.title = title;
        fields.origin = Some(Origin {
            system: mirror.system(),
            id: id.clone(),
            content_hash: hash.to_owned(),
            published_at: Some(library.now()),
        });
        library.prepare_import(DraftContent { site, fields }.into())
    };
    let first = prepared(hand.dice.word(), "1")?;
    let second = prepared(hand.dice.word(), "2")?;
    let third = prepared(hand.dice.word(), "3")?;
    let answers = library.bring_mirrored(&caller, &mut mirror, &[arrival(first, &id)]).await?;
    let Some(Ok(content)) = answers.into_iter().next() else { return Ok(()) };
    let change = arrival(Correction { id: content, revision: 1, content: second }, &id);
    library.amend_mirrored(&caller, &mut mirror, &[change], false).await?;
    if hand.dice.below(2) == 0 {
        library.retract_mirrored(&caller, &mut mirror, "不再展示", &[arrival(content, &id)]).await?;
        let back = arrival(Correction { id: content, revision: 2, content: third }, &id);
        if hand.dice.below(2) == 0 {
            library.amend_mirrored(&caller, &mut mirror, &[back], true).await?;
        }
    }
    Ok(())
}
