//! Processor time, as Linux accounts it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

/// Linux counts in these, whatever its own clock does.
const TICKS_PER_SECOND: u64 = 100;

/// All that a process has used so far, its ended threads too.
pub(crate) fn of_process(process: u32) -> anyhow::Result<Duration> {
    let stat = read(&folder(process).join("stat"))?;
    parse_stat(&stat).context("the accounting of a process cannot be read")
}

/// What those threads of a process have used so far that have this name.
pub(crate) fn of_threads(process: u32, name: &str) -> anyhow::Result<Duration> {
    let mut total = Duration::ZERO;
    let threads = std::fs::read_dir(folder(process).join("task"));
    for thread in threads.context("the threads of a process cannot be listed")? {
        let thread = thread?.path();
        // One that has just ended has no files any more.
        let (Ok(comm), Ok(times)) = (
            std::fs::read_to_string(thread.join("comm")),
            std::fs::read_to_string(thread.join("schedstat")),
        ) else {
            continue;
        };
        if comm.trim_end() == name {
            total += parse_schedstat(&times).context("a thread's accounting cannot be read")?;
        }
    }
    Ok(total)
}

/// What the calling thread has used so far, to the nanosecond; nothing where the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn of_this_thread() -> Option<Duration> {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
        .ok()
        .map(Duration::from)
}

/// What the calling thread has used so far, to the nanosecond; nothing where the system does not tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn of_this_thread() -> Option<Duration> {
    None
}

/// What all processes of this machine have used so far, of all its cores together.
pub(crate) fn of_machine() -> anyhow::Result<Duration> {
    let stat = read(Path::new("/proc/stat"))?;
    parse_machine(&stat).context("the machine's accounting cannot be read")
}

/// Percent of one core, to tenths.
pub(crate) fn percent(used: Duration, time: Duration) -> f64 {
    (used.as_secs_f64() / time.as_secs_f64() * 1_000.0).round() / 10.0
}

fn folder(process: u32) -> PathBuf {
    Path::new("/proc").join(process.to_string())
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn ticks(count: u64) -> Duration {
    Duration::from_millis(count * 1_000 / TICKS_PER_SECOND)
}

/// User and system time: the 14th and the 15th field. The second is a name in brackets, in which anything may stand.
fn parse_stat(stat: &str) -> Option<Duration> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let times = after_name.split_whitespace().skip(11).take(2);
    let times: Vec<u64> = times.map_while(|field| field.parse().ok()).collect();
    (times.len() == 2).then(|| ticks(times.iter().sum()))
}

/// Nanoseconds on a processor come first.
fn parse_schedstat(times: &str) -> Option<Duration> {
    let nanos = times.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// The first line: user, nice, system, idle, waiting for a disk, interrupts, soft interrupts.
fn parse_machine(stat: &str) -> Option<Duration> {
    let fields = stat.lines().next()?.split_whitespace().skip(1).take(7);
    let all: Vec<u64> = fields.map_while(|field| field.parse().ok()).collect();
    let [user, nice, system, _, _, interrupts, soft] = all.try_into().ok()?;
    Some(ticks(user + nice + system + interrupts + soft))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_its_name() {
        let stat = "7 (a) 1 (b) S 1 7 7 0 -1 4194560 100 0 0 0 150 50 9 9 20 0 4 0 1 2 3";
        assert_eq!(parse_stat(stat), Some(Duration::from_secs(2)));
        assert_eq!(parse_stat("7 (a) S 1"), None);
    }

    #[test]
    fn what_waits_is_not_used() {
        let stat = "cpu  100 1 50 9000 800 2 47 0 0 0\ncpu0 1 1 1 1\n";
        assert_eq!(parse_machine(stat), Some(Duration::from_secs(2)));
        assert_eq!(
            parse_schedstat("1500000 9 9\n"),
            Some(Duration::from_micros(1_500))
        );
        assert!((percent(Duration::from_millis(250), Duration::from_secs(2)) - 12.5).abs() < 1e-9);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_thread_that_works_uses_time() {
        let before = of_this_thread().unwrap();
        let began = std::time::Instant::now();
        while of_this_thread().unwrap() == before {
            assert!(began.elapsed() < Duration::from_secs(20));
        }
        assert!(of_this_thread().unwrap() > before);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_used_some() {
        let me = std::process::id();
        let before = of_threads(me, "bench-busy").unwrap();
        let busy = std::thread::Builder::new().name("bench-busy".to_owned());
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        let busy =
            busy.spawn(
                move || {
                    while is_done.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {}
                },
            );
        let busy = busy.unwrap();
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while of_threads(me, "bench-busy").unwrap() == before {
            assert!(std::time::Instant::now() < until);
            std::thread::yield_now();
        }
        drop(done);
        busy.join().unwrap();
        assert!(of_process(me).unwrap() <= of_machine().unwrap());
    }
}
