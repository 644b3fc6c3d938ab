//! Measures the relay: how many streams one core forwards, what that adds to a packet's way, what is lost, what a participant costs.
//!
//! ```text
//! relay_bench [--quick]   the measurement; its last line is JSON
//! relay_bench relay       the relay alone: a process of its own, whose time and memory the system accounts
//! ```
//!
//! Calls of ten, four of whom talk: 50 packets of 160 bytes a second each. Receivers read their sockets, count, and open one packet in a
//! hundred.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use dialtone_protocol::relay::{DownHeader, UpHeader};
use dialtone_protocol::{CallId, ChannelId, DeviceId};
use dialtone_server::{Place, Relay, RelayClient, SrtpReader};

const PACKET: Duration = Duration::from_millis(20);
const IN_CALL: usize = 10;
const TALKING: usize = 4;
const SEALED: usize = 160;
const LOCAL: Ipv4Addr = Ipv4Addr::LOCALHOST;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == "relay") {
        return relay();
    }
    let quick = words.iter().any(|word| word == "--quick");
    measure(quick)
}

/// Reads a call's number, a device's number and an offer from each line, and writes the answer.
fn relay() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let start = Relay::start(Some(SocketAddr::from((LOCAL, 0))))?;
    println!("{}", start.relay.port().context("no port")?);
    // Whom it reaches is of no use here.
    drop(start.rolls);
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let [call, device, offer] = line.split(' ').collect::<Vec<_>>()[..] else {
            bail!("not an offer: {line}");
        };
        let place = Place {
            call: CallId([call.parse::<u8>()?; 16]),
            channel: ChannelId([0; 16]),
            device: DeviceId([device.parse::<u8>()?; 32]),
        };
        let offer = String::from_utf8(BASE64.decode(offer)?)?;
        let answer = runtime.block_on(start.relay.answer(place, offer))?;
        println!("{}", BASE64.encode(answer));
    }
    eprintln!("relay: {:?}", start.relay.counts());
    Ok(())
}

/// The relay's process.
struct Process {
    child: Child,
    offers: ChildStdin,
    answers: BufReader<ChildStdout>,
    port: u16,
}

impl Process {
    fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("relay")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let offers = child.stdin.take().context("no input")?;
        let mut answers = BufReader::new(child.stdout.take().context("no output")?);
        let mut port = String::new();
        answers.read_line(&mut port)?;
        let port = port.trim().parse()?;
        Ok(Self {
            child,
            offers,
            answers,
            port,
        })
    }

    fn connect(&mut self, call: usize, device: usize) -> anyhow::Result<RelayClient> {
        let (mut client, offer) = RelayClient::new()?;
        writeln!(self.offers, "{call} {device} {}", BASE64.encode(offer))?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        let answer = String::from_utf8(BASE64.decode(answer.trim())?)?;
        client.accept(&answer, SocketAddr::from((LOCAL, self.port)))?;
        let patience = Duration::from_secs(20);
        if !client.run_until(patience, |client| client.is_connected())? {
            bail!("a client did not connect");
        }
        client.socket().set_nonblocking(true)?;
        Ok(client)
    }

    /// Processor time so far.
    fn cpu(&self) -> anyhow::Result<Duration> {
        let mut total = Duration::ZERO;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = std::fs::read_to_string(task?.path().join("schedstat"))?;
            let nanos = text.split(' ').next().context("no schedstat")?.parse()?;
            total += Duration::from_nanos(nanos);
        }
        Ok(total)
    }

    fn memory_kb(&self) -> anyhow::Result<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.context("no VmRSS")?.parse()?)
    }
}

struct Listener {
    client: RelayClient,
    reader: SrtpReader,
    talks: bool,
    came: u64,
    wrong: u64,
}

impl Listener {
    /// Reads what has come.
    fn read(&mut self, late: &mut Vec<Duration>, began: Instant) -> anyhow::Result<()> {
        let mut buffer = [0; 2_000];
        while let Ok((length, source)) = self.client.socket().recv_from(&mut buffer) {
            let packet = &buffer[..length];
            // RTP with Opus's payload type; the rest is for the connection.
            if !(packet.first() == Some(&0x80)
                && packet.get(1).is_some_and(|kind| kind & 0x7f == 111))
            {
                self.client.feed(source, packet)?;
                continue;
            }
            self.came += 1;
            let Some(index) = self.reader.index(packet) else {
                self.wrong += 1;
                continue;
            };
            if !self.came.is_multiple_of(100) {
                continue;
            }
            match self
                .reader
                .open(index, packet)
                .as_deref()
                .and_then(DownHeader::read)
            {
                Some((_, sealed)) if sealed.len() == SEALED => late.push(age(sealed, began)),
                _ => self.wrong += 1,
            }
        }
        Ok(())
    }
}

fn stamped(began: Instant) -> [u8; SEALED] {
    let mut sealed = [7; SEALED];
    sealed[..8].copy_from_slice(&(began.elapsed().as_nanos() as u64).to_be_bytes());
    sealed
}

fn age(sealed: &[u8], began: Instant) -> Duration {
    let then = sealed
        .first_chunk()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes));
    began.elapsed().saturating_sub(Duration::from_nanos(then))
}

/// What one run at one load saw.
struct Seen {
    streams: usize,
    us_per_packet: f64,
    streams_per_core: f64,
    loss_percent: f64,
    wrong: u64,
    p99_ms: f64,
    direct_p99_ms: f64,
}

fn measure(quick: bool) -> anyhow::Result<()> {
    let mut process = Process::start()?;
    let empty = process.memory_kb()?;
    let steps: &[usize] = if quick { &[5, 10] } else { &[5, 15, 30] };
    let time = Duration::from_secs(if quick { 6 } else { 15 });
    let mut listeners = Vec::new();
    let mut seen = Vec::new();
    for calls in steps {
        for call in listeners.len() / IN_CALL..*calls {
            for device in 0..IN_CALL {
                let mut client = process.connect(call, device)?;
                let reader = client.reader().context("no keys")?;
                listeners.push(Listener {
                    client,
                    reader,
                    talks: device < TALKING,
                    came: 0,
                    wrong: 0,
                });
                for listener in &mut listeners {
                    listener.client.tick()?;
                }
            }
        }
        let step = run(&process, &mut listeners, time)?;
        println!(
            "{:>5} streams: {:>6.2} us a packet, {:>5.0} streams a core, {:.3} % lost, p99 {:.2} ms (without a relay {:.2} ms), {} wrong",
            step.streams,
            step.us_per_packet,
            step.streams_per_core,
            step.loss_percent,
            step.p99_ms,
            step.direct_p99_ms,
            step.wrong
        );
        seen.push(step);
    }
    let memory = (process.memory_kb()? - empty) / listeners.len() as f64;
    report(&seen, memory)
}

fn report(seen: &[Seen], kb_per_participant: f64) -> anyhow::Result<()> {
    let most = seen.last().context("nothing was measured")?;
    if seen.iter().any(|step| step.wrong > 0) {
        bail!("packets came that the relay did not write");
    }
    let rows: Vec<_> = seen
        .iter()
        .map(|step| {
            serde_json::json!({
                "streams": step.streams,
                "us_per_packet": step.us_per_packet,
                "streams_per_core": step.streams_per_core,
                "p99_added_ms": (step.p99_ms - step.direct_p99_ms).max(0.0),
                "loss_percent": step.loss_percent,
            })
        })
        .collect();
    let line = serde_json::json!({
        "streams_per_core": most.streams_per_core,
        "us_per_packet": most.us_per_packet,
        "p99_added_ms": (most.p99_ms - most.direct_p99_ms).max(0.0),
        "loss_percent": seen.iter().map(|step| step.loss_percent).fold(0.0, f64::max),
        "kb_per_participant": kb_per_participant,
        "rows": rows,
    });
    println!("{line}");
    Ok(())
}

/// Lets all talkers talk for a while.
fn run(process: &Process, listeners: &mut [Listener], time: Duration) -> anyhow::Result<Seen> {
    let began = Instant::now();
    let direct = [UdpSocket::bind((LOCAL, 0))?, UdpSocket::bind((LOCAL, 0))?];
    direct[1].set_nonblocking(true)?;
    let (mut late, mut direct_late) = (Vec::new(), Vec::new());
    for listener in &mut *listeners {
        listener.came = 0;
    }
    let base = next_sequence();
    let cpu = process.cpu()?;
    let packets = time.as_millis() as u64 / PACKET.as_millis() as u64;
    for number in 0..packets {
        let due = began + PACKET * number as u32;
        let sequence = base.wrapping_add(number as u16);
        if number.is_multiple_of(50) {
            for listener in &mut *listeners {
                listener.client.tick()?;
            }
        }
        // Talkers are spread over the packet's time, as voices are.
        let talkers = listeners.len() / IN_CALL * TALKING;
        let (mut sent, mut at) = (0, 0);
        while at < listeners.len() {
            if listeners[at].talks {
                let turn = due + PACKET.mul_f64(sent as f64 / talkers as f64);
                while Instant::now() < turn {
                    read_all(listeners, &mut late, began)?;
                }
                let header = UpHeader {
                    level: 30,
                    sequence,
                    timestamp: u32::from(sequence) * 960,
                    marker: number == 0,
                };
                listeners[at].client.send(header, &stamped(began))?;
                sent += 1;
            }
            at += 1;
        }
        direct[0].send_to(&stamped(began), direct[1].local_addr()?)?;
        read_all(listeners, &mut late, began)?;
        let mut sealed = [0; SEALED];
        while direct[1].recv(&mut sealed).is_ok() {
            direct_late.push(age(&sealed, began));
        }
    }
    let cpu = process.cpu()?.saturating_sub(cpu);
    let until = Instant::now() + Duration::from_millis(300);
    while Instant::now() < until {
        read_all(listeners, &mut late, began)?;
    }
    let calls = listeners.len() / IN_CALL;
    let streams = calls * TALKING * (IN_CALL - 1);
    let expected = streams as u64 * packets;
    let came: u64 = listeners.iter().map(|listener| listener.came).sum();
    let us_per_packet = cpu.as_secs_f64() * 1e6 / came.max(1) as f64;
    Ok(Seen {
        streams,
        us_per_packet,
        streams_per_core: 1e6 / us_per_packet / 50.0,
        loss_percent: expected.saturating_sub(came) as f64 * 100.0 / expected as f64,
        wrong: listeners.iter().map(|listener| listener.wrong).sum(),
        p99_ms: p99(&mut late),
        direct_p99_ms: p99(&mut direct_late),
    })
}

/// Sequence numbers of a run; none is used twice under one key.
fn next_sequence() -> u16 {
    use std::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(1);
    NEXT.fetch_add(2_000, Ordering::Relaxed)
}

fn read_all(
    listeners: &mut [Listener],
    late: &mut Vec<Duration>,
    began: Instant,
) -> anyhow::Result<()> {
    listeners
        .iter_mut()
        .try_for_each(|listener| listener.read(late, began))
}

fn p99(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    let at = times.len() * 99 / 100;
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
