//! Which sessions run: one for each community that is shown, and one for each newcomer that is not known to be in yet.
//!
//! ```text
//! keystore: the first device of a community -> its session is shown
//!           others behind it                -> sessions that are not shown: is one in, by the member list, it takes the place of the first
//! ```

use std::sync::Arc;

use dialtone_crypto::DeviceKey;
use dialtone_crypto::keystore::CommunitySecrets;
use dialtone_crypto::rows::RowKey;
use dialtone_protocol::{CommunityId, DeviceId};
use dialtone_words::say;
use tokio::sync::oneshot;

use super::copies::may_take_over;
use super::keystore::OpenKeystore;
use super::{Core, CoreInput, Running};
use crate::clock::Clock;
use crate::joining::Joined;
use crate::net::Internet;
use crate::session::{self, Identity, SessionCommand, SessionConfig, SessionUpdate};
use crate::snapshot::{Community, Connection, Severity};

impl Core {
    /// Takes another state of the keystore over: what went from it is closed and taken away, what is new is opened, with what is known of one that
    /// has `joined` just now.
    pub(super) fn adopt(&mut self, keystore: OpenKeystore, joined: Option<Joined>) {
        let before = self.keystore.replace(keystore);
        self.drop_what_went(before.as_ref());
        self.open_all(joined);
    }

    /// The same after a try that failed: it may have left a newcomer, who is not known to be in.
    pub(super) fn adopt_failed(&mut self, keystore: OpenKeystore) {
        let before = self.keystore.replace(keystore);
        self.drop_what_went(before.as_ref());
        self.mind_newcomers(&mut None);
    }

    fn drop_what_went(&mut self, before: Option<&OpenKeystore>) {
        let is_kept = |device: &DeviceId| {
            let now = self
                .keystore
                .iter()
                .flat_map(|now| &now.secrets.communities);
            now.map(|known| known.device.device())
                .any(|known| known == *device)
        };
        let before = before.iter().flat_map(|before| &before.secrets.communities);
        let before = before.map(|known| (known.community, known.device.device()));
        let gone: Vec<_> = before.filter(|(_, device)| !is_kept(device)).collect();
        for (community, device) in gone {
            let shown = self.joined.get(&community);
            let running = if shown.is_some_and(|shown| shown.device == device) {
                self.joined.remove(&community)
            } else {
                self.newcomers.remove(&device)
            };
            let profile = Arc::clone(&self.profile);
            tokio::spawn(async move {
                if let Some(running) = running {
                    let _ = running.session.close().await;
                }
                if let Err(error) = profile.remove_database(&community, &device) {
                    tracing::warn!("what was replaced stays until the next start: {error}");
                }
            });
        }
    }

    /// Opens whatever the keystore has.
    pub(super) fn open_all(&mut self, mut joined: Option<Joined>) {
        let Some(keystore) = self.keystore.clone() else {
            return;
        };
        let mut seen = Vec::new();
        for secrets in &keystore.secrets.communities {
            let (community, device) = (secrets.community, secrets.device.device());
            if seen.contains(&community) {
                continue;
            }
            seen.push(community);
            if self.joined.contains_key(&community) {
                continue;
            }
            let running = match self.newcomers.remove(&device) {
                Some(newcomer) => {
                    if newcomer.view.connection != Connection::Online {
                        let _ = newcomer.session.send(SessionCommand::Reconnect);
                    }
                    Some(newcomer)
                }
                None => self.start_session(&keystore, secrets, &mut joined),
            };
            if let Some(running) = running {
                self.joined.insert(community, running);
                if !self.order.contains(&community) {
                    self.order.push(community);
                }
            }
        }
        self.mind_newcomers(&mut joined);
    }

    /// Opens, beside the communities that are shown, those who are not known to be in yet.
    fn mind_newcomers(&mut self, joined: &mut Option<Joined>) {
        let Some(keystore) = self.keystore.clone() else {
            return;
        };
        for secrets in &keystore.secrets.communities {
            let device = secrets.device.device();
            let shown = self.joined.get(&secrets.community);
            let is_behind = shown.is_some_and(|shown| shown.device != device);
            if is_behind
                && !self.newcomers.contains_key(&device)
                && let Some(running) = self.start_session(&keystore, secrets, joined)
            {
                self.newcomers.insert(device, running);
            }
        }
    }

    /// Something that the session of a device tells.
    pub(super) fn told_by(
        &mut self,
        community: CommunityId,
        device: DeviceId,
        update: SessionUpdate,
    ) -> bool {
        let shown = self.joined.get(&community);
        if shown.is_some_and(|shown| shown.device == device) {
            return self.session_update(community, update);
        }
        let Some(newcomer) = self.newcomers.get_mut(&device) else {
            return false;
        };
        if let SessionUpdate::View(view) = update {
            newcomer.view = view;
            self.settle_newcomer(device);
        }
        true
    }

    /// Those who were found to be in while the keystore was in other hands.
    pub(super) fn settle_newcomers(&mut self) {
        for device in self.newcomers.keys().copied().collect::<Vec<_>>() {
            self.settle_newcomer(device);
        }
    }

    /// A newcomer who is in takes the place of what was there, unless that is in as well.
    fn settle_newcomer(&mut self, device: DeviceId) {
        let newcomer = self.newcomers.get(&device);
        let Some(newcomer) = newcomer.filter(|one| one.view.connection == Connection::Online)
        else {
            return;
        };
        let community = newcomer.view.id;
        if self.is_coming_in() {
            return;
        }
        let Some(mut keystore) = self.keystore.clone() else {
            return;
        };
        if !may_take_over(&self.profile, &keystore, &community, &device) {
            if let Some(newcomer) = self.newcomers.remove(&device) {
                self.closing.insert(device, newcomer.session.close());
            }
            return;
        }
        match keystore.settle(&community, &device) {
            Ok(()) => {
                self.adopt(keystore, None);
                self.dismiss_invitation_into(&community);
            }
            Err(error) => self.notices.add(Severity::Error, error.to_string()),
        }
    }

    pub(super) fn reconnect_newcomers(&self, community: &CommunityId) {
        let newcomers = self.newcomers.values();
        for newcomer in newcomers.filter(|one| one.view.id == *community) {
            let _ = newcomer.session.send(SessionCommand::Reconnect);
        }
    }

    /// A community as it is shown: with how it stands with whoever comes into it anew.
    pub(super) fn shown(&self, community: &CommunityId) -> Option<Arc<Community>> {
        let mut view = Arc::clone(&self.joined.get(community)?.view);
        let mut newcomers = self.newcomers.values();
        let newcomer = newcomers.rfind(|one| one.view.id == *community);
        if let (Some(newcomer), Connection::Removed { reason }) = (newcomer, &view.connection) {
            let name = &newcomer.view.me.name;
            let more = match &newcomer.view.connection {
                Connection::WaitingForAdmission => say!("notice-knocked-again", name = name),
                Connection::Offline { reason, .. } => say!(
                    "engine-account-unsure",
                    name = name,
                    reason = super::sentence(reason)
                ),
                _ => say!("notice-being-asked", name = name),
            };
            let reason = format!("{reason} {more}");
            Arc::make_mut(&mut view).connection = Connection::Removed { reason };
        }
        Some(view)
    }

    /// Closes every session; a later one of the same device waits until its files are.
    pub(super) fn close_all(&mut self) {
        let shown = std::mem::take(&mut self.joined).into_values();
        let newcomers = std::mem::take(&mut self.newcomers).into_values();
        for running in shown.chain(newcomers) {
            self.closing.insert(running.device, running.session.close());
        }
        self.order.clear();
    }

    /// Closes whatever is open of a community; what is returned resolves when its files are closed.
    pub(super) fn close(&mut self, community: &CommunityId) -> Vec<oneshot::Receiver<()>> {
        self.order.retain(|known| known != community);
        let newcomers = self
            .newcomers
            .extract_if(.., |_, one| one.view.id == *community);
        let newcomers: Vec<_> = newcomers.map(|(_, running)| running).collect();
        let shown = self.joined.remove(community);
        let all = newcomers.into_iter().chain(shown);
        all.map(|running| running.session.close()).collect()
    }

    /// Starts the task of one device of a community.
    fn start_session(
        &mut self,
        keystore: &OpenKeystore,
        secrets: &CommunitySecrets,
        joined: &mut Option<Joined>,
    ) -> Option<Running> {
        let device = match DeviceKey::from_secrets(&secrets.device) {
            Ok(device) => Arc::new(device),
            Err(error) => {
                self.notices.add(Severity::Error, error.to_string());
                return None;
            }
        };
        let (community, id) = (secrets.community, device.id());
        let identity = Identity {
            community,
            server: secrets.server.clone(),
            server_key: secrets.server_key,
            account: secrets.account,
            username: secrets.username.clone(),
            device,
        };
        let inputs = self.inputs.clone();
        let view = session::opening(&identity);
        let config = SessionConfig {
            identity,
            row_key: RowKey::new(&keystore.secrets.database_key),
            database: self.profile.database(&community, &id),
            audio: Arc::clone(&self.audio),
            ice: self.settings.ice.clone(),
            call_network: self.call_network.clone(),
            network: Arc::new(Internet),
            clock: Clock::system(),
            joined: joined.take_if(|joined| joined.device == id),
            open: None,
            at_hand: Arc::clone(&self.at_hand),
            after: self.closing.remove(&id),
        };
        let started = session::start(config, move |update| {
            // Views are replaced by later ones; a full queue means that the core is busy for long.
            let inputs = inputs.clone();
            async move {
                let _ = inputs.send(CoreInput::Session(community, id, update)).await;
            }
        });
        match started {
            Ok(session) => Some(Running {
                device: id,
                session,
                view,
            }),
            Err(error) => {
                let text = say!("notice-cannot-be-opened", error = error.to_string());
                self.notices.add(Severity::Error, text);
                None
            }
        }
    }
}
