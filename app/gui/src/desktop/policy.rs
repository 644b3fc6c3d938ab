//! Whether one is told of a message: pure.

use dialtone_engine::settings::NotifyLevel;

/// A message, and how one stands to it.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each counts by itself")]
pub(crate) struct Happening {
    /// Of what one wants to be told in its channel.
    pub(crate) level: NotifyLevel,
    /// It names oneself.
    pub(crate) mentioned: bool,
    /// One looks at its channel: it is open, in a window that has the keyboard.
    pub(crate) seen: bool,
    /// One does not want to be disturbed, or never to be told.
    pub(crate) quiet: bool,
    /// One wrote it oneself, at another device.
    pub(crate) own: bool,
}

/// Whether one is told.
pub(crate) fn is_told(happening: Happening) -> bool {
    let wanted = match happening.level {
        NotifyLevel::All => true,
        NotifyLevel::Mentions => happening.mentioned,
        NotifyLevel::None => false,
    };
    wanted && !happening.seen && !happening.quiet && !happening.own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_as_the_table_says() {
        // Level, told of what names oneself, told of the rest; as long as nothing else speaks against it.
        let table = [
            (NotifyLevel::All, true, true),
            (NotifyLevel::Mentions, true, false),
            (NotifyLevel::None, false, false),
        ];
        let both = [false, true];
        for (level, of_mentions, of_others) in table {
            for mentioned in both {
                for (seen, quiet, own) in both
                    .into_iter()
                    .flat_map(|seen| both.map(|quiet| (seen, quiet)))
                    .flat_map(|(seen, quiet)| both.map(|own| (seen, quiet, own)))
                {
                    let happening = Happening {
                        level,
                        mentioned,
                        seen,
                        quiet,
                        own,
                    };
                    let wanted = if mentioned { of_mentions } else { of_others };
                    let told = wanted && (seen, quiet, own) == (false, false, false);
                    assert_eq!(is_told(happening), told, "{happening:?}");
                }
            }
        }
    }
}
