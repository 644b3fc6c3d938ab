//! What is for this moment alone: sealed signals, and who is there.

use dialtone_crypto::{OsRng, SignalDraft, seal_signal};
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::sealed::SignalScope;
use dialtone_protocol::{CallId, ChannelId, DeviceId, StreamId};

use crate::common::{Person, Socket, TestServer, on_both_stores};

fn signal_frame(person: &Person, scope: SignalScope, to: Option<DeviceId>) -> ClientFrame {
    let draft = SignalDraft {
        community: person.roster.community(),
        scope,
        to,
        stream: StreamId([1; 16]),
        counter: 1,
        roster: person.roster.position(),
        content: &SignalContent::Typing,
    };
    let secret = person.group.as_ref().unwrap().signal_secret().unwrap();
    let signal = seal_signal(&secret, &person.device, &draft, &mut OsRng).unwrap();
    ClientFrame::Signal {
        signal: signal.into(),
    }
}

fn heard(frame: &ServerFrame) -> Option<Vec<u8>> {
    match frame {
        ServerFrame::Signal { signal } => Some(signal.to_vec()),
        _ => None,
    }
}

fn bytes(frame: &ClientFrame) -> Vec<u8> {
    match frame {
        ClientFrame::Signal { signal } => signal.to_vec(),
        other => panic!("no signal: {other:?}"),
    }
}

async fn typing_reaches_the_others_and_only_as_oneself(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let typing = SignalScope::Typing { channel };
    let frame = signal_frame(&anna, typing, None);
    assert_eq!(a.ask(&frame).await, ServerFrame::Done);
    assert_eq!(b.wait_for(heard).await, bytes(&frame));
    assert_eq!(b.refusal(&frame).await, RefusalCode::NotAllowed);
    let nowhere = SignalScope::Typing {
        channel: ChannelId([9; 16]),
    };
    let frame = signal_frame(&anna, nowhere, None);
    assert_eq!(a.refusal(&frame).await, RefusalCode::Unknown);
    let noise = ClientFrame::Signal {
        signal: vec![1, 2, 3].into(),
    };
    assert_eq!(a.refusal(&noise).await, RefusalCode::Malformed);
}

async fn a_calls_signals_stay_in_the_call(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let bernd = anna.bring(&server, "bernd").await;
    let carla = anna.bring(&server, "carla").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let (mut c, _) = Socket::connect(&carla.api).await;
    let join = ClientFrame::JoinCall { channel };
    let ServerFrame::Joined(call) = a.ask(&join).await else {
        panic!("not joined")
    };
    let scope = SignalScope::Call {
        channel,
        call: call.call,
    };
    let outside = signal_frame(&bernd, scope, None);
    assert_eq!(b.refusal(&outside).await, RefusalCode::NotAllowed);
    let to_nobody = signal_frame(&anna, scope, Some(bernd.device.id()));
    assert_eq!(a.refusal(&to_nobody).await, RefusalCode::Unknown);
    b.ask(&join).await;
    let to_bernd = signal_frame(&anna, scope, Some(bernd.device.id()));
    assert_eq!(a.ask(&to_bernd).await, ServerFrame::Done);
    assert_eq!(b.wait_for(heard).await, bytes(&to_bernd));
    let other_call = SignalScope::Call {
        channel,
        call: CallId([1; 16]),
    };
    let frame = signal_frame(&anna, other_call, None);
    assert_eq!(a.refusal(&frame).await, RefusalCode::NotAllowed);
    // What Carla hears next is what everybody hears: nothing of the call came before.
    let typing = signal_frame(&anna, SignalScope::Typing { channel }, None);
    assert_eq!(a.ask(&typing).await, ServerFrame::Done);
    assert_eq!(c.wait_for(heard).await, bytes(&typing));
}

async fn who_comes_and_goes_is_told_to_the_others(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (b, welcome) = Socket::connect(&bernd.api).await;
    let ServerFrame::Welcome { online, .. } = welcome else {
        unreachable!()
    };
    let mut both = vec![anna.device.id(), bernd.device.id()];
    both.sort();
    assert_eq!(online, both);
    let device = bernd.device.id();
    let presence = |frame: &ServerFrame| match frame {
        ServerFrame::Presence { device, online } => Some((*device, *online)),
        _ => None,
    };
    assert_eq!(a.wait_for(presence).await, (device, true));
    drop(b);
    assert_eq!(a.wait_for(presence).await, (device, false));
}

async fn who_is_away_is_told_once_and_to_whoever_comes(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let carla = anna.bring(&server, "carla").await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let told = |frame: &ServerFrame| match frame {
        ServerFrame::Away { devices, away } => Some((devices.clone(), *away)),
        _ => None,
    };
    let bernds = vec![bernd.device.id()];
    let (away, here) = [true, false].map(|away| ClientFrame::Away { away }).into();
    // Said twice, told once: what Anna hears next is that he is back.
    assert_eq!(b.ask(&away).await, ServerFrame::Done);
    assert_eq!(b.ask(&away).await, ServerFrame::Done);
    assert_eq!(a.wait_for(told).await, (bernds.clone(), true));
    let (mut c, _) = Socket::connect(&carla.api).await;
    assert_eq!(c.wait_for(told).await, (bernds.clone(), true));
    assert_eq!(b.ask(&here).await, ServerFrame::Done);
    assert_eq!(a.wait_for(told).await, (bernds.clone(), false));
    assert_eq!(c.wait_for(told).await, (bernds.clone(), false));
    // A connection begins as one of somebody who is there.
    assert_eq!(b.ask(&away).await, ServerFrame::Done);
    assert_eq!(c.wait_for(told).await, (bernds, true));
    let (mut again, _) = Socket::connect(&bernd.api).await;
    assert_eq!(again.ask(&here).await, ServerFrame::Done);
    drop(a);
    let (mut a, _) = Socket::connect(&anna.api).await;
    assert_eq!(again.ask(&away).await, ServerFrame::Done);
    assert!(a.wait_for(told).await.1, "none was away before");
}

on_both_stores! {
    who_is_away_is_told_once_and_to_whoever_comes,
    typing_reaches_the_others_and_only_as_oneself,
    a_calls_signals_stay_in_the_call,
    who_comes_and_goes_is_told_to_the_others,
}
