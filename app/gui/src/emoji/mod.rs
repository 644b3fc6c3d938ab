//! Emojis: their names, to look for them; their pictures, which stand in text like letters.
//!
//! name typed -> find -> emoji     text laid out -> pictures: one cluster -> one small picture

mod find;
mod pictures;

pub use emojis::{Emoji, SkinTone};
pub use find::{CATEGORIES, Category, by_name, find, of_category, toned};
pub use pictures::{install, is_drawn};

/// What is offered before one has used any.
pub const USUAL: [&str; 6] = ["👍", "❤️", "😂", "🎉", "👀", "⚓"];

/// What was used last, the newest first.
#[derive(Debug, Clone, Default)]
pub struct Recent(Vec<String>);

/// So many are remembered.
const REMEMBERED: usize = 18;

impl Recent {
    /// Notes that one was used.
    pub fn used(&mut self, emoji: &str) {
        self.0.retain(|one| one != emoji);
        self.0.insert(0, emoji.to_owned());
        self.0.truncate(REMEMBERED);
    }

    /// Those, and the usual ones while there are few.
    pub fn all(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.0.iter().map(String::as_str).collect();
        for usual in USUAL {
            if all.len() < REMEMBERED / 2 && !all.contains(&usual) {
                all.push(usual);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_comes_first_and_once() {
        let mut recent = Recent::default();
        assert_eq!(recent.all(), USUAL);
        recent.used("⛵");
        recent.used("🎉");
        assert_eq!(recent.all()[..3], ["🎉", "⛵", "👍"]);
        for emoji in emojis::iter().take(40) {
            recent.used(emoji.as_str());
        }
        assert_eq!(recent.all().len(), REMEMBERED);
    }
}
