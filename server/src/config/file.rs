//! The settings file: `server.toml` in the data folder.

use std::path::Path;

use serde::Deserialize;

use super::ConfigError;

/// Name of the file in the data folder.
pub const FILE_NAME: &str = "server.toml";

/// What the file may say; the names are those of the flags.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FileSettings {
    /// See [`Settings::listen`](super::Settings::listen).
    pub listen: Option<String>,
    /// See [`Settings::public_addr`](super::Settings::public_addr).
    pub public_addr: Option<String>,
    /// A `postgres://` address.
    pub db_url: Option<String>,
    /// Certificate file.
    pub tls_cert: Option<String>,
    /// Key file.
    pub tls_key: Option<String>,
    /// `auto` or `none`.
    pub tls: Option<String>,
    /// See [`Settings::pepper`](super::Settings::pepper).
    pub username_pepper: Option<String>,
    /// See [`Settings::admin_token`](super::Settings::admin_token).
    pub admin_token: Option<String>,
    /// Most connections at a time.
    pub max_connections: Option<usize>,
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
            Ok(text) => toml::from_str(&text).map_err(|error| wrong(error.message().to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(wrong(error.to_string())),
        }
    }
}
