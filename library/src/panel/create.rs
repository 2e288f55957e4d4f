//! Creating a panel (createPanel).

use super::{PanelFields, accept};
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::due::{Due, schedule};
use crate::id::{AnyId, ColumnId, PanelId, SiteId};
use crate::refusal::{Refusal, Result};
use crate::{Library, text};

/// A panel to be created.
#[derive(Debug, Clone)]
pub struct CreatePanel {
    /// Its site.
    pub site: SiteId,
    /// Its column, if it is not the whole site's.
    pub column: Option<ColumnId>,
    /// Its code, unique on its page.
    pub code: String,
    /// What describes it.
    pub fields: PanelFields,
}

static INSERT: Sql = Sql::new("insert into panel (id, site_id, column_id, code, document) values ($1, $2, $3, $4, $5)");

impl Library {
    /// Creates a panel.
    ///
    /// # Errors
    /// Refuses a code that is taken on the page, an unknown site or column, and malformed fields.
    pub async fn create_panel(&self, caller: &Caller, input: CreatePanel) -> Result<PanelId> {
        let mut work = self.begin(caller, Action::PanelChanged).await?;
        let directory = work.directory.clone();
        let code = text::code("code", &input.code)?;
        if directory.sites.get(input.site).is_none() {
            return Err(Refusal::not_found("site").into());
        }
        if let Some(column) = input.column
            && directory.columns.get(column).is_none_or(|column| column.site != input.site)
        {
            return Err(Refusal::not_found("column").into());
        }
        let same = |panel: &std::sync::Arc<super::Panel>| {
            panel.site == input.site && panel.column == input.column && panel.code == code
        };
        if directory.panels.all().iter().any(same) {
            return Err(Refusal::duplicate("code").into());
        }
        let (fields, moments) = accept(input.fields, work.at, work.library().html())?;
        let id = PanelId(self.new_id());
        let document = serde_json::to_string(&fields)?;
        work.run(&INSERT, &[id.into(), input.site.into(), input.column.into(), code.into(), document.into()]).await?;
        for moment in moments {
            schedule(&mut work, moment, Due::Panel, id.0).await?;
        }
        work.site = Some(input.site);
        work.record(AnyId::PanelId(id), Effect::Entered);
        work.list(List::panels(input.site));
        commit(work).await?;
        Ok(id)
    }
}
