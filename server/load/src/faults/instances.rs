//! Three instances of one server: one is killed and its clients go to another, one stands still, or NATS is gone, while everybody writes and
//! reads.
//!
//! ```text
//! machine 0..3: a process, and the place that its clients know -> killed: the place is another machine's, until it is back
//! each writer reads along at its machine: every event comes once and in order, whoever stored it
//! ```

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::sleep;

use super::crew::{Counts, Crew};
use super::nats::Nats;
use super::run::EACH;
use super::verdict::{Verdict, bug_told_by};
use super::writer::Acknowledged;
use super::{FaultOptions, bucket};
use crate::accounting::resident_kb;
use crate::community::Community;
use crate::error::LoadError;
use crate::net::Endpoint;
use crate::server::{Kind, ServerProcess, Shared};
use crate::stage::Stage;
use crate::statistics::rounded;

/// So many instances there are.
const MACHINES: usize = 3;
/// How long a killed one is away, in milliseconds.
const AWAY_MS: std::ops::RangeInclusive<u64> = 0..=1_500;
/// How long one stands still: below and above what makes the others think that it is gone.
const STILL_MS: std::ops::RangeInclusive<u64> = 500..=8_000;

struct Machine {
    server: ServerProcess,
    /// Where its clients connect.
    place: watch::Sender<Endpoint>,
}

/// What is done to them, in turn with chance.
#[derive(Debug, Clone, Copy, Default)]
struct Struck {
    kills: usize,
    stills: usize,
    without_nats: usize,
}

struct Scene {
    machines: Vec<Machine>,
    community: Community,
    nats: Nats,
    kind: Kind,
    struck: Struck,
}

impl Scene {
    async fn build(options: &FaultOptions) -> Result<Self, LoadError> {
        let lacks = || LoadError::Arguments("this needs --postgres-from".into());
        let nats = Nats::start().await?;
        let kind = Kind {
            plain: true,
            database: Some(options.postgres()?.ok_or_else(lacks)?),
            shared: Some(Shared {
                bus: nats.url(),
                bucket: bucket::begin().await?,
            }),
            clock: None,
        };
        let writers = options.writers.max(MACHINES);
        let Stage {
            server, community, ..
        } = Stage::build(&options.common, &kind, writers).await?;
        let mut servers = vec![server];
        while servers.len() < MACHINES {
            let beside = ServerProcess::start_beside(&servers[0], &kind).await?;
            servers.push(beside);
        }
        let machines = servers.into_iter().map(|server| {
            let endpoint = endpoint(&community, &server)?;
            let (place, _) = watch::channel(endpoint);
            Ok::<_, LoadError>(Machine { server, place })
        });
        Ok(Self {
            machines: machines.collect::<Result<_, _>>()?,
            community,
            nats,
            kind,
            struck: Struck::default(),
        })
    }

    async fn give(&mut self, crew: &mut Crew) -> Result<usize, LoadError> {
        let writers = self.community.clients.len();
        let messages = self.community.seal(EACH * writers, writers)?;
        let count = messages.len();
        crew.give(messages).await?;
        Ok(count)
    }

    async fn strike(mut self, chance: &mut StdRng) -> Result<Self, LoadError> {
        let whom = chance.random_range(0..MACHINES);
        match chance.random_range(0..4) {
            0 | 1 => return self.kill(whom, chance).await,
            2 => {
                self.struck.without_nats += 1;
                self.nats.strike(chance).await?;
            }
            _ => {
                self.struck.stills += 1;
                let pid = self.machines[whom].server.pid();
                signal(pid, "-STOP").await?;
                sleep(Duration::from_millis(chance.random_range(STILL_MS))).await;
                signal(pid, "-CONT").await?;
            }
        }
        Ok(self)
    }

    /// Kills one; its clients go to another.
    async fn kill(mut self, whom: usize, chance: &mut StdRng) -> Result<Self, LoadError> {
        self.struck.kills += 1;
        let Machine { server, place } = self.machines.remove(whom);
        let paused = server.pause().await;
        let other = chance.random_range(0..self.machines.len());
        let there = endpoint(&self.community, &self.machines[other].server)?;
        place.send_replace(there);
        sleep(Duration::from_millis(chance.random_range(AWAY_MS))).await;
        let server = paused.go_on(&self.kind).await?;
        place.send_replace(endpoint(&self.community, &server)?);
        self.machines.insert(whom, Machine { server, place });
        Ok(self)
    }

    fn memory_mb(&self) -> Result<f64, LoadError> {
        let mut most = 0;
        for machine in &self.machines {
            most = most.max(resident_kb(machine.server.pid())?);
        }
        Ok(rounded(most as f64 / 1024.0, 1))
    }
}

fn endpoint(community: &Community, server: &ServerProcess) -> Result<Endpoint, LoadError> {
    community.endpoint.clone().moved(server.address(), false)
}

async fn signal(pid: u32, name: &str) -> Result<(), LoadError> {
    let status = Command::new("kill")
        .args([name, &pid.to_string()])
        .status()
        .await;
    let sent = status.map_err(|error| LoadError::system("kill", error))?;
    if sent.success() {
        Ok(())
    } else {
        Err(LoadError::Broken(format!("kill {name}: {sent}")))
    }
}

/// Does it; gives the line of JSON.
///
/// # Errors
/// When a server cannot be run, or does not hold what it acknowledged.
pub(super) async fn run(options: &FaultOptions, seed: u64) -> Result<String, LoadError> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut scene = Scene::build(options).await?;
    let places: Vec<_> = scene
        .machines
        .iter()
        .map(|one| one.place.subscribe())
        .collect();
    let stand = scene.community.stand(0);
    let mut crew = Crew::start(&scene.community.clients, stand, &places);
    for round in 1..=options.times {
        let before = crew.counts().acknowledged;
        let given = scene.give(&mut crew).await?;
        let moment = before + chance.random_range(0..given);
        crew.until("some of it is acknowledged", |counts| {
            counts.acknowledged >= moment
        })
        .await?;
        let left = crew.left();
        scene = scene.strike(&mut chance).await?;
        crew.drained().await?;
        options.common.say(&format!(
            "{round}: {left} messages were on their way; {} are acknowledged ({:?})",
            crew.counts().acknowledged,
            scene.struck
        ));
    }
    let counts = crew.counts();
    // Whoever reads along has all of it in the end.
    crew.read_along().await?;
    let acknowledged = crew.finish().await?;
    look(&scene, &counts, &acknowledged, seed).await
}

/// Looks at the end, at every instance; gives the line of JSON.
async fn look(
    scene: &Scene,
    counts: &Counts,
    acknowledged: &[Vec<Acknowledged>],
    seed: u64,
) -> Result<String, LoadError> {
    let unsound = |why: String| Err(LoadError::Unsound(format!("{why} (seed {seed})")));
    let community = &scene.community;
    let mut verdict = Verdict::default();
    for (number, machine) in scene.machines.iter().enumerate() {
        let endpoint = endpoint(community, &machine.server)?;
        verdict = Verdict::at(&endpoint, community, acknowledged).await?;
        if !verdict.is_sound() {
            return unsound(format!("at instance {number}: {verdict:?}"));
        }
        if let Some(bug) = bug_told_by(&machine.server.log()) {
            return unsound(bug);
        }
    }
    let line = json!({
        "fault": "instances",
        "instances": MACHINES,
        "seed": seed,
        "kills": scene.struck.kills,
        "stood_still": scene.struck.stills,
        "without_nats": scene.struck.without_nats,
        "acknowledged": verdict.acknowledged,
        "stored": verdict.stored,
        "lost": verdict.lost,
        "twice": verdict.twice,
        "out_of_order": verdict.disordered + verdict.misplaced + verdict.gaps,
        "told_to_wait": counts.unavailable,
        "connected": counts.connected,
        "sessions_kept": community.clients.len(),
        "rss_most_mb": scene.memory_mb()?,
    });
    Ok(line.to_string())
}
