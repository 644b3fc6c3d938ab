//! The system's own dialogs for files, beside the window: it goes on while one is open.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use dialtone_engine::{ChannelId, CommunityId};
use egui::Context;
use rfd::AsyncFileDialog;

/// What is chosen, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Files to be sent in a channel.
    Attach(CommunityId, ChannelId),
    /// A picture of oneself.
    Portrait(CommunityId),
}

/// The dialog that is open, if one is.
#[derive(Default)]
pub struct Chooser {
    open: Option<(Choice, Receiver<Vec<PathBuf>>)>,
}

impl Chooser {
    /// Opens a dialog, unless one is open.
    pub fn open(&mut self, ctx: &Context, choice: Choice) {
        if self.open.is_some() {
            return;
        }
        let dialog = AsyncFileDialog::new();
        let dialog = match &choice {
            Choice::Attach(..) => dialog.set_title("Choose files to send"),
            Choice::Portrait(_) => dialog
                .set_title("Choose a picture of yourself")
                .add_filter("Pictures", &["png", "jpg", "jpeg", "webp", "gif"]),
        };
        let many = matches!(choice, Choice::Attach(..));
        // Begun here: some systems open dialogs on the window's thread only.
        let (pick_many, pick_one) = if many {
            (Some(dialog.pick_files()), None)
        } else {
            (None, Some(dialog.pick_file()))
        };
        let (answer, receiver) = channel();
        let ctx = ctx.clone();
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
                let _ = answer.send(paths.collect());
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
        let paths = match receiver.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Vec::new(),
            Ok(paths) => paths,
        };
        let (choice, _) = self.open.take()?;
        (!paths.is_empty()).then_some((choice, paths))
    }
}
