//! Readers of HTTP who take nothing of what they asked for: one a file, one pages of history, each more than the system keeps on the way. The server
//! lets go of them after its minute; meanwhile another one asks for the same, and is served.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use dialtone_protocol::BlobId;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::accounting::holds_connection;
use crate::community::{Client, Community};
use crate::error::LoadError;
use crate::net::{Api, Connection, Endpoint, local_address};

/// How long the file is, and all pages together at least, in bytes: the system keeps some megabytes of them on the way, and no answer to others is longer.
const LENGTH: usize = 7 * 1024 * 1024;
/// Events of a page, and the most pages: the server takes no more requests of a device at once.
const PAGE: usize = 200;
const MOST_PAGES: usize = 400;
/// The server's minute, and what a machine may take that has other things to do.
const LONGEST: Duration = Duration::from_secs(100);
/// How often it is looked whether the server holds on.
const LOOK: Duration = Duration::from_millis(250);
/// How often the other one asks: for a page each time, for the file each tenth time.
const PACE: Duration = Duration::from_millis(500);
const FILE_EACH: u64 = 10;

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// So many took nothing.
    pub(crate) slow: usize,
    /// So many of them the server let go of.
    pub(crate) cut: usize,
    /// The first of them after so long,
    pub(crate) soonest: Duration,
    /// and the last.
    pub(crate) latest: Duration,
    /// Answers that the other one had, each of them whole.
    pub(crate) served: u64,
    /// The longest that one took.
    pub(crate) longest: Duration,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "of {} who asked by HTTP and took nothing {} were let go, after {:.1} to {:.1} s; another had {} answers meanwhile, the longest in {:.0} ms",
            self.slow,
            self.cut,
            self.soonest.as_secs_f64(),
            self.latest.as_secs_f64(),
            self.served,
            self.longest.as_secs_f64() * 1_000.0
        )
    }
}

/// Those who take nothing, and the one who is served.
pub(crate) struct Requests {
    slow: AbortOnDropHandle<Result<Seen, LoadError>>,
    served: AbortOnDropHandle<Result<Seen, LoadError>>,
    stop: CancellationToken,
}

impl Requests {
    /// Stores the file, asks, and takes nothing from there on.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) async fn begin(
        community: &Community,
        quick: &Client,
        [first, second]: [&Client; 2],
        receive_buffer: u32,
    ) -> Result<Self, LoadError> {
        let endpoint = &community.endpoint;
        let mut api = Api::new(endpoint.clone(), quick.from);
        api.sign_in(quick.token);
        let file = format!("/blobs/{}", BlobId(rand::random()));
        let page = format!("/channels/{}/events?limit={PAGE}", community.channel);
        api.put_bytes(&file, vec![7; LENGTH]).await?;
        let length = api.get_bytes(&page).await?.len();
        let pages = LENGTH.div_ceil(length.max(1)).min(MOST_PAGES);
        let narrow = endpoint.narrow(receive_buffer);
        let still = vec![
            Still::begin(&narrow, first, &file, 1).await?,
            Still::begin(&narrow, second, &page, pages).await?,
        ];
        let stop = CancellationToken::new();
        let slow = tokio::spawn(watch(still, endpoint.address()));
        let served = tokio::spawn(ask(api, page, file, stop.clone()));
        Ok(Self {
            slow: AbortOnDropHandle::new(slow),
            served: AbortOnDropHandle::new(served),
            stop,
        })
    }

    /// Waits until the server has let go of both, or too long.
    ///
    /// # Errors
    /// When the other one was not served.
    pub(crate) async fn finish(self) -> Result<Seen, LoadError> {
        let slow = self.slow.await??;
        self.stop.cancel();
        let Seen {
            served, longest, ..
        } = self.served.await??;
        Ok(Seen {
            served,
            longest,
            ..slow
        })
    }
}

/// One who asked, and reads nothing.
struct Still {
    _connection: Connection,
    from: SocketAddr,
    began: Instant,
    /// How long the server held on to it.
    held: Option<Duration>,
}

impl Still {
    /// Asks for the same so many times, one request after the other.
    async fn begin(
        endpoint: &Endpoint,
        client: &Client,
        path: &str,
        times: usize,
    ) -> Result<Self, LoadError> {
        let failed = |error| LoadError::network("asking and reading nothing", error);
        let mut connection = endpoint.dial(client.from).await?;
        let from = local_address(&connection)?;
        let (host, token) = (endpoint.address(), client.token);
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n");
        let requests = request.repeat(times);
        let written = connection.write_all(requests.as_bytes()).await;
        written.map_err(failed)?;
        connection.flush().await.map_err(failed)?;
        Ok(Self {
            _connection: connection,
            from,
            began: Instant::now(),
            held: None,
        })
    }
}

/// Looks whether the server has let go of them, by what the system says of its ends of the connections: who reads nothing is told nothing.
async fn watch(mut still: Vec<Still>, server: SocketAddr) -> Result<Seen, LoadError> {
    let began = Instant::now();
    while began.elapsed() < LONGEST && still.iter().any(|one| one.held.is_none()) {
        sleep(LOOK).await;
        for one in still.iter_mut().filter(|one| one.held.is_none()) {
            if !holds_connection(server, one.from)? {
                one.held = Some(one.began.elapsed());
            }
        }
    }
    let held = still.iter().filter_map(|one| one.held);
    Ok(Seen {
        slow: still.len(),
        cut: held.clone().count(),
        soonest: held.clone().min().unwrap_or_default(),
        latest: held.max().unwrap_or_default(),
        ..Seen::default()
    })
}

/// Asks and reads, again and again.
async fn ask(
    mut api: Api,
    page: String,
    file: String,
    stop: CancellationToken,
) -> Result<Seen, LoadError> {
    let mut seen = Seen::default();
    while !stop.is_cancelled() {
        let asked = Instant::now();
        if seen.served.is_multiple_of(FILE_EACH) {
            let length = api.get_bytes(&file).await?.len();
            if length != LENGTH {
                let words = format!("{length} bytes of a file of {LENGTH} came");
                return Err(LoadError::Unsound(words));
            }
        } else {
            api.get_bytes(&page).await?;
        }
        seen.longest = seen.longest.max(asked.elapsed());
        seen.served += 1;
        tokio::select! {
            () = sleep(PACE) => {}
            () = stop.cancelled() => {}
        }
    }
    api.delete(&file).await?;
    Ok(seen)
}
