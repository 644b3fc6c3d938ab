//! A picture of every scene, compared with the one that was looked at and kept: dark and light, some of them narrow, large, or in high contrast.
//!
//! `./dev snapshots` takes them anew. scene -> frame -> pixels -> compared tile by tile with `tests/snapshots/NAME.png`

mod compare;
mod palette;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use dialtone_engine::settings::{Contrast, Density, LookSettings, TextSize, Theme};
use egui::Rect;
use egui::accesskit::Role;
use egui_kittest::kittest::NodeT as _;
use image::RgbaImage;
use image::imageops::crop_imm;

use crate::common::Window;
use crate::scenes::{self, Over, Scene, over_all_workers};

/// Also taken in a window of 480 points.
const NARROW: [&str; 6] = [
    "welcome",
    "join",
    "main-offline",
    "dialog-channel-settings",
    "settings-notifications",
    "settings-meter",
];
/// Also taken in high contrast.
const HIGH: [&str; 5] = [
    "main",
    "main-marks",
    "join-failed",
    "dialog-remove",
    "settings-appearance",
];
/// Also taken with text as large as it gets.
const TEXT: [&str; 6] = [
    "main",
    "main-files",
    "dialog-profile",
    "dialog-channel-private",
    "settings-appearance",
    "join",
];
/// Also taken with more to be seen at a time.
const COMPACT: [&str; 2] = ["main", "main-marks"];
/// Also taken at two pixels a point, in a smaller window.
const LARGE: [&str; 3] = ["main", "dialog-emoji", "dialog-invite-code"];
/// Also taken at three.
const LARGEST: [&str; 1] = ["main"];
/// Also taken in the widest window that there is a screen for.
const ULTRA_WIDE: [&str; 2] = ["main", "settings-appearance"];

#[test]
fn screens_look_as_they_did() {
    look_at(scenes::SCREENS);
}

#[test]
fn panels_look_as_they_did() {
    look_at(scenes::PANELS);
}

#[test]
fn dialogs_look_as_they_did() {
    look_at(scenes::DIALOGS);
}

#[test]
fn pages_look_as_they_did() {
    look_at(scenes::PAGES);
}

#[test]
fn every_kept_picture_is_of_a_scene() {
    let mut wanted: Vec<String> = scenes::all().flat_map(names).collect();
    wanted.sort();
    let kept = fs::read_dir(folder()).expect("the folder of the pictures");
    let mut kept: Vec<String> = kept
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    kept.sort();
    if taken_anew() {
        for name in kept.iter().filter(|name| !wanted.contains(name)) {
            fs::remove_file(folder().join(format!("{name}.png"))).expect("an old picture goes");
        }
    } else {
        assert_eq!(kept, wanted, "take them anew by ./dev snapshots");
    }
}

fn look_at(scenes: &'static [Scene]) {
    over_all_workers(scenes, |scene| {
        let taken = pictures(scene);
        taken
            .into_iter()
            .filter_map(|(name, picture)| judge(&name, &picture))
            .collect()
    });
}

/// What its pictures are called. Of a state of the main window that no engine sends there are none.
fn names(scene: &Scene) -> Vec<String> {
    // The six words are others each time.
    if matches!(scene.name, "main-broken" | "join-six-words") {
        return Vec::new();
    }
    let mut names = vec![
        format!("{}-dark", scene.name),
        format!("{}-light", scene.name),
    ];
    let others = [
        (&NARROW[..], "narrow"),
        (&HIGH[..], "high-dark"),
        (&HIGH[..], "high-light"),
        (&TEXT[..], "text"),
        (&COMPACT[..], "compact"),
        (&LARGE[..], "large"),
        (&LARGEST[..], "largest"),
        (&ULTRA_WIDE[..], "ultra-wide"),
    ];
    for (list, word) in others {
        if list.contains(&scene.name) {
            names.push(format!("{}-{word}", scene.name));
        }
    }
    names
}

/// All pictures of a scene.
fn pictures(scene: &Scene) -> Vec<(String, RgbaImage)> {
    let mut window = scene.show_at(framed(scene.size), |_| {});
    let mut taken = Vec::new();
    for name in names(scene) {
        let word = &name[scene.name.len() + 1..];
        if matches!(
            word,
            "narrow" | "large" | "largest" | "ultra-wide" | "text" | "compact"
        ) {
            taken.push((name.clone(), otherwise(scene, word)));
            continue;
        }
        window.change_all(|snapshot| {
            let look = &mut snapshot.settings.look;
            look.theme = if word.ends_with("light") {
                Theme::Light
            } else {
                Theme::Dark
            };
            if word.starts_with("high") {
                look.contrast = Contrast::High;
            }
        });
        let part = part(&window, scene);
        taken.push((name, shot(&mut window, part)));
    }
    taken
}

fn otherwise(scene: &Scene, word: &str) -> RgbaImage {
    let look: Option<fn(&mut LookSettings)> = match word {
        "text" => Some(|look| look.text = TextSize::Larger),
        "compact" => Some(|look| look.density = Density::Compact),
        _ => None,
    };
    if let Some(look) = look {
        let size = framed(scene.size);
        let mut window = scene.show_at(size, |snapshot| look(&mut snapshot.settings.look));
        let part = part(&window, scene);
        return shot(&mut window, part);
    }
    if word == "narrow" {
        let light = |snapshot: &mut dialtone_engine::Snapshot| {
            snapshot.settings.look.theme = Theme::Light;
        };
        let mut window = scene.show_at(framed([480.0, 800.0]), light);
        let all = window_rect(&window);
        return shot(&mut window, all);
    }
    if word == "ultra-wide" {
        let mut window = scene.show_at(framed([3440.0, 1000.0]), |_| {});
        let all = window_rect(&window);
        return shot(&mut window, all);
    }
    let mut window = scene.show_at(framed([760.0, 520.0]), |_| {});
    let scale = if word == "largest" { 3.0 } else { 2.0 };
    window.harness.set_pixels_per_point(scale);
    // In the pass in which the scale changes, the window keeps its pixels, whatever it is told.
    window.harness.run_steps(1);
    window.harness.set_size(framed([760.0, 520.0]).into());
    window.settle();
    let all = window_rect(&window);
    shot(&mut window, all)
}

/// What the harness leaves free around the window, in points.
const FRAME: f32 = 8.0;

fn framed([width, height]: [f32; 2]) -> [f32; 2] {
    [width + 2.0 * FRAME, height + 2.0 * FRAME]
}

fn window_rect(window: &Window) -> Rect {
    window.harness.ctx.content_rect().shrink(FRAME)
}

/// What of the window is worth keeping: all of it, or a dialog, or a menu and what it stands at.
fn part(window: &Window, scene: &Scene) -> Rect {
    let all = window_rect(window);
    let root = window.harness.root();
    let over = root.children_recursive().filter(|node| {
        let mut above = node.accesskit_node().parent();
        let told = matches!(
            node.accesskit_node().role(),
            Role::Label | Role::Button | Role::TextInput | Role::Image | Role::ListBoxOption
        );
        let mut inside = false;
        while let Some(one) = above {
            inside |= matches!(one.role(), Role::Dialog | Role::Menu);
            above = one.parent();
        }
        told && inside
    });
    let over = over.fold(Rect::NOTHING, |so_far, node| so_far.union(node.rect()));
    if scene.over == Over::Nothing || !over.is_positive() {
        return all;
    }
    over.expand(56.0).intersect(all)
}

/// What `part` of the window shows, when nothing moves and no cursor blinks.
fn shot(window: &mut Window, part: Rect) -> RgbaImage {
    window.harness.remove_cursor();
    window.settle();
    let ctx = window.harness.ctx.clone();
    ctx.all_styles_mut(|style| style.visuals.text_cursor.blink = false);
    window.harness.run_steps(2);
    let drawn = catch_unwind(AssertUnwindSafe(|| window.harness.render()));
    // Without a driver it ends in the middle of looking for one.
    let Ok(drawn) = drawn else {
        panic!(
            "nothing draws here: install a graphics driver, as ./dev test does (on Debian mesa-vulkan-drivers, which needs no graphics card)"
        );
    };
    let picture = drawn.expect("the window is drawn");
    let pixels = |points: f32| (points * ctx.pixels_per_point()).round() as u32;
    let (left, top) = (pixels(part.left()), pixels(part.top()));
    let (width, height) = (pixels(part.width()), pixels(part.height()));
    crop_imm(&picture, left, top, width, height).to_image()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

fn taken_anew() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some()
}

/// What is wrong with a picture, if it is not what it was.
fn judge(name: &str, picture: &RgbaImage) -> Option<String> {
    let kept = folder().join(format!("{name}.png"));
    let before = image::open(&kept).map(|picture| picture.to_rgba8());
    let differs = match &before {
        // What is kept lost some colours: the new one loses the same.
        Ok(before) => compare::difference(before, picture)
            .and_then(|_| compare::difference(before, &palette::reduced(picture)))?,
        Err(why) => format!("there is none yet: {why}"),
    };
    if taken_anew() {
        fs::write(&kept, palette::png(picture)).expect("the picture is kept");
        return None;
    }
    let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    picture
        .save(&new)
        .expect("the new picture is kept to be looked at");
    Some(format!(
        "{name}: {differs}. See {}, and if it is right, ./dev snapshots",
        new.display()
    ))
}
