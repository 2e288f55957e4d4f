//! Files beside the JSON lines: found by a path that may not leave their folder, never fetched from anywhere.

use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use library::attachment::{AttachmentRole, Upload};
use library::content::{AttachmentUse, ContentFields, Details};
use library::id::AttachmentId;
use library::{Caller, Error, Library};
use sha2::{Digest, Sha256};

use super::native::{FilePlace, WantedFile};
use super::outcome::ImportTrouble;

/// The largest file that is taken over.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The folder of a file of JSON lines.
pub(super) struct Folder {
    root: PathBuf,
}

/// A file that is there.
pub(super) struct Found {
    pub wanted: WantedFile,
    path: PathBuf,
    pub sha256: String,
}

impl Folder {
    /// The folder in which a file lies.
    pub fn of(file: &Path) -> anyhow::Result<Self> {
        let file = file.canonicalize().with_context(|| format!("{} cannot be opened", file.display()))?;
        Ok(Self { root: file.parent().unwrap_or(&file).to_owned() })
    }

    /// Looks a file up and reads it once, for its hash.
    pub fn find(&self, wanted: WantedFile) -> Result<Found, ImportTrouble> {
        let trouble = |code: &str, reason: String| ImportTrouble::new(code, &wanted.field, reason);
        let given = &wanted.path;
        if given.contains("://") {
            return Err(trouble(
                "NOT_A_FILE",
                format!("{given} is an address: nothing is fetched, put the file beside the lines"),
            ));
        }
        let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if given.is_empty() || given.contains('\\') || !Path::new(given).components().all(inside) {
            return Err(trouble("OUTSIDE_FOLDER", format!("{given} is no path within the folder of the lines")));
        }
        let Ok(path) = self.root.join(given).canonicalize() else {
            return Err(trouble("FILE_NOT_FOUND", format!("there is no file {given} beside the lines")));
        };
        if !path.starts_with(&self.root) {
            return Err(trouble("OUTSIDE_FOLDER", format!("{given} leads out of the folder of the lines")));
        }
        let readable = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file);
        let Some(size) = readable.map(|data| data.len()) else {
            return Err(trouble("NOT_A_FILE", format!("{given} is no file")));
        };
        if size == 0 || size > LARGEST {
            let reason = if size == 0 { "is empty".to_owned() } else { format!("has more than {} MiB", LARGEST >> 20) };
            return Err(trouble("INVALID", format!("{given} {reason}")));
        }
        let sha256 = digest(&path).map_err(|_| trouble("NOT_A_FILE", format!("{given} cannot be read")))?;
        Ok(Found { path, sha256, wanted })
    }
}

fn digest(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => hash.update(&piece[..read]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Brings a file into the library, unless its bytes are there.
pub(super) async fn store(
    library: &Library,
    caller: &Caller,
    found: &Found,
) -> anyhow::Result<Result<AttachmentId, ImportTrouble>> {
    if let Some(id) = library.attachment_of_bytes(&found.sha256).await? {
        return Ok(Ok(id));
    }
    let bytes = std::fs::read(&found.path).with_context(|| format!("the file {}", found.wanted.path))?;
    let upload = Upload { name: name_of(&found.wanted), alt: found.wanted.alt.clone(), bytes: bytes.into() };
    match library.upload_attachment(caller, upload).await {
        Ok(attached) => Ok(Ok(attached.id)),
        Err(Error::Refused(refusal)) => {
            let trouble = ImportTrouble::refused(&refusal);
            Ok(Err(ImportTrouble { field: found.wanted.field.clone(), ..trouble }))
        }
        Err(error) => Err(error.into()),
    }
}

/// What a file is called: as the record says, else as its path ends.
fn name_of(wanted: &WantedFile) -> String {
    let last = wanted.path.rsplit('/').next().unwrap_or_default();
    wanted.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| last.to_owned())
}

/// Puts a file to its place in a content.
pub(super) fn attach(fields: &mut ContentFields, wanted: &WantedFile, attachment: AttachmentId) {
    let used = |role: AttachmentRole| AttachmentUse {
        attachment,
        role: wanted.role.unwrap_or(role),
        name: Some(name_of(wanted)),
        alt: wanted.alt.clone(),
        caption: wanted.caption.clone(),
    };
    if wanted.place == FilePlace::Cover {
        fields.cover = Some(used(AttachmentRole::Cover));
        return;
    }
    if !fields.attachments.iter().any(|used| used.attachment == attachment) {
        fields.attachments.push(used(AttachmentRole::Attachment));
    }
    if let Details::ServiceGuide(guide) = &mut fields.details {
        match wanted.place {
            FilePlace::BlankForm(at) => guide.materials[at].blank_form = Some(attachment),
            FilePlace::Sample(at) => guide.materials[at].sample = Some(attachment),
            FilePlace::Cover | FilePlace::Attachment => {}
        }
    }
}
