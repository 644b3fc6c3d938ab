//! What would hear the key of push-to-talk, and why others would not.

use std::fmt::Write as _;
use std::time::Duration;

use super::bounded::within;
use super::{Finding, Subject};
use crate::ptt::{self, BackendKind, Desktop};
use crate::settings::AudioSettings;

/// For each backend.
const LIMIT: Duration = Duration::from_secs(3);

/// Asks each backend that would be tried, in order, until one can be used.
pub(super) fn check(settings: &AudioSettings, desktop: Desktop) -> Finding {
    let order = ptt::order(settings.push_to_talk_backend, desktop);
    let available = |kind: BackendKind| {
        let ask = move || ptt::backends(kind).available();
        let late = || Err("it does not answer".to_owned());
        within(LIMIT, ask).unwrap_or_else(late)
    };
    judge(&order, settings.talk_mode.by_key(), available)
}

fn judge(
    order: &[BackendKind],
    wanted: bool,
    available: impl Fn(BackendKind) -> Result<(), String>,
) -> Finding {
    let mut passed_over = String::new();
    for kind in order {
        match available(*kind) {
            Ok(()) => {
                let words = format!("The key would be heard by {kind}.{passed_over}");
                return Finding::good(Subject::PushToTalk, words);
            }
            Err(why) => {
                let why = why.trim_end_matches('.');
                // A string takes everything.
                let _ = write!(passed_over, " {kind}: {why}.");
            }
        }
    }
    let words = format!(
        "The key would be heard in Dialtone's window only, while it has the keyboard.{passed_over}"
    );
    if wanted {
        let advice = "Bind `dialtone ptt toggle` to a shortcut of the desktop, or choose another backend in the settings.";
        Finding::bad(Subject::PushToTalk, words, advice)
    } else {
        let words = format!("No key is needed with these settings. {words}");
        Finding::skipped(Subject::PushToTalk, words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Outcome;

    const ORDER: [BackendKind; 2] = [BackendKind::XInput, BackendKind::DeviceQuery];

    #[test]
    fn the_first_that_works_is_named_and_why_those_before_it_do_not() {
        let found = judge(&ORDER, true, |kind| match kind {
            BackendKind::XInput => Err("the X server has no XInput".to_owned()),
            _ => Ok(()),
        });
        assert_eq!(found.outcome, Outcome::Good);
        let words = "The key would be heard by device-query. xinput: the X server has no XInput.";
        assert_eq!(found.words, words);
    }

    #[test]
    fn that_nothing_hears_the_key_is_a_fault_where_one_is_needed() {
        let nothing = |_| Err("no display".to_owned());
        assert_eq!(judge(&ORDER, true, nothing).outcome, Outcome::Bad);
        assert_eq!(judge(&ORDER, false, nothing).outcome, Outcome::Skipped);
        assert_eq!(judge(&[], true, nothing).outcome, Outcome::Bad);
    }
}
