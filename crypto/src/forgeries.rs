//! What a member who has the keys may forge: everything here opens, and is refused by its signature or by what it says.

use std::time::Instant;

use dialtone_protocol::content::{EventBody, EventContent, SignalContent};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::{
    EventHeader, GRANT_KEYS, GrantBody, GrantedKey, SEALED_VERSION, SealedEvent, SealedGrant,
    SealedSignal, SignalHeader, SignalScope, SignedGrant, StreamPosition,
};
use dialtone_protocol::signing::Purpose;
use dialtone_protocol::{ChannelId, ClientEventId, Hash, StreamId, strict};
use rand_core::OsRng;
use zeroize::Zeroizing;

use crate::group::{EpochSecret, SignalSecret};
use crate::keys::DeviceKey;
use crate::message::{OpenError, StreamChecker, open_event, seal_signed};
use crate::ring::KeyRing;
use crate::{
    GrantError, SignalError, SignalOpener, labels, open_grant, primitives, scene, seal_grant,
};

const CHANNEL_OF_TYPING: ChannelId = ChannelId([4; 16]);

/// Ada founded the community; Mallory is a member.
struct Scene {
    roster: Roster,
    ada: DeviceKey,
    mallory: DeviceKey,
}

impl Scene {
    fn new() -> Self {
        let (ada, founding) = scene::found();
        let mut roster = founding.roster;
        let mallory = scene::newcomer(&mut roster, &ada.device);
        Self {
            roster,
            ada: ada.device,
            mallory: mallory.device,
        }
    }

    /// A grant that names Ada as its grantor and `grantee`, signed by `signer` and sealed to `to`.
    fn grant(
        &self,
        signer: &DeviceKey,
        grantee: &DeviceKey,
        to: &DeviceKey,
        change: impl FnOnce(&mut GrantBody),
    ) -> Vec<u8> {
        let mut body = GrantBody {
            version: SEALED_VERSION,
            grantor: self.ada.id(),
            grantee: grantee.id(),
            roster: self.roster.position(),
            keys: Vec::new(),
        };
        change(&mut body);
        let body = strict::encode(&body);
        let community = self.roster.community();
        let signature = signer.sign(Purpose::Grant, &community, &body);
        let plain = strict::encode(&SignedGrant {
            body: body.into(),
            signature,
        });
        let info = [labels::GRANT, &community.0].concat();
        let (encapsulated, body) =
            primitives::hpke_seal(&to.public_keys().box_key, &info, &plain).unwrap();
        strict::encode(&SealedGrant {
            encapsulated: encapsulated.into(),
            body: body.into(),
        })
    }
}

#[test]
fn an_event_in_anothers_name_is_refused_by_its_signature() {
    let scene = Scene::new();
    let community = scene.roster.community();
    let lobby = scene.roster.view().lobby();
    let channel = community.directory();
    let epoch = EpochSecret {
        group: lobby,
        epoch: 0,
        length: None,
        secret: Zeroizing::new([5; 32]),
    };
    let key = epoch.channel_key(channel);
    let mut ring = KeyRing::default();
    ring.insert_epoch(epoch);
    let header = strict::encode(&EventHeader {
        version: SEALED_VERSION,
        community,
        group: lobby,
        channel,
        epoch: 0,
        key_id: key.id(),
        device: scene.ada.id(),
        device_sequence: 1,
        previous: Hash::ZERO,
        client_id: ClientEventId([1; 16]),
        roster: scene.roster.position(),
        seen: StreamPosition::START,
    });
    let plain = strict::encode(&EventContent {
        time_ms: 0,
        lifetime_s: None,
        body: EventBody::Text {
            text: "I am Ada".into(),
            reply_to: None,
        },
    });
    let open = |signer: &DeviceKey| {
        let purpose = Purpose::Event;
        let secret = &key.secret;
        let sealed = seal_signed(
            secret, signer, purpose, &community, &header, &plain, &mut OsRng,
        );
        let (nonce, body) = sealed.unwrap();
        let bytes = strict::encode(&SealedEvent {
            header: header.clone().into(),
            nonce: nonce.to_vec().into(),
            body: body.into(),
        });
        let stream = StreamChecker::new(community, channel);
        let checked = stream.check(1, &bytes, &scene.roster, |_| None).unwrap();
        open_event(&checked, &ring, &scene.roster).map(drop)
    };
    assert_eq!(open(&scene.ada), Ok(()));
    assert_eq!(open(&scene.mallory), Err(OpenError::BadSignature));
}

#[test]
fn a_signal_in_anothers_name_is_refused_and_does_not_use_its_counter_up() {
    let scene = Scene::new();
    let community = scene.roster.community();
    let secret = SignalSecret {
        group: scene.roster.view().lobby(),
        epoch: 3,
        secret: Zeroizing::new([5; 32]),
    };
    let scope = SignalScope::Typing {
        channel: CHANNEL_OF_TYPING,
    };
    let key = crate::signal::scope_key(&secret, &scope);
    let header = strict::encode(&SignalHeader {
        version: SEALED_VERSION,
        community,
        group: secret.group,
        epoch: secret.epoch,
        key_id: crate::signal::key_id(&key),
        scope,
        device: scene.ada.id(),
        to: None,
        stream: StreamId([1; 16]),
        counter: 7,
        roster: scene.roster.position(),
    });
    let plain = strict::encode(&SignalContent::Typing);
    let seal = |signer: &DeviceKey| {
        let purpose = Purpose::Signal;
        let sealed = seal_signed(
            &key, signer, purpose, &community, &header, &plain, &mut OsRng,
        );
        let (nonce, body) = sealed.unwrap();
        strict::encode(&SealedSignal {
            header: header.clone().into(),
            nonce: nonce.to_vec().into(),
            body: body.into(),
        })
    };
    let mut opener = SignalOpener::new(community, scene.mallory.id());
    opener.add(secret.clone(), Instant::now());
    let forged = opener.open(&seal(&scene.mallory), &scene.roster);
    assert_eq!(
        forged.err(),
        Some(SignalError::Open(OpenError::BadSignature))
    );
    assert!(opener.open(&seal(&scene.ada), &scene.roster).is_ok());
}

#[test]
fn a_grant_in_anothers_name_is_refused_by_its_signature() {
    let scene = Scene::new();
    let (ada, mallory) = (&scene.ada, &scene.mallory);
    let right = scene.grant(ada, mallory, mallory, |_| {});
    assert!(open_grant(&right, mallory, &scene.roster).is_ok());
    let forged = scene.grant(mallory, mallory, mallory, |_| {});
    let refused = open_grant(&forged, mallory, &scene.roster).err();
    assert_eq!(refused, Some(GrantError::BadSignature));
}

#[test]
fn a_grant_handed_on_to_another_device_is_not_for_it() {
    let scene = Scene::new();
    let (ada, mallory) = (&scene.ada, &scene.mallory);
    let handed_on = scene.grant(ada, ada, mallory, |_| {});
    let refused = open_grant(&handed_on, mallory, &scene.roster).err();
    assert_eq!(refused, Some(GrantError::NotForThisDevice));
}

#[test]
fn more_keys_than_a_grant_may_hold_and_another_version_are_refused() {
    let scene = Scene::new();
    let (ada, mallory) = (&scene.ada, &scene.mallory);
    let key = GrantedKey {
        group: scene.roster.view().lobby(),
        epoch: 0,
        channel: CHANNEL_OF_TYPING,
        key: vec![1; 32].into(),
    };
    let keys = vec![key; GRANT_KEYS + 1];
    let many = scene.grant(ada, mallory, mallory, |body| body.keys.clone_from(&keys));
    let refused = open_grant(&many, mallory, &scene.roster).err();
    assert_eq!(refused, Some(GrantError::TooMany));
    let newer = scene.grant(ada, mallory, mallory, |body| body.version += 1);
    let refused = open_grant(&newer, mallory, &scene.roster).err();
    assert!(
        matches!(refused, Some(GrantError::Malformed(_))),
        "{refused:?}"
    );
    let sealed = seal_grant(ada, &scene.roster, mallory.id(), keys).err();
    assert_eq!(sealed, Some(GrantError::TooMany));
}
