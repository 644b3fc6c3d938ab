//! What somebody else may read or change is told with what mends it, or stops the start.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use dialtone_server::SECRET_FILES;

use crate::common::{Process, program};

struct House {
    _outer: tempfile::TempDir,
    data: PathBuf,
    log: PathBuf,
}

impl House {
    /// Where a server has made its keys.
    fn new() -> Self {
        let outer = tempfile::TempDir::new().unwrap();
        let house = Self {
            data: outer.path().join("data"),
            log: outer.path().join("log"),
            _outer: outer,
        };
        assert_eq!(house.start(&[]), "");
        house
    }

    fn set(&self, name: &str, mode: u32) -> PathBuf {
        let path = self.data.join(name);
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = program(&self.data, "");
        // What runs the tests has variables of its own, which are told, too.
        command.env_clear().env("DIALTONE_LOG", "warn");
        command
            .args(more)
            .stderr(fs::File::create(&self.log).unwrap());
        command
    }

    /// What it warns of at its start.
    fn start(&self, more: &[&str]) -> String {
        drop(Process::run(self.command(more)));
        fs::read_to_string(&self.log).unwrap()
    }

    /// Why it does not start.
    fn refused(&self) -> String {
        let status = self.command(&[]).status().unwrap();
        assert!(!status.success());
        fs::read_to_string(&self.log).unwrap()
    }
}

fn remedy(change: &str, path: &Path) -> String {
    format!("chmod {change} {}", path.display())
}

#[test]
fn a_key_of_its_own_that_everybody_reads_or_changes_stops_the_start() {
    let house = House::new();
    for name in SECRET_FILES.into_iter().chain(["tls-key.pem"]) {
        for mode in [0o604, 0o602] {
            let path = house.set(name, mode);
            let words = house.refused();
            assert!(words.contains(&remedy("600", &path)), "{words}");
        }
        let path = house.set(name, 0o640);
        let told = house.start(&[]);
        assert!(told.contains(&remedy("600", &path)), "{told}");
        house.set(name, 0o600);
    }
    assert_eq!(house.start(&[]), "");
}

#[test]
fn a_folder_that_others_enter_is_told() {
    let house = House::new();
    house.set("", 0o755);
    let told = house.start(&[]);
    assert!(told.contains(&remedy("700", &house.data)), "{told}");
}

#[test]
fn settings_with_a_secret_that_others_read_are_told_and_others_not() {
    let house = House::new();
    let file = house.data.join("server.toml");
    fs::write(&file, "admin-token = \"0123456789abcdef\"\n").unwrap();
    house.set("server.toml", 0o644);
    let told = house.start(&[]);
    assert!(told.contains(&remedy("600", &file)), "{told}");
    house.set("server.toml", 0o600);
    assert_eq!(house.start(&[]), "");
    fs::write(&file, "max-connections = 100\n").unwrap();
    house.set("server.toml", 0o644);
    assert_eq!(house.start(&[]), "");
    house.set("server.toml", 0o666);
    let told = house.start(&[]);
    assert!(told.contains(&remedy("600", &file)), "{told}");
}

#[test]
fn a_given_key_that_everybody_reads_is_told_and_one_of_a_group_is_not() {
    let house = House::new();
    let made = rcgen::generate_simple_self_signed(vec!["chat.example.org".to_owned()]).unwrap();
    let place = |name: &str| house.data.with_file_name(name);
    let (cert, key) = (place("cert.pem"), place("key.pem"));
    fs::write(&cert, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let paths = [&cert, &key].map(|path| path.display().to_string());
    let flags = ["--tls-cert", &paths[0], "--tls-key", &paths[1]];
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let told = house.start(&flags);
    assert!(told.contains(&remedy("g-w,o-rwx", &key)), "{told}");
    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    assert_eq!(house.start(&flags), "");
}
