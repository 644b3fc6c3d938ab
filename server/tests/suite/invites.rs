//! Coming in: links that are wrong, over, used; founding once; knocking.

use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries};
use dialtone_protocol::Hash;
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::http::{
    Bytes, ErrorCode, InviteFound, InviteLookup, KnockList, RegisterEntry, Registered,
    SessionOpened,
};
use dialtone_protocol::link::Entrance;

use crate::common::{
    Api, Person, Registration, Socket, TestServer, on_both_stores, open_session, register,
};

async fn look_up(api: &Api, token: Hash) -> crate::common::Answer {
    api.post("/invites/lookup", &InviteLookup { token }).await
}

async fn a_wrong_an_expired_and_a_used_invite_say_so(server: TestServer) {
    let api = server.api();
    let founding = server.founding.clone().unwrap();
    let found: InviteFound = look_up(&api, founding.data.token).await.read();
    assert_eq!(found.community, None);
    let mut anna = Person::found(&server, "anna").await;
    assert_eq!(
        look_up(&api, Hash([9; 32])).await.code(),
        ErrorCode::InviteUnknown
    );
    assert_eq!(
        look_up(&api, founding.data.token).await.code(),
        ErrorCode::InviteUsed
    );
    let expired = anna.invite(&server, 1, 1).await;
    assert_eq!(
        look_up(&api, expired.data.token).await.code(),
        ErrorCode::InviteExpired
    );
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let found: InviteFound = look_up(&api, link.data.token).await.read();
    assert_eq!(found.community, Some(anna.roster.community()));
    Person::join(&server, &link, "bernd").await;
    assert_eq!(
        look_up(&api, link.data.token).await.code(),
        ErrorCode::InviteUsed
    );
}

async fn a_name_is_taken_whatever_its_case_and_nothing_is_used_up_by_trying(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let entry = RegisterEntry::Roster(Bytes(vec![1]));
    let taken = register(&server.api(), link.data.token, "ANNA", entry.clone()).await;
    assert_eq!(taken.code(), ErrorCode::UsernameTaken);
    let invalid = register(&server.api(), link.data.token, "a b", entry.clone()).await;
    assert_eq!(invalid.code(), ErrorCode::UsernameInvalid);
    let noise = register(&server.api(), link.data.token, "bernd", entry).await;
    assert_eq!(noise.code(), ErrorCode::Malformed);
    Person::join(&server, &link, "bernd").await;
}

async fn the_servers_invites_need_the_admin_token(server: TestServer) {
    let wrong = server
        .api()
        .send("POST", "/server/invites", "X-Admin-Token: wrong\r\n", b"{}")
        .await;
    assert_eq!(wrong.code(), ErrorCode::NotAllowed);
    let api = server.api();
    let missing = api.send("POST", "/server/invites", "", b"{}").await;
    assert_eq!(
        (missing.status, missing.code()),
        (403, ErrorCode::NotAllowed)
    );
    assert!(matches!(
        server.link().await.data.entrance,
        Entrance::Founding
    ));
}

async fn who_knocks_waits_until_an_admin_lets_them_in(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let (mut admin, _) = Socket::connect(&anna.api).await;
    admin.send(&anna.resume(&[])).await;
    let link = server.link().await;
    let community = anna.roster.community();
    let (account, device) = (
        AccountKey::generate(&mut OsRng),
        DeviceKey::generate(&mut OsRng).unwrap(),
    );
    let knock = entries::knock(&community, &account, &device);
    let entry = RegisterEntry::Knock(Bytes(knock.clone()));
    let mut api = server.api();
    let _: Registered = register(&api, link.data.token, "carla", entry).await.read();
    let told = admin
        .wait_for(|frame| match frame {
            ServerFrame::Knock { knock, .. } => Some(knock.to_vec()),
            _ => None,
        })
        .await;
    assert_eq!(told, knock);
    let list: KnockList = anna.api.get("/knocks").await.read();
    assert_eq!(list.knocks.len(), 1);
    let opened: SessionOpened = open_session(&api, &device, &community, &link).await.read();
    assert!(!opened.member);
    api.token = Some(opened.token);
    assert_eq!(api.get("/channels").await.code(), ErrorCode::NotAllowed);
    assert_eq!(api.get("/knocks").await.code(), ErrorCode::NotAllowed);
    let (mut waiting, _) = Socket::connect(&api).await;
    waiting.send(&anna.resume(&[])).await;
    let refused = waiting.refusal(&ClientFrame::AskTurn).await;
    assert_eq!(refused, RefusalCode::NotAllowed);
    let admitted = entries::admit(&anna.device, &anna.roster, &knock).unwrap();
    assert_eq!(anna.publish(admitted.clone()).await.status, 200);
    let seen = waiting
        .wait_for(|frame| match frame {
            ServerFrame::RosterEntry { entry, .. } => Some(entry.to_vec()),
            _ => None,
        })
        .await;
    assert_eq!(seen, admitted);
    assert_eq!(api.get("/channels").await.status, 200);
    let list: KnockList = anna.api.get("/knocks").await.read();
    assert!(list.knocks.is_empty());
}

async fn a_revoked_invite_lets_nobody_in(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let Entrance::Member { invite: id, .. } = link.data.entrance else {
        unreachable!()
    };
    let api = server.api();
    let (account, device) = (
        AccountKey::generate(&mut OsRng),
        DeviceKey::generate(&mut OsRng).unwrap(),
    );
    let entry = dialtone_crypto::invite::join(&link, &anna.roster, &account, &device).unwrap();
    let entry = RegisterEntry::Roster(Bytes(entry));
    let half = Registration::start(&api, link.data.token, "bernd", entry).await;
    let half = half.unwrap();
    let revoked = entries::revoke_invite(&anna.device, &anna.roster, id).unwrap();
    assert_eq!(anna.publish(revoked).await.status, 200);
    let answer = look_up(&api, link.data.token).await;
    assert_eq!(answer.code(), ErrorCode::InviteUnknown);
    assert_eq!(half.finish(&api).await.code(), ErrorCode::InviteUnknown);
    let header = format!("X-Invite-Token: {}\r\n", link.data.token);
    let log = api.send("GET", "/roster", &header, &[]).await;
    assert_eq!(log.code(), ErrorCode::InviteUnknown);
}

async fn who_holds_no_invite_learns_nothing_about_names(server: TestServer) {
    Person::found(&server, "anna").await;
    let entry = RegisterEntry::Roster(Bytes(vec![1]));
    for name in ["anna", "bernd", "a b"] {
        let answer = register(&server.api(), Hash([9; 32]), name, entry.clone()).await;
        assert_eq!(answer.code(), ErrorCode::InviteUnknown, "{name}");
    }
}

on_both_stores! {
    a_wrong_an_expired_and_a_used_invite_say_so,
    a_name_is_taken_whatever_its_case_and_nothing_is_used_up_by_trying,
    the_servers_invites_need_the_admin_token,
    who_knocks_waits_until_an_admin_lets_them_in,
    a_revoked_invite_lets_nobody_in,
    who_holds_no_invite_learns_nothing_about_names,
}
