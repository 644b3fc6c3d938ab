//! The program as its owner runs it: stopping, links from the shell, files that only the owner reads, a certificate of one's own.

use std::process::Stdio;

use dialtone_protocol::link::{Entrance, Link};

use crate::common::{Database, Person, Process, Socket, program};

fn invite(folder: &std::path::Path, database: &str, more: &[&str]) -> Result<Link, String> {
    let output = program(folder, database)
        .arg("invite")
        .args(more)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    if output.status.success() {
        let text = String::from_utf8(output.stdout).unwrap();
        Ok(text.trim().parse().unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

#[tokio::test]
async fn links_are_made_from_the_shell_on_sqlite() {
    make_links("").await;
}

#[tokio::test]
async fn links_are_made_from_the_shell_on_postgres() {
    let Some(database) = Database::create().await else {
        return;
    };
    make_links(&database.url()).await;
    database.drop().await;
}

/// Before the first start there is nothing to make links for; then beside the running server.
async fn make_links(database: &str) {
    let folder = tempfile::TempDir::new().unwrap();
    let early = invite(folder.path(), database, &[]).unwrap_err();
    assert!(early.contains("start the server once"), "{early}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let process = Process::start(folder.path(), database);
    let founding = invite(folder.path(), database, &[]).unwrap();
    assert!(matches!(founding.data.entrance, Entrance::Founding));
    if !database.is_empty() {
        // The database alone does not make a link: the server's key is in its folder.
        let elsewhere = tempfile::TempDir::new().unwrap();
        let refused = invite(elsewhere.path(), database, &[]).unwrap_err();
        assert!(refused.contains("identity key"), "{refused}");
    }
    let anna = Person::found_by(process.api.clone(), &founding, "anna").await;
    let more = ["--uses", "3", "--hours", "2"];
    let knock = invite(folder.path(), database, &more).unwrap();
    assert!(
        matches!(knock.data.entrance, Entrance::Knock { community } if community == anna.roster.community())
    );
    assert_eq!(knock.server, process.api.address.to_string());
    let refused = invite(folder.path(), database, &["--uses", "0"]).unwrap_err();
    assert!(refused.contains("1 to 10000"), "{refused}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_is_told_to_stop_says_goodbye_and_ends_well() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut process = Process::start(folder.path(), "");
    let link = process.founding.clone().unwrap();
    let mut anna = Person::found_by(process.api.clone(), &link, "anna").await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "one");
    socket.ask(&frame).await;
    process.terminate();
    assert_eq!(socket.close_code().await, Some(1001));
    let status = tokio::task::spawn_blocking(move || process.wait());
    assert!(status.await.unwrap().success());
    // The log of writes was taken into the file.
    assert!(!folder.path().join("dialtone.db-wal").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_what_the_server_keeps() {
    use std::os::unix::fs::PermissionsExt as _;
    let outer = tempfile::TempDir::new().unwrap();
    let folder = outer.path().join("data");
    let _process = Process::run(program(&folder, ""));
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    for name in [
        "identity-key",
        "opaque-setup",
        "username-pepper",
        "admin-token",
        "tls-key.pem",
        "tls-cert.pem",
        "dialtone.db",
        "blobs",
    ] {
        assert!(names.iter().any(|there| there == name), "{name}: {names:?}");
    }
}
