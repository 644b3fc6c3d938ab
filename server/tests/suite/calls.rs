//! Calls: who is in them, and who hears signals.

use dialtone_protocol::CallId;
use dialtone_protocol::frame::{CallState, ClientFrame, RefusalCode, ServerFrame};

use crate::common::{Person, Socket, TestServer, on_both_stores};

fn state(frame: &ServerFrame) -> Option<CallState> {
    match frame {
        ServerFrame::Call(state) => Some(state.clone()),
        _ => None,
    }
}

async fn who_joins_and_leaves_is_told_and_a_lost_connection_leaves(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let bernd = anna.bring(&server, "bernd").await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let join = ClientFrame::JoinCall { channel };
    let ServerFrame::Joined(first) = a.ask(&join).await else {
        panic!("not joined")
    };
    assert_eq!(first.devices, [anna.device.id()]);
    assert_eq!(b.wait_for(state).await, first);
    let ServerFrame::Joined(both) = b.ask(&join).await else {
        panic!("not joined")
    };
    assert_eq!(both.call, first.call);
    assert_eq!(both.devices, [anna.device.id(), bernd.device.id()]);
    drop(a);
    let after = b
        .wait_for(|frame| state(frame).filter(|state| state.devices.len() == 1))
        .await;
    assert_eq!(after.devices, [bernd.device.id()]);
    let leave = ClientFrame::LeaveCall { call: both.call };
    assert_eq!(b.ask(&leave).await, ServerFrame::Done);
    assert_eq!(b.refusal(&leave).await, RefusalCode::Unknown);
    let unknown = ClientFrame::LeaveCall {
        call: CallId([1; 16]),
    };
    assert_eq!(b.refusal(&unknown).await, RefusalCode::Unknown);
}

async fn whoever_joins_another_call_is_in_both_until_they_leave_one(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let (here, there) = (anna.create_channel().await, anna.create_channel().await);
    let bernd = anna.bring(&server, "bernd").await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let mut joined = Vec::new();
    for channel in [here, there] {
        let join = ClientFrame::JoinCall { channel };
        let ServerFrame::Joined(call) = a.ask(&join).await else {
            panic!("not joined")
        };
        joined.push(call);
    }
    let [first, second] = &joined[..] else {
        panic!("two calls")
    };
    // Nobody is told that she is gone: what comes next is her leaving.
    assert_eq!(b.wait_for(state).await, *first);
    assert_eq!(b.wait_for(state).await, *second);
    let leave = ClientFrame::LeaveCall { call: first.call };
    assert_eq!(a.ask(&leave).await, ServerFrame::Done);
    let after = b.wait_for(state).await;
    assert_eq!((after.call, after.devices.len()), (first.call, 0));
    assert_eq!(a.refusal(&leave).await, RefusalCode::Unknown);
    // Whoever loses the connection is in neither.
    a.ask(&ClientFrame::JoinCall { channel: here }).await;
    drop(a);
    let mut empty = Vec::new();
    while empty.len() < 2 {
        let call = b.wait_for(state).await;
        if call.devices.is_empty() {
            empty.push(call.channel);
        }
    }
    empty.sort_unstable();
    let mut both = [here, there];
    both.sort_unstable();
    assert_eq!(empty, both);
}

on_both_stores! {
    whoever_joins_another_call_is_in_both_until_they_leave_one,
    who_joins_and_leaves_is_told_and_a_lost_connection_leaves,
}
