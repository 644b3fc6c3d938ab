#![no_main]
//! TURN over a stream: the datagrams are the same however the stream is cut, and none is too long. Addresses of its servers: what is
//! read means the same when it is written again.
use dialtone_protocol::turn::{FrameReader, IceUrl, MAX_TURN_DATAGRAM};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let read = |piece: usize| {
        let mut datagrams = Vec::new();
        let mut reader = FrameReader::new();
        for piece in bytes.chunks(piece) {
            let each = |datagram: &[u8]| datagrams.push(datagram.to_vec());
            if let Err(error) = reader.push(piece, each) {
                return (datagrams, Some(error));
            }
        }
        (datagrams, None)
    };
    let whole = read(bytes.len().max(1));
    assert!(whole.0.iter().all(|datagram| datagram.len() <= MAX_TURN_DATAGRAM));
    assert_eq!(whole, read(1));
    if let Ok(url) = String::from_utf8_lossy(bytes).parse::<IceUrl>() {
        assert_eq!(url.to_string().parse(), Ok(url));
    }
});
