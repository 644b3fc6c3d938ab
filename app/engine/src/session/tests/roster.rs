//! Member lists that are not this community's, and ones that cannot be read on.

use dialtone_crypto::{OsRng, entries};

use super::scene::{Person, Scene, server_key};
use crate::local::Table;
use crate::session::load::LoadError;

fn foreign_founding() -> Vec<u8> {
    let stranger = Person::new();
    entries::found(
        &stranger.account,
        &stranger.device,
        server_key(),
        &mut OsRng,
    )
    .unwrap()
    .entry
}

#[test]
fn a_foreign_founding_is_refused_and_never_written_down() {
    let mut scene = Scene::outside();
    scene.session.roster_entry(0, &foreign_founding()).unwrap();
    assert!(scene.alarm().unwrap().contains("another community"));
    assert!(scene.session.state.roster.is_none());
    scene.restart();
    // The server's key is pinned from the member list: a foreign one would choose whom this device trusts.
    assert!(scene.session.state.roster.is_none());
    assert!(scene.alarm().unwrap().contains("another community"));
}

#[test]
fn a_foreign_member_list_on_the_disk_is_not_loaded() {
    let mut scene = Scene::outside();
    let transaction = scene.session.database.begin().unwrap();
    transaction
        .put(Table::Roster, &0u64.to_be_bytes(), &foreign_founding())
        .unwrap();
    transaction.commit().unwrap();
    let error = scene.try_restart().unwrap_err();
    assert!(matches!(error, LoadError::OtherCommunity), "{error}");
}

#[test]
fn an_entry_that_is_not_taken_ends_the_page() {
    let mut scene = Scene::new();
    let length = scene.roster.position().length;
    let (_, good) = scene.another_channel();
    let page = [b"of a later version".to_vec(), good.clone()];
    assert!(!scene.session.roster_page(length, page.clone()).unwrap());
    assert!(scene.alarm().is_some());
    // Under the warning nothing is taken in, so nothing may be asked for again and again.
    assert!(!scene.session.roster_page(length, page).unwrap());
    assert!(!scene.session.roster_page(length, [good]).unwrap());
    assert!(!scene.session.roster_page(length, []).unwrap());
}
