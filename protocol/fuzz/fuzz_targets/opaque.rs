#![no_main]
//! The messages of a password's proof (OPAQUE), of both sides: what is read is written again as the same bytes. The library passes over what
//! stands behind them. First byte: which kind.
use dialtone_protocol::opaque::Suite;
use opaque_ke::{
    CredentialFinalization, CredentialRequest, CredentialResponse, RegistrationRequest,
    RegistrationResponse, RegistrationUpload, ServerRegistration, ServerSetup,
};

macro_rules! check {
    ($kind:ty, $bytes:expr) => {
        if let Ok(read) = <$kind>::deserialize($bytes) {
            assert!($bytes.starts_with(read.serialize().as_slice()));
        }
    };
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    match kind % 8 {
        0 => check!(RegistrationRequest<Suite>, bytes),
        1 => check!(RegistrationResponse<Suite>, bytes),
        2 => check!(RegistrationUpload<Suite>, bytes),
        3 => check!(CredentialRequest<Suite>, bytes),
        4 => check!(CredentialResponse<Suite>, bytes),
        5 => check!(CredentialFinalization<Suite>, bytes),
        // What the server has stored of an account, and its own secret file.
        6 => check!(ServerRegistration<Suite>, bytes),
        _ => check!(ServerSetup<Suite>, bytes),
    }
});
