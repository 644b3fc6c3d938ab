//! Lets a thread of the voice run before all that can wait.
//!
//! A thread that is woken a few milliseconds late costs as many milliseconds of delay for good: the ring before the loudspeaker
//! and the jitter buffer keep that much in store. Everything works without, only later.

/// Asks the system to run the calling thread at once whenever it has something to do. `false`: the system does not allow it.
///
/// On Linux that is the round-robin policy of POSIX (`SCHED_RR`), which needs `CAP_SYS_NICE` or a limit of real-time priority
/// (`ulimit -r`) of at least 10; on Windows the time-critical priority. One system call, no allocation.
pub fn raise_this_thread() -> bool {
    raise().is_ok()
}

#[cfg(unix)]
fn raise() -> Result<(), thread_priority::Error> {
    use thread_priority::{
        RealtimeThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id,
    };
    /// Above whatever shares the machine, below the sound server and the system's own threads.
    const PRIORITY: u8 = 10;
    let priority = ThreadPriorityValue::try_from(PRIORITY)
        .map_err(|_| thread_priority::Error::Priority("out of range"))?;
    set_thread_priority_and_policy(
        thread_native_id(),
        ThreadPriority::Crossplatform(priority),
        ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin),
    )
}

#[cfg(not(unix))]
fn raise() -> Result<(), thread_priority::Error> {
    thread_priority::set_current_thread_priority(thread_priority::ThreadPriority::Max)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use thread_priority::{ThreadSchedulePolicy, thread_schedule_policy};

    use super::*;

    #[test]
    fn a_thread_that_was_raised_is_of_the_realtime_policy_and_others_are_not() {
        let raised = std::thread::spawn(|| {
            let raised = raise_this_thread();
            (raised, thread_schedule_policy().unwrap())
        });
        let (raised, policy) = raised.join().unwrap();
        let is_realtime = matches!(policy, ThreadSchedulePolicy::Realtime(_));
        assert_eq!(is_realtime, raised);
        let own = thread_schedule_policy().unwrap();
        assert!(matches!(own, ThreadSchedulePolicy::Normal(_)));
    }
}
