//! Where the window was: a small file in the profile's folder, judged before it is believed.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::files;

/// The smallest and largest sides of a window that are believed, in points.
const SIDES: (f32, f32) = (200.0, 16_384.0);
/// So much of the title bar must lie on the screen for the window to be moved, in pixels.
const GRASP: f32 = 64.0;
const LONGEST: u64 = 4096;

/// Where a window is; in points of the display's own scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct WindowPlace {
    /// Of its inside.
    pub size: [f32; 2],
    /// Of its outer corner, where the system tells it.
    pub position: Option<[f32; 2]>,
    /// It fills the screen.
    pub maximised: bool,
    /// Pixels of a point.
    pub scale: f32,
}

impl WindowPlace {
    /// What is kept in the file at `path`, if it can be believed.
    pub fn load(path: &Path, screen: Option<[f32; 2]>) -> Option<Self> {
        let text = match files::read(path, LONGEST) {
            Ok(text) => text?,
            Err(error) => {
                tracing::warn!("where the window was could not be read: {error}");
                return None;
            }
        };
        toml::from_str::<Self>(&text).ok()?.judged(screen)
    }

    /// Keeps it in the file at `path`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        files::replace(path, &text)
    }

    /// The same, as far as it makes sense on a screen of this size in pixels: a window of an absurd size is none, one that lies off the
    /// screen has no position, and where the screen's size is not known none is believed.
    #[must_use]
    pub fn judged(self, screen: Option<[f32; 2]>) -> Option<Self> {
        let sane = |side: f32| (SIDES.0..=SIDES.1).contains(&side);
        if !self.size.into_iter().all(sane) || !(0.25..=16.0).contains(&self.scale) {
            return None;
        }
        let on = |[x, y]: &[f32; 2]| {
            screen.is_some_and(|[width, height]| {
                let (left, top) = (x * self.scale, y * self.scale);
                let right = left + self.size[0] * self.scale;
                (-GRASP..height - GRASP).contains(&top) && right > GRASP && left < width - GRASP
            })
        };
        Some(Self {
            position: self.position.filter(on),
            ..self
        })
    }
}

/// The size of all screens together in pixels, where the X server says it.
pub fn screen_size() -> Option<[f32; 2]> {
    #[cfg(target_os = "linux")]
    {
        use x11rb::connection::Connection as _;

        // Under Wayland a program learns of no position, its own neither.
        if std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty()) {
            return None;
        }
        let (connection, screen) = x11rb::connect(None).ok()?;
        let screen = connection.setup().roots.get(screen)?;
        Some([
            f32::from(screen.width_in_pixels),
            f32::from(screen.height_in_pixels),
        ])
    }
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Option<[f32; 2]> = Some([1920.0, 1080.0]);

    fn place(size: [f32; 2], position: [f32; 2]) -> WindowPlace {
        WindowPlace {
            size,
            position: Some(position),
            maximised: false,
            scale: 1.0,
        }
    }

    #[test]
    fn what_is_kept_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("window.toml");
        assert_eq!(WindowPlace::load(&path, SCREEN), None);
        let kept = place([1280.0, 800.0], [100.0, 50.0]);
        kept.save(&path).unwrap();
        assert_eq!(WindowPlace::load(&path, SCREEN), Some(kept));
        for damaged in ["", "size = 3", "size = [1e9, 1.0]", "\u{0}"] {
            std::fs::write(&path, damaged).unwrap();
            assert_eq!(WindowPlace::load(&path, SCREEN), None);
        }
        std::fs::write(&path, "x".repeat(10_000)).unwrap();
        assert_eq!(WindowPlace::load(&path, SCREEN), None);
    }

    #[test]
    fn absurd_sizes_and_places_are_not_believed() {
        for (size, position, believed) in [
            ([1280.0, 800.0], [0.0, 0.0], Some(true)),
            ([1280.0, 800.0], [1800.0, 1000.0], Some(true)),
            ([1280.0, 800.0], [-1200.0, 10.0], Some(true)),
            ([1280.0, 800.0], [1900.0, 10.0], Some(false)),
            ([1280.0, 800.0], [-1270.0, 10.0], Some(false)),
            ([1280.0, 800.0], [0.0, 1060.0], Some(false)),
            ([1280.0, 800.0], [0.0, -500.0], Some(false)),
            ([1280.0, 800.0], [f32::NAN, 0.0], Some(false)),
            ([f32::NAN, 800.0], [0.0, 0.0], None),
            ([f32::INFINITY, 800.0], [0.0, 0.0], None),
            ([-5.0, 800.0], [0.0, 0.0], None),
            ([10.0, 10.0], [0.0, 0.0], None),
        ] {
            let judged = place(size, position).judged(SCREEN);
            let has = judged.map(|judged| judged.position.is_some());
            assert_eq!(has, believed, "{size:?} {position:?}");
        }
        let unknown = place([1280.0, 800.0], [0.0, 0.0]).judged(None);
        assert_eq!(unknown.unwrap().position, None);
    }
}
