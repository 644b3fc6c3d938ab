#![no_main]
//! A backup that somebody hands to a restore: it is whole and as it says of itself, or refused, and read twice it is the same. What is put
//! around the bytes makes an archive of them: tar's sums and the manifest's hashes are nothing that one comes upon by chance.
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[path = "../../src/backup/archive.rs"]
mod archive;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/backup/error.rs"]
mod error;
#[path = "../../src/backup/manifest.rs"]
mod manifest;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/random.rs"]
mod random;

use archive::{Piece, Writer, verify};
use error::BackupError;

/// What else may go wrong, of which nothing happens here.
mod blobs {
    #[derive(Debug, thiserror::Error)]
    #[error("no shelf")]
    pub struct OpenShelfError;
}
mod secrets {
    #[derive(Debug, thiserror::Error)]
    #[error("no secrets")]
    pub struct SecretsError;
}

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

#[derive(Debug, Arbitrary)]
enum Handed {
    /// Bytes.
    Raw(Vec<u8>),
    /// Parts as the tar crate writes them, with any names and contents.
    Parts(Vec<(String, Vec<u8>)>),
    /// An archive of ours with a manifest that was changed.
    Ours {
        parts: Vec<(Name, Vec<u8>)>,
        at: u16,
        change: Vec<u8>,
    },
}

#[derive(Debug, Arbitrary)]
enum Name {
    Rows(u8),
    Folder(String),
    File([u8; 2]),
    Other(String),
}

impl Name {
    fn text(&self) -> String {
        match self {
            Self::Rows(number) => format!("rows/accounts/{number:06}"),
            Self::Folder(name) => format!("folder/{name}"),
            Self::File(name) => format!("files/{}", hex::encode(name)),
            Self::Other(name) => name.clone(),
        }
    }
}

fuzz_target!(|handed: Handed| {
    let path = FOLDER.path().join("handed.backup");
    let bytes = match handed {
        Handed::Raw(bytes) => Some(bytes),
        Handed::Parts(parts) => tarred(&parts),
        Handed::Ours { parts, at, change } => ours(&parts).map(|mut bytes| {
            let at = usize::from(at) % bytes.len();
            let end = (at + change.len()).min(bytes.len());
            bytes[at..end].copy_from_slice(&change[..end - at]);
            bytes
        }),
    };
    if let Some(bytes) = bytes {
        fs::write(&path, bytes).expect("a file");
        check(&path);
    }
});

fn tarred(parts: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in parts {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, content.as_slice())
            .ok()?;
    }
    tar.into_inner().ok()
}

fn ours(parts: &[(Name, Vec<u8>)]) -> Option<Vec<u8>> {
    let path = FOLDER.path().join("ours.backup");
    if path.exists() {
        fs::remove_file(&path).expect("a file");
    }
    let mut writer = Writer::begin(&path, 0).expect("a file");
    let head = manifest::Head {
        format: manifest::FORMAT,
        schema: 1,
        taken_ms: 0,
        server: "0".to_owned(),
        database: "sqlite".to_owned(),
        secrets: true,
        bucket: None,
        tables: Vec::new(),
    };
    let head = serde_json::to_vec(&head).expect("json");
    writer.add_bytes(manifest::HEAD, &head).expect("a part");
    for (name, content) in parts {
        writer.add_bytes(&name.text(), content).ok()?;
    }
    writer
        .finish(manifest::Manifest::default())
        .expect("a whole archive");
    Some(fs::read(&path).expect("a file"))
}

fn check(path: &PathBuf) {
    let Ok(verified) = verify(path) else {
        return;
    };
    let expected = verified.manifest.parts.clone();
    assert!(verified.head.format <= manifest::FORMAT);
    let _in_it = RUNTIME.enter();
    let mut pieces = verified.stream();
    let mut found: Vec<(String, u64)> = Vec::new();
    let mut left = 0;
    while let Some(piece) = pieces.blocking_recv() {
        match piece.expect("what was read once is read again") {
            Piece::Begin { name, size } => {
                left = size;
                found.push((name, size));
            }
            Piece::Bytes(bytes) => left -= bytes.len() as u64,
            Piece::End => assert_eq!(left, 0),
        }
    }
    let manifest = found.pop().expect("a manifest");
    assert_eq!(manifest.0, manifest::MANIFEST);
    let expected = expected.into_iter().map(|part| (part.name, part.size));
    assert!(found.into_iter().eq(expected));
}
