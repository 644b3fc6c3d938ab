//! The two switches of whoever talks, and the one that admins have.

/// Whether one's voice is sent, and others are heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Switches {
    /// One's voice is not sent, by one's own wish.
    pub muted: bool,
    /// One hears nobody, and is not heard meanwhile.
    pub deafened: bool,
    /// An admin has muted one for everybody: one's own switches change nothing of it, and are as they were when it is lifted.
    pub silenced: bool,
}

impl Switches {
    /// Mutes, or not; who unmutes also hears again.
    pub fn mute(&mut self, muted: bool) {
        self.muted = muted;
        self.deafened &= muted;
    }

    /// Deafens, or not; afterwards one is as muted as before.
    pub fn deafen(&mut self, deafened: bool) {
        self.deafened = deafened;
    }

    /// Whether one's voice is sent to nobody.
    pub fn is_silent(self) -> bool {
        self.is_silent_by_wish() || self.silenced
    }

    /// Whether that is one's own doing.
    pub fn is_silent_by_wish(self) -> bool {
        self.muted || self.deafened
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deafening_silences_and_leaves_the_other_switch_as_it_was() {
        for muted in [false, true] {
            let mut switches = Switches::default();
            switches.mute(muted);
            switches.deafen(true);
            assert!(switches.is_silent());
            switches.deafen(false);
            assert_eq!(switches.is_silent(), muted);
        }
    }

    #[test]
    fn whoever_was_silenced_by_an_admin_stays_so_and_is_afterwards_as_before() {
        for muted in [false, true] {
            let mut switches = Switches {
                silenced: true,
                ..Switches::default()
            };
            switches.deafen(true);
            switches.mute(true);
            switches.mute(false);
            assert!(switches.is_silent() && !switches.is_silent_by_wish());
            switches.mute(muted);
            switches.silenced = false;
            assert_eq!(switches.is_silent(), muted);
        }
    }

    #[test]
    fn who_unmutes_hears_again() {
        let mut switches = Switches::default();
        switches.deafen(true);
        switches.mute(false);
        assert_eq!(switches, Switches::default());
    }
}
