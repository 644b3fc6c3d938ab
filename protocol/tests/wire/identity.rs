//! The server's statement: each thing that a client checks, one test.

use crate::common::public;
use crate::common::sealed::{signed_statement, statement};
use dialtone_protocol::Hash;
use dialtone_protocol::identity::{IdentityError, IdentityStatement, check_identity};

const TLS: Hash = Hash([24; 32]);
const NONCE: Hash = Hash([23; 32]);
const NOW: u64 = 1_800_000_000;

fn check(statement: &IdentityStatement) -> Result<IdentityStatement, IdentityError> {
    check_identity(&signed_statement(statement), &public(2), &TLS, &NONCE, NOW)
}

fn right() -> IdentityStatement {
    statement(Some(NONCE), Some(TLS))
}

#[test]
fn the_right_server_is_accepted_directly_and_behind_a_proxy() {
    assert_eq!(check(&right()), Ok(right()));
    let proxied = statement(Some(NONCE), None);
    assert_eq!(
        check(&proxied),
        Ok(proxied),
        "the caller sees that the certificate has to be checked"
    );
}

#[test]
fn another_key_than_the_pinned_one_is_refused() {
    let bytes = signed_statement(&right());
    let result = check_identity(&bytes, &public(3), &TLS, &NONCE, NOW);
    assert!(matches!(result, Err(IdentityError::Signature(_))));
}

#[test]
fn another_connection_is_refused() {
    let other = statement(Some(NONCE), Some(Hash([9; 32])));
    assert_eq!(check(&other), Err(IdentityError::OtherTlsKey));
}

#[test]
fn a_statement_that_ran_out_is_refused() {
    let mut old = right();
    old.not_after_s = NOW;
    assert!(check(&old).is_ok());
    old.not_after_s = NOW - 1;
    assert_eq!(check(&old), Err(IdentityError::Expired));
}

#[test]
fn an_answer_to_another_question_is_refused() {
    for nonce in [None, Some(Hash([9; 32]))] {
        let other = statement(nonce, Some(TLS));
        assert_eq!(check(&other), Err(IdentityError::Nonce));
    }
}

#[test]
fn another_version_or_damaged_bytes_are_refused() {
    let mut newer = right();
    newer.version = 2;
    assert!(matches!(check(&newer), Err(IdentityError::Format(_))));
    let bytes = signed_statement(&right());
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        let result = check_identity(&damaged, &public(2), &TLS, &NONCE, NOW);
        assert!(result.is_err(), "byte {at}");
    }
}
