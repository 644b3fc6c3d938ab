//! A pretended Secret Service: one collection, items in memory, a prompt that is answered as the test says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hkdf::Hkdf;
use num_bigint::BigUint;
use sha2::Sha256;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{ObjectServer, interface};

use crate::bus::Bus;

const NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";
const PROMPT: &str = "/org/freedesktop/secrets/prompt/one";
const SESSION: &str = "/org/freedesktop/secrets/session/one";
const NOTHING: &str = "/";
/// The prime of the second Oakley group (RFC 2409, 6.2), in which both sides agree on a key.
const PRIME: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd\
    ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1f\
    e649286651ece65381ffffffffffffffff";

type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// What the user does when the keyring asks to be unlocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Types the keyring's password.
    Unlocks,
    /// Closes the question.
    Dismisses,
    /// Nothing.
    Waits,
}

#[derive(Default)]
struct State {
    items: Vec<(u32, HashMap<String, String>, Vec<u8>)>,
    made: u32,
    locked: bool,
    answer: Option<Answer>,
    /// Nothing is answered at all.
    hangs: bool,
    key: [u8; 16],
    /// What went over the bus as a secret, as it went.
    seen: Vec<Vec<u8>>,
}

/// The service on its bus; it ends when this is dropped.
pub(crate) struct Secrets {
    state: Arc<Mutex<State>>,
    connection: zbus::blocking::Connection,
}

impl Secrets {
    /// Begins to serve.
    pub(crate) fn start(bus: &Bus) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let connection = bus.serve(NAME, SERVICE, Service(Arc::clone(&state)));
        let collection = Collection(Arc::clone(&state));
        let prompt = Prompt(Arc::clone(&state));
        connection
            .object_server()
            .at(COLLECTION, collection)
            .unwrap();
        connection.object_server().at(PROMPT, prompt).unwrap();
        Self { state, connection }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// It is locked, and whoever is asked does this.
    pub(crate) fn lock(&self, answer: Answer) {
        let mut state = self.state();
        (state.locked, state.answer) = (true, Some(answer));
    }

    /// From now on nothing is answered.
    pub(crate) fn hang(&self) {
        self.state().hangs = true;
    }

    /// How many secrets it keeps.
    pub(crate) fn count(&self) -> usize {
        self.state().items.len()
    }

    /// Whether a secret that it keeps went over the bus as it is.
    pub(crate) fn was_seen(&self) -> bool {
        let state = self.state();
        let mut kept = state.items.iter();
        kept.any(|(.., kept)| state.seen.iter().any(|seen| seen == kept))
    }

    /// Serves no more.
    pub(crate) fn end(self) {
        let _ = self.connection.close();
    }
}

/// Waits for ever, where the service hangs.
async fn hang(state: &Mutex<State>) {
    let hangs = state.lock().unwrap().hangs;
    if hangs {
        std::future::pending::<()>().await;
    }
}

fn path(of: &str) -> OwnedObjectPath {
    ObjectPath::try_from(of.to_owned()).unwrap().into()
}

fn item(number: u32) -> OwnedObjectPath {
    path(&format!("{COLLECTION}/{number}"))
}

impl State {
    fn matching(&self, wanted: &HashMap<String, String>) -> Vec<OwnedObjectPath> {
        let fits = |has: &HashMap<String, String>| {
            wanted
                .iter()
                .all(|(name, value)| has.get(name) == Some(value))
        };
        let found = self.items.iter().filter(|(_, has, _)| fits(has));
        found.map(|(number, ..)| item(*number)).collect()
    }
}

struct Service(Arc<Mutex<State>>);

#[interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    async fn open_session(
        &self,
        algorithm: String,
        input: OwnedValue,
    ) -> zbus::fdo::Result<(OwnedValue, OwnedObjectPath)> {
        hang(&self.0).await;
        assert_eq!(algorithm, "dh-ietf1024-sha256-aes128-cbc-pkcs7");
        let theirs: Vec<u8> = input.try_into().unwrap();
        let prime = BigUint::parse_bytes(PRIME.as_bytes(), 16).unwrap();
        let own = BigUint::from(0x00c0_ffee_1234_5678_u64);
        let shared = BigUint::from_bytes_be(&theirs).modpow(&own, &prime);
        let shared = shared.to_bytes_be();
        let mut padded = vec![0; 128 - shared.len()];
        padded.extend(shared);
        let mut key = [0; 16];
        Hkdf::<Sha256>::new(None, &padded)
            .expand(&[], &mut key)
            .unwrap();
        self.0.lock().unwrap().key = key;
        let answer = BigUint::from(2_u8).modpow(&own, &prime).to_bytes_be();
        let answer = Value::from(answer).try_into().unwrap();
        Ok((answer, path(SESSION)))
    }

    async fn search_items(
        &self,
        attributes: HashMap<String, String>,
    ) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        hang(&self.0).await;
        let state = self.0.lock().unwrap();
        let found = state.matching(&attributes);
        if state.locked {
            (Vec::new(), found)
        } else {
            (found, Vec::new())
        }
    }

    async fn unlock(
        &self,
        objects: Vec<OwnedObjectPath>,
    ) -> (Vec<OwnedObjectPath>, OwnedObjectPath) {
        hang(&self.0).await;
        if self.0.lock().unwrap().locked {
            (Vec::new(), path(PROMPT))
        } else {
            (objects, path(NOTHING))
        }
    }

    async fn read_alias(&self, name: String) -> OwnedObjectPath {
        hang(&self.0).await;
        path(if name == "default" {
            COLLECTION
        } else {
            NOTHING
        })
    }
}

struct Collection(Arc<Mutex<State>>);

#[interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    async fn create_item(
        &self,
        properties: HashMap<String, OwnedValue>,
        secret: Secret,
        replace: bool,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> zbus::fdo::Result<(OwnedObjectPath, OwnedObjectPath)> {
        hang(&self.0).await;
        let attributes = properties.get("org.freedesktop.Secret.Item.Attributes");
        let attributes = attributes.unwrap().clone();
        let attributes: HashMap<String, String> = attributes.try_into().unwrap();
        let number = {
            let mut state = self.0.lock().unwrap();
            if state.locked {
                return Err(zbus::fdo::Error::Failed("locked".to_owned()));
            }
            if replace {
                state.items.retain(|(_, has, _)| *has != attributes);
            }
            let (_, iv, sealed, _) = secret;
            let cipher = cbc::Decryptor::<aes::Aes128>::new_from_slices(&state.key, &iv).unwrap();
            let plain = cipher.decrypt_padded_vec::<Pkcs7>(&sealed).unwrap();
            state.seen.push(sealed);
            state.made += 1;
            let number = state.made;
            state.items.push((number, attributes, plain));
            number
        };
        let object = Item(number, Arc::clone(&self.0));
        server.at(item(number), object).await.unwrap();
        Ok((item(number), path(NOTHING)))
    }

    #[zbus(property)]
    async fn locked(&self) -> bool {
        hang(&self.0).await;
        self.0.lock().unwrap().locked
    }
}

struct Item(u32, Arc<Mutex<State>>);

#[interface(name = "org.freedesktop.Secret.Item")]
impl Item {
    async fn get_secret(&self, session: OwnedObjectPath) -> zbus::fdo::Result<(Secret,)> {
        hang(&self.1).await;
        let mut state = self.1.lock().unwrap();
        let kept = state.items.iter().find(|(number, ..)| *number == self.0);
        let plain = match kept {
            Some((.., plain)) if !state.locked => plain.clone(),
            _ => return Err(zbus::fdo::Error::Failed("locked, or gone".to_owned())),
        };
        let iv = [7; 16];
        let cipher = cbc::Encryptor::<aes::Aes128>::new_from_slices(&state.key, &iv).unwrap();
        let sealed = cipher.encrypt_padded_vec::<Pkcs7>(&plain);
        state.seen.push(sealed.clone());
        let kind = "application/octet-stream".to_owned();
        Ok(((session, iv.to_vec(), sealed, kind),))
    }

    async fn delete(&self) -> OwnedObjectPath {
        hang(&self.1).await;
        let mut state = self.1.lock().unwrap();
        state.items.retain(|(number, ..)| *number != self.0);
        path(NOTHING)
    }

    #[zbus(property)]
    async fn locked(&self) -> bool {
        hang(&self.1).await;
        self.1.lock().unwrap().locked
    }
}

struct Prompt(Arc<Mutex<State>>);

#[interface(name = "org.freedesktop.Secret.Prompt")]
impl Prompt {
    async fn prompt(&self, window: String, #[zbus(signal_emitter)] told: SignalEmitter<'_>) {
        assert_eq!(window, "");
        let answer = self.0.lock().unwrap().answer;
        let dismissed = match answer {
            Some(Answer::Unlocks) => {
                self.0.lock().unwrap().locked = false;
                false
            }
            Some(Answer::Waits) => return,
            Some(Answer::Dismisses) | None => true,
        };
        let _ = told.completed(dismissed, Value::from("")).await;
    }

    #[zbus(signal)]
    async fn completed(
        emitter: &SignalEmitter<'_>,
        dismissed: bool,
        result: Value<'_>,
    ) -> zbus::Result<()>;
}
