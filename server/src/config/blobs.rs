//! How sealed files are kept: how much of them, and where.

use super::file::FileSettings;
use super::resolve::{Given, Sources};
use super::{ConfigError, Flags, GivenSecret};

const MIB: u64 = 1024 * 1024;
const DEFAULT_QUOTA_MIB: u64 = 2048;
const DEFAULT_LARGEST_MIB: u64 = 1024;
const DEFAULT_REGION: &str = "us-east-1";

/// How sealed files are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobSettings {
    /// How much an account may store, in bytes of sealed files.
    pub quota: u64,
    /// How much everybody together may store; [`u64::MAX`]: as much as there is room for.
    pub total: u64,
    /// The longest file, in bytes of its content: padding and seal come on top.
    pub largest: u64,
    /// Where their bytes are.
    pub shelf: ShelfSetting,
}

impl Default for BlobSettings {
    fn default() -> Self {
        Self {
            quota: DEFAULT_QUOTA_MIB * MIB,
            total: u64::MAX,
            largest: DEFAULT_LARGEST_MIB * MIB,
            shelf: ShelfSetting::Folder,
        }
    }
}

/// Where the bytes of sealed files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShelfSetting {
    /// In `blobs` in the data folder.
    Folder,
    /// In a bucket.
    Bucket(BucketSetting),
}

/// A bucket that is spoken to as to S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketSetting {
    /// Its name.
    pub bucket: String,
    /// What comes before the objects' names; may be empty.
    pub prefix: String,
    /// Where it is, unless it is Amazon's.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// Who signs.
    pub key_id: GivenSecret,
    /// By what.
    pub secret_key: GivenSecret,
}

pub(super) fn blobs(
    sources: &Sources,
    flags: &Flags,
    file: &FileSettings,
) -> Result<BlobSettings, ConfigError> {
    let quota = sources.pick(
        flags.blob_quota_mb.clone().map(|v| ("--blob-quota-mb", v)),
        "DIALTONE_BLOB_QUOTA_MB",
        file.blob_quota_mb.map(|v| ("blob-quota-mb", v.to_string())),
    );
    let largest = sources.pick(
        flags
            .blob_largest_mb
            .clone()
            .map(|v| ("--blob-largest-mb", v)),
        "DIALTONE_BLOB_LARGEST_MB",
        file.blob_largest_mb
            .map(|v| ("blob-largest-mb", v.to_string())),
    );
    let total = sources.pick(
        flags.blob_total_mb.clone().map(|v| ("--blob-total-mb", v)),
        "DIALTONE_BLOB_TOTAL_MB",
        file.blob_total_mb.map(|v| ("blob-total-mb", v.to_string())),
    );
    let total = total.map(|total| mebibytes(Some(total), "the room for everybody's files", 0));
    Ok(BlobSettings {
        total: total.transpose()?.unwrap_or(u64::MAX),
        quota: mebibytes(quota, "the room for files", DEFAULT_QUOTA_MIB)?,
        largest: mebibytes(largest, "the largest file", DEFAULT_LARGEST_MIB)?,
        shelf: shelf(sources, flags, file)?,
    })
}

/// A number of MiB, in bytes.
fn mebibytes(given: Option<Given>, name: &'static str, default: u64) -> Result<u64, ConfigError> {
    let Some(given) = given else {
        return Ok(default * MIB);
    };
    let number = given.value.parse::<u32>().map_err(|_| {
        let problem = format!("`{}` is not a number of MiB", given.value);
        given.wrong(name, problem)
    })?;
    Ok(u64::from(number) * MIB)
}

fn shelf(
    sources: &Sources,
    flags: &Flags,
    file: &FileSettings,
) -> Result<ShelfSetting, ConfigError> {
    let bucket = sources.pick(
        flags.blob_bucket.clone().map(|v| ("--blob-bucket", v)),
        "DIALTONE_BLOB_BUCKET",
        file.blob_bucket.clone().map(|v| ("blob-bucket", v)),
    );
    let endpoint = sources.pick(
        flags.blob_endpoint.clone().map(|v| ("--blob-endpoint", v)),
        "DIALTONE_BLOB_ENDPOINT",
        file.blob_endpoint.clone().map(|v| ("blob-endpoint", v)),
    );
    let region = sources.pick(
        flags.blob_region.clone().map(|v| ("--blob-region", v)),
        "DIALTONE_BLOB_REGION",
        file.blob_region.clone().map(|v| ("blob-region", v)),
    );
    let key_id = sources.pick(
        None,
        "DIALTONE_S3_ACCESS_KEY_ID",
        file.s3_access_key_id
            .clone()
            .map(|v| ("s3-access-key-id", v)),
    );
    let secret_key = sources.pick(
        None,
        "DIALTONE_S3_SECRET_ACCESS_KEY",
        file.s3_secret_access_key
            .clone()
            .map(|v| ("s3-secret-access-key", v)),
    );
    let Some(bucket) = bucket else {
        // Who set one of these means a bucket.
        return match endpoint.or(region).or(key_id).or(secret_key) {
            None => Ok(ShelfSetting::Folder),
            Some(lonely) => Err(lonely.wrong(
                "what the bucket is reached by",
                "it does nothing without the bucket: set DIALTONE_BLOB_BUCKET too, or leave it out",
            )),
        };
    };
    let (name, prefix) = split_bucket(&bucket)?;
    let (Some(key_id), Some(secret_key)) = (key_id, secret_key) else {
        return Err(bucket.wrong(
            "the bucket for files",
            "it needs both keys: set DIALTONE_S3_ACCESS_KEY_ID and DIALTONE_S3_SECRET_ACCESS_KEY too",
        ));
    };
    Ok(ShelfSetting::Bucket(BucketSetting {
        bucket: name,
        prefix,
        endpoint: endpoint.map(checked_endpoint).transpose()?,
        region: region.map_or_else(|| DEFAULT_REGION.to_owned(), |region| region.value),
        key_id: GivenSecret::new(key_id.value),
        secret_key: GivenSecret::new(secret_key.value),
    }))
}

/// `s3://name/prefix` -> name, prefix.
fn split_bucket(given: &Given) -> Result<(String, String), ConfigError> {
    let wrong = || {
        let problem = format!("`{}` is not s3://name or s3://name/prefix", given.value);
        given.wrong("the bucket for files", problem)
    };
    let rest = given.value.strip_prefix("s3://").ok_or_else(wrong)?;
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_end_matches('/');
    let plain = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
    };
    // An empty part, or one of dots, would name another place for some servers.
    let part = |part: &str| plain(part) && !part.chars().all(|c| c == '.');
    let good = part(name) && (prefix.is_empty() || prefix.split('/').all(part));
    if good {
        Ok((name.to_owned(), prefix.to_owned()))
    } else {
        Err(wrong())
    }
}

fn checked_endpoint(given: Given) -> Result<String, ConfigError> {
    let uri = given.value.parse::<axum::http::Uri>().ok();
    let good = uri.is_some_and(|uri| {
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        matches!(scheme, "http" | "https") && !authority.is_empty() && !authority.contains('@')
    });
    if good {
        Ok(given.value)
    } else {
        // Not the value: it may hold a password.
        Err(given.wrong(
            "the place of the bucket",
            "it is not an address such as https://s3.example.org, without a name or password in it",
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::Settings;
    use super::*;

    const KEYS: [(&str, &str); 2] = [
        ("DIALTONE_S3_ACCESS_KEY_ID", "AKIDHORSE"),
        ("DIALTONE_S3_SECRET_ACCESS_KEY", "hunter2"),
    ];

    fn resolve(variables: &[(&str, &str)]) -> Result<BlobSettings, ConfigError> {
        let flags = Flags {
            data_dir: Some(PathBuf::from("/nonexistent/dialtone")),
            ..Flags::default()
        };
        let environment = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).into())
        };
        Settings::resolve(&flags, &environment).map(|settings| settings.blobs)
    }

    fn with_keys(variables: &[(&'static str, &'static str)]) -> Result<BlobSettings, ConfigError> {
        resolve(&[variables, &KEYS].concat())
    }

    #[test]
    fn without_settings_files_are_in_the_folder() {
        assert_eq!(resolve(&[]).unwrap(), BlobSettings::default());
    }

    #[test]
    fn a_bucket_is_named_with_its_place_and_keys_that_do_not_show() {
        let settings = with_keys(&[
            ("DIALTONE_BLOB_BUCKET", "s3://files/of/dialtone/"),
            ("DIALTONE_BLOB_ENDPOINT", "https://s3.example.org:9000"),
            ("DIALTONE_BLOB_QUOTA_MB", "5"),
            ("DIALTONE_BLOB_TOTAL_MB", "7"),
            ("DIALTONE_BLOB_LARGEST_MB", "3"),
        ])
        .unwrap();
        assert_eq!((settings.quota, settings.largest), (5 * MIB, 3 * MIB));
        assert_eq!(settings.total, 7 * MIB);
        let text = format!("{settings:?}");
        assert!(
            !text.contains("hunter2") && !text.contains("HORSE"),
            "{text}"
        );
        let ShelfSetting::Bucket(bucket) = settings.shelf else {
            panic!("no bucket")
        };
        assert_eq!(bucket.bucket, "files");
        assert_eq!(bucket.prefix, "of/dialtone");
        assert_eq!(bucket.region, DEFAULT_REGION);
        let endpoint = bucket.endpoint.as_deref();
        assert_eq!(endpoint, Some("https://s3.example.org:9000"));
    }

    #[test]
    fn a_wrong_setting_is_named_with_who_set_it() {
        const GOOD: (&str, &str) = ("DIALTONE_BLOB_BUCKET", "s3://files");
        for (variable, value) in [
            ("DIALTONE_BLOB_QUOTA_MB", "much"),
            ("DIALTONE_BLOB_QUOTA_MB", "-1"),
            ("DIALTONE_BLOB_LARGEST_MB", "4294967296"),
            ("DIALTONE_BLOB_TOTAL_MB", "all"),
            ("DIALTONE_BLOB_BUCKET", "files"),
            ("DIALTONE_BLOB_BUCKET", "s3://"),
            ("DIALTONE_BLOB_BUCKET", "s3:///prefix"),
            ("DIALTONE_BLOB_BUCKET", "s3://files/../other"),
            ("DIALTONE_BLOB_BUCKET", "s3://files/a//b"),
            ("DIALTONE_BLOB_ENDPOINT", "https://s3.example.org"),
            ("DIALTONE_BLOB_REGION", "eu-central-1"),
        ] {
            let error = with_keys(&[(variable, value)]).unwrap_err().to_string();
            assert!(error.contains(variable), "{value}: {error}");
        }
        for endpoint in [
            "s3.example.org",
            "ftp://s3.example.org",
            "https://me:hunter2@s3.example.org",
        ] {
            let error = with_keys(&[GOOD, ("DIALTONE_BLOB_ENDPOINT", endpoint)]);
            let error = error.unwrap_err().to_string();
            assert!(error.contains("DIALTONE_BLOB_ENDPOINT"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        for key in KEYS {
            let error = resolve(&[GOOD, key]).unwrap_err().to_string();
            assert!(error.contains("DIALTONE_S3_SECRET_ACCESS_KEY"), "{error}");
            let alone = resolve(&[key]).unwrap_err().to_string();
            assert!(alone.contains(key.0), "{alone}");
            assert!(alone.contains("set DIALTONE_BLOB_BUCKET too"), "{alone}");
            assert!(!alone.contains(key.1), "{alone}");
        }
    }
}
