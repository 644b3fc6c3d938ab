//! From flags, environment and file to [`Settings`]; every value remembers who set it, for the error.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::acme::acme;
use super::blobs::blobs;
use super::bus::bus;
use super::client::client_url;
use super::limits::limits;
use super::observe::observe;
use super::retention::retention;
use super::turn::turn;
use super::variables::{Lookup, SETTING_VARIABLES, text};
use super::{
    ConfigError, Database, FileSettings, Flags, GivenSecret, Settings, TlsSetting, UdpSetting,
};

const DEFAULT_LISTEN: &str = "0.0.0.0:7440";
const DEFAULT_MAX_CONNECTIONS: usize = 20_000;
const SHORTEST_SECRET: usize = 16;

/// A value and who set it.
pub(super) struct Given {
    pub(super) value: String,
    pub(super) origin: String,
}

impl Given {
    pub(super) fn wrong(&self, name: &'static str, problem: impl Into<String>) -> ConfigError {
        ConfigError::Value {
            name,
            problem: problem.into(),
            origin: self.origin.clone(),
        }
    }
}

/// What the environment says.
pub(super) struct Sources {
    variables: BTreeMap<&'static str, String>,
}

impl Sources {
    /// Reads all variables, so that one that cannot be read is an error, whatever stands above it.
    fn read(environment: Lookup<'_>) -> Result<Self, ConfigError> {
        let mut variables = BTreeMap::new();
        for name in SETTING_VARIABLES {
            if let Some(value) = text(environment, name)? {
                variables.insert(name, value);
            }
        }
        Ok(Self { variables })
    }

    /// The flag, else the variable, else the file. An empty variable counts as not set.
    pub(super) fn pick(
        &self,
        flag: Option<(&str, String)>,
        variable: &str,
        file: Option<(&str, String)>,
    ) -> Option<Given> {
        let from_flag = flag.map(|(name, value)| Given {
            value,
            origin: name.to_owned(),
        });
        debug_assert!(SETTING_VARIABLES.contains(&variable), "{variable}");
        let from_variable = || {
            let value = self.variables.get(variable)?;
            Some(Given {
                value: value.clone(),
                origin: variable.to_owned(),
            })
        };
        let from_file = || {
            file.map(|(name, value)| Given {
                value,
                origin: format!("{name} in {}", super::FILE_NAME),
            })
        };
        from_flag.or_else(from_variable).or_else(from_file)
    }
}

impl Settings {
    /// Brings the sources together.
    ///
    /// # Errors
    /// [`ConfigError`] names the wrong setting and who set it.
    pub fn resolve(flags: &Flags, environment: Lookup<'_>) -> Result<Self, ConfigError> {
        let sources = Sources::read(environment)?;
        let data_dir = data_dir(&sources, flags, environment)?;
        let file = FileSettings::load(&data_dir)?;
        let listen = listen(&sources, flags, &file)?;
        let database = database(&sources, &file, &data_dir)?;
        let blobs = blobs(&sources, flags, &file)?;
        let tls = tls(&sources, flags, &file)?;
        Ok(Self {
            bus: bus(&sources, &file, (&database, &blobs.shelf), listen)?,
            listen,
            udp: udp(&sources, flags, &file)?,
            public_addr: public_addr(&sources, flags, &file)?.or_else(|| certified_name(&tls)),
            client_url: client_url(&sources, flags, &file)?,
            database,
            blobs,
            retention_days: retention(&sources, flags, &file)?,
            turn: turn(&sources, &file)?,
            limits: limits(&sources, &file)?,
            observe: observe(&sources, &file)?,
            tls,
            pepper: secret(
                &sources,
                "the username pepper",
                "DIALTONE_USERNAME_PEPPER",
                file.username_pepper.map(|value| ("username-pepper", value)),
            )?,
            admin_token: secret(
                &sources,
                "the admin token",
                "DIALTONE_ADMIN_TOKEN",
                file.admin_token.map(|value| ("admin-token", value)),
            )?,
            max_connections: max_connections(&sources, flags, file.max_connections)?,
            data_dir,
        })
    }
}

fn data_dir(
    sources: &Sources,
    flags: &Flags,
    environment: Lookup<'_>,
) -> Result<PathBuf, ConfigError> {
    if let Some(dir) = &flags.data_dir {
        return Ok(dir.clone());
    }
    if let Some(given) = sources.pick(None, "DIALTONE_DATA_DIR", None) {
        return Ok(PathBuf::from(given.value));
    }
    for (name, below) in [
        ("XDG_DATA_HOME", "dialtone-server"),
        ("HOME", ".local/share/dialtone-server"),
        ("LOCALAPPDATA", "dialtone-server"),
    ] {
        if let Some(base) = text(environment, name)? {
            return Ok(Path::new(&base).join(below));
        }
    }
    Err(ConfigError::NoDataDir)
}

fn listen(
    sources: &Sources,
    flags: &Flags,
    file: &FileSettings,
) -> Result<SocketAddr, ConfigError> {
    let given = sources
        .pick(
            flags.listen.clone().map(|value| ("--listen", value)),
            "DIALTONE_LISTEN_ADDR",
            file.listen.clone().map(|value| ("listen", value)),
        )
        .unwrap_or_else(|| Given {
            value: DEFAULT_LISTEN.to_owned(),
            origin: "the default".to_owned(),
        });
    given.value.parse().map_err(|_| {
        let problem = format!("`{}` is not IP:PORT, such as 0.0.0.0:7440", given.value);
        given.wrong("the address to listen on", problem)
    })
}

fn udp(sources: &Sources, flags: &Flags, file: &FileSettings) -> Result<UdpSetting, ConfigError> {
    let given = sources.pick(
        flags.udp.clone().map(|value| ("--udp", value)),
        "DIALTONE_UDP_ADDR",
        file.udp.clone().map(|value| ("udp", value)),
    );
    let Some(given) = given else {
        return Ok(UdpSetting::AsTcp);
    };
    if given.value == "none" {
        return Ok(UdpSetting::None);
    }
    given.value.parse().map(UdpSetting::At).map_err(|_| {
        let problem = format!(
            "`{}` is neither IP:PORT, such as 0.0.0.0:7440, nor `none`",
            given.value
        );
        given.wrong("the UDP address for calls", problem)
    })
}

fn public_addr(
    sources: &Sources,
    flags: &Flags,
    file: &FileSettings,
) -> Result<Option<String>, ConfigError> {
    let Some(given) = sources.pick(
        flags
            .public_addr
            .clone()
            .map(|value| ("--public-addr", value)),
        "DIALTONE_PUBLIC_ADDR",
        file.public_addr.clone().map(|value| ("public-addr", value)),
    ) else {
        return Ok(None);
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if given.value.is_empty() || !given.value.chars().all(plain) {
        let problem = format!("`{}` is not a host name or host:port", given.value);
        return Err(given.wrong("the address in links", problem));
    }
    Ok(Some(given.value))
}

/// What an authority certifies is a name at which the server is reached.
fn certified_name(tls: &TlsSetting) -> Option<String> {
    match tls {
        TlsSetting::Acme(acme) => acme.names.first().cloned(),
        _ => None,
    }
}

fn database(
    sources: &Sources,
    file: &FileSettings,
    data_dir: &Path,
) -> Result<Database, ConfigError> {
    let given = sources.pick(
        None,
        "DIALTONE_DB_URL",
        file.db_url.clone().map(|value| ("db-url", value)),
    );
    let Some(given) = given else {
        return Ok(Database::Sqlite(data_dir.join("dialtone.db")));
    };
    let postgres = ["postgres://", "postgresql://"];
    if postgres
        .iter()
        .any(|scheme| given.value.starts_with(scheme))
    {
        return Ok(Database::Postgres(given.value));
    }
    match given.value.strip_prefix("sqlite://") {
        Some(path) if !path.is_empty() => Ok(Database::Sqlite(PathBuf::from(path))),
        _ => Err(given.wrong(
            "the database",
            "it is neither postgres://… nor sqlite:///path/to/file",
        )),
    }
}

fn tls(sources: &Sources, flags: &Flags, file: &FileSettings) -> Result<TlsSetting, ConfigError> {
    let path = |path: &PathBuf| path.display().to_string();
    let mode = sources.pick(
        flags.tls.clone().map(|value| ("--tls", value)),
        "DIALTONE_TLS",
        file.tls.clone().map(|value| ("tls", value)),
    );
    let cert = sources.pick(
        flags.tls_cert.as_ref().map(|p| ("--tls-cert", path(p))),
        "DIALTONE_TLS_CERT",
        file.tls_cert.clone().map(|value| ("tls-cert", value)),
    );
    let key = sources.pick(
        flags.tls_key.as_ref().map(|p| ("--tls-key", path(p))),
        "DIALTONE_TLS_KEY",
        file.tls_key.clone().map(|value| ("tls-key", value)),
    );
    let acme = acme(sources, flags, file)?;
    match mode {
        Some(given) if given.value == "none" => {
            let Some(lonely) = acme.map(|(names, _)| names).or(cert).or(key) else {
                return Ok(TlsSetting::None);
            };
            let problem = format!(
                "it does nothing where TLS is `none`, as {} has it, because then a proxy has the certificate: leave one of them out",
                given.origin
            );
            return Err(lonely.wrong("the certificate", problem));
        }
        Some(given) if given.value != "auto" => {
            let problem = format!("`{}` is neither auto nor none", given.value);
            return Err(given.wrong("TLS", problem));
        }
        _ => {}
    }
    if let Some((given, acme)) = acme {
        return match cert.or(key) {
            None => Ok(TlsSetting::Acme(acme)),
            Some(_) => Err(given.wrong(
                "the names for a certificate",
                "leave them out, or DIALTONE_TLS_CERT and DIALTONE_TLS_KEY: there is one certificate at a time",
            )),
        };
    }
    match (cert, key) {
        (None, None) => Ok(TlsSetting::SelfSigned),
        (Some(cert), Some(key)) => Ok(TlsSetting::Files {
            cert: cert.value.into(),
            key: key.value.into(),
        }),
        (Some(cert), None) => Err(cert.wrong(
            "the TLS certificate",
            "it needs its key: set DIALTONE_TLS_KEY too",
        )),
        (None, Some(key)) => Err(key.wrong(
            "the TLS key",
            "it needs its certificate: set DIALTONE_TLS_CERT too",
        )),
    }
}

pub(super) fn secret(
    sources: &Sources,
    name: &'static str,
    variable: &str,
    file: Option<(&str, String)>,
) -> Result<Option<GivenSecret>, ConfigError> {
    match sources.pick(None, variable, file) {
        None => Ok(None),
        Some(given) if given.value.len() < SHORTEST_SECRET => {
            let problem = format!("it must have at least {SHORTEST_SECRET} characters");
            Err(given.wrong(name, problem))
        }
        Some(given) => Ok(Some(GivenSecret::new(given.value))),
    }
}

fn max_connections(
    sources: &Sources,
    flags: &Flags,
    file: Option<usize>,
) -> Result<usize, ConfigError> {
    let given = sources.pick(
        flags
            .max_connections
            .clone()
            .map(|value| ("--max-connections", value)),
        "DIALTONE_MAX_CONNECTIONS",
        file.map(|value| ("max-connections", value.to_string())),
    );
    let Some(given) = given else {
        return Ok(DEFAULT_MAX_CONNECTIONS);
    };
    match given.value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => {
            let problem = format!("`{}` is not a number above 0", given.value);
            Err(given.wrong("the most connections", problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(flags: &Flags, variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let environment = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).into())
        };
        Settings::resolve(flags, &environment)
    }

    fn flags() -> Flags {
        Flags {
            data_dir: Some(PathBuf::from("/nonexistent/dialtone")),
            ..Flags::default()
        }
    }

    #[test]
    fn without_settings_it_is_sqlite_and_an_own_certificate() {
        let settings = resolve(&flags(), &[]).unwrap();
        assert_eq!(settings.listen.to_string(), DEFAULT_LISTEN);
        assert_eq!(settings.tls, TlsSetting::SelfSigned);
        let file = PathBuf::from("/nonexistent/dialtone/dialtone.db");
        assert_eq!(settings.database, Database::Sqlite(file));
    }

    #[test]
    fn flags_win_over_the_environment() {
        let flags = Flags {
            listen: Some("127.0.0.1:1".into()),
            ..flags()
        };
        let settings = resolve(&flags, &[("DIALTONE_LISTEN_ADDR", "127.0.0.1:2")]).unwrap();
        assert_eq!(settings.listen.port(), 1);
    }

    #[test]
    fn a_wrong_setting_is_named_with_who_set_it() {
        for (variable, value) in [
            ("DIALTONE_LISTEN_ADDR", "nonsense"),
            ("DIALTONE_DB_URL", "mysql://x"),
            ("DIALTONE_TLS_CERT", "/cert.pem"),
            ("DIALTONE_TLS_KEY", "/key.pem"),
            ("DIALTONE_TLS", "maybe"),
            ("DIALTONE_USERNAME_PEPPER", "short"),
            ("DIALTONE_ADMIN_TOKEN", "short"),
            ("DIALTONE_PUBLIC_ADDR", "a b"),
            ("DIALTONE_MAX_CONNECTIONS", "0"),
        ] {
            let error = resolve(&flags(), &[(variable, value)])
                .unwrap_err()
                .to_string();
            assert!(error.contains(variable), "{error}");
        }
    }

    #[test]
    fn secrets_do_not_show_in_debug() {
        let variables = [
            ("DIALTONE_ADMIN_TOKEN", "correct horse battery"),
            ("DIALTONE_DB_URL", "postgres://u:hunter2@h/d"),
        ];
        let text = format!("{:?}", resolve(&flags(), &variables).unwrap());
        assert!(
            !text.contains("horse") && !text.contains("hunter2"),
            "{text}"
        );
    }
}
