//! Several instances of one server.

use std::fmt;
use std::net::SocketAddr;

use super::resolve::Sources;
use super::{ConfigError, Database, FileSettings, ShelfSetting};

/// How an instance finds the others, and clients find it.
#[derive(Clone, PartialEq, Eq)]
pub struct BusSettings {
    /// The NATS server; it may hold a password.
    url: String,
    /// `host:port` at which clients reach this instance itself.
    pub address: String,
}

impl BusSettings {
    /// By other means than the settings.
    pub fn new(url: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            address: address.into(),
        }
    }

    /// The NATS server's address. It may hold a password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl fmt::Debug for BusSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = &self.address;
        f.debug_struct("BusSettings")
            .field("address", address)
            .finish_non_exhaustive()
    }
}

const URL: &str = "the bus between instances";
const ADDRESS: &str = "the address of this instance";

pub(super) fn bus(
    sources: &Sources,
    file: &FileSettings,
    (database, shelf): (&Database, &ShelfSetting),
    listen: SocketAddr,
) -> Result<Option<BusSettings>, ConfigError> {
    let url = file.bus.clone().map(|value| ("bus", value));
    let given = file.instance_addr.clone();
    let given = given.map(|value| ("instance-addr", value));
    let address = sources.pick(None, "DIALTONE_INSTANCE_ADDR", given);
    let Some(url) = sources.pick(None, "DIALTONE_BUS", url) else {
        return match address {
            None => Ok(None),
            Some(lonely) => Err(lonely.wrong(
                ADDRESS,
                "it does nothing without the bus between instances: set DIALTONE_BUS too, or leave it out",
            )),
        };
    };
    let known = ["nats://", "tls://"];
    if !known.iter().any(|scheme| url.value.starts_with(scheme)) {
        let problem = "it is neither nats://host:port nor tls://host:port";
        return Err(url.wrong(URL, problem));
    }
    if !matches!(database, Database::Postgres(_)) {
        let problem = "several instances need one database: set DIALTONE_DB_URL=postgres://…";
        return Err(url.wrong(URL, problem));
    }
    if !matches!(shelf, ShelfSetting::Bucket(_)) {
        let problem = "several instances need one place for files: set DIALTONE_BLOB_BUCKET=s3://…";
        return Err(url.wrong(URL, problem));
    }
    let address = match address {
        Some(address) => {
            let named = address.value.rsplit_once(':');
            let port = named.and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
            if port.is_none_or(|(host, port)| host.is_empty() || port == 0) {
                let problem = format!("`{}` is not host:port", address.value);
                return Err(address.wrong(ADDRESS, problem));
            }
            address.value
        }
        None if listen.ip().is_unspecified() || listen.port() == 0 => {
            let problem =
                "clients must reach each instance itself: set DIALTONE_INSTANCE_ADDR=host:port";
            return Err(url.wrong(URL, problem));
        }
        None => listen.to_string(),
    };
    Ok(Some(BusSettings {
        url: url.value,
        address,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::{Flags, Settings};

    fn resolve(variables: &[(&str, &str)]) -> Result<Settings, String> {
        let environment = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).into())
        };
        let flags = Flags {
            data_dir: Some("/nonexistent/dialtone".into()),
            ..Flags::default()
        };
        Settings::resolve(&flags, &environment).map_err(|error| error.to_string())
    }

    #[test]
    fn several_instances_need_one_database_one_place_for_files_and_an_address_each() {
        let mut variables = vec![("DIALTONE_BUS", "nats://user:hunter2@localhost")];
        let database = [("DIALTONE_DB_URL", "postgres://localhost/x")];
        let bucket = [
            ("DIALTONE_BLOB_BUCKET", "s3://files"),
            ("DIALTONE_S3_ACCESS_KEY_ID", "somebody-or-other"),
            ("DIALTONE_S3_SECRET_ACCESS_KEY", "something-secret"),
        ];
        let address = [("DIALTONE_INSTANCE_ADDR", "one.example.org:7440")];
        for next in [&database[..], &bucket, &address] {
            let error = resolve(&variables).unwrap_err();
            assert!(error.contains(next[0].0), "{error}");
            variables.extend(next);
        }
        let settings = resolve(&variables).unwrap();
        let bus = settings.bus.unwrap();
        assert_eq!(bus.address, "one.example.org:7440");
        assert!(!format!("{bus:?}").contains("hunter2"));
        let alone = resolve(&[variables[5]]).unwrap_err();
        assert!(alone.contains("set DIALTONE_BUS too"), "{alone}");
        variables[5].1 = "nonsense";
        assert!(resolve(&variables).unwrap_err().contains("host:port"));
        variables[0].1 = "redis://x";
        assert!(resolve(&variables).unwrap_err().contains("DIALTONE_BUS"));
    }
}
