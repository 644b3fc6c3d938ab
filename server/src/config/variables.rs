//! The variables of the environment: which there are, what cannot be read, and what is misspelt.
//!
//! ```text
//! environment -> text, or an error that names the variable -> Sources
//!             -> names that begin like ours: known | near a known one: an error | another program's: told once
//! ```

use std::ffi::{OsStr, OsString};

use super::ConfigError;
use super::nearest::nearest;

/// Looks up a variable.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// With what the names of ours begin.
const PREFIX: &str = "DIALTONE_";

/// Those that are settings. What is not here is not read.
pub const SETTING_VARIABLES: [&str; 34] = [
    "DIALTONE_ACME",
    "DIALTONE_ACME_CONTACT",
    "DIALTONE_ACME_DIRECTORY",
    "DIALTONE_ADMIN_TOKEN",
    "DIALTONE_BLOB_BUCKET",
    "DIALTONE_BLOB_ENDPOINT",
    "DIALTONE_BLOB_LARGEST_MB",
    "DIALTONE_BLOB_QUOTA_MB",
    "DIALTONE_BLOB_REGION",
    "DIALTONE_BLOB_TOTAL_MB",
    "DIALTONE_BUS",
    "DIALTONE_CLIENT_URL",
    "DIALTONE_DATA_DIR",
    "DIALTONE_DB_URL",
    "DIALTONE_INSTANCE_ADDR",
    "DIALTONE_LISTEN_ADDR",
    "DIALTONE_MAX_CONNECTIONS",
    "DIALTONE_MAX_CONNECTIONS_PER_ADDR",
    "DIALTONE_METRICS_ADDR",
    "DIALTONE_METRICS_TOKEN",
    "DIALTONE_PUBLIC_ADDR",
    "DIALTONE_RATE_PER_ACCOUNT",
    "DIALTONE_RATE_PER_ADDR",
    "DIALTONE_RATE_PER_DEVICE",
    "DIALTONE_RETENTION_DAYS",
    "DIALTONE_S3_ACCESS_KEY_ID",
    "DIALTONE_S3_SECRET_ACCESS_KEY",
    "DIALTONE_TLS",
    "DIALTONE_TLS_CERT",
    "DIALTONE_TLS_KEY",
    "DIALTONE_UDP_ADDR",
    "DIALTONE_USERNAME_PEPPER",
    "TURN_SECRET",
    "TURN_URLS",
];

/// Those by which the log begins, before there are settings.
pub const LOG_VARIABLES: [&str; 4] = [
    "DIALTONE_LOG",
    "DIALTONE_LOG_FORMAT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_SERVICE_NAME",
];

/// Those of the client, which may run beside the server with the same environment.
const CLIENT_VARIABLES: [&str; 3] = [
    "DIALTONE_LOOPBACK_CALLS",
    "DIALTONE_PTT_WAYLAND_HOTKEY_FALLBACK",
    "DIALTONE_VOICE_TURN_PASS",
];

/// What a variable says; an empty one counts as not set.
///
/// # Errors
/// [`ConfigError::NotText`]
pub fn text(environment: Lookup<'_>, name: &str) -> Result<Option<String>, ConfigError> {
    let Some(value) = environment(name).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let text = value.into_string();
    text.map(Some).map_err(|_| ConfigError::NotText {
        name: name.to_owned(),
    })
}

/// Looks through the whole environment for names that look like settings and are none. Those that may be another program's are
/// given: nobody owns the beginning of a name, and a name that is far from all of ours proves nothing.
///
/// # Errors
/// [`ConfigError::Misspelt`], where a name is so near one of ours that this must have been meant.
pub fn unknown_variables(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<String>, ConfigError> {
    let mut unknown = Vec::new();
    for (name, value) in environment {
        let name = spelt(&name);
        let ours = name.to_ascii_uppercase().starts_with(PREFIX);
        let mut known = known_variables().chain(CLIENT_VARIABLES);
        if known.any(|known| known == name) || is_link(&name, &value) {
            continue;
        }
        match nearest(&name, known_variables()) {
            Some(meant) if ours => {
                let nearest = meant.to_owned();
                return Err(ConfigError::Misspelt { name, nearest });
            }
            // A program beside it may have a variable of this name.
            Some(_) if name.starts_with("TURN_") => unknown.push(name),
            _ if ours => unknown.push(name),
            _ => {}
        }
    }
    unknown.sort();
    Ok(unknown)
}

fn known_variables() -> impl Iterator<Item = &'static str> {
    SETTING_VARIABLES.into_iter().chain(LOG_VARIABLES)
}

/// Windows does not tell large letters from small ones in these names.
fn spelt(name: &OsStr) -> String {
    let name = name.to_string_lossy();
    if cfg!(windows) {
        name.to_ascii_uppercase()
    } else {
        name.into_owned()
    }
}

/// Kubernetes and Docker say to a container where others are, by names that are made from those of the others: a service
/// `dialtone` makes a `DIALTONE_PORT=tcp://…`, which nobody set.
fn is_link(name: &str, value: &OsStr) -> bool {
    let address = || value.to_string_lossy().contains("://");
    name.contains("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.contains("_PORT_")
        || (name.ends_with("_PORT") && address())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(names: &[&str]) -> Result<Vec<String>, String> {
        let pairs = names.iter().map(|name| {
            let (name, value) = name.split_once('=').unwrap_or((name, "x"));
            (name.into(), value.into())
        });
        unknown_variables(pairs).map_err(|error| error.to_string())
    }

    #[test]
    fn a_misspelt_variable_is_an_error_that_names_it_and_the_nearest() {
        for (name, nearest) in [
            ("DIALTONE_LISTEN_ADR", "DIALTONE_LISTEN_ADDR"),
            ("DIALTONE_LISTEN", "DIALTONE_LISTEN_ADDR"),
            ("DIALTONE_LISTEN_ADDRESS", "DIALTONE_LISTEN_ADDR"),
            ("DIALTONE_DBURL", "DIALTONE_DB_URL"),
            ("DIALTONE_UDP", "DIALTONE_UDP_ADDR"),
            ("DIALTONE_RETENTION", "DIALTONE_RETENTION_DAYS"),
            ("DIALTONE_ADMIN_TOEKN", "DIALTONE_ADMIN_TOKEN"),
            ("DIALTONE_TSL", "DIALTONE_TLS"),
            ("DIALTONE_TURN_SECRET", "TURN_SECRET"),
            ("DIALTONE_LOGS", "DIALTONE_LOG"),
            #[cfg(not(windows))]
            ("dialtone_tls", "DIALTONE_TLS"),
        ] {
            let error = unknown(&["PATH", name]).unwrap_err();
            assert!(error.contains(&format!("`{name}`")), "{error}");
            assert!(error.contains(&format!("`{nearest}`")), "{error}");
        }
    }

    #[test]
    fn what_is_known_and_what_is_others_starts_the_server() {
        let known: Vec<_> = known_variables().collect();
        assert_eq!(unknown(&known).unwrap(), Vec::<String>::new());
        assert_eq!(unknown(&CLIENT_VARIABLES).unwrap(), Vec::<String>::new());
        let others = [
            "PATH",
            "DIALTONEX",
            "TURN_PORT",
            // As Kubernetes has them beside services that are called `dialtone`, `dialtone-bus` and `dialtone-tls`.
            "DIALTONE_SERVICE_HOST=10.0.0.1",
            "DIALTONE_SERVICE_PORT_TLS=7440",
            "DIALTONE_PORT=tcp://10.0.0.1:7440",
            "DIALTONE_PORT_7440_TCP_ADDR=10.0.0.1",
            "DIALTONE_BUS_PORT=tcp://10.0.0.2:4222",
            "DIALTONE_TLS_PORT=tcp://10.0.0.3:443",
        ];
        assert_eq!(unknown(&others).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn what_may_be_anybodys_is_told() {
        let told = unknown(&["DIALTONE_PORT=7440", "TURN_URL=turn:a", "DIALTONE_BIN_DIR"]);
        assert_eq!(
            told.unwrap(),
            ["DIALTONE_BIN_DIR", "DIALTONE_PORT", "TURN_URL"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_no_text_is_an_error_and_does_not_show() {
        use std::os::unix::ffi::OsStringExt as _;
        let value = OsString::from_vec(b"horse\xff".to_vec());
        let environment = |name: &str| (name == "DIALTONE_TLS").then(|| value.clone());
        let error = text(&environment, "DIALTONE_TLS").unwrap_err().to_string();
        assert!(error.contains("DIALTONE_TLS"), "{error}");
        assert!(!error.contains("horse"), "{error}");
        assert!(text(&environment, "DIALTONE_LOG").unwrap().is_none());
        let strange = OsString::from_vec(b"DIALTONE_TL\xff".to_vec());
        let error = unknown_variables([(strange, "x".into())]).unwrap_err();
        assert!(error.to_string().contains("`DIALTONE_TLS`"), "{error}");
    }
}
