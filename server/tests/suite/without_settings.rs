//! The program without a single setting: no argument, and nothing in the environment but HOME and PATH.

use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::Process;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dialtone-server");
/// Where it listens then, over TCP and over UDP.
const ADDRESS: &str = "0.0.0.0:7440";
const APART: [&str; 3] = ["--user", "--map-root-user", "--net"];

/// Where this test runs the program: the port may be somebody else's on the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Network {
    /// One that only the program is in.
    Apart,
    /// The machine's, where the port is free.
    Machine,
    /// The machine's, where the port is in use: the program comes as far as that.
    Taken,
}

impl Network {
    fn choose() -> Self {
        let mut apart = Command::new("unshare");
        apart.args(APART).args(["ip", "link", "set", "lo", "up"]);
        let apart = apart.stderr(Stdio::null()).status();
        if apart.is_ok_and(|status| status.success()) {
            return Self::Apart;
        }
        if TcpListener::bind(ADDRESS).is_ok() && UdpSocket::bind(ADDRESS).is_ok() {
            return Self::Machine;
        }
        println!("port 7440 is in use, and this machine gives no network apart");
        Self::Taken
    }

    fn program(self) -> Command {
        if self != Self::Apart {
            return Command::new(PROGRAM);
        }
        let mut command = Command::new("unshare");
        command.args(APART);
        command.args(["sh", "-c", "ip link set lo up && exec \"$0\"", PROGRAM]);
        command
    }

    /// One more process where that one runs.
    fn beside(self, process: &Process) -> Command {
        if self != Self::Apart {
            return Command::new(PROGRAM);
        }
        let mut command = Command::new("nsenter");
        command
            .args(["--user", "--net", "--preserve-credentials", "--target"])
            .arg(process.id().to_string())
            .arg(PROGRAM);
        command
    }
}

fn bare(mut command: Command, home: &Path) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("HOME", home).env("PATH", path);
    command
}

#[test]
fn without_any_setting_it_serves_at_the_usual_port_and_is_founded_by_its_link() {
    let home = tempfile::TempDir::new().unwrap();
    let network = Network::choose();
    let mut command = bare(network.program(), home.path());
    if network == Network::Taken {
        let output = command.output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        let refused = format!("cannot listen at {ADDRESS}");
        assert!(words.contains(&refused), "{words}");
        return;
    }
    let log = home.path().join("log");
    command.stderr(std::fs::File::create(&log).unwrap());
    let mut process = Process::run(command);
    assert_eq!(process.api.address.to_string(), ADDRESS);
    let link = process.founding.clone().unwrap();
    assert_eq!(link.server, "localhost:7440");
    let healthy = bare(network.beside(&process), home.path())
        .arg("healthy")
        .output()
        .unwrap();
    assert!(healthy.status.success(), "{healthy:?}");
    process.terminate();
    assert!(process.wait().success());
    let folder = home.path().join(".local/share/dialtone-server");
    for name in ["identity-key", "tls-key.pem", "dialtone.db"] {
        assert!(folder.join(name).is_file(), "{name}");
    }
    // Who sets nothing has nothing to mend.
    let log = std::fs::read_to_string(log).unwrap();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}
