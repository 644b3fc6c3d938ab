//! One client of a story: `dialtone bot` as a process of its own, with a profile of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::stop;
use crate::bot::{Order, Report, StateReport};

const PATIENCE: Duration = Duration::from_mins(1);
/// A signal to end is looked for this often.
const LOOK: Duration = Duration::from_millis(200);

/// A client.
pub(crate) struct Actor {
    pub(crate) name: String,
    child: Child,
    orders: Option<ChildStdin>,
    reports: mpsc::Receiver<Report>,
    /// The last state.
    pub(crate) state: StateReport,
    /// Every message, as (from, text).
    pub(crate) messages: Vec<(String, String)>,
    invites: Vec<String>,
    /// What it was told, such as why something was not done.
    notices: Vec<String>,
    transcript: Option<File>,
}

/// What an actor sounds like.
pub(crate) enum Voice<'a> {
    /// Speaks one file and writes what it hears into another.
    Files {
        speak: Option<&'a Path>,
        hear: PathBuf,
    },
    /// The same, but it speaks only once it is ordered to.
    Ordered { speak: &'a Path, hear: PathBuf },
    /// The system's devices.
    Devices,
}

impl Actor {
    /// Starts a client.
    pub(crate) fn start(name: &str, folder: &Path, voice: &Voice<'_>) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("this program's own file is not known")?;
        let profile = folder.join(name);
        let log = File::create(folder.join(format!("{name}.log")))?;
        let mut command = Command::new(program);
        command
            .args(["bot", "--loopback-calls", "--profile"])
            .arg(profile);
        match voice {
            Voice::Files { speak, hear } => {
                command.arg("--hear").arg(hear);
                if let Some(speak) = speak {
                    command.arg("--speak").arg(speak);
                }
            }
            Voice::Ordered { speak, hear } => {
                command.arg("--on-order");
                command.arg("--hear").arg(hear).arg("--speak").arg(speak);
            }
            Voice::Devices => {
                command.arg("--devices");
            }
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("a client cannot be started")?;
        let out = child
            .stdout
            .take()
            .context("a client's output cannot be read")?;
        let (sender, reports) = mpsc::sync_channel(4096);
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let Ok(report) = serde_json::from_str(&line) else {
                    continue;
                };
                if sender.send(report).is_err() {
                    return;
                }
            }
        });
        let orders = child.stdin.take();
        Ok(Self {
            name: name.into(),
            child,
            orders,
            reports,
            state: StateReport::default(),
            messages: Vec::new(),
            invites: Vec::new(),
            notices: Vec::new(),
            transcript: None,
        })
    }

    /// Writes what it reads to the end of that file from now on, at once: it is there whatever happens later.
    pub(crate) fn keep_transcript(&mut self, path: &Path) -> anyhow::Result<()> {
        let file = File::options().create(true).append(true).open(path);
        self.transcript = Some(file.context("the transcript cannot be written")?);
        Ok(())
    }

    /// Gives an order.
    pub(crate) fn order(&mut self, order: &Order) -> anyhow::Result<()> {
        let mut line = serde_json::to_string(order)?;
        line.push('\n');
        let orders = self.orders.as_mut().context("the client has ended")?;
        orders
            .write_all(line.as_bytes())
            .with_context(|| format!("{} has ended", self.name))
    }

    /// Waits until something is true of it; how long that took.
    pub(crate) fn wait(
        &mut self,
        what: &str,
        mut is_true: impl FnMut(&Self) -> bool,
    ) -> anyhow::Result<Duration> {
        let began = Instant::now();
        while !is_true(self) {
            stop::check()?;
            let left = PATIENCE.checked_sub(began.elapsed()).with_context(|| {
                format!(
                    "{} waited in vain until {what}; its state: {:?}",
                    self.name, self.state
                )
            })?;
            match self.reports.recv_timeout(left.min(LOOK)) {
                Ok(report) => self.take(report)?,
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    anyhow::bail!("{} ended while it waited until {what}", self.name);
                }
            }
        }
        Ok(began.elapsed())
    }

    /// Takes in what was reported meanwhile.
    pub(crate) fn catch_up(&mut self) -> anyhow::Result<()> {
        stop::check()?;
        while let Ok(report) = self.reports.try_recv() {
            self.take(report)?;
        }
        Ok(())
    }

    fn take(&mut self, report: Report) -> anyhow::Result<()> {
        match report {
            Report::State(state) => {
                if let Some(alarm) = &state.alarm {
                    anyhow::bail!("{}: {alarm}", self.name);
                }
                self.state = *state;
            }
            Report::Message {
                channel,
                from,
                text,
                sequence,
                ..
            } => {
                if let Some(file) = &mut self.transcript {
                    let name = &self.name;
                    writeln!(
                        file,
                        "{name} reads in {channel}, {sequence}: {from}: {text}"
                    )?;
                }
                self.messages.push((from, text));
            }
            Report::Marks(_) => {}
            Report::Invite { link } => self.invites.push(link),
            Report::Notice { text } => {
                println!("  {} is told: {text}", self.name);
                self.notices.push(text);
            }
            Report::Error { message } => anyhow::bail!("{}: {message}", self.name),
        }
        Ok(())
    }

    /// Joins by a link; how long that took.
    pub(crate) fn join(&mut self, link: &str, community: Option<&str>) -> anyhow::Result<Duration> {
        let began = Instant::now();
        self.order(&Order::Inspect { link: link.into() })?;
        self.wait("the link is checked", |me| {
            me.state
                .link
                .as_deref()
                .is_some_and(|link| link != "checking")
        })?;
        anyhow::ensure!(
            self.state.link.as_deref() == Some("genuine"),
            "{:?}",
            self.state.link
        );
        self.order(&Order::Join {
            username: self.name.clone(),
            password: format!("{} keeps this secret", self.name),
            community: community.map(Into::into),
        })?;
        let failed = |me: &Self| {
            me.state
                .join
                .clone()
                .filter(|join| join.starts_with("failed"))
        };
        self.wait("it is online", |me| {
            me.state.connection == "online" || failed(me).is_some()
        })?;
        if let Some(reason) = failed(self) {
            anyhow::bail!("{} cannot join: {reason}", self.name);
        }
        Ok(began.elapsed())
    }

    /// Makes an invite.
    pub(crate) fn invite(&mut self, uses: u32) -> anyhow::Result<String> {
        self.order(&Order::Invite { uses })?;
        self.wait("an invite is made", |me| !me.invites.is_empty())?;
        self.invites.pop().context("no invite")
    }

    /// Asks for an invite that it must not get; what it is told instead.
    pub(crate) fn invite_in_vain(&mut self) -> anyhow::Result<String> {
        const REFUSED: &str = "No invite link was made";
        self.order(&Order::Invite { uses: 1 })?;
        let refusal = |me: &Self| {
            let mut notices = me.notices.iter();
            notices.find(|text| text.starts_with(REFUSED)).cloned()
        };
        self.wait("its invite is refused", |me| {
            refusal(me).is_some() || !me.invites.is_empty()
        })?;
        anyhow::ensure!(
            self.invites.is_empty(),
            "{} could invite without being allowed to",
            self.name
        );
        refusal(self).context("no refusal")
    }

    /// Whether it knows a channel of that name.
    pub(crate) fn knows_channel(&self, name: &str) -> bool {
        self.state
            .channels
            .iter()
            .any(|channel| channel.name == name)
    }

    /// Whether it has read that text of that person.
    pub(crate) fn has_read(&self, from: &str, text: &str) -> bool {
        self.messages
            .iter()
            .any(|(who, what)| who == from && what == text)
    }

    /// Whether media flows between it and all of these.
    pub(crate) fn is_connected_to(&self, names: &[&str]) -> bool {
        let call = self.state.call.as_ref();
        call.is_some_and(|call| {
            names
                .iter()
                .all(|name| call.connected.iter().any(|c| c == name))
        })
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends its process a signal, by name: to stop it as sleep does, and to let it go on.
    pub(crate) fn signal(&self, name: &str) -> anyhow::Result<()> {
        let process = self.child.id().to_string();
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(process)
            .status()
            .context("there is no program `kill`")?;
        anyhow::ensure!(sent.success(), "{} got no signal {name}", self.name);
        Ok(())
    }

    /// Ends it, and waits until it has written everything down; a minute at most, then it is killed.
    pub(crate) fn end(mut self) -> anyhow::Result<()> {
        self.orders = None;
        let until = Instant::now() + PATIENCE;
        // Its output closes when it ends; what it still says is of no interest.
        loop {
            stop::check()?;
            match self.reports.recv_timeout(LOOK) {
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                _ => anyhow::ensure!(Instant::now() < until, "{} does not end", self.name),
            }
        }
        while Instant::now() < until {
            if let Some(ended) = self.child.try_wait().context("a client is lost")? {
                anyhow::ensure!(ended.success(), "{} ended badly: {ended}", self.name);
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        anyhow::bail!("{} does not end", self.name)
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        // Of one that has ended already nothing is left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
