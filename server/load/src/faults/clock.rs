//! The server's clock is set, forward and back by up to a day and some: what it asks is answered by libfaketime, from a file.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use dialtone_protocol::http::EventPage;
use rand::Rng as _;
use rand::rngs::StdRng;

use super::crew::Crew;
use super::run::Scene;
use crate::community::{Client, Community};
use crate::error::LoadError;
use crate::net::{Api, Endpoint};
use crate::server::SetClock;
use crate::verdict::each_stored;

/// The most that it is set, either way, in seconds.
const FARTHEST_S: i64 = 26 * 60 * 60;
/// What may be between the clock and what is stored by it, in milliseconds.
const NEAR_MS: i64 = 5 * 60 * 1000;

/// A clock that can be set.
pub(super) struct Clock {
    offset: PathBuf,
    // The folder of that file; it goes with this.
    _folder: tempfile::TempDir,
}

impl Clock {
    /// The clock, which is right at first, and how a server is given it.
    ///
    /// # Errors
    /// When there is no such library, or nowhere to keep the file.
    pub(super) fn new(library: &Path) -> Result<(Self, SetClock), LoadError> {
        let failed = |error| LoadError::system("a clock that can be set", error);
        if !library.is_file() {
            let words = format!("there is no library at {}", library.display());
            return Err(LoadError::Arguments(words));
        }
        let folder = tempfile::tempdir().map_err(failed)?;
        let offset = folder.path().join("offset");
        let clock = Self {
            offset: offset.clone(),
            _folder: folder,
        };
        clock.set(0)?;
        let library = library.to_owned();
        Ok((clock, SetClock { library, offset }))
    }

    /// Sets it ahead by so many seconds, or back.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn set(&self, ahead_s: i64) -> Result<(), LoadError> {
        let beside = self.offset.with_extension("new");
        std::fs::write(&beside, format!("{ahead_s:+}\n"))
            .and_then(|()| std::fs::rename(&beside, &self.offset))
            .map_err(|error| LoadError::system("a clock that can be set", error))
    }

    /// Sets it, and sees by what is stored next that it is.
    ///
    /// # Errors
    /// When it is not, or something cannot be stored.
    pub(super) async fn strike(
        &self,
        mut scene: Scene,
        crew: &mut Crew,
        chance: &mut StdRng,
    ) -> Result<Scene, LoadError> {
        let ahead_s = chance.random_range(-FARTHEST_S..=FARTHEST_S);
        self.set(ahead_s)?;
        scene.give(crew, 1).await?;
        crew.drained().await?;
        let stored_ms = last_stored_ms(&scene).await?;
        let meant_ms = now_ms()? + ahead_s * 1000;
        if stored_ms.abs_diff(meant_ms) > NEAR_MS.unsigned_abs() {
            return Err(LoadError::Unsound(format!(
                "the clock was set by {ahead_s} s, and the server's is {} s from that",
                (stored_ms - meant_ms) / 1000
            )));
        }
        Ok(scene)
    }
}

fn now_ms() -> Result<i64, LoadError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_err(LoadError::client)?.as_millis();
    Ok(i64::try_from(now).unwrap_or(i64::MAX))
}

/// How many events were stored by a clock that is ahead by so many seconds, or behind: whoever wrote at that instance may have gone to another
/// long ago. By half of that time at most all of them were written.
///
/// # Errors
/// When they cannot be read.
pub(super) async fn stored_by(
    endpoint: &Endpoint,
    community: &Community,
    ahead_s: i64,
) -> Result<usize, LoadError> {
    let now_ms = now_ms()?;
    let meant_ms = now_ms + ahead_s * 1000;
    let mut stored = 0;
    each_stored(endpoint, first(community)?, community.channel, |event| {
        let time = i64::try_from(event.time_ms).map_err(LoadError::client)?;
        stored += usize::from(time.abs_diff(meant_ms) < time.abs_diff(now_ms));
        Ok(())
    })
    .await?;
    Ok(stored)
}

/// When the last event was stored, in milliseconds since 1970 by the server's clock.
async fn last_stored_ms(scene: &Scene) -> Result<i64, LoadError> {
    let community = &scene.stage.community;
    let client = first(community)?;
    let mut api = Api::new(community.endpoint.clone(), client.from);
    api.sign_in(client.token);
    let path = format!("/channels/{}/events?limit=1", community.channel);
    let page: EventPage = api.get(&path).await?;
    let last = page.events.last();
    let last = last.ok_or_else(|| LoadError::Unsound("nothing is stored".into()))?;
    i64::try_from(last.time_ms).map_err(LoadError::client)
}

fn first(community: &Community) -> Result<&Client, LoadError> {
    let client = community.clients.first();
    client.ok_or_else(|| LoadError::Broken("nobody is there".into()))
}
