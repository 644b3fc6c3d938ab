//! What the process takes of the machine. Off Linux it is not told.

/// What it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Process {
    /// Memory, in bytes.
    pub(super) resident_bytes: u64,
    /// Open file handles.
    pub(super) open_files: u64,
    /// Time computed, in seconds.
    pub(super) cpu_seconds: f64,
}

#[cfg(target_os = "linux")]
impl Process {
    /// Now.
    pub(super) fn now() -> Self {
        use nix::time::{ClockId, clock_gettime};

        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let open = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        let clock = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID);
        Self {
            resident_bytes: resident(&status).unwrap_or(0),
            // One of them is the folder that was read.
            open_files: open.saturating_sub(1) as u64,
            cpu_seconds: clock.map_or(0.0, |time| {
                time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e9
            }),
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Process {
    /// Nothing is known.
    pub(super) fn now() -> Self {
        Self::default()
    }
}

/// `VmRSS:    1234 kB`.
#[cfg(target_os = "linux")]
fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_what_the_system_says() {
        let status = "Name:\tx\nVmRSS:\t    2048 kB\nThreads:\t1\n";
        assert_eq!(resident(status), Some(2048 * 1024));
        assert_eq!(resident("VmRSS: many"), None);
        let now = Process::now();
        assert!(now.resident_bytes > 0 && now.open_files > 0 && now.cpu_seconds > 0.0);
    }
}
