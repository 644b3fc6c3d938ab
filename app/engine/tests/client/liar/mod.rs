//! A server that lies: it stands before a true one with that one's TLS key, and changes what the test wants changed.
//!
//! ```text
//! client -> TLS -> requests (changed), frames (seen) -> true server
//! client <- TLS <- answers, frames (changed) <- true server
//! ```

mod http;
mod tls;
mod victim;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dialtone_protocol::frame::{ClientFrame, Framed, ServerFrame, read_frame, write_frame};
use dialtone_protocol::revision::REVISION_HEADER;
use futures_util::stream::SplitSink;
use futures_util::{SinkExt as _, StreamExt as _};
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{client, server};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::house::House;
use http::{Exchange, Half};
pub(crate) use victim::Victim;

type Near = WebSocketStream<server::TlsStream<TcpStream>>;
type Far = WebSocketStream<client::TlsStream<TcpStream>>;
/// What becomes of an answer over HTTP to what is asked (as in `GET /roster`): another body, or (`None`) a connection that breaks off.
type Answers = Box<dyn FnMut(&str, Vec<u8>) -> Option<Vec<u8>> + Send>;
/// What is asked over HTTP in a request's place: another body.
type Requests = Box<dyn FnMut(&str, Vec<u8>) -> Vec<u8> + Send>;
/// What comes in a frame's place: the bytes of none, one or more frames.
type Frames = Box<dyn FnMut(Framed<ServerFrame>) -> Vec<Vec<u8>> + Send>;

/// The lies of the moment, and what was seen.
struct Lies {
    requests: Mutex<Requests>,
    answers: Mutex<Answers>,
    frames: Mutex<Frames>,
    /// Another revision than the server's.
    revision: Mutex<Option<u32>>,
    /// Sealed events and signals that the client has sent.
    sealed: AtomicUsize,
    /// Live connections that were opened.
    sockets: AtomicUsize,
}

/// A server that lies to whoever uses its address.
pub(crate) struct Liar {
    pub(crate) address: String,
    lies: Arc<Lies>,
}

/// Each request as it is.
fn honest_requests() -> Requests {
    Box::new(|_, body| body)
}

/// Each answer as it is.
fn honest_answers() -> Answers {
    Box::new(|_, body| Some(body))
}

/// Each frame as it is.
fn honest_frames() -> Frames {
    Box::new(|framed| vec![truth(&framed)])
}

/// The bytes of a frame, unchanged.
pub(crate) fn truth(framed: &Framed<ServerFrame>) -> Vec<u8> {
    write_frame(framed.request, &framed.frame)
}

impl Liar {
    /// Before the server of `house`; honest at first.
    pub(crate) fn before(house: &House) -> Self {
        let lies = Arc::new(Lies {
            requests: Mutex::new(honest_requests()),
            answers: Mutex::new(honest_answers()),
            frames: Mutex::new(honest_frames()),
            revision: Mutex::new(None),
            sealed: AtomicUsize::new(0),
            sockets: AtomicUsize::new(0),
        });
        let settings = house.settings();
        let (acceptor, connector) = (tls::acceptor(&settings), tls::connector(&settings));
        let runtime = house.handle();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (server, seen) = (house.address.clone(), Arc::clone(&lies));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, connector) = (acceptor.clone(), connector.clone());
                let (server, lies) = (server.clone(), Arc::clone(&seen));
                // Either side hanging up ends it.
                tokio::spawn(async move {
                    let near = acceptor.accept(stream).await?;
                    let far = tls::connect(&connector, &server).await?;
                    serve(near, far, &lies).await
                });
            }
        });
        Self { address, lies }
    }

    /// Asks the server something else over HTTP from now on.
    pub(crate) fn requests(&self, lie: impl FnMut(&str, Vec<u8>) -> Vec<u8> + Send + 'static) {
        *self.lies.requests.lock() = Box::new(lie);
    }

    /// Lies over HTTP from now on.
    pub(crate) fn answers(
        &self,
        lie: impl FnMut(&str, Vec<u8>) -> Option<Vec<u8>> + Send + 'static,
    ) {
        *self.lies.answers.lock() = Box::new(lie);
    }

    /// Lies in frames from now on.
    pub(crate) fn frames(
        &self,
        lie: impl FnMut(Framed<ServerFrame>) -> Vec<Vec<u8>> + Send + 'static,
    ) {
        *self.lies.frames.lock() = Box::new(lie);
    }

    /// Says this revision when a live connection is opened, from now on.
    pub(crate) fn revision(&self, revision: u32) {
        *self.lies.revision.lock() = Some(revision);
    }

    /// Tells the truth again.
    pub(crate) fn repent(&self) {
        *self.lies.requests.lock() = honest_requests();
        *self.lies.answers.lock() = honest_answers();
        *self.lies.frames.lock() = honest_frames();
        *self.lies.revision.lock() = None;
    }

    /// How many sealed events and signals the client has sent.
    pub(crate) fn sealed(&self) -> usize {
        self.lies.sealed.load(Ordering::SeqCst)
    }

    /// How many live connections the client has opened.
    pub(crate) fn sockets(&self) -> usize {
        self.lies.sockets.load(Ordering::SeqCst)
    }
}

async fn serve(
    near: server::TlsStream<TcpStream>,
    far: client::TlsStream<TcpStream>,
    lies: &Lies,
) -> io::Result<()> {
    let (mut near, mut far) = (Half::new(near), Half::new(far));
    loop {
        let request = Exchange::read(&mut near).await?;
        let asked = request.asks().to_owned();
        let body = (lies.requests.lock())(&asked, request.body.clone());
        let request = request.with_body(body);
        request.write(&mut far).await?;
        let mut answer = Exchange::read(&mut far).await?;
        if request.asks() == "GET /ws" {
            if let Some(revision) = *lies.revision.lock() {
                answer.say(REVISION_HEADER, &revision.to_string());
            }
            answer.write(&mut near).await?;
            lies.sockets.fetch_add(1, Ordering::SeqCst);
            let ((near, _), (far, rest)) = (near.into_parts(), far.into_parts());
            let near = WebSocketStream::from_raw_socket(near, Role::Server, None).await;
            let far = WebSocketStream::from_partially_read(far, rest, Role::Client, None).await;
            return pass_frames(near, far, lies).await;
        }
        let body = (lies.answers.lock())(request.asks(), answer.body.clone());
        let Some(body) = body else {
            return Ok(());
        };
        answer.with_body(body).write(&mut near).await?;
    }
}

async fn pass_frames(near: Near, far: Far, lies: &Lies) -> io::Result<()> {
    let (mut to_client, mut from_client) = near.split();
    let (mut to_server, mut from_server) = far.split();
    loop {
        tokio::select! {
            message = from_client.next() => {
                let Some(Ok(message)) = message else { return Ok(()) };
                count(&message, lies);
                to_server.send(message).await.map_err(io::Error::other)?;
            }
            message = from_server.next() => {
                let Some(Ok(message)) = message else { return Ok(()) };
                change(message, lies, &mut to_client).await?;
            }
        }
    }
}

fn count(message: &Message, lies: &Lies) {
    let Message::Binary(bytes) = message else {
        return;
    };
    let sealed = matches!(
        read_frame::<ClientFrame>(bytes).map(|framed| framed.frame),
        Ok(ClientFrame::Send { .. } | ClientFrame::Signal { .. } | ClientFrame::Grant { .. })
    );
    lies.sealed.fetch_add(usize::from(sealed), Ordering::SeqCst);
}

async fn change(
    message: Message,
    lies: &Lies,
    to_client: &mut SplitSink<Near, Message>,
) -> io::Result<()> {
    let told = match &message {
        Message::Binary(bytes) => match read_frame::<ServerFrame>(bytes) {
            Ok(framed) => (lies.frames.lock())(framed),
            Err(_) => vec![bytes.to_vec()],
        },
        _ => return to_client.send(message).await.map_err(io::Error::other),
    };
    for bytes in told {
        let message = Message::Binary(bytes.into());
        to_client.send(message).await.map_err(io::Error::other)?;
    }
    Ok(())
}
