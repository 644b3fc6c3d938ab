//! `dialtone`: opens the window, or runs one of the commands.

mod audio_check;
mod audio_plugins;
mod bench_call;
mod bench_call_100;
mod bench_connect;
mod bench_gui;
mod bench_reconnect;
mod bot;
mod call;
mod cpu;
mod desktop;
mod doctor;
mod invite;
mod meter;
mod mute;
mod profile;
mod ptt;
mod story;
mod voice_flags;
mod window;

use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand};
use dialtone_engine::EngineConfig;
use dialtone_engine::journal;
use dialtone_engine::ptt::Desktop;
use dialtone_engine::voice::AudioChoice;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// What is logged unless `DIALTONE_LOG` says otherwise. The call's libraries warn at each ordinary step of connecting.
const LOG: &str = "warn,rtc=error,webrtc=error,webrtc::peer_connection::driver=off";

/// What the log in the profile keeps unless it says otherwise.
const KEPT: &str = "info,rtc=error,webrtc=error,webrtc::peer_connection::driver=off";

/// Group text and voice that the server cannot read.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    /// A link to open first.
    #[arg(long, value_name = "dialtone://…")]
    link: Option<String>,
    /// The same, as the desktop passes it.
    #[arg(value_name = "LINK", conflicts_with = "link")]
    opened: Option<String>,
    /// Start out of sight: in the tray, or minimised where there is none.
    #[arg(long, alias = "minimised", alias = "minimized")]
    hidden: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args, Clone)]
struct Common {
    /// The profile's folder.
    #[arg(long, value_name = "DIR", global = true)]
    profile: Option<PathBuf>,
    /// Let calls connect between programs on this machine.
    // As variables are set by people: 1, yes, on and true are the same; 0, no, off, false and nothing are not.
    #[arg(long, global = true, env = "DIALTONE_LOOPBACK_CALLS", value_parser = FalseyValueParser::new())]
    loopback_calls: bool,
    #[command(flatten)]
    voice: voice_flags::VoiceFlags,
}

#[derive(Subcommand)]
enum Command {
    /// Print an invite link, made by the window that has this profile open.
    Invite(invite::InviteArguments),
    /// Join a call without a window: play a file to those in it, record what is heard, or both.
    Call(call::CallArguments),
    /// Run without a window, driven by JSON lines.
    Bot(bot::BotArguments),
    /// Press or release the key of push-to-talk or push-to-mute in the client that has this profile open: for shortcuts of any
    /// compositor or desktop.
    Ptt(ptt::PttArguments),
    /// Mute the microphone of your call, or not, in the client that has this profile open: for shortcuts of any desktop.
    Mute(mute::MuteArguments),
    /// Check the way to a server, the sound and push-to-talk: what works, what does not, and what to do.
    Doctor(doctor::DoctorArguments),
    /// Take the profile to another computer, or bring it from one.
    #[command(subcommand)]
    Profile(profile::ProfileCommand),
    /// Let the desktop open dialtone:// links with this program, or no more.
    #[command(subcommand)]
    Desktop(desktop::DesktopCommand),
    /// See what others would hear of you: level, speech, spectrum, each stage of the voice chain; and change the chain. Needs no
    /// account.
    Meter(meter::MeterArguments),
    /// Look after sound.
    #[command(subcommand)]
    Audio(AudioCommand),
    /// The main job, acted out: a server, three clients, messages and a call.
    #[command(hide = true)]
    Story(story::StoryArguments),
    /// Two clients in a call over given devices, for measuring.
    #[command(hide = true)]
    BenchCall(bench_call::BenchCallArguments),
    /// A relayed call of a hundred, for measuring.
    #[command(hide = true, name = "bench-call-100")]
    BenchCall100(bench_call_100::BenchCall100Arguments),
    /// From the click on a call to its first voice, for measuring.
    #[command(hide = true)]
    BenchConnect(bench_connect::BenchConnectArguments),
    /// The window with many stored messages, for measuring.
    #[command(hide = true)]
    BenchGui(bench_gui::BenchGuiArguments),
    /// The window that is measured.
    #[command(hide = true)]
    BenchGuiWindow(bench_gui::BenchGuiWindowArguments),
    /// Two clients in a call through a network with faults, for measuring.
    #[command(hide = true)]
    BenchReconnect(bench_reconnect::BenchReconnectArguments),
    /// Look into one file of plugins, in a process that may die of it.
    #[command(hide = true, name = dialtone_engine::plugins::COMMAND)]
    LookIntoPlugin(audio_plugins::LookArguments),
}

#[derive(Subcommand)]
enum AudioCommand {
    /// Check a recording as the client does a microphone: threshold, levels, and what others would hear.
    Check(audio_check::CheckArguments),
    /// List the CLAP plugins that can be stages of the voice chain, with their parameters.
    Plugins(audio_plugins::PluginsArguments),
}

impl Common {
    /// An engine on this desktop, with these sound devices.
    fn engine(&self, audio: AudioChoice) -> anyhow::Result<EngineConfig> {
        Ok(EngineConfig {
            profile: self.profile()?,
            audio,
            loopback_calls: self.loopback_calls,
            overrides: self.voice.overrides()?,
            desktop: Desktop::of_this_process(),
            ..EngineConfig::default()
        })
    }

    fn profile(&self) -> anyhow::Result<PathBuf> {
        let default = dialtone_engine::profile::default_folder;
        let folder = self.profile.clone().or_else(default);
        folder.context("this system names no folder for programs' data; name one with --profile")
    }
}

/// What is logged goes to standard error, and, once a profile is open, into its log, which keeps a little more by itself.
fn write_log() {
    let filter = |default: &str| {
        EnvFilter::try_from_env("DIALTONE_LOG").unwrap_or_else(|_| EnvFilter::new(default))
    };
    let seen = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_filter(filter(LOG));
    let kept = tracing_subscriber::fmt::layer()
        .with_writer(journal::writer)
        .with_ansi(false)
        .with_filter(filter(KEPT));
    tracing_subscriber::registry().with(seen).with(kept).init();
    journal::catch_panics();
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    write_log();
    // One provider for everything; a second one cannot be there yet.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let common = arguments.common;
    let _plugins = audio_plugins::LetGo;
    match arguments.command {
        None => {
            let link = arguments.link.or(arguments.opened);
            window::run(&common, link, arguments.hidden)
        }
        Some(Command::Desktop(command)) => desktop::run(&common, &command),
        Some(Command::Invite(arguments)) => invite::run(&common, &arguments),
        Some(Command::Ptt(arguments)) => ptt::run(&common, &arguments),
        Some(Command::Mute(arguments)) => mute::run(&common, &arguments),
        Some(Command::Call(arguments)) => call::run(&common, &arguments),
        Some(Command::Profile(command)) => profile::run(&common, &command),
        Some(Command::Meter(arguments)) => meter::run(&common, &arguments),
        Some(Command::Doctor(arguments)) => doctor::run(&common, &arguments),
        Some(Command::Bot(arguments)) => bot::run(&common, &arguments),
        Some(Command::Audio(AudioCommand::Check(arguments))) => audio_check::run(&arguments),
        Some(Command::Audio(AudioCommand::Plugins(arguments))) => audio_plugins::run(&arguments),
        Some(Command::LookIntoPlugin(arguments)) => audio_plugins::look(&arguments),
        Some(Command::Story(arguments)) => story::run(&arguments),
        Some(Command::BenchCall(arguments)) => bench_call::run(&arguments),
        Some(Command::BenchCall100(arguments)) => bench_call_100::run(&arguments),
        Some(Command::BenchConnect(arguments)) => bench_connect::run(&arguments),
        Some(Command::BenchGui(arguments)) => bench_gui::run(&arguments),
        Some(Command::BenchGuiWindow(arguments)) => bench_gui::run_window(&common, &arguments),
        Some(Command::BenchReconnect(arguments)) => bench_reconnect::run(&arguments),
    }
}
