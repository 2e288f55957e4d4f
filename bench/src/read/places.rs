//! What the questions are about: everything in a filled library that a variable can name, and Zipf's law over it.

use library::database::{Database, Sql};
use library::id::{AnyId, ColumnId, ContentId};
use library::site::Site;
use library::{DayZone, Instant};
use serde_json::{Value as Json, json};

use crate::fill::dice::{Dice, Zipf, scatter};
use crate::fill::{END, frame};

/// The deepest page of a column that may be asked for by number.
const DEEPEST: i64 = 10_000;

struct Column {
    id: ColumnId,
    site: String,
    path: String,
    shown: i64,
}

/// Everything of one noun, and how often each is asked for.
struct Drawn<T> {
    all: Vec<T>,
    zipf: Zipf,
}

impl<T> Drawn<T> {
    fn new(all: Vec<T>) -> anyhow::Result<Self> {
        anyhow::ensure!(!all.is_empty(), "there is nothing to ask about: fill the library first");
        Ok(Self { zipf: Zipf::new(all.len(), 1.0), all })
    }

    /// One of them: neighbours in frequency lie far from each other.
    fn draw(&self, dice: &mut Dice) -> &T {
        &self.all[scatter(self.zipf.draw(dice), self.all.len())]
    }
}

/// What can be asked about.
pub struct Places {
    sites: Drawn<String>,
    columns: Drawn<Column>,
    tags: Drawn<String>,
    units: Drawn<(String, String)>,
    /// Content, its time, and the place of its site in `codes`.
    contents: Drawn<(ContentId, Instant, u16)>,
    codes: Vec<String>,
    numbers: Drawn<String>,
}

impl Places {
    /// Reads all that there is.
    ///
    /// # Errors
    /// When the database cannot be read or holds no filled library.
    pub async fn read(url: &str) -> anyhow::Result<Self> {
        let database = Database::open_with(url, 1, std::time::Duration::from_secs(600)).await?;
        let rows = async |text: &'static str| database.rows(&Sql::new(text), &[]).await;
        let sites = rows("select code from site order by code").await?;
        let codes = sites.iter().map(|row| row.get(0)).collect::<Result<Vec<String>, _>>()?;
        let columns = rows(
            "select c.id, s.code, c.path, cast(coalesce((select sum(h.members) from shelf h
               where h.list = 'column' and h.id = c.id), 0) as bigint)
             from site_column c join site s on s.id = c.site_id order by s.code, c.path",
        );
        let mut shelves = Vec::new();
        for row in columns.await? {
            shelves.push(Column { id: row.get(0)?, site: row.get(1)?, path: row.get(2)?, shown: row.get(3)? });
        }
        let tags = rows("select code from tag order by code").await?;
        let units = rows(
            "select o.code, s.code from organisation o join site s
               on s.id = (select c.home_site_id from content c where c.publisher_id = o.id limit 1) order by o.code",
        );
        let mut offices = Vec::new();
        for row in units.await? {
            offices.push((row.get(0)?, row.get(1)?));
        }
        let mut contents = Vec::new();
        for row in rows(
            "select c.id, c.published_at, s.code from content c join site s on s.id = c.home_site_id order by c.id",
        )
        .await?
        {
            let site = codes.iter().position(|code| Some(code.as_str()) == row.text(2)).unwrap_or(0);
            contents.push((row.get(0)?, row.get(1)?, site as u16));
        }
        let numbers =
            rows("select document_number from policy where document_number is not null order by 1 limit 50000").await?;
        Ok(Self {
            sites: Drawn::new(codes.clone())?,
            columns: Drawn::new(shelves)?,
            tags: Drawn::new(tags.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?)?,
            units: Drawn::new(offices)?,
            contents: Drawn::new(contents)?,
            codes,
            numbers: Drawn::new(numbers.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?)?,
        })
    }

    /// Variables of an operation.
    ///
    /// # Errors
    /// When nobody has said what its variables are.
    pub fn draw(&self, operation: &str, dice: &mut Dice) -> anyhow::Result<Json> {
        let site = self.sites.draw(dice);
        Ok(match operation {
            "q1" => self.column(dice),
            "q2" => json!({"id": AnyId::ContentId(self.contents.draw(dice).0).to_string()}),
            "q3" => json!({"code": self.tags.draw(dice)}),
            "q4" => json!({"site": site, "columns": self.paths(dice)}),
            "q6" => self.deep(),
            "site-home" => json!({"host": format!("{site}.example"), "columns": self.paths(dice),
                "panels": ["nav", "friend-links"]}),
            "column-page" => {
                let mut variables = self.column(dice);
                // Four of five readers stay on the first page.
                variables["offset"] = json!(if dice.percent(80) { 0 } else { 20 * (1 + dice.below(9)) });
                variables
            }
            "content-page" => {
                self.content(dice, |site, path| json!({"site": site, "path": path, "on": {"code": site}}))
            }
            "resolve" => self.content(dice, |site, path| json!({"site": {"code": site}, "path": path})),
            "tag-page" => json!({"code": self.tags.draw(dice), "on": {"code": site}}),
            "topic-page" => json!({"site": site, "path": "/topics"}),
            "organisation-page" => {
                let (code, site) = self.units.draw(dice);
                json!({"code": code, "on": {"code": site}})
            }
            "site-map" | "friend-links" => json!({"site": site}),
            "policy-library" => {
                let validity = dice.pick(&["EFFECTIVE", "EFFECTIVE", "EXPIRED", "REPEALED", "NOT_STATED"]);
                let mut filter = json!({"kinds": ["POLICY"], "validity": [validity]});
                if dice.percent(50) {
                    filter["theme"] = frame::theme(dice.below(frame::THEMES)).into();
                }
                json!({"filter": filter, "offset": 0})
            }
            "updated-today" => {
                let day = DayZone::default().date(END) - chrono::Days::new(dice.below(30) as u64);
                json!({"site": site, "from": format!("{day}T00:00:00Z")})
            }
            "shareable-columns" => json!({"department": site}),
            "county-column" => {
                json!({"site": format!("s{}", 1 + dice.below(frame::SITES - 1)), "path": "/news/shared"})
            }
            "snapshot" => json!({"columns": [self.columns.draw(dice).id.to_string()]}),
            "policy-by-number" => json!({"number": self.numbers.draw(dice)}),
            other => anyhow::bail!("the bench has no variables for the operation {other}"),
        })
    }

    fn column(&self, dice: &mut Dice) -> Json {
        let column = self.columns.draw(dice);
        json!({"site": column.site, "path": column.path})
    }

    /// A deep page of the biggest column: its page at 10,000, or its last whole one where it has fewer.
    fn deep(&self) -> Json {
        let Some(column) = self.columns.all.iter().max_by_key(|column| column.shown) else { return Json::Null };
        json!({"site": column.site, "path": column.path, "offset": (column.shown - 20).clamp(0, DEEPEST)})
    }

    /// The paths of a home page's columns.
    fn paths(&self, dice: &mut Dice) -> Json {
        let all = [
            "/news",
            "/news/city",
            "/news/departments",
            "/news/counties",
            "/policies",
            "/policies/city",
            "/policies/departments",
            "/services",
            "/services/city",
            "/topics",
            "/topics/city",
            "/topics/shared",
        ];
        let from = dice.below(all.len());
        json!((0..8).map(|at| all[(from + at) % all.len()]).collect::<Vec<_>>())
    }

    fn content(&self, dice: &mut Dice, variables: impl Fn(&str, &str) -> Json) -> Json {
        let (id, published_at, site) = self.contents.draw(dice);
        let path = Site::content_path(DayZone::default(), *id, *published_at);
        variables(&self.codes[usize::from(*site)], &path)
    }
}
