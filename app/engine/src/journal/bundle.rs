//! The bundle for whoever looks for a mistake: one text, in parts that can be read before it is handed on.

use std::fmt::Write as _;
use std::path::Path;

use super::rotating::tail;
use super::{FOLDER, scrub};
use crate::doctor::{Finding, Outcome};
use crate::settings::Settings;
use crate::snapshot::{AudioDevice, AudioState, Snapshot};

/// The most of the log that is put into it, in bytes.
const LOG: usize = 400_000;
/// Shorter names are in too many words to be taken out.
const SHORTEST: usize = 3;

/// What a part is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// Versions and the system.
    System,
    /// Sound devices.
    Devices,
    /// Settings, without secrets.
    Settings,
    /// What the checks found.
    Findings,
    /// The log.
    Log,
}

impl PartKind {
    fn heading(self) -> &'static str {
        match self {
            Self::System => "Versions and system",
            Self::Devices => "Sound devices",
            Self::Settings => "Settings",
            Self::Findings => "Checks",
            Self::Log => "Log",
        }
    }
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is about.
    pub kind: PartKind,
    /// All of it.
    pub text: String,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bundle {
    /// In the order of [`PartKind`].
    pub parts: Vec<Part>,
}

impl Bundle {
    /// The file: the parts under their headings.
    #[must_use]
    pub fn text(&self) -> String {
        let mut all = String::from("Dialtone diagnostics\n");
        for part in &self.parts {
            let _ = write!(all, "\n== {} ==\n\n{}", part.kind.heading(), part.text);
        }
        all
    }

    /// Puts what the checks found where it belongs, in place of what was there.
    pub(crate) fn with_findings(&mut self, findings: &[Finding], known: &Known) {
        self.parts.retain(|part| part.kind != PartKind::Findings);
        let mut text = String::new();
        for Finding {
            subject,
            outcome,
            words,
            advice,
        } in findings
        {
            let outcome = match outcome {
                Outcome::Good => "well",
                Outcome::Bad => "BAD",
                Outcome::Skipped => "-",
            };
            let _ = writeln!(text, "{outcome:<5} {}: {words}", subject.words());
            if let Some(advice) = advice {
                let _ = writeln!(text, "      what to do: {advice}");
            }
        }
        self.add(PartKind::Findings, &text, known);
        self.parts.sort_by_key(|part| part.kind);
    }

    fn add(&mut self, kind: PartKind, text: &str, known: &Known) {
        let text = known.take_out(&scrub(text));
        self.parts.push(Part { kind, text });
    }
}

/// Names that the client knows and that are nobody else's business.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Vec<String>);

impl Known {
    /// Those of all communities, their channels, members and servers.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let mut names = Vec::new();
        for community in &snapshot.communities {
            let host = community.server.rsplit_once(':');
            names.push(community.name.clone());
            names.push(
                host.map_or(community.server.as_str(), |(host, _)| host)
                    .to_owned(),
            );
            names.push(community.me.name.clone());
            names.extend(community.channels.iter().filter_map(|one| one.name.clone()));
            names.extend(community.members.iter().map(|one| one.name.clone()));
            names.extend(community.devices.iter().map(|one| one.name.clone()));
        }
        names.retain(|name| name.chars().count() >= SHORTEST);
        // A name that contains another one goes first.
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.dedup();
        Self(names)
    }

    fn take_out(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for name in &self.0 {
            text = without(&text, name);
        }
        text
    }
}

/// `text` with `name`, where it stands as a word, taken out.
fn without(text: &str, name: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    for (at, found) in text.match_indices(name) {
        let word = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
        let end = at + found.len();
        let inside = word(text[..at].chars().next_back()) || word(text[end..].chars().next());
        if at < done || inside {
            continue;
        }
        clean.push_str(&text[done..at]);
        clean.push_str("[name]");
        done = end;
    }
    clean.push_str(&text[done..]);
    clean
}

/// Everything but what the checks find, which takes a while.
pub(crate) fn make(profile: &Path, snapshot: &Snapshot, kept: &Settings) -> Bundle {
    let known = Known::of(snapshot);
    let mut bundle = Bundle::default();
    bundle.add(PartKind::System, &system(snapshot), &known);
    bundle.add(PartKind::Devices, &devices(&snapshot.audio), &known);
    bundle.add(PartKind::Settings, &settings(kept), &known);
    let log = tail(&profile.join(FOLDER), LOG);
    bundle.add(PartKind::Log, &log, &known);
    bundle
}

fn system(snapshot: &Snapshot) -> String {
    let mut text = format!(
        "Dialtone {}\n{} on {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    for name in ["XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP"] {
        if let Ok(value) = std::env::var(name) {
            let _ = writeln!(text, "{name}={value}");
        }
    }
    if let Ok(release) = std::fs::read_to_string("/etc/os-release") {
        let mut lines = release.lines();
        let name = lines.find_map(|line| line.strip_prefix("PRETTY_NAME="));
        let _ = writeln!(text, "{}", name.unwrap_or_default().trim_matches('"'));
    }
    for (number, community) in snapshot.communities.iter().enumerate() {
        let calls = if community.call.is_some() {
            ", in a call"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "community {}: {}{calls}, {} channels, {} members",
            number + 1,
            state(&community.connection),
            community.channels.len(),
            community.members.len(),
        );
    }
    text
}

/// Without the words that came with it.
fn state(connection: &crate::snapshot::Connection) -> String {
    let debug = format!("{connection:?}");
    let end = debug.find(|one: char| !one.is_alphanumeric());
    debug[..end.unwrap_or(debug.len())].to_owned()
}

fn devices(audio: &AudioState) -> String {
    let mut text = String::new();
    let mut list = |kind: &str, devices: &[AudioDevice]| {
        for device in devices {
            let _ = writeln!(text, "{kind}: {}", device.name);
        }
    };
    list("microphone", &audio.inputs);
    list("loudspeaker", &audio.outputs);
    if let Some(problem) = &audio.problem {
        let _ = writeln!(text, "problem: {problem}");
    }
    let _ = writeln!(text, "push-to-talk: {}", audio.push.words());
    text
}

/// What helps, by name: what is added to the settings later is not in it by itself.
fn settings(kept: &Settings) -> String {
    let Settings {
        audio,
        look,
        ice,
        notifications,
        desktop,
        debug,
        ..
    } = kept;
    let mut text = String::new();
    let chosen = |device: &Option<String>| {
        if device.is_some() {
            "chosen"
        } else {
            "the system's"
        }
    };
    let own = |file: bool| {
        if file {
            "one of one's own"
        } else {
            "the usual one"
        }
    };
    let _ = writeln!(
        text,
        "microphone {}, loudspeaker {}, {:?} by {:?} (release {} ms)",
        chosen(&audio.input_device),
        chosen(&audio.output_device),
        audio.talk_mode,
        audio.push_to_talk_backend,
        audio.push_to_talk_release_ms,
    );
    let _ = writeln!(
        text,
        "{:?}, threshold {} dBFS (automatic: {}), gain {} dB (automatic: {}), volume {} %",
        audio.preset,
        audio.threshold_dbfs,
        audio.auto_threshold,
        audio.input_gain_db,
        audio.auto_gain,
        audio.output_percent,
    );
    let _ = writeln!(
        text,
        "denoise {} (strong: {}), packets of {} ms, {} bit/s, chain {}, mix {}",
        audio.denoise,
        audio.strong_denoise,
        audio.packet_ms,
        audio.bitrate,
        own(audio.chain_file.is_some()),
        own(audio.mix_chain_file.is_some()),
    );
    let _ = writeln!(
        text,
        "{:?}, {:?}, {:?}, {:?}, text: {:?}, {} %, still: {}, language: {}",
        look.theme,
        look.contrast,
        look.accent,
        look.density,
        look.text,
        look.zoom_percent,
        look.reduced_motion,
        look.language.as_deref().unwrap_or("the system's"),
    );
    let _ = writeln!(
        text,
        "{} STUN and {} TURN servers of one's own, address hidden: {}",
        ice.stun.len(),
        ice.turn.len(),
        ice.hide_address,
    );
    let _ = writeln!(text, "{desktop:?}, {debug:?}");
    let _ = writeln!(text, "do not disturb: {:?}", notifications.do_not_disturb);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_where_they_are_words_of_their_own() {
        assert_eq!(
            without("Ann and Anna, Ann.", "Ann"),
            "[name] and Anna, [name]."
        );
        assert_eq!(without("", "Ann"), "");
    }

    #[test]
    fn secrets_of_the_settings_are_not_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut kept = Settings::default();
        kept.ice.turn_user = "someone".into();
        kept.ice.turn_pass = "hunter2".into();
        kept.ice.turn = vec!["turn:relay.example:3478".into()];
        kept.look.folded = vec!["0011223344556677/Our secret plans".into()];
        kept.audio.input_device = Some("Anna's headset".into());
        kept.audio.chain_file = Some("/srv/anna/x.toml".into());
        let text = make(folder.path(), &Snapshot::default(), &kept).text();
        for secret in [
            "someone",
            "hunter2",
            "relay.example",
            "secret",
            "anna",
            "Anna",
        ] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(text.contains("0 STUN and 1 TURN servers"));
    }
}
