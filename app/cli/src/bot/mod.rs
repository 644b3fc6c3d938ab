//! `dialtone bot`: the client without a window, driven by JSON lines.
//!
//! ```text
//! standard input: one order a line -> Command;   Snapshot, Event -> one report a line: standard output
//! ```
//!
//! Passwords come by standard input, never by arguments. It ends when standard input ends.

mod orders;
mod reports;

use std::io::BufRead as _;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use clap::Args;
use dialtone_engine::voice::{AudioChoice, FileCue};
use dialtone_engine::{Command, Engine, Event};

pub(crate) use orders::Order;
pub(crate) use reports::{Report, SoundStats, StateReport};

use crate::Common;

#[derive(Args)]
pub(crate) struct BotArguments {
    /// A WAV file (48 kHz) to speak in calls.
    #[arg(long)]
    speak: Option<PathBuf>,
    /// Speak it when ordered to, not at once.
    #[arg(long, requires = "speak")]
    on_order: bool,
    /// A WAV file to write what is heard in calls into.
    #[arg(long)]
    hear: Option<PathBuf>,
    /// Use the system's sound devices.
    #[arg(long, conflicts_with_all = ["speak", "hear"])]
    devices: bool,
}

/// What wakes the bot.
enum Wake {
    Order(String),
    Event(Event),
    InputEnded,
}

const WAKES: usize = 1024;
/// Levels change without an event; looked at this often.
const LOOK: Duration = Duration::from_millis(50);

/// Runs until standard input ends.
pub(crate) fn run(common: &Common, arguments: &BotArguments) -> anyhow::Result<()> {
    let cue = arguments.on_order.then(FileCue::default);
    let audio = if arguments.devices {
        AudioChoice::System
    } else if arguments.speak.is_some() || arguments.hear.is_some() {
        AudioChoice::Files {
            speak: arguments.speak.clone(),
            hear: arguments.hear.clone(),
            repeat: false,
            cue: cue.clone(),
        }
    } else {
        AudioChoice::Null
    };
    let engine = Engine::spawn(common.engine(audio)?)?;
    let wakes = listen(&engine);
    let mut reporter = reports::Reporter::default();
    loop {
        match wakes.recv_timeout(LOOK) {
            Ok(Wake::Order(line)) => obey(&engine, cue.as_ref(), &line),
            Ok(Wake::Event(event)) => reports::happened(&event),
            Ok(Wake::InputEnded) | Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        reporter.snapshot(&engine.handle.snapshot());
    }
    let _ = engine.handle.send(Command::Shutdown);
    engine.join();
    Ok(())
}

fn obey(engine: &Engine, cue: Option<&FileCue>, line: &str) {
    let snapshot = engine.handle.snapshot();
    let order: Result<Order, _> = serde_json::from_str(line);
    let commands = match (order, cue) {
        (Ok(Order::Speak), Some(cue)) => {
            cue.give();
            Ok(Vec::new())
        }
        (Ok(Order::Speak), None) => Err("nothing is kept to be spoken on order".to_owned()),
        (Ok(order), _) => order.commands(&snapshot),
        (Err(error), _) => Err(error.to_string()),
    };
    match commands {
        Ok(commands) => {
            for command in commands {
                if let Err(error) = engine.handle.send(command) {
                    reports::say(&Report::Error {
                        message: error.to_string(),
                    });
                }
            }
        }
        Err(message) => reports::say(&Report::Error { message }),
    }
}

/// Two threads that bring what wakes the bot.
fn listen(engine: &Engine) -> mpsc::Receiver<Wake> {
    let (sender, receiver) = mpsc::sync_channel(WAKES);
    let orders = sender.clone();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            if orders.send(Wake::Order(line)).is_err() {
                return;
            }
        }
        let _ = orders.send(Wake::InputEnded);
    });
    let mut events = engine.handle.events();
    std::thread::spawn(move || {
        use tokio::sync::broadcast::error::RecvError;
        loop {
            let event = match events.blocking_recv() {
                Ok(event) => event,
                Err(RecvError::Lagged(_)) => Event::Changed,
                Err(RecvError::Closed) => return,
            };
            if sender.send(Wake::Event(event)).is_err() {
                return;
            }
        }
    });
    receiver
}
