//! Recovery: what a proved password gives, and what it does not.

use dialtone_crypto::recovery::{RecoveryKey, open_account, seal_account};
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries};
use dialtone_protocol::http::{
    Bytes, DeviceList, ErrorCode, HistoryPut, PASSWORD_COPY_BYTES, RecoveryFiles, RegisterEntry,
    RosterPage, SessionOpened,
};

use crate::common::{
    Api, Machine, Person, Registration, TestServer, enrol, log_in, on_both_stores, open_session,
};

async fn a_device_comes_in_by_password_and_recovery_key(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let (api, community) = (server.api(), anna.roster.community());
    // Bo joins with a recovery key, and sends a history file.
    let key = RecoveryKey::generate(&mut OsRng);
    let account = AccountKey::generate(&mut OsRng);
    let lost = DeviceKey::generate(&mut OsRng).unwrap();
    let entry = dialtone_crypto::invite::join(&link, &anna.roster, &account, &lost).unwrap();
    let sealed = seal_account(&key, community, account.account(), &account).unwrap();
    let registration = Registration::start(
        &api,
        link.data.token,
        "bo",
        RegisterEntry::Roster(Bytes(entry)),
    )
    .await
    .unwrap()
    .with_recovery(sealed)
    .with_password_copy(vec![7; PASSWORD_COPY_BYTES - 1]);
    let short = registration.finish(&api).await;
    assert_eq!(short.code(), ErrorCode::Malformed, "{short:?}");
    let registration = registration.with_password_copy(vec![7; PASSWORD_COPY_BYTES]);
    assert_eq!(registration.finish(&api).await.status, 200);
    let opened: SessionOpened = open_session(&api, &lost, &community, &link).await.read();
    let mut bo = server.api();
    bo.token = Some(opened.token);
    let history = |counter, file: &[u8]| HistoryPut {
        counter,
        file: Bytes(file.to_vec()),
    };
    let put = bo.put("/recovery/history", &history(2, b"two")).await;
    assert_eq!(put.status, 204, "{put:?}");
    let older = bo.put("/recovery/history", &history(1, b"one")).await;
    assert_eq!(older.code(), ErrorCode::Exists);
    let long = vec![0; 4 * 1024 * 1024 + 1];
    let long = bo.put("/recovery/history", &history(3, &long)).await;
    assert_eq!(long.code(), ErrorCode::TooLarge);

    // On a bare machine: the password gives the files, the recovery key opens the account.
    assert_eq!(api.get("/recovery").await.code(), ErrorCode::NotSignedIn);
    let logged_in = log_in(&api, "bo").await;
    assert_eq!(logged_in.account, account.account());
    let machine = Machine::new(&server, logged_in.enrolment);
    let files: RecoveryFiles = machine.get("/recovery").await.read();
    assert_eq!(files.history, Some(Bytes(b"two".to_vec())));
    may_take_the_copy_away(&api, &machine, (&bo, &anna.api)).await;
    let opened = open_account(&key, &files.account.0).unwrap();
    let page: RosterPage = machine.get("/roster").await.read();
    let entries = page.entries.into_iter().map(|entry| entry.0);
    let (roster, broken) = dialtone_protocol::roster::Roster::replay(entries).unwrap();
    assert_eq!(broken, None);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    // Another account's device, and any other entry, are not for it.
    let keys = device.public_keys();
    let annas =
        entries::recover_device(&anna.account, anna.account.account(), &roster, keys.clone());
    let refused = machine.enrol(annas.unwrap()).await;
    assert_eq!(refused.code(), ErrorCode::EntryInvalid, "{refused:?}");
    let own = entries::recover_device(&opened.key, opened.account, &roster, keys).unwrap();
    assert_eq!(
        api.post("/devices", &enrol(own.clone())).await.code(),
        ErrorCode::NotSignedIn
    );
    let mut forged = own.clone();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(machine.enrol(forged).await.code(), ErrorCode::EntryInvalid);
    assert_eq!(machine.enrol(own).await.status, 200);
    let session: SessionOpened = open_session(&api, &device, &community, &link).await.read();
    assert!(session.member);
}

/// The password gives the copy of the recovery key that it opens, until a device of the account takes it away.
async fn may_take_the_copy_away(api: &Api, machine: &Machine, (own, other): (&Api, &Api)) {
    let files: RecoveryFiles = machine.get("/recovery").await.read();
    let copy = Some(Bytes(vec![7; PASSWORD_COPY_BYTES]));
    assert_eq!(files.password_copy, copy);
    let has_copy = async |api: &Api| {
        let devices: DeviceList = api.get("/devices").await.read();
        devices.password_copy
    };
    assert!(has_copy(own).await && !has_copy(other).await);
    let stranger = api.delete("/recovery/password").await;
    assert_eq!(stranger.code(), ErrorCode::NotSignedIn);
    assert_eq!(other.delete("/recovery/password").await.status, 204);
    assert!(has_copy(own).await, "it was another account's");
    assert_eq!(own.delete("/recovery/password").await.status, 204);
    assert!(!has_copy(own).await);
    let files: RecoveryFiles = machine.get("/recovery").await.read();
    assert_eq!(files.password_copy, None);
}

async fn without_a_recovery_key_there_are_no_files(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let logged_in = log_in(&server.api(), "anna").await;
    let machine = Machine::new(&server, logged_in.enrolment);
    assert_eq!(machine.get("/recovery").await.code(), ErrorCode::NotFound);
    let put = HistoryPut {
        counter: 1,
        file: Bytes(b"history".to_vec()),
    };
    let put = anna.api.put("/recovery/history", &put).await;
    assert_eq!(put.code(), ErrorCode::Exists);
    anna.fetch_roster().await;
}

on_both_stores! {
    a_device_comes_in_by_password_and_recovery_key,
    without_a_recovery_key_there_are_no_files,
}
