//! This device's key package: with it others put it into a private group while it is away. Its secret half is kept here.

use dialtone_crypto::RowChange;
use dialtone_crypto::group::OwnPackage;
use dialtone_protocol::http::PackagePut;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use super::inbox::encode;
use super::run::{Ended, Session};
use super::state::Job;
use crate::clock;
use crate::local::{LocalError, Table};

/// Row of [`Table::Meta`]: the present key package.
const META_PACKAGE: &[u8] = b"package";
/// A package is replaced after so long, in ms: 60 days, well before it runs out.
const RENEWED_MS: u64 = 60 * 24 * 3600 * 1000;

/// As it is kept.
#[derive(Encode, Decode)]
struct PackageRow {
    #[n(0)]
    public: ByteVec,
    /// What [`OwnPackage::rows`] gave.
    #[n(1)]
    rows: Vec<(ByteVec, ByteVec)>,
    /// When it was made: ms since 1970.
    #[n(2)]
    made_ms: u64,
    /// The server has it.
    #[n(3)]
    published: bool,
}

impl Session {
    /// Wants the package to be published, if there is none that the server has, or an old one.
    pub(super) fn look_at_package(&mut self) -> Result<(), LocalError> {
        let now_ms = self.state.clock.now_ms();
        let row = self.package_row()?;
        let good =
            |row: &PackageRow| row.published && now_ms.saturating_sub(row.made_ms) < RENEWED_MS;
        if !row.is_some_and(|row| good(&row)) {
            self.state.want(Job::PublishPackage);
        }
        Ok(())
    }

    /// Makes a package where there is none or an old one, and gives it to the server.
    pub(super) async fn publish_package(&mut self) -> Result<(), Ended> {
        if !self.state.may_sign() || !self.state.is_member() {
            return Ok(());
        }
        let now_ms = self.state.clock.now_ms();
        let kept = self.package_row()?;
        let fresh = kept.filter(|row| now_ms.saturating_sub(row.made_ms) < RENEWED_MS);
        let me = &self.state.me;
        // Whoever verifies it, here and at the server, looks at the machine's own clock.
        let generate = || OwnPackage::generate(&me.device, me.account, clock::now_ms() / 1000);
        let present = fresh.map_or_else(|| generate().map(|made| new_row(made, now_ms)), Ok);
        let mut row = match present {
            Ok(row) => row,
            Err(error) => {
                tracing::warn!("a key package could not be made: {error}");
                return Ok(());
            }
        };
        // Written down first: a package that others have must open here.
        self.put_package(&row)?;
        let body = PackagePut {
            package: row.public.to_vec().into(),
        };
        match self.line()?.put("/packages", &body).await {
            Ok(()) => {
                row.published = true;
                Ok(self.put_package(&row)?)
            }
            Err(error) if error.code().is_some() => {
                tracing::warn!("the key package was not taken: {error}");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The secret half of the package.
    pub(super) fn own_package(&self) -> Result<Option<Vec<RowChange>>, LocalError> {
        let row = self.package_row()?;
        let rows = row.map(|row| {
            let rows = row.rows.into_iter();
            rows.map(|(key, value)| RowChange {
                key: key.into(),
                value: Some(Zeroizing::new(value.into())),
            })
            .collect()
        });
        Ok(rows)
    }

    fn package_row(&self) -> Result<Option<PackageRow>, LocalError> {
        let row = self.database.get(Table::Meta, META_PACKAGE)?;
        // One that cannot be read is replaced.
        Ok(row.and_then(|row| minicbor::decode(&row).ok()))
    }

    fn put_package(&mut self, row: &PackageRow) -> Result<(), LocalError> {
        let row = Zeroizing::new(encode(row));
        let transaction = self.database.begin()?;
        transaction.put(Table::Meta, META_PACKAGE, &row)?;
        transaction.commit()
    }
}

fn new_row(made: OwnPackage, now_ms: u64) -> PackageRow {
    let rows = made.rows.into_iter();
    let rows = rows.filter_map(|row| Some((row.key.into(), row.value?.to_vec().into())));
    PackageRow {
        public: made.public.into(),
        rows: rows.collect(),
        made_ms: now_ms,
        published: false,
    }
}
