//! Three instances of one server: one is killed and its clients go to another, one stands still, one is cut from NATS or from Postgres while the
//! others go on, or NATS is gone, while everybody writes and reads. The clock of one may be an hour off.
//!
//! ```text
//! machine 0..3: a process at an address; clients know all three -> killed: whoever was there tries another one
//!               its own ways to NATS and to Postgres            -> cut: nothing gets through, and nobody is told
//! each writer reads along at its machine: every event comes once and in order, whoever stored it
//! after each fault: everybody is online for whoever comes to each machine, a call is at one of them; what each process takes
//! ```

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use dialtone_protocol::DeviceId;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use tokio::process::Command;
use tokio::sync::watch::channel;
use tokio::time::sleep;

use super::clock::{self, Clock};
use super::crew::{Counts, Crew};
use super::memory::Memory;
use super::nats::Nats;
use super::postgres::Way;
use super::run::EACH;
use super::{FaultOptions, bucket, home, watch};
use crate::accounting::resident_kb;
use crate::community::{Client, Community};
use crate::error::LoadError;
use crate::net::Endpoint;
use crate::server::{Kind, ServerProcess, SetClock, Shared};
use crate::stage::Stage;
use crate::statistics::rounded;
use crate::verdict::{Acknowledged, Verdict, bug_told_by};

/// So many instances there are.
const MACHINES: usize = 3;
/// How long a killed one is away, in milliseconds.
const AWAY_MS: std::ops::RangeInclusive<u64> = 0..=1_500;
/// How long one stands still or is cut off, in milliseconds: below and above what makes the others think that it is gone.
const STILL_MS: std::ops::RangeInclusive<u64> = 500..=8_000;

/// By how much the clock of one may be off, in seconds.
const APART_S: i64 = 60 * 60;

/// So many look at them beside those that write.
const OTHERS: usize = 2;

struct Machine {
    server: ServerProcess,
    ways: Ways,
}

/// What a machine has beside it, by ways of its own.
struct Ways {
    nats: Way,
    postgres: Way,
    bucket: SocketAddr,
    /// Where its clock can be set.
    clock: Option<SetClock>,
}

impl Ways {
    fn kind(&self) -> Kind {
        Kind {
            plain: true,
            database: Some(self.postgres.url.clone()),
            shared: Some(Shared {
                bus: self.nats.url.clone(),
                bucket: self.bucket,
            }),
            clock: self.clock.clone(),
        }
    }
}

/// A clock that is not the others'.
struct Apart {
    ahead_s: i64,
    // The file that says so; it goes with this.
    _clock: Clock,
}

impl Apart {
    fn new(options: &FaultOptions, seed: u64) -> Result<Option<(Self, SetClock)>, LoadError> {
        let Some(library) = &options.clock_library else {
            return Ok(None);
        };
        let (clock, set) = Clock::new(library)?;
        // Ahead by an even seed, behind by an odd one.
        let ahead_s = if seed.is_multiple_of(2) {
            APART_S
        } else {
            -APART_S
        };
        clock.set(ahead_s)?;
        let apart = Self {
            ahead_s,
            _clock: clock,
        };
        Ok(Some((apart, set)))
    }
}

/// What is done to them, in turn with chance.
#[derive(Debug, Clone, Copy, Default)]
struct Struck {
    kills: usize,
    stills: usize,
    without_nats: usize,
    cut_from_nats: usize,
    cut_from_postgres: usize,
}

struct Scene {
    machines: Vec<Machine>,
    community: Community,
    /// They look who is there and call, and do not write.
    others: [Client; OTHERS],
    nats: Nats,
    /// That of the last machine.
    apart: Option<Apart>,
    struck: Struck,
    memory: Memory,
}

impl Scene {
    async fn build(options: &FaultOptions, seed: u64) -> Result<Self, LoadError> {
        let lacks = || LoadError::Arguments("this needs --postgres-from".into());
        let nats = Nats::start().await?;
        let database = options.postgres()?.ok_or_else(lacks)?;
        let bucket = bucket::begin().await?;
        let ways = |clock| {
            Ok::<_, LoadError>(Ways {
                nats: Way::to(&nats.url(), seed)?,
                postgres: Way::to(&database, seed)?,
                bucket,
                clock,
            })
        };
        let (apart, mut set) = Apart::new(options, seed)?.unzip();
        let writers = options.writers.max(MACHINES);
        let first = ways(None)?;
        let Stage {
            server, community, ..
        } = Stage::build(&options.common, &first.kind(), writers + OTHERS).await?;
        let others = community.clients.last_chunk().cloned();
        let others = others.ok_or_else(|| LoadError::Broken("nobody is there".into()))?;
        let mut machines = vec![Machine {
            server,
            ways: first,
        }];
        while machines.len() < MACHINES {
            let is_last = machines.len() + 1 == MACHINES;
            let ways = ways(set.take_if(|_| is_last))?;
            let server = ServerProcess::start_beside(&machines[0].server, &ways.kind()).await?;
            machines.push(Machine { server, ways });
        }
        Ok(Self {
            machines,
            community,
            others,
            nats,
            apart,
            struck: Struck::default(),
            memory: Memory::default(),
        })
    }

    /// Those who write.
    fn writers(&self) -> &[Client] {
        let clients = &self.community.clients;
        &clients[..clients.len().saturating_sub(OTHERS)]
    }

    async fn give(&mut self, crew: &mut Crew) -> Result<usize, LoadError> {
        let writers = self.writers().len();
        let messages = self.community.seal(EACH * writers, writers)?;
        let count = messages.len();
        crew.give(messages).await?;
        Ok(count)
    }

    async fn strike(mut self, chance: &mut StdRng) -> Result<Self, LoadError> {
        let whom = chance.random_range(0..MACHINES);
        match chance.random_range(0..6) {
            0 | 1 => return self.kill(whom, chance).await,
            2 => {
                self.struck.without_nats += 1;
                self.nats.strike(chance).await?;
            }
            3 => {
                self.struck.cut_from_nats += 1;
                self.machines[whom].ways.nats.cut(STILL_MS, chance).await;
            }
            4 => {
                self.struck.cut_from_postgres += 1;
                let way = &mut self.machines[whom].ways.postgres;
                way.cut(STILL_MS, chance).await;
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

    /// Kills one; its clients go to another, each by itself.
    async fn kill(mut self, whom: usize, chance: &mut StdRng) -> Result<Self, LoadError> {
        self.struck.kills += 1;
        let Machine { server, ways } = self.machines.remove(whom);
        let paused = server.pause().await;
        sleep(Duration::from_millis(chance.random_range(AWAY_MS))).await;
        let server = paused.go_on(&ways.kind()).await?;
        self.machines.insert(whom, Machine { server, ways });
        Ok(self)
    }

    /// Where all of them are.
    fn places(&self) -> Result<Vec<Endpoint>, LoadError> {
        let machines = self.machines.iter();
        machines
            .map(|machine| endpoint(&self.community, &machine.server))
            .collect()
    }

    /// After a fault: whether everybody is online for whoever comes to each of them, whether a call is at one, and what each takes.
    async fn look(&mut self) -> Result<(), LoadError> {
        let all: HashSet<DeviceId> = self.writers().iter().map(Client::id).collect();
        let [first, second] = &self.others;
        let mut endpoints = Vec::new();
        for (number, machine) in self.machines.iter().enumerate() {
            let endpoint = endpoint(&self.community, &machine.server)?;
            let seen = watch::see_all(&endpoint, first, &all).await;
            seen.map_err(|error| LoadError::Unsound(format!("at instance {number}: {error}")))?;
            let process = machine.server.pid();
            self.memory.note(process, resident_kb(process)?);
            endpoints.push(endpoint);
        }
        home::see_one(&endpoints, [first, second], self.community.channel).await
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
    let mut scene = Scene::build(options, seed).await?;
    let (_places, known) = channel(scene.places()?);
    let stand = scene.community.stand(0);
    let mut crew = Crew::start(scene.writers(), stand, &known);
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
        scene.look().await?;
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
    let by_clock_apart = stored_apart(scene).await?;
    let judged = scene.memory.judge()?;
    let line = json!({
        "fault": "instances",
        "instances": MACHINES,
        "seed": seed,
        "kills": scene.struck.kills,
        "stood_still": scene.struck.stills,
        "without_nats": scene.struck.without_nats,
        "cut_from_nats": scene.struck.cut_from_nats,
        "cut_from_postgres": scene.struck.cut_from_postgres,
        "acknowledged": verdict.acknowledged,
        "stored": verdict.stored,
        "lost": verdict.lost,
        "twice": verdict.twice,
        "out_of_order": verdict.out_of_order(),
        "told_to_wait": counts.unavailable,
        "connected": counts.connected,
        "moved": counts.moved,
        "clock_apart_s": scene.apart.as_ref().map(|apart| apart.ahead_s),
        "stored_by_clock_apart": by_clock_apart,
        "sessions_kept": community.clients.len(),
        "rss_most_mb": rounded(scene.memory.most_kb() / 1024.0, 1),
        "memory": judged,
    });
    Ok(line.to_string())
}

/// How many events the machine stored whose clock is apart.
///
/// # Errors
/// When none was: then it is not.
async fn stored_apart(scene: &Scene) -> Result<Option<usize>, LoadError> {
    let (Some(apart), Some(machine)) = (&scene.apart, scene.machines.first()) else {
        return Ok(None);
    };
    let place = endpoint(&scene.community, &machine.server)?;
    match clock::stored_by(&place, &scene.community, apart.ahead_s).await? {
        0 => Err(LoadError::Unsound(
            "nothing was stored by the clock that is apart".into(),
        )),
        count => Ok(Some(count)),
    }
}
