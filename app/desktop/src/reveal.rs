//! Shows a file in the system's own window for files.
//!
//! ```text
//! Linux    org.freedesktop.FileManager1, else xdg-open for its folder
//! macOS    open -R
//! Windows  explorer /select
//! ```

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Bus;

/// Shows where `file` is, and answers at once: it is asked for on a thread of its own. What fails is a line in the log.
pub fn show_file(bus: Bus, file: PathBuf) {
    let shown = std::thread::Builder::new()
        .name("dialtone-show-file".to_owned())
        .spawn(move || {
            if let Err(fault) = shown(&bus, &file) {
                tracing::warn!("a folder could not be shown: {fault}");
            }
        });
    if let Err(error) = shown {
        tracing::warn!("a folder could not be shown: {error}");
    }
}

#[cfg(target_os = "linux")]
fn shown(bus: &Bus, file: &Path) -> Result<(), String> {
    const MANAGER: crate::bus::Peer = crate::bus::Peer {
        service: "org.freedesktop.FileManager1",
        path: "/org/freedesktop/FileManager1",
        interface: "org.freedesktop.FileManager1",
    };
    let ask = async {
        let connection = crate::bus::connect(bus).await?;
        let asked = (vec![uri(file)], "");
        let asked = crate::bus::call(&connection, MANAGER, "ShowItems", &asked);
        asked.await.map_err(String::from)
    };
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let Err(fault) = runtime.block_on(ask) else {
        return Ok(());
    };
    tracing::debug!("no file manager on the bus: {fault}");
    let folder = file.parent().unwrap_or(file);
    run(Command::new("xdg-open").arg(folder))
}

#[cfg(target_os = "macos")]
fn shown(_: &Bus, file: &Path) -> Result<(), String> {
    run(Command::new("open").arg("-R").arg(file))
}

#[cfg(target_os = "windows")]
fn shown(_: &Bus, file: &Path) -> Result<(), String> {
    let mut select = std::ffi::OsString::from("/select,");
    select.push(file);
    // It says that it failed even where it did not.
    let _ = run(Command::new("explorer").arg(select));
    Ok(())
}

fn run(command: &mut Command) -> Result<(), String> {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null());
    let status = quiet.stderr(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// A path as an address (RFC 8089): whatever is not plain is written as its bytes.
#[cfg(target_os = "linux")]
fn uri(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;

    let mut address = "file://".to_owned();
    for byte in path.as_os_str().as_bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"/-._~".contains(byte);
        if plain {
            address.push(char::from(*byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_an_address_whatever_is_in_it() {
        let address = |path: &str| uri(Path::new(path));
        assert_eq!(address("/srv/a/x-1_2.txt"), "file:///srv/a/x-1_2.txt");
        assert_eq!(
            address("/a b/ü%?#.txt"),
            "file:///a%20b/%C3%BC%25%3F%23.txt"
        );
    }
}
