//! What happened, in order, short enough to be read.

use std::fmt::Write as _;
use std::sync::Arc;

use parking_lot::Mutex;

use super::time::Time;

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Trace {
    time: Time,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Trace {
    pub(super) fn new(time: Time) -> Self {
        Self {
            time,
            lines: Arc::default(),
        }
    }

    pub(super) fn note(&self, what: std::fmt::Arguments<'_>) {
        let at = self.time.elapsed_ms();
        let line = format!("{:>5}.{:03} {what}", at / 1000, at % 1000);
        self.lines.lock().push(line);
    }

    /// The last lines that tell of `names`, or of nobody in particular.
    pub(super) fn last(&self, most: usize) -> String {
        let lines = self.lines.lock();
        let mut text = String::new();
        for line in &lines[lines.len().saturating_sub(most)..] {
            let _ = writeln!(text, "  {line}");
        }
        text
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.lock().clone()
    }
}

/// Notes what happened.
macro_rules! note {
    ($trace:expr, $($what:tt)+) => {
        $trace.note(format_args!($($what)+))
    };
}
pub(super) use note;
