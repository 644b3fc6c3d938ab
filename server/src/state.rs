//! What every part of the server is given: the store, the clock, the secrets and the services' state.

use std::ops::Deref;
use std::sync::Arc;

use dialtone_protocol::Hash;
use dialtone_store::Store;

use crate::approvals::Approvals;
use crate::auth::AuthState;
use crate::blobs::Blobs;
use crate::calls::Calls;
use crate::clock::Clock;
use crate::config::{LimitSettings, ObserveSettings};
use crate::groups::Groups;
use crate::housekeeping;
use crate::identity::Health;
use crate::limits::{Doors, Limits};
use crate::live::{self, Hub};
use crate::messages::{MessageQueue, Pauses};
use crate::metrics::Metrics;
use crate::relay::{self, Relay, RelayStart};
use crate::roster::{RosterError, RosterState};
use crate::secrets::Secrets;
use crate::turn::Turn;
use crate::work::Work;

/// What a server is made of.
pub struct Parts {
    /// Where the state is kept.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// The secrets.
    pub secrets: Secrets,
    /// SHA-256 of the TLS key in use; `None` behind a proxy.
    pub tls_key: Option<Hash>,
    /// `host:port` in links.
    pub link_host: String,
    /// How sealed files are kept.
    pub blobs: Blobs,
    /// What relays calls.
    pub relay: RelayStart,
    /// STUN and TURN servers that members are told.
    pub turn: Turn,
    /// How much one may ask.
    pub limits: LimitSettings,
    /// Who may look at what the server does.
    pub observe: ObserveSettings,
    /// The certificate in use is an authority's.
    pub certified: bool,
}

/// The server's state; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// See [`AppState`].
pub struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) secrets: Secrets,
    tls_key: Option<Hash>,
    link_host: String,
    pub(crate) work: Work,
    pub(crate) health: Health,
    pub(crate) auth: AuthState,
    pub(crate) approvals: Approvals,
    pub(crate) roster: RosterState,
    pub(crate) groups: Groups,
    pub(crate) messages: MessageQueue,
    pub(crate) pauses: Pauses,
    pub(crate) hub: Hub,
    pub(crate) calls: Calls,
    pub(crate) blobs: Blobs,
    pub(crate) relay: Relay,
    pub(crate) turn: Turn,
    pub(crate) metrics: Metrics,
    pub(crate) limits: Limits,
    pub(crate) doors: Arc<Doors>,
    pub(crate) observe: ObserveSettings,
    pub(crate) certified: bool,
}

impl Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl AppState {
    /// Loads what is in memory from the store and starts the writer of messages.
    ///
    /// # Errors
    /// When the roster cannot be loaded.
    pub async fn start(parts: Parts) -> Result<Self, RosterError> {
        let roster = RosterState::load(&*parts.store).await?;
        roster.check_identity(&parts.secrets.identity_key())?;
        let groups = Groups::load(&*parts.store).await?;
        let (messages, writer) = MessageQueue::new();
        let state = Self(Arc::new(Inner {
            work: Work::default(),
            health: Health::default(),
            auth: AuthState::default(),
            approvals: Approvals::default(),
            groups,
            hub: Hub::default(),
            calls: Calls::default(),
            blobs: parts.blobs,
            relay: parts.relay.relay,
            turn: parts.turn,
            metrics: Metrics::new(),
            limits: Limits::new(&parts.limits),
            doors: Arc::new(Doors::new(
                parts.limits.connections,
                parts.tls_key.is_none(),
            )),
            observe: parts.observe,
            certified: parts.certified,
            roster,
            messages,
            pauses: Pauses::default(),
            store: parts.store,
            clock: parts.clock,
            secrets: parts.secrets,
            tls_key: parts.tls_key,
            link_host: parts.link_host,
        }));
        tokio::spawn(writer.run(Arc::downgrade(&state.0)));
        tokio::spawn(relay::watch(Arc::downgrade(&state.0), parts.relay.rolls));
        tokio::spawn(housekeeping::run(Arc::downgrade(&state.0)));
        tokio::spawn(live::tell_presence(Arc::downgrade(&state.0)));
        Ok(state)
    }

    pub(crate) fn from_inner(inner: Arc<Inner>) -> Self {
        Self(inner)
    }

    /// SHA-256 of the TLS key in use; `None` behind a proxy.
    pub fn tls_key(&self) -> Option<Hash> {
        self.0.tls_key
    }

    /// What relays calls.
    pub fn relay(&self) -> &Relay {
        &self.0.relay
    }

    /// `host:port` in links.
    pub fn link_host(&self) -> &str {
        &self.0.link_host
    }
}
