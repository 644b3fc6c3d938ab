//! Who may look at what the server does.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::file::FileSettings;
use super::resolve::{Sources, secret};
use super::{ConfigError, GivenSecret};

/// Who may read the numbers. Without either nobody may.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObserveSettings {
    /// Who carries it may, at `/metrics`.
    pub metrics_token: Option<GivenSecret>,
    /// Who reaches this address may.
    pub metrics_addr: Option<SocketAddr>,
}

pub(super) fn observe(
    sources: &Sources,
    file: &FileSettings,
) -> Result<ObserveSettings, ConfigError> {
    let token = file.metrics_token.clone();
    Ok(ObserveSettings {
        metrics_token: secret(
            sources,
            "the metrics' token",
            "DIALTONE_METRICS_TOKEN",
            token.map(|value| ("metrics-token", value)),
        )?,
        metrics_addr: address(sources, file)?,
    })
}

/// A port alone is one of this machine's own.
fn address(sources: &Sources, file: &FileSettings) -> Result<Option<SocketAddr>, ConfigError> {
    let given = sources.pick(
        None,
        "DIALTONE_METRICS_ADDR",
        file.metrics_addr
            .clone()
            .map(|value| ("metrics-addr", value)),
    );
    let Some(given) = given else { return Ok(None) };
    let port = given.value.trim_start_matches(':').parse::<u16>();
    let here = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let address = port.map(here).or_else(|_| given.value.parse());
    address.map(Some).map_err(|_| {
        let problem = format!(
            "`{}` is neither a port, such as 9464, nor IP:PORT",
            given.value
        );
        given.wrong("the address for metrics", problem)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Flags, Settings};
    use super::*;

    fn resolve(variable: &str, value: &str) -> Result<ObserveSettings, ConfigError> {
        let flags = Flags {
            data_dir: Some("/nonexistent/dialtone".into()),
            ..Flags::default()
        };
        let environment = |name: &str| (name == variable).then(|| value.into());
        Settings::resolve(&flags, &environment).map(|settings| settings.observe)
    }

    #[test]
    fn metrics_are_off_and_a_port_alone_is_this_machines() {
        assert_eq!(resolve("", "").unwrap(), ObserveSettings::default());
        let at = |value| resolve("DIALTONE_METRICS_ADDR", value);
        let here = Some("127.0.0.1:9464".parse().unwrap());
        assert_eq!(at("9464").unwrap().metrics_addr, here);
        assert_eq!(at(":9464").unwrap().metrics_addr, here);
        let all = Some("0.0.0.0:1".parse().unwrap());
        assert_eq!(at("0.0.0.0:1").unwrap().metrics_addr, all);
        assert!(at("somewhere").is_err());
        let short = resolve("DIALTONE_METRICS_TOKEN", "short").unwrap_err();
        assert!(short.to_string().contains("DIALTONE_METRICS_TOKEN"));
        let long = resolve("DIALTONE_METRICS_TOKEN", "0123456789abcdef").unwrap();
        assert!(long.metrics_token.is_some());
    }
}
