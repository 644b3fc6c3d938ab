//! What is done with the window, one step after the other, and what is measured meanwhile.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dialtone_engine::snapshot::{CallState, Channel, Community, ProfileState};
use dialtone_engine::{Command, CommunityCommand, EngineHandle, MessageCommand, Secret, Snapshot};
use dialtone_gui::egui::{
    Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, TouchPhase, Vec2,
};
use dialtone_gui::{Driver, Painted, Steer};
use serde_json::{Map, Value, json};

use super::fill::CALL;
use crate::cpu;

/// Frames of scrolling that are measured.
const SCROLLED: usize = 1_200;
/// What a frame scrolls by, in points: a quick turn of the wheel.
const TURN: f32 = 240.0;
/// After the window was quiet for so long it rests.
const SETTLED: Duration = Duration::from_secs(3);
/// How long the call is measured.
const TALKS: Duration = Duration::from_secs(20);
/// Words that are looked for, one after the other; each stands in thousands of messages or in none. For the first ones, what is stored is read into
/// memory: that time is told by itself.
const LOOKED_FOR: [&str; 7] = [
    "mooring",
    "harbour",
    "committee boat",
    "nowhere",
    "wind north gusts",
    "from:anna tide",
    "knots evening",
];

enum Step {
    /// Until something can be pressed.
    Appear,
    /// Until the newest messages of the channel that was open last are painted.
    Open,
    /// Up through what is stored.
    Scroll(Scrolled),
    /// The words with this number are looked for since then; the results so far, ms.
    Search(usize, Option<Instant>, Vec<f64>),
    /// Until nothing moves any more.
    Settle(Instant),
    /// Nothing is done; with the time on the processor and the frames at its beginning.
    Rest(Instant, Duration, u64),
    /// The call begins.
    Join(Instant),
    /// The call goes on.
    Talk(Instant, Duration),
    Done,
}

/// What frames of scrolling took, in seconds.
#[derive(Default)]
struct Scrolled {
    /// On the processor: all that the window's thread did from the input of one frame to that of the next, handing it to the display included.
    busy: Vec<f64>,
    /// By the clock, from input to drawing, without waiting for the display. Where the picture is drawn by software, that draws the one before
    /// at the same time, on the same cores.
    by_clock: Vec<f64>,
    /// What the thread had used when the frame that is painted began.
    before: Option<Duration>,
}

/// What opens the profile.
pub(super) enum Opens {
    /// There is nothing in it.
    Nothing,
    /// This password, once it is asked for.
    With(Secret),
    /// The keyring.
    ByItself,
}

/// The driver.
pub(super) struct Steps {
    engine: EngineHandle,
    opens: Opens,
    began: Instant,
    /// How long it rests; none: it closes with its first frame.
    rest: Option<Duration>,
    told: Arc<Mutex<Value>>,
    step: Step,
    frames: u64,
    result: Map<String, Value>,
}

impl Steps {
    pub(super) fn new(
        engine: EngineHandle,
        opens: Opens,
        began: Instant,
        rest: Option<Duration>,
        told: Arc<Mutex<Value>>,
    ) -> Self {
        Self {
            engine,
            opens,
            began,
            rest,
            told,
            step: Step::Appear,
            frames: 0,
            result: Map::new(),
        }
    }

    fn note(&mut self, key: &str, value: f64) {
        let value = (value * 100.0).round() / 100.0;
        self.result.insert(key.to_owned(), json!(value));
    }

    fn since_start(&self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1_000.0
    }

    fn tell(&self, snapshot: &Snapshot, command: CommunityCommand) {
        if let Some(community) = snapshot.communities.first() {
            let _ = self.engine.send(Command::In(community.id, command));
        }
    }
}

impl Driver for Steps {
    fn input(&mut self, input: &mut RawInput) {
        if let Step::Scroll(scrolled) = &mut self.step {
            let now = cpu::of_this_thread();
            let took = now
                .zip(scrolled.before)
                .map(|(now, before)| now.saturating_sub(before));
            scrolled.busy.extend(took.map(|took| took.as_secs_f64()));
            scrolled.before = now;
            let middle = input
                .screen_rect
                .map_or(Pos2::new(640.0, 400.0), |rect| rect.center());
            input.events.push(Event::PointerMoved(middle));
            input.events.push(Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: Vec2::new(0.0, TURN),
                phase: TouchPhase::Move,
                source: MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            });
        }
    }

    fn painted(&mut self, frame: Painted<'_>) -> Steer {
        self.frames += 1;
        let step = std::mem::replace(&mut self.step, Step::Done);
        let (step, steer) = self.next(step, &frame);
        self.step = step;
        if matches!(self.step, Step::Done) {
            // Some frames follow before it is closed.
            if let (Ok(mut told), false) = (self.told.lock(), self.result.is_empty()) {
                *told = Value::Object(std::mem::take(&mut self.result));
            }
            return Steer::Close;
        }
        steer
    }
}

impl Steps {
    fn next(&mut self, step: Step, frame: &Painted<'_>) -> (Step, Steer) {
        let snapshot = frame.snapshot;
        match step {
            Step::Appear => self.appeared(snapshot),
            Step::Open => self.opened(snapshot),
            Step::Scroll(times) => self.scrolled(times, frame),
            Step::Search(at, since, times) => self.searched(at, since, times, snapshot),
            Step::Settle(since) => {
                if since.elapsed() < SETTLED {
                    return (
                        Step::Settle(since),
                        Steer::After(SETTLED.saturating_sub(since.elapsed())),
                    );
                }
                self.note("rss_mb", resident_mb());
                let rest = Step::Rest(Instant::now(), used(), self.frames);
                (rest, Steer::After(self.rest.unwrap_or_default()))
            }
            Step::Rest(since, before, frames) => self.rested(since, before, frames, snapshot),
            Step::Join(since) => {
                let talks = community(snapshot).and_then(|one| one.call.as_ref());
                let connected = talks.is_some_and(|call| call.state == CallState::Connected);
                let heard = community(snapshot)
                    .is_some_and(|one| one.others_in_call().any(|other| other.speaking));
                if connected && heard {
                    return (Step::Talk(Instant::now(), used()), Steer::After(TALKS));
                }
                if since.elapsed() > TALKS {
                    self.result
                        .insert("error".into(), json!("nobody was heard in the call"));
                    return (Step::Done, Steer::Close);
                }
                (Step::Join(since), Steer::After(Duration::from_millis(100)))
            }
            Step::Talk(since, before) => {
                let took = since.elapsed();
                if took < TALKS {
                    return (
                        Step::Talk(since, before),
                        Steer::After(TALKS.saturating_sub(took)),
                    );
                }
                let percent = cpu::percent(used().saturating_sub(before), took);
                self.note("call_cpu_percent", percent);
                (Step::Done, Steer::Close)
            }
            Step::Done => (Step::Done, Steer::Close),
        }
    }

    fn appeared(&mut self, snapshot: &Snapshot) -> (Step, Steer) {
        match (&snapshot.profile, &self.opens) {
            (ProfileState::Locked { .. }, Opens::With(password)) => {
                let unlock = Command::Unlock(password.clone());
                let at = self.since_start();
                self.note("unlock_screen_ms", at);
                let _ = self.engine.send(unlock);
                (Step::Open, Steer::Wait)
            }
            (ProfileState::Locked { .. }, Opens::ByItself) => {
                let why = snapshot.keyring.problem.clone();
                let why = why.unwrap_or_else(|| "it is locked".to_owned());
                self.result.insert("error".into(), json!(why));
                (Step::Done, Steer::Close)
            }
            (ProfileState::Unlocked, Opens::With(_) | Opens::ByItself) => self.opened(snapshot),
            (_, Opens::With(_)) => (Step::Appear, Steer::Again),
            (_, Opens::ByItself) => (Step::Appear, Steer::Wait),
            (_, Opens::Nothing) => {
                let at = self.since_start();
                self.note("first_frame_ms", at);
                (Step::Settle(Instant::now()), Steer::Again)
            }
        }
    }

    fn opened(&mut self, snapshot: &Snapshot) -> (Step, Steer) {
        let painted = open_channel(snapshot).is_some_and(|open| !open.timeline.items.is_empty());
        if !painted {
            return (Step::Open, Steer::Wait);
        }
        let at = self.since_start();
        self.note("first_frame_ms", at);
        self.note("rss_opened_mb", resident_mb());
        if self.rest.is_none() {
            return (Step::Done, Steer::Close);
        }
        (Step::Scroll(Scrolled::default()), Steer::Again)
    }

    fn scrolled(&mut self, mut times: Scrolled, frame: &Painted<'_>) -> (Step, Steer) {
        times.by_clock.extend(frame.last_s.map(f64::from));
        if times.by_clock.len() < SCROLLED {
            return (Step::Scroll(times), Steer::Again);
        }
        for (name, times) in [("scroll", times.busy), ("scroll_by_clock", times.by_clock)] {
            // The first ones make glyphs.
            let mut times = times.get(20..).unwrap_or_default().to_vec();
            times.sort_by(f64::total_cmp);
            for percent in [50, 99, 100] {
                let at = times.len().saturating_sub(1) * percent / 100;
                let took = times.get(at).copied().unwrap_or_default();
                self.note(&format!("{name}_p{percent}_ms"), took * 1_000.0);
            }
        }
        (Step::Search(0, None, Vec::new()), Steer::Again)
    }

    fn searched(
        &mut self,
        at: usize,
        since: Option<Instant>,
        mut times: Vec<f64>,
        snapshot: &Snapshot,
    ) -> (Step, Steer) {
        let Some(words) = LOOKED_FOR.get(at) else {
            times.sort_by(f64::total_cmp);
            self.note("search_ms", times.last().copied().unwrap_or_default());
            self.tell(snapshot, search(""));
            return (Step::Settle(Instant::now()), Steer::Again);
        };
        let Some(began) = since else {
            self.tell(snapshot, search(words));
            return (Step::Search(at, Some(Instant::now()), times), Steer::Again);
        };
        let shown = community(snapshot).and_then(|one| one.search.as_ref());
        let done =
            shown.is_some_and(|shown| shown.text == *words && shown.progress_percent.is_none());
        if !done {
            return (Step::Search(at, since, times), Steer::Again);
        }
        let took = began.elapsed().as_secs_f64() * 1_000.0;
        if at == 0 {
            self.note("search_first_ms", took);
        } else {
            times.push(took);
        }
        (Step::Search(at + 1, None, times), Steer::Again)
    }

    fn rested(
        &mut self,
        since: Instant,
        before: Duration,
        frames: u64,
        snapshot: &Snapshot,
    ) -> (Step, Steer) {
        let took = since.elapsed();
        let rest = self.rest.unwrap_or_default();
        if took < rest {
            return (
                Step::Rest(since, before, frames),
                Steer::After(rest.saturating_sub(took)),
            );
        }
        let percent = cpu::percent(used().saturating_sub(before), took);
        self.note("idle_cpu_percent", percent);
        // The frame in which this is noticed is one of them.
        self.note("idle_frames", (self.frames - frames - 1) as f64);
        let lounge = community(snapshot).and_then(|one| {
            let mut channels = one.channels.iter();
            channels.find(|channel| channel.name.as_deref() == Some(CALL))
        });
        match lounge {
            Some(channel) if !channel.talkers.is_empty() => {
                self.tell(snapshot, CommunityCommand::JoinCall(channel.id));
                (Step::Join(Instant::now()), Steer::Again)
            }
            _ => (Step::Done, Steer::Close),
        }
    }
}

fn search(words: &str) -> CommunityCommand {
    CommunityCommand::Message(MessageCommand::Search {
        text: words.to_owned(),
        most: 50,
    })
}

fn community(snapshot: &Snapshot) -> Option<&Community> {
    snapshot.communities.first().map(AsRef::as_ref)
}

fn open_channel(snapshot: &Snapshot) -> Option<&Channel> {
    let community = community(snapshot)?;
    let mut channels = community.channels.iter();
    channels
        .find(|channel| Some(channel.id) == community.open)
        .map(AsRef::as_ref)
}

fn used() -> Duration {
    cpu::of_process(std::process::id()).unwrap_or_default()
}

/// What this process has in memory, in MB.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    kilobytes.unwrap_or(0.0) / 1_000.0
}
