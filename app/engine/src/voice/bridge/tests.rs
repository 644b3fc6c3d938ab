//! Talkers as they are opened.

use dialtone_crypto::{MediaSealer, OsRng, VoiceSigner};

use super::*;
use crate::voice::founded;

/// 20 ms.
const SOUND: u32 = 960;

fn came_from(from: DeviceId, payload: &[u8]) -> MediaIn {
    MediaIn {
        from,
        sequence: 1,
        timestamp: 960,
        marker: false,
        resumed: false,
        resent: false,
        payload: payload.to_vec().into(),
        arrived: Instant::now(),
    }
}

fn add(
    openers: &Openers,
    signer: &VoiceSigner,
    stream: StreamId,
    talker: u64,
    secret: &CallSecret,
) {
    let whose = Whose {
        key: signer.public(),
        community: signer.community(),
    };
    let added = openers.add(whose, stream, TalkerId(talker), secret, Duration::ZERO);
    added.unwrap();
}

/// Members know each other's voice keys; what counts is over whose connection a frame came, and that one's fingerprint is signed.
#[test]
fn a_member_who_seals_as_another_is_not_heard_over_their_own_connection() {
    let (annas, secret) = founded::call();
    let mallorys = founded::another(annas.community());
    let (anna, mallory) = (annas.device(), mallorys.device());
    let (here, there) = (StreamId([3; 16]), StreamId([4; 16]));
    let openers = Openers::default();
    add(&openers, &annas, here, 1, &secret);
    add(&openers, &mallorys, there, 2, &secret);
    let mut frame = Vec::new();
    let mut sealer = MediaSealer::new(&secret, &annas, here).unwrap();
    sealer.seal(b"as Anna", SOUND, &mut frame).unwrap();
    let mut out = Vec::new();
    assert_eq!(openers.open(&came_from(mallory, &frame), &mut out), None);
    assert!(out.is_empty());
    let stranger = DeviceId([5; 32]);
    assert_eq!(openers.open(&came_from(stranger, &frame), &mut out), None);
    let heard = openers.open(&came_from(anna, &frame), &mut out).unwrap();
    assert_eq!((heard.0, &*out), (TalkerId(1), &b"as Anna"[..]));
    assert_eq!(openers.counts(&mallory), (0, 1));
}

/// One talker, one listener, and packets between them.
struct Way {
    openers: Openers,
    signer: VoiceSigner,
    /// The same device with signatures that do not verify: as whoever has derived its voice key, but not its device key.
    forger: VoiceSigner,
    secret: CallSecret,
    sequence: u16,
}

const STREAM: StreamId = StreamId([3; 16]);

impl Way {
    fn new() -> Self {
        let (device, home, secret) = founded::call_of_device();
        let signer = device.voice_signer(home);
        let openers = Openers::default();
        add(&openers, &signer, STREAM, 1, &secret);
        Self {
            openers,
            signer,
            forger: device.voice_signer(CommunityId([9; 32])),
            secret,
            sequence: 0,
        }
    }

    fn talker(&self) -> MediaSealer {
        MediaSealer::new(&self.secret, &self.signer, STREAM).unwrap()
    }

    fn forger(&self) -> MediaSealer {
        MediaSealer::new(&self.secret, &self.forger, STREAM).unwrap()
    }

    /// The next packet comes; gives its number, if it is heard.
    fn comes(&mut self, sealer: &mut MediaSealer) -> Option<u32> {
        self.comes_after(sealer, 0, false)
    }

    /// The next packet comes after some that do not: because the relay did not forward them, or because they were lost.
    fn comes_after(
        &mut self,
        sealer: &mut MediaSealer,
        missing: u16,
        resumed: bool,
    ) -> Option<u32> {
        self.opens(&seal(sealer), missing, resumed)
    }

    fn opens(&mut self, frame: &[u8], missing: u16, resumed: bool) -> Option<u32> {
        self.sequence = self.sequence.wrapping_add(1 + missing);
        let media = MediaIn {
            sequence: self.sequence,
            resumed,
            ..came_from(self.signer.device(), frame)
        };
        let heard = self.openers.open(&media, &mut Vec::new());
        heard.map(|(_, number)| number)
    }

    fn withheld(&self) -> Option<Withheld> {
        self.openers.withheld(&self.signer.device())
    }
}

fn seal(sealer: &mut MediaSealer) -> Vec<u8> {
    let mut frame = Vec::new();
    // A frame of Opus of 20 ms.
    sealer.seal(&[0x48; 80], SOUND, &mut frame).unwrap();
    frame
}

#[test]
fn who_signs_what_they_say_is_heard_throughout() {
    let mut way = Way::new();
    let mut talker = way.talker();
    for n in 0..500 {
        assert!(way.comes(&mut talker).is_some(), "{n}");
    }
    assert_eq!(way.withheld(), None);
    assert!(way.openers.missed().is_empty());
}

/// As a member who works together with the relay does.
#[test]
fn a_member_who_seals_as_another_over_a_relay_is_heard_for_two_seconds() {
    let mut way = Way::new();
    let mut forger = way.forger();
    let heard: Vec<bool> = (0..500).map(|_| way.comes(&mut forger).is_some()).collect();
    assert!(heard[..100].iter().all(|heard| *heard));
    assert!(!heard[100..].contains(&true));
    assert_eq!(way.withheld(), Some(Withheld::Unverified));
    // What could be filled by the redundancy of one packet counts with it.
    let mut way = Way::new();
    let mut forger = way.forger();
    let heard = (0..500).filter(|_| way.comes_after(&mut forger, 9, false).is_some());
    // Ten with nine before each, and then, since what is withheld is no loss, nine alone.
    assert_eq!(heard.count(), 10 + 9);
    // Not what a relay did not forward.
    let mut way = Way::new();
    let mut forger = way.forger();
    let heard = (0..500).filter(|_| way.comes_after(&mut forger, 9, true).is_some());
    assert_eq!(heard.count(), 100);
}

#[test]
fn one_forged_packet_ends_it_until_the_talker_begins_anew() {
    let mut way = Way::new();
    let (mut talker, mut forger) = (way.talker(), way.forger());
    for n in 0..24 {
        let (own, theirs) = (&mut talker, &mut forger);
        let [comes, held_back] = if n == 3 { [theirs, own] } else { [own, theirs] };
        assert!(way.comes(comes).is_some());
        let mut frame = Vec::new();
        held_back.seal(&[0x48; 81], SOUND, &mut frame).unwrap();
    }
    for _ in 0..5 {
        way.comes(&mut talker);
    }
    assert_eq!(way.withheld(), Some(Withheld::Forged));
    assert!((0..300).all(|_| way.comes(&mut talker).is_none()));
    let anew = StreamId([4; 16]);
    add(&way.openers, &way.signer, anew, 2, &way.secret);
    assert_eq!(way.withheld(), None);
    let mut talker = MediaSealer::new(&way.secret, &way.signer, anew).unwrap();
    assert!((0..300).all(|_| way.comes(&mut talker).is_some()));
}

#[test]
fn what_is_withheld_is_a_silence_and_no_loss() {
    let mut way = Way::new();
    let mut talker = way.talker();
    // No digest comes until two seconds were heard.
    let mut heard = 0;
    let withheld = (0..200).any(|_| {
        let frame = seal(&mut talker);
        let number = (frame.len() < 200).then(|| way.opens(&frame, 0, false));
        heard = number.flatten().unwrap_or(heard);
        number == Some(None)
    });
    assert!(withheld && way.withheld() == Some(Withheld::Unverified));
    let again = (0..300).find_map(|_| way.comes(&mut talker));
    assert_eq!(again, Some(heard + 1));
    assert_eq!(way.withheld(), None);
}

/// As against a client that was made to go on sending, directly or over a relay that forwards it.
#[test]
fn of_whom_an_admin_muted_nothing_is_opened_until_it_is_lifted_and_then_nothing_is_missing() {
    let (annas, secret) = founded::call();
    let signers = [annas.clone(), founded::another(annas.community())];
    let [anna, mallory] = [signers[0].device(), signers[1].device()];
    let openers = Openers::default();
    let mut sealers = Vec::new();
    openers.silence(BTreeSet::from([mallory]));
    for (signer, number) in signers.iter().zip(1..) {
        let stream = StreamId([number; 16]);
        add(&openers, signer, stream, u64::from(number), &secret);
        sealers.push(MediaSealer::new(&secret, signer, stream).unwrap());
    }
    let mut out = Vec::new();
    let mut arrives = |from: usize, sequence: u16| {
        let mut frame = Vec::new();
        sealers[from].seal(b"voice", SOUND, &mut frame).unwrap();
        let media = MediaIn {
            sequence,
            ..came_from([anna, mallory][from], &frame)
        };
        openers.open(&media, &mut out).map(|(_, number)| number)
    };
    assert_eq!(arrives(1, 9), None, "from the first packet on");
    assert!(arrives(0, 1).is_some());
    openers.silence(BTreeSet::new());
    let before = arrives(1, 10).unwrap();
    openers.silence(BTreeSet::from([mallory]));
    assert!((11..200).all(|sequence| arrives(1, sequence).is_none()));
    assert!(arrives(0, 2).is_some(), "nobody else is silenced");
    openers.silence(BTreeSet::new());
    assert_eq!(arrives(1, 200), Some(before + 1));
    assert_eq!(arrives(1, 201), Some(before + 2));
}

#[test]
fn what_is_whispered_to_others_is_a_silence_and_no_loss() {
    let (signer, secret) = founded::call();
    let device = signer.device();
    let stream = StreamId([3; 16]);
    let openers = Openers::default();
    add(&openers, &signer, stream, 1, &secret);
    let mut aloud = MediaSealer::new(&secret, &signer, stream).unwrap();
    let key = WhisperKey::draw(0, &mut OsRng);
    let mut whisper = MediaSealer::whisper(&key, secret.call(), &signer, stream).unwrap();
    let mut number = 0;
    let mut hear = |sealer: &mut MediaSealer| {
        let (mut frame, mut out) = (Vec::new(), Vec::new());
        sealer.seal(b"psst", SOUND, &mut frame).unwrap();
        number += 1;
        let media = MediaIn {
            sequence: number,
            ..came_from(device, &frame)
        };
        openers.open(&media, &mut out).map(|(_, sequence)| sequence)
    };
    let first = hear(&mut aloud).unwrap();
    assert_eq!([(); 3].map(|()| hear(&mut whisper)), [None; 3]);
    assert_eq!(hear(&mut aloud), Some(first + 1));
    assert_eq!(openers.counts(&device), (2, 0));
    assert!(!openers.whispers(&device));
    openers.add_whisper(&device, &key, Duration::ZERO).unwrap();
    assert_eq!(hear(&mut whisper), Some(first + 2));
    assert!(openers.whispers(&device));
    assert_eq!(hear(&mut aloud), Some(first + 3));
    assert!(!openers.whispers(&device));
}

#[test]
fn sequence_numbers_go_on_through_the_wrap_and_late_ones_stay_behind() {
    let mut unwrap = Unwrap::default();
    let first = unwrap.unwrap(65_534, false);
    assert_eq!(unwrap.unwrap(65_535, false), first + 1);
    assert_eq!(unwrap.unwrap(1, false), first + 3);
    assert_eq!(unwrap.unwrap(0, false), first + 2);
    assert_eq!(unwrap.unwrap(2, false), first + 4);
}

#[test]
fn what_a_relay_did_not_forward_leaves_no_gap() {
    let mut unwrap = Unwrap::default();
    let first = unwrap.unwrap(10, true);
    assert_eq!(unwrap.unwrap(11, false), first + 1);
    assert_eq!(unwrap.unwrap(500, true), first + 2);
    assert_eq!(unwrap.unwrap(502, false), first + 4);
    // Over another way everything came: nothing was left out.
    assert_eq!(unwrap.unwrap(503, true), first + 5);
    assert_eq!(unwrap.unwrap(503, true), first + 5);
}
