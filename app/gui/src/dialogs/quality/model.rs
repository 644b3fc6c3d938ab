//! What the dialog says: a pure function of the community.

use std::sync::Arc;

use dialtone_engine::snapshot::{CallState, Community, Grade, Path, Quality, Reading, Talker};
use dialtone_engine::{AccountId, DeviceId};
use dialtone_words::say;

/// What is not known.
const UNKNOWN: &str = "–";

/// Everybody, or why there is nobody.
#[derive(Debug, Default)]
pub(super) struct QualityModel {
    pub(super) empty: Option<&'static str>,
    pub(super) heard: Vec<Hearing>,
}

/// How one hears one of them.
#[derive(Debug)]
pub(super) struct Hearing {
    pub(super) account: AccountId,
    pub(super) device: DeviceId,
    pub(super) name: String,
    pub(super) path: &'static str,
    pub(super) grade: Grade,
    pub(super) why: Option<String>,
    /// All of the head line, for a screen reader.
    pub(super) spoken: String,
    pub(super) numbers: Vec<Number>,
    pub(super) quality: Arc<Quality>,
}

/// One number.
#[derive(Debug, PartialEq)]
pub(super) struct Number {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) is_known: bool,
    pub(super) spoken: String,
    pub(super) about: &'static str,
}

/// The dialog of the call of `community`.
pub(super) fn build(community: Option<&Community>) -> QualityModel {
    let call = community.and_then(|community| Some((community, community.call.as_ref()?)));
    let Some((community, call)) = call else {
        return empty(say!("voice-no-call"));
    };
    if let CallState::Failed(_) = call.state {
        return empty(say!("voice-broken"));
    }
    let heard: Vec<Hearing> = community.others_in_call().map(hearing).collect();
    if heard.is_empty() {
        return empty(say!("voice-nobody-else"));
    }
    QualityModel { empty: None, heard }
}

fn empty(words: &'static str) -> QualityModel {
    QualityModel {
        empty: Some(words),
        heard: Vec::new(),
    }
}

fn hearing(talker: &Talker) -> Hearing {
    let quality = talker.quality.clone().unwrap_or_default();
    let path = quality.now.path.map_or(say!("voice-no-way"), Path::words);
    let verdict = &quality.verdict;
    let word = verdict.grade.word();
    let name = &talker.name;
    let why = verdict.why.as_ref().map(|why| sentence(why));
    let spoken = say!(
        "voice-person-quality",
        name = name,
        path = path,
        word = word
    );
    Hearing {
        account: talker.account,
        device: talker.device,
        name: name.clone(),
        path,
        grade: verdict.grade,
        why,
        spoken,
        numbers: numbers(&quality.now),
        quality,
    }
}

/// Words that follow a colon, as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn numbers(now: &Reading) -> Vec<Number> {
    let round_trip = if now.path.is_some_and(Path::is_relayed) {
        say!("voice-round-trip-server")
    } else {
        say!("voice-round-trip-them")
    };
    [
        (
            say!("voice-round-trip"),
            now.round_trip_ms,
            "ms",
            round_trip,
        ),
        (
            say!("voice-delay"),
            now.delay_ms,
            "ms",
            say!("voice-delay-about"),
        ),
        (
            say!("voice-jitter"),
            now.jitter_ms,
            "ms",
            say!("voice-jitter-about"),
        ),
        (
            say!("voice-bit-rate"),
            now.bitrate_kbps,
            "kbit/s",
            say!("voice-bit-rate-about"),
        ),
        (
            say!("voice-lost"),
            now.loss_percent,
            "%",
            say!("voice-lost-about"),
        ),
        (
            say!("voice-repaired"),
            now.repaired_percent,
            "%",
            say!("voice-repaired-about"),
        ),
        (
            say!("voice-concealed"),
            now.concealed_percent,
            "%",
            say!("voice-concealed-about"),
        ),
    ]
    .into_iter()
    .map(|(label, number, unit, about)| one(label, number, unit, about))
    .collect()
}

fn one(label: &'static str, number: Option<f32>, unit: &str, about: &'static str) -> Number {
    let number = number.filter(|number| number.is_finite());
    let value = number.map(|number| format!("{} {unit}", rounded(number)));
    let words = value.as_deref().unwrap_or(say!("voice-not-known"));
    Number {
        label,
        is_known: value.is_some(),
        spoken: say!("voice-number-is", label = label, words = words),
        value: value.unwrap_or_else(|| UNKNOWN.to_owned()),
        about,
    }
}

/// Small numbers with a tenth: 0.4 % is not nothing.
fn rounded(number: f32) -> String {
    if number > 0.0 && number < 9.95 {
        dialtone_words::decimal(format_args!("{number:.1}"))
    } else {
        format!("{number:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn each_of_the_others_has_a_word_a_way_and_numbers() {
        let snapshot = demo::bad_state("poor-call").unwrap();
        let model = build(Some(&snapshot.communities[0]));
        assert_eq!(model.empty, None);
        let [mikael, jo] = &model.heard[..] else {
            panic!("{:?}", model.heard);
        };
        assert_eq!(mikael.spoken, "Mikael, direct: good");
        assert_eq!(mikael.why, None);
        assert_eq!(mikael.numbers[0].spoken, "Round trip: 24 ms");
        assert_eq!(jo.grade, Grade::Fair);
        let why = "12 % of the packets are lost, though most are repaired.";
        assert_eq!(jo.why.as_deref(), Some(why));
        assert_eq!(jo.path, "relayed");
    }

    #[test]
    fn what_is_not_known_is_said_so_and_is_not_zero() {
        let numbers = numbers(&Reading {
            loss_percent: Some(0.0),
            jitter_ms: Some(f32::NAN),
            ..Reading::default()
        });
        let of = |label: &str| numbers.iter().find(|one| one.label == label).unwrap();
        assert_eq!(of("Round trip").value, UNKNOWN);
        assert_eq!(of("Jitter").spoken, "Jitter: not known");
        assert_eq!(of("Lost").value, "0 %");
    }

    #[test]
    fn without_anybody_to_hear_it_says_why_it_is_empty() {
        assert_eq!(build(None).empty, Some("You are in no call."));
        let mut snapshot = demo::harbour();
        let community = Arc::make_mut(&mut snapshot.communities[0]);
        let me = community.me.device;
        for channel in &mut community.channels {
            Arc::make_mut(channel)
                .talkers
                .retain(|talker| talker.device == me);
        }
        let alone = "Nobody else is in the call yet.";
        assert_eq!(build(Some(community)).empty, Some(alone));
        community.call = None;
        assert_eq!(build(Some(community)).empty, Some("You are in no call."));
    }

    #[test]
    fn small_shares_keep_a_tenth() {
        assert_eq!(
            [0.0, 0.04, 0.4, 9.94, 9.96, 112.4].map(rounded),
            ["0", "0.0", "0.4", "9.9", "10", "112"]
        );
    }
}
