//! Passwords, sessions, what strangers learn.

use dialtone_crypto::{Login, OsRng};
use dialtone_protocol::http::{
    Bytes, Challenge, ChallengeRequest, DeviceList, ErrorCode, LoggedIn, LoginFinish, LoginStart,
    LoginStarted, SessionOpened,
};
use dialtone_protocol::{DeviceId, Hash, PublicKey};

use crate::common::{Answer, Api, PASSWORD, Person, Socket, TestServer, on_both_stores, prove};

pub(crate) async fn log_in(api: &Api, name: &str, password: &[u8]) -> Option<Answer> {
    let (login, request) = Login::start(password, &mut OsRng).unwrap();
    let start = LoginStart {
        username: name.into(),
        request: Bytes(request),
    };
    let started: LoginStarted = api.post("/auth/login/start", &start).await.read();
    let (finalization, _) = login.finish(&started.response.0, &mut OsRng).ok()?;
    let finish = LoginFinish {
        attempt: started.attempt,
        finalization: Bytes(finalization),
    };
    Some(api.post("/auth/login/finish", &finish).await)
}

async fn the_right_password_opens_and_a_wrong_one_does_not(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let api = server.api();
    let answer = log_in(&api, "ANNA", PASSWORD).await.expect("an answer");
    assert_eq!(answer.read::<LoggedIn>().account, anna.account_id());
    assert!(log_in(&api, "anna", b"wrong").await.is_none());
    assert!(log_in(&api, "nobody", PASSWORD).await.is_none());
}

async fn a_made_up_second_half_is_refused(server: TestServer) {
    Person::found(&server, "anna").await;
    let finish = LoginFinish {
        attempt: Hash([1; 32]),
        finalization: Bytes(vec![0; 64]),
    };
    let answer = server.api().post("/auth/login/finish", &finish).await;
    assert_eq!(answer.code(), ErrorCode::WrongCredentials);
}

async fn a_name_that_nobody_has_is_answered_like_one_that_somebody_has(server: TestServer) {
    Person::found(&server, "anna").await;
    let api = server.api();
    let mut shapes = Vec::new();
    for name in ["anna", "nobody", "", "no name at all \u{202e}"] {
        let (_, request) = Login::start(b"guess", &mut OsRng).unwrap();
        let start = LoginStart {
            username: name.into(),
            request: Bytes(request),
        };
        let answer = api.post("/auth/login/start", &start).await;
        let length = answer.body.len();
        let started: LoginStarted = answer.read();
        let finish = LoginFinish {
            attempt: started.attempt,
            finalization: Bytes(vec![7; 64]),
        };
        let refused = api.post("/auth/login/finish", &finish).await;
        let error = refused.error();
        shapes.push((length, started.response.0.len(), refused.status, error));
    }
    let first = shapes[0].clone();
    assert!(shapes.iter().all(|shape| *shape == first), "{shapes:?}");
}

async fn guessing_is_slowed_down(server: TestServer) {
    let api = server.api();
    let (_, request) = Login::start(b"guess", &mut OsRng).unwrap();
    let start = LoginStart {
        username: "anna".into(),
        request: Bytes(request),
    };
    let mut refused = false;
    for _ in 0..20 {
        let answer = api.post("/auth/login/start", &start).await;
        refused |= answer.status == 429;
    }
    assert!(refused);
}

async fn a_session_survives_a_restart_and_ends_when_it_is_closed(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let server = server.restart().await;
    anna.api.address = server.address;
    let devices: DeviceList = anna.api.get("/devices").await.read();
    assert_eq!(devices.devices.len(), 1);
    assert_eq!(devices.devices[0].sessions, 1);
    let (mut socket, _) = Socket::connect(&anna.api).await;
    assert_eq!(anna.api.delete("/auth/session").await.status, 204);
    assert_eq!(socket.close_code().await, Some(4001));
    assert_eq!(
        anna.api.get("/devices").await.code(),
        ErrorCode::NotSignedIn
    );
}

async fn sessions_of_a_device_can_be_ended_by_its_owner_alone(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let path = format!("/devices/{}/sessions", anna.device.id());
    assert_eq!(bernd.api.delete(&path).await.code(), ErrorCode::NotFound);
    assert_eq!(anna.api.delete(&path).await.status, 204);
    assert_eq!(
        anna.api.get("/devices").await.code(),
        ErrorCode::NotSignedIn
    );
}

async fn of_a_devices_sessions_sixteen_stay_open(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let (api, community) = (server.api(), anna.roster.community());
    let mut opened = Vec::new();
    for _ in 0..17 {
        let answer = crate::common::open_session(&api, &anna.device, &community, &link).await;
        opened.push(answer.read::<SessionOpened>().token);
    }
    assert_eq!(socket.close_code().await, Some(4001), "the oldest ended");
    let of = |token| Api {
        token: Some(token),
        ..server.api()
    };
    // Which of those of the same millisecond is the older one is nobody's business.
    let mut ended = 0;
    for token in &opened {
        ended += usize::from(of(*token).get("/devices").await.status != 200);
    }
    assert_eq!(ended, 1);
    let devices: DeviceList = of(opened[16]).get("/devices").await.read();
    assert_eq!(devices.devices[0].sessions, 16);
}

async fn a_challenge_is_signed_once_and_by_the_right_device(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let stranger = dialtone_crypto::DeviceKey::generate(&mut OsRng).unwrap();
    let community = anna.roster.community();
    let api = server.api();
    let answer = crate::common::open_session(&api, &stranger, &community, &link).await;
    assert_eq!(answer.code(), ErrorCode::WrongCredentials);
    // The community is part of what is signed.
    let other = dialtone_protocol::CommunityId([7; 32]);
    let answer = crate::common::open_session(&api, &anna.device, &other, &link).await;
    assert_eq!(answer.code(), ErrorCode::WrongCredentials);
    // Nobody learns which devices exist.
    let unknown = ChallengeRequest {
        device: DeviceId([1; 32]),
    };
    let _: Challenge = api.post("/auth/challenge", &unknown).await.read();
}

async fn a_session_is_for_one_server_and_one_connection(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let (api, community) = (server.api(), anna.roster.community());
    let here = link.data.server_key;
    // What a server in between would hand on: made for itself, or over the connection to itself.
    for (key, tls) in [
        (PublicKey([7; 32]), None),
        (here, Some(Hash([7; 32]))),
        (PublicKey([7; 32]), Some(Hash([7; 32]))),
    ] {
        let answer = prove(&api, &anna.device, &community, key, tls).await;
        assert_eq!(answer.code(), ErrorCode::NotAllowed);
    }
    let answer = prove(&api, &anna.device, &community, here, None).await;
    assert_eq!(answer.status, 200);
}

on_both_stores! {
    the_right_password_opens_and_a_wrong_one_does_not,
    a_made_up_second_half_is_refused,
    a_name_that_nobody_has_is_answered_like_one_that_somebody_has,
    guessing_is_slowed_down,
    a_session_survives_a_restart_and_ends_when_it_is_closed,
    sessions_of_a_device_can_be_ended_by_its_owner_alone,
    of_a_devices_sessions_sixteen_stay_open,
    a_challenge_is_signed_once_and_by_the_right_device,
    a_session_is_for_one_server_and_one_connection,
}
