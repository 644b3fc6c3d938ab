//! The real program, in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use dialtone_protocol::link::Link;

use super::Api;

pub(crate) struct Process {
    child: Child,
    pub(crate) api: Api,
    pub(crate) founding: Option<Link>,
}

/// The program with its data in `folder`; an empty `database` is the embedded one.
pub(crate) fn program(folder: &Path, database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dialtone-server"));
    command
        .args(["--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder)
        .env("DIALTONE_DB_URL", database)
        .stderr(Stdio::null());
    command
}

impl Process {
    /// Without TLS.
    pub(crate) fn start(folder: &Path, database: &str) -> Self {
        let mut command = program(folder, database);
        command.args(["--tls", "none"]);
        Self::run(command)
    }

    pub(crate) fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = child.stdout.take().unwrap();
        let mut process = Self {
            child,
            api: Api {
                address: "127.0.0.1:0".parse().unwrap(),
                token: None,
                tls_key: None,
            },
            founding: None,
        };
        for line in BufReader::new(output).lines() {
            let line = line.unwrap();
            if line.starts_with("dialtone://") {
                process.founding = Some(line.parse().unwrap());
            }
            if let Some(address) = line.strip_prefix("Listening at ") {
                process.api.address = address.parse().unwrap();
                return process;
            }
        }
        panic!("the server ended before it listened");
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: it gets no chance to finish anything.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM: asks it to stop.
    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended.
    #[cfg(unix)]
    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _: std::io::Result<()> = self.child.kill();
        let _: std::io::Result<_> = self.child.wait();
    }
}
