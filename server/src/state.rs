//! What every part of the server is given: the store, the clock, the secrets and the services' state.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Instant;

use dialtone_protocol::Hash;
use dialtone_store::Store;

use crate::approvals::Approvals;
use crate::auth::AuthState;
use crate::blobs::Blobs;
use crate::bus::{Bus, BusStart};
use crate::calls::Calls;
use crate::clock::Clock;
use crate::config::{LimitSettings, ObserveSettings};
use crate::groups::Groups;
use crate::housekeeping;
use crate::identity::Health;
use crate::instances::{self, Peers};
use crate::limits::{Doors, Limits};
use crate::live::{self, Hub};
use crate::messages::{MessageQueue, Pauses, Retention};
use crate::metrics::Metrics;
use crate::page::Page;
use crate::relay::{self, Relay, RelayStart};
use crate::roster::{RosterError, RosterState};
use crate::secrets::Secrets;
use crate::tls::Certificate;
use crate::token::Expected;
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
    /// The certificate in use; `None` behind a proxy.
    pub certificate: Option<Arc<Certificate>>,
    /// `host:port` in links.
    pub link_host: String,
    /// Where people get the client.
    pub client_url: Option<String>,
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
    /// Days after which what was written is erased; `None`: never.
    pub retention_days: Option<u32>,
    /// The way to the other instances.
    pub bus: BusStart,
    /// `host:port` at which clients reach this instance itself; `None`: there is no other.
    pub instance_address: Option<String>,
}

/// The server's state; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// See [`AppState`].
pub struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) secrets: Secrets,
    certificate: Option<Arc<Certificate>>,
    link_host: String,
    pub(crate) page: Page,
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
    /// Who carries it may read the numbers.
    pub(crate) metrics_token: Option<Expected>,
    pub(crate) retention: Retention,
    pub(crate) bus: Bus,
    pub(crate) peers: Peers,
    pub(crate) instance_address: Option<String>,
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
        let BusStart { bus, incoming } = parts.bus;
        let hub = Hub::new(bus.outlet.clone());
        if bus.is_on() {
            instances::begin(&*parts.store, &hub).await?;
        }
        let roster = RosterState::load(&*parts.store).await?;
        roster.check_identity(&parts.secrets.identity_key())?;
        let groups = Groups::load(&*parts.store).await?;
        let retention = Retention::load(&*parts.store, parts.retention_days).await?;
        let (messages, writer) = MessageQueue::new();
        let state = Self(Arc::new(Inner {
            work: Work::default(),
            health: Health::default(),
            auth: AuthState::default(),
            approvals: Approvals::default(),
            groups,
            hub,
            calls: Calls::default(),
            blobs: parts.blobs,
            relay: parts.relay.relay,
            turn: parts.turn,
            metrics: Metrics::new(),
            limits: Limits::new(&parts.limits),
            doors: Arc::new(Doors::new(
                parts.limits.connections,
                parts.certificate.is_none(),
            )),
            metrics_token: parts
                .observe
                .metrics_token
                .map(|token| Expected::new(token.reveal())),
            retention,
            roster,
            messages,
            pauses: Pauses::default(),
            store: parts.store,
            clock: parts.clock,
            secrets: parts.secrets,
            certificate: parts.certificate,
            link_host: parts.link_host,
            page: Page::new(parts.client_url.as_deref()),
            bus,
            peers: Peers::new(Instant::now()),
            instance_address: parts.instance_address,
        }));
        if let Some(incoming) = incoming {
            let secrets = state.secrets.fingerprint();
            tokio::spawn(instances::listen(
                Arc::downgrade(&state.0),
                incoming,
                secrets,
            ));
            tokio::spawn(instances::follow_database(Arc::downgrade(&state.0)));
        }
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
        self.0.certificate.as_ref().map(|one| one.key_hash())
    }

    /// Whether the certificate in use is an authority's.
    pub(crate) fn is_certified(&self) -> bool {
        self.0
            .certificate
            .as_ref()
            .is_some_and(|one| one.is_signed())
    }

    /// Whether a client may name this as the key at which its connection ends.
    pub(crate) fn is_tls_key(&self, named: Option<&Hash>) -> bool {
        match (&self.0.certificate, named) {
            (Some(certificate), Some(named)) => certificate.is_or_was(named),
            (None, None) => true,
            _ => false,
        }
    }

    /// Shows another certificate where its files have changed.
    pub(crate) fn refresh_certificate(&self) {
        match self.0.certificate.as_ref().map(|one| one.refresh()) {
            Some(Ok(true)) => tracing::info!("another TLS certificate is in use from now on"),
            Some(Err(error)) => {
                tracing::error!(%error, "the TLS certificate's files have changed and cannot be used: the one before stays");
            }
            _ => {}
        }
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
