//! Files of the demonstration: a picture that is here, others on their way, one that failed; and a portrait.

use std::sync::Arc;

use dialtone_engine::snapshot::{
    Community, FileId, FileState, FileView, ItemBody, Picture, Sending, Snapshot,
};
use dialtone_engine::{FileCommand, Hash};

use super::community::{account, clock, item};

/// The one that is here.
pub(super) const SEA: FileId = FileId(Hash([1; 32]));

/// A sunset over the sea, as it comes from no camera.
fn sea(width: u32, height: u32) -> Picture {
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let (across, down) = (x as f32 / width as f32, y as f32 / height as f32);
            let sun = ((across - 0.68).powi(2) * 2.4 + (down - 0.5).powi(2) * 4.0).sqrt();
            let glow = (1.0 - sun * 2.2).max(0.0);
            let ripple = if down > 0.58 {
                (down * 220.0 + across * 9.0).sin() * 7.0
            } else {
                0.0
            };
            let sky = if down > 0.58 { 0.55 } else { 1.0 - down * 0.5 };
            let disc = if sun < 0.11 && down < 0.58 { 90.0 } else { 0.0 };
            let channel = |base: f32, warm: f32| {
                (base * sky + warm * glow + ripple + disc).clamp(0.0, 255.0) as u8
            };
            rgba.extend([
                channel(70.0, 180.0),
                channel(96.0, 96.0),
                channel(140.0, 30.0),
                255,
            ]);
        }
    }
    Picture {
        width,
        height,
        rgba,
    }
}

fn file(number: u8, name: &str, size: u64, picture: Option<(u32, u32)>) -> FileView {
    FileView {
        id: FileId(Hash([number; 32])),
        name: name.to_owned(),
        size,
        media_type: "application/octet-stream".to_owned(),
        picture,
    }
}

/// *general* with files in every state.
pub(super) fn with_files(mut snapshot: Snapshot) -> Snapshot {
    let community = Arc::make_mut(&mut snapshot.communities[0]);
    let now = clock().now_ms;
    let said = [
        (
            4,
            "Tomas",
            "This is how it looked from the pier.",
            vec![file(1, "evening.jpg", 2_480_000, Some((1_600, 1_000)))],
        ),
        (
            3,
            "Jo",
            "",
            vec![
                file(2, "sailing-instructions.pdf", 348_160, None),
                file(
                    3,
                    "tracks-of-the-whole-season-with-every-boat.gpx.tar.gz",
                    73_400_320,
                    None,
                ),
            ],
        ),
        (
            2,
            "Mikael",
            "",
            vec![file(4, "start-line.png", 900_000, Some((900, 420)))],
        ),
    ];
    let channel = Arc::make_mut(&mut community.channels[0]);
    channel.typing.clear();
    let items = &mut channel.timeline.items;
    items.truncate(4);
    for (index, (who, name, text, files)) in said.into_iter().enumerate() {
        let body = ItemBody::Files {
            text: text.to_owned(),
            files,
        };
        let at = now - (12 - index as u64 * 3) * 60_000;
        items.push(Arc::new(item(50 + index as u64, who, name, at, body)));
    }
    let body = ItemBody::Files {
        text: "The committee boat, all of it.".to_owned(),
        files: vec![file(5, "committee-boat.mp4", 41_943_040, None)],
    };
    let mut pending = item(60, 1, "Anna", now, body);
    (pending.sequence, pending.sending) = (None, Sending::Pending);
    items.push(Arc::new(pending));
    let states = &mut community.files.states;
    let mut state = |number: u8, state| states.insert(FileId(Hash([number; 32])), state);
    state(1, FileState::Here);
    state(
        3,
        FileState::Fetching {
            done: 26_000_000,
            total: 73_400_320,
        },
    );
    let why = "The server does not have this file any more; ask who sent it.";
    state(4, FileState::Failed(why.to_owned()));
    state(
        5,
        FileState::Sending {
            done: 12_582_912,
            total: 41_943_040,
        },
    );
    let pictures = Arc::make_mut(&mut community.files.pictures);
    pictures.insert(SEA, Arc::new(sea(960, 600)));
    let portrait = FileId(Hash([9; 32]));
    pictures.insert(portrait, Arc::new(sea(128, 128)));
    let tomas = account(4);
    let mut members = community.members.iter_mut();
    if let Some(member) = members.find(|member| member.account == tomas) {
        member.picture = Some(portrait);
    }
    snapshot
}

/// What the engine would do with files.
pub(super) fn apply(community: &mut Community, wish: &FileCommand) {
    match wish {
        FileCommand::Fetch(id) => {
            community.files.states.insert(*id, FileState::Here);
        }
        FileCommand::Stop(id) => {
            community.files.states.remove(id);
        }
        FileCommand::View(id) => {
            community.files.viewed = id.map(|id| (id, Arc::new(sea(1_600, 1_000))));
        }
        FileCommand::Delete(id) => {
            let words = "It was deleted from the server.".to_owned();
            community.files.states.insert(*id, FileState::Failed(words));
        }
        FileCommand::Show(_)
        | FileCommand::Save { .. }
        | FileCommand::Send { .. }
        | FileCommand::SetPicture(_) => {}
    }
}
