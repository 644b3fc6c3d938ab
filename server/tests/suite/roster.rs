//! The roster: one entry after the other, by members only, told to everybody at once.

use dialtone_crypto::{DeviceKey, OsRng, entries};
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::{Bytes, ErrorCode, RosterAppend};
use dialtone_protocol::roster::{HistoryPolicy, Role};

use crate::common::{Person, Socket, TestServer, on_both_stores};

async fn of_two_entries_after_the_same_one_the_first_wins(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let promoted = entries::change_role(
        &anna.device,
        &anna.roster.clone(),
        bernd.account_id(),
        Role::Admin,
    );
    anna.fetch_roster().await;
    let promoted = promoted.or_else(|_| {
        entries::change_role(&anna.device, &anna.roster, bernd.account_id(), Role::Admin)
    });
    assert_eq!(anna.publish(promoted.unwrap()).await.status, 200);
    let mut bernd = bernd;
    bernd.fetch_roster().await;
    let lobby = anna.roster.view().lobby();
    let make = |person: &Person| {
        entries::create_channel(
            &person.device,
            &person.roster,
            lobby,
            HistoryPolicy::All,
            &mut dialtone_crypto::OsRng,
        )
        .unwrap()
        .1
    };
    let (one, two) = (make(&anna), make(&bernd));
    let body = |entry: &Vec<u8>| RosterAppend {
        entry: Bytes(entry.clone()),
    };
    let (one_body, two_body) = (body(&one), body(&two));
    let (a, b) = tokio::join!(
        anna.api.post("/roster", &one_body),
        bernd.api.post("/roster", &two_body)
    );
    let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
    assert_eq!(won.status, 200);
    assert_eq!(lost.status, 409);
    let error = lost.error();
    assert_eq!(error.code, ErrorCode::RosterMoved);
    let length = anna.roster.position().length;
    assert_eq!(error.position.unwrap().length, length + 1);
}

async fn who_is_not_signed_in_or_no_admin_may_not_change_it(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let lobby = anna.roster.view().lobby();
    anna.fetch_roster().await;
    let (_, entry) = entries::create_channel(
        &anna.device,
        &anna.roster,
        lobby,
        HistoryPolicy::All,
        &mut dialtone_crypto::OsRng,
    )
    .unwrap();
    let mut forged = entry.clone();
    *forged.last_mut().unwrap() ^= 1;
    let body = RosterAppend {
        entry: Bytes(forged),
    };
    assert_eq!(server.api().post("/roster", &body).await.status, 401);
    assert_eq!(bernd.api.post("/roster", &body).await.status, 422);
    assert_eq!(
        server.api().get("/roster").await.code(),
        ErrorCode::NotSignedIn
    );
}

async fn an_entry_is_told_to_everybody_and_who_is_removed_is_cut(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let mut bernd = anna.bring(&server, "bernd").await;
    anna.fetch_roster().await;
    bernd.fetch_roster().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    a.send(&anna.resume(&[])).await;
    b.send(&bernd.resume(&[])).await;
    let caught_up = |frame: &ServerFrame| matches!(frame, ServerFrame::CaughtUp).then_some(());
    a.wait_for(caught_up).await;
    b.wait_for(caught_up).await;
    let expected = anna.roster.position().length;
    let entry =
        entries::remove_member(&anna.device, &anna.roster, bernd.account_id(), false).unwrap();
    assert_eq!(anna.publish(entry.clone()).await.status, 200);
    let (index, bytes) = a
        .wait_for(|frame| match frame {
            ServerFrame::RosterEntry { index, entry } => Some((*index, entry.to_vec())),
            _ => None,
        })
        .await;
    assert_eq!((index, bytes), (expected, entry));
    assert_eq!(b.close_code().await, Some(4001));
    let device = bernd.device.id();
    let offline = ServerFrame::Presence {
        device,
        online: false,
    };
    a.wait_for(|frame| (*frame == offline).then_some(())).await;
    assert_eq!(
        bernd.api.get("/channels").await.code(),
        ErrorCode::NotSignedIn
    );
}

async fn an_account_has_a_bounded_number_of_devices(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let mut added = Vec::new();
    for _ in 1..32 {
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        added.push(device.id());
        let entry = entries::add_device(&anna.device, &anna.roster, device.public_keys());
        assert_eq!(anna.publish(entry.unwrap()).await.status, 200);
    }
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let entry = entries::add_device(&anna.device, &anna.roster, device.public_keys());
    let refused = anna.publish(entry.unwrap()).await;
    assert_eq!(refused.code(), ErrorCode::TooMany);
    let revoked = entries::revoke_device(&anna.device, &anna.roster, added[0]);
    assert_eq!(anna.publish(revoked.unwrap()).await.status, 200);
    let entry = entries::add_device(&anna.device, &anna.roster, device.public_keys());
    assert_eq!(anna.publish(entry.unwrap()).await.status, 200);
}

on_both_stores! {
    an_account_has_a_bounded_number_of_devices,
    of_two_entries_after_the_same_one_the_first_wins,
    who_is_not_signed_in_or_no_admin_may_not_change_it,
    an_entry_is_told_to_everybody_and_who_is_removed_is_cut,
}
