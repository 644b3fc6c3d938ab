#![no_main]
//! What people type, or write into settings: what is looked for, the key that is held to talk, a server's address.
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "the engine uses the rest")]
#[path = "../../engine/src/ptt/hotkey.rs"]
mod hotkey;
#[expect(dead_code, reason = "the engine uses the rest")]
#[path = "../../engine/src/ptt/keys.rs"]
mod keys;
#[expect(dead_code, reason = "the engine uses the rest")]
#[path = "../../engine/src/chat/mentions.rs"]
mod mentions;
#[expect(dead_code, reason = "the engine uses the rest")]
#[path = "../../engine/src/chat/search/query.rs"]
mod query;
#[expect(dead_code, reason = "the engine uses the rest")]
#[path = "../../engine/src/doctor/target.rs"]
mod target;
#[path = "../../engine/src/chat/search/text.rs"]
mod text;

fuzz_target!(|typed: &str| {
    if let Ok(hotkey) = typed.parse::<hotkey::Hotkey>() {
        assert_eq!(hotkey.to_string().parse(), Ok(hotkey));
    }
    if let Ok(target) = typed.parse::<target::Target>() {
        assert!(!target.host().is_empty() && target.port() > 0);
        let address = match target.host() {
            host if host.contains(':') => format!("[{host}]:{}", target.port()),
            host => format!("{host}:{}", target.port()),
        };
        let again = address.parse::<target::Target>();
        let again = again.expect("it is written as an address");
        assert_eq!((again.host(), again.port()), (target.host(), target.port()));
    }
    if let Ok(query) = query::parse(typed) {
        check_places(typed, &query.words);
    }
    let (name, rest) = typed.split_once('\n').unwrap_or((typed, ""));
    if mentions::names(rest, name) {
        assert!(rest.contains('@'));
    }
});

fn check_places(text: &str, words: &[String]) {
    let mut end = 0;
    for (from, to) in text::places(text, words) {
        assert!(text.get(from..to).is_some() && from >= end && from < to);
        end = to;
    }
}
