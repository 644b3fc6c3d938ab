//! What is written down when a part of the program breaks: where, in which thread, by which way; of the message only what
//! cannot repeat what somebody wrote.

use std::backtrace::Backtrace;
use std::fmt::Write as _;
use std::panic::{PanicHookInfo, set_hook, take_hook};

use jiff::Timestamp;

use super::sink::note_broken;

/// The most lines of the way to where it broke.
const LINES: usize = 60;

/// How messages of the standard library begin that have nothing but numbers in them.
const HARMLESS: [&str; 7] = [
    "index out of bounds: ",
    "attempt to ",
    "called `Option::unwrap()`",
    "range end index ",
    "range start index ",
    "slice index starts ",
    "already ",
];

/// From now on what breaks is written into the log, and then done with as before.
pub fn catch_panics() {
    let before = take_hook();
    set_hook(Box::new(move |info| {
        note_broken(&words(info));
        before(info);
    }));
}

fn words(info: &PanicHookInfo<'_>) -> String {
    let thread = std::thread::current();
    let place = info.location().map_or_else(String::new, |place| {
        format!(" at {}:{}", short(place.file()), place.line())
    });
    let payload = info.payload();
    // A literal stands in the source; what was put together may repeat what it is about.
    let message = match (
        payload.downcast_ref::<&'static str>(),
        payload.downcast_ref::<String>(),
    ) {
        (Some(literal), _) => literal,
        (_, Some(text)) => harmless(text),
        _ => "",
    };
    let mut words = format!(
        "{} ERROR the thread {} broke{place}: {message}\n",
        Timestamp::now(),
        thread.name().unwrap_or("without a name"),
    );
    let way = Backtrace::force_capture().to_string();
    // Functions alone: where the sources lay when the program was built helps nobody.
    let functions = way
        .lines()
        .filter(|line| !line.trim_start().starts_with("at "));
    for line in functions.take(LINES) {
        let _ = writeln!(words, "  {}", line.trim());
    }
    words
}

fn harmless(text: &str) -> &str {
    if HARMLESS.iter().any(|begin| text.starts_with(begin)) {
        text
    } else {
        "(its words are left out, for they may repeat what was written)"
    }
}

/// The last three parts of a source's path.
fn short(path: &str) -> String {
    let parts: Vec<&str> = path.split(['/', '\\']).collect();
    let from = parts.len().saturating_sub(3);
    parts.get(from..).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_may_repeat_what_was_written_are_left_out() {
        let text = "byte index 3 is not a char boundary; it is inside 'é' of `my secret`";
        assert!(!harmless(text).contains("secret"));
        let numbers = "index out of bounds: the len is 3 but the index is 5";
        assert_eq!(harmless(numbers), numbers);
        assert_eq!(
            short("/srv/dialtone/app/engine/src/a.rs"),
            "engine/src/a.rs"
        );
    }
}
