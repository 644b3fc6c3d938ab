//! Another password: the keys on this computer are made ready for it, where they had the same one; the server takes it; then the keys have it alone. Whatever
//! breaks off in between leaves the one before or the new one to the server, and keys that open with either.

use dialtone_protocol::CommunityId;

use super::Core;
use super::invitation::{JobDone, sentence};
#[cfg(test)]
use super::keystore::Found;
use super::keystore::OpenKeystore;
use crate::command::Secret;
use crate::joining::{ChangeError, PasswordRequest, change_password};
use crate::snapshot::Severity;
use dialtone_words::say;

impl Core {
    /// Changes the password of the account in a community; the result comes back as [`JobDone::PasswordChanged`].
    pub(super) fn change_password(&mut self, community: CommunityId, old: Secret, new: Secret) {
        if self.is_coming_in() {
            let text = say!("engine-keys-busy-password");
            return self.notices.add(Severity::Warning, text.into());
        }
        let Some(mut keystore) = self.keystore.clone() else {
            return;
        };
        let Some(known) = keystore.of(&community).next() else {
            return;
        };
        let request = PasswordRequest {
            server: known.server.clone(),
            server_key: known.server_key,
            username: known.username.clone(),
            old,
            new,
        };
        self.changing_password = true;
        self.block(move || {
            let result = run(&request, &mut keystore, |_| {});
            JobDone::PasswordChanged {
                keystore: Box::new(keystore),
                result,
            }
        });
    }

    pub(super) fn password_changed(
        &mut self,
        keystore: OpenKeystore,
        result: Result<bool, String>,
    ) {
        self.changing_password = false;
        // It was locked meanwhile: the file has it.
        if self.keystore.is_some() {
            self.keystore = Some(keystore);
        }
        let (severity, text) = match result {
            Ok(true) => (Severity::Info, say!("engine-password-both").to_owned()),
            Ok(false) => (Severity::Info, say!("engine-password-account").to_owned()),
            Err(words) => (
                Severity::Error,
                say!("engine-password-failed", reason = words),
            ),
        };
        self.notices.add(severity, text);
    }
}

/// A step of the change that was taken. The program may end after each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The keystore is there under the new one as well.
    Prepared,
    /// The server has the new one.
    AtServer,
    /// The keystore opens with the new one alone.
    Here,
}

/// Whether the keys on this computer have the new one, too. `taken` is told of each step.
///
/// ```text
/// keystore.next.age under the new one ─► server ─► it takes the keystore's place
/// ```
///
/// From the first step to the last the keystore opens with either, so that whichever the server has opens it.
fn run(
    request: &PasswordRequest,
    keystore: &mut OpenKeystore,
    mut taken: impl FnMut(Step),
) -> Result<bool, String> {
    let same = keystore.opens_with(&request.old);
    if same {
        let prepared = keystore.prepare(&request.new);
        prepared.map_err(|error| sentence(&error.to_string()))?;
        taken(Step::Prepared);
    }
    if let Err(error) = change_password(request) {
        // Without an answer the server may have it: both stay.
        if same && !matches!(error, ChangeError::NoAnswer) {
            keystore.drop_prepared();
        }
        return Err(sentence(&error.to_string()));
    }
    taken(Step::AtServer);
    if !same {
        return Ok(false);
    }
    keystore
        .take_prepared(&request.new)
        .map_err(|error| say!("engine-password-half", error = error.to_string()))?;
    taken(Step::Here);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::path::Path;

    use dialtone_crypto::keystore::Work;
    use dialtone_protocol::link::Link;
    use dialtone_server::Server;
    use dialtone_server::config::{Flags, Settings};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::core::invitation::run_join;
    use crate::joining::{JoinRequest, inspect};
    use crate::profile::Profile;

    const OLD: &str = "correct horse battery";
    const NEW: &str = "flint kestrel boat";

    /// Founds a community on a new server, and changes the password until `stop` was taken; then the program ends.
    fn broken_off(folder: &Path, stop: Step) -> (CancellationToken, PasswordRequest) {
        let flags = Flags {
            data_dir: Some(folder.join("server")),
            listen: Some("127.0.0.1:0".to_owned()),
            ..Flags::default()
        };
        let settings = Settings::resolve(&flags, &|_: &str| None).unwrap();
        let (link, ends) = serve(settings);
        let profile = Profile::open(&folder.join("anna"))
            .unwrap()
            .guarded_by(Work::ForTests);
        let mut keystore = OpenKeystore::new(profile.keystore_files(), Secret::new(OLD));
        let inspected = inspect(link).unwrap();
        let join = JoinRequest {
            username: "anna".to_owned(),
            password: Secret::new(OLD),
            by_password: false,
        };
        run_join(&inspected, &join, Some("Harbour"), &profile, &mut keystore).unwrap();
        let known = &keystore.secrets.communities[0];
        let request = PasswordRequest {
            server: known.server.clone(),
            server_key: known.server_key,
            username: known.username.clone(),
            old: Secret::new(OLD),
            new: Secret::new(NEW),
        };
        let end = |step| {
            if step == stop {
                resume_unwind(Box::new(()));
            }
        };
        let ended = catch_unwind(AssertUnwindSafe(|| run(&request, &mut keystore, end)));
        assert!(ended.is_err(), "{stop:?} was never taken");
        (ends, request)
    }

    /// Serves in a thread until the token is cancelled: the founding link.
    fn serve(settings: Settings) -> (Link, CancellationToken) {
        let (told, link) = std::sync::mpsc::channel();
        let ends = CancellationToken::new();
        let until = ends.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async move {
                let server = Server::start(&settings).await.unwrap();
                told.send(server.founding_link().await.unwrap().unwrap())
                    .unwrap();
                server.serve(until).await;
            });
        });
        (link.recv().unwrap(), ends)
    }

    /// Whether the keys open with it, on a copy of them.
    fn opens(folder: &Path, with: &str) -> Option<Vec<Found>> {
        let copy = tempfile::tempdir().unwrap();
        let profile = Profile::open(copy.path()).unwrap();
        for entry in std::fs::read_dir(folder.join("anna")).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            if name.to_string_lossy().starts_with("keystore.") {
                std::fs::copy(entry.path(), copy.path().join(name)).unwrap();
            }
        }
        let files = profile.keystore_files();
        let (keystore, found) = OpenKeystore::load(files.clone(), Secret::new(with)).ok()?;
        assert_eq!(keystore.secrets.communities.len(), 1);
        assert!(!files.next.exists(), "one is left");
        Some(found)
    }

    /// Whether the server knows the password.
    fn knows(request: &PasswordRequest, password: &str) -> bool {
        let probe = PasswordRequest {
            server: request.server.clone(),
            server_key: request.server_key,
            username: request.username.clone(),
            old: Secret::new(password),
            new: Secret::new(password),
        };
        change_password(&probe).is_ok()
    }

    #[test]
    fn wherever_the_change_ends_one_password_opens_the_keys_and_the_account() {
        let broken = || Some(vec![Found::ChangeBrokenOff]);
        let cases = [
            (Step::Prepared, OLD, [broken(), broken()]),
            (Step::AtServer, NEW, [broken(), broken()]),
            (Step::Here, NEW, [None, Some(Vec::new())]),
        ];
        for (stop, at_server, [with_old, with_new]) in cases {
            let folder = tempfile::tempdir().unwrap();
            let (server, request) = broken_off(folder.path(), stop);
            for password in [OLD, NEW] {
                let known = knows(&request, password);
                assert_eq!(known, password == at_server, "{stop:?}: {password}");
            }
            assert_eq!(opens(folder.path(), OLD), with_old, "{stop:?}");
            assert_eq!(opens(folder.path(), NEW), with_new, "{stop:?}");
            server.cancel();
        }
    }

    #[test]
    fn what_the_server_refuses_leaves_nothing_prepared() {
        let folder = tempfile::tempdir().unwrap();
        let (server, mut request) = broken_off(folder.path(), Step::Here);
        let profile = Profile::open(&folder.path().join("anna")).unwrap();
        let files = profile.keystore_files();
        let loaded = OpenKeystore::load(files.clone(), Secret::new(NEW));
        let mut keystore = loaded.ok().unwrap().0;
        request.old = Secret::new(NEW);
        request.new = Secret::new("short");
        assert!(run(&request, &mut keystore, |_| {}).is_err());
        assert!(!files.next.exists());
        request.new = Secret::new(OLD);
        assert_eq!(run(&request, &mut keystore, |_| {}), Ok(true));
        assert!(!files.next.exists() && knows(&request, OLD));
        server.cancel();
    }
}
