//! Uploading files (上传): with the request, or in pieces.
//!
//! The door has written the file to a folder before the deed begins; no bytes pass through GraphQL.

use std::sync::Arc;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType, Selection};
use async_graphql::{Context, ID, InputObject, Object, Result, Value};
use library::attachment::{AddAttachment, Attached, BeginUpload, FinishUpload, Spooled, Ticket};

use crate::attachment::Attachment;
use crate::deed::{afterwards, caller, done, payload, written};
use crate::scalars::{DateTime, Upload, Url, id};

/// The mutation that takes a file of its request.
pub const TAKES_FILE: &str = "uploadAttachment";

/// Whether a mutation hands the file that its variables call `name` to one upload, and does no other. The document is
/// plain: no fragments, no variables.
pub fn takes_file(document: &ExecutableDocument, name: &str) -> bool {
    let DocumentOperations::Single(operation) = &document.operations else { return false };
    let fields = &operation.node.selection_set.node.items;
    let [field] = fields.as_slice() else { return false };
    let Selection::Field(field) = &field.node else { return false };
    let input = field.node.arguments.iter().find(|(argument, _)| argument.node == "input");
    let given = |value: Value| match value {
        Value::Object(members) => matches!(members.get("file"), Some(Value::String(file)) if file == name),
        _ => false,
    };
    operation.node.ty == OperationType::Mutation
        && field.node.name.node == TAKES_FILE
        && input.and_then(|(_, value)| value.node.clone().into_const()).is_some_and(given)
}

/// The file that came with a request, if one did.
#[derive(Debug, Clone, Default)]
pub struct Uploaded(pub Option<Arc<Spooled>>);

/// A file to be uploaded (附件).
#[derive(Debug, Clone, InputObject)]
pub struct UploadAttachmentInput {
    /// The file, by the GraphQL multipart request specification (文件).
    pub file: Upload,
    /// What it is called, with its ending; as it was sent if not given (附件名称).
    pub name: Option<String>,
    /// Text instead of the picture (替代文本).
    pub alt: Option<String>,
}

payload! {
    /// What came of uploading a file (上传结果).
    UploadAttachmentPayload {
        /// The file, with addresses for the uploader (附件).
        attachment: Attachment,
    }
}

/// What an uploader is shown of its file.
fn shown(attached: Attached) -> Attachment {
    Attachment(attached.signed())
}

/// Uploads a file that came with the request.
pub async fn upload_attachment(ctx: &Context<'_>, input: UploadAttachmentInput) -> Result<UploadAttachmentPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let Uploaded(file) = ctx.data_opt::<Uploaded>().cloned().unwrap_or_default();
    let sent_as = file.as_ref().map(|file| file.name().to_owned()).unwrap_or_default();
    let add = AddAttachment { name: input.name.unwrap_or(sent_as), alt: input.alt, file };
    let deed = async move { library.add_attachment(&caller, add).await };
    done(ctx, deed, |(attached, position)| UploadAttachmentPayload {
        attachment: Some(shown(attached)),
        position: written(position),
        ..UploadAttachmentPayload::default()
    })
    .await
}

/// A file that comes in pieces.
pub struct ResumableUpload {
    ticket: Ticket,
    offset: u64,
}

/// A file that comes in pieces (断点续传).
#[Object]
impl ResumableUpload {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.ticket.id.into()
    }

    /// Where its bytes are sent (上传网址). The address is a secret: whoever has it may send them.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        Url(crate::scope(ctx).library().upload_url(&self.ticket))
    }

    /// How many bytes have come (已收到字节数).
    async fn offset(&self) -> i32 {
        crate::scalars::int(self.offset)
    }

    /// Until when it must be finished (截止时间).
    async fn expires_at(&self) -> DateTime {
        self.ticket.expires_at.utc()
    }
}

/// A file that will come in pieces (断点续传).
#[derive(Debug, Clone, InputObject)]
pub struct BeginUploadInput {
    /// What it is called, with its ending (附件名称).
    pub name: String,
    /// How many bytes it has (大小).
    pub size: i32,
    /// Their SHA-256 in hexadecimal; what comes must have it, if given (校验值).
    pub sha256: Option<String>,
    /// Its media type; what comes must be of it, if given (媒体类型).
    pub media_type: Option<String>,
}

payload! {
    /// What came of announcing a file (开始上传结果).
    BeginUploadPayload {
        /// The upload (上传).
        upload: ResumableUpload,
    }
}

/// Announces a file.
pub async fn begin_upload(ctx: &Context<'_>, input: BeginUploadInput) -> Result<BeginUploadPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let BeginUploadInput { name, size, sha256, media_type } = input;
    let begin = BeginUpload { name, size: size.into(), sha256, media_type };
    let asker = caller.clone();
    let deed = async move { library.begin_upload(&asker, begin).await };
    let mut begun = None;
    let mut payload = done(ctx, deed, |(id, position)| {
        begun = Some(id);
        BeginUploadPayload { position: written(position), ..BeginUploadPayload::default() }
    })
    .await?;
    if let Some(id) = begun {
        let scope = afterwards(ctx, caller);
        let library = scope.library();
        if let Some(ticket) = library.upload_ticket(id).await.map_err(crate::error)? {
            let offset = library.upload_offset(id).await.map_err(crate::error)?;
            payload.upload = Some(ResumableUpload { ticket, offset });
        }
    }
    Ok(payload)
}

/// A file that has come in pieces (断点续传).
#[derive(Debug, Clone, InputObject)]
pub struct FinishUploadInput {
    /// Which upload (上传).
    pub id: ID,
    /// Text instead of the picture (替代文本).
    pub alt: Option<String>,
}

payload! {
    /// What came of finishing an upload (完成上传结果).
    FinishUploadPayload {
        /// The file, with addresses for the uploader (附件).
        attachment: Attachment,
    }
}

/// Makes a file of what has come.
pub async fn finish_upload(ctx: &Context<'_>, input: FinishUploadInput) -> Result<FinishUploadPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let finish = FinishUpload { id: id(&input.id)?, alt: input.alt };
    let deed = async move { library.finish_upload(&caller, finish).await };
    done(ctx, deed, |(attached, position)| FinishUploadPayload {
        attachment: Some(shown(attached)),
        position: written(position),
        ..FinishUploadPayload::default()
    })
    .await
}
