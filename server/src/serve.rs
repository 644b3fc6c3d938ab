//! From settings to a running server, and the link of one that runs.

use std::net::SocketAddr;
use std::sync::Arc;

use dialtone_protocol::link::Link;
use dialtone_store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::acme::Acme;
use crate::admin::{LinkError, ServerLinks, founding_link};
use crate::backup::{self, BackupError};
use crate::blobs::{Blobs, OpenShelfError};
use crate::bus::{BusError, BusStart};
use crate::clock::{Clock, SystemClock};
use crate::config::{Settings, TlsSetting, UdpSetting};
use crate::database;
use crate::exposed::{self, ExposedError};
use crate::instances::check_secrets;
use crate::listen::{Accepting, run};
use crate::metrics;
use crate::relay::{Relay, RelayError, RelayStart};
use crate::roster::RosterError;
use crate::secrets::{Folder, Secrets, SecretsError};
use crate::state::{AppState, Parts};
use crate::tls::{Tls, TlsError};
use crate::turn::Turn;

/// In the data folder: `host:port` in the links of the server that runs or ran last.
const ADDRESS_FILE: &str = "address";

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The secrets.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// Somebody else may read the secrets.
    #[error(transparent)]
    Exposed(#[from] ExposedError),
    /// A restore did not come to its end.
    #[error(transparent)]
    Restore(#[from] BackupError),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The place for files.
    #[error(transparent)]
    Shelf(#[from] OpenShelfError),
    /// The member list.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The address.
    #[error(
        "cannot listen at {address}: {error}; choose another address by --listen or DIALTONE_LISTEN_ADDR"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// The address for metrics.
    #[error("cannot listen at {address}: {error}; choose another address by DIALTONE_METRICS_ADDR")]
    ListenForMetrics {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// What relays calls.
    #[error(
        "calls cannot be relayed: {error}; choose another address by --udp or DIALTONE_UDP_ADDR, or `none` to do without UDP"
    )]
    Relay {
        /// What is wrong.
        #[source]
        error: RelayError,
    },
    /// The other instances.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// A link.
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// A server that listens, before it serves.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    state: AppState,
    accepting: Accepting,
    store: Arc<dyn Store>,
    metrics: Option<TcpListener>,
    acme: Option<Acme>,
}

impl Server {
    /// Opens everything that the settings name.
    ///
    /// # Errors
    /// [`StartError`] says what to do.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        // The embedded database lies in it.
        Folder::open(&settings.data_dir)?;
        backup::refuse_half_restored(&settings.data_dir)?;
        let store = database::open(&settings.database).await?;
        Self::start_on(settings, store).await
    }

    /// The same on a store that is open already.
    ///
    /// # Errors
    /// [`StartError`] says what to do.
    pub async fn start_on(settings: &Settings, store: Arc<dyn Store>) -> Result<Self, StartError> {
        Self::start_by(settings, store, Arc::new(SystemClock)).await
    }

    /// The same by another clock than the machine's.
    ///
    /// # Errors
    /// [`StartError`] says what to do.
    pub async fn start_by(
        settings: &Settings,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        exposed::look(settings)?;
        let secrets = Secrets::load(settings)?;
        let tls = Tls::load(settings)?;
        let blobs = Blobs::open(settings, &*store, clock.now()).await?;
        let cannot = |error| StartError::Listen {
            address: settings.listen,
            error,
        };
        let listener = TcpListener::bind(settings.listen).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let metrics = listen_for_metrics(settings).await?;
        let relay = start_relay(settings, address).map_err(|error| StartError::Relay { error })?;
        let link_host = link_host(settings, address);
        Folder::open(&settings.data_dir)?.write("address", ADDRESS_FILE, &link_host)?;
        let bus = join_bus(settings, &secrets).await?;
        let acme = tls.as_ref().and_then(|tls| start_acme(settings, tls));
        let state = AppState::start(Parts {
            store: Arc::clone(&store),
            clock,
            secrets,
            certificate: tls.as_ref().map(|tls| Arc::clone(&tls.certificate)),
            link_host,
            client_url: settings.client_url.clone(),
            blobs,
            relay,
            turn: Turn::new(&settings.turn),
            limits: settings.limits,
            observe: settings.observe.clone(),
            retention_days: settings.retention_days,
            bus,
            instance_address: instance_address(settings, address),
        })
        .await?;
        Ok(Self {
            listener,
            address,
            state,
            accepting: Accepting {
                tls: tls.map(|tls| tls.acceptor),
                max_connections: settings.max_connections,
            },
            store,
            metrics,
            acme,
        })
    }

    /// Where it tells its numbers, if that is a port of its own.
    ///
    /// # Errors
    /// What the system says.
    pub fn metrics_address(&self) -> std::io::Result<Option<SocketAddr>> {
        let listener = self.metrics.as_ref();
        listener.map(TcpListener::local_addr).transpose()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its state.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// A new founding link, while nobody founded.
    ///
    /// # Errors
    /// [`StartError::Link`]
    pub async fn founding_link(&self) -> Result<Option<Link>, StartError> {
        Ok(founding_link(&self.state).await?)
    }

    /// Serves until `shutdown` is cancelled.
    pub async fn serve(self, shutdown: CancellationToken) {
        if let Some(listener) = self.metrics {
            let (state, shutdown) = (self.state.clone(), shutdown.clone());
            tokio::spawn(metrics::serve_port(listener, state, shutdown));
        }
        if let Some(acme) = self.acme {
            tokio::spawn(acme.run(shutdown.clone()));
        }
        run(self.listener, self.state, self.accepting, shutdown).await;
        self.store.close().await;
    }
}

/// Makes a link from the data folder, whether its server runs or not.
///
/// # Errors
/// [`StartError`] says what to do.
pub async fn make_link(
    settings: &Settings,
    uses: u32,
    valid_for_s: u64,
) -> Result<Link, StartError> {
    let store = database::open_beside_server(&settings.database).await?;
    let secrets = Secrets::load_beside_server(settings)?;
    let host = Folder::open(&settings.data_dir)?.text("address", ADDRESS_FILE, || {
        link_host(settings, settings.listen)
    })?;
    let links = ServerLinks {
        host: host.to_string(),
        server_key: secrets.identity_key(),
    };
    let link = links
        .make(&*store, uses, valid_for_s, SystemClock.now())
        .await?;
    store.close().await;
    Ok(link)
}

/// What looks after the certificate, where an authority is asked for one.
fn start_acme(settings: &Settings, tls: &Tls) -> Option<Acme> {
    let TlsSetting::Acme(asked) = &settings.tls else {
        return None;
    };
    Some(Acme {
        settings: asked.clone(),
        data_dir: settings.data_dir.clone(),
        certificate: Arc::clone(&tls.certificate),
        challenges: tls.challenges.clone()?,
        clock: Arc::new(SystemClock),
    })
}

/// At the address of everything else, unless another is set. Where the system chose the port for TCP, that one may be taken for UDP.
fn start_relay(settings: &Settings, tcp: SocketAddr) -> Result<RelayStart, RelayError> {
    match settings.udp {
        UdpSetting::None => Relay::start(None),
        UdpSetting::At(address) => Relay::start(Some(address)),
        UdpSetting::AsTcp => Relay::start(Some(tcp)).or_else(|error| {
            let chosen_by_system = settings.listen.port() == 0;
            if chosen_by_system {
                Relay::start(Some(settings.listen))
            } else {
                Err(error)
            }
        }),
    }
}

/// Where clients reach this instance itself; where the system chose its port, there.
fn instance_address(settings: &Settings, address: SocketAddr) -> Option<String> {
    let named = &settings.bus.as_ref()?.address;
    if named.ends_with(":0") {
        return Some(address.to_string());
    }
    Some(named.clone())
}

async fn join_bus(settings: &Settings, secrets: &Secrets) -> Result<BusStart, BusError> {
    let Some(bus) = &settings.bus else {
        return Ok(BusStart::alone());
    };
    let mut start = BusStart::join(bus.url(), &secrets.identity_key()).await?;
    check_secrets(&mut start, secrets).await?;
    Ok(start)
}

async fn listen_for_metrics(settings: &Settings) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = settings.observe.metrics_addr else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|error| StartError::ListenForMetrics { address, error })?;
    Ok(Some(listener))
}

/// `host:port` for links: what is set, with the port where none is named, else where it listens.
fn link_host(settings: &Settings, address: SocketAddr) -> String {
    let port = address.port();
    match &settings.public_addr {
        Some(given) if has_port(given) => given.clone(),
        Some(host) => format!("{host}:{port}"),
        None if address.ip().is_unspecified() => format!("localhost:{port}"),
        None => address.to_string(),
    }
}

fn has_port(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(host, port)| {
        port.parse::<u16>().is_ok() && (!host.contains(':') || host.ends_with(']'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_told_from_the_end_of_an_ipv6_address() {
        assert!(has_port("example.org:7440") && has_port("[::1]:7440"));
        assert!(!has_port("example.org") && !has_port("::1") && !has_port("[::1]"));
    }
}
