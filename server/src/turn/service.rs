//! Handing out TURN servers to members.

use std::time::Duration;

use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::turn::TurnServers;
use zeroize::Zeroizing;

use super::credential::Credential;
use crate::auth::Session;
use crate::channels::access;
use crate::config::TurnSettings;
use crate::live::Refusal;
use crate::random;
use crate::state::AppState;

/// How long a credential lets one begin to be relayed. What began goes on after that.
const LIFETIME: Duration = Duration::from_hours(1);

/// The TURN servers, and the secret that they share with this one. It shows nothing of the latter.
pub struct Turn {
    urls: Vec<String>,
    secret: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turn")
            .field("urls", &self.urls)
            .finish_non_exhaustive()
    }
}

impl Turn {
    /// As they are set.
    pub fn new(settings: &TurnSettings) -> Self {
        let secret = settings.secret.as_ref();
        Self {
            urls: settings.urls.iter().map(ToString::to_string).collect(),
            secret: secret.map(|secret| Zeroizing::new(secret.reveal().to_owned())),
        }
    }

    /// With a credential from `now_s` (seconds since 1970) on. Nothing in it says whose it is.
    pub fn servers(&self, now_s: u64) -> TurnServers {
        let ends_s = now_s + LIFETIME.as_secs();
        let secret = self.secret.as_ref();
        let made = secret.map(|it| Credential::new(it.as_bytes(), ends_s, random::bytes()));
        let (user, password) = made.map(|made| (made.user, made.password)).unzip();
        TurnServers {
            urls: self.urls.clone(),
            user: user.unwrap_or_default(),
            password: password.unwrap_or_default(),
            lifetime_s: LIFETIME.as_secs() as u32,
        }
    }
}

/// Tells a member the TURN servers, with a credential of its own.
pub(crate) fn hand_out(state: &AppState, session: &Session) -> Result<ServerFrame, Refusal> {
    if !access::is_member(state, &session.device) {
        return Err(Refusal::new(
            RefusalCode::NotAllowed,
            "only members may do this",
        ));
    }
    let now_s = u64::try_from(state.clock.now().0 / 1_000).unwrap_or_default();
    Ok(ServerFrame::TurnServers(state.turn.servers(now_s)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GivenSecret;

    fn turn(secret: Option<&str>) -> Turn {
        Turn::new(&TurnSettings {
            urls: vec!["turn:turn.example.org".parse().unwrap()],
            secret: secret.map(GivenSecret::new),
        })
    }

    #[test]
    fn each_is_given_another_name_and_the_same_end() {
        let turn = turn(Some("the north wind and the sun"));
        let (one, other) = (turn.servers(1_800_000_000), turn.servers(1_800_000_000));
        assert_eq!(one.urls, ["turn:turn.example.org:3478?transport=udp"]);
        assert!(one.user.starts_with("1800003600:") && other.user.starts_with("1800003600:"));
        assert_eq!(one.lifetime_s, 3_600);
        assert!(one.user != other.user && one.password != other.password);
        assert!(one.is_bounded());
    }

    #[test]
    fn the_secret_is_neither_shown_nor_handed_out() {
        let turn = turn(Some("correct horse battery"));
        assert!(!format!("{turn:?} {:?}", turn.servers(0)).contains("horse"));
        assert!(!turn.servers(0).password.contains("horse"));
    }
}
