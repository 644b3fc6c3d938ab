//! How much of a disk is free. Some of it stays so: files must not take the room that the database needs.

use std::path::Path;

const MIB: u64 = 1024 * 1024;

/// A disk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Space {
    /// Bytes that may still be written.
    pub(super) free: u64,
    /// Bytes in all.
    pub(super) total: u64,
}

impl Space {
    /// How many bytes stay free: a twentieth of the disk, and 512 MiB at most.
    pub(super) fn kept_free(self) -> u64 {
        (self.total / 20).min(512 * MIB)
    }

    /// Whether a file of `size` bytes leaves as much free as is to stay so.
    pub(super) fn has_room(self, size: u64) -> bool {
        self.free.saturating_sub(size) >= self.kept_free()
    }
}

/// The disk that `folder` is on; `None` where that cannot be known.
#[cfg(target_os = "linux")]
pub(super) fn of(folder: &Path) -> Option<Space> {
    let found = nix::sys::statvfs::statvfs(folder).ok()?;
    let unit = found.fragment_size();
    Some(Space {
        free: found.blocks_available().saturating_mul(unit),
        total: found.blocks().saturating_mul(unit),
    })
}

/// Elsewhere the disk says so itself, when it is full.
#[cfg(not(target_os = "linux"))]
pub(super) fn of(_: &Path) -> Option<Space> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_the_disk_stays_free() {
        const GIB: u64 = 1024 * MIB;
        for (free, total, size, room) in [
            (GIB, 100 * GIB, 512 * MIB, true),
            (GIB, 100 * GIB, 512 * MIB + 1, false),
            (100 * MIB, 1000 * MIB, 50 * MIB, true),
            (100 * MIB, 1000 * MIB, 51 * MIB, false),
            (10, 100 * GIB, 0, false),
            (GIB, GIB, u64::MAX, false),
        ] {
            let space = Space { free, total };
            assert_eq!(space.has_room(size), room, "{space:?} {size}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_disk_of_a_folder_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let space = of(folder.path()).unwrap();
        assert!(space.total > 0 && space.free <= space.total);
        assert!(of(&folder.path().join("none")).is_none());
    }
}
