//! What the user should read, until it is dismissed. Bounded: the oldest go first.

use crate::snapshot::{Notice, Severity};

const MOST: usize = 8;

/// Notices in the order they came.
#[derive(Debug, Default)]
pub(super) struct Notices {
    next: u64,
    list: Vec<Notice>,
}

impl Notices {
    /// Adds one, unless it is there already.
    pub(super) fn add(&mut self, severity: Severity, text: String) {
        if self.list.iter().any(|notice| notice.text == text) {
            return;
        }
        self.next += 1;
        self.list.push(Notice {
            id: self.next,
            severity,
            text,
        });
        if self.list.len() > MOST {
            self.list.remove(0);
        }
    }

    /// Takes one away.
    pub(super) fn dismiss(&mut self, id: u64) {
        self.list.retain(|notice| notice.id != id);
    }

    pub(super) fn view(&self) -> Vec<Notice> {
        self.list.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_notice_is_shown_once_and_the_list_is_bounded() {
        let mut notices = Notices::default();
        notices.add(Severity::Info, "a".into());
        notices.add(Severity::Info, "a".into());
        assert_eq!(notices.view().len(), 1);
        (0..20).for_each(|n| notices.add(Severity::Info, n.to_string()));
        assert_eq!(notices.view().len(), MOST);
        let newest = notices.view().pop().unwrap();
        notices.dismiss(newest.id);
        assert!(notices.view().iter().all(|notice| notice.id != newest.id));
    }
}
