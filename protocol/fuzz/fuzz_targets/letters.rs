#![no_main]
//! What devices sign and seal for each other and for the server, beside events: grants of keys, requests for them, packs of invites, knocks,
//! welcomes, proofs of sessions. What is read is written again as the same bytes, within its bounds.
use dialtone_protocol::approval::{APPROVAL_LIMIT, SealedWelcome, SignedWelcome, WelcomeBody};
use dialtone_protocol::identity::{SessionProof, says_proxied};
use dialtone_protocol::roster::{ENTRY_LIMIT, KnockRequest, SignedKnock};
use dialtone_protocol::sealed::{
    EventHeader, GRANT_LIMIT, GrantBody, KeyRequest, KeyRequestBody, PackBody, SealedGrant,
    SealedPack, SignalHeader, SignedGrant,
};
use dialtone_protocol::{CommunityId, strict};
use minicbor::{Decode, Encode};

fn read<T>(bytes: &[u8], limit: usize) -> Option<T>
where
    T: Encode<()> + for<'b> Decode<'b, ()>,
{
    let read: T = strict::decode(bytes, limit).ok()?;
    assert!(bytes.len() <= limit);
    assert_eq!(strict::encode(&read), bytes);
    Some(read)
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(signed) = read::<SignedGrant>(bytes, GRANT_LIMIT) {
        read::<GrantBody>(&signed.body, GRANT_LIMIT);
    }
    read::<GrantBody>(bytes, GRANT_LIMIT);
    read::<PackBody>(bytes, GRANT_LIMIT);
    read::<SealedGrant>(bytes, GRANT_LIMIT);
    read::<SealedPack>(bytes, GRANT_LIMIT);
    if let Some(request) = read::<KeyRequest>(bytes, GRANT_LIMIT) {
        read::<KeyRequestBody>(&request.body, GRANT_LIMIT);
    }
    read::<KeyRequestBody>(bytes, GRANT_LIMIT);
    if let Some(knock) = read::<SignedKnock>(bytes, ENTRY_LIMIT) {
        read::<KnockRequest>(&knock.body, ENTRY_LIMIT);
        let _ = SignedKnock::read(bytes, &CommunityId([1; 32]));
    }
    if let Some(welcome) = read::<SignedWelcome>(bytes, APPROVAL_LIMIT) {
        read::<WelcomeBody>(&welcome.body, APPROVAL_LIMIT);
    }
    read::<WelcomeBody>(bytes, APPROVAL_LIMIT);
    read::<SealedWelcome>(bytes, APPROVAL_LIMIT);
    read::<SessionProof>(bytes, 512);
    let _ = says_proxied(bytes);
    if let Ok(header) = EventHeader::read(bytes) {
        assert_eq!(strict::encode(&header), bytes);
    }
    read::<SignalHeader>(bytes, 1024);
});
