#![no_main]
//! JSON bodies, the server's from clients and the clients' from the server: what is read means the same when it is written again.
use dialtone_protocol::http::*;
use serde::{Serialize, de::DeserializeOwned};

fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(bytes: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(bytes) {
        let written = serde_json::to_vec(&read).unwrap();
        assert_eq!(serde_json::from_slice::<T>(&written).unwrap(), read);
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    check::<RegisterStart>(bytes);
    check::<RegisterFinish>(bytes);
    check::<LoginStart>(bytes);
    check::<LoginFinish>(bytes);
    check::<SessionRequest>(bytes);
    check::<DeviceEnrol>(bytes);
    check::<ApprovalPost>(bytes);
    check::<InvitePublish>(bytes);
    check::<InviteLookup>(bytes);
    check::<RosterAppend>(bytes);
    check::<GroupCreate>(bytes);
    check::<CommitPublish>(bytes);
    check::<PackagePut>(bytes);
    check::<HistoryPut>(bytes);
    check::<ServerInvite>(bytes);
    check::<RosterPage>(bytes);
    check::<EventPage>(bytes);
    check::<GroupState>(bytes);
    check::<ErrorBody>(bytes);
});
