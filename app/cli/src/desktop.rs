//! `dialtone desktop`: registers the program with the desktop for `dialtone://` links, or takes that back.

use anyhow::Context as _;
use clap::Subcommand;
use dialtone_desktop::Places;

use crate::Common;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum DesktopCommand {
    /// Open dialtone:// links with this program.
    Install,
    /// Do not any more.
    Uninstall,
}

/// Does it.
pub(crate) fn run(common: &Common, command: &DesktopCommand) -> anyhow::Result<()> {
    let places = Places::of_this_user(crate::window::profile_named(common));
    let places = places.context("on this system, links cannot be registered yet")?;
    match command {
        DesktopCommand::Install => {
            dialtone_desktop::install_links(&places)?;
            println!(
                "dialtone:// links are opened with {}",
                places.program.display()
            );
        }
        DesktopCommand::Uninstall => {
            dialtone_desktop::uninstall_links(&places)?;
            println!("dialtone:// links are not opened with this program any more");
        }
    }
    Ok(())
}
