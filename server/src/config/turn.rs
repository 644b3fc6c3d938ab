//! STUN and TURN servers that members are told, and the secret that this server shares with the TURN servers.

use dialtone_protocol::turn::{IceKind, IceUrl, MOST_TURN_URLS};

use super::file::FileSettings;
use super::resolve::{Given, Sources, secret};
use super::{ConfigError, GivenSecret};

const URLS: &str = "the TURN servers";
const SECRET: &str = "the TURN servers' secret";

/// STUN and TURN servers for direct calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TurnSettings {
    /// Their addresses.
    pub urls: Vec<IceUrl>,
    /// What the TURN servers know as `static-auth-secret`.
    pub secret: Option<GivenSecret>,
}

pub(super) fn turn(sources: &Sources, file: &FileSettings) -> Result<TurnSettings, ConfigError> {
    let urls = file.turn_urls.as_ref();
    let given = sources.pick(
        None,
        "TURN_URLS",
        urls.map(|urls| ("turn-urls", urls.join(" "))),
    );
    let given_secret = file.turn_secret.clone();
    let given_secret = given_secret.map(|value| ("turn-secret", value));
    // For the error, who set it.
    let lonely = sources.pick(None, "TURN_SECRET", given_secret.clone());
    let secret = secret(sources, SECRET, "TURN_SECRET", given_secret)?;
    let read = given.as_ref().map(read_urls).transpose()?;
    let urls = read.unwrap_or_default();
    let relays = urls.iter().any(|url| url.kind == IceKind::Turn);
    match (given, lonely) {
        (Some(given), None) if relays => Err(given.wrong(
            URLS,
            "they need the secret that they share with this server: set TURN_SECRET too",
        )),
        (_, Some(lonely)) if !relays => Err(lonely.wrong(
            SECRET,
            "it does nothing without a TURN server: name one in TURN_URLS (`turn:` or `turns:`), or leave it out",
        )),
        _ => Ok(TurnSettings { urls, secret }),
    }
}

fn read_urls(given: &Given) -> Result<Vec<IceUrl>, ConfigError> {
    let between = |c: char| c.is_whitespace() || c == ',';
    let mut urls: Vec<IceUrl> = Vec::new();
    for url in given.value.split(between).filter(|url| !url.is_empty()) {
        let read = url.parse::<IceUrl>().map_err(|error| {
            let problem = format!("`{url}` cannot be used: {error}");
            given.wrong(URLS, problem)
        })?;
        urls.push(read);
    }
    if urls.len() > MOST_TURN_URLS {
        let problem = format!("there may be {MOST_TURN_URLS} at most");
        return Err(given.wrong(URLS, problem));
    }
    Ok(urls)
}

#[cfg(test)]
mod tests {
    use super::super::{Flags, Settings};
    use super::*;

    const GIVEN: (&str, &str) = ("TURN_SECRET", "correct horse battery");

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
                .map(|(_, value)| (*value).into())
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
        let settings = resolve("", &[("TURN_URLS", both), GIVEN]).unwrap();
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
            (vec![("TURN_URLS", "turn:a:0"), GIVEN], "TURN_URLS"),
            (vec![("TURN_URLS", "a.example"), GIVEN], "a.example"),
            (vec![("TURN_URLS", "turn:a")], "TURN_SECRET"),
            (
                vec![("TURN_URLS", "turn:a"), ("TURN_SECRET", "horse")],
                "TURN_SECRET",
            ),
            (vec![("TURN_URLS", many.as_str()), GIVEN], "at most"),
            (vec![GIVEN], "TURN_URLS"),
            (vec![("TURN_URLS", " "), GIVEN], "TURN_SECRET"),
            (vec![("TURN_URLS", "stun:a"), GIVEN], "TURN_SECRET"),
        ] {
            let error = resolve("", &variables).unwrap_err();
            assert!(error.contains(named), "{error}");
            assert!(!error.contains("horse"), "{error}");
        }
    }
}
