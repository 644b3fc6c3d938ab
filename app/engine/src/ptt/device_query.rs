//! Asking the system which keys are down, 50 times a second: the way on Windows and macOS, and X11's where `xinput` is not to be had.
//!
//! It knows no more keys than `device_query` lists, and on X11 no side buttons of the mouse. There it uses libX11, which ends the program
//! when the X server ends, as the window's toolkit does.

use std::time::Duration;

use device_query::{DeviceQuery as _, DeviceState, Keycode};

use super::backend::{Backend, Fault, Sink, Stop};
use super::hotkey::{Hotkey, Part};
use super::keys::Key;
use super::matcher::Matcher;
use dialtone_words::say;

/// Between two questions: a press is heard so much later at most. One question takes less than 0.1 ms.
const ASK_EVERY: Duration = Duration::from_millis(20);
/// Buttons and keys are numbered anew each; a matcher has one row of numbers.
const BUTTONS: u32 = 0x1_0000;

/// The backend.
pub(crate) struct DeviceQuery;

fn why_not() -> &'static str {
    if cfg!(target_os = "macos") {
        say!("reach-macos")
    } else {
        say!("reach-no-x")
    }
}

impl Backend for DeviceQuery {
    fn available(&self) -> Result<(), String> {
        // The library prints by itself where there is no X server.
        let no_server = cfg!(target_os = "linux") && std::env::var_os("DISPLAY").is_none();
        let state = (!no_server).then(DeviceState::checked_new).flatten();
        state.map(drop).ok_or_else(|| why_not().to_owned())
    }

    fn run(&mut self, hotkey: &Hotkey, sink: &dyn Sink, stop: &Stop) -> Result<(), Fault> {
        let unavailable = |words: &str| Fault::Unavailable(words.to_owned());
        // It may not move to another thread.
        let state = DeviceState::checked_new().ok_or_else(|| unavailable(why_not()))?;
        let mut matcher = Matcher::new(hotkey, codes).map_err(unavailable)?;
        let watched = watched(hotkey);
        sink.listening(None);
        while !stop.wait(ASK_EVERY) {
            let down = if watched.iter().any(|code| *code < BUTTONS) {
                state.get_keys()
            } else {
                Vec::new()
            };
            let buttons = if watched.iter().any(|code| *code >= BUTTONS) {
                state.get_mouse().button_pressed
            } else {
                Vec::new()
            };
            for code in &watched {
                let is_down = match code.checked_sub(BUTTONS) {
                    None => down.iter().any(|key| *key as u32 == *code),
                    Some(index) => buttons.get(index as usize).copied().unwrap_or(false),
                };
                if let Some(held) = matcher.change(*code, is_down) {
                    sink.held(held);
                }
            }
        }
        Ok(())
    }
}

fn watched(hotkey: &Hotkey) -> Vec<u32> {
    hotkey
        .groups()
        .into_iter()
        .flatten()
        .flat_map(codes)
        .collect()
}

fn codes(part: Part) -> Vec<u32> {
    match part {
        Part::Key(key) => keycodes(key).into_iter().map(|code| code as u32).collect(),
        Part::Mouse(number) => button(number)
            .map(|index| BUTTONS + index)
            .into_iter()
            .collect(),
    }
}

/// Where the library has this button of X's numbers: it counts left, middle, right on X11, and left, right, middle and the two side
/// buttons elsewhere.
fn button(number: u8) -> Option<u32> {
    match (number, cfg!(target_os = "linux")) {
        (2, true) | (3, false) => Some(2),
        (3, true) | (2, false) => Some(3),
        (8, false) => Some(4),
        (9, false) => Some(5),
        _ => None,
    }
}

/// What the library calls this key, on any system.
fn keycodes(key: &Key) -> Vec<Keycode> {
    let names: &[&str] = match key.name {
        "Backtick" => &["Grave"],
        "Equals" => &["Equal"],
        "OpenBracket" => &["LeftBracket"],
        "CloseBracket" => &["RightBracket"],
        "Backslash" => &["BackSlash"],
        "Quote" => &["Apostrophe"],
        "Period" => &["Dot"],
        "LeftCtrl" => &["LControl"],
        "RightCtrl" => &["RControl"],
        "LeftShift" => &["LShift"],
        "RightShift" => &["RShift"],
        "LeftAlt" => &["LAlt", "LOption"],
        "RightAlt" => &["RAlt", "ROption"],
        "LeftSuper" => &["LMeta", "Command"],
        "RightSuper" => &["RMeta", "RCommand"],
        name => &[name],
    };
    let digit = (key.name.len() == 1).then(|| format!("Key{}", key.name));
    let names = names.iter().copied().chain(digit.as_deref());
    names.filter_map(|name| name.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::keys::KEYS;
    use super::*;

    /// The library finds its X server by `DISPLAY` alone: the test runs itself again in a process that has it.
    #[cfg(target_os = "linux")]
    #[test]
    fn keys_are_heard_by_asking_and_side_buttons_are_not() {
        use super::super::testing::{Hands, Running, Told, XServer};

        const SELF: &str =
            "ptt::device_query::tests::keys_are_heard_by_asking_and_side_buttons_are_not";
        const INSIDE: &str = "DIALTONE_TEST_DEVICE_QUERY";
        if std::env::var_os(INSIDE).is_none() {
            let server = XServer::start();
            let mut again = std::process::Command::new(std::env::current_exe().unwrap());
            again.args(["--exact", SELF]);
            // What it prints is no result of this run.
            again.stdout(std::process::Stdio::null());
            again.env("DISPLAY", &server.display);
            assert!(again.env(INSIDE, "1").status().unwrap().success());
            return;
        }
        let display = std::env::var("DISPLAY").unwrap();
        let hands = Hands::on(&display);
        assert_eq!(DeviceQuery.available(), Ok(()));
        let running = Running::listening(DeviceQuery, "Ctrl+F8");
        hands.key("LeftCtrl", true);
        hands.key("F8", true);
        assert_eq!(running.next(), Told::Held(true));
        hands.key("F8", false);
        assert_eq!(running.next(), Told::Held(false));
        running.stop().unwrap();
        let running = Running::listening(DeviceQuery, "Mouse3");
        hands.button(3, true);
        assert_eq!(running.next(), Told::Held(true));
        running.stop().unwrap();
        let ended = Running::start(DeviceQuery, "Mouse8").ended();
        assert!(matches!(ended, Err(Fault::Unavailable(_))), "{ended:?}");
    }

    #[test]
    fn the_keys_that_the_library_lacks_are_these() {
        let missing: Vec<_> = KEYS
            .iter()
            .filter(|key| keycodes(key).is_empty())
            .map(|key| key.name)
            .collect();
        let expected = [
            "F21",
            "F22",
            "F23",
            "F24",
            "Less",
            "Pause",
            "ScrollLock",
            "PrintScreen",
            "Menu",
            "NumLock",
        ];
        assert_eq!(missing, expected);
    }
}
