//! What the operating system accounts to a process: `/proc/PID/stat`, `/proc/PID/status`, `/proc/self/limits`; and who holds a connection:
//! `/proc/net/tcp`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::error::LoadError;

/// Clock ticks of `/proc/PID/stat` in a second: Linux's `USER_HZ`, the same on every architecture it still runs on.
const TICKS_PER_S: u64 = 100;
const RESIDENT: &str = "VmRSS:";
const OPEN_FILES: &str = "Max open files";

/// Processor time, in user and system mode, of all threads of a process since it began.
///
/// # Errors
/// When there is no such process, or no `/proc`.
pub(crate) fn cpu_time(pid: u32) -> Result<Duration, LoadError> {
    let what = "the processor time of a process";
    let stat = read(&format!("/proc/{pid}/stat"), what)?;
    parse_ticks(&stat)
        .map(|ticks| Duration::from_millis(ticks * 1000 / TICKS_PER_S))
        .ok_or_else(|| LoadError::system(what, "an unknown form"))
}

/// Resident memory of a process, in KiB.
///
/// # Errors
/// When there is no such process, or no `/proc`.
pub(crate) fn resident_kb(pid: u32) -> Result<u64, LoadError> {
    let what = "the memory of a process";
    let status = read(&format!("/proc/{pid}/status"), what)?;
    parse_memory(&status, RESIDENT).ok_or_else(|| LoadError::system(what, "an unknown form"))
}

/// The most resident memory that a process ever had, in KiB.
///
/// # Errors
/// When there is no such process, or no `/proc`.
pub(crate) fn greatest_resident_kb(pid: u32) -> Result<u64, LoadError> {
    let what = "the memory of a process";
    let status = read(&format!("/proc/{pid}/status"), what)?;
    parse_memory(&status, "VmHWM:").ok_or_else(|| LoadError::system(what, "an unknown form"))
}

/// How many files, sockets among them, a process has open.
///
/// # Errors
/// When there is no such process, or no `/proc`.
pub(crate) fn open_files(pid: u32) -> Result<usize, LoadError> {
    std::fs::read_dir(format!("/proc/{pid}/fd"))
        .map(Iterator::count)
        .map_err(|error| LoadError::system("the files of a process", error))
}

/// How many files, sockets among them, this process may have open.
///
/// # Errors
/// When there is no `/proc`.
pub(crate) fn open_files_limit() -> Result<u64, LoadError> {
    let what = "the limit of open files";
    let limits = read("/proc/self/limits", what)?;
    parse_limit(&limits).ok_or_else(|| LoadError::system(what, "an unknown form"))
}

/// Whether the end of a connection at `here`, an address of this machine, is still held by its program, whatever the end at `there` has taken.
///
/// # Errors
/// When there is no `/proc`.
pub(crate) fn holds_connection(here: SocketAddr, there: SocketAddr) -> Result<bool, LoadError> {
    let what = "the connections of this machine";
    let table = read("/proc/net/tcp", what)?;
    let both = connection_name(here).zip(connection_name(there));
    let (here, there) = both.ok_or_else(|| LoadError::system(what, "of IPv6"))?;
    Ok(is_established(&table, &here, &there))
}

/// As the table names an end: the address's bytes as a number of this machine, and the port.
fn connection_name(end: SocketAddr) -> Option<String> {
    let IpAddr::V4(address) = end.ip() else {
        return None;
    };
    let address = u32::from_ne_bytes(address.octets());
    Some(format!("{address:08X}:{:04X}", end.port()))
}

/// Fields 2 to 4 of a line of `proc_net_tcp(5)`; 01 is a connection that neither side has closed.
fn is_established(table: &str, here: &str, there: &str) -> bool {
    table.lines().any(|line| {
        let mut fields = line.split_whitespace().skip(1);
        fields.next() == Some(here) && fields.next() == Some(there) && fields.next() == Some("01")
    })
}

fn read(path: &str, what: &'static str) -> Result<String, LoadError> {
    std::fs::read_to_string(path).map_err(|error| LoadError::system(what, error))
}

/// Fields 14 and 15 of proc(5), counted after the program's name, which may hold anything.
fn parse_ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    user.checked_add(system)
}

fn parse_memory(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn parse_limit(limits: &str) -> Option<u64> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix(OPEN_FILES))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_any_program_name() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 7 0 250 50 3 4 20 0 9 0 100 1 2";
        assert_eq!(parse_ticks(stat), Some(300));
        assert_eq!(parse_ticks("42 (cut off) S 1"), None);
        assert_eq!(parse_ticks(""), None);
    }

    #[test]
    fn resident_memory_is_read_in_kilobytes() {
        let status = "Name:\tx\nVmHWM:\t  9999 kB\nVmRSS:\t   12345 kB\nThreads:\t3\n";
        assert_eq!(parse_memory(status, RESIDENT), Some(12_345));
        assert_eq!(parse_memory(status, "VmHWM:"), Some(9_999));
        assert_eq!(parse_memory("Name:\tkernel thread\n", RESIDENT), None);
    }

    #[test]
    fn the_soft_limit_of_open_files_is_read() {
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax processes  7  8  processes\n\
                      Max open files            1024                 524288               files\n";
        assert_eq!(parse_limit(limits), Some(1024));
        assert_eq!(
            parse_limit("Max open files  unlimited  unlimited  files"),
            Some(u64::MAX)
        );
        assert_eq!(parse_limit("nothing"), None);
    }

    #[test]
    fn an_end_of_a_connection_is_found_by_both_addresses() {
        let table = "  sl  local_address rem_address   st tx_queue\n   0: 0100007F:1D10 0200007F:D431 01 00000000\n\
                     1: 0100007F:1D10 0300007F:D431 04 00000000\n   2: 0100007F:1D10 00000000:0000 0A 00000000\n";
        assert!(is_established(table, "0100007F:1D10", "0200007F:D431"));
        assert!(
            !is_established(table, "0100007F:1D10", "0300007F:D431"),
            "it is closing"
        );
        assert!(
            !is_established(table, "0200007F:D431", "0100007F:1D10"),
            "the other end"
        );
        assert_eq!(connection_name("[::1]:1".parse().unwrap()), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_connection_is_held_until_its_program_lets_go() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        let near = std::net::TcpStream::connect(here).unwrap();
        let there = near.local_addr().unwrap();
        let (accepted, _) = listener.accept().unwrap();
        assert!(holds_connection(here, there).unwrap());
        drop(accepted);
        assert!(!holds_connection(here, there).unwrap());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_accounted() {
        let pid = std::process::id();
        assert!(resident_kb(pid).unwrap() > 0);
        let before = cpu_time(pid).unwrap();
        let mut sum = 0_u64;
        while cpu_time(pid).unwrap() < before + Duration::from_millis(20) {
            sum = (0..10_000).fold(sum, u64::wrapping_add);
        }
        assert!(open_files_limit().unwrap() > 0);
    }
}
