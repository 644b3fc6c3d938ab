//! Settings as the program takes them: none is ignored, and the README's table has those that there are, and no others.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use clap::{CommandFactory as _, Parser};
use dialtone_server::config::{
    ConfigError, FILE_NAME, FileSettings, Flags, LOG_VARIABLES, SETTING_VARIABLES, Settings,
    unknown_variables,
};

use crate::common::{Process, program};

const README: &str = include_str!("../../../README.md");

/// Each is good for some settings and wrong for the others.
const VALUES: [&str; 15] = [
    "7",
    "none",
    "20/100",
    "a.example.org",
    "a.example.org:1",
    "127.0.0.1:7",
    "anna@example.org",
    "https://a.example.org",
    "nats://a.example.org",
    "postgres://a.example.org/b",
    "s3://files",
    "stun:a.example.org",
    "turn:a.example.org",
    "0123456789abcdef",
    "/a",
];

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    flags: Flags,
}

/// A line of the README's table.
struct Row {
    variables: Vec<String>,
    /// With the two strokes before them.
    flags: Vec<String>,
    /// In the file, where there is no flag.
    keys: Vec<String>,
}

fn quoted(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.map(ToOwned::to_owned).collect()
}

fn rows() -> Vec<Row> {
    let (_, table) = README
        .split_once("| variable | flag | what | default |\n")
        .unwrap();
    let lines = table.lines().skip(1);
    let lines = lines.take_while(|line| line.starts_with('|'));
    lines
        .map(|line| {
            let mut cells = line.split('|').skip(1);
            let variables = quoted(cells.next().unwrap());
            let otherwise = cells.next().unwrap();
            let (flags, keys) = if otherwise.contains("file:") {
                (Vec::new(), quoted(otherwise))
            } else {
                (quoted(otherwise), Vec::new())
            };
            Row {
                variables,
                flags,
                keys,
            }
        })
        .collect()
}

/// Those of the file: serde names them all to who writes another one.
fn keys() -> BTreeSet<String> {
    let refused = toml::from_str::<FileSettings>("nonsense = 1").err();
    let refused = refused.unwrap();
    quoted(refused.message()).into_iter().skip(1).collect()
}

fn known() -> BTreeSet<String> {
    let all = SETTING_VARIABLES.iter().chain(&LOG_VARIABLES);
    all.map(ToString::to_string).collect()
}

#[test]
fn the_readme_has_the_variables_that_are_read_and_no_others() {
    let told = rows().into_iter().flat_map(|row| row.variables);
    assert_eq!(told.collect::<BTreeSet<_>>(), known());
}

#[test]
fn the_readme_has_the_flags_and_keys_that_there_are_and_no_others() {
    let command = Program::command();
    let mut flags = BTreeSet::new();
    for row in rows() {
        let only_variables = row.variables.iter().all(|name| {
            let known = LOG_VARIABLES.contains(&name.as_str());
            known && row.flags.is_empty() && row.keys.is_empty()
        });
        let names = row.flags.len().max(row.keys.len());
        let (variables, told) = (row.variables.len(), &row.variables);
        assert!(only_variables || names == variables, "{told:?}");
        for (variable, flag) in row.variables.iter().zip(&row.flags) {
            let name = flag.strip_prefix("--").unwrap().to_owned();
            let mut arguments = command.get_arguments();
            let argument = arguments.find(|one| one.get_long() == Some(&name));
            let help = argument.unwrap().get_help().unwrap().to_string();
            assert!(help.contains(&format!("[env: `{variable}`]")), "{help}");
            flags.insert(name);
        }
    }
    let longs = command.get_arguments().filter_map(clap::Arg::get_long);
    assert_eq!(flags, longs.map(ToOwned::to_owned).collect());
    // Each flag but this one is a key, too.
    flags.remove("data-dir");
    let told = rows().into_iter().flat_map(|row| row.keys);
    assert_eq!(told.chain(flags).collect::<BTreeSet<_>>(), keys());
}

/// A machine on which nothing is set.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::TempDir::new().unwrap());
        std::fs::create_dir_all(machine.file().parent().unwrap()).unwrap();
        machine
    }

    fn file(&self) -> PathBuf {
        let folder = self.0.path().join(".local/share/dialtone-server");
        folder.join(FILE_NAME)
    }

    fn resolve(
        &self,
        flags: &Flags,
        variable: Option<(&str, &str)>,
    ) -> Result<Settings, ConfigError> {
        let home = self.0.path().as_os_str();
        let environment = |name: &str| match (name, variable) {
            ("HOME", _) => Some(home.to_owned()),
            (_, Some((known, value))) if known == name => Some(OsString::from(value)),
            _ => None,
        };
        Settings::resolve(flags, &environment)
    }

    fn by_variable(&self, name: &str, value: &str) -> Result<Settings, ConfigError> {
        self.resolve(&Flags::default(), Some((name, value)))
    }

    fn by_flag(&self, flag: &str, value: &str) -> Result<Settings, ConfigError> {
        let program = Program::try_parse_from(["dialtone-server", flag, value]).unwrap();
        self.resolve(&program.flags, None)
    }

    /// As whatever the key takes: a text, a number or a list.
    fn by_key(&self, key: &str, value: &str) -> Result<Settings, ConfigError> {
        let forms = [
            format!("{key} = {value:?}\n"),
            format!("{key} = {value}\n"),
            format!("{key} = [{value:?}]\n"),
        ];
        let mut tried = forms.iter().map(|text| {
            std::fs::write(self.file(), text).unwrap();
            self.resolve(&Flags::default(), None)
        });
        let taken = tried.find(|one| !matches!(one, Err(ConfigError::File { .. })));
        let taken = taken.unwrap_or_else(|| {
            std::fs::write(self.file(), &forms[0]).unwrap();
            self.resolve(&Flags::default(), None)
        });
        std::fs::remove_file(self.file()).unwrap();
        taken
    }
}

/// What stands in the same line of the table means the same.
fn assert_same(one: &Result<Settings, ConfigError>, other: &Result<Settings, ConfigError>) {
    match (one, other) {
        (Ok(one), Ok(other)) => assert_eq!(one, other),
        (Err(_), Err(_)) => {}
        _ => panic!("{one:?} {other:?}"),
    }
}

#[test]
fn a_setting_alone_does_something_or_is_an_error() {
    let machine = Machine::new();
    let nothing = machine.resolve(&Flags::default(), None).unwrap();
    for row in rows() {
        for (place, variable) in row.variables.iter().enumerate() {
            if LOG_VARIABLES.contains(&variable.as_str()) {
                continue;
            }
            for value in VALUES {
                let set = machine.by_variable(variable, value);
                let ignored = set.as_ref().is_ok_and(|set| *set == nothing);
                assert!(!ignored, "{variable}={value} does nothing");
                if let Some(flag) = row.flags.get(place) {
                    assert_same(&set, &machine.by_flag(flag, value));
                }
                let flag = row.flags.get(place).map(|flag| &flag[2..]);
                let key = row.keys.get(place).map(String::as_str).or(flag);
                if let Some(key) = key.filter(|key| *key != "data-dir") {
                    assert_same(&set, &machine.by_key(key, value));
                }
            }
        }
    }
}

#[test]
fn a_certificate_where_there_is_no_tls_is_an_error() {
    let machine = Machine::new();
    for (flag, value) in [
        ("--tls-cert", "/cert.pem"),
        ("--tls-key", "/key.pem"),
        ("--acme", "chat.example.org"),
    ] {
        let arguments = ["dialtone-server", "--tls", "none", flag, value];
        let program = Program::try_parse_from(arguments).unwrap();
        let error = machine.resolve(&program.flags, None).unwrap_err();
        let words = error.to_string();
        assert!(
            words.contains(flag) && words.contains("--tls has it"),
            "{words}"
        );
    }
}

/// Names that begin like ours, in the files of a folder or in one file.
fn named_in(path: &Path, found: &mut BTreeSet<String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            named_in(&entry.unwrap().path(), found);
        }
        return;
    }
    let text = std::fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&text);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = words.filter(|word| {
        let rest = ["DIALTONE_", "TURN_"].iter();
        let mut rest = rest.filter_map(|start| word.strip_prefix(start));
        // `DIALTONE_RATE_PER_` is the beginning of several.
        rest.next()
            .is_some_and(|rest| !rest.is_empty() && !rest.ends_with('_'))
    });
    found.extend(ours.map(ToOwned::to_owned));
}

fn named(paths: &[&str]) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeSet::new();
    for path in paths {
        named_in(&root.join(path), &mut found);
    }
    assert!(!found.is_empty(), "{paths:?}");
    found
}

#[test]
fn what_is_written_about_hosting_names_settings_that_there_are() {
    let mut hosting = named(&["docs/HOSTING.md", "docs/SCALING.md", "assets/server"]);
    // Other names may be those of the programs that stand beside it.
    hosting.retain(|name| name.starts_with("DIALTONE_"));
    // How it was tested is written there, too.
    let tests = named(&["TESTING.md"]);
    let others = &(&hosting - &known()) - &tests;
    assert_eq!(others, BTreeSet::new());
}

#[test]
fn what_tests_tools_and_the_client_set_does_not_stop_a_server() {
    let named = named(&["dev", "tools/dev", "tools/bench", "tests/e2e", "TESTING.md"]);
    assert!(named.contains("DIALTONE_TEST_POSTGRES_URL"), "{named:?}");
    let all = named.into_iter().map(|name| (name.into(), "1".into()));
    let told = unknown_variables(all).unwrap();
    assert!(told.contains(&"DIALTONE_BIN_DIR".to_owned()), "{told:?}");
}

fn refusal(variable: &str, value: impl Into<OsString>) -> String {
    let folder = tempfile::TempDir::new().unwrap();
    let mut command = program(folder.path(), "");
    command.env(variable, value.into()).stderr(Stdio::piped());
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{variable}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_program_does_not_start_with_a_misspelt_variable() {
    let words = refusal("DIALTONE_RETENTION_DAY", "30");
    for named in ["`DIALTONE_RETENTION_DAY`", "`DIALTONE_RETENTION_DAYS`"] {
        assert!(words.contains(named), "{words}");
    }
}

#[test]
fn the_program_starts_with_another_programs_variable_and_tells_it_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let log = folder.path().join("log");
    let mut command = program(&folder.path().join("data"), "");
    command
        .env("DIALTONE_LOG", "warn")
        .env("DIALTONE_SOMETHING_ELSE", "hunter2")
        .stderr(std::fs::File::create(&log).unwrap());
    drop(Process::run(command));
    let log = std::fs::read_to_string(log).unwrap();
    let lines = log.matches("DIALTONE_SOMETHING_ELSE").count();
    assert!(lines == 1 && !log.contains("hunter2"), "{log}");
}

#[cfg(unix)]
#[test]
fn the_program_does_not_start_with_a_value_that_is_no_text() {
    use std::os::unix::ffi::OsStringExt as _;
    let value = || OsString::from_vec(b"hunter2\xff".to_vec());
    for variable in SETTING_VARIABLES.iter().chain(&LOG_VARIABLES) {
        let words = refusal(variable, value());
        assert!(words.contains(&format!("{variable}: ")), "{words}");
        assert!(words.contains("UTF-8") && !words.contains("hunter2"));
    }
}

#[cfg(unix)]
#[test]
fn a_home_that_is_no_text_is_an_error_where_it_is_needed() {
    use std::os::unix::ffi::OsStringExt as _;
    let home = |name: &str| (name == "HOME").then(|| OsString::from_vec(b"/home/\xff".to_vec()));
    let error = Settings::resolve(&Flags::default(), &home).unwrap_err();
    assert!(error.to_string().contains("HOME: "), "{error}");
    let flags = Flags {
        data_dir: Some("/nonexistent/dialtone".into()),
        ..Flags::default()
    };
    assert!(Settings::resolve(&flags, &home).is_ok());
}
