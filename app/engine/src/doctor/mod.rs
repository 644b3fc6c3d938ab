//! What works here and what does not, one check after the other, and what is to be done about it.
//!
//! ```text
//! target    a host or a link: where, and against which pin
//! known     which servers the profile knows: asked of the client that has it open
//! network   name, TCP        server  TLS, pin, answer
//! udp       the relay's port turn    a login at each TURN server
//! sound     microphone, speaker      key  what hears push-to-talk
//! bounded   no check takes longer than its limit
//! finding   what each of them says
//! ```
//!
//! A check that needs what an earlier one did not find is left out; all others go on.

mod bounded;
mod finding;
mod key;
mod known;
mod network;
mod server;
mod sound;
mod stun;
mod target;
mod turn;
mod udp;

use std::path::PathBuf;

use dialtone_audio::Backend;
use dialtone_protocol::PublicKey;

use known::Known;

pub(crate) use server::printable;

pub use finding::{Finding, Outcome, Subject};
pub use target::{Target, TargetError};

use crate::ptt::Desktop;
use crate::settings::Settings;
use crate::voice::AudioChoice;

/// What is examined.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server; without one the network is not checked.
    pub target: Option<Target>,
    /// The profile, whose client is asked for what it knows of servers; without one nothing is.
    pub profile: Option<PathBuf>,
    /// Whose TURN servers, devices and key are looked at.
    pub settings: Settings,
    /// A server may name TURN servers on this machine.
    pub loopback_calls: bool,
    /// The sound devices.
    pub audio: AudioChoice,
    /// What shows windows here.
    pub desktop: Desktop,
}

/// Makes every check, and tells each finding as soon as it is there. Blocks, for a minute at most. `true` if nothing fails.
pub fn examine(plan: &Plan, tell: &mut dyn FnMut(Finding)) -> bool {
    let mut all_well = true;
    let mut note = |finding: Finding| {
        all_well &= finding.outcome != Outcome::Bad;
        tell(finding);
    };
    let known = Known::to(plan.profile.as_deref());
    if let Some(target) = &plan.target {
        examine_server(target, known.key_of(target), &mut note);
    } else {
        let words = "No server was named; give its host, or an invite link.";
        note(Finding::skipped(Subject::Name, words));
    }
    note(turn::check(plan, &known));
    let audio = &plan.settings.audio;
    let backend = || -> Box<dyn Backend> { plan.audio.backend() };
    note(sound::microphone(backend(), audio.input_device.clone()));
    note(sound::speaker(backend(), audio.output_device.clone()));
    note(key::check(audio, plan.desktop));
    all_well
}

fn examine_server(target: &Target, stored: Option<PublicKey>, note: &mut dyn FnMut(Finding)) {
    let (finding, addresses) = network::resolve(target);
    note(finding);
    if addresses.is_empty() {
        for subject in [
            Subject::Tcp,
            Subject::Tls,
            Subject::Pin,
            Subject::Server,
            Subject::Udp,
        ] {
            note(Finding::skipped(
                subject,
                "The server's address is not known.",
            ));
        }
        return;
    }
    let (finding, is_open) = network::connect(&addresses);
    note(finding);
    let mut relay_port = None;
    if is_open {
        let met = server::meet(target, stored);
        met.findings.into_iter().for_each(&mut *note);
        relay_port = met.relay_port;
    } else {
        for subject in [Subject::Tls, Subject::Pin, Subject::Server] {
            note(Finding::skipped(subject, "There is no TCP connection."));
        }
    }
    note(udp::check(&addresses, target.port(), relay_port));
}
