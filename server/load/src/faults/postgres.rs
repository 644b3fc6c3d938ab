//! Postgres goes away under a running server: it is restarted at once, or nothing gets through to it (or to NATS: see `instances`).

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use dialtone_faults::{Conditions, NatRules, Network};
use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::process::Command;
use tokio::runtime::Handle;
use tokio::time::sleep;

use crate::error::LoadError;

/// How long nothing gets through to the Postgres of a single server, in milliseconds.
pub(super) const CUT_MS: RangeInclusive<u64> = 500..=6_000;

/// Runs the program that restarts it.
///
/// # Errors
/// When that fails.
pub(super) async fn restart(program: &str) -> Result<(), LoadError> {
    let failed = |reason: String| LoadError::network("restarting Postgres", reason);
    let ended = Command::new(program).status().await;
    let status = ended.map_err(|error| failed(error.to_string()))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(status.to_string()))
    }
}

/// The way to a Postgres, or to another service, that can be cut.
pub(super) struct Way {
    network: Network,
    /// So many cuts there were.
    cuts: usize,
    /// The service by this way.
    pub(super) url: String,
}

impl Way {
    /// To the service that `url` names.
    ///
    /// # Errors
    /// When it names none by address and port, or no port is free.
    pub(super) fn to(url: &str, seed: u64) -> Result<Self, LoadError> {
        let (before, address, after) = parts(url).ok_or_else(|| {
            LoadError::Arguments(
                "the address of Postgres or NATS is no IP address with a port".into(),
            )
        })?;
        let network = Network::new(Handle::current(), seed, NatRules::default());
        let here = network
            .tcp(SocketAddr::from(([127, 0, 0, 1], 0)), address)
            .map_err(|error| LoadError::system("a port", error))?;
        Ok(Self {
            network,
            cuts: 0,
            url: format!("{before}{here}{after}"),
        })
    }

    /// Nothing gets through for so many milliseconds; after every other time never again by the connections that stood, as behind a firewall that
    /// was started again.
    pub(super) async fn cut(&mut self, lasts_ms: RangeInclusive<u64>, chance: &mut StdRng) {
        let lasts = Duration::from_millis(chance.random_range(lasts_ms));
        self.network.set(Conditions {
            cut: true,
            ..Conditions::default()
        });
        sleep(lasts).await;
        self.cuts += 1;
        if self.cuts.is_multiple_of(2) {
            self.network.change();
        }
        self.network.set(Conditions::default());
    }
}

/// What is before the address and the port, them, and what is after.
fn parts(url: &str) -> Option<(&str, SocketAddr, &str)> {
    let begins = url.find("://")? + 3;
    let ends = url[begins..].find('/').map_or(url.len(), |at| begins + at);
    let begins = url[begins..ends]
        .rfind('@')
        .map_or(begins, |at| begins + at + 1);
    let address = url[begins..ends].parse().ok()?;
    Some((&url[..begins], address, &url[ends..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_url() {
        let parted = parts("postgres://a:b@127.0.0.1:5432/c?d=e").unwrap();
        let address = "127.0.0.1:5432".parse().unwrap();
        assert_eq!(parted, ("postgres://a:b@", address, "/c?d=e"));
        assert_eq!(parts("postgres://127.0.0.1:5432").unwrap().2, "");
        let nats = "127.0.0.1:4222".parse().unwrap();
        assert_eq!(parts("nats://127.0.0.1:4222"), Some(("nats://", nats, "")));
        assert_eq!(parts("postgres:///c?host=/run"), None);
        assert_eq!(parts("nothing"), None);
    }
}
