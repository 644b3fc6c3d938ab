//! TURN servers: who is told them, and with what.

use dialtone_protocol::frame::{ClientFrame, ServerFrame};
use dialtone_protocol::turn::TurnServers;
use dialtone_server::config::{GivenSecret, TurnSettings};

use crate::common::{Person, Socket, TestServer};

async fn asked(socket: &mut Socket) -> TurnServers {
    match socket.ask(&ClientFrame::AskTurn).await {
        ServerFrame::TurnServers(servers) => servers,
        other => panic!("not told: {other:?}"),
    }
}

#[tokio::test]
async fn members_are_told_the_turn_servers_with_a_credential_of_their_own() {
    let server = TestServer::start_set(|settings| {
        settings.turn = TurnSettings {
            urls: vec!["turns:turn.example.org".parse().unwrap()],
            secret: Some(GivenSecret::new("the north wind and the sun")),
        };
    })
    .await;
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let (one, other, again) = (
        asked(&mut a).await,
        asked(&mut b).await,
        asked(&mut a).await,
    );
    assert_eq!(one.urls, ["turns:turn.example.org:5349?transport=tcp"]);
    assert_eq!((&one.urls, one.lifetime_s), (&other.urls, other.lifetime_s));
    // Neither devices nor the times that one of them asks can be told apart by names.
    assert!(one.user != other.user && one.user != again.user);
    let (_, name) = one.user.split_once(':').unwrap();
    let device = hex::encode(anna.device.id().0);
    assert!(name.len() == 24 && !device.contains(name));
    assert!(!one.password.is_empty() && one.password != other.password);
}

#[tokio::test]
async fn without_turn_servers_nothing_is_named() {
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let servers = asked(&mut a).await;
    assert_eq!((servers.urls.len(), servers.user.as_str()), (0, ""));
    assert_eq!(servers.password, "");
}
