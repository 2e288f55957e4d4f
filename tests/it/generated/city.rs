//! What the demonstration city has, for generated questions to ask for.

use serde_json::{Value as Json, json};
use tests::World;

use crate::oracle::deeds::Dice;

/// Identifiers, codes, paths, hosts and names that exist.
pub struct City {
    ids: Vec<String>,
    codes: Vec<String>,
    paths: Vec<String>,
    hosts: Vec<String>,
    names: Vec<String>,
}

const ASKED: &str = "{
    contents(first: 60) { nodes { id title url indexNumber tags { name } attachments { id } } }
    sites { nodes { id code name hosts } }
    columns(first: 60) { nodes { id path name } }
    tags(first: 60) { nodes { id code name } }
    organisations(first: 40) { nodes { id code name } }
    codes(list: THEME) { id code name }
}";

/// Texts that existing things do not have, some of them nasty.
const STRANGE: [&str; 18] = [
    "",
    " ",
    "x",
    "0",
    "-1",
    "云",
    "政策",
    "😀",
    "\u{0}",
    "\n\r\t",
    "'; drop table content; --",
    "%",
    "_",
    "\\",
    "\"",
    "/../..",
    "\u{202e}",
    "content_01j9z0000000000000000000000",
];

impl City {
    /// Looks around.
    pub async fn of(world: &World) -> Self {
        let seen = world.data(ASKED, &json!({})).await;
        let mut city =
            Self { ids: Vec::new(), codes: Vec::new(), paths: Vec::new(), hosts: Vec::new(), names: Vec::new() };
        city.look(&seen);
        for list in [&city.ids, &city.codes, &city.paths, &city.hosts, &city.names] {
            assert!(list.len() > 5, "the city has little: {list:?}");
        }
        city
    }

    fn look(&mut self, seen: &Json) {
        match seen {
            Json::Array(items) => items.iter().for_each(|item| self.look(item)),
            Json::Object(members) => {
                for (key, value) in members {
                    match (key.as_str(), value) {
                        ("id", Json::String(text)) => self.ids.push(text.clone()),
                        ("code" | "indexNumber", Json::String(text)) => self.codes.push(text.clone()),
                        ("path" | "url", Json::String(text)) => self.paths.push(path_of(text)),
                        ("name" | "title", Json::String(text)) => self.names.push(text.clone()),
                        ("hosts", Json::Array(hosts)) => {
                            self.hosts.extend(hosts.iter().filter_map(Json::as_str).map(str::to_owned));
                        }
                        _ => self.look(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// An identifier, mostly of something that exists.
    pub fn id(&self, dice: &mut Dice) -> String {
        if dice.below(8) == 0 { self.strange(dice) } else { dice.of(&self.ids).clone() }
    }

    /// An identifier that exists, of a noun by its prefix or of any.
    pub fn id_of(&self, prefix: Option<&str>, dice: &mut Dice) -> Option<String> {
        let fits = |id: &&String| prefix.is_none_or(|prefix| id.starts_with(prefix));
        let fitting: Vec<_> = self.ids.iter().filter(fits).collect();
        if fitting.is_empty() { None } else { Some((*dice.of(&fitting)).clone()) }
    }

    /// A text for an argument or a member of this name, mostly one that exists, and whether it does.
    pub fn text(&self, name: &str, dice: &mut Dice) -> (String, bool) {
        let known = match name {
            "code" | "site" | "under" | "theme" | "indexNumber" | "group" | "division" => &self.codes,
            "path" => &self.paths,
            "host" => &self.hosts,
            _ => &self.names,
        };
        if dice.below(6) == 0 { (self.strange(dice), false) } else { (dice.of(known).clone(), true) }
    }

    /// Something that does not exist.
    pub fn strange(&self, dice: &mut Dice) -> String {
        match dice.below(10) {
            0 => "长".repeat(dice.below(500)),
            1 => char::from_u32(u32::try_from(dice.below(0x11_0000)).unwrap_or(0)).unwrap_or('x').to_string(),
            // An identifier of another kind, or one that is cut.
            2 => {
                let mut id = dice.of(&self.ids).clone();
                id.truncate(dice.below(id.len()));
                id
            }
            _ => (*dice.of(&STRANGE)).to_owned(),
        }
    }
}

/// The path in an address.
fn path_of(text: &str) -> String {
    let after = text.split_once("://").map_or(text, |(_, rest)| rest);
    after.find('/').map_or("/", |at| &after[at..]).to_owned()
}
