//! How much one may ask.

use std::num::NonZeroU32;

use super::ConfigError;
use super::file::FileSettings;
use super::resolve::Sources;

/// So many each second, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Each second, in the long run.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

impl Rate {
    /// `None`, which means no bound, where one of them is nothing.
    pub fn new(per_second: u32, burst: u32) -> Option<Self> {
        Some(Self {
            per_second: NonZeroU32::new(per_second)?,
            burst: NonZeroU32::new(burst)?,
        })
    }
}

/// How many connections one address may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PerAddress {
    /// What is usual: none is set.
    #[default]
    Usual,
    /// So many.
    Most(usize),
    /// As many as they like.
    Any,
}

/// How much one may ask. `None`: as much as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSettings {
    /// Requests from one address; of IPv6 from one /64.
    pub address: Option<Rate>,
    /// Requests of one account.
    pub account: Option<Rate>,
    /// Requests of one device.
    pub device: Option<Rate>,
    /// Connections from one address.
    pub connections: PerAddress,
}

impl Default for LimitSettings {
    /// Far above what a client asks that fetches a long history as fast as it can.
    fn default() -> Self {
        Self {
            address: Rate::new(1000, 10_000),
            account: Rate::new(200, 4000),
            device: Rate::new(100, 2000),
            connections: PerAddress::Usual,
        }
    }
}

pub(super) fn limits(sources: &Sources, file: &FileSettings) -> Result<LimitSettings, ConfigError> {
    let usual = LimitSettings::default();
    let address = ("rate-per-addr", &file.rate_per_addr, usual.address);
    let account = ("rate-per-account", &file.rate_per_account, usual.account);
    let device = ("rate-per-device", &file.rate_per_device, usual.device);
    Ok(LimitSettings {
        address: rate(sources, "DIALTONE_RATE_PER_ADDR", address)?,
        account: rate(sources, "DIALTONE_RATE_PER_ACCOUNT", account)?,
        device: rate(sources, "DIALTONE_RATE_PER_DEVICE", device)?,
        connections: connections(sources, file.max_connections_per_addr.as_ref())?,
    })
}

/// `20` or `20/100`: each second, and at once; `none`: no bound.
fn rate(
    sources: &Sources,
    variable: &'static str,
    (key, file, usual): (&str, &Option<String>, Option<Rate>),
) -> Result<Option<Rate>, ConfigError> {
    let Some(given) = sources.pick(None, variable, file.clone().map(|value| (key, value))) else {
        return Ok(usual);
    };
    if given.value == "none" {
        return Ok(None);
    }
    read(&given.value).map(Some).ok_or_else(|| {
        let problem = format!(
            "`{}` is neither PER-SECOND/AT-ONCE, such as 100/2000, nor `none`",
            given.value
        );
        given.wrong("how many requests are taken", problem)
    })
}

fn read(given: &str) -> Option<Rate> {
    let Some((per_second, burst)) = given.split_once('/') else {
        let per_second: u32 = given.parse().ok()?;
        return Rate::new(per_second, per_second.saturating_mul(10));
    };
    Rate::new(per_second.parse().ok()?, burst.parse().ok()?)
}

fn connections(sources: &Sources, file: Option<&String>) -> Result<PerAddress, ConfigError> {
    let given = sources.pick(
        None,
        "DIALTONE_MAX_CONNECTIONS_PER_ADDR",
        file.map(|value| ("max-connections-per-addr", value.clone())),
    );
    let Some(given) = given else {
        return Ok(PerAddress::Usual);
    };
    if given.value == "none" {
        return Ok(PerAddress::Any);
    }
    match given.value.parse() {
        Ok(most) if most > 0 => Ok(PerAddress::Most(most)),
        _ => {
            let problem = format!("`{}` is neither a number above 0 nor `none`", given.value);
            Err(given.wrong("the most connections of an address", problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Flags, Settings};
    use super::*;

    fn resolve(variable: &str, value: &str) -> Result<LimitSettings, ConfigError> {
        let flags = Flags {
            data_dir: Some("/nonexistent/dialtone".into()),
            ..Flags::default()
        };
        let environment = |name: &str| (name == variable).then(|| value.into());
        Settings::resolve(&flags, &environment).map(|settings| settings.limits)
    }

    #[test]
    fn a_rate_is_read_and_a_wrong_one_is_named() {
        let read = |value| resolve("DIALTONE_RATE_PER_ADDR", value);
        assert_eq!(read("").unwrap(), LimitSettings::default());
        assert_eq!(read("20/100").unwrap().address, Rate::new(20, 100));
        assert_eq!(read("20").unwrap().address, Rate::new(20, 200));
        assert_eq!(read("none").unwrap().address, None);
        for wrong in ["0", "20/0", "many", "-1", "1/2/3"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("DIALTONE_RATE_PER_ADDR"), "{error}");
        }
        let device = resolve("DIALTONE_RATE_PER_DEVICE", "7/8").unwrap();
        assert_eq!(device.device, Rate::new(7, 8));
        let account = resolve("DIALTONE_RATE_PER_ACCOUNT", "7/8").unwrap();
        assert_eq!(account.account, Rate::new(7, 8));
    }

    #[test]
    fn how_many_connections_an_address_has_is_read() {
        let read = |value| resolve("DIALTONE_MAX_CONNECTIONS_PER_ADDR", value);
        assert_eq!(read("").unwrap().connections, PerAddress::Usual);
        assert_eq!(read("7").unwrap().connections, PerAddress::Most(7));
        assert_eq!(read("none").unwrap().connections, PerAddress::Any);
        assert!(read("0").is_err());
    }
}
