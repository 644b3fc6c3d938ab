//! Who asks too much, and that nobody else is the worse for it.

use std::time::Duration;

use dialtone_protocol::frame::{ClientFrame, ServerFrame};
use dialtone_protocol::http::{Bytes, ErrorCode, LoginStart};
use dialtone_server::config::{PerAddress, Rate};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::common::{Answer, Api, Person, Socket, TestServer};

/// Far above what anything takes here.
const PATIENCE: Duration = Duration::from_secs(30);

async fn from(api: &Api, address: &str, path: &str) -> Answer {
    let header = format!("X-Forwarded-For: {address}\r\n");
    api.send("GET", path, &header, &[]).await
}

fn assert_too_many(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (429, ErrorCode::TooMany));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

async fn refused(ask: impl AsyncFn() -> Answer) -> Answer {
    loop {
        let answer = ask().await;
        if answer.status == 429 {
            return answer;
        }
    }
}

#[tokio::test]
async fn an_address_that_asks_too_much_is_told_when_and_others_are_served() {
    let server = TestServer::start_set(|settings| {
        settings.limits.address = Rate::new(1, 5);
    })
    .await;
    let api = server.api();
    let answer = refused(async || from(&api, "192.0.2.1", "/health").await).await;
    assert_too_many(&answer);
    assert_eq!(from(&api, "192.0.2.2", "/health").await.status, 200);
    // A household is one, whichever of its addresses it takes.
    let household = "2001:db8:1:2:";
    let mut last = 0_u32;
    loop {
        last += 1;
        let address = format!("{household}:{last:x}");
        if from(&api, &address, "/health").await.status == 429 {
            break;
        }
    }
    assert!((6..50).contains(&last), "{last}");
    assert_eq!(from(&api, "2001:db8:1:3::1", "/health").await.status, 200);
    // Where there is nothing, too.
    let answer = refused(async || from(&api, "192.0.2.3", "/nothing").await).await;
    assert_too_many(&answer);
}

#[tokio::test]
async fn a_device_and_an_account_have_bounds_of_their_own() {
    let server = TestServer::start_set(|settings| {
        settings.limits.device = Rate::new(1, 20);
        settings.limits.account = Rate::new(1000, 10_000);
    })
    .await;
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    assert_too_many(&refused(async || anna.api.get("/channels").await).await);
    assert_eq!(bernd.api.get("/channels").await.status, 200);
    let server = TestServer::start_set(|settings| {
        settings.limits.account = Rate::new(1, 20);
    })
    .await;
    let anna = Person::found(&server, "anna").await;
    assert_too_many(&refused(async || anna.api.get("/channels").await).await);
}

#[tokio::test]
async fn with_the_usual_bounds_a_busy_client_meets_none() {
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    for _ in 0..300 {
        assert_eq!(anna.api.get("/channels").await.status, 200);
    }
}

#[tokio::test]
async fn frames_beyond_the_pace_wait_and_none_is_refused() {
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let mut asked = 0;
    // More than pass at once: the rest comes as the pace allows.
    for round in 0..50_u32 {
        let away = round % 2 == 0;
        for _ in 0..50 {
            asked = socket.send(&ClientFrame::Away { away }).await;
        }
        loop {
            let (request, answer) = timeout(PATIENCE, socket.next_framed())
                .await
                .expect("in time")
                .expect("an answer");
            assert!(
                request == 0 || matches!(answer, ServerFrame::Done),
                "{answer:?}"
            );
            if request == asked {
                break;
            }
        }
    }
    assert_eq!(asked, 2500);
}

#[tokio::test]
async fn guessing_a_name_from_elsewhere_locks_nobody_out() {
    let server = TestServer::start().await;
    Person::found(&server, "anna").await;
    let (_, request) =
        dialtone_crypto::Login::start(b"guess", &mut dialtone_crypto::OsRng).unwrap();
    let start = LoginStart {
        username: "anna".into(),
        request: Bytes(request),
    };
    let body = serde_json::to_vec(&start).unwrap();
    let api = server.api();
    let log_in_from = async |address: &str| {
        let header = format!("X-Forwarded-For: {address}\r\n");
        api.send("POST", "/auth/login/start", &header, &body).await
    };
    assert_too_many(&refused(async || log_in_from("192.0.2.66").await).await);
    assert_eq!(log_in_from("192.0.2.7").await.status, 200, "the owner");
    assert_too_many(&log_in_from("192.0.2.66").await);
}

/// Whoever sends little at a time holds a connection no longer than anybody else.
#[tokio::test]
async fn who_drips_a_request_or_says_nothing_is_hung_up_on() {
    let server = TestServer::start().await;
    let began = tokio::time::Instant::now();
    let silent = async {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.read(&mut [0; 1024]).await.unwrap_or(0)
    };
    let dripping = async {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = b"GET /health HTTP/1.1\r\nHost: test\r\nX-Padding: "
            .iter()
            .chain([b'a'; 60].iter());
        for byte in head {
            if stream.write_all(&[*byte]).await.is_err() {
                break;
            }
            let mut answer = [0; 1024];
            let pause = Duration::from_millis(250);
            if timeout(pause, stream.read(&mut answer)).await.is_ok() {
                break;
            }
        }
    };
    let api = server.api();
    let no_body = async {
        let announced = api.begin("POST", "/auth/login/start", 1000);
        announced.await.answer().await.status
    };
    let all = async { tokio::join!(silent, dripping, no_body) };
    let (_, (), status) = timeout(Duration::from_secs(50), all).await.expect("an end");
    assert_eq!(status, 503);
    assert!(began.elapsed() >= Duration::from_secs(10));
    assert_eq!(server.api().get("/health").await.status, 200);
}

/// Lets so many seconds pass, while nothing else waits for the time.
async fn pass(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

/// Whoever asks and does not read would hold the answers in memory.
#[tokio::test]
async fn who_takes_no_answer_is_hung_up_on() {
    let server = TestServer::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = b"GET /openapi.json HTTP/1.1\r\nHost: test\r\n\r\n";
    let mut asked = 0;
    // Until the server takes no more, since nobody takes what it says.
    while let Ok(written) = timeout(Duration::from_secs(2), stream.write_all(request)).await {
        written.unwrap();
        asked += 1;
    }
    pass(61).await;
    let mut answers = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut answers)).await;
    ended.expect("it is hung up on").ok();
    let text = String::from_utf8_lossy(&answers);
    let got = text.matches("HTTP/1.1 ").count();
    assert!((1..asked).contains(&got), "{got} of {asked}");
    assert_eq!(server.api().get("/health").await.status, 200);
}

#[tokio::test]
async fn who_begins_no_handshake_is_hung_up_on() {
    let server = TestServer::start_with_tls().await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    // They are accepted one after the other: once this one is answered, the other one is waited for.
    let mut second = TcpStream::connect(server.address).await.unwrap();
    second.write_all(b"no handshake at all").await.unwrap();
    let _: std::io::Result<usize> = second.read(&mut [0; 64]).await;
    pass(11).await;
    let ended = timeout(PATIENCE, silent.read(&mut [0; 64])).await;
    assert!(matches!(ended.expect("in time"), Ok(0) | Err(_)));
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_more_once_it_has_signed_in() {
    let server = TestServer::start_set(|settings| {
        settings.limits.connections = PerAddress::Most(8);
    })
    .await;
    let anna = Person::found(&server, "anna").await;
    let hold = async || {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // Whoever is not let in is hung up on at once.
        let mut byte = [0];
        match timeout(Duration::from_millis(300), stream.read(&mut byte)).await {
            Ok(_) => None,
            Err(_) => Some(stream),
        }
    };
    let first = hold().await;
    let second = hold().await;
    assert!(first.is_some() && second.is_some());
    assert!(hold().await.is_none(), "a quarter of eight");
    drop(first);
    // The server hears of it in its own time.
    let socket = loop {
        if let Some(socket) = Socket::try_connect(&anna.api).await {
            break socket;
        }
    };
    // Signed in, it is not among the strangers any more.
    assert!(hold().await.is_some());
    drop((socket, second));
}
