//! The four public values of an MLS group, as bytes: the storage that openmls asks for, in memory.
//!
//! Values are kept as postcard of what openmls gives, so that loading a group depends on no clock: a tree that was once
//! accepted stays, even where a leaf's lifetime has passed.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use openmls_traits::public_storage::PublicStorageProvider;
use openmls_traits::storage::{CURRENT_VERSION, traits};
use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The values as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct PublicValues {
    #[n(0)]
    tree: ByteVec,
    #[n(1)]
    context: ByteVec,
    #[n(2)]
    confirmation_tag: ByteVec,
    #[n(3)]
    interim_transcript_hash: ByteVec,
}

impl Default for PublicValues {
    fn default() -> Self {
        let none = || ByteVec::from(Vec::new());
        Self {
            tree: none(),
            context: none(),
            confirmation_tag: none(),
            interim_transcript_hash: none(),
        }
    }
}

/// Storage of one group.
#[derive(Debug, Default)]
pub(super) struct OneGroup {
    values: Mutex<PublicValues>,
}

impl OneGroup {
    pub(super) fn new(values: PublicValues) -> Self {
        Self {
            values: Mutex::new(values),
        }
    }

    pub(super) fn into_values(self) -> PublicValues {
        self.values.into_inner()
    }
}

/// Reading or writing a value failed.
#[derive(Debug, thiserror::Error)]
#[error("a value of the group cannot be read or written: {0}")]
pub(super) struct ValueError(#[from] postcard::Error);

fn write(value: &impl Serialize) -> Result<ByteVec, ValueError> {
    Ok(postcard::to_stdvec(value)?.into())
}

fn read<T: DeserializeOwned>(bytes: &ByteVec) -> Result<Option<T>, ValueError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    Ok(Some(postcard::from_bytes(bytes)?))
}

const V: u16 = CURRENT_VERSION;

/// Proposals by reference are not allowed, so there is no queue of them.
impl PublicStorageProvider<V> for OneGroup {
    type PublicError = ValueError;

    fn write_tree<G: traits::GroupId<V>, T: traits::TreeSync<V>>(
        &self,
        _: &G,
        tree: &T,
    ) -> Result<(), ValueError> {
        self.values.lock().tree = write(tree)?;
        Ok(())
    }

    fn write_interim_transcript_hash<G: traits::GroupId<V>, H: traits::InterimTranscriptHash<V>>(
        &self,
        _: &G,
        hash: &H,
    ) -> Result<(), ValueError> {
        self.values.lock().interim_transcript_hash = write(hash)?;
        Ok(())
    }

    fn write_context<G: traits::GroupId<V>, C: traits::GroupContext<V>>(
        &self,
        _: &G,
        context: &C,
    ) -> Result<(), ValueError> {
        self.values.lock().context = write(context)?;
        Ok(())
    }

    fn write_confirmation_tag<G: traits::GroupId<V>, C: traits::ConfirmationTag<V>>(
        &self,
        _: &G,
        tag: &C,
    ) -> Result<(), ValueError> {
        self.values.lock().confirmation_tag = write(tag)?;
        Ok(())
    }

    fn queue_proposal<
        G: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        P: traits::QueuedProposal<V>,
    >(
        &self,
        _: &G,
        _: &R,
        _: &P,
    ) -> Result<(), ValueError> {
        Ok(())
    }

    fn queued_proposals<
        G: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        P: traits::QueuedProposal<V>,
    >(
        &self,
        _: &G,
    ) -> Result<Vec<(R, P)>, ValueError> {
        Ok(Vec::new())
    }

    fn tree<G: traits::GroupId<V>, T: traits::TreeSync<V>>(
        &self,
        _: &G,
    ) -> Result<Option<T>, ValueError> {
        read(&self.values.lock().tree)
    }

    fn group_context<G: traits::GroupId<V>, C: traits::GroupContext<V>>(
        &self,
        _: &G,
    ) -> Result<Option<C>, ValueError> {
        read(&self.values.lock().context)
    }

    fn interim_transcript_hash<G: traits::GroupId<V>, H: traits::InterimTranscriptHash<V>>(
        &self,
        _: &G,
    ) -> Result<Option<H>, ValueError> {
        read(&self.values.lock().interim_transcript_hash)
    }

    fn confirmation_tag<G: traits::GroupId<V>, C: traits::ConfirmationTag<V>>(
        &self,
        _: &G,
    ) -> Result<Option<C>, ValueError> {
        read(&self.values.lock().confirmation_tag)
    }

    fn delete_tree<G: traits::GroupId<V>>(&self, _: &G) -> Result<(), ValueError> {
        self.values.lock().tree = ByteVec::from(Vec::new());
        Ok(())
    }

    fn delete_confirmation_tag<G: traits::GroupId<V>>(&self, _: &G) -> Result<(), ValueError> {
        self.values.lock().confirmation_tag = ByteVec::from(Vec::new());
        Ok(())
    }

    fn delete_context<G: traits::GroupId<V>>(&self, _: &G) -> Result<(), ValueError> {
        self.values.lock().context = ByteVec::from(Vec::new());
        Ok(())
    }

    fn delete_interim_transcript_hash<G: traits::GroupId<V>>(
        &self,
        _: &G,
    ) -> Result<(), ValueError> {
        self.values.lock().interim_transcript_hash = ByteVec::from(Vec::new());
        Ok(())
    }

    fn remove_proposal<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        _: &G,
        _: &R,
    ) -> Result<(), ValueError> {
        Ok(())
    }

    fn clear_proposal_queue<G: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        _: &G,
    ) -> Result<(), ValueError> {
        Ok(())
    }
}
