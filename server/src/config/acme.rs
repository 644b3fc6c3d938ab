//! Where a certificate is asked for, and for which names.

use super::file::FileSettings;
use super::resolve::{Given, Sources};
use super::{ConfigError, Flags};

/// Let's Encrypt.
const DEFAULT_DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// The most names in a certificate: each is proved in every order.
const MOST_NAMES: usize = 20;
/// The longest host name (RFC 1035).
const LONGEST_NAME: usize = 253;

/// A certificate that an authority signs and renews (RFC 8555).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeSettings {
    /// The names in the certificate, at least one.
    pub names: Vec<String>,
    /// Whom the authority may write to.
    pub contact: Option<String>,
    /// Where the authority's directory is, `https://…`.
    pub directory: String,
}

/// What is set; `None` where no name is.
pub(super) fn acme(
    sources: &Sources,
    flags: &Flags,
    file: &FileSettings,
) -> Result<Option<(Given, AcmeSettings)>, ConfigError> {
    let names = sources.pick(
        flags.acme.clone().map(|value| ("--acme", value)),
        "DIALTONE_ACME",
        file.acme.clone().map(|value| ("acme", value)),
    );
    let contact = sources.pick(
        None,
        "DIALTONE_ACME_CONTACT",
        file.acme_contact
            .clone()
            .map(|value| ("acme-contact", value)),
    );
    let directory = sources.pick(
        None,
        "DIALTONE_ACME_DIRECTORY",
        file.acme_directory
            .clone()
            .map(|value| ("acme-directory", value)),
    );
    let Some(given) = names else {
        // Who set one of these means a certificate.
        return match contact.or(directory) {
            None => Ok(None),
            Some(lonely) => Err(lonely.wrong(
                "what an authority is told",
                "it does nothing without the names for a certificate: set DIALTONE_ACME too, or leave it out",
            )),
        };
    };
    let settings = AcmeSettings {
        names: read_names(&given)?,
        contact: contact.as_ref().map(read_contact).transpose()?,
        directory: directory.map_or_else(|| Ok(DEFAULT_DIRECTORY.to_owned()), read_directory)?,
    };
    Ok(Some((given, settings)))
}

fn read_names(given: &Given) -> Result<Vec<String>, ConfigError> {
    let wrong = |problem: String| given.wrong("the names for a certificate", problem);
    let between = |c: char| c.is_whitespace() || c == ',';
    let mut names: Vec<String> = Vec::new();
    for name in given.value.split(between).filter(|name| !name.is_empty()) {
        let name = name.to_ascii_lowercase();
        if !is_host(&name) {
            let problem = format!(
                "`{name}` is not a host name such as chat.example.org, without port or asterisk"
            );
            return Err(wrong(problem));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.len() {
        0 => Err(wrong("there is none".to_owned())),
        1..=MOST_NAMES => Ok(names),
        _ => Err(wrong(format!("there may be {MOST_NAMES} at most"))),
    }
}

/// A name that the domain name system may know, not an address.
fn is_host(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= LONGEST_NAME
        && name.contains('.')
        && name.split('.').all(label)
        && !last.chars().all(|c| c.is_ascii_digit())
}

fn read_contact(given: &Given) -> Result<String, ConfigError> {
    let address = given.value.strip_prefix("mailto:").unwrap_or(&given.value);
    let whole = address
        .split_once('@')
        .is_some_and(|(who, host)| !who.is_empty() && !host.is_empty());
    let plain = |c: char| c.is_ascii_graphic() && c != ',' && c != '?';
    if whole && address.chars().all(plain) {
        return Ok(address.to_owned());
    }
    let problem = format!("`{}` is not a mail address", given.value);
    Err(given.wrong("the contact for a certificate", problem))
}

fn read_directory(given: Given) -> Result<String, ConfigError> {
    let host = given.value.strip_prefix("https://");
    if host.is_some_and(|host| !host.is_empty() && host.chars().all(|c| c.is_ascii_graphic())) {
        return Ok(given.value);
    }
    let problem = format!(
        "`{}` is not an address that begins with https://",
        given.value
    );
    Err(given.wrong("the authority's directory", problem))
}

#[cfg(test)]
mod tests {
    use super::super::{Settings, TlsSetting};
    use super::*;

    fn resolve(variables: &[(&str, &str)]) -> Result<Settings, String> {
        let flags = Flags {
            data_dir: Some("/nonexistent/dialtone".into()),
            ..Flags::default()
        };
        let environment = |name: &str| {
            let mut all = variables.iter();
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).into())
        };
        Settings::resolve(&flags, &environment).map_err(|error| error.to_string())
    }

    fn acme(variables: &[(&str, &str)]) -> AcmeSettings {
        match resolve(variables).unwrap().tls {
            TlsSetting::Acme(acme) => acme,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_contact_and_directory_are_read() {
        let one = acme(&[(
            "DIALTONE_ACME",
            "Chat.Example.org, talk.example.org chat.example.org",
        )]);
        assert_eq!(one.names, ["chat.example.org", "talk.example.org"]);
        assert_eq!(
            (one.contact, one.directory.as_str()),
            (None, DEFAULT_DIRECTORY)
        );
        let other = acme(&[
            ("DIALTONE_ACME", "chat.example.org"),
            ("DIALTONE_ACME_CONTACT", "mailto:anna@example.org"),
            (
                "DIALTONE_ACME_DIRECTORY",
                "https://ca.example.org:14000/dir",
            ),
        ]);
        assert_eq!(other.contact.as_deref(), Some("anna@example.org"));
        assert_eq!(other.directory, "https://ca.example.org:14000/dir");
    }

    #[test]
    fn what_does_nothing_without_names_is_refused() {
        for wrong in [
            ("DIALTONE_ACME_CONTACT", "anna@example.org"),
            ("DIALTONE_ACME_DIRECTORY", "https://ca.example.org/"),
        ] {
            let error = resolve(&[wrong]).unwrap_err();
            assert!(error.contains(wrong.0), "{error}");
            assert!(error.contains("set DIALTONE_ACME too"), "{error}");
        }
    }

    #[test]
    fn links_name_the_first_of_the_names_unless_another_is_set() {
        let names = ("DIALTONE_ACME", "chat.example.org,talk.example.org");
        let settings = resolve(&[names]).unwrap();
        assert_eq!(settings.public_addr.as_deref(), Some("chat.example.org"));
        let settings = resolve(&[names, ("DIALTONE_PUBLIC_ADDR", "talk.example.org")]).unwrap();
        assert_eq!(settings.public_addr.as_deref(), Some("talk.example.org"));
    }

    #[test]
    fn what_no_authority_certifies_is_refused_and_named() {
        for name in [
            "localhost",
            "192.0.2.1",
            "[::1]",
            "*.example.org",
            "chat.example.org:443",
            "-chat.example.org",
            "chat..org",
            " , ",
            &"a.".repeat(200),
        ] {
            let error = resolve(&[("DIALTONE_ACME", name)]).unwrap_err();
            assert!(error.contains("DIALTONE_ACME"), "{name}: {error}");
        }
        let many: Vec<_> = (0..=MOST_NAMES)
            .map(|n| format!("n{n}.example.org"))
            .collect();
        let name = ("DIALTONE_ACME", "chat.example.org");
        for wrong in [
            ("DIALTONE_ACME", many.join(",").as_str()),
            ("DIALTONE_ACME_CONTACT", "anna"),
            ("DIALTONE_ACME_DIRECTORY", "http://ca.example.org/"),
            // One certificate at a time.
            ("DIALTONE_TLS_CERT", "/a"),
            ("DIALTONE_TLS_KEY", "/a"),
            ("DIALTONE_TLS", "none"),
        ] {
            let error = resolve(&[wrong, name]).unwrap_err();
            assert!(error.contains(wrong.0), "{wrong:?}: {error}");
        }
    }
}
