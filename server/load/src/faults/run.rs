//! The faults that writers write through: strike, wait until all of it is acknowledged, strike again, and look at the end.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep;

use super::clock::Clock;
use super::crew::Crew;
use super::disk::Disk;
use super::memory::Memory;
use super::postgres::{self, Way};
use super::{FaultOptions, What, kill, variable};
use crate::accounting::resident_kb;
use crate::error::LoadError;
use crate::net::Endpoint;
use crate::server::Kind;
use crate::stage::Stage;
use crate::statistics::rounded;
use crate::verdict::{Verdict, bug_told_by};

/// Messages of each writer for each fault.
pub(super) const EACH: usize = 12;
/// The longest, in microseconds, from the acknowledgement after which it strikes: a message is stored within that.
const MOMENT_US: u64 = 8_000;
/// The most lines that the server may write into its log for each fault.
const LOG_LINES: usize = 100;

/// Where it plays.
pub(super) struct Scene {
    pub(super) stage: Stage,
    kind: Kind,
    places: watch::Sender<Vec<Endpoint>>,
}

impl Scene {
    /// The server is killed, and another process goes on with its data.
    ///
    /// # Errors
    /// When that does not start.
    pub(super) async fn started_again(mut self) -> Result<Self, LoadError> {
        self.stage = self.stage.again(&self.kind).await?;
        let endpoint = self.stage.community.endpoint.clone();
        self.places.send_replace(vec![endpoint]);
        Ok(self)
    }

    /// Lets a moment pass, so that it strikes anywhere between two answers.
    pub(super) async fn pause(&self, chance: &mut StdRng) {
        sleep(Duration::from_micros(chance.random_range(0..MOMENT_US))).await;
    }

    /// Gives every writer something to write; how many messages that is.
    ///
    /// # Errors
    /// When one of them gave up.
    pub(super) async fn give(&mut self, crew: &mut Crew, each: usize) -> Result<usize, LoadError> {
        let writers = self.stage.community.clients.len();
        let messages = self.stage.community.seal(each * writers, writers)?;
        let count = messages.len();
        crew.give(messages).await?;
        Ok(count)
    }
}

/// What strikes.
enum Fault {
    Kill,
    Restart(String),
    Cut(Way),
    Disk(Disk),
    Clock(Clock),
}

impl Fault {
    fn prepare(options: &FaultOptions, seed: u64) -> Result<(Self, Kind), LoadError> {
        let mut kind = Kind {
            database: options.postgres()?,
            ..Kind::default()
        };
        let lacks = |what: &str| LoadError::Arguments(format!("this needs {what}"));
        let fault = match options.what {
            What::Kill | What::Vanish | What::Instances => Self::Kill,
            What::Restart => {
                let name = options.restart_from.as_deref();
                let name = name.ok_or_else(|| lacks("--restart-from"))?;
                Self::Restart(variable(name)?)
            }
            What::Cut => {
                let url = kind.database.as_deref();
                let way = Way::to(url.ok_or_else(|| lacks("--postgres-from"))?, seed)?;
                kind.database = Some(way.url.clone());
                Self::Cut(way)
            }
            What::Disk => {
                let folder = options.data.as_deref();
                Self::Disk(Disk::new(folder.ok_or_else(|| lacks("--data"))?))
            }
            What::Clock => {
                let library = options.clock_library.as_deref();
                let library = library.ok_or_else(|| lacks("--clock-library"))?;
                let (clock, set) = Clock::new(library)?;
                kind.clock = Some(set);
                Self::Clock(clock)
            }
        };
        Ok((fault, kind))
    }

    /// Strikes; how often, since one of them may come with another.
    async fn strike(
        &mut self,
        scene: Scene,
        crew: &mut Crew,
        chance: &mut StdRng,
    ) -> Result<(Scene, usize), LoadError> {
        match self {
            Self::Kill => return kill::strike(scene, chance).await,
            Self::Restart(program) => postgres::restart(program).await?,
            Self::Cut(way) => way.cut(postgres::CUT_MS, chance).await,
            Self::Disk(disk) => return Ok((disk.strike(scene, crew).await?, 1)),
            Self::Clock(clock) => return Ok((clock.strike(scene, crew, chance).await?, 1)),
        }
        Ok((scene, 1))
    }
}

/// Does it; gives the line of JSON.
///
/// # Errors
/// When a server cannot be run, or does not hold what it acknowledged.
pub(super) async fn run(options: &FaultOptions, seed: u64) -> Result<String, LoadError> {
    let common = &options.common;
    let mut chance = StdRng::seed_from_u64(seed);
    let (mut fault, kind) = Fault::prepare(options, seed)?;
    let writers = options.writers.max(1);
    let stage = Stage::build_at(common, &kind, writers, options.data.as_deref()).await?;
    let (places, known) = watch::channel(vec![stage.community.endpoint.clone()]);
    let stand = stage.community.stand(0);
    let mut crew = Crew::start(&stage.community.clients, stand, &known);
    let mut scene = Scene {
        stage,
        kind,
        places,
    };
    let (mut memory, mut struck) = (Memory::default(), 0);
    while struck < options.times {
        let before = crew.counts().acknowledged;
        let given = scene.give(&mut crew, EACH).await?;
        let moment = before + chance.random_range(0..given);
        crew.until("some of it is acknowledged", |counts| {
            counts.acknowledged >= moment
        })
        .await?;
        scene.pause(&mut chance).await;
        let left = crew.left();
        let count;
        (scene, count) = fault.strike(scene, &mut crew, &mut chance).await?;
        crew.drained().await?;
        struck += count;
        let process = scene.stage.server.pid();
        let kb = resident_kb(process)?;
        memory.note(process, kb);
        common.say(&format!(
            "{struck}: {left} messages were on their way; {} are acknowledged, the server takes {kb} KiB",
            crew.counts().acknowledged
        ));
    }
    look(options, &scene, crew, &memory, (seed, struck)).await
}

/// Looks at the end; gives the line of JSON.
async fn look(
    options: &FaultOptions,
    scene: &Scene,
    crew: Crew,
    memory: &Memory,
    (seed, struck): (u64, usize),
) -> Result<String, LoadError> {
    let (counts, community) = (crew.counts(), &scene.stage.community);
    let acknowledged = crew.finish().await?;
    let verdict = Verdict::at(&community.endpoint, community, &acknowledged).await?;
    let log = scene.stage.server.log();
    let lines = log.lines().count();
    let unsound = |why: String| Err(LoadError::Unsound(format!("{why} (seed {seed})")));
    if !verdict.is_sound() {
        return unsound(format!("{verdict:?}"));
    }
    if let Some(bug) = bug_told_by(&log) {
        return unsound(bug);
    }
    if lines > LOG_LINES * (struck + 1) {
        return unsound(format!("the server wrote {lines} lines into its log"));
    }
    if counts.unavailable > 0 && !(counts.words.contains("again")) {
        return unsound(format!("writers were told: {}", counts.words));
    }
    // Whoever is killed each time is never judged.
    let judged = memory.judge()?;
    let mb = |kb: f64| rounded(kb / 1024.0, 1);
    let line = json!({
        "fault": format!("{:?}", options.what).to_lowercase(),
        "database": if options.postgres_from.is_some() { "postgres" } else { "sqlite" },
        "times": struck,
        "seed": seed,
        "acknowledged": verdict.acknowledged,
        "stored": verdict.stored,
        "lost": verdict.lost,
        "twice": verdict.twice,
        "out_of_order": verdict.out_of_order(),
        "told_to_wait": counts.unavailable,
        "words": counts.words,
        "connected": counts.connected,
        "sessions_kept": community.clients.len(),
        "rss_first_mb": mb(memory.first_kb()),
        "rss_last_mb": mb(memory.last_kb()),
        "memory": judged,
        "log_lines": lines,
    });
    Ok(line.to_string())
}
