//! Digests: an honest talker is heard whatever the network does, and somebody else with the talker's key for two seconds.

use dialtone_protocol::content::MissedFrame;
use dialtone_protocol::digest::digest_bytes;
use dialtone_protocol::relay::MAX_RELAYED;

use super::*;
use crate::media::keys::base_key;

/// 20 ms.
const SOUND: u32 = 960;
const A_SECOND: usize = 50;

/// A listener, with what it makes of each frame.
struct Listener {
    opener: MediaOpener,
    proof: VoiceProof,
    /// One more than the last frame that came, as the talker's packets are numbered.
    next: usize,
    heard: u32,
    withheld: u32,
}

impl Listener {
    fn new() -> Self {
        let public = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
        let (_, opener) = pair();
        Self {
            opener,
            proof: VoiceProof::new(PublicKey(public), COMMUNITY, CALL, STREAM),
            next: 0,
            heard: 0,
            withheld: 0,
        }
    }

    /// A frame comes before which none was lost.
    fn hear(&mut self, sealed: &[u8]) -> Proof {
        self.hear_after(sealed, 0)
    }

    fn hear_after(&mut self, sealed: &[u8], missing: usize) -> Proof {
        let opened = self.opener.open(sealed, &mut Vec::new()).unwrap();
        let sound = SOUND * (1 + missing.min(A_SECOND) as u32);
        let proof = self
            .proof
            .take(&opened, self.opener.digest().as_ref(), sound);
        match proof {
            Proof::Heard => self.heard += SOUND,
            Proof::Unverified | Proof::Forged => self.withheld += SOUND,
        }
        proof
    }

    /// The packet of this number comes; those before it that did not are lost.
    fn hear_number(&mut self, number: usize, sealed: &[u8]) -> Proof {
        let missing = number.saturating_sub(self.next);
        self.next = self.next.max(number + 1);
        self.hear_after(sealed, missing)
    }
}

/// Somebody who has derived the talker's key of an epoch, and signs with a key of their own.
fn forger(epoch: u64) -> MediaSealer {
    let base = base_key(&secret(epoch), &signer().device(), &STREAM);
    MediaSealer::under(epoch, &base, CALL, &signer_of(2), STREAM).unwrap()
}

/// Numbers below a thousand that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % 1_000
    }
}

fn voice(sealer: &mut MediaSealer) -> Vec<u8> {
    seal(sealer, &[7; 80])
}

#[test]
fn a_talker_is_heard_throughout_and_never_owes_more_than_a_digests_sound() {
    let (mut sealer, _) = pair();
    let mut listener = Listener::new();
    let mut most = 0;
    for _ in 0..60 * A_SECOND {
        assert_eq!(listener.hear(&voice(&mut sealer)), Proof::Heard);
        most = most.max(listener.proof.owed());
    }
    assert_eq!(most, 24_000, "the next packet brings the digest");
}

#[test]
fn whoever_has_anothers_key_is_heard_for_two_seconds_at_most() {
    let mut listener = Listener::new();
    let mut forger = forger(5);
    // With their own digests, which do not verify.
    let proofs: Vec<_> = (0..1_000)
        .map(|_| listener.hear(&voice(&mut forger)))
        .collect();
    assert_eq!(listener.heard, 96_000);
    assert!(
        proofs[100..]
            .iter()
            .all(|proof| *proof == Proof::Unverified)
    );
}

#[test]
fn what_a_forger_has_had_heard_stays_owed_whatever_else_verifies() {
    // In the places of frames that are held back with all digests of them, and under a newer epoch's key as well.
    let (mut sealer, _) = pair();
    let mut listener = Listener::new();
    listener.opener.add_key(&secret(6), Duration::ZERO).unwrap();
    let (mut between, mut newer) = (forger(5), forger(6));
    let (mut forged, mut own) = (0, 0);
    for n in 0..6_000 {
        let (own_frame, theirs) = (voice(&mut sealer), voice(&mut between));
        if n % 100 >= 75 {
            let proof = listener.hear(&theirs);
            assert_ne!(proof, Proof::Forged);
            forged += u64::from(proof == Proof::Heard);
        } else if !(has_digest(&own_frame) && n % 100 < 25) {
            own += u64::from(listener.hear(&own_frame) == Proof::Heard);
        }
        if n % 50 == 0 {
            forged += u64::from(listener.hear(&voice(&mut newer)) == Proof::Heard);
        }
    }
    let sound = u64::from(SOUND);
    let bound = 96_000 + 6_000 * sound / FORGIVES;
    assert!(forged * sound <= bound, "{forged} of {bound}");
    assert!(forged >= 40 && own > 100, "it was tried: {forged}, {own}");
}

#[test]
fn a_counter_that_is_not_reached_yet_is_held_against_the_talkers_digest() {
    let (mut sealer, _) = pair();
    let (mut listener, mut forger) = (Listener::new(), forger(5));
    for _ in 0..100 {
        voice(&mut forger);
    }
    assert_eq!(listener.hear(&seal(&mut forger, &[8; 80])), Proof::Heard);
    for n in 0..200 {
        let packet = voice(&mut sealer);
        if n != 100 {
            let proof = listener.hear(&packet);
            assert_eq!(proof == Proof::Forged, n >= 125, "{n}");
        }
    }
}

#[test]
fn whoever_missed_the_digests_asks_and_hears_the_talker_again() {
    let (mut sealer, _) = pair();
    let mut listener = Listener::new();
    let mut withheld = false;
    for n in 0..500 {
        let packet = voice(&mut sealer);
        if n >= 200 || !has_digest(&packet) {
            withheld |= listener.hear(&packet) == Proof::Unverified;
        }
        if n % A_SECOND == 0 {
            for MissedFrame { key_id, counter } in listener.proof.missed() {
                sealer.tell_again(key_id, counter);
            }
        }
    }
    assert!(withheld && !listener.proof.is_forged());
    assert_eq!(listener.hear(&voice(&mut sealer)), Proof::Heard);
    assert!(listener.proof.owed() <= 48_000);
}

#[test]
fn a_frame_of_another_hash_ends_it() {
    let (mut sealer, _) = pair();
    let (mut listener, mut forger) = (Listener::new(), forger(5));
    for n in 0..200 {
        let (own, theirs) = (voice(&mut sealer), seal(&mut forger, &[8; 80]));
        // One frame in the place of one that is held back.
        let proof = listener.hear(if n == 10 { &theirs } else { &own });
        assert_eq!(proof == Proof::Forged, n >= 25, "{n}");
    }
    assert!(listener.proof.is_forged());
}

#[test]
fn a_frame_that_comes_after_its_digest_is_held_against_it_too() {
    let (mut sealer, _) = pair();
    let (mut listener, mut forger) = (Listener::new(), forger(5));
    let own: Vec<_> = (0..40).map(|_| voice(&mut sealer)).collect();
    let theirs: Vec<_> = (0..40).map(|_| seal(&mut forger, &[8; 80])).collect();
    for (n, packet) in own
        .iter()
        .enumerate()
        .filter(|(n, _)| ![10, 11].contains(n))
    {
        assert_eq!(listener.hear(packet), Proof::Heard, "{n}");
    }
    let before = listener.proof.owed();
    assert_eq!(listener.hear(&own[10]), Proof::Heard);
    assert!(listener.proof.owed() <= before, "it is verified at once");
    assert_eq!(listener.hear(&theirs[11]), Proof::Forged);
}

#[test]
fn a_digest_counts_for_its_talker_call_and_stay_alone() {
    let with_digest = |sealer: &mut MediaSealer| {
        let packets: Vec<_> = (0..26).map(|_| voice(sealer)).collect();
        let mut listener = Listener::new();
        for packet in &packets {
            listener.hear(packet);
        }
        listener.proof.owed() <= u64::from(SOUND)
    };
    assert!(with_digest(&mut under(5)));
    assert!(!with_digest(&mut forger(5)), "of another device");
    let base = base_key(&secret(5), &signer().device(), &STREAM);
    let elsewhere = |call, signer: &VoiceSigner, stream| {
        MediaSealer::under(5, &base, call, signer, stream).unwrap()
    };
    assert!(with_digest(&mut elsewhere(CALL, &signer(), STREAM)));
    let other = CallId([9; 16]);
    assert!(!with_digest(&mut elsewhere(other, &signer(), STREAM)));
    let other = StreamId([9; 16]);
    assert!(!with_digest(&mut elsewhere(CALL, &signer(), other)));
    let key = SigningKey::from_bytes(&[1; 32]);
    let other = VoiceSigner::new(&key, CommunityId([9; 32]));
    assert!(!with_digest(&mut elsewhere(CALL, &other, STREAM)));
}

/// A minute's share of frames that an honest talker loses by being withheld, while packets are lost as `lost` says.
fn withheld(copies: u8, minutes: usize, mut lost: impl FnMut() -> bool) -> f64 {
    let (mut sealer, _) = pair();
    sealer.set_copies(copies);
    let mut listener = Listener::new();
    for number in 0..minutes * 60 * A_SECOND {
        let packet = voice(&mut sealer);
        if !lost() {
            listener.hear_number(number, &packet);
        }
    }
    assert!(!listener.proof.is_forged() && listener.heard > 0);
    f64::from(listener.withheld) / f64::from(listener.heard + listener.withheld)
}

#[test]
fn an_honest_talker_is_heard_however_much_is_lost() {
    let mut dice = Dice(88_172_645_463_325_252);
    for (copies, thousandths) in [(3, 50), (4, 150), (5, 300)] {
        let share = withheld(copies, 20, || dice.roll() < thousandths);
        assert!(share < 0.001, "{thousandths}: {share}");
    }
    // A fifth, in bursts of 100 ms.
    let mut is_lost = false;
    let share = withheld(5, 20, || {
        is_lost = if is_lost {
            dice.roll() >= 200
        } else {
            dice.roll() < 50
        };
        is_lost
    });
    assert!(share < 0.001, "{share}");
}

#[test]
fn packets_in_disorder_and_late_ones_are_the_talkers() {
    let (mut sealer, _) = pair();
    let mut listener = Listener::new();
    let mut dice = Dice(42);
    let mut order: Vec<(u64, usize, Vec<u8>)> = (0..3_000)
        .map(|n| (n as u64 * 20 + dice.roll() % 200, n, voice(&mut sealer)))
        .collect();
    order.sort();
    for (_, number, packet) in &order {
        assert_eq!(
            listener.hear_number(*number, packet),
            Proof::Heard,
            "{number}"
        );
    }
}

#[test]
fn what_a_relay_did_not_forward_is_asked_for_and_everybody_stays_heard() {
    let (mut sealer, _) = pair();
    let mut listener = Listener::new();
    let mut asked = 0;
    for n in 0..12_000 {
        let packet = voice(&mut sealer);
        // Among the loudest now and then, for 1.4 s; what was not forwarded is no loss.
        if n % 190 < 70 {
            assert_eq!(listener.hear(&packet), Proof::Heard, "{n}");
        }
        // Once a second, and it takes 200 ms.
        if n % A_SECOND == 10 {
            for MissedFrame { key_id, counter } in listener.proof.missed() {
                sealer.tell_again(key_id, counter);
                asked += 1;
            }
        }
    }
    assert!(asked > 0);
    // Nobody asks for what comes.
    let (mut sealer, _) = pair();
    let mut listener = Listener::new();
    for _ in 0..3_000 {
        listener.hear(&voice(&mut sealer));
        assert_eq!(listener.proof.missed(), []);
    }
}

#[test]
fn at_a_new_epoch_what_was_said_under_the_old_key_is_told_under_the_new_one() {
    let mut listener = Listener::new();
    let mut sealer = under(5);
    for epoch in 6..40 {
        for _ in 0..13 {
            assert_eq!(listener.hear(&voice(&mut sealer)), Proof::Heard);
        }
        let mut next = under(epoch);
        next.take_over(&mut sealer);
        sealer = next;
        let now = Duration::from_millis(epoch * 260);
        listener.opener.add_key(&secret(epoch), now).unwrap();
        listener.hear(&voice(&mut sealer));
        assert!(listener.proof.owed() <= u64::from(SOUND), "{epoch}");
    }
}

#[test]
fn what_a_whisper_has_left_is_told_aloud_and_nothing_of_another_stay() {
    let (mut aloud, _) = pair();
    let mut listener = Listener::new();
    for number in 0..40 {
        let key = WhisperKey::draw(number, &mut OsRng);
        listener.opener.add_whisper(&key, Duration::ZERO).unwrap();
        let mut whisper = MediaSealer::whisper(&key, CALL, &signer(), STREAM).unwrap();
        for _ in 0..13 {
            assert_eq!(listener.hear(&voice(&mut whisper)), Proof::Heard);
        }
        aloud.take_over(&mut whisper);
        assert_eq!(listener.hear(&voice(&mut aloud)), Proof::Heard);
        assert!(listener.proof.owed() < 24_000, "{number}");
    }
    let mut stay = MediaSealer::new(&secret(5), &signer(), StreamId([9; 16])).unwrap();
    stay.take_over(&mut aloud);
    assert!((0..24).all(|_| !has_digest(&voice(&mut stay))));
}

#[test]
fn a_digest_is_as_large_as_fits_beside_the_sound() {
    for (bytes, sound, frames) in [
        (1_000, 960, 2),
        (640, 960, 25),
        (80, 480, 50),
        (80, 2_880, 9),
    ] {
        let (mut sealer, _) = pair();
        let mut listener = Listener::new();
        let lengths: Vec<_> = (0..400)
            .map(|_| {
                let mut packet = Vec::new();
                sealer.seal(&vec![7; bytes], sound, &mut packet).unwrap();
                assert_eq!(listener.hear(&packet), Proof::Heard);
                packet.len()
            })
            .collect();
        let longest = lengths.iter().max().unwrap();
        assert!(*longest <= MAX_RELAYED);
        let with = lengths.iter().min().unwrap() + digest_bytes(frames) - 1;
        assert!(
            (with..with + 3).contains(longest),
            "{bytes} bytes: {longest}, {with}"
        );
        assert!(listener.proof.owed() <= 48_000);
    }
}

fn has_digest(packet: &[u8]) -> bool {
    packet.len() > 200
}
