//! The password, from standard input.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::Context as _;
use dialtone_engine::Secret;

/// Longest line that is read, in bytes.
const LONGEST: u64 = 4_096;

/// Asks for it at a terminal, without showing what is typed; else reads the first line.
///
/// # Errors
/// Standard input has no line, or cannot be read.
pub(crate) fn read() -> anyhow::Result<Secret> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let typed =
            rpassword::prompt_password("Password: ").context("the password could not be read")?;
        return Ok(Secret::new(typed));
    }
    let mut line = String::new();
    std::io::Read::take(stdin.lock(), LONGEST)
        .read_line(&mut line)
        .context("the password could not be read from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(
        !password.is_empty(),
        "the password is to be given as a line of standard input"
    );
    Ok(Secret::new(password))
}
