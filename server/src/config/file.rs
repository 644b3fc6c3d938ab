//! The settings file: `server.toml` in the data folder.

use std::path::Path;

use serde::Deserialize;

use super::ConfigError;
use super::nearest::nearest;

/// Name of the file in the data folder.
pub const FILE_NAME: &str = "server.toml";

/// What the file may say; the names are those of the flags.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FileSettings {
    /// See [`Settings::listen`](super::Settings::listen).
    pub listen: Option<String>,
    /// See [`Settings::udp`](super::Settings::udp).
    pub udp: Option<String>,
    /// See [`Settings::public_addr`](super::Settings::public_addr).
    pub public_addr: Option<String>,
    /// See [`Settings::client_url`](super::Settings::client_url).
    pub client_url: Option<String>,
    /// A `postgres://` address.
    pub db_url: Option<String>,
    /// Certificate file.
    pub tls_cert: Option<String>,
    /// Key file.
    pub tls_key: Option<String>,
    /// The NATS server between several instances.
    pub bus: Option<String>,
    /// See [`BusSettings::address`](super::BusSettings::address).
    pub instance_addr: Option<String>,
    /// `auto` or `none`.
    pub tls: Option<String>,
    /// The names of [`AcmeSettings`](super::AcmeSettings), with commas between them.
    pub acme: Option<String>,
    /// Whom the authority may write to.
    pub acme_contact: Option<String>,
    /// Where the authority is.
    pub acme_directory: Option<String>,
    /// See [`Settings::pepper`](super::Settings::pepper).
    pub username_pepper: Option<String>,
    /// See [`Settings::admin_token`](super::Settings::admin_token).
    pub admin_token: Option<String>,
    /// Most connections at a time.
    pub max_connections: Option<usize>,
    /// How much an account may store in files, in MiB.
    pub blob_quota_mb: Option<u32>,
    /// How much everybody together may store in files, in MiB.
    pub blob_total_mb: Option<u32>,
    /// See [`Settings::retention_days`](super::Settings::retention_days).
    pub retention_days: Option<u32>,
    /// The largest file, in MiB.
    pub blob_largest_mb: Option<u32>,
    /// See [`Settings::blobs`](super::Settings::blobs).
    pub blob_bucket: Option<String>,
    /// Where the bucket is.
    pub blob_endpoint: Option<String>,
    /// Its region.
    pub blob_region: Option<String>,
    /// Who signs for the bucket.
    pub s3_access_key_id: Option<String>,
    /// By what.
    pub s3_secret_access_key: Option<String>,
    /// See [`Settings::turn`](super::Settings::turn).
    pub turn_urls: Option<Vec<String>>,
    /// What the TURN servers know as `static-auth-secret`.
    pub turn_secret: Option<String>,
    /// See [`LimitSettings::address`](super::LimitSettings::address).
    pub rate_per_addr: Option<String>,
    /// See [`LimitSettings::account`](super::LimitSettings::account).
    pub rate_per_account: Option<String>,
    /// See [`LimitSettings::device`](super::LimitSettings::device).
    pub rate_per_device: Option<String>,
    /// See [`LimitSettings::connections`](super::LimitSettings::connections).
    pub max_connections_per_addr: Option<String>,
    /// See [`ObserveSettings::metrics_token`](super::ObserveSettings::metrics_token).
    pub metrics_token: Option<String>,
    /// See [`ObserveSettings::metrics_addr`](super::ObserveSettings::metrics_addr).
    pub metrics_addr: Option<String>,
}

impl FileSettings {
    /// Reads the file in `data_dir`; without one, nothing is set.
    ///
    /// # Errors
    /// [`ConfigError::File`]
    pub fn load(data_dir: &Path) -> Result<Self, ConfigError> {
        let path = data_dir.join(FILE_NAME);
        let wrong = |problem: String| ConfigError::File {
            problem,
            path: path.display().to_string(),
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| wrong(place(&text, &error))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(wrong(error.to_string())),
        }
    }

    /// Whether something is in it that only the server may know.
    pub(crate) fn holds_secrets(&self) -> bool {
        let secrets = [
            &self.username_pepper,
            &self.admin_token,
            &self.s3_access_key_id,
            &self.s3_secret_access_key,
            &self.turn_secret,
            &self.metrics_token,
        ];
        // Of a database or a bus, where there is a password or may be one.
        let addresses = [&self.db_url, &self.bus];
        let has_password = |url: &String| url.contains('@') || url.contains("password");
        secrets.into_iter().any(Option::is_some)
            || addresses.into_iter().flatten().any(has_password)
    }
}

/// The line and the key that an error is about. Not the value: it may be a secret.
fn place(text: &str, error: &toml::de::Error) -> String {
    let message = &plainer(error.message());
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
        return message.clone();
    };
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default();
    match line.split_once('=') {
        Some((key, _)) => format!("line {number}, {}: {message}", key.trim()),
        None => format!("line {number}: {message}"),
    }
}

/// Of an unknown key, which known one is near. Serde names the unknown one and then, for a whole screen, all that there are.
fn plainer(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = names
        .next()
        .filter(|_| message.starts_with("unknown field"));
    let Some(unknown) = unknown else {
        return message.to_owned();
    };
    match nearest(unknown, names) {
        Some(nearest) => {
            format!("there is no setting `{unknown}`, the nearest is `{nearest}`")
        }
        None => format!("there is no setting `{unknown}`; the README lists those that there are"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<FileSettings, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
        FileSettings::load(folder.path())
    }

    #[test]
    fn a_wrong_line_is_named_with_its_key_and_file() {
        for (text, named) in [
            (
                "listen = \"[::]:1\"\nmax-connections = \"many\"\n",
                "line 2, max-connections",
            ),
            ("listen = 7\n", "line 1, listen"),
            (
                "\nlisten-at = \"x\"\n",
                "line 2, listen-at: there is no setting `listen-at`; the README",
            ),
            (
                "\nrate-per-adr = \"none\"\n",
                "the nearest is `rate-per-addr`",
            ),
            (
                "colour = \"blue\"\n",
                "line 1, colour: there is no setting `colour`; the",
            ),
            ("[server]\nlisten = \"[::]:1\"\n", "no setting `server`"),
            (
                "DIALTONE_UDP_ADDR = \"none\"\n",
                "no setting `DIALTONE_UDP_ADDR`",
            ),
            ("admin-token = \"correct horse", "line 1, admin-token"),
        ] {
            let error = load(text).err().expect("refused").to_string();
            assert!(error.contains(named), "{error}");
            assert!(error.contains(FILE_NAME), "{error}");
            assert!(!error.contains("horse"), "{error}");
        }
        assert_eq!(
            load("max-connections = 7").unwrap().max_connections,
            Some(7)
        );
    }
}
