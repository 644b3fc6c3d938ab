//! The keyring: kept, read, forgotten; absent, locked, dismissed, hanging.

use std::time::{Duration, Instant};

use dialtone_desktop::{KeyringFault, SystemKeyring};

use crate::bus::Bus;
use crate::secrets::{Answer, Secrets};

const SECRET: [u8; 32] = [9; 32];

#[test]
fn what_is_kept_is_read_and_forgotten_and_never_goes_over_the_bus_as_it_is() {
    let bus = Bus::start();
    let secrets = Secrets::start(&bus);
    let keyring = SystemKeyring::new(bus.named());
    assert_eq!(keyring.read("a").unwrap(), None);
    keyring.keep("a", "Dialtone", &SECRET).unwrap();
    keyring.keep("a", "Dialtone", &[1; 32]).unwrap();
    keyring.keep("b", "Dialtone", &SECRET).unwrap();
    assert_eq!(secrets.count(), 2, "the second took the first one's place");
    assert_eq!(keyring.read("a").unwrap().unwrap().as_slice(), [1; 32]);
    assert_eq!(keyring.read("b").unwrap().unwrap().as_slice(), SECRET);
    assert!(!secrets.was_seen());
    keyring.forget("a").unwrap();
    keyring.forget("a").unwrap();
    assert_eq!(keyring.read("a").unwrap(), None);
    assert_eq!(secrets.count(), 1);
}

#[test]
fn without_a_keyring_that_is_said_at_once() {
    let bus = Bus::start();
    let keyring = SystemKeyring::new(bus.named());
    assert_eq!(keyring.read("a"), Err(KeyringFault::Absent));
    let secrets = Secrets::start(&bus);
    keyring.keep("a", "Dialtone", &SECRET).unwrap();
    secrets.end();
    assert_eq!(keyring.forget("a"), Err(KeyringFault::Absent));
    let nowhere = dialtone_desktop::Bus::At("unix:path=/nowhere/at/all".to_owned());
    let keyring = SystemKeyring::new(nowhere);
    assert_eq!(keyring.read("a"), Err(KeyringFault::Absent));
}

#[test]
fn a_locked_one_is_unlocked_by_the_user_or_not() {
    let bus = Bus::start();
    let secrets = Secrets::start(&bus);
    let keyring = SystemKeyring::new(bus.named());
    keyring.keep("a", "Dialtone", &SECRET).unwrap();
    secrets.lock(Answer::Dismisses);
    assert_eq!(keyring.read("a"), Err(KeyringFault::Locked));
    let refused = keyring.keep("b", "Dialtone", &SECRET);
    assert_eq!(refused, Err(KeyringFault::Locked));
    secrets.lock(Answer::Unlocks);
    assert_eq!(keyring.read("a").unwrap().unwrap().as_slice(), SECRET);
}

#[test]
fn one_that_does_not_answer_is_waited_for_in_vain_for_as_long_as_was_said() {
    let bus = Bus::start();
    let secrets = Secrets::start(&bus);
    let keyring = SystemKeyring::new(bus.named());
    keyring.keep("a", "Dialtone", &SECRET).unwrap();
    let keyring = keyring.with_patience(Duration::from_millis(300));
    secrets.lock(Answer::Waits);
    assert_eq!(keyring.read("a"), Err(KeyringFault::Silent));
    secrets.hang();
    let began = Instant::now();
    assert_eq!(keyring.read("a"), Err(KeyringFault::Silent));
    assert_eq!(keyring.forget("a"), Err(KeyringFault::Silent));
    assert!(began.elapsed() < Duration::from_secs(20));
}
