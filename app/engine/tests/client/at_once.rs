//! Opening by the system's keyring: switched on and off, and whatever may be wrong with it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dialtone_engine::keyring::{Keyring, KeyringChoice, KeyringFault, MemoryKeyring};
use dialtone_engine::snapshot::{AtOnce, ProfileState, Snapshot};
use dialtone_engine::{Command, EngineConfig, Secret, wipe_confirmation};

use super::house::{Client, House, PASSWORD, community, is_online};

/// A client with a keyring, whose profile has this name.
fn with(house: &House, name: &str, keyring: &KeyringChoice) -> Client {
    let config = EngineConfig {
        profile: profile(house, name),
        audio: dialtone_engine::voice::AudioChoice::Null,
        loopback_calls: true,
        keyring: keyring.clone(),
        ..EngineConfig::default()
    };
    Client::configured(name, config).unwrap()
}

fn profile(house: &House, name: &str) -> PathBuf {
    house.folder.path().join(name)
}

fn at_once(snapshot: &Snapshot) -> AtOnce {
    snapshot.keyring.at_once
}

fn is_locked(snapshot: &Snapshot) -> bool {
    matches!(snapshot.profile, ProfileState::Locked { .. })
}

/// Anna, who has founded a community and opens by the keyring from now on; her client is closed.
fn anna_at_once(house: &House, keyring: &KeyringChoice) {
    let anna = house.founded_by(with(house, "anna", keyring));
    assert_eq!(at_once(&anna.engine.handle.snapshot()), AtOnce::Off);
    anna.send(Command::OpenAtOnce(true));
    anna.wait("it is on", |snapshot| at_once(snapshot) == AtOnce::On);
    anna.close();
}

/// Opens her client; it comes in by itself.
fn comes_in(house: &House, keyring: &KeyringChoice) -> Client {
    let anna = with(house, "anna", keyring);
    anna.wait("she is in without a password", is_online);
    anna
}

/// Opens her client; it asks for the password, for this reason, and is given it.
fn asks(house: &House, keyring: &KeyringChoice, reason: &str) -> Client {
    let anna = with(house, "anna", keyring);
    let snapshot = anna.wait("the password is asked for", is_locked);
    let problem = snapshot.keyring.problem.clone().unwrap_or_default();
    assert!(problem.contains(reason), "{problem:?} has no {reason:?}");
    unlock(&anna, PASSWORD);
    anna
}

fn unlock(client: &Client, password: &str) {
    client.send(Command::Unlock(Secret::new(password)));
    client.wait("she is in", is_online);
}

fn memory() -> (Arc<MemoryKeyring>, KeyringChoice) {
    let keyring = Arc::new(MemoryKeyring::default());
    (Arc::clone(&keyring), KeyringChoice::new(keyring))
}

#[test]
fn who_wants_it_comes_in_at_once_and_locking_asks_for_the_password() {
    let house = House::new();
    let (keyring, choice) = memory();
    anna_at_once(&house, &choice);
    assert_eq!(keyring.tags().len(), 1);
    let anna = comes_in(&house, &choice);
    anna.send(Command::Lock);
    anna.wait("it is locked", is_locked);
    anna.send(Command::Unlock(Secret::new("another one")));
    anna.wait("it stays locked", |snapshot| {
        matches!(snapshot.profile, ProfileState::Locked { error: Some(_) })
    });
    unlock(&anna, PASSWORD);
    anna.send(Command::OpenAtOnce(false));
    anna.wait("it is off", |snapshot| at_once(snapshot) == AtOnce::Off);
    let gone = || keyring.tags().is_empty();
    anna.wait("the keyring has forgotten it", |_| gone());
    anna.close();
    for name in ["keystore.ring", "keystore.copy"] {
        assert!(!profile(&house, "anna").join(name).exists(), "{name}");
    }
    let anna = with(&house, "anna", &choice);
    let snapshot = anna.engine.handle.snapshot();
    assert_eq!(snapshot.profile, ProfileState::Locked { error: None });
    assert_eq!(snapshot.keyring.problem, None);
}

#[test]
fn what_changes_while_no_password_is_known_opens_with_it_later() {
    let (house, other) = (House::new(), House::new());
    let (_, choice) = memory();
    anna_at_once(&house, &choice);
    let anna = comes_in(&house, &choice);
    anna.inspect(&other.link);
    anna.send(Command::Join {
        username: "anna".into(),
        password: Secret::new("of the other server"),
        community_name: Some("Kiln street".into()),
        by_password: false,
    });
    let both = |snapshot: &Snapshot| {
        let mut all = snapshot.communities.iter();
        let online = |id| matches!(id, dialtone_engine::snapshot::Connection::Online);
        snapshot.communities.len() == 2 && all.all(|one| online(one.connection.clone()))
    };
    anna.wait("she is in both", both);
    anna.close();
    let again = with(&house, "anna", &choice);
    again.wait("she is in both by the keyring", both);
    // Off without a password: what is ahead of the keystore stays until it is typed.
    again.send(Command::OpenAtOnce(false));
    again.wait("it is off", |snapshot| at_once(snapshot) == AtOnce::Off);
    again.close();
    let later = with(&house, "anna", &KeyringChoice::default());
    later.send(Command::Unlock(Secret::new(PASSWORD)));
    later.wait("she is in both by the password", both);
    later.close();
    assert!(!profile(&house, "anna").join("keystore.copy").exists());
    let last = with(&house, "anna", &KeyringChoice::default());
    last.send(Command::Unlock(Secret::new(PASSWORD)));
    last.wait("the keystore has both", both);
    // One is forgotten, and stays so.
    let first = last.engine.handle.snapshot().communities[0].id;
    last.send(Command::Forget(first));
    last.wait("one is left", |snapshot| snapshot.communities.len() == 1);
}

#[test]
fn a_keyring_that_says_nothing_or_no_leaves_the_password() {
    let house = House::new();
    let (keyring, choice) = memory();
    anna_at_once(&house, &choice);
    for (fault, reason) in [
        (KeyringFault::Absent, "no keyring"),
        (KeyringFault::Locked, "is locked"),
        (KeyringFault::Failed("it fell over".to_owned()), "fell over"),
    ] {
        keyring.fail(Some(fault));
        asks(&house, &choice, reason).close();
    }
    keyring.fail(None);
    comes_in(&house, &choice).close();
    assert_eq!(keyring.tags().len(), 1, "nothing was made anew");
}

#[test]
fn a_key_that_does_not_fit_is_made_anew_once_the_password_is_typed() {
    let house = House::new();
    let (keyring, choice) = memory();
    anna_at_once(&house, &choice);
    let mended = |reason: &str| {
        let anna = asks(&house, &choice, reason);
        let is_mended = |snapshot: &Snapshot| {
            at_once(snapshot) == AtOnce::On && snapshot.keyring.problem.is_none()
        };
        anna.wait("it is mended", is_mended);
        anna.close();
        comes_in(&house, &choice).close();
    };
    keyring.replace_all(&[1; 32]);
    mended("does not open");
    keyring.replace_all(b"short");
    mended("does not open");
    keyring.clear();
    mended("no key");
    let file = |name: &str| profile(&house, "anna").join(name);
    for name in ["keystore.ring", "keystore.copy"] {
        let mut bytes = std::fs::read(file(name)).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(file(name), &bytes).unwrap();
        mended("does not open");
        std::fs::write(file(name), b"").unwrap();
        mended("does not open");
    }
    std::fs::remove_file(file("keystore.copy")).unwrap();
    mended("does not open");
    // An older state of the copy never stands in for a newer keystore.
    let copy = std::fs::read(file("keystore.copy")).unwrap();
    let anna = with(&house, "anna", &KeyringChoice::default());
    unlock(&anna, PASSWORD);
    let change = Command::ChangePassword {
        community: community(&anna.engine.handle.snapshot()).unwrap().id,
        old: Secret::new(PASSWORD),
        new: Secret::new("flint kestrel boat"),
    };
    anna.send(change);
    anna.wait("it is changed", |snapshot| !snapshot.notices.is_empty());
    anna.close();
    comes_in(&house, &choice).close();
    std::fs::write(file("keystore.copy"), copy).unwrap();
    let anna = with(&house, "anna", &choice);
    let snapshot = anna.wait("the password is asked for", is_locked);
    let problem = snapshot.keyring.problem.clone().unwrap();
    assert!(problem.contains("were changed"), "{problem}");
}

#[test]
fn the_password_is_changed_by_who_came_in_without_it() {
    let house = House::new();
    let (_, choice) = memory();
    anna_at_once(&house, &choice);
    let anna = comes_in(&house, &choice);
    let id = community(&anna.engine.handle.snapshot()).unwrap().id;
    anna.send(Command::ChangePassword {
        community: id,
        old: Secret::new(PASSWORD),
        new: Secret::new("flint kestrel boat"),
    });
    let told = |snapshot: &Snapshot| {
        let mut notices = snapshot.notices.iter();
        notices.any(|one| one.text.contains("also opens the keys"))
    };
    anna.wait("it is changed here as well", told);
    anna.close();
    let anna = comes_in(&house, &choice);
    anna.send(Command::Lock);
    anna.wait("it is locked", is_locked);
    unlock(&anna, "flint kestrel boat");
}

#[test]
fn one_that_hangs_is_not_waited_for_longer_than_one_likes() {
    let house = House::new();
    let (_, choice) = memory();
    anna_at_once(&house, &choice);
    let hangs = KeyringChoice::new(Arc::new(Hangs));
    let anna = with(&house, "anna", &hangs);
    let state = anna.engine.handle.snapshot().profile.clone();
    assert_eq!(state, ProfileState::AskingKeyring);
    anna.send(Command::UsePassword);
    let snapshot = anna.wait("the password is asked for", is_locked);
    assert_eq!(snapshot.keyring.problem, None);
    unlock(&anna, PASSWORD);
    anna.close();
    let soon = hangs.with_patience(Duration::from_millis(50));
    asks(&house, &soon, "does not answer").close();
}

/// Never answers.
struct Hangs;

impl Keyring for Hangs {
    fn read(&self, _: &str) -> Result<Option<dialtone_crypto::Zeroizing<Vec<u8>>>, KeyringFault> {
        loop {
            std::thread::park();
        }
    }

    fn keep(&self, _: &str, _: &[u8]) -> Result<(), KeyringFault> {
        Err(KeyringFault::Absent)
    }

    fn forget(&self, _: &str) -> Result<(), KeyringFault> {
        Err(KeyringFault::Absent)
    }
}

#[test]
fn what_cannot_be_kept_stays_off_and_a_wipe_leaves_nothing() {
    let house = House::new();
    let (keyring, choice) = memory();
    let anna = house.founded_by(with(&house, "anna", &choice));
    keyring.fail(Some(KeyringFault::Locked));
    anna.send(Command::OpenAtOnce(true));
    let told = |snapshot: &Snapshot| {
        let mut notices = snapshot.notices.iter();
        notices.any(|one| one.text.contains("the keyring is locked"))
    };
    let snapshot = anna.wait("it is told", told);
    assert_eq!(at_once(&snapshot), AtOnce::Off);
    assert!(!profile(&house, "anna").join("keystore.ring").exists());
    keyring.fail(None);
    anna.send(Command::OpenAtOnce(true));
    anna.wait("it is on", |snapshot| at_once(snapshot) == AtOnce::On);
    anna.send(Command::Lock);
    anna.wait("it is locked", is_locked);
    anna.send(Command::Wipe(wipe_confirmation().into()));
    anna.wait("nothing is here", |snapshot| {
        snapshot.profile == ProfileState::Empty
    });
    anna.wait("the keyring has forgotten it", |_| {
        keyring.tags().is_empty()
    });
    anna.close();
    let folder = std::fs::read_dir(profile(&house, "anna")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name());
    let keys: Vec<_> = names
        .filter(|name| name.to_string_lossy().starts_with("keystore"))
        .collect();
    assert!(keys.is_empty(), "{keys:?}");
}

#[cfg(target_os = "linux")]
mod on_a_bus {
    use dialtone_crypto::Zeroizing;
    use dialtone_desktop::SystemKeyring;

    use super::super::bus::{Bus, PATIENCE};
    use super::super::secrets::{Answer, Secrets};
    use super::*;

    /// The system's keyring, as the window hands it to the engine.
    struct System(SystemKeyring);

    fn fault(fault: dialtone_desktop::KeyringFault) -> KeyringFault {
        match fault {
            dialtone_desktop::KeyringFault::Absent => KeyringFault::Absent,
            dialtone_desktop::KeyringFault::Locked => KeyringFault::Locked,
            dialtone_desktop::KeyringFault::Silent => KeyringFault::Silent,
            other => KeyringFault::Failed(other.to_string()),
        }
    }

    impl Keyring for System {
        fn read(&self, tag: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringFault> {
            self.0.read(tag).map_err(fault)
        }

        fn keep(&self, tag: &str, secret: &[u8]) -> Result<(), KeyringFault> {
            self.0.keep(tag, "Dialtone", secret).map_err(fault)
        }

        fn forget(&self, tag: &str) -> Result<(), KeyringFault> {
            self.0.forget(tag).map_err(fault)
        }
    }

    #[test]
    fn the_secret_service_opens_the_keys_and_its_absence_asks_for_the_password() {
        let house = House::new();
        let bus = Bus::start();
        let secrets = Secrets::start(&bus);
        let keyring = SystemKeyring::new(bus.named()).with_patience(Duration::from_secs(2));
        let choice = KeyringChoice::new(Arc::new(System(keyring))).with_patience(PATIENCE);
        anna_at_once(&house, &choice);
        assert_eq!(secrets.count(), 1);
        comes_in(&house, &choice).close();
        assert!(!secrets.was_seen());
        secrets.lock(Answer::Unlocks);
        comes_in(&house, &choice).close();
        secrets.lock(Answer::Dismisses);
        asks(&house, &choice, "is locked").close();
        secrets.lock(Answer::Waits);
        asks(&house, &choice, "does not answer").close();
        secrets.hang();
        asks(&house, &choice, "does not answer").close();
        secrets.end();
        asks(&house, &choice, "no keyring").close();
    }
}
