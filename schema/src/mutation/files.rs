//! Deeds on files (附件).

use async_graphql::{Context, Object, Result};

use crate::upload::{
    self, BeginUploadInput, BeginUploadPayload, FinishUploadInput, FinishUploadPayload, UploadAttachmentInput,
    UploadAttachmentPayload,
};

/// Deeds on files.
#[derive(Default)]
pub struct FileDeeds;

#[Object]
impl FileDeeds {
    /// Uploads a file of at most 20 MB that comes with the request (上传附件). For who may draft somewhere.
    async fn upload_attachment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file (文件).")] input: UploadAttachmentInput,
    ) -> Result<UploadAttachmentPayload> {
        Box::pin(upload::upload_attachment(ctx, input)).await
    }

    /// Announces a large file that comes in pieces (开始断点续传): its bytes are sent to the address that is answered.
    async fn begin_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What will come (文件说明).")] input: BeginUploadInput,
    ) -> Result<BeginUploadPayload> {
        Box::pin(upload::begin_upload(ctx, input)).await
    }

    /// Makes an attachment of a file that has come in pieces (完成断点续传). Asked again, it answers the same attachment.
    async fn finish_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which (上传).")] input: FinishUploadInput,
    ) -> Result<FinishUploadPayload> {
        Box::pin(upload::finish_upload(ctx, input)).await
    }
}
