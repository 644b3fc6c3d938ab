//! Where people get the client.

use super::file::FileSettings;
use super::resolve::Sources;
use super::{ConfigError, Flags};

pub(super) fn client_url(
    sources: &Sources,
    flags: &Flags,
    file: &FileSettings,
) -> Result<Option<String>, ConfigError> {
    let given = sources.pick(
        flags
            .client_url
            .clone()
            .map(|value| ("--client-url", value)),
        "DIALTONE_CLIENT_URL",
        file.client_url.clone().map(|value| ("client-url", value)),
    );
    let Some(given) = given else {
        return Ok(None);
    };
    let uri = given.value.parse::<axum::http::Uri>().ok();
    let good = uri.is_some_and(|uri| {
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        uri.scheme_str() == Some("https") && !authority.is_empty() && !authority.contains('@')
    });
    if good {
        return Ok(Some(given.value));
    }
    // Not the value: it may hold a password. And not `http://`: the program that guards people's keys comes from there.
    let problem = "it is not an address such as https://example.org/dialtone, without a name or password in it";
    Err(given.wrong("where the client is got", problem))
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    fn resolve(value: &str) -> Result<Option<String>, ConfigError> {
        let flags = Flags {
            data_dir: Some("/nonexistent/dialtone".into()),
            ..Flags::default()
        };
        let set = |name: &str| (name == "DIALTONE_CLIENT_URL").then(|| value.into());
        Settings::resolve(&flags, &set).map(|settings| settings.client_url)
    }

    #[test]
    fn it_is_an_address_that_nobody_in_between_can_change() {
        assert_eq!(resolve("").unwrap(), None);
        for good in [
            "https://example.org",
            "https://example.org:8443/get?system=linux#deb",
        ] {
            assert_eq!(resolve(good).unwrap().as_deref(), Some(good));
        }
        for wrong in [
            "example.org",
            "/get",
            "http://example.org",
            "https://",
            "https://me:hunter2@example.org",
            "https://example.org/a b",
            "javascript:alert(1)",
        ] {
            let error = resolve(wrong).unwrap_err().to_string();
            assert!(error.contains("DIALTONE_CLIENT_URL"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
