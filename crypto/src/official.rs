//! Vectors that others published, on the libraries as they are set up here: a suite or a setting that drifts would show.

use age::scrypt;
use age::secrecy::SecretString;
use dialtone_protocol::Hash;
use sframe::frame::{EncryptedFrameView, MediaFrameView, SingleUseCounter};
use sframe::key::{DecryptionKey, EncryptionKey};

use crate::keystore::{KeystoreError, Passphrase, open_profile};
use crate::media::SUITE;

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

/// RFC 9605, appendix C.3, for `AES_128_GCM_SHA256_128`.
#[test]
fn a_frame_of_voice_is_sealed_as_the_standard_says() {
    let (key_id, counter) = (0x123_u64, 0x4567);
    let base = bytes("000102030405060708090a0b0c0d0e0f");
    let metadata = bytes("4945544620534672616d65205747");
    let plain = bytes("64726166742d696574662d736672616d652d656e63");
    let expected =
        "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb";
    let key = EncryptionKey::derive_from(SUITE, key_id, &base).unwrap();
    let mut counter = SingleUseCounter::new(counter);
    let frame = MediaFrameView::try_with_meta_data(&mut counter, &plain, &metadata).unwrap();
    let mut buffer = Vec::new();
    let sealed = frame.encrypt_into(&key, &mut buffer).unwrap();
    assert_eq!(sealed.sframe_cipher_text(), bytes(expected));
    let sealed = bytes(expected);
    let key = DecryptionKey::derive_from(SUITE, key_id, &base).unwrap();
    let frame = EncryptedFrameView::try_with_meta_data(&sealed, &metadata).unwrap();
    let mut buffer = Vec::new();
    let opened = frame.decrypt_into(&key, &mut buffer).unwrap();
    assert_eq!(opened.payload(), plain);
}

/// `scrypt` of the C2SP vectors for age-encryption.org/v1; its passphrase is "password".
const AGE: &str = "6167652d656e6372797074696f6e2e6f72672f76310a2d3e20736372797074207246302f4e77626c5548485470675167527065354351\
                   2031300a67556a45796d464b4d565851454b644d4d484c32346f5965786a4533544943304f307a4753714a326155590a2d2d2d20494f\
                   5869515953746b6f54316d765a573274464f715a64685256766a353865674142782f7357665a5162630a1b35c6e687dd00da3ac379ac\
                   9f742c21fd185a1b9e3ded739d14ac6a9a50124db866d8";
/// SHA-256 of what is in it.
const AGE_PAYLOAD: &str = "013f54400c82da08037759ada907a8b864e97de81c088a182062c4b5622fd2ab";

#[test]
fn a_file_under_a_passphrase_opens_as_the_format_says() {
    let file = bytes(AGE);
    let identity = scrypt::Identity::new(SecretString::from("password"));
    let opened = age::decrypt(&identity, &file).unwrap();
    assert_eq!(Hash::of(&opened).0.to_vec(), bytes(AGE_PAYLOAD));
    // It is no keystore, and is told from one that another passphrase opens.
    let open =
        |passphrase: &str| open_profile(&file, &Passphrase::from(passphrase.to_owned())).err();
    assert!(matches!(
        open("password"),
        Some(KeystoreError::NotAKeystore)
    ));
    assert!(matches!(
        open("passwords"),
        Some(KeystoreError::WrongPassphrase)
    ));
}
