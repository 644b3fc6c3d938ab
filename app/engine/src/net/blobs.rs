//! Sealed files, to the server and from it: as they are, in one request each, with the memory of a buffer.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::Duration;

use dialtone_protocol::BlobId;
use dialtone_protocol::http::KEEP_HEADER;
use ureq::http::StatusCode;
use ureq::http::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, EXPECT, RANGE,
};
use ureq::{RequestBuilder, SendBody};

use super::api::{Api, check, failure};
use super::{Transfer, TransferError};
use crate::disk::private_file;

/// No read or write of a connection takes longer, while it stands still.
const STANDSTILL: Duration = Duration::from_secs(45);
/// How long the server may take for its answer: it writes a long file down first.
const ANSWER: Duration = Duration::from_mins(2);

impl Api {
    /// `PUT /blobs/{id}` of the sealed file at `path`, of a message that stays for so many seconds. Blocks.
    ///
    /// # Errors
    /// [`TransferError`]
    pub(super) fn store_blob(
        &self,
        blob: &BlobId,
        path: &Path,
        keep_s: Option<u32>,
        transfer: &Transfer,
    ) -> Result<(), TransferError> {
        let file = File::open(path).map_err(TransferError::Disk)?;
        let length = file.metadata().map_err(TransferError::Disk)?.len();
        transfer.begin_at(0);
        let mut content = transfer.counted(io::BufReader::with_capacity(64 * 1024, file));
        let put = self.put(&format!("/blobs/{blob}"));
        // A file that is refused is not sent before that is said.
        let put = put
            .header(EXPECT, "100-continue")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, length);
        let put = match keep_s {
            Some(seconds) => put.header(KEEP_HEADER, seconds.to_string()),
            None => put,
        };
        let answer = patient(put).send(SendBody::from_reader(&mut content));
        match check(self.server(), answer) {
            Ok(_) => Ok(()),
            Err(_) if transfer.is_stopped() => Err(TransferError::Stopped),
            Err(error) => Err(error.into()),
        }
    }

    /// `GET /blobs/{id}`: what the file at `path` lacks of it is written behind what is there. Blocks.
    ///
    /// # Errors
    /// [`TransferError`]; what has come is kept, so that the next try goes on from there.
    pub(super) fn fetch_blob(
        &self,
        blob: &BlobId,
        path: &Path,
        length: u64,
        transfer: &Transfer,
    ) -> Result<(), TransferError> {
        let file = private_file().truncate(false).write(true).open(path);
        let mut file = file.map_err(TransferError::Disk)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(TransferError::Busy),
            Err(TryLockError::Error(error)) => return Err(TransferError::Disk(error)),
        }
        let mut begun = file.seek(SeekFrom::End(0)).map_err(TransferError::Disk)?;
        if begun == length {
            // All of it is here; what remains is to look whether it is right.
            transfer.begin_at(length);
            return Ok(());
        }
        if begun > length {
            file.set_len(0).map_err(TransferError::Disk)?;
            begun = 0;
        }
        let get = self.get_request(&format!("/blobs/{blob}"));
        let get = get.header(ACCEPT_ENCODING, "identity");
        let get = if begun > 0 {
            get.header(RANGE, format!("bytes={begun}-"))
        } else {
            get
        };
        let answer = patient(get).call();
        let past_its_end = |answer: &ureq::http::Response<ureq::Body>| {
            answer.status() == StatusCode::RANGE_NOT_SATISFIABLE
        };
        if answer.as_ref().is_ok_and(past_its_end) {
            file.set_len(0).map_err(TransferError::Disk)?;
            return Err(TransferError::Other);
        }
        let mut answer = check(self.server(), answer)?;
        let goes_on = answer.headers().get(CONTENT_RANGE).is_some_and(|range| {
            let expected = format!("bytes {begun}-{}/{length}", length - 1);
            range.as_bytes() == expected.as_bytes()
        });
        if !goes_on {
            // All of it comes again.
            begun = 0;
        }
        // Another length is another file: nothing of it is kept.
        let announced = answer.headers().get(CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|announced| announced != length - begun) {
            file.set_len(0).map_err(TransferError::Disk)?;
            return Err(TransferError::Other);
        }
        file.set_len(begun).map_err(TransferError::Disk)?;
        file.seek(SeekFrom::Start(begun))
            .map_err(TransferError::Disk)?;
        transfer.begin_at(begun);
        let body = answer.body_mut().with_config().limit(u64::MAX).reader();
        let mut body = transfer.counted(body.take((length - begun).saturating_add(1)));
        let mut chunk = vec![0; 64 * 1024];
        let mut got = begun;
        loop {
            let count = match body.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(_) if transfer.is_stopped() => return Err(TransferError::Stopped),
                Err(error) => return Err(failure(self.server(), &error.into()).into()),
            };
            got += count as u64;
            if got > length {
                file.set_len(0).map_err(TransferError::Disk)?;
                return Err(TransferError::Other);
            }
            io::Write::write_all(&mut file, &chunk[..count]).map_err(TransferError::Disk)?;
        }
        if got < length {
            return Err(super::NetError::Closed.into());
        }
        file.sync_all().map_err(TransferError::Disk)
    }
}

/// A request that takes as long as it takes, as long as something moves.
fn patient<B>(request: RequestBuilder<B>) -> RequestBuilder<B> {
    request
        .config()
        .timeout_global(None)
        .timeout_per_read(Some(STANDSTILL))
        .timeout_per_write(Some(STANDSTILL))
        .timeout_await_100(Some(Duration::from_secs(5)))
        .timeout_recv_response(Some(ANSWER))
        .build()
}
