//! How long the server keeps what was written.

use dialtone_protocol::http::LONGEST_RETENTION_DAYS;

use super::file::FileSettings;
use super::resolve::Sources;
use super::{ConfigError, Flags};

pub(super) fn retention(
    sources: &Sources,
    flags: &Flags,
    file: &FileSettings,
) -> Result<Option<u32>, ConfigError> {
    let given = sources.pick(
        flags
            .retention_days
            .clone()
            .map(|v| ("--retention-days", v)),
        "DIALTONE_RETENTION_DAYS",
        file.retention_days
            .map(|days| ("retention-days", days.to_string())),
    );
    let Some(given) = given else {
        return Ok(None);
    };
    match given.value.parse() {
        Ok(days) if (1..=LONGEST_RETENTION_DAYS).contains(&days) => Ok(Some(days)),
        _ => {
            let problem = format!(
                "`{}` is not a number of days from 1 to {LONGEST_RETENTION_DAYS}; leave it out to keep everything",
                given.value
            );
            Err(given.wrong("how long messages are kept", problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::Settings;
    use super::*;

    #[test]
    fn messages_are_kept_for_ever_or_for_so_many_days() {
        let resolve = |value: &str| {
            let flags = Flags {
                data_dir: Some(PathBuf::from("/nonexistent/dialtone")),
                ..Flags::default()
            };
            let set = |name: &str| (name == "DIALTONE_RETENTION_DAYS").then(|| value.into());
            Settings::resolve(&flags, &set).map(|settings| settings.retention_days)
        };
        assert_eq!(resolve("").unwrap(), None);
        assert_eq!(resolve("30").unwrap(), Some(30));
        for wrong in ["0", "-1", "ever", "36501"] {
            let error = resolve(wrong).unwrap_err().to_string();
            assert!(error.contains("DIALTONE_RETENTION_DAYS"), "{error}");
        }
    }
}
