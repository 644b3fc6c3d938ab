//! The system's own dialogs for files, beside the window: it goes on while one is open.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use dialtone_engine::{ChainCommand, ChannelId, Command, CommunityId};
use dialtone_words::say;
use egui::Context;
use rfd::{AsyncFileDialog, FileHandle};

/// What is chosen, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Files to be sent in a channel.
    Attach(CommunityId, ChannelId),
    /// A picture of oneself.
    Portrait(CommunityId),
    /// A file to keep the recovery key of this community in.
    Recovery(CommunityId),
    /// A chain for the microphone, to take in.
    ImportChain,
    /// A profile from another computer.
    ImportProfile,
    /// A folder for the bundle for whoever looks for a mistake, other than this one.
    Folder(Option<PathBuf>),
    /// A file to write such a chain into, called so at first.
    ExportChain(String),
}

/// The dialog that is open, if one is.
#[derive(Default)]
pub struct Chooser {
    open: Option<(Choice, Receiver<Answer>)>,
    /// None opened, though one was asked for: for this.
    failed: Option<Choice>,
}

/// What came of a dialog.
struct Answer {
    paths: Vec<PathBuf>,
    /// How long it was there.
    after: Duration,
}

/// Nobody closes a dialog so soon: there was none.
const TOO_SOON: Duration = Duration::from_millis(400);

impl Chooser {
    /// Opens a dialog, unless one is open.
    pub fn open(&mut self, ctx: &Context, choice: Choice) {
        if self.open.is_some() {
            return;
        }
        let dialog = AsyncFileDialog::new();
        let dialog = match &choice {
            Choice::Attach(..) => dialog.set_title(say!("panel-choose-files")),
            Choice::Portrait(_) => dialog.set_title(say!("panel-choose-portrait")).add_filter(
                say!("panel-pictures"),
                &["png", "jpg", "jpeg", "webp", "gif"],
            ),
            Choice::ImportProfile => dialog.set_title(say!("move-bring")),
            Choice::Folder(from) => {
                let dialog = dialog.set_title(say!("log-other-folder"));
                match from {
                    Some(from) => dialog.set_directory(from),
                    None => dialog,
                }
            }
            Choice::Recovery(_) => dialog
                .set_title(say!("recovery-save-title"))
                .set_file_name(say!("recovery-file")),
            Choice::ImportChain => dialog
                .set_title(say!("set-choose-chain"))
                .add_filter(say!("set-chains"), &["toml"]),
            Choice::ExportChain(name) => dialog
                .set_title(say!("set-write-chain"))
                .set_file_name(name)
                .add_filter(say!("set-chains"), &["toml"]),
        };
        let many = matches!(choice, Choice::Attach(..));
        // Begun here: some systems open dialogs on the window's thread only.
        let (pick_many, pick_one) = if many {
            (Some(dialog.pick_files()), None)
        } else if matches!(choice, Choice::ExportChain(_) | Choice::Recovery(_)) {
            (None, Some(boxed(dialog.save_file())))
        } else if matches!(choice, Choice::Folder(_)) {
            (None, Some(boxed(dialog.pick_folder())))
        } else {
            (None, Some(boxed(dialog.pick_file())))
        };
        let (answer, receiver) = channel();
        let ctx = ctx.clone();
        let begun = Instant::now();
        self.failed = None;
        let started = std::thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                let chosen = pollster::block_on(async {
                    match (pick_many, pick_one) {
                        (Some(files), _) => files.await.unwrap_or_default(),
                        (None, Some(file)) => file.await.into_iter().collect(),
                        (None, None) => Vec::new(),
                    }
                });
                let paths = chosen.into_iter().map(|file| file.path().to_owned());
                // The window may be gone.
                let _ = answer.send(Answer {
                    paths: paths.collect(),
                    after: begun.elapsed(),
                });
                ctx.request_repaint();
            });
        match started {
            Ok(_) => self.open = Some((choice, receiver)),
            Err(error) => tracing::warn!("the file dialog did not open: {error}"),
        }
    }

    /// What was chosen, once.
    pub fn take(&mut self) -> Option<(Choice, Vec<PathBuf>)> {
        let (_, receiver) = self.open.as_ref()?;
        let answer = match receiver.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Answer {
                paths: Vec::new(),
                after: Duration::ZERO,
            },
            Ok(answer) => answer,
        };
        let (choice, _) = self.open.take()?;
        let failed = answer.paths.is_empty() && answer.after < TOO_SOON;
        self.failed = failed.then(|| choice.clone());
        (!answer.paths.is_empty()).then_some((choice, answer.paths))
    }

    /// For what no dialog opened, once; for files to be sent see [`Chooser::hint`].
    pub fn take_failed(&mut self) -> Option<Choice> {
        self.failed
            .take_if(|choice| !matches!(choice, Choice::Attach(..)))
    }

    /// What to do instead where no dialog opened for files to be sent.
    pub fn hint(&self) -> Option<&'static str> {
        self.failed.is_some().then(|| say!("panel-no-file-dialog"))
    }
}

/// Both kinds of dialogs for one file look the same from outside.
fn boxed(
    file: impl Future<Output = Option<FileHandle>> + Send + 'static,
) -> Pin<Box<dyn Future<Output = Option<FileHandle>> + Send>> {
    Box::pin(file)
}

/// What follows when a file for a chain was chosen.
pub(crate) fn chain_chosen(choice: &Choice, paths: Vec<PathBuf>) -> Option<Command> {
    let path = paths.into_iter().next()?;
    let wish = match choice {
        Choice::ImportChain => ChainCommand::Import(path),
        Choice::ExportChain(_) => ChainCommand::Export(path),
        Choice::Attach(..)
        | Choice::Portrait(_)
        | Choice::Recovery(_)
        | Choice::Folder(_)
        | Choice::ImportProfile => return None,
    };
    Some(Command::Chain(wish))
}

#[cfg(test)]
mod tests {
    use dialtone_engine::{ChannelId, CommunityId};

    use super::*;

    fn answered(paths: Vec<PathBuf>, after: Duration) -> Chooser {
        let (answer, receiver) = channel();
        answer.send(Answer { paths, after }).unwrap();
        let choice = Choice::Attach(CommunityId([1; 32]), ChannelId([2; 16]));
        Chooser {
            open: Some((choice, receiver)),
            failed: None,
        }
    }

    #[test]
    fn a_dialog_that_never_opened_is_told_from_one_that_was_closed() {
        let mut chosen = answered(vec!["a.txt".into()], Duration::ZERO);
        assert!(chosen.take().is_some() && chosen.hint().is_none());
        let mut closed = answered(Vec::new(), Duration::from_secs(2));
        assert!(closed.take().is_none() && closed.hint().is_none());
        let mut failed = answered(Vec::new(), Duration::from_millis(5));
        assert!(failed.take().is_none() && failed.hint().is_some());
        assert_eq!(failed.take_failed(), None, "its hint stays");
        let mut failed = answered(Vec::new(), Duration::from_millis(5));
        let receiver = failed.open.take().map(|(_, receiver)| receiver);
        let recovery = Choice::Recovery(CommunityId([1; 32]));
        failed.open = receiver.map(|one| (recovery.clone(), one));
        assert!(failed.take().is_none());
        assert_eq!(failed.take_failed(), Some(recovery));
        assert_eq!((failed.take_failed(), failed.hint()), (None, None), "once");
    }
}
