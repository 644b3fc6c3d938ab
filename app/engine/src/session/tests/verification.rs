//! Who was verified stays so as long as their account key does.

use dialtone_crypto::{AccountKey, OsRng, entries};

use super::scene::Scene;
use crate::session::view;

fn anna_is_verified(scene: &Scene) -> bool {
    let account = scene.anna.account.account();
    let shown = view::community(&scene.session.state);
    let mut members = shown.members.iter();
    members.any(|member| member.account == account && member.verified)
}

#[test]
fn a_verification_ends_with_the_key_that_it_was_made_with_and_that_is_told() {
    let mut scene = Scene::new();
    let account = scene.anna.account.account();
    assert!(!anna_is_verified(&scene));
    scene.session.set_verified(account, true).unwrap();
    assert!(anna_is_verified(&scene));
    scene.restart();
    assert!(anna_is_verified(&scene), "it is remembered");
    let new = AccountKey::generate(&mut OsRng);
    let old = &scene.anna.account;
    let entry = entries::rotate_account_key(old, account, &new, &scene.roster).unwrap();
    let (index, entry) = scene.append(entry);
    scene.session.roster_entry(index, &entry).unwrap();
    assert!(!anna_is_verified(&scene));
    let told = std::mem::take(&mut scene.session.state.words);
    assert!(
        told.iter()
            .any(|words| words.contains("was changed") && words.contains("does not count any more")),
        "{told:?}"
    );
    scene.restart();
    assert!(!anna_is_verified(&scene));
    // A comparison under the new key counts.
    scene.session.set_verified(account, true).unwrap();
    assert!(anna_is_verified(&scene));
    scene.session.set_verified(account, false).unwrap();
    scene.restart();
    assert!(!anna_is_verified(&scene));
}

#[test]
fn words_that_differ_end_trust() {
    let mut scene = Scene::new();
    let account = scene.anna.account.account();
    scene.session.set_verified(account, true).unwrap();
    scene.session.safety_differs(account).unwrap();
    assert!(scene.alarm().unwrap().contains("safety words"));
    assert!(!anna_is_verified(&scene));
    assert_eq!(scene.mikael_writes("nothing is sealed"), 0);
}
