//! The disk of the server's data is filled up, until nothing can be written, and emptied again.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dialtone_protocol::BlobId;
use tokio::time::sleep;

use super::crew::Crew;
use super::run::Scene;
use crate::error::LoadError;
use crate::net::Api;

/// What is left at first, in bytes: the database goes on, and a file finds no room.
const LEFT: u64 = 1024 * 1024;
/// A file that is larger than that, in bytes.
const FILE: usize = 3 * 1024 * 1024;
/// One piece of what fills the disk, in bytes.
const PIECE: usize = 4096;
/// The largest disk that is filled up: another would be somebody's.
const LARGEST: u64 = 256 * 1024 * 1024;
/// Messages of each writer at a time, until one of them is told that it cannot be stored, and how often they are given.
const EACH: usize = 8;
const ROUNDS: usize = 200;
/// Between two questions.
const PAUSE: Duration = Duration::from_millis(100);

/// A small disk.
pub(super) struct Disk {
    ballast: PathBuf,
}

impl Disk {
    /// That on which `folder` is.
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            ballast: folder.join("ballast"),
        }
    }

    /// Fills it up, sees that everybody is told, and empties it.
    ///
    /// # Errors
    /// When somebody is not told, or what was told is not so.
    pub(super) async fn strike(
        &self,
        mut scene: Scene,
        crew: &mut Crew,
    ) -> Result<Scene, LoadError> {
        let mut ballast = self.fill(LEFT)?;
        let (id, file) = (BlobId(rand::random()), vec![7; FILE]);
        let refused = api(&scene)?.put_bytes(&path(id), file.clone()).await;
        told("whoever sends a file", refused, "room")?;
        fill(&mut ballast, 0)?;
        let before = crew.counts().unavailable;
        for _ in 0..ROUNDS {
            scene.give(crew, EACH).await?;
            let awaited = crew.counts().acknowledged + crew.left();
            crew.until("somebody is told that the disk is full", |counts| {
                counts.unavailable > before || counts.acknowledged == awaited
            })
            .await?;
            if crew.counts().unavailable > before {
                break;
            }
        }
        if crew.counts().unavailable == before {
            return Err(LoadError::Unsound(
                "all was acknowledged on a full disk".into(),
            ));
        }
        Self::is_told_of(&scene).await?;
        drop(ballast);
        std::fs::remove_file(&self.ballast).map_err(failed)?;
        crew.drained().await?;
        let mut api = api(&scene)?;
        api.put_bytes(&path(id), file.clone()).await?;
        if api.get_bytes(&path(id)).await? != file {
            return Err(LoadError::Unsound("a file came back as another one".into()));
        }
        api.delete(&path(id)).await?;
        Ok(scene)
    }

    /// Whoever asks how the server is, is told: not at once, since what could not be stored may have left room for the little that the question
    /// writes, and since an answer is good for a moment.
    async fn is_told_of(scene: &Scene) -> Result<(), LoadError> {
        let mut api = api(scene)?;
        let mut asked = 0;
        loop {
            let health: Result<serde_json::Value, _> = api.get("/health").await;
            asked += 1;
            if health.is_err() || asked == ROUNDS {
                return told("whoever asks how the server is", health, "database");
            }
            sleep(PAUSE).await;
        }
    }

    /// Takes all but so many bytes.
    fn fill(&self, left: u64) -> Result<File, LoadError> {
        let mut ballast = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .open(&self.ballast)
            .map_err(failed)?;
        fill(&mut ballast, left)?;
        Ok(ballast)
    }
}

/// Writes on until there is no room, and gives so many bytes back.
fn fill(ballast: &mut File, left: u64) -> Result<(), LoadError> {
    let mut length = ballast.metadata().map_err(failed)?.len();
    let full = loop {
        match ballast.write(&[0; PIECE]) {
            Ok(written) => length += written as u64,
            Err(full) => break full,
        }
        if length > LARGEST {
            return Err(LoadError::Arguments(
                "--data is not on a small disk of its own".into(),
            ));
        }
    };
    if full.kind() != std::io::ErrorKind::StorageFull {
        return Err(failed(full));
    }
    if left > 0 {
        ballast
            .set_len(length.saturating_sub(left))
            .map_err(failed)?;
        // Written on from there.
        std::io::Seek::seek(ballast, std::io::SeekFrom::End(0)).map_err(failed)?;
    }
    Ok(())
}

fn failed(error: std::io::Error) -> LoadError {
    LoadError::system("a disk that can be filled up", error)
}

fn path(id: BlobId) -> String {
    format!("/blobs/{id}")
}

/// As the first client.
fn api(scene: &Scene) -> Result<Api, LoadError> {
    let community = &scene.stage.community;
    let client = community.clients.first();
    let client = client.ok_or_else(|| LoadError::Broken("nobody is there".into()))?;
    let mut api = Api::new(community.endpoint.clone(), client.from);
    api.sign_in(client.token);
    Ok(api)
}

/// It has to be refused, in words that say what is wrong.
fn told<T>(who: &str, answer: Result<T, LoadError>, word: &str) -> Result<(), LoadError> {
    match answer {
        Err(LoadError::Refused { reason, .. }) if reason.contains(word) => Ok(()),
        Err(error) => Err(LoadError::Unsound(format!("{who} is told: {error}"))),
        Ok(_) => Err(LoadError::Unsound(format!(
            "{who} is told that all is well on a full disk"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_to_say_what_is_wrong() {
        let refused = |reason: &str| {
            Err::<(), _>(LoadError::Refused {
                what: "it".into(),
                reason: reason.into(),
            })
        };
        assert!(told("one", refused("no space is left"), "space").is_ok());
        assert!(told("one", refused("something failed"), "space").is_err());
        assert!(told("one", Ok(()), "space").is_err());
        let gone = LoadError::network("a request", "no space");
        assert!(told::<()>("one", Err(gone), "space").is_err());
    }
}
