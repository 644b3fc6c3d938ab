//! From a key to text: what needs no arguments is made once for each language, the rest when it is asked for.

use std::collections::HashMap;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::files;
use crate::language::{LANGUAGES, Language};

struct Spoken {
    bundle: FluentBundle<FluentResource>,
    plain: HashMap<&'static str, &'static str>,
}

/// What stands under a key that takes no arguments.
pub fn text(key: &'static str) -> &'static str {
    let spoken = spoken(crate::language());
    let found = spoken.plain.get(key);
    found
        .or_else(|| self::spoken(Language::English).plain.get(key))
        .copied()
        .unwrap_or(key)
}

/// What stands under a key, with arguments filled in: names are plain text, whatever they hold.
pub fn fill(key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
    let mut named = FluentArgs::with_capacity(arguments.len());
    for (name, value) in arguments {
        named.set(*name, value.clone());
    }
    [crate::language(), Language::English]
        .into_iter()
        .find_map(|language| spoken(language).filled(key, &named))
        .unwrap_or_else(|| key.to_owned())
}

/// A number with a decimal point, as the language writes it: "-45.5", "-45,5".
pub fn decimal(number: impl std::fmt::Display) -> String {
    let written = number.to_string();
    match crate::language() {
        Language::English => written,
        _ => written.replace('.', ","),
    }
}

impl Spoken {
    fn new(language: Language) -> Self {
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Marks that isolate directions are drawn by no font here, and are in the way of whoever copies a sentence.
        bundle.set_use_isolating(false);
        for text in files::texts(language) {
            let resource = match FluentResource::try_new((*text).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        let plain = plain(&bundle, language);
        Self { bundle, plain }
    }

    fn filled(&self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(arguments), &mut errors);
        Some(text.into_owned())
    }
}

/// The messages without arguments. They live as long as the program: there are as many as the files have, and no more.
fn plain(
    bundle: &FluentBundle<FluentResource>,
    language: Language,
) -> HashMap<&'static str, &'static str> {
    let mut plain = HashMap::new();
    for key in files::keys(language) {
        let pattern = bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else { continue };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, None, &mut errors);
        if errors.is_empty() {
            plain.insert(key, &*Box::leak(text.into_owned().into_boxed_str()));
        }
    }
    plain
}

fn spoken(language: Language) -> &'static Spoken {
    static SPOKEN: [OnceLock<Spoken>; LANGUAGES.len()] =
        [const { OnceLock::new() }; LANGUAGES.len()];
    SPOKEN[language as usize].get_or_init(|| Spoken::new(language))
}
