//! Keys for history: a request reaches the others, a grant waits until its device took it.

use dialtone_crypto::{OsRng, seal_grant, sign_key_request};
use dialtone_protocol::DeviceId;
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::sealed::WantedKey;

use crate::common::{Person, Socket, TestServer, on_both_stores};

fn granted(frame: &ServerFrame) -> Option<(u64, Vec<u8>)> {
    match frame {
        ServerFrame::Grant { id, grant } => Some((*id, grant.to_vec())),
        _ => None,
    }
}

/// A grant of everything that `from` has for the directory.
pub(crate) fn grant_frame(from: &Person, to: DeviceId) -> ClientFrame {
    let lobby = from.roster.view().lobby();
    let keys = from.ring.all_for(lobby, from.directory());
    let grant = seal_grant(&from.device, &from.roster, to, keys).unwrap();
    ClientFrame::Grant {
        to,
        grant: grant.into(),
    }
}

async fn a_grant_waits_for_its_device_until_that_took_it(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let frame = grant_frame(&anna, bernd.device.id());
    let ClientFrame::Grant { grant, .. } = &frame else {
        unreachable!()
    };
    // Bernd is away.
    assert_eq!(a.ask(&frame).await, ServerFrame::Done);
    let (mut b, _) = Socket::connect(&bernd.api).await;
    b.send(&bernd.resume(&[])).await;
    let (first, bytes) = b.wait_for(granted).await;
    assert_eq!(bytes, grant.to_vec());
    // Now he is there, and the next one comes at once.
    assert_eq!(a.ask(&frame).await, ServerFrame::Done);
    let (second, _) = b.wait_for(granted).await;
    assert!(second > first);
    let taken = ClientFrame::GrantsTaken { ids: vec![first] };
    assert_eq!(b.ask(&taken).await, ServerFrame::Done);
    drop(b);
    let (mut b, _) = Socket::connect(&bernd.api).await;
    b.send(&bernd.resume(&[])).await;
    assert_eq!(b.wait_for(granted).await.0, second);
    // Nobody lets go what is another's.
    let foreign = ClientFrame::GrantsTaken { ids: vec![second] };
    a.ask(&foreign).await;
    b.send(&bernd.resume(&[])).await;
    assert_eq!(b.wait_for(granted).await.0, second);
}

async fn a_grant_for_nobody_or_of_noise_is_refused(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let ClientFrame::Grant { grant, .. } = grant_frame(&anna, anna.device.id()) else {
        unreachable!()
    };
    let nobody = ClientFrame::Grant {
        to: DeviceId([9; 32]),
        grant,
    };
    assert_eq!(socket.refusal(&nobody).await, RefusalCode::Unknown);
    let noise = ClientFrame::Grant {
        to: anna.device.id(),
        grant: vec![1, 2, 3].into(),
    };
    assert_eq!(socket.refusal(&noise).await, RefusalCode::Malformed);
}

async fn a_request_for_keys_reaches_the_others_if_its_device_signed_it(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let wanted = WantedKey {
        group: bernd.roster.view().lobby(),
        epoch: 0,
        channel: bernd.directory(),
    };
    let request = sign_key_request(&bernd.device, &bernd.roster, vec![wanted]).unwrap();
    let frame = ClientFrame::RequestKeys {
        request: request.clone().into(),
    };
    assert_eq!(b.ask(&frame).await, ServerFrame::Done);
    let seen = a
        .wait_for(|frame| match frame {
            ServerFrame::KeysRequested { request } => Some(request.to_vec()),
            _ => None,
        })
        .await;
    assert_eq!(seen, request);
    assert_eq!(a.refusal(&frame).await, RefusalCode::NotAllowed);
    let stranger = dialtone_crypto::DeviceKey::generate(&mut OsRng).unwrap();
    let forged = sign_key_request(&stranger, &bernd.roster, vec![wanted]);
    if let Ok(forged) = forged {
        let frame = ClientFrame::RequestKeys {
            request: forged.into(),
        };
        assert_eq!(b.refusal(&frame).await, RefusalCode::NotAllowed);
    }
}

on_both_stores! {
    a_grant_waits_for_its_device_until_that_took_it,
    a_grant_for_nobody_or_of_noise_is_refused,
    a_request_for_keys_reaches_the_others_if_its_device_signed_it,
}
