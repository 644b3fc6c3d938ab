#![no_main]
//! JSON bodies, the server's from clients and the clients' from the server: what is read means the same when it is written again.
use dialtone_protocol::http::*;
use serde::{Serialize, de::DeserializeOwned};

fn check<T: Serialize + DeserializeOwned + PartialEq>(bytes: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(bytes) {
        let written = serde_json::to_vec(&read).unwrap();
        // What holds a token is not shown.
        assert!(serde_json::from_slice::<T>(&written).is_ok_and(|again| again == read));
    }
}

/// Each of these, by what the first byte says: all of them for every input would be as many runs for one.
macro_rules! checks {
    ($($body:ty),* $(,)?) => { [$(check::<$body> as fn(&[u8])),*] };
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let checks = checks![
        RegisterStart,
        RegisterStarted,
        RegisterFinish,
        Registered,
        PasswordStart,
        PasswordFinish,
        LoginStart,
        LoginStarted,
        LoginFinish,
        LoggedIn,
        ChallengeRequest,
        Challenge,
        SessionRequest,
        SessionOpened,
        DeviceList,
        DeviceEnrol,
        ApprovalPost,
        ApprovalState,
        BlobRoom,
        ChannelHeads,
        EventPage,
        GroupCreate,
        GroupState,
        CommitPublish,
        CommitAccepted,
        CommitPage,
        WelcomeInfo,
        PackagePut,
        PackageList,
        InviteLookup,
        InviteFound,
        InvitePublish,
        KnockList,
        HistoryPut,
        RecoveryFiles,
        RosterPage,
        RosterAppend,
        RosterHead,
        Health,
        Ready,
        IdentityBody,
        ServerInvite,
        ServerInviteMade,
        MemberPage,
        SessionPage,
        ChannelPage,
        ServerStats,
        ErrorBody,
    ];
    if let Some((which, body)) = bytes.split_first() {
        checks[usize::from(*which) % checks.len()](body);
    }
});
