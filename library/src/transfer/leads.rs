//! What leads somewhere by its address: redirects and old addresses of the site, and contents that were withdrawn.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::outgoing::{Place, WINDOW};
use super::{Outgoing, Restored, differs, line, of, record};
use crate::Library;
use crate::changes::{Action, Caller, Effect, KeyKind, Work, commit, key_of};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, ContentId, SiteId};
use crate::instant::Instant;
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::text;

/// Where an address of a site leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Lead {
    Content(ContentId),
    Column(ColumnId),
    Url(String),
    GoneAt(Instant),
}

/// An address as it is taken from library to library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AddressRecord {
    site: SiteId,
    path: String,
    /// Whether what lies below is led, too.
    prefix: bool,
    to: Lead,
}

/// A withdrawn content as it is taken from library to library; why it was withdrawn stays with the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct WithdrawalRecord {
    id: ContentId,
    site: SiteId,
    at: Instant,
    notice: Option<String>,
}

static ADDRESSES: Sql = Sql::new(
    "select path, prefix, content_id, column_id, to_url, gone_at from address where site_id = $1 and path > $2
     order by path limit $3",
);
static WITHDRAWALS: Sql = Sql::new(
    "select content_id, home_site_id, at, notice from withdrawal where content_id > $1 order by content_id limit $2",
);

/// The next addresses of the site; the columns that they lead to are noted.
pub(super) async fn next_addresses(out: &mut Outgoing, place: Place) -> Result<(Place, Option<Vec<String>>)> {
    let after = match place {
        Place::AfterPath(path) => path,
        _ => String::new(),
    };
    let (mut lines, mut last) = (Vec::new(), None);
    for row in out.snapshot.rows(&ADDRESSES, &[out.site.id.into(), after.into(), WINDOW.into()]).await? {
        let path: String = row.get(0)?;
        last = Some(path.clone());
        let to = match (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?) {
            (Some(content), ..) => Lead::Content(content),
            (_, Some(column), ..) => {
                out.columns.insert(column);
                Lead::Column(column)
            }
            (_, _, Some(url), _) => Lead::Url(url),
            (.., Some(gone)) => Lead::GoneAt(gone),
            _ => return Err(Error::Database("an address leads nowhere".to_owned())),
        };
        lines.push(line(&AddressRecord { site: out.site.id, path, prefix: row.get(1)?, to })?);
    }
    Ok(last.map_or((Place::End, None), |last| (Place::AfterPath(last), Some(lines))))
}

/// The next withdrawn contents of any site: their addresses are answered on every site.
pub(super) async fn next_withdrawals(out: &mut Outgoing, place: Place) -> Result<(Place, Option<Vec<String>>)> {
    let after = match place {
        Place::After(after, _) => after,
        _ => Uuid::nil(),
    };
    let (mut lines, mut last) = (Vec::new(), None);
    for row in out.snapshot.rows(&WITHDRAWALS, &[after.into(), WINDOW.into()]).await? {
        last = Some(row.get(0)?);
        let record = WithdrawalRecord { id: row.get(0)?, site: row.get(1)?, at: row.get(2)?, notice: row.get(3)? };
        out.sites.insert(record.site);
        lines.push(line(&record)?);
    }
    Ok(last.map_or((Place::End, None), |last| (Place::After(last, Vec::new()), Some(lines))))
}

/// Restores addresses in one deed.
pub(super) async fn restore_addresses(library: &Library, caller: &Caller, lines: &[String]) -> Result<Restored> {
    let mut work = library.begin(caller, Action::SiteChanged).await?;
    let mut restored = Restored::default();
    for line in lines {
        let address: AddressRecord = record(library, line)?;
        let written = write_address(&mut work, &address).await.map_err(|error| of(&address.path, error))?;
        restored.count(written);
    }
    if restored.written > 0 {
        commit(work).await?;
    }
    Ok(restored)
}

async fn write_address(work: &mut Work, address: &AddressRecord) -> Result<bool> {
    static KNOWN: Sql =
        Sql::new("select prefix, content_id, column_id, to_url, gone_at from address where site_id = $1 and path = $2");
    static INSERT: Sql = Sql::new(
        "insert into address (site_id, path, prefix, content_id, column_id, to_url, gone_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    );
    let (mut content, mut column, mut url, mut gone) = (None, None, None, None);
    match &address.to {
        Lead::Content(id) => content = Some(*id),
        Lead::Column(id) => column = Some(*id),
        Lead::Url(to) => url = Some(to.clone()),
        Lead::GoneAt(at) => gone = Some(*at),
    }
    if let Some(row) = work.row(&KNOWN, &[address.site.into(), (&address.path).into()]).await? {
        let same = row.get::<bool>(0)? == address.prefix
            && row.get::<Option<ContentId>>(1)? == content
            && row.get::<Option<ColumnId>>(2)? == column
            && row.get::<Option<String>>(3)? == url
            && row.get::<Option<Instant>>(4)? == gone;
        return if same { Ok(false) } else { Err(differs().into()) };
    }
    if text::path("path", &address.path)? != address.path {
        return Err(
            Refusal::new(RefusalCode::Invalid, "path", "路径格式不正确", "not a path such as /news/city").into()
        );
    }
    let params = [
        address.site.into(),
        (&address.path).into(),
        address.prefix.into(),
        content.into(),
        column.into(),
        url.into(),
        gone.into(),
    ];
    work.run(&INSERT, &params).await?;
    work.site = Some(address.site);
    work.key(KeyKind::Path, key_of(&address.site.to_string(), &address.path));
    Ok(true)
}

/// What the desk of the new library reads as the reason.
const REASON: &str = "随站点迁入，撤稿原因见原库";

/// Restores withdrawn contents in one deed.
pub(super) async fn restore_withdrawals(library: &Library, caller: &Caller, lines: &[String]) -> Result<Restored> {
    let mut work = library.begin(caller, Action::ContentWithdrawn).await?;
    work.reason = Some(REASON.to_owned());
    let mut restored = Restored::default();
    for line in lines {
        let withdrawal: WithdrawalRecord = record(library, line)?;
        let name = withdrawal.id.to_string();
        let written = write_withdrawal(&mut work, &withdrawal).await.map_err(|error| of(&name, error))?;
        restored.count(written);
    }
    if restored.written > 0 {
        commit(work).await?;
    }
    Ok(restored)
}

async fn write_withdrawal(work: &mut Work, withdrawal: &WithdrawalRecord) -> Result<bool> {
    static KNOWN: Sql = Sql::new("select home_site_id, at, notice from withdrawal where content_id = $1");
    static LIVE: Sql = Sql::new("select id from content where id = $1");
    static INSERT: Sql = Sql::new(
        "insert into withdrawal (content_id, short_id, home_site_id, at, reason, notice) values ($1, $2, $3, $4, $5, $6)",
    );
    let id = withdrawal.id;
    if let Some(row) = work.row(&KNOWN, &[id.into()]).await? {
        let known = WithdrawalRecord { id, site: row.get(0)?, at: row.get(1)?, notice: row.get(2)? };
        return if known == *withdrawal { Ok(false) } else { Err(differs().into()) };
    }
    if work.row(&LIVE, &[id.into()]).await?.is_some() {
        return Err(Refusal::new(RefusalCode::WrongState, "", "库中该信息未撤稿", "the library shows it").into());
    }
    let params = [
        id.into(),
        id.short().into(),
        withdrawal.site.into(),
        withdrawal.at.into(),
        REASON.into(),
        (&withdrawal.notice).into(),
    ];
    work.run(&INSERT, &params).await?;
    work.record(AnyId::ContentId(id), Effect::Left);
    work.key(KeyKind::ShortId, id.short());
    Ok(true)
}
