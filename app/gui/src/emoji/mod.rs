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

/// Few are filled up to so many with the usual ones.
const AT_LEAST: usize = 9;

/// What is offered first to whoever used these last, the newest first: those, and the usual ones while there are few.
pub fn offered(used: &[String]) -> Vec<String> {
    let mut all = used.to_vec();
    for usual in USUAL {
        if all.len() < AT_LEAST && !all.iter().any(|one| one == usual) {
            all.push(usual.to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_comes_first_and_once() {
        assert_eq!(offered(&[]), USUAL);
        let used = ["🎉".to_owned(), "⛵".to_owned()];
        assert_eq!(offered(&used)[..3], ["🎉", "⛵", "👍"]);
        assert_eq!(offered(&used).len(), USUAL.len() + 1);
        let many = vec!["⛵".to_owned(); 18];
        assert_eq!(offered(&many).len(), 18);
    }
}
