//! The two switches of whoever talks.

/// Whether one's voice is sent, and others are heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Switches {
    /// One's voice is not sent, by one's own wish.
    pub muted: bool,
    /// One hears nobody, and is not heard meanwhile.
    pub deafened: bool,
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
    fn who_unmutes_hears_again() {
        let mut switches = Switches::default();
        switches.deafen(true);
        switches.mute(false);
        assert_eq!(switches, Switches::default());
    }
}
