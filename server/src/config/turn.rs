//! STUN and TURN servers that members are told, and the secret that this server shares with the TURN servers.

use dialtone_protocol::turn::{IceKind, IceUrl, MOST_TURN_URLS};

use super::file::FileSettings;
use super::resolve::{Sources, secret};
use super::{ConfigError, GivenSecret};

/// STUN and TURN servers for direct calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TurnSettings {
    /// Their addresses.
    pub urls: Vec<IceUrl>,
    /// What the TURN servers know as `static-auth-secret`.
    pub secret: Option<GivenSecret>,
}

pub(super) fn turn(
    sources: &Sources<'_>,
    file: &FileSettings,
) -> Result<TurnSettings, ConfigError> {
    let urls = file.turn_urls.as_ref();
    let urls = sources.pick(
        None,
        "TURN_URLS",
        urls.map(|urls| ("turn-urls", urls.join(" "))),
    );
    let given_secret = file.turn_secret.clone();
    let secret = secret(
        sources,
        "the TURN servers' secret",
        "TURN_SECRET",
        given_secret.map(|value| ("turn-secret", value)),
    )?;
    let Some(given) = urls else {
        return Ok(TurnSettings::default());
    };
    let wrong = |problem: String| given.wrong("the TURN servers", problem);
    let between = |c: char| c.is_whitespace() || c == ',';
    let mut urls: Vec<IceUrl> = Vec::new();
    for url in given.value.split(between).filter(|url| !url.is_empty()) {
        let read = url.parse();
        urls.push(read.map_err(|error| wrong(format!("`{url}` cannot be used: {error}")))?);
    }
    if urls.len() > MOST_TURN_URLS {
        return Err(wrong(format!("there may be {MOST_TURN_URLS} at most")));
    }
    let relays = urls.iter().any(|url| url.kind == IceKind::Turn);
    if relays && secret.is_none() {
        let problem = "they need the secret that they share with this server: set TURN_SECRET too";
        return Err(wrong(problem.to_owned()));
    }
    Ok(TurnSettings { urls, secret })
}

#[cfg(test)]
mod tests {
    use super::super::{Flags, Settings};
    use super::*;

    const SECRET: (&str, &str) = ("TURN_SECRET", "correct horse battery");

    fn resolve(file: &str, variables: &[(&str, &str)]) -> Result<TurnSettings, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("server.toml"), file).unwrap();
        let flags = Flags {
            data_dir: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let environment = |name: &str| {
            let mut all = variables.iter();
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        let resolved = Settings::resolve(&flags, &environment);
        resolved
            .map(|settings| settings.turn)
            .map_err(|error| error.to_string())
    }

    fn urls(settings: &TurnSettings) -> Vec<String> {
        settings.urls.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn servers_come_from_the_environment_or_the_file() {
        let both = "stun:a, turn:b?transport=tcp turns:c";
        let settings = resolve("", &[("TURN_URLS", both), SECRET]).unwrap();
        let whole = [
            "stun:a:3478",
            "turn:b:3478?transport=tcp",
            "turns:c:5349?transport=tcp",
        ];
        assert_eq!(urls(&settings), whole);
        assert!(!format!("{settings:?}").contains("horse"));
        let file = "turn-urls = [\"turn:d\"]\nturn-secret = \"correct horse battery\"\n";
        let from_file = resolve(file, &[]).unwrap();
        assert_eq!(urls(&from_file), ["turn:d:3478?transport=udp"]);
        assert_eq!(from_file.secret, settings.secret);
        assert_eq!(resolve("", &[]).unwrap(), TurnSettings::default());
        let alone = resolve("", &[("TURN_URLS", "stun:a")]).unwrap();
        assert_eq!(alone.secret, None, "STUN needs none");
    }

    #[test]
    fn what_cannot_be_used_is_named_without_the_secret() {
        let many = "stun:a ".repeat(9);
        for (variables, named) in [
            (vec![("TURN_URLS", "turn:a:0"), SECRET], "TURN_URLS"),
            (vec![("TURN_URLS", "a.example"), SECRET], "a.example"),
            (vec![("TURN_URLS", "turn:a")], "TURN_SECRET"),
            (
                vec![("TURN_URLS", "turn:a"), ("TURN_SECRET", "horse")],
                "TURN_SECRET",
            ),
            (vec![("TURN_URLS", many.as_str()), SECRET], "at most"),
        ] {
            let error = resolve("", &variables).unwrap_err();
            assert!(error.contains(named), "{error}");
            assert!(!error.contains("horse"), "{error}");
        }
    }
}
