//! What ends by itself: messages by the operator's setting, files with their message; and how much of files there is room for.

use dialtone_protocol::frame::{ClientFrame, ServerFrame};
use dialtone_protocol::http::{ChannelPage, ErrorCode, KEEP_HEADER};
use dialtone_protocol::{BlobId, ChannelId};
use dialtone_store::UnixMillis;

use crate::admin::ask_with;
use crate::blobs::{content, kept, path, put};
use crate::check::execute;
use crate::common::{Api, Person, Socket, TestServer, on_both_stores, until};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn marked(frame: &ClientFrame) -> ClientFrame {
    let ClientFrame::Send { channel, event, .. } = frame.clone() else {
        unreachable!()
    };
    ClientFrame::Send {
        channel,
        event,
        mark: Some(true),
        keep_s: None,
    }
}

/// The places of the events that have an end before `at`.
async fn ending(server: &TestServer, at: i64) -> Vec<(ChannelId, u64)> {
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    let found = tx.messages().expired(UnixMillis(at), 100).await.unwrap();
    let mut places: Vec<_> = found
        .iter()
        .map(|one| (one.channel, one.sequence))
        .collect();
    drop(tx);
    store.close().await;
    places.sort_unstable();
    places
}

async fn stored(socket: &mut Socket, frame: &ClientFrame) {
    let answer = socket.ask(frame).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
}

/// What was written before the setting ends, and what is written after it; not names, and nothing in the directory.
async fn messages_are_kept_for_so_many_days(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let before = anna.send_frame(channel, "before");
    stored(&mut socket, &before).await;
    assert_eq!(ending(&server, i64::MAX).await, []);
    drop(socket);
    let server = server
        .restart_set(|set| set.retention_days = Some(30))
        .await;
    anna.api.address = server.address;
    until(async || ending(&server, i64::MAX).await == [(channel, 1)]).await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let text = anna.send_frame(channel, "after");
    stored(&mut socket, &text).await;
    let name = anna.send_frame(channel, "a name");
    stored(&mut socket, &marked(&name)).await;
    let chain = std::mem::replace(&mut anna.chain, dialtone_crypto::SenderChain::START);
    let directory = anna.directory();
    let profile = anna.send_frame(directory, "a profile");
    stored(&mut socket, &profile).await;
    anna.chain = chain;
    let expected = [(channel, 1), (channel, 2)];
    assert_eq!(ending(&server, i64::MAX).await, expected);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    assert_eq!(ending(&server, now + 29 * DAY_MS).await, []);
    assert_eq!(ending(&server, now + 30 * DAY_MS).await, expected);
    server.stop().await;
}

/// Writes as the next of `chain`, which is the channel's.
async fn write_by(
    anna: &mut Person,
    socket: &mut Socket,
    chain: &mut dialtone_crypto::SenderChain,
    channel: ChannelId,
) {
    std::mem::swap(&mut anna.chain, chain);
    let frame = anna.send_frame(channel, "text");
    std::mem::swap(&mut anna.chain, chain);
    stored(socket, &frame).await;
}

async fn retain(server: &TestServer, channel: &str, body: &str) -> crate::common::Answer {
    let path = format!("/server/channels/{channel}/retention");
    ask_with(server, "PUT", &path, body.as_bytes()).await
}

/// A channel has another retention than the server, or none: for what is there already, and for what comes.
async fn a_channel_is_kept_for_as_long_as_is_set_for_it(server: TestServer) {
    let server = server
        .restart_set(|set| set.retention_days = Some(30))
        .await;
    let mut anna = Person::found(&server, "anna").await;
    let (short, long) = (anna.create_channel().await, anna.create_channel().await);
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let mut chains = [dialtone_crypto::SenderChain::START; 2];
    for (channel, chain) in [short, long].into_iter().zip(&mut chains) {
        write_by(&mut anna, &mut socket, chain, channel).await;
    }
    let set = retain(&server, &short.to_string(), r#"{"days":7}"#).await;
    assert_eq!(set.status, 204, "{set:?}");
    let set = retain(&server, &long.to_string(), r#"{"days":0}"#).await;
    assert_eq!(set.status, 204);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    let in_days = async |days: i64| ending(&server, now + days * DAY_MS + DAY_MS / 2).await;
    until(async || in_days(7).await == [(short, 1)]).await;
    for (channel, chain) in [short, long].into_iter().zip(&mut chains) {
        write_by(&mut anna, &mut socket, chain, channel).await;
    }
    assert_eq!(in_days(6).await, []);
    assert_eq!(in_days(7).await, [(short, 1), (short, 2)]);
    let mut all = vec![(short, 1), (short, 2), (long, 1)];
    all.sort_unstable();
    assert_eq!(
        ending(&server, i64::MAX).await,
        all,
        "what had an end keeps it"
    );
    let page = ask_with(&server, "GET", "/server/channels", &[]).await;
    let page: ChannelPage = page.read();
    let kept = |channel| {
        let row = page.channels.iter().find(|row| row.channel == channel);
        row.unwrap().retention_days
    };
    assert_eq!((kept(short), kept(long)), (Some(7), Some(0)));
    assert_eq!(kept(anna.directory()), None);
    // It is so after a start as well, and can be taken back.
    drop(socket);
    let server = server.restart_set(|_| {}).await;
    anna.api.address = server.address;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    write_by(&mut anna, &mut socket, &mut chains[1], long).await;
    assert_eq!(ending(&server, i64::MAX).await, all);
    let set = retain(&server, &long.to_string(), r#"{"days":null}"#).await;
    assert_eq!(set.status, 204);
    until(async || ending(&server, i64::MAX).await.len() == 5).await;
    server.stop().await;
}

async fn a_retention_that_cannot_be_is_refused(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await.to_string();
    let directory = anna.directory().to_string();
    let nowhere = ChannelId([9; 16]).to_string();
    let refused = [
        (&channel, r#"{"days":36501}"#, ErrorCode::Malformed),
        (&channel, r#"{"days":-1}"#, ErrorCode::Malformed),
        (&channel, r#"{"days":"7"}"#, ErrorCode::Malformed),
        (&channel, "[7]", ErrorCode::Malformed),
        (&directory, r#"{"days":7}"#, ErrorCode::NotAllowed),
        (&nowhere, r#"{"days":7}"#, ErrorCode::NotFound),
    ];
    for (channel, body, code) in refused {
        let answer = retain(&server, channel, body).await;
        assert_eq!(answer.code(), code, "{body}: {answer:?}");
    }
    let path = format!("/server/channels/{channel}/retention");
    let by_a_member = anna.api.send("PUT", &path, "", br#"{"days":7}"#).await;
    assert_eq!(by_a_member.code(), ErrorCode::NotAllowed);
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.channels().retentions().await.unwrap(), []);
    drop(tx);
    store.close().await;
    server.stop().await;
}

async fn put_kept(api: &Api, n: u8, keep: &str) -> crate::common::Answer {
    let header = format!("{KEEP_HEADER}: {keep}\r\n");
    api.send("PUT", &path(n), &header, &content(9000)).await
}

/// The server deletes the file of a message that has vanished by itself, a day later.
async fn a_file_ends_with_its_message(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    for wrong in ["0", "-1", "ever", "99999999999"] {
        let refused = put_kept(&anna.api, 1, wrong).await;
        assert_eq!(refused.code(), ErrorCode::Malformed, "{wrong}");
    }
    assert_eq!(put_kept(&anna.api, 1, "3600").await.status, 204);
    assert_eq!(put(&anna.api, 2, &content(9000)).await.status, 204);
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    let ends = tx.blobs().find(&BlobId([1; 16])).await.unwrap().unwrap();
    let stays = tx.blobs().find(&BlobId([2; 16])).await.unwrap().unwrap();
    drop(tx);
    store.close().await;
    let lasts = ends.expires.unwrap().0 - ends.changed.0;
    assert!(
        (DAY_MS + 3_590_000..=DAY_MS + 3_600_000).contains(&lasts),
        "{lasts}"
    );
    assert_eq!(stays.expires, None);
    let past = "UPDATE blobs SET expires_ms = 5 WHERE expires_ms IS NOT NULL";
    execute(&server.settings(), false, past).await;
    let folder = server.settings().data_dir;
    assert_eq!(kept(&folder).len(), 2);
    let server = server.restart_set(|_| {}).await;
    let mut api = anna.api.clone();
    api.address = server.address;
    until(async || kept(&folder).len() == 1).await;
    assert_eq!(api.get(&path(1)).await.status, 404);
    assert_eq!(api.get(&path(2)).await.status, 200);
    server.stop().await;
}

on_both_stores!(
    messages_are_kept_for_so_many_days,
    a_channel_is_kept_for_as_long_as_is_set_for_it,
    a_retention_that_cannot_be_is_refused,
    a_file_ends_with_its_message,
);

/// By the operator's setting a file ends as what is written at its time does, or sooner with its own message.
#[tokio::test]
async fn files_are_kept_for_a_day_longer_than_messages() {
    let server = TestServer::start_set(|set| set.retention_days = Some(14)).await;
    let anna = Person::found(&server, "anna").await;
    let days = |days: i64| (days * 24 * 60 * 60).to_string();
    assert_eq!(put(&anna.api, 1, &content(9000)).await.status, 204);
    for (n, keep) in [(2, 7), (3, 20)] {
        let answer = put_kept(&anna.api, n, &days(keep)).await;
        assert_eq!(answer.status, 204);
    }
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    for (n, lasts) in [(1, 15), (2, 8), (3, 15)] {
        let file = tx.blobs().find(&BlobId([n; 16])).await.unwrap().unwrap();
        let end = file.expires.unwrap().0 - file.changed.0;
        // Its end is counted from when it began to come.
        let within = lasts * DAY_MS - 10_000..=lasts * DAY_MS;
        assert!(within.contains(&end), "{n}: {end}");
    }
    drop(tx);
    store.close().await;
}

#[tokio::test]
async fn everybody_together_stores_only_as_much_as_the_server_keeps() {
    let server = TestServer::start_set(|set| set.blobs.total = 100 * 1024).await;
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring_outside(&server, "bernd").await;
    let bytes = content(60 * 1024);
    assert_eq!(put(&anna.api, 1, &bytes).await.status, 204);
    let refused = put(&bernd.api, 2, &bytes).await;
    assert_eq!(refused.code(), ErrorCode::NoRoom);
    let words = refused.error().message;
    assert!(words.contains("the server keeps 100 KiB"), "{words}");
    assert_eq!(anna.api.delete(&path(1)).await.status, 204);
    assert_eq!(put(&bernd.api, 2, &bytes).await.status, 204);
    server.stop().await;
}
