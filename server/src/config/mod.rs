//! Settings: flags, then environment, then the file `server.toml` in the data folder, then defaults.
//!
//! ```text
//! Flags (clap) + environment + file -> Settings::resolve -> Settings, or an error that names the wrong setting
//! ```

mod acme;
mod blobs;
mod bus;
mod client;
mod file;
mod limits;
mod nearest;
mod observe;
mod resolve;
mod retention;
mod turn;
mod variables;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use subtle::ConstantTimeEq as _;

pub use acme::AcmeSettings;
pub use blobs::{BlobSettings, BucketSetting, ShelfSetting};
pub use bus::BusSettings;
pub use file::{FILE_NAME, FileSettings};
pub use limits::{LimitSettings, PerAddress, Rate};
pub use observe::ObserveSettings;
pub use turn::TurnSettings;
pub use variables::{LOG_VARIABLES, Lookup, SETTING_VARIABLES, text, unknown_variables};

/// What may be given on the command line. Secrets are not among it: other users of the machine see arguments.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    /// Folder for the database, the secrets and `server.toml` [env: `DIALTONE_DATA_DIR`]
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Address to listen on [env: `DIALTONE_LISTEN_ADDR`] [default: 0.0.0.0:7440]
    #[arg(long, value_name = "IP:PORT", global = true)]
    pub listen: Option<String>,
    /// UDP address for relayed calls, or `none` to relay over TLS only [env: `DIALTONE_UDP_ADDR`] [default: as --listen]
    #[arg(long, value_name = "IP:PORT|none", global = true)]
    pub udp: Option<String>,
    /// Host, or host:port, that links name [env: `DIALTONE_PUBLIC_ADDR`]
    #[arg(long, value_name = "HOST[:PORT]", global = true)]
    pub public_addr: Option<String>,
    /// Where people get the client: the page for browsers leads there [env: `DIALTONE_CLIENT_URL`]
    #[arg(long, value_name = "URL", global = true)]
    pub client_url: Option<String>,
    /// Certificate file, PEM [env: `DIALTONE_TLS_CERT`]
    #[arg(long, value_name = "FILE", global = true)]
    pub tls_cert: Option<PathBuf>,
    /// Key file of the certificate, PEM [env: `DIALTONE_TLS_KEY`]
    #[arg(long, value_name = "FILE", global = true)]
    pub tls_key: Option<PathBuf>,
    /// `auto` (own certificate, or the files), or `none` behind a proxy that ends TLS [env: `DIALTONE_TLS`]
    #[arg(long, value_name = "auto|none", global = true)]
    pub tls: Option<String>,
    /// Names for which a certificate is had from an authority by ACME [env: `DIALTONE_ACME`]
    #[arg(long, value_name = "HOST[,HOST]", global = true)]
    pub acme: Option<String>,
    /// Most connections at a time [env: `DIALTONE_MAX_CONNECTIONS`] [default: 20000]
    #[arg(long, value_name = "N", global = true)]
    pub max_connections: Option<String>,
    /// How much an account may store in files, in MiB [env: `DIALTONE_BLOB_QUOTA_MB`] [default: 2048]
    #[arg(long, value_name = "MIB", global = true)]
    pub blob_quota_mb: Option<String>,
    /// How much everybody together may store in files, in MiB [env: `DIALTONE_BLOB_TOTAL_MB`] [default: as the disk allows]
    #[arg(long, value_name = "MIB", global = true)]
    pub blob_total_mb: Option<String>,
    /// Days after which what was written is erased [env: `DIALTONE_RETENTION_DAYS`] [default: never]
    #[arg(long, value_name = "DAYS", global = true)]
    pub retention_days: Option<String>,
    /// The largest file, in MiB [env: `DIALTONE_BLOB_LARGEST_MB`] [default: 1024]
    #[arg(long, value_name = "MIB", global = true)]
    pub blob_largest_mb: Option<String>,
    /// Bucket for files, instead of the data folder [env: `DIALTONE_BLOB_BUCKET`]
    #[arg(long, value_name = "s3://NAME[/PREFIX]", global = true)]
    pub blob_bucket: Option<String>,
    /// Where the bucket is, unless it is Amazon's [env: `DIALTONE_BLOB_ENDPOINT`]
    #[arg(long, value_name = "URL", global = true)]
    pub blob_endpoint: Option<String>,
    /// The bucket's region [env: `DIALTONE_BLOB_REGION`] [default: us-east-1]
    #[arg(long, value_name = "REGION", global = true)]
    pub blob_region: Option<String>,
}

/// Where the state is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// The embedded database, in this file.
    Sqlite(PathBuf),
    /// A Postgres server. The address may hold a password.
    Postgres(String),
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// How connections are encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsSetting {
    /// By a certificate that the server makes for itself.
    SelfSigned,
    /// By these files.
    Files {
        /// Certificate chain, PEM.
        cert: PathBuf,
        /// Its key, PEM.
        key: PathBuf,
    },
    /// By a certificate that an authority signs and renews; by one's own until it has.
    Acme(AcmeSettings),
    /// Not here: a proxy in front ends TLS.
    None,
}

/// Where calls are relayed over UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UdpSetting {
    /// At the same address and port as everything else.
    AsTcp,
    /// Here; port 0 lets the system choose.
    At(SocketAddr),
    /// Nowhere: calls are relayed over TLS only.
    None,
}

/// A secret given by the environment or the file, instead of a generated one.
#[derive(Clone)]
pub struct GivenSecret(String);

/// Settings are compared with settings; what somebody shows is not, for which see `token`.
impl PartialEq for GivenSecret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for GivenSecret {}

impl GivenSecret {
    /// Given by other means.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// For who works with it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for GivenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenSecret(…)")
    }
}

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Folder for the database and the secrets.
    pub data_dir: PathBuf,
    /// Where to listen; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Where calls are relayed over UDP.
    pub udp: UdpSetting,
    /// Host (and port) in links.
    pub public_addr: Option<String>,
    /// Where people get the client; `None`: they are told whom to ask.
    pub client_url: Option<String>,
    /// Where the state is kept.
    pub database: Database,
    /// How connections are encrypted.
    pub tls: TlsSetting,
    /// Key of the usernames' hashes.
    pub pepper: Option<GivenSecret>,
    /// What `X-Admin-Token` must be.
    pub admin_token: Option<GivenSecret>,
    /// Most connections at a time.
    pub max_connections: usize,
    /// How sealed files are kept.
    pub blobs: BlobSettings,
    /// Days after which what was written is erased; `None`: never.
    pub retention_days: Option<u32>,
    /// STUN and TURN servers that members are told.
    pub turn: TurnSettings,
    /// The other instances; `None`: this is the only one.
    pub bus: Option<BusSettings>,
    /// How much one may ask.
    pub limits: LimitSettings,
    /// Who may look at what the server does.
    pub observe: ObserveSettings,
}

/// A setting is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A value cannot be used.
    #[error("{name}: {problem} (it is set by {origin})")]
    Value {
        /// Which setting.
        name: &'static str,
        /// What is wrong and what would be right.
        problem: String,
        /// Which flag, variable or file set it.
        origin: String,
    },
    /// A variable's value cannot be read. It may be a secret.
    #[error("{name}: its value is not text in UTF-8; set it again, or remove it")]
    NotText {
        /// Which variable.
        name: String,
    },
    /// A variable that does nothing, and must have been meant for another one.
    #[error(
        "`{name}` is no setting of this server, the nearest is `{nearest}`: correct it in the environment, or remove it"
    )]
    Misspelt {
        /// What is set.
        name: String,
        /// What is known.
        nearest: String,
    },
    /// The settings file cannot be read.
    #[error("the settings file cannot be used: {problem} ({path})")]
    File {
        /// What is wrong.
        problem: String,
        /// Which file.
        path: String,
    },
    /// There is no folder to fall back on.
    #[error(
        "no data folder: give --data-dir or DIALTONE_DATA_DIR, since neither XDG_DATA_HOME nor HOME is set"
    )]
    NoDataDir,
}
