//! The bytes of files, on their way: named by their SHA-256, which is looked at wherever they arrive.
//!
//! They pass piece by piece, however large a file is. Records of files are in [`super::attachments`].

use std::pin::Pin;

use bytes::Bytes;
use futures::stream::{BoxStream, Stream, StreamExt as _};
use object_store::{ObjectStoreExt as _, PutPayload, WriteMultipart};
use sha2::{Digest, Sha256};

use super::Outgoing;
use crate::Library;
use crate::attachment::place;
use crate::refusal::{Error, Refusal, RefusalCode, Result};

/// The bytes of one or more attachments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    sha256: String,
    size: u64,
}

/// Smaller files go to the store in one piece, larger ones in pieces of this size.
const PIECE: usize = 8 << 20;

impl StoredFile {
    /// Bytes with this SHA-256, in 64 lower-case hexadecimal digits, and this size.
    ///
    /// # Errors
    /// Refuses what is no SHA-256.
    pub fn new(sha256: &str, size: u64) -> Result<Self> {
        let digits = sha256.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        match digits && sha256.len() == 64 {
            true => Ok(Self { sha256: sha256.to_owned(), size }),
            false => Err(Refusal::new(RefusalCode::Invalid, "sha256", "不是 SHA-256 值", "is no SHA-256").into()),
        }
    }

    /// The SHA-256 in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl Outgoing {
    /// The bytes of a file, piece by piece; nothing if the store does not have them.
    ///
    /// # Errors
    /// When the object store fails.
    pub async fn bytes(&self, file: &StoredFile) -> Result<Option<BoxStream<'static, Result<Bytes>>>> {
        match self.library.files().get(&place(file.sha256())).await {
            Ok(found) => Ok(Some(found.into_stream().map(|piece| piece.map_err(Error::from)).boxed())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Library {
    /// Whether the store has the bytes of a file.
    ///
    /// # Errors
    /// When the object store fails.
    pub async fn has_file(&self, file: &StoredFile) -> Result<bool> {
        match self.files().head(&place(file.sha256())).await {
            Ok(found) => Ok(found.size == file.size()),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts the bytes of a file into the store, where they mean nothing until a record names them.
    ///
    /// # Errors
    /// Refuses bytes that are not those of the file; then nothing of them is kept.
    pub async fn restore_file(
        &self,
        file: &StoredFile,
        mut bytes: Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send + '_>>,
    ) -> Result<()> {
        let (mut hash, mut size) = (Sha256::new(), 0_u64);
        let (mut first, mut upload): (Vec<u8>, Option<WriteMultipart>) = (Vec::new(), None);
        let mut broken = None;
        while let Some(piece) = bytes.next().await {
            let piece = match piece {
                Ok(piece) => piece,
                Err(error) => {
                    broken = Some(Error::Database(format!("a file cannot be read: {error}")));
                    break;
                }
            };
            hash.update(&piece);
            size += piece.len() as u64;
            if upload.is_none() && first.len() + piece.len() > PIECE {
                let target = self.files().put_multipart(&place(file.sha256())).await?;
                let mut begun = WriteMultipart::new_with_chunk_size(target, PIECE);
                begun.write(&std::mem::take(&mut first));
                upload = Some(begun);
            }
            match &mut upload {
                Some(upload) => {
                    upload.wait_for_capacity(1).await?;
                    upload.write(&piece);
                }
                None => first.extend_from_slice(&piece),
            }
        }
        let sha256: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        if broken.is_none() && (sha256 != file.sha256 || size != file.size) {
            let message = "文件内容与其 SHA-256 不符";
            broken =
                Some(Refusal::new(RefusalCode::Invalid, "sha256", message, "the bytes have another SHA-256").into());
        }
        match (broken, upload) {
            (None, Some(upload)) => Ok(upload.finish().await.map(|_| ())?),
            (None, None) => {
                self.files().put(&place(file.sha256()), PutPayload::from(first)).await?;
                Ok(())
            }
            (Some(error), upload) => {
                if let Some(upload) = upload {
                    upload.abort().await?;
                }
                Err(error)
            }
        }
    }
}
