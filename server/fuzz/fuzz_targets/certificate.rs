#![no_main]
//! Certificates and their keys in files, as an operator or an authority puts them there, and the certificate that a server shows to a client:
//! what can be used is of the key whose hash is told, and a key of another certificate is not taken.
use std::fs;
use std::sync::LazyLock;

use dialtone_tls::key_hash;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use rustls_pki_types::CertificateDer;
use tempfile::TempDir;

#[path = "../../src/certified.rs"]
mod certified;
#[path = "../../../crypto/fuzz/fuzz_targets/edits.rs"]
mod edits;

/// What else may go wrong, of which nothing happens here.
mod tls {
    #[derive(Debug, thiserror::Error)]
    pub enum TlsError {
        #[error("{what} {problem} {path}")]
        File {
            what: &'static str,
            problem: String,
            path: String,
        },
        #[error(transparent)]
        Config(#[from] rustls::Error),
    }
}

use certified::Pair;
use edits::Edits;

#[derive(Debug, Arbitrary)]
enum Given {
    /// Both in one file, or not.
    Files {
        cert: Text,
        key: Text,
        one: bool,
    },
    /// What a server shows.
    Shown(Edits),
    Raw(Vec<u8>),
}

#[derive(Debug, Arbitrary)]
enum Text {
    /// Of one of two.
    Right(bool),
    Changed(bool, Edits),
    Raw(Vec<u8>),
}

struct Made {
    cert: String,
    der: Vec<u8>,
    key: String,
}

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));
static MADE: LazyLock<[Made; 2]> = LazyLock::new(|| {
    ["a.example.org", "b.example.org"].map(|name| {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]);
        let made = made.expect("a certificate");
        Made {
            cert: made.cert.pem(),
            der: made.cert.der().to_vec(),
            key: made.signing_key.serialize_pem(),
        }
    })
});

fuzz_target!(|given: Given| {
    match given {
        Given::Files { cert, key, one } => {
            let cert = bytes(cert, |made| &made.cert);
            let key = bytes(key, |made| &made.key);
            read(&cert, &key, one);
        }
        Given::Shown(edits) => {
            let right = &MADE[0].der;
            let der = edits.of(right);
            let hash = key_hash(&CertificateDer::from(der.clone()));
            assert!(hash.is_some() || der != *right);
        }
        Given::Raw(bytes) => {
            let _ = key_hash(&CertificateDer::from(bytes));
        }
    }
});

fn bytes(text: Text, of: fn(&Made) -> &String) -> Vec<u8> {
    match text {
        Text::Right(which) => of(&MADE[usize::from(which)]).clone().into_bytes(),
        Text::Changed(which, edits) => edits.of(of(&MADE[usize::from(which)]).as_bytes()),
        Text::Raw(bytes) => bytes,
    }
}

fn read(cert: &[u8], key: &[u8], one: bool) {
    let (cert_path, key_path) = (
        FOLDER.path().join("cert.pem"),
        FOLDER.path().join("key.pem"),
    );
    let pair = if one {
        fs::write(&cert_path, [key, b"\n", cert].concat()).expect("a file");
        Pair::read(&cert_path, &cert_path, true)
    } else {
        fs::write(&cert_path, cert).expect("a file");
        fs::write(&key_path, key).expect("a file");
        Pair::read(&cert_path, &key_path, true)
    };
    match pair {
        Ok(pair) => {
            assert!(pair.signed);
            let shown = pair.certified.cert.first().expect("there is one");
            assert_eq!(key_hash(shown), Some(pair.key_hash));
            assert!(pair.certified.keys_match().is_ok());
            let _ = pair
                .validity()
                .map(|validity| (validity.from, validity.until));
        }
        Err(error) => {
            let is_right = |made: &Made| made.cert.as_bytes() == cert && made.key.as_bytes() == key;
            assert!(!MADE.iter().any(is_right), "{error}");
            // The key is in no line of a log.
            let told = error.to_string();
            let mut lines = MADE.iter().flat_map(|made| made.key.lines());
            assert!(
                !lines
                    .any(|line| line.len() >= 32 && !line.starts_with('-') && told.contains(line))
            );
        }
    }
}
