//! The change log as auditors read it (审计).

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use library::audit::AuditFilter as Narrowed;
use library::{Instant, Paging, read_key};

use super::{Account, ApiKey};
use crate::connection::{Connection, Total, paging};
use crate::node::Node;
use crate::nouns::of_directory;
use crate::scalars::{DateTime, bad_input, int, optional_id};

/// What narrows the log (审计筛选); all given parts must hold.
#[derive(Clone, InputObject)]
pub struct AuditFilter {
    /// Since when, that instant included (开始时间).
    pub from: Option<DateTime>,
    /// Until when, that instant excluded (结束时间).
    pub until: Option<DateTime>,
    /// Who did it (账号).
    pub account: Option<ID>,
    /// What was done, as entries name it (操作).
    pub action: Option<String>,
    /// The site that it concerns most (站点).
    pub site: Option<ID>,
}

impl AuditFilter {
    fn narrowed(self) -> Result<Narrowed> {
        let action = self.action.map(|action| action.parse().map_err(|_| bad_input("no deed is called so")));
        Ok(Narrowed {
            from: self.from.map(|from| Instant::of(&from)),
            until: self.until.map(|until| Instant::of(&until)),
            account: optional_id(self.account.as_ref())?,
            action: action.transpose()?,
            site: optional_id(self.site.as_ref())?,
        })
    }
}

/// What a deed touched (涉及对象).
#[derive(SimpleObject)]
pub struct AuditSubject {
    /// The subject as the log names it (对象): a record's identifier, a list, a key.
    subject: String,
    /// What happened to it (影响): `ENTERED`, `CHANGED` or `LEFT`.
    effect: String,
}

/// A deed as the log tells of it.
pub struct AuditEntry(library::audit::AuditEntry);

/// A deed as the change log tells of it (审计记录). Entries are never changed nor removed.
#[Object]
impl AuditEntry {
    /// Its place in the log (变更位置).
    async fn position(&self) -> String {
        self.0.position.to_string()
    }

    /// When it was done (时间).
    async fn at(&self) -> DateTime {
        self.0.at.utc()
    }

    /// Who did it (操作者): the identifier of an account, or `program:` and the name of a program of the platform.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// How the account that did it is called now (姓名); null for programs.
    async fn name(&self, ctx: &Context<'_>) -> Option<String> {
        let directory = crate::scope(ctx).library().directory();
        directory.accounts.get(self.0.account()?).map(|account| account.fields.display_name.clone())
    }

    /// The account that did it (账号); null for programs, and for accounts that the asker may not see.
    async fn account(&self, ctx: &Context<'_>) -> Option<Account> {
        crate::scope(ctx).account(self.0.account()?).map(Account::whole)
    }

    /// The key of the system that did it for the account (接口密钥); null where somebody did it.
    async fn api_key(&self, ctx: &Context<'_>) -> Option<ApiKey> {
        crate::scope(ctx).api_key(self.0.api_key?).map(ApiKey::alone)
    }

    /// What was done (操作), such as `CONTENT_PUBLISHED`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// The code of the site that it concerns most (站点代码).
    async fn site_code(&self, ctx: &Context<'_>) -> Option<String> {
        let directory = crate::scope(ctx).library().directory();
        directory.sites.get(self.0.site?).map(|site| site.code.clone())
    }

    /// That site, if it is open (站点).
    async fn site(&self, ctx: &Context<'_>) -> Option<Node> {
        of_directory(crate::scope(ctx), library::id::AnyId::SiteId(self.0.site?))
    }

    /// Why, where a reason was given (理由).
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Which revision of the content it is about (版本).
    async fn revision(&self) -> Option<i32> {
        self.0.revision.map(int)
    }

    /// What it touched (涉及对象), at most 100; `jiyue audit` writes all.
    async fn subjects(&self) -> Vec<AuditSubject> {
        let told = |touched: &library::audit::AuditSubject| AuditSubject {
            subject: touched.subject.clone(),
            effect: <&str>::from(touched.effect).to_owned(),
        };
        self.0.subjects.iter().map(told).collect()
    }
}

/// A page of the log.
pub async fn audit(
    ctx: &Context<'_>,
    filter: Option<AuditFilter>,
    size: Option<i32>,
    after: Option<String>,
) -> Result<Connection<AuditEntry>> {
    let filter = filter.map(AuditFilter::narrowed).transpose()?.unwrap_or_default();
    let Paging { size, from, .. } = paging(size, after, None, None)?;
    let from = from.map(|key| read_key(&key, "ii")).transpose().map_err(crate::error)?;
    let paging = Paging { from, ..Paging::first(size) };
    let page = crate::scope(ctx).audit(&filter, &paging).await.map_err(crate::error)?;
    let page = page.with(|entries| entries.into_iter().map(|entry| (entry.key(), AuditEntry(entry))).collect());
    Ok(Connection::walked(page, Total::Known(None)))
}
