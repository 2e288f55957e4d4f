//! Deeds on sites, organisations, leaders, panels, fields and code lists (站点、机构、领导、区块、扩展字段、代码表).

use async_graphql::{Context, Object, Result};

use crate::structure::{
    self, AppointLeaderInput, AppointLeaderPayload, ArchivePanelInput, ArchivePanelPayload, ArrangePanelInput,
    ArrangePanelPayload, CloseOrganisationInput, CloseOrganisationPayload, CloseSiteInput, CloseSitePayload,
    CreateOrganisationInput, CreateOrganisationPayload, CreatePanelInput, CreatePanelPayload, CreateRedirectInput,
    CreateRedirectPayload, CreateSiteInput, CreateSitePayload, DefineFieldInput, DefineFieldPayload, EditCodeInput,
    EditCodePayload, EditFieldInput, EditFieldPayload, EditLeaderInput, EditLeaderPayload, EditOrganisationInput,
    EditOrganisationPayload, EditPanelInput, EditPanelPayload, EditSiteInput, EditSitePayload, ImportCodesInput,
    ImportCodesPayload, MergeOrganisationInput, MergeOrganisationPayload, MoveOrganisationInput,
    MoveOrganisationPayload, OpenSiteInput, OpenSitePayload, RemoveLeaderInput, RemoveLeaderPayload,
    RemoveRedirectInput, RemoveRedirectPayload, RetireCodeInput, RetireCodePayload, RetireFieldInput,
    RetireFieldPayload, SuspendSiteInput, SuspendSitePayload,
};

/// Deeds on what administrators keep.
#[derive(Default)]
pub struct StructureDeeds;

#[Object]
impl StructureDeeds {
    /// Creates a site (新建站点), in preparation: nobody sees it who has no role over it. For platform administrators.
    async fn create_site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site (站点).")] input: CreateSiteInput,
    ) -> Result<CreateSitePayload> {
        Box::pin(structure::create_site(ctx, input)).await
    }

    /// Edits a site (修改站点). For who keeps it; its hosts, its sponsor and the site above it are for platform administrators. A closed
    /// site stays as it was (`WRONG_STATE`).
    async fn edit_site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditSiteInput,
    ) -> Result<EditSitePayload> {
        Box::pin(structure::edit_site(ctx, input)).await
    }

    /// Opens a site that is prepared or suspended (开通站点). For platform administrators. A closed site stays closed.
    async fn open_site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which site (站点).")] input: OpenSiteInput,
    ) -> Result<OpenSitePayload> {
        Box::pin(structure::open_site(ctx, input)).await
    }

    /// Takes a site off the web for a time (暂停站点): readers are told the notice, its pages and lists show nothing, what other sites
    /// show of it stays there. Said again, it changes the notice. For who keeps the site.
    async fn suspend_site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which site, and what readers are told (站点和公告).")] input: SuspendSiteInput,
    ) -> Result<SuspendSitePayload> {
        Box::pin(structure::suspend_site(ctx, input)).await
    }

    /// Closes a site for good (关停站点): as suspended, and it cannot be edited or opened again. Its contents stay in the library, under
    /// their identifiers and index numbers, and where other sites show them. Refused while a site below it is open. For platform
    /// administrators.
    async fn close_site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which site, and what readers are told (站点和公告).")] input: CloseSiteInput,
    ) -> Result<CloseSitePayload> {
        Box::pin(structure::close_site(ctx, input)).await
    }

    /// Has an old path of a site lead elsewhere (新建跳转). A path that shows or leads to something is refused (`DUPLICATE`), and so is a
    /// circle (`LOOP`). For who keeps the site.
    async fn create_redirect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From where to where (跳转).")] input: CreateRedirectInput,
    ) -> Result<CreateRedirectPayload> {
        Box::pin(structure::create_redirect(ctx, input)).await
    }

    /// Removes a redirect (删除跳转). Where a column was before it moved leads on for good. For who keeps the site.
    async fn remove_redirect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which (跳转).")] input: RemoveRedirectInput,
    ) -> Result<RemoveRedirectPayload> {
        Box::pin(structure::remove_redirect(ctx, input)).await
    }

    /// Creates an organisation (新建机构). For platform administrators.
    async fn create_organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organisation (机构).")] input: CreateOrganisationInput,
    ) -> Result<CreateOrganisationPayload> {
        Box::pin(structure::create_organisation(ctx, input)).await
    }

    /// Edits an organisation (修改机构). One that was merged or closed stays as it was (`WRONG_STATE`). For platform administrators.
    async fn edit_organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditOrganisationInput,
    ) -> Result<EditOrganisationPayload> {
        Box::pin(structure::edit_organisation(ctx, input)).await
    }

    /// Hangs an organisation under another one, with all below it (调整机构隶属). Contents, addresses and index numbers stay. Roles over what
    /// it hangs under hold for it from now on. A place below itself is refused (`LOOP`). For platform administrators.
    async fn move_organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where it goes (去向).")] input: MoveOrganisationInput,
    ) -> Result<MoveOrganisationPayload> {
        Box::pin(structure::move_organisation(ctx, input)).await
    }

    /// Merges an organisation into another (合并机构): it stays resolvable, with `mergedInto`, under its name; what it published is found under
    /// both; what hung under it hangs under the other one. For platform administrators.
    async fn merge_organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and into which (合并双方).")] input: MergeOrganisationInput,
    ) -> Result<MergeOrganisationPayload> {
        Box::pin(structure::merge_organisation(ctx, input)).await
    }

    /// Closes an organisation for good (撤销机构): it stays resolvable with what it published. Refused while organisations below it are
    /// active or it sponsors a site that is not closed. For platform administrators.
    async fn close_organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organisation (机构).")] input: CloseOrganisationInput,
    ) -> Result<CloseOrganisationPayload> {
        Box::pin(structure::close_organisation(ctx, input)).await
    }

    /// Adds a leader to an organisation (任命领导). For platform administrators, and for who keeps a site that the organisation sponsors.
    async fn appoint_leader(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The leader (领导).")] input: AppointLeaderInput,
    ) -> Result<AppointLeaderPayload> {
        Box::pin(structure::appoint_leader(ctx, input)).await
    }

    /// Edits what is said of a leader (修改领导信息). For platform administrators, and for who keeps a site that the organisation sponsors.
    async fn edit_leader(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditLeaderInput,
    ) -> Result<EditLeaderPayload> {
        Box::pin(structure::edit_leader(ctx, input)).await
    }

    /// Takes a leader off the organisation (免去领导). For platform administrators, and for who keeps a site that the organisation sponsors.
    async fn remove_leader(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which leader (领导).")] input: RemoveLeaderInput,
    ) -> Result<RemoveLeaderPayload> {
        Box::pin(structure::remove_leader(ctx, input)).await
    }

    /// Creates a panel of a site or column (新建区块). For who arranges its page.
    async fn create_panel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The panel (区块).")] input: CreatePanelInput,
    ) -> Result<CreatePanelPayload> {
        Box::pin(structure::create_panel(ctx, input)).await
    }

    /// Edits a panel, its items included (修改区块). For who arranges its page.
    async fn edit_panel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditPanelInput,
    ) -> Result<EditPanelPayload> {
        Box::pin(structure::edit_panel(ctx, input)).await
    }

    /// Arranges the items on one level of a panel (编排区块): their order, which of them are shown, and when. For who arranges its page.
    async fn arrange_panel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new arrangement (编排).")] input: ArrangePanelInput,
    ) -> Result<ArrangePanelPayload> {
        Box::pin(structure::arrange_panel(ctx, input)).await
    }

    /// Puts a panel away, or takes it back (归档区块): no page shows an archived panel, nothing of it is lost. For who arranges its page.
    async fn archive_panel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which panel (区块).")] input: ArchivePanelInput,
    ) -> Result<ArchivePanelPayload> {
        Box::pin(structure::archive_panel(ctx, input)).await
    }

    /// Defines a field of a site's own (新建扩展字段), or one that all sites have. For who keeps the site, or the platform.
    async fn define_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The field (字段).")] input: DefineFieldInput,
    ) -> Result<DefineFieldPayload> {
        Box::pin(structure::define_field(ctx, input)).await
    }

    /// Edits a field (修改扩展字段). What it holds stays, because contents have values. For who keeps the site, or the platform.
    async fn edit_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditFieldInput,
    ) -> Result<EditFieldPayload> {
        Box::pin(structure::edit_field(ctx, input)).await
    }

    /// Retires a field, or takes it back (停用扩展字段): contents keep their values, the form no longer asks. For who keeps the site, or
    /// the platform.
    async fn retire_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which field (字段).")] input: RetireFieldInput,
    ) -> Result<RetireFieldPayload> {
        Box::pin(structure::retire_field(ctx, input)).await
    }

    /// Brings a code list up to date (导入代码表): new codes are added, known ones renamed, none is removed, retired ones stay retired. All or
    /// nothing. For platform administrators.
    async fn import_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list (代码表).")] input: ImportCodesInput,
    ) -> Result<ImportCodesPayload> {
        Box::pin(structure::import_codes(ctx, input)).await
    }

    /// Renames an item of a code list, or gives it another place (修改代码); its code stays. For platform administrators.
    async fn edit_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditCodeInput,
    ) -> Result<EditCodePayload> {
        Box::pin(structure::edit_code(ctx, input)).await
    }

    /// Retires an item of a code list, or takes it back (停用代码): contents that have it keep it, none gets it anew. For platform
    /// administrators.
    async fn retire_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which item (代码项).")] input: RetireCodeInput,
    ) -> Result<RetireCodePayload> {
        Box::pin(structure::retire_code(ctx, input)).await
    }
}
