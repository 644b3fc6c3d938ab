//! A server with a community of clients, ready to be measured.
//!
//! ```text
//! Stage::build  server, founding, accounts, devices, sessions   (the work of clients, not measured); more than a few are written into its database
//! again         the same data in a fresh process: what setting up used is not in its memory
//! connect_all   every client, from where it stands
//! ```

use std::path::{Path, PathBuf};
use std::slice::SliceIndex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dialtone_protocol::Hash;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::sleep;

use crate::accounting::{open_files_limit, resident_kb};
use crate::community::{Client, Community};
use crate::error::LoadError;
use crate::net::{Endpoint, connect};
use crate::run::{Connected, Connections};
use crate::server::{Kind, ServerProcess};

/// What this process has open beside its clients' sockets.
pub(crate) const OTHER_FILES: usize = 500;

/// One reader in so many opens what it gets, where readers do.
pub(crate) const OPENING: usize = 50;

/// So many clients come in by the server's own doors.
const BY_DOORS: usize = 16;

/// What every measurement is told.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Common {
    /// The server's program.
    #[arg(long, value_name = "PATH")]
    pub(crate) server_bin: PathBuf,
    /// Few clients, and few and short runs.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Print nothing but the line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Common {
    pub(crate) fn say(&self, words: &str) {
        if !self.json {
            println!("{words}");
        }
    }
}

/// Whether so many clients can be connected at all.
///
/// # Errors
/// When the system lets this process open fewer sockets.
pub(crate) fn check_open_files(clients: usize) -> Result<(), LoadError> {
    let limit = open_files_limit()?;
    if (clients + OTHER_FILES) as u64 > limit {
        return Err(LoadError::OpenFiles { clients, limit });
    }
    Ok(())
}

/// So many clients, if they can be run.
///
/// # Errors
/// When it is fewer than `least`, more than `most`, or the system lets this process open fewer sockets.
pub(crate) fn check_clients(clients: usize, least: usize, most: usize) -> Result<usize, LoadError> {
    if !(least..=most).contains(&clients) {
        let problem = format!("{least} to {most} clients can be run");
        return Err(LoadError::Arguments(problem));
    }
    check_open_files(clients)?;
    Ok(clients)
}

/// A server and its community.
pub(crate) struct Stage {
    pub(crate) server: ServerProcess,
    pub(crate) community: Community,
    /// The last sequence of the channel that everybody has.
    pub(crate) last: u64,
}

impl Stage {
    /// Founds a community of so many clients.
    ///
    /// # Errors
    /// When the server cannot be run, or refuses.
    pub(crate) async fn build(
        common: &Common,
        kind: &Kind,
        clients: usize,
    ) -> Result<Self, LoadError> {
        Self::build_at(common, kind, clients, None).await
    }

    /// The same, with the server's data in a folder of `data`.
    ///
    /// # Errors
    /// When the server cannot be run, or refuses.
    pub(crate) async fn build_at(
        common: &Common,
        kind: &Kind,
        clients: usize,
        data: Option<&Path>,
    ) -> Result<Self, LoadError> {
        // A device's session names the key of the server's TLS, which is the same whether it does TLS later or not.
        let founding = Kind {
            plain: false,
            ..kind.clone()
        };
        let server = ServerProcess::start_at(&common.server_bin, &founding, data).await?;
        let now_s = now_s();
        // The rest is written into the database, where that can be done from here.
        let by_doors = match &kind.database {
            Some(_) => clients,
            None => clients.min(BY_DOORS),
        };
        let mut community = Box::pin(set_up(&server, by_doors, now_s)).await?;
        let paused = server.pause().await;
        Box::pin(community.fill(&paused.database(), clients, now_s)).await?;
        let server = paused.go_on(kind).await?;
        community.endpoint = community.endpoint.moved(server.address(), !kind.plain)?;
        Ok(Self {
            server,
            community,
            last: 0,
        })
    }

    /// The same in a fresh process.
    ///
    /// # Errors
    /// When the server does not start.
    pub(crate) async fn again(mut self, kind: &Kind) -> Result<Self, LoadError> {
        self.server = self.server.again(kind).await?;
        let address = self.server.address();
        self.community.endpoint = self.community.endpoint.moved(address, !kind.plain)?;
        Ok(self)
    }

    /// Connects every client; `together` at a time.
    ///
    /// # Errors
    /// When one cannot be connected, or does not get what it missed.
    pub(crate) async fn connect_all(&self, together: usize) -> Result<Connections, LoadError> {
        self.connect_some(.., together).await
    }

    /// The same with some of them.
    ///
    /// # Errors
    /// When one cannot be connected, or does not get what it missed.
    pub(crate) async fn connect_some(
        &self,
        which: impl SliceIndex<[Client], Output = [Client]>,
        together: usize,
    ) -> Result<Connections, LoadError> {
        let stand = self.community.stand(self.last);
        let endpoint = &self.community.endpoint;
        let connecting = self.community.clients[which]
            .iter()
            .map(|client| async move {
                let (reader, writer, last) = connect(endpoint, client, stand).await?;
                Ok::<_, LoadError>(Connected {
                    reader,
                    writer,
                    last,
                    opener: None,
                })
            });
        let clients = stream::iter(connecting)
            .buffered(together)
            .try_collect()
            .await?;
        Ok(Connections {
            clients,
            channel: self.community.channel,
        })
    }

    /// Lets one in so many open what they get from here on; 0: nobody.
    pub(crate) fn let_open(&self, connections: &mut Connections, one_in: usize) {
        if one_in == 0 {
            return;
        }
        let opener = self.community.opener();
        for client in connections.clients.iter_mut().step_by(one_in) {
            client.opener = Some(Box::new(opener.at(client.last)));
        }
    }

    /// The server's resident memory once it does not change any more, in KiB.
    ///
    /// # Errors
    /// When it is gone.
    pub(crate) async fn settled_kb(&self) -> Result<u64, LoadError> {
        settled_kb(self.server.pid()).await
    }
}

fn now_s() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

async fn set_up(
    server: &ServerProcess,
    clients: usize,
    now_s: u64,
) -> Result<Community, LoadError> {
    let founding = server
        .founding()
        .ok_or_else(|| LoadError::ServerStart("it printed no founding link".into()))?;
    let nonce = Hash(rand::random());
    let endpoint = Endpoint::meet(server.address(), founding.data.server_key, nonce, now_s).await?;
    Community::found(endpoint, founding, clients, now_s).await
}

/// A process's resident memory once it does not change any more, within a few seconds, in KiB.
///
/// # Errors
/// When it is gone.
pub(crate) async fn settled_kb(server: u32) -> Result<u64, LoadError> {
    let mut last = resident_kb(server)?;
    let mut same = 0;
    for _ in 0..20 {
        sleep(Duration::from_millis(250)).await;
        let now = resident_kb(server)?;
        same = if now.abs_diff(last) <= last / 200 {
            same + 1
        } else {
            0
        };
        last = now;
        if same == 4 {
            break;
        }
    }
    Ok(last)
}
