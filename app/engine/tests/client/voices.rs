//! Admins say who is heard: muted for everybody, or before all others.

use std::f32::consts::TAU;
use std::path::Path;
use std::time::{Duration, Instant};

use dialtone_engine::CommunityCommand;
use dialtone_engine::settings::{AudioSettings, TalkMode};
use dialtone_engine::snapshot::{Snapshot, VoiceStanding};
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{AccountId, Command};

use crate::house::{Client, House, PATIENCE, channel, community};
use crate::lounge::{call, hears, join_lounge};
use crate::members::{account, refused};

fn say_how(by: &Client, account: AccountId, standing: VoiceStanding) {
    by.in_community(CommunityCommand::SetVoiceStanding { account, standing });
}

/// As the member list that is here has it.
fn stands(snapshot: &Snapshot, name: &str, standing: VoiceStanding) -> bool {
    let members = &community(snapshot).unwrap().members;
    let mut members = members.iter();
    members.any(|member| member.name == name && member.voice == standing)
}

/// The microphone hums all the while: whether any of it goes out.
fn sends(snapshot: &Snapshot) -> bool {
    call(snapshot).is_some_and(|call| call.speaking)
}

fn hear_each_other(anna: &Client, mikael: &Client, path: &str) {
    let goes = |snapshot: &Snapshot| call(snapshot).is_some_and(|call| call.path == path);
    anna.wait("mikael is heard", |one| hears(one, "mikael") && goes(one));
    mikael.wait("anna is heard", |one| hears(one, "anna") && goes(one));
}

/// Neither sends it, nor is it heard.
fn mikael_is_silent(anna: &Client, mikael: &Client) {
    mikael.wait("nothing goes out", |snapshot| !sends(snapshot));
    anna.wait("nothing is heard", |snapshot| {
        let lounge = community(snapshot).and_then(|one| channel(one, "lounge"));
        let mut talkers = lounge.into_iter().flat_map(|one| &one.talkers);
        talkers.any(|one| {
            one.name == "mikael" && !one.speaking && one.muted && one.voice == VoiceStanding::Muted
        })
    });
}

fn mikael_is_muted_and_heard_again(anna: &Client, mikael: &Client, path: &str) {
    join_lounge(anna);
    join_lounge(mikael);
    hear_each_other(anna, mikael, path);
    let (me, annas) = (account(mikael), account(anna));
    let words = refused(
        mikael,
        CommunityCommand::SetVoiceStanding {
            account: annas,
            standing: VoiceStanding::Muted,
        },
    );
    assert!(words.contains("Only an admin"), "{words}");

    say_how(anna, me, VoiceStanding::Muted);
    let shown = mikael.wait("mikael is told", |snapshot| {
        let mut notices = snapshot.notices.iter();
        let is_told = notices.any(|one| one.text.starts_with("anna has muted you for everyone"));
        is_told && community(snapshot).unwrap().me.voice == VoiceStanding::Muted
    });
    let shown = &community(&shown).unwrap().me;
    assert_eq!(shown.voice, VoiceStanding::Muted);
    assert_eq!(shown.voice_by.as_deref(), Some("anna"));
    mikael_is_silent(anna, mikael);
    // His own switch does not help, nor does a signature of his.
    for muted in [true, false] {
        mikael.in_community(CommunityCommand::SetMuted(muted));
        let switched = mikael.wait("the switch is turned", |snapshot| {
            call(snapshot).is_some_and(|call| call.muted == muted)
        });
        assert!(!sends(&switched));
    }
    let words = refused(
        mikael,
        CommunityCommand::SetVoiceStanding {
            account: me,
            standing: VoiceStanding::Ordinary,
        },
    );
    assert!(words.contains("cannot lift"), "{words}");
    // Nor to come anew.
    mikael.in_community(CommunityCommand::LeaveCall);
    mikael.wait("the call is left", |snapshot| call(snapshot).is_none());
    join_lounge(mikael);
    mikael.wait("anna is heard", |snapshot| hears(snapshot, "anna"));
    mikael_is_silent(anna, mikael);

    say_how(anna, me, VoiceStanding::Ordinary);
    hear_each_other(anna, mikael, path);
    anna.wait("the member list says so", |snapshot| {
        stands(snapshot, "mikael", VoiceStanding::Ordinary)
    });
}

#[test]
fn whoever_an_admin_mutes_is_heard_by_nobody_until_it_is_lifted() {
    let house = House::new();
    let anna = house.founded_by(house.talker("anna"));
    let mikael = house.talker("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    mikael_is_muted_and_heard_again(&anna, &mikael, "direct");
}

#[test]
fn whoever_an_admin_mutes_is_heard_by_nobody_over_the_relay_either() {
    let house = House::new();
    let anna = house.founded_by(house.talker("anna"));
    house.hide("mikael");
    let mikael = house.talker("mikael");
    mikael.join(&anna.invite(1, 3600), None);
    mikael_is_muted_and_heard_again(&anna, &mikael, "relayed");
}

const MIKAELS_HZ: f32 = 500.0;
const OTTOS_HZ: f32 = 1_200.0;

/// Somebody who sounds one note for two minutes, or listens alone, with a recording of what the loudspeaker plays.
fn musician(folder: &Path, name: &str, hz: Option<f32>) -> Client {
    let speak = hz.map(|hz| {
        let path = folder.join(format!("{name}.wav"));
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 48_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(&path, spec).unwrap();
        for at in 0..48_000 * 120 {
            let sample = (TAU * hz * at as f32 / 48_000.0).sin();
            file.write_sample((sample * 3_000.0) as i16).unwrap();
        }
        file.finalize().unwrap();
        path
    });
    let audio = AudioChoice::Files {
        speak,
        hear: Some(folder.join(format!("{name}-heard.wav"))),
        repeat: false,
        cue: None,
    };
    let client = Client::with_audio(name, &folder.join(name), audio);
    client.send(Command::SetAudio(AudioSettings {
        talk_mode: TalkMode::Open,
        denoise: false,
        auto_gain: false,
        level_talkers: false,
        ..AudioSettings::default()
    }));
    client
}

/// How loud a note was in the last half second of a recording.
fn loudness(recording: &Path, hz: f32) -> Option<f32> {
    let reader = hound::WavReader::open(recording).ok()?;
    let samples: Vec<i16> = reader.into_samples().flatten().collect();
    let window = samples.get(samples.len().checked_sub(24_000)?..)?;
    // A correction of the delay moves the note's phase: short pieces.
    let pieces = window.chunks_exact(2_400);
    let count = pieces.len() as f32;
    let sum: f32 = pieces
        .map(|piece| {
            let (mut re, mut im) = (0.0, 0.0);
            for (at, sample) in piece.iter().enumerate() {
                let angle = TAU * hz * at as f32 / 48_000.0;
                re += f32::from(*sample) * angle.cos();
                im += f32::from(*sample) * angle.sin();
            }
            2.0 * f32::hypot(re, im) / piece.len() as f32
        })
        .sum();
    Some(sum / count)
}

/// Waits until otto's note is so much softer than mikael's, in dB.
fn otto_is_lower_by(recording: &Path, what: &str, wanted: std::ops::Range<f32>) {
    let until = Instant::now() + PATIENCE;
    loop {
        let both = loudness(recording, MIKAELS_HZ).zip(loudness(recording, OTTOS_HZ));
        let lower = both.map(|(mikael, otto)| 20.0 * (mikael / otto).log10());
        if lower.is_some_and(|lower| wanted.contains(&lower)) {
            return;
        }
        assert!(Instant::now() < until, "{what}: {both:?}, {lower:?} dB");
        // The recording grows ten times a second.
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn while_a_priority_speaker_is_heard_the_loudspeaker_plays_the_others_twelve_db_lower() {
    let house = House::new();
    let folder = tempfile::tempdir().unwrap();
    let anna = house.founded_by(musician(folder.path(), "anna", None));
    let link = anna.invite(2, 3600);
    let mikael = musician(folder.path(), "mikael", Some(MIKAELS_HZ));
    let otto = musician(folder.path(), "otto", Some(OTTOS_HZ));
    mikael.join(&link, None);
    otto.join(&link, None);
    for client in [&anna, &mikael, &otto] {
        join_lounge(client);
    }
    anna.wait("both are heard", |snapshot| {
        hears(snapshot, "mikael") && hears(snapshot, "otto")
    });
    let recording = folder.path().join("anna-heard.wav");
    otto_is_lower_by(&recording, "all are alike", -3.0..3.0);
    say_how(&anna, account(&mikael), VoiceStanding::Priority);
    mikael.wait("mikael is told", |snapshot| {
        let mut notices = snapshot.notices.iter();
        notices.any(|one| one.text.contains("priority speaker"))
    });
    otto_is_lower_by(&recording, "mikael has priority", 10.0..14.0);
    // He says nothing: nobody is lowered for his having it.
    mikael.in_community(CommunityCommand::SetMuted(true));
    anna.wait("mikael is silent", |snapshot| !hears(snapshot, "mikael"));
    let alone = |range: std::ops::Range<f32>, what: &str| {
        let until = Instant::now() + PATIENCE;
        while !loudness(&recording, OTTOS_HZ).is_some_and(|loud| range.contains(&loud)) {
            assert!(Instant::now() < until, "{what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    alone(2_000.0..4_500.0, "otto is as loud as he is");
    mikael.in_community(CommunityCommand::SetMuted(false));
    otto_is_lower_by(&recording, "mikael speaks again", 10.0..14.0);
    // Who comes anew has it from the beginning.
    mikael.in_community(CommunityCommand::LeaveCall);
    anna.wait("mikael is gone", |snapshot| !hears(snapshot, "mikael"));
    alone(2_000.0..4_500.0, "otto is as loud as he is again");
    mikael.wait("the call is left", |snapshot| call(snapshot).is_none());
    join_lounge(&mikael);
    otto_is_lower_by(&recording, "mikael is back", 10.0..14.0);
    say_how(&anna, account(&mikael), VoiceStanding::Ordinary);
    otto_is_lower_by(&recording, "it was taken from him", -3.0..3.0);
    for client in [&anna, &mikael, &otto] {
        client.send(Command::Shutdown);
    }
}
