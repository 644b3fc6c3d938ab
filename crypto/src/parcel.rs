//! A whole profile on its way to another computer: a stream under a passphrase.
//!
//! ```text
//! "dialtone profile 1\n" || age file (scrypt recipient, passphrase; chunks of 64 KiB under ChaCha20-Poly1305)
//! ```
//!
//! The age format binds each chunk to its place and marks the last one, so that a file that was cut, or in which something
//! was changed or moved, is not taken for a whole one: whoever reads must read to the end.

use std::io::{self, BufRead, Write};
use std::iter::once;

use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, scrypt};

use crate::keystore::{Passphrase, Work};

/// What the file begins with, up to the version.
const MAGIC: &[u8] = b"dialtone profile ";
/// The version that is written, and the only one that is read.
const VERSION: u8 = b'1';
/// The most scrypt work that is done to open a parcel: `N = 2^20`, 1 GiB.
const MOST_WORK: u8 = 20;

/// Why a parcel cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParcelError {
    /// The file is something else.
    #[error("this file is no profile of Dialtone")]
    NotAParcel,
    /// A newer program wrote it.
    #[error("this profile was written by a newer version of Dialtone; update this one first")]
    Newer,
    /// The passphrase does not fit.
    #[error("this passphrase does not open the file; try again")]
    WrongPassphrase,
    /// It asks for more work than one of ours ever does.
    #[error(
        "opening this file would take more memory than is allowed; it was not written by Dialtone"
    )]
    TooMuchWork,
    /// The file is damaged.
    #[error("this file is damaged; copy it anew, or export the profile again")]
    Damaged,
    /// The age library failed.
    #[error("the file could not be sealed; please report this")]
    Seal,
    /// It could not be read or written.
    #[error("the file cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

/// Seals what is written into it; [`StreamWriter::finish`] must be called at the end. Slow on purpose when it begins.
///
/// # Errors
/// [`ParcelError`]
pub fn seal<W: Write>(
    mut out: W,
    passphrase: &Passphrase,
    work: Work,
) -> Result<StreamWriter<W>, ParcelError> {
    out.write_all(MAGIC)?;
    out.write_all(&[VERSION, b'\n'])?;
    let mut recipient = scrypt::Recipient::new(passphrase.0.clone());
    recipient.set_work_factor(work.factor());
    let recipients = once(&recipient as &dyn age::Recipient);
    let sealer = Encryptor::with_recipients(recipients).map_err(|_| ParcelError::Seal)?;
    Ok(sealer.wrap_output(out)?)
}

/// Opens what [`seal`] made. Nothing of it is to be believed before it was read to its end. Slow on purpose; the work is bounded.
///
/// # Errors
/// [`ParcelError`]
pub fn open<R: BufRead>(
    mut input: R,
    passphrase: &Passphrase,
) -> Result<StreamReader<R>, ParcelError> {
    let mut head = [0; MAGIC.len() + 2];
    input
        .read_exact(&mut head)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ParcelError::NotAParcel,
            _ => ParcelError::Io(error),
        })?;
    match head.strip_prefix(MAGIC) {
        Some([VERSION, b'\n']) => {}
        Some([b'2'..=b'9', _]) => return Err(ParcelError::Newer),
        _ => return Err(ParcelError::NotAParcel),
    }
    let opener = Decryptor::new_buffered(input).map_err(refused)?;
    let mut identity = scrypt::Identity::new(passphrase.0.clone());
    identity.set_max_work_factor(MOST_WORK);
    let identities = once(&identity as &dyn age::Identity);
    opener.decrypt(identities).map_err(refused)
}

fn refused(error: DecryptError) -> ParcelError {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            ParcelError::WrongPassphrase
        }
        DecryptError::ExcessiveWork { .. } => ParcelError::TooMuchWork,
        DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => damaged(error),
        _ => ParcelError::Damaged,
    }
}

/// What reading the opened stream failed of: it is damaged, or the system failed.
pub fn damaged(error: io::Error) -> ParcelError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => ParcelError::Damaged,
        _ => ParcelError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn sealed(content: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = seal(&mut file, &"right".into(), Work::ForTests).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap();
        file
    }

    fn opened(file: &[u8], passphrase: &str) -> Result<Vec<u8>, ParcelError> {
        let mut content = Vec::new();
        let mut reader = open(file, &passphrase.into())?;
        reader.read_to_end(&mut content).map_err(damaged)?;
        Ok(content)
    }

    #[test]
    fn it_opens_with_its_passphrase_alone() {
        let content = vec![7; 200_000];
        let file = sealed(&content);
        assert_eq!(opened(&file, "right").unwrap(), content);
        let wrong = opened(&file, "wrong").unwrap_err();
        assert!(matches!(wrong, ParcelError::WrongPassphrase), "{wrong}");
    }

    #[test]
    fn what_is_cut_changed_or_something_else_is_told() {
        let file = sealed(&vec![7; 200_000]);
        for end in [file.len() - 1, file.len() - 70_000, 60, MAGIC.len() + 2] {
            let error = opened(&file[..end], "right").unwrap_err();
            assert!(matches!(error, ParcelError::Damaged), "{end}: {error}");
        }
        let mut changed = file.clone();
        changed[100_000] ^= 1;
        let error = opened(&changed, "right").unwrap_err();
        assert!(matches!(error, ParcelError::Damaged), "{error}");
        for other in [&b""[..], b"hello, this is a letter to somebody", &file[1..]] {
            let error = opened(other, "right").unwrap_err();
            assert!(matches!(error, ParcelError::NotAParcel), "{error}");
        }
        let mut newer = file;
        newer[MAGIC.len()] = b'2';
        let error = opened(&newer, "right").unwrap_err();
        assert!(matches!(error, ParcelError::Newer), "{error}");
    }
}
