//! `dialtone profile export|import`: a profile goes to another computer, in one file under a passphrase.

use std::io::{IsTerminal as _, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use dialtone_engine::moving::{self, MoveError, Work};
use dialtone_engine::profile::Profile;

use crate::Common;
use crate::call::password;

#[derive(Subcommand)]
pub(crate) enum ProfileCommand {
    /// Write the profile into a file, and close it here: the device moves, it is not copied. The file's passphrase is read from standard input.
    Export(ExportArguments),
    /// Bring a profile from such a file. Its passphrase is read from standard input.
    Import(ImportArguments),
    /// Use a profile here again whose file was not opened anywhere: delete the file first.
    Keep,
}

#[derive(Args)]
pub(crate) struct ExportArguments {
    /// The file to write; there must be none of that name.
    #[arg(value_name = "FILE")]
    to: PathBuf,
    /// Leave sent and received files behind: they are fetched from the server again, those that wait to be sent are not.
    #[arg(long)]
    without_files: bool,
}

#[derive(Args)]
pub(crate) struct ImportArguments {
    /// The file.
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// Delete the profile that is here.
    #[arg(long)]
    replace: bool,
}

/// Does it.
pub(crate) fn run(common: &Common, command: &ProfileCommand) -> anyhow::Result<()> {
    let folder = common.profile()?;
    let profile = Profile::open(&folder)?;
    match command {
        ProfileCommand::Export(arguments) => {
            let to = &arguments.to;
            anyhow::ensure!(!to.exists(), "{} is there already", to.display());
            let passphrase = password::read()?;
            let with_files = !arguments.without_files;
            let work = Work::Standard;
            let done = moving::export(&profile, to, &passphrase, with_files, work, &mut tell);
            end_line();
            let done = done?;
            println!(
                "{} files, {} bytes are in {}. This profile is closed now; `dialtone profile keep` opens it again where the file was not used.",
                done.files,
                done.bytes,
                to.display()
            );
        }
        ProfileCommand::Import(arguments) => {
            // Before anybody is asked for a passphrase in vain.
            if profile.keystore().exists() && !arguments.replace {
                return Err(MoveError::Occupied)
                    .context("nothing was changed; --replace deletes them");
            }
            let passphrase = password::read()?;
            let (from, replace) = (&arguments.from, arguments.replace);
            let done = moving::import(&profile, from, &passphrase, replace, &mut tell);
            end_line();
            done?;
            println!(
                "The profile is in {}; its password is the one that it had.",
                folder.display()
            );
        }
        ProfileCommand::Keep => {
            anyhow::ensure!(profile.is_moved(), "this profile was not moved");
            profile.unmark_moved().context("it stays closed")?;
            println!("The profile opens here again. Do not use the file.");
        }
    }
    Ok(())
}

/// At a terminal it is said how far it has come.
fn tell(done: u64, total: u64) -> ControlFlow<()> {
    let mut out = std::io::stderr();
    if out.is_terminal() && total > 0 {
        let percent = done.saturating_mul(100) / total;
        // A terminal that is gone stops nothing.
        let _ = write!(out, "\r{percent:3} %");
        let _ = out.flush();
    }
    ControlFlow::Continue(())
}

fn end_line() {
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
}
