//! Creating, editing, arranging and archiving panels.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use library::panel::{ArrangePanel, CreatePanel, PanelFields};

use super::given::{put, set};
use super::kept_panel::DeskPanel;
use super::panel_item::{ArrangedItemInput, PanelItemInput, panel_items, place_of};
use crate::deed::{afterwards, caller, done, payload, written};
use crate::enums::PanelKind;
use crate::scalars::{Url, id, optional_id};

/// A panel to be created (新建区块).
#[derive(Debug, Clone, InputObject)]
pub struct CreatePanelInput {
    /// Its site (站点).
    pub site: ID,
    /// Its column, if it is not the whole site's (栏目).
    pub column: Option<ID>,
    /// Its code, unique on its page and for good: `a-z 0-9 - _ .` (区块代码).
    pub code: String,
    /// What it is called (区块名称).
    pub name: String,
    /// What it is (区块类型).
    pub kind: PanelKind,
    /// Where "more" leads (更多).
    pub more: Option<Url>,
    /// Its items in order, at most 200 in all, three levels (区块项).
    #[graphql(default)]
    pub items: Vec<PanelItemInput>,
}

payload! {
    /// What came of creating a panel (新建区块结果).
    CreatePanelPayload {
        /// The panel (区块).
        panel: DeskPanel,
    }
}

/// Creates a panel.
pub async fn create_panel(ctx: &Context<'_>, input: CreatePanelInput) -> Result<CreatePanelPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let items = panel_items(input.items)?;
    let fields = PanelFields { name: input.name, kind: input.kind.into(), more: input.more.map(|url| url.0), items };
    let (site, column) = (id(&input.site)?, optional_id(input.column.as_ref())?);
    let new = CreatePanel { site, column, code: input.code, fields };
    let asker = caller.clone();
    let deed = async move { library.create_panel(&asker, new).await };
    done(ctx, deed, |(id, position)| CreatePanelPayload {
        panel: afterwards(ctx, caller).kept_panel(id).map(DeskPanel),
        position: written(position),
        ..CreatePanelPayload::default()
    })
    .await
}

/// What of a panel is changed; what is not given stays (修改区块).
#[derive(Debug, Clone, InputObject)]
pub struct EditPanelInput {
    /// Which panel (区块).
    pub id: ID,
    /// The revision that was seen (版本号): refused with `STALE_REVISION` if somebody changed the panel since. Not compared
    /// if not given.
    pub expected_revision: Option<i32>,
    /// What it is called (区块名称).
    pub name: Option<String>,
    /// What it is (区块类型).
    pub kind: Option<PanelKind>,
    /// Where "more" leads; null for nowhere (更多).
    pub more: MaybeUndefined<Url>,
    /// Its items in order, all of them, at most 200 in all, three levels (区块项).
    pub items: Option<Vec<PanelItemInput>>,
}

payload! {
    /// What came of editing a panel (修改区块结果).
    EditPanelPayload {
        /// The panel (区块).
        panel: DeskPanel,
    }
}

/// Edits a panel.
pub async fn edit_panel(ctx: &Context<'_>, input: EditPanelInput) -> Result<EditPanelPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let panel = id(&input.id)?;
    let expected = input.expected_revision.map(i64::from);
    let items = input.items.map(panel_items).transpose()?;
    let edit = move |fields: &mut PanelFields| {
        put(&mut fields.name, input.name);
        put(&mut fields.kind, input.kind);
        set(&mut fields.more, input.more.map_value(|url| url.0));
        put(&mut fields.items, items);
    };
    let asker = caller.clone();
    let deed = async move { library.edit_panel(&asker, panel, expected, edit).await };
    done(ctx, deed, |position| EditPanelPayload {
        panel: afterwards(ctx, caller).kept_panel(panel).map(DeskPanel),
        position: written(position),
        ..EditPanelPayload::default()
    })
    .await
}

/// A new arrangement of the items on one level of a panel (编排区块).
#[derive(Debug, Clone, InputObject)]
pub struct ArrangePanelInput {
    /// Which panel (区块).
    pub id: ID,
    /// The revision that was seen (版本号): identifiers of items mean nothing in another one.
    pub expected_revision: i32,
    /// The item whose items are arranged; the panel's own if not given (上级项).
    pub under: Option<ID>,
    /// The items of that level in their new order, each once (区块项).
    pub items: Vec<ArrangedItemInput>,
}

payload! {
    /// What came of arranging a panel (编排区块结果).
    ArrangePanelPayload {
        /// The panel (区块).
        panel: DeskPanel,
    }
}

/// Arranges the items of a panel.
pub async fn arrange_panel(ctx: &Context<'_>, input: ArrangePanelInput) -> Result<ArrangePanelPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let panel = id(&input.id)?;
    let under = input.under.as_ref().map(|item| place_of(item, panel)).transpose()?.unwrap_or_default();
    let items = input.items.into_iter().map(|item| item.placed(panel, &under)).collect::<Result<_>>()?;
    let arrange = ArrangePanel { expected: input.expected_revision.into(), under, items };
    let asker = caller.clone();
    let deed = async move { library.arrange_panel(&asker, panel, arrange).await };
    done(ctx, deed, |position| ArrangePanelPayload {
        panel: afterwards(ctx, caller).kept_panel(panel).map(DeskPanel),
        position: written(position),
        ..ArrangePanelPayload::default()
    })
    .await
}

/// A panel to be put away, or taken back (归档区块).
#[derive(Debug, Clone, InputObject)]
pub struct ArchivePanelInput {
    /// Which panel (区块).
    pub id: ID,
    /// Whether it is put away; false takes it back (归档或恢复).
    #[graphql(default = true)]
    pub archived: bool,
    /// Why, for the history (原因).
    pub reason: Option<String>,
}

payload! {
    /// What came of putting a panel away (归档区块结果).
    ArchivePanelPayload {
        /// The panel (区块).
        panel: DeskPanel,
    }
}

/// Puts a panel away, or takes it back.
pub async fn archive_panel(ctx: &Context<'_>, input: ArchivePanelInput) -> Result<ArchivePanelPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let panel = id(&input.id)?;
    let asker = caller.clone();
    let deed = async move { library.archive_panel(&asker, panel, input.archived, input.reason.as_deref()).await };
    done(ctx, deed, |position| ArchivePanelPayload {
        panel: afterwards(ctx, caller).kept_panel(panel).map(DeskPanel),
        position: written(position),
        ..ArchivePanelPayload::default()
    })
    .await
}
