//! Whether a call is on one instance, and whoever comes to another is sent there.

use std::time::Duration;

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::{ClientFrame, ServerFrame, write_frame};
use tokio::time::{sleep, timeout};

use crate::community::Client;
use crate::error::LoadError;
use crate::net::{Endpoint, Reader, Writer, dial};

/// How long it may take: a claim of an instance that was killed holds for up to 20 s.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two tries.
const AGAIN: Duration = Duration::from_millis(100);
const REQUEST: u32 = 1;

/// What came of joining.
enum Came {
    /// It is in the call, for as long as its connection is there.
    In(Reader, Writer),
    /// The call is at another instance, which is reached there.
    Sent(String),
}

/// Begins a call wherever that is let, and waits until each instance lets into it or sends to the one that does.
///
/// # Errors
/// When that is not so in time.
pub(super) async fn see_one(
    endpoints: &[Endpoint],
    [first, second]: [&Client; 2],
    channel: ChannelId,
) -> Result<(), LoadError> {
    let mut last = None;
    let trying = async {
        loop {
            match once(endpoints, [first, second], channel).await {
                Ok(()) => return,
                Err(error) => last = Some(error),
            }
            sleep(AGAIN).await;
        }
    };
    if timeout(PATIENCE, trying).await.is_ok() {
        return Ok(());
    }
    let last = last.map_or_else(|| "no answer".to_owned(), |error| error.to_string());
    Err(LoadError::Unsound(format!(
        "after {} s a call is not at one place: {last}",
        PATIENCE.as_secs()
    )))
}

async fn once(
    endpoints: &[Endpoint],
    [first, second]: [&Client; 2],
    channel: ChannelId,
) -> Result<(), LoadError> {
    let (home, _first) = begin(endpoints, first, channel).await?;
    for endpoint in endpoints {
        let here = endpoint.address().to_string();
        match join(endpoint, second, channel).await? {
            Came::In(..) if here == home => {}
            Came::Sent(at) if here != home && at == home => {}
            Came::In(..) => return Err(wrong(format!("it is at {home}, and let in at {here}"))),
            Came::Sent(at) => {
                return Err(wrong(format!("it is at {home}, and {here} sends to {at}")));
            }
        }
    }
    Ok(())
}

fn wrong(words: String) -> LoadError {
    LoadError::network("a call", words)
}

/// Where the call is, and what keeps it there.
async fn begin(
    endpoints: &[Endpoint],
    client: &Client,
    channel: ChannelId,
) -> Result<(String, (Reader, Writer)), LoadError> {
    let mut places = endpoints.iter();
    let mut place = places.next();
    // Sent on once: the instance that has it, or had it a moment ago.
    for _ in 0..2 {
        let Some(endpoint) = place else { break };
        match join(endpoint, client, channel).await? {
            Came::In(reader, writer) => {
                return Ok((endpoint.address().to_string(), (reader, writer)));
            }
            Came::Sent(at) => place = places.find(|one| one.address().to_string() == at),
        }
    }
    Err(wrong("it is at an instance that is gone".to_owned()))
}

async fn join(endpoint: &Endpoint, client: &Client, channel: ChannelId) -> Result<Came, LoadError> {
    let (mut reader, mut writer) = dial(endpoint, client).await?;
    let join = write_frame(REQUEST, &ClientFrame::JoinCall { channel });
    writer.send(join.into()).await?;
    loop {
        match reader.next().await?.frame {
            ServerFrame::Joined(_) => return Ok(Came::In(reader, writer)),
            ServerFrame::Refused { at: Some(at), .. } => return Ok(Came::Sent(at)),
            ServerFrame::Refused { message, .. } => return Err(wrong(message)),
            _ => {}
        }
    }
}
