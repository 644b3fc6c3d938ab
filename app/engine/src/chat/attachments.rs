//! Files that events name.

use dialtone_protocol::content::{Attachment, EventBody, FILES_LIMIT};
use dialtone_protocol::{Hash, strict};

use crate::snapshot::{FileId, FileView};

/// The longest picture of a person, in bytes.
const PORTRAIT_LIMIT: u64 = 256 * 1024;

/// The files that an event names, whether they can be shown or not.
pub(crate) fn attachments(body: &EventBody) -> &[Attachment] {
    match body {
        EventBody::Files { files, .. } => files,
        EventBody::Profile { picture, .. } => picture.as_slice(),
        _ => &[],
    }
}

/// Names everything that an event says of a file: two that differ in anything are not taken for one another.
pub(crate) fn id_of(attachment: &Attachment) -> FileId {
    FileId(Hash::of(&strict::encode(attachment)))
}

/// Files as the window shows them; none if one of them cannot be.
pub(crate) fn views(files: &[Attachment]) -> Option<Vec<FileView>> {
    let count = 1..=FILES_LIMIT;
    let all_valid = files.iter().all(Attachment::is_valid);
    (count.contains(&files.len()) && all_valid).then(|| files.iter().map(view).collect())
}

fn view(attachment: &Attachment) -> FileView {
    FileView {
        id: id_of(attachment),
        name: attachment.name.clone(),
        size: attachment.size,
        media_type: attachment.media_type.clone(),
        picture: attachment.picture.map(|size| (size.width, size.height)),
    }
}

/// Whether it can be somebody's picture.
pub(crate) fn is_portrait(attachment: &Attachment) -> bool {
    attachment.is_valid() && attachment.picture.is_some() && attachment.size <= PORTRAIT_LIMIT
}
