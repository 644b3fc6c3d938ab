//! The bundle for whoever looks for a mistake: made when it is asked for, looked at, and written where one says.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Core;
use super::invitation::JobDone;
use crate::command::DiagnosticsCommand;
use crate::disk::private_file;
use crate::doctor::{Finding, Plan, examine};
use crate::files::free_name;
use crate::journal::{self, Known};
use crate::ptt::Desktop;
use crate::session::downloads;
use crate::snapshot::Diagnostics;
use crate::voice::AudioChoice;

/// What the checks need to know of how this engine was started.
pub(super) struct Seat {
    pub(super) audio: AudioChoice,
    pub(super) desktop: Desktop,
    pub(super) loopback: bool,
}

/// The name of the file that is written.
const NAME: &str = "dialtone-diagnostics.txt";

impl Core {
    /// Makes the bundle, writes it, or forgets it.
    pub(super) fn diagnose(&mut self, wish: DiagnosticsCommand) {
        match wish {
            DiagnosticsCommand::Make => self.make_bundle(),
            DiagnosticsCommand::Save(to) => self.save_bundle(to),
            DiagnosticsCommand::Forget => self.diagnostics = None,
        }
    }

    fn make_bundle(&mut self) {
        let (profile, snapshot) = (self.profile.folder(), self.snapshot());
        self.diagnostics = Some(Arc::new(Diagnostics {
            bundle: journal::make(profile, &snapshot, &self.kept),
            checking: true,
            folder: downloads().ok(),
            saved: None,
        }));
        let plan = Plan {
            target: None,
            profile: Some(profile.to_owned()),
            settings: self.settings.clone(),
            loopback_calls: self.seat.loopback,
            audio: self.seat.audio.clone(),
            desktop: self.seat.desktop,
        };
        self.block(move || {
            let mut findings = Vec::new();
            examine(&plan, &mut |finding| findings.push(finding));
            JobDone::Examined(findings)
        });
    }

    /// The checks are over.
    pub(super) fn examined(&mut self, findings: &[Finding]) {
        let known = Known::of(&self.snapshot());
        if let Some(view) = &mut self.diagnostics {
            let view = Arc::make_mut(view);
            view.bundle.with_findings(findings, &known);
            view.checking = false;
        }
    }

    fn save_bundle(&mut self, to: Option<PathBuf>) {
        let Some(view) = &self.diagnostics else {
            return;
        };
        let text = view.bundle.text();
        self.block(move || JobDone::BundleSaved(write(to, &text)));
    }

    /// It was written, or not: why.
    pub(super) fn bundle_saved(&mut self, result: Result<PathBuf, String>) {
        if let Some(view) = &mut self.diagnostics {
            Arc::make_mut(view).saved = Some(result);
        }
    }
}

/// Writes it into this folder, under a name that nothing has there.
fn write(to: Option<PathBuf>, text: &str) -> Result<PathBuf, String> {
    let folder = to.map_or_else(downloads, Ok);
    let path = folder.and_then(|folder| free_name(&folder, NAME));
    let path = path.map_err(|error| error.to_string())?;
    write_new(&path, text).map_err(|error| error.to_string())?;
    Ok(path)
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = private_file().write(true).truncate(true).open(path)?;
    file.write_all(text.as_bytes())
}
