//! Which servers the profile knows, by which keys, and which TURN servers they name: asked of the client that has the profile open,
//! since all of that is sealed under the password.

use std::path::{Path, PathBuf};
use std::time::Duration;

use dialtone_protocol::PublicKey;
use dialtone_protocol::turn::TurnServers;

use super::Target;
use super::bounded::within;
use crate::control::{self, ControlAnswer, ControlRequest, KnownServer};

/// For each question.
const LIMIT: Duration = Duration::from_secs(10);
/// The most servers that are asked for what they name.
const MOST: usize = 4;

/// A server's address, and what it names or why that is not known.
pub(super) type NamedBy = (String, Result<TurnServers, String>);

/// What the profile knows.
pub(super) struct Known {
    profile: Option<PathBuf>,
    servers: Result<Vec<KnownServer>, String>,
}

impl Known {
    /// Asks the client of a profile.
    pub(super) fn to(profile: Option<&Path>) -> Self {
        let servers = match profile {
            None => Err("no profile was named".to_owned()),
            Some(profile) => match ask(profile, ControlRequest::Servers) {
                Ok(ControlAnswer::Servers(servers)) => Ok(servers),
                Ok(_) => Err("the client answered something else".to_owned()),
                Err(reason) => Err(reason),
            },
        };
        Self {
            profile: profile.map(Path::to_owned),
            servers,
        }
    }

    /// The key that the profile has stored of a server.
    pub(super) fn key_of(&self, target: &Target) -> Option<PublicKey> {
        let mut servers = self.servers.iter().flatten();
        let known = servers.find(|known| target.is_at(&known.address));
        known.map(|known| known.key)
    }

    /// What the server at `target` names, or, without one, all servers of the profile.
    ///
    /// # Errors
    /// Why that cannot be known.
    pub(super) fn turn(&self, target: Option<&Target>) -> Result<Vec<NamedBy>, String> {
        let (Some(profile), servers) = (&self.profile, self.servers.as_ref()?) else {
            return Ok(Vec::new());
        };
        let meant = |known: &&KnownServer| target.is_none_or(|target| target.is_at(&known.address));
        let asked = servers.iter().filter(meant).take(MOST).map(|known| {
            let community = known.community;
            let named = match ask(profile, ControlRequest::TurnServers { community }) {
                Ok(ControlAnswer::TurnServers(named)) => Ok(named),
                Ok(_) => Err("the client answered something else".to_owned()),
                Err(reason) => Err(reason),
            };
            (known.address.clone(), named)
        });
        Ok(asked.collect())
    }
}

fn ask(profile: &Path, request: ControlRequest) -> Result<ControlAnswer, String> {
    let profile = profile.to_owned();
    let asked = within(LIMIT, move || control::ask(&profile, &request));
    match asked {
        Some(Ok(ControlAnswer::Error(reason))) => Err(reason),
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("the client does not answer".to_owned()),
    }
}
