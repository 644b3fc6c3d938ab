//! Those with whole chains: three who talk, one after the other, and three who listen; each a process of its own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use super::{CHANNEL, settle};
use crate::bot::Order;
use crate::story::{Actor, Voice, sound, speech_in};

/// Who talks, and what: a piece of a recording, from that second on.
const TALKERS: [(&str, &str, f32); 3] = [
    ("anna", "echo-test.wav", 0.0),
    ("mikael", "directory.wav", 0.0),
    ("saga", "directory.wav", 6.0),
];
/// Their names.
pub(super) const TALKING: [&str; 3] = [TALKERS[0].0, TALKERS[1].0, TALKERS[2].0];
const LISTENING: [&str; 3] = ["otto", "ida", "nils"];
/// How long each talks, in seconds.
const TURN_S: f32 = 6.0;
/// How long nobody does, after each turn.
const PAUSE: Duration = Duration::from_millis(700);
/// Who got this share of somebody's speech has heard them.
const HEARD: f32 = 0.9;
/// Around what was heard of a turn, in seconds: whoever scores it looks for the exact place.
const MARGIN_S: (f32, f32) = (0.1, 0.4);
const LOOK: Duration = Duration::from_millis(50);
/// The microphone is sent also while it is silent, so that all three voices flow all the time.
const ALWAYS_SENDS: &str = "[audio]\ntalk-mode = \"open\"\n";

/// Their processes.
pub(super) struct Whole {
    talkers: Vec<Actor>,
    listeners: Vec<Actor>,
}

impl Whole {
    /// All of them are members; the first one has founded the community.
    pub(super) fn join(
        folder: &Path,
        speech: &Path,
        out: &Path,
        founding_link: &str,
    ) -> anyhow::Result<Self> {
        let mut talkers = Vec::new();
        for (name, file, from_s) in TALKERS {
            let speech = sound::load(&speech.join(file))?;
            let piece = piece(&speech, from_s, from_s + TURN_S);
            let spoken = spoken(out, name);
            sound::save(&spoken, piece)?;
            settle(&folder.join(name), ALWAYS_SENDS)?;
            let hear = folder.join(format!("{name}.wav"));
            let speak = &spoken;
            talkers.push(Actor::start(name, folder, &Voice::Ordered { speak, hear })?);
        }
        let listener = |name: &str| {
            settle(&folder.join(name), "")?;
            let hear = recording(folder, name);
            Actor::start(name, folder, &Voice::Files { speak: None, hear })
        };
        let listeners = LISTENING.iter().map(|name| listener(name));
        let mut me = Self {
            listeners: listeners.collect::<anyhow::Result<_>>()?,
            talkers,
        };
        let knows = |actor: &Actor| actor.knows_channel(CHANNEL);
        let founder = me.founder()?;
        founder.join(founding_link, Some("Bench"))?;
        founder.wait("its channels are there", knows)?;
        let link = founder.invite(TALKERS.len() as u32 + LISTENING.len() as u32)?;
        for actor in me.all().skip(1) {
            actor.join(&link, None)?;
            actor.wait("the channels are there", knows)?;
        }
        Ok(me)
    }

    /// A link for so many more.
    pub(super) fn invite(&mut self, uses: u32) -> anyhow::Result<String> {
        self.founder()?.invite(uses)
    }

    fn founder(&mut self) -> anyhow::Result<&mut Actor> {
        self.talkers.first_mut().context("nobody has founded it")
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Actor> {
        self.talkers.iter_mut().chain(&mut self.listeners)
    }

    /// All of them join the call.
    pub(super) fn call(&mut self) -> anyhow::Result<()> {
        for actor in self.all() {
            let channel = CHANNEL.to_owned();
            actor.order(&Order::Call { channel })?;
            actor.wait("it is in the call", |me| me.state.call.is_some())?;
        }
        self.until_connected()
    }

    /// Waits until media can flow from each talker to each listener.
    pub(super) fn until_connected(&mut self) -> anyhow::Result<()> {
        for actor in &mut self.listeners {
            actor.wait("it reaches all talkers", |me| me.is_connected_to(&TALKING))?;
        }
        Ok(())
    }

    /// The numbers of their processes: of those who talk, and of those who listen.
    pub(super) fn processes(&self) -> [Vec<u32>; 2] {
        [&self.talkers, &self.listeners].map(|all| all.iter().map(Actor::process).collect())
    }

    /// Lets time pass, and calls `meanwhile` again and again.
    pub(super) fn pass(
        &mut self,
        time: Duration,
        meanwhile: &mut dyn FnMut(),
    ) -> anyhow::Result<()> {
        let until = Instant::now() + time;
        loop {
            for actor in self.all() {
                actor.catch_up()?;
            }
            meanwhile();
            if Instant::now() >= until {
                return Ok(());
            }
            std::thread::sleep(LOOK);
        }
    }

    /// One after the other talks.
    pub(super) fn talk(&mut self, meanwhile: &mut dyn FnMut()) -> anyhow::Result<()> {
        for talker in 0..self.talkers.len() {
            self.talkers[talker].order(&Order::Speak)?;
            self.pass(Duration::from_secs_f32(TURN_S) + PAUSE, meanwhile)?;
        }
        Ok(())
    }

    /// They leave the call and end; of how many talkers each listener's loudspeaker played the speech.
    pub(super) fn end(mut self, folder: &Path, out: &Path) -> anyhow::Result<Vec<Heard>> {
        for actor in self.all() {
            actor.order(&Order::Leave)?;
            actor.wait("the call is left", |me| me.state.call.is_none())?;
        }
        for actor in self.talkers.into_iter().chain(self.listeners) {
            actor.end()?;
        }
        let heard = LISTENING.iter().map(|name| Heard::find(folder, out, name));
        heard.collect()
    }
}

/// What a listener's loudspeaker played of each talker's speech.
pub(super) struct Heard {
    name: &'static str,
    /// The share (0-1) of each one's speech.
    shares: [f32; TALKERS.len()],
}

impl Heard {
    /// Looks for each turn in the recording, and keeps what was heard of it.
    fn find(folder: &Path, out: &Path, name: &'static str) -> anyhow::Result<Self> {
        let heard = sound::load(&recording(folder, name))?;
        let mut shares = [0.0; TALKERS.len()];
        for (talker, share) in TALKING.iter().zip(&mut shares) {
            let spoken = sound::load(&spoken(out, talker))?;
            if let Some(found) = speech_in(&spoken, &heard) {
                *share = found.share;
                let end_s = found.at_s + TURN_S + MARGIN_S.1;
                let piece = piece(&heard, found.at_s - MARGIN_S.0, end_s);
                sound::save(&out.join(format!("{talker}-heard-by-{name}.wav")), piece)?;
            }
        }
        Ok(Self { name, shares })
    }

    /// Whether it played all of them.
    pub(super) fn all(&self) -> bool {
        self.shares.iter().all(|share| *share >= HEARD)
    }

    /// For people.
    pub(super) fn line(&self) -> String {
        let shares = TALKING.iter().zip(&self.shares);
        let shares = shares.map(|(talker, share)| format!("{talker} {:.1} %", share * 100.0));
        let shares: Vec<String> = shares.collect();
        format!("{} heard of the speech: {}", self.name, shares.join(", "))
    }
}

/// What scores them needs to know.
pub(super) fn names() -> serde_json::Value {
    json!({ "talkers": TALKING, "listeners": LISTENING })
}

fn spoken(out: &Path, name: &str) -> PathBuf {
    out.join(format!("{name}-spoke.wav"))
}

fn recording(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("heard-by-{name}.wav"))
}

/// From one second to another, as far as there is sound.
fn piece(sound: &[f32], from_s: f32, to_s: f32) -> &[f32] {
    let at = |seconds: f32| ((seconds.max(0.0) * sound::RATE as f32) as usize).min(sound.len());
    &sound[at(from_s)..at(to_s).max(at(from_s))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_ends_where_the_sound_does() {
        let second = sound::RATE as usize;
        let sound = vec![0.0; second * 2];
        assert_eq!(piece(&sound, -1.0, 1.0).len(), second);
        assert_eq!(piece(&sound, 1.5, 9.0).len(), second / 2);
        assert!(piece(&sound, 5.0, 1.0).is_empty());
    }

    #[test]
    fn who_missed_one_talker_has_not_heard_all() {
        let heard = |shares| Heard {
            name: "otto",
            shares,
        };
        assert!(heard([1.0, 0.9, 0.95]).all());
        let two = heard([1.0, 0.89, 0.95]);
        assert!(!two.all());
        assert!(two.line().contains("mikael 89.0 %"), "{}", two.line());
    }
}
