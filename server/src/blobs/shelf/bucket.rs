//! Objects in a bucket, by the S3 protocol.
//!
//! A short object is put by one request. A longer one is sent in parts while it comes in: at most three of them are in memory. What a
//! server that died has sent of one is no object, and cannot be seen by it afterwards; a rule of the bucket's removes such parts (`README.md`).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use dialtone_store::ObjectId;
use futures_util::{Stream, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{
    ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, RetryConfig,
    WriteMultipart,
};
use tokio::time::timeout;

use super::error::{OpenShelfError, ShelfError};
use super::name;
use crate::config::BucketSetting;

/// The least that a part may have, except the last one.
const PART: u64 = 5 * 1024 * 1024;
/// The most parts that an object may have.
const MOST_PARTS: u64 = 10_000;
/// How many parts may be on their way when the next one begins.
const AT_A_TIME: usize = 2;
/// How long the bucket may take to accept a connection.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// How long it may take to answer, or stand still while it does.
const READ_TIME: Duration = Duration::from_mins(2);
/// How long a request is tried again, and how often.
const RETRY_TIME: Duration = Duration::from_secs(30);
const RETRIES: usize = 3;
/// How long looking at it may take when the server starts.
const START_TIME: Duration = Duration::from_mins(1);
/// What is written and deleted then.
const CHECK: &str = "dialtone-check";

/// Objects in a bucket.
pub(crate) struct Bucket {
    store: Arc<AmazonS3>,
    prefix: Path,
}

impl Bucket {
    /// Opens it, and sees by a small object that it takes and deletes objects.
    pub(super) async fn open(setting: &BucketSetting) -> Result<Self, OpenShelfError> {
        let unusable = |detail: String| OpenShelfError::Bucket {
            bucket: setting.bucket.clone(),
            detail,
        };
        let prefix = Path::parse(&setting.prefix).map_err(|error| unusable(error.to_string()))?;
        let store = connect(setting).map_err(|error| unusable(plain(&error)))?;
        let bucket = Self {
            store: Arc::new(store),
            prefix,
        };
        match timeout(START_TIME, bucket.try_out()).await {
            Ok(Ok(())) => Ok(bucket),
            Ok(Err(error)) => Err(refused(setting, &error)),
            Err(_) => Err(unusable("it does not answer in time".to_owned())),
        }
    }

    /// Puts and deletes a small object.
    async fn try_out(&self) -> object_store::Result<()> {
        let check = self.prefix.clone().join(CHECK);
        self.store.put(&check, Bytes::new().into()).await?;
        self.store.delete(&check).await
    }

    pub(super) async fn check(&self) -> Result<(), ShelfError> {
        Ok(self.try_out().await?)
    }

    fn path(&self, object: ObjectId) -> Path {
        self.prefix.clone().join(name(object))
    }

    pub(super) async fn begin(
        &self,
        object: ObjectId,
        size: u64,
    ) -> Result<BucketDraft, ShelfError> {
        let path = self.path(object);
        if size <= PART {
            return Ok(BucketDraft::Short {
                store: Arc::clone(&self.store),
                path,
                content: Vec::with_capacity(size as usize),
            });
        }
        let upload = self.store.put_multipart(&path).await?;
        // Some ask that all parts but the last have the same length.
        let part = PART.max(size.div_ceil(MOST_PARTS)) as usize;
        let upload = WriteMultipart::new_with_chunk_size(upload, part);
        Ok(BucketDraft::Long(upload))
    }

    pub(super) async fn read(
        &self,
        object: ObjectId,
        size: u64,
        from: u64,
    ) -> Result<impl Stream<Item = Result<Bytes, ShelfError>> + use<>, ShelfError> {
        let range = (from > 0).then_some(GetRange::Offset(from));
        let options = GetOptions::new().with_range(range);
        let got = self.store.get_opts(&self.path(object), options).await?;
        if got.meta.size != size {
            return Err(ShelfError::Missing);
        }
        Ok(got.into_stream().map_err(ShelfError::from))
    }

    pub(super) async fn length(&self, object: ObjectId) -> Result<Option<u64>, ShelfError> {
        match self.store.head(&self.path(object)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn list(&self) -> Result<(Vec<ObjectId>, Vec<String>), ShelfError> {
        let (mut objects, mut others) = (Vec::new(), Vec::new());
        let mut listed = self.store.list(Some(&self.prefix));
        while let Some(meta) = listed.try_next().await? {
            let name = meta.location.filename().unwrap_or_default();
            match super::object(name) {
                Some(object) if self.path(object) == meta.location => objects.push(object),
                _ => others.push(meta.location.to_string()),
            }
        }
        Ok((objects, others))
    }

    pub(super) async fn delete(&self, object: ObjectId) -> Result<(), ShelfError> {
        match self.store.delete(&self.path(object)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// An object that is not there yet.
pub(crate) enum BucketDraft {
    /// It is put at once, at its end.
    Short {
        store: Arc<AmazonS3>,
        path: Path,
        content: Vec<u8>,
    },
    /// It is sent part by part.
    Long(WriteMultipart),
}

impl BucketDraft {
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), ShelfError> {
        match self {
            Self::Short { content, .. } => content.extend_from_slice(bytes),
            Self::Long(upload) => {
                upload.wait_for_capacity(AT_A_TIME).await?;
                upload.write(bytes);
            }
        }
        Ok(())
    }

    pub(super) async fn finish(self) -> Result<(), ShelfError> {
        match self {
            Self::Short {
                store,
                path,
                content,
            } => store.put(&path, content.into()).await?,
            Self::Long(upload) => upload.finish().await?,
        };
        Ok(())
    }

    pub(super) async fn abandon(self) {
        let Self::Long(mut upload) = self else {
            return;
        };
        // A part that is still on its way when the upload is aborted may be kept all the same (S3's AbortMultipartUpload).
        let _ = upload.wait_for_capacity(0).await;
        if let Err(error) = upload.abort().await {
            let error = unnamed(&error);
            tracing::warn!(%error, "parts of a file that has not come whole stay in the bucket until its own rules remove them");
        }
    }
}

fn connect(setting: &BucketSetting) -> object_store::Result<AmazonS3> {
    // What speaks HTTP here asks for the process's provider. Where this server is the program, it is there already.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
    }
    let endpoint = setting.endpoint.as_deref().unwrap_or_default();
    let plain_http = endpoint.starts_with("http://");
    if plain_http && !is_loopback(endpoint) {
        tracing::warn!(
            "DIALTONE_BLOB_ENDPOINT is http: files are sealed all the same, but whoever is on the way sees which are fetched and can \
             damage them"
        );
    }
    let options = ClientOptions::new()
        .with_allow_http(plain_http)
        .with_connect_timeout(CONNECT_TIME)
        .with_read_timeout(READ_TIME)
        // A long file takes as long as it takes.
        .with_timeout_disabled();
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&setting.bucket)
        .with_region(&setting.region)
        .with_access_key_id(setting.key_id.reveal())
        .with_secret_access_key(setting.secret_key.reveal())
        // Not all that speak S3 know how to delete many at once.
        .with_disable_bulk_delete(true)
        .with_retry(RetryConfig {
            max_retries: RETRIES,
            retry_timeout: RETRY_TIME,
            ..RetryConfig::default()
        })
        .with_client_options(options);
    if !endpoint.is_empty() {
        builder = builder.with_endpoint(endpoint);
    }
    builder.build()
}

fn is_loopback(endpoint: &str) -> bool {
    let uri = endpoint.parse::<axum::http::Uri>().unwrap_or_default();
    let host = uri.host().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Why the bucket cannot be used, by what it said to the first request.
fn refused(setting: &BucketSetting, error: &object_store::Error) -> OpenShelfError {
    let (bucket, detail) = (setting.bucket.clone(), plain(error));
    match error {
        object_store::Error::PermissionDenied { .. }
        | object_store::Error::Unauthenticated { .. } => OpenShelfError::Keys { bucket, detail },
        object_store::Error::NotFound { .. } => OpenShelfError::NoBucket { bucket, detail },
        _ => OpenShelfError::Bucket { bucket, detail },
    }
}

/// An error in one line, without the document that a bucket answers with: it repeats what was signed.
fn plain(error: &object_store::Error) -> String {
    let text = error.to_string();
    let said = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map(|(code, _)| format!("it says {code}"));
    said.unwrap_or_else(|| {
        let end = text.find(['<', '\n']).unwrap_or(text.len());
        text[..end].trim_end().to_owned()
    })
}

/// The same for the log, which names no file and no address: both stand in what a request was for.
fn unnamed(error: &object_store::Error) -> String {
    let text = plain(error);
    let words = text.split(' ');
    let words = words.map(|word| if word.contains('/') { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

impl From<object_store::Error> for ShelfError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            error => Self::Failed(unnamed(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GivenSecret;

    #[test]
    fn an_error_is_one_line_without_what_was_signed() {
        let says = |text: &str| {
            plain(&object_store::Error::Generic {
                store: "S3",
                source: text.into(),
            })
        };
        let document = "403: <?xml?>\n<Error><Code>SignatureDoesNotMatch</Code><StringToSign>AKID";
        assert_eq!(says(document), "it says SignatureDoesNotMatch");
        assert_eq!(says("gone\n<x>AKID"), "Generic S3 error: gone");
    }

    #[test]
    fn what_fails_later_names_neither_the_file_nor_where_it_is() {
        let request = "Error performing GET https://s3.example.org/files/a1/a1b2 in 2s - no answer";
        let error = ShelfError::from(object_store::Error::Generic {
            store: "S3",
            source: request.into(),
        });
        let words = "Generic S3 error: Error performing GET … in 2s - no answer";
        assert_eq!(error.to_string(), words);
        let error = ShelfError::from(object_store::Error::PermissionDenied {
            path: "files/a1/a1b2".into(),
            source: "no".into(),
        });
        assert!(!error.to_string().contains("a1b2"), "{error}");
    }

    #[test]
    fn what_is_wrong_with_the_bucket_names_its_setting() {
        let setting = BucketSetting {
            bucket: "files".into(),
            prefix: String::new(),
            endpoint: None,
            region: "us-east-1".into(),
            key_id: GivenSecret::new("AKIDHORSE"),
            secret_key: GivenSecret::new("hunter2"),
        };
        let (path, source) = (String::new, || "<Code>AsTested</Code>".into());
        for (error, named) in [
            (
                object_store::Error::NotFound {
                    path: path(),
                    source: source(),
                },
                "DIALTONE_BLOB_BUCKET",
            ),
            (
                object_store::Error::PermissionDenied {
                    path: path(),
                    source: source(),
                },
                "DIALTONE_S3_ACCESS_KEY_ID",
            ),
            (
                object_store::Error::Generic {
                    store: "S3",
                    source: source(),
                },
                "DIALTONE_BLOB_ENDPOINT",
            ),
        ] {
            let words = refused(&setting, &error).to_string();
            assert!(words.contains(named), "{words}");
            assert!(words.contains("it says AsTested"), "{words}");
        }
    }

    #[test]
    fn this_machine_is_told_from_others() {
        for endpoint in [
            "http://127.0.0.1:9000",
            "http://localhost:9000",
            "http://[::1]:9000/x",
        ] {
            assert!(is_loopback(endpoint), "{endpoint}");
        }
        for endpoint in ["http://192.0.2.1", "http://localhost.example.org"] {
            assert!(!is_loopback(endpoint), "{endpoint}");
        }
    }
}
