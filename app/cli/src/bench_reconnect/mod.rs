//! `dialtone bench-reconnect`: two real clients and a real server as processes, a network with faults before one of the clients, and how
//! long it is silent after each fault.
//!
//! ```text
//! anna ── server ── Network ── mikael        what both hear of each other is what their sound engines report
//! ```
//!
//! Silence counts from the end of a fault on where the fault has an end (the network is back, the server runs, the process goes on), and
//! from its beginning where it has none (another network, no UDP). It is the longest in either direction.

mod silence;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use dialtone_faults::{NatRules, Network};
use serde_json::json;

use self::silence::Silence;
use crate::bot::Order;
use crate::story::{Actor, Server, Voice, hum, in_scratch, stop};

#[derive(Args)]
pub(crate) struct BenchReconnectArguments {
    /// The server's program.
    #[arg(long)]
    server_bin: PathBuf,
    /// Short faults: the whole takes less than a minute.
    #[arg(long)]
    quick: bool,
}

/// Where mikael finds the server: another loopback address, on the server's own port, which the server names for UDP.
const FRONT: [u8; 4] = [127, 0, 0, 2];
const SEED: u64 = 1;
const LOOK: Duration = Duration::from_millis(10);
/// Both are heard again when neither was silent for so long. The voice is a hum that never stops.
const SETTLED: Duration = Duration::from_secs(1);
/// Whatever is not heard after so long is not heard any more.
const LOST: Duration = Duration::from_secs(45);

/// How long faults last, by the size of the run.
struct Lengths {
    network: Duration,
    server: Duration,
    sleep: Duration,
    hum: Duration,
}

impl Lengths {
    fn of(quick: bool) -> Self {
        let ([network, server, sleep], hum) = if quick {
            ([5, 1, 5], Duration::from_mins(2))
        } else {
            ([30, 5, 60], hum::LONGEST)
        };
        Self {
            network: Duration::from_secs(network),
            server: Duration::from_secs(server),
            sleep: Duration::from_secs(sleep),
            hum,
        }
    }
}

/// Runs it, and prints one line of JSON last.
pub(crate) fn run(arguments: &BenchReconnectArguments) -> anyhow::Result<()> {
    stop::listen();
    let rows = in_scratch("reconnect", |folder| measure(arguments, folder))?;
    println!("{}", json!({ "rows": rows }));
    Ok(())
}

fn measure(
    arguments: &BenchReconnectArguments,
    folder: &Path,
) -> anyhow::Result<Vec<serde_json::Value>> {
    let lengths = Lengths::of(arguments.quick);
    let runtime = tokio::runtime::Runtime::new()?;
    let mut rows = Vec::new();
    for (way, is_relayed) in [("relayed", true), ("direct", false)] {
        let network = Network::new(runtime.handle().clone(), SEED, NatRules::default());
        let folder = folder.join(way);
        let mut call = Call::begin(
            &arguments.server_bin,
            &folder,
            &lengths,
            network,
            is_relayed,
        )?;
        let mut row = |fault: &str, silence: Duration| {
            let silence_s = (silence.as_secs_f64() * 100.0).round() / 100.0;
            println!("{way}, {fault}: silent for {silence_s} s");
            rows.push(json!({ "fault": format!("{way}: {fault}"), "silence_s": silence_s }));
        };
        if is_relayed {
            row(
                "another network",
                call.without_end(|call| call.network.change())?,
            );
            row(
                "UDP blocked",
                call.without_end(|call| call.block_udp(true))?,
            );
            row(
                "UDP open again",
                call.without_end(|call| call.block_udp(false))?,
            );
        }
        let seconds = lengths.network.as_secs();
        let cut = |is_cut| move |call: &mut Call| call.network.adjust(|all| all.cut = is_cut);
        let silence = call.with_end(lengths.network, cut(true), cut(false))?;
        let what = if is_relayed { "network" } else { "server" };
        row(&format!("{seconds} s without {what}"), silence);
        row("server started again", call.restart(lengths.server)?);
        let seconds = lengths.sleep.as_secs();
        row(&format!("{seconds} s stopped"), call.sleep(lengths.sleep)?);
        call.end()?;
    }
    Ok(rows)
}

/// Two clients in a call.
struct Call {
    server: Server,
    anna: Actor,
    mikael: Actor,
    network: Network,
}

impl Call {
    fn begin(
        server_bin: &Path,
        folder: &Path,
        lengths: &Lengths,
        network: Network,
        is_relayed: bool,
    ) -> anyhow::Result<Self> {
        let server = Server::start(server_bin, folder)?;
        let front = SocketAddr::from((FRONT, server.address.port()));
        network.tcp(front, server.address)?;
        network.udp(front, server.address)?;
        let sound = folder.join("hum.wav");
        hum::write(&sound, lengths.hum)?;
        let start = |name: &str, hides: bool| {
            hum::settle(&folder.join(name), hides)?;
            let hear = folder.join(format!("{name}.wav"));
            let speak = Some(sound.as_path());
            Actor::start(name, folder, &Voice::Files { speak, hear })
        };
        let (mut anna, mut mikael) = (start("anna", false)?, start("mikael", is_relayed)?);
        anna.join(&server.founding_link, Some("Bench"))?;
        anna.wait("its channels are there", |me| me.knows_channel("lounge"))?;
        let direct = server.address.to_string();
        let link = anna.invite(1)?.replace(&direct, &front.to_string());
        mikael.join(&link, None)?;
        mikael.wait("the channels are there", |me| me.knows_channel("lounge"))?;
        for actor in [&mut anna, &mut mikael] {
            let channel = "lounge".to_owned();
            actor.order(&Order::Call { channel })?;
        }
        anna.wait("mikael is heard", |me| hears(me, "mikael"))?;
        mikael.wait("anna is heard", |me| hears(me, "anna"))?;
        Ok(Self {
            server,
            anna,
            mikael,
            network,
        })
    }

    fn block_udp(&self, is_blocked: bool) {
        self.network.adjust(|all| all.udp_blocked = is_blocked);
    }

    /// A fault that stays: silence from its beginning on.
    fn without_end(&mut self, begin: impl FnOnce(&mut Self)) -> anyhow::Result<Duration> {
        self.settle(Instant::now())?;
        begin(self);
        // Long enough to be noticed, and answered.
        self.settle_after(Instant::now(), Duration::from_secs(5))
    }

    /// A fault that passes: silence from its end on.
    fn with_end(
        &mut self,
        lasts: Duration,
        begin: impl FnOnce(&mut Self),
        end: impl FnOnce(&mut Self),
    ) -> anyhow::Result<Duration> {
        self.settle(Instant::now())?;
        begin(self);
        self.pass(lasts)?;
        end(self);
        self.settle_after(Instant::now(), Duration::from_secs(3))
    }

    fn restart(&mut self, pause: Duration) -> anyhow::Result<Duration> {
        self.settle(Instant::now())?;
        self.server.stop();
        self.pass(pause)?;
        self.server.start_again()?;
        self.settle_after(Instant::now(), Duration::from_secs(3))
    }

    fn sleep(&mut self, lasts: Duration) -> anyhow::Result<Duration> {
        self.settle(Instant::now())?;
        self.mikael.signal("STOP")?;
        let passed = self.pass(lasts);
        self.mikael.signal("CONT")?;
        passed?;
        self.settle_after(Instant::now(), Duration::from_secs(3))
    }

    fn pass(&mut self, time: Duration) -> anyhow::Result<()> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.anna.catch_up()?;
            self.mikael.catch_up()?;
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    fn settle(&mut self, since: Instant) -> anyhow::Result<Duration> {
        self.settle_after(since, Duration::ZERO)
    }

    /// Listens until both have been heard without a break for a while, and for `least` at least; the longest silence since then.
    fn settle_after(&mut self, since: Instant, least: Duration) -> anyhow::Result<Duration> {
        let mut both = [Silence::since(since); 2];
        let mut whole_since = since;
        loop {
            self.anna.catch_up()?;
            self.mikael.catch_up()?;
            let now = Instant::now();
            let heard = [hears(&self.anna, "mikael"), hears(&self.mikael, "anna")];
            for (silence, is_heard) in both.iter_mut().zip(heard) {
                silence.look(now, is_heard);
            }
            // Reports come each 50 ms.
            if both
                .iter()
                .any(|one| one.present(now) > Duration::from_millis(300))
            {
                whole_since = now;
            }
            if now - whole_since >= SETTLED && now - since >= least + SETTLED {
                break;
            }
            anyhow::ensure!(
                now - whole_since <= LOST && now - since <= LOST + least,
                "they do not hear each other any more: {:?}, {:?}",
                self.anna.state.call,
                self.mikael.state.call
            );
            std::thread::sleep(LOOK);
        }
        let longest = both.iter().map(Silence::longest).max();
        longest.context("nobody listened")
    }

    fn end(self) -> anyhow::Result<()> {
        self.anna.end()?;
        self.mikael.end()
    }
}

fn hears(me: &Actor, name: &str) -> bool {
    let call = me.state.call.as_ref();
    call.is_some_and(|call| {
        [&call.connected, &call.speaking]
            .iter()
            .all(|names| names.iter().any(|one| one == name))
    })
}
