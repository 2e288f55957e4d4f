//! What is done to sites, organisations, leaders, panels, fields and code lists by those who keep them: inputs and payloads.
//!
//! A file a noun. Each hands what was given to the library's deed, and shows the record as it is afterwards.

mod checks;
mod code;
mod field;
mod given;
mod kept_panel;
mod leader;
mod organisation;
mod organisation_place;
mod panel;
mod panel_item;
mod redirect;
mod site;
mod site_status;

pub use checks::CheckSetting;
pub use code::{
    EditCodeInput, EditCodePayload, ImportCodesInput, ImportCodesPayload, RetireCodeInput, RetireCodePayload,
    edit_code, import_codes, retire_code,
};
pub use field::{
    DefineFieldInput, DefineFieldPayload, EditFieldInput, EditFieldPayload, RetireFieldInput, RetireFieldPayload,
    define_field, edit_field, retire_field,
};
pub use kept_panel::DeskPanel;
pub use leader::{
    AppointLeaderInput, AppointLeaderPayload, EditLeaderInput, EditLeaderPayload, RemoveLeaderInput,
    RemoveLeaderPayload, appoint_leader, edit_leader, remove_leader,
};
pub use organisation::{
    CreateOrganisationInput, CreateOrganisationPayload, EditOrganisationInput, EditOrganisationPayload,
    create_organisation, edit_organisation,
};
pub use organisation_place::{
    CloseOrganisationInput, CloseOrganisationPayload, MergeOrganisationInput, MergeOrganisationPayload,
    MoveOrganisationInput, MoveOrganisationPayload, close_organisation, merge_organisation, move_organisation,
};
pub use panel::{
    ArchivePanelInput, ArchivePanelPayload, ArrangePanelInput, ArrangePanelPayload, CreatePanelInput,
    CreatePanelPayload, EditPanelInput, EditPanelPayload, archive_panel, arrange_panel, create_panel, edit_panel,
};
pub use panel_item::item_id;
pub use redirect::{
    CreateRedirectInput, CreateRedirectPayload, RemoveRedirectInput, RemoveRedirectPayload, SiteRedirect,
    create_redirect, remove_redirect,
};
pub use site::{CreateSiteInput, CreateSitePayload, EditSiteInput, EditSitePayload, create_site, edit_site};
pub use site_status::{
    CloseSiteInput, CloseSitePayload, OpenSiteInput, OpenSitePayload, SuspendSiteInput, SuspendSitePayload, close_site,
    open_site, suspend_site,
};
