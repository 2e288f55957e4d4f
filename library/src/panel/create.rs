//! Creating a panel (createPanel).

use super::rules::{is_kept_up, look_up};
use super::{PanelFields, accept};
use crate::changes::{Action, Caller, Effect, List, commit_as};
use crate::database::Sql;
use crate::due::{Due, schedule};
use crate::id::{AnyId, ColumnId, PanelId, SiteId};
use crate::may::{Right, Target, may_on};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

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
    /// Refuses an unknown or closed site, an unknown column, who does not arrange its pages, a code that is taken on the
    /// page (by an archived panel, too), and malformed fields.
    pub async fn create_panel(&self, caller: &Caller, input: CreatePanel) -> Result<(PanelId, Position)> {
        let mut work = self.begin(caller, Action::PanelChanged).await?;
        let directory = work.directory.clone();
        let of_site = |column: &ColumnId| directory.columns.get(*column).is_some_and(|one| one.site == input.site);
        // A role for a column is enough for its page.
        let column = input.column.filter(of_site);
        may_on(&directory, caller, Right::Arrange, Target::page(&directory, input.site, column), "site")?;
        if column != input.column {
            return Err(Refusal::not_found("column").into());
        }
        is_kept_up(&directory, input.site, "site")?;
        let code = text::code("code", &input.code)?;
        let same = |panel: &std::sync::Arc<super::Panel>| {
            panel.site == input.site && panel.column == input.column && panel.code == code
        };
        if directory.panels.all().iter().any(same) {
            return Err(Refusal::duplicate("code").into());
        }
        let mut fields = input.fields;
        look_up(&mut work, &mut fields).await?;
        let (fields, moments) = accept(fields, work.at, work.library().html())?;
        let id = PanelId(self.new_id());
        let document = serde_json::to_string(&fields)?;
        work.run(&INSERT, &[id.into(), input.site.into(), input.column.into(), code.into(), document.into()]).await?;
        for moment in moments {
            schedule(&mut work, moment, Due::Panel, id.0).await?;
        }
        work.site = Some(input.site);
        work.record(AnyId::PanelId(id), Effect::Entered);
        work.list(List::panels(input.site));
        commit_as(work, |position| (id, position)).await
    }
}
