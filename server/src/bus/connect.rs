//! The connection to NATS: one task that writes, a stream of what comes, and questions to one instance.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, Event, Message, Subscriber};
use bytes::Bytes;
use dialtone_protocol::{Hash, PublicKey};
use futures_util::StreamExt as _;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use super::outlet::Told;
use super::{BusError, Envelope, News, Outlet, Tag};

/// How long one waits for another instance's answer.
const ANSWER: Duration = Duration::from_secs(3);
/// How long one waits for the first connection.
const CONNECT: Duration = Duration::from_secs(10);
/// What NATS carries besides a message, in bytes, at most.
const OVERHEAD: usize = 1024;
/// What NATS carries unless it is set otherwise, in bytes: all that is told fits, commits of 512 KiB with their readers as well.
const PAYLOAD: usize = 1024 * 1024;
/// Messages that may wait to be looked at; what is beyond is lost, and the database looked at. Whoever looks waits for nothing, so that few wait.
const HEARD: usize = 4096;
/// Messages that may wait to be written to NATS; beyond it those that write wait. While NATS is gone as many stay there.
const WRITTEN: usize = 128;
/// Between two signs of life from NATS; after three without an answer the connection counts as gone. A way that was cut says nothing by itself.
const PING: Duration = Duration::from_secs(2);

/// The way to the other instances.
pub(crate) struct Bus {
    /// This one's name.
    pub(crate) tag: Tag,
    /// What is told goes in here.
    pub(crate) outlet: Outlet,
    on: Option<On>,
    /// The database may have what was not told.
    missed: Arc<Notify>,
}

struct On {
    client: Client,
    /// What every subject begins with.
    prefix: String,
}

/// What comes in.
pub(crate) struct Incoming {
    news: Subscriber,
    questions: Subscriber,
}

/// One thing that came.
pub(crate) enum Asked {
    /// Said to everybody.
    News(Envelope),
    /// Asked of this instance, to be answered.
    Question(Message),
    /// Of another version.
    Unreadable,
}

/// A bus before its server runs: what came in the meantime waits.
pub struct BusStart {
    pub(crate) bus: Bus,
    pub(crate) incoming: Option<Incoming>,
}

impl BusStart {
    /// A server of one instance.
    pub fn alone() -> Self {
        let bus = Bus {
            tag: Tag::random(),
            outlet: Outlet::default(),
            on: None,
            missed: Arc::default(),
        };
        let incoming = None;
        Self { bus, incoming }
    }

    /// Joins the instances of the server with this identity key on the NATS server at `url`.
    ///
    /// # Errors
    /// [`BusError`]
    pub async fn join(url: &str, server: &PublicKey) -> Result<Self, BusError> {
        let tag = Tag::random();
        let address: async_nats::ServerAddr = url.parse().map_err(|_| BusError::Address)?;
        let missed = Arc::<Notify>::default();
        let told = Arc::clone(&missed);
        let options = ConnectOptions::new()
            .name("dialtone-server")
            .no_echo()
            .connection_timeout(CONNECT)
            .subscription_capacity(HEARD)
            .client_capacity(WRITTEN)
            .ping_interval(PING)
            .event_callback(move |event| {
                log(&event);
                if matches!(event, Event::Connected | Event::SlowConsumer(_)) {
                    told.notify_one();
                }
                async {}
            });
        let connecting = timeout(CONNECT, options.connect(address)).await;
        let client = connecting
            .map_err(|_| BusError::Connect("it did not answer in time".to_owned()))?
            .map_err(|error| BusError::Connect(error.to_string()))?;
        if client.max_payload() < PAYLOAD {
            let bytes = client.max_payload();
            tracing::warn!(
                bytes,
                "NATS carries shorter messages than it should: set its max_payload to 1MB or more"
            );
        }
        let key = Hash::of(&server.0);
        let prefix = format!("dialtone.{}", hex::encode(&key.0[..8]));
        let listen = async |subject: String| {
            let listening = client.subscribe(subject).await;
            listening.map_err(|error| BusError::Subscribe(error.to_string()))
        };
        let incoming = Incoming {
            news: listen(format!("{prefix}.news")).await?,
            questions: listen(format!("{prefix}.ask.{tag}")).await?,
        };
        let flushed = client.flush().await;
        flushed.map_err(|error| BusError::Subscribe(error.to_string()))?;
        let (outlet, out) = Outlet::new();
        tokio::spawn(write(client.clone(), format!("{prefix}.news"), tag, out));
        let bus = Bus {
            tag,
            outlet,
            on: Some(On { client, prefix }),
            missed,
        };
        let incoming = Some(incoming);
        Ok(Self { bus, incoming })
    }
}

fn log(event: &Event) {
    match event {
        Event::Connected => tracing::info!("connected to NATS"),
        Event::Disconnected => {
            tracing::warn!(
                "NATS is gone: the other instances are heard through the database until it is back"
            );
        }
        other => tracing::warn!(event = %other, "NATS"),
    }
}

/// Writes until nobody can tell any more.
async fn write(client: Client, subject: String, from: Tag, mut out: mpsc::Receiver<Told>) {
    while let Some(Told { count, news, room }) = out.recv().await {
        let bytes = Envelope { from, count, news }.to_bytes();
        let most = client.max_payload().saturating_sub(OVERHEAD);
        if bytes.len() > most {
            // The others see the hole and read the database.
            tracing::warn!(
                bytes = bytes.len(),
                "too long for NATS: set its max_payload to 1MB or more"
            );
            continue;
        }
        if let Err(error) = client.publish(subject.clone(), bytes.into()).await {
            tracing::debug!(%error, "not told");
        }
        drop(room);
    }
    let _: Result<_, _> = client.flush().await;
}

impl Bus {
    /// Whether the server has, or may have, several instances.
    pub(crate) fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// Whether what has a name of this instance's waits here: of one instance everything does.
    pub(crate) fn is_here(&self, whose: Tag) -> bool {
        !self.is_on() || whose == self.tag
    }

    /// Whether NATS is reached; of one instance it is not asked.
    pub(crate) fn is_connected(&self) -> bool {
        let on = self.on.as_ref();
        on.is_some_and(|on| on.client.connection_state() == State::Connected)
    }

    /// Tells the others.
    pub(crate) fn tell(&self, news: impl FnOnce() -> News) {
        self.outlet.tell(news);
    }

    /// Something may be in the database that was not told.
    pub(crate) fn miss(&self) {
        self.missed.notify_one();
    }

    /// Waits until something may be missing.
    pub(crate) async fn missed(&self) {
        self.missed.notified().await;
    }

    /// Asks one instance; `None` when it is gone or does not answer.
    pub(crate) async fn ask(&self, whom: Tag, question: Vec<u8>) -> Option<Bytes> {
        let on = self.on.as_ref()?;
        let subject = format!("{}.ask.{whom}", on.prefix);
        let asking = on.client.request(subject, question.into());
        match timeout(ANSWER, asking).await {
            Ok(Ok(answer)) => Some(answer.payload),
            Ok(Err(error)) => {
                tracing::debug!(%error, "another instance was asked and did not answer");
                None
            }
            Err(_) => None,
        }
    }

    /// Answers.
    pub(crate) async fn answer(&self, question: &Message, answer: Vec<u8>) {
        let (Some(on), Some(reply)) = (&self.on, &question.reply) else {
            return;
        };
        if let Err(error) = on.client.publish(reply.clone(), answer.into()).await {
            tracing::debug!(%error, "not answered");
        }
    }
}

impl Incoming {
    /// The next thing; `None` when NATS is gone for good.
    pub(crate) async fn next(&mut self) -> Option<Asked> {
        tokio::select! {
            news = self.news.next() => {
                let read = Envelope::read(&news?.payload);
                Some(read.map_or(Asked::Unreadable, Asked::News))
            }
            question = self.questions.next() => Some(Asked::Question(question?)),
        }
    }
}
