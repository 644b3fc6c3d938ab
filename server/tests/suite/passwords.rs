//! Another password: only for whoever has just proved the one before; what that one opened is of no use any more.

use dialtone_crypto::{OsRng, Registration as Opaque};
use dialtone_protocol::http::{
    Bytes, ErrorCode, PASSWORD_COPY_BYTES, PasswordFinish, PasswordStart, RegisterStarted,
};

use crate::auth::log_in;
use crate::common::{Machine, PASSWORD, Person, TestServer, on_both_stores};

const NEW: &[u8] = b"another boat entirely";

async fn a_password_is_changed_by_whoever_proves_the_one_before(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let api = server.api();
    let proved = log_in(&api, "anna", PASSWORD).await.unwrap();
    let proved: dialtone_protocol::http::LoggedIn = proved.read();
    let machine = Machine::new(&server, proved.enrolment);
    let (registration, request) = Opaque::start(NEW, &mut OsRng).unwrap();
    let start = PasswordStart {
        request: Bytes(request),
    };
    let stranger = api.post("/auth/password/start", &start).await;
    assert_eq!(stranger.code(), ErrorCode::NotSignedIn);
    // A session alone does not do: whoever finds a window open cannot take the account over.
    let session = anna.api.post("/auth/password/start", &start).await;
    assert_eq!(session.code(), ErrorCode::NotSignedIn);
    let started: RegisterStarted = machine.post("/auth/password/start", &start).await.read();
    let (upload, _) = registration
        .finish(&started.response.0, &mut OsRng)
        .unwrap();
    let finish = |password_copy: Option<Vec<u8>>| PasswordFinish {
        upload: Bytes(upload.clone()),
        password_copy: password_copy.map(Bytes),
    };
    let nonsense = PasswordFinish {
        upload: Bytes(vec![1; 8]),
        password_copy: None,
    };
    let path = "/auth/password/finish";
    assert_eq!(
        machine.post(path, &nonsense).await.code(),
        ErrorCode::Malformed
    );
    let short = finish(Some(vec![7; PASSWORD_COPY_BYTES - 1]));
    assert_eq!(
        machine.post(path, &short).await.code(),
        ErrorCode::Malformed
    );
    assert_eq!(
        api.post(path, &finish(None)).await.code(),
        ErrorCode::NotSignedIn
    );
    assert!(log_in(&api, "anna", PASSWORD).await.is_some(), "as it was");
    for _ in 0..2 {
        let taken = machine.post(path, &finish(None)).await;
        assert_eq!(
            taken.status, 204,
            "the same again changes nothing: {taken:?}"
        );
    }
    assert!(log_in(&api, "anna", PASSWORD).await.is_none());
    assert!(log_in(&api, "anna", NEW).await.is_some());
    // Sessions of the account go on.
    anna.invite(&server, 1, u64::MAX / 2000).await;
}

on_both_stores! {
    a_password_is_changed_by_whoever_proves_the_one_before,
}
