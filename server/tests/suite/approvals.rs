//! A new device and the account's others: messages are passed on between them, and to nobody else.

use dialtone_crypto::OsRng;
use dialtone_crypto::approval::{Approver, NewDevice};
use dialtone_protocol::approval::{ApprovalEnd, ApprovalMessage};
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::http::{ApprovalPost, ApprovalState, ErrorCode};
use dialtone_protocol::{ApprovalId, strict};

use crate::common::{Machine, Person, Socket, TestServer, log_in, on_both_stores};

fn post(message: &ApprovalMessage) -> ApprovalPost {
    ApprovalPost {
        message: strict::encode(message).into(),
    }
}

fn frame(id: ApprovalId, message: &ApprovalMessage) -> ClientFrame {
    ClientFrame::Approval {
        id,
        message: strict::encode(message).into(),
    }
}

/// The next message of a new device.
async fn told(socket: &mut Socket) -> (ApprovalId, ApprovalMessage) {
    let pick = |frame: &ServerFrame| match frame {
        ServerFrame::Approval { id, message } => {
            Some((*id, ApprovalMessage::read(message).unwrap()))
        }
        _ => None,
    };
    socket.wait_for(pick).await
}

async fn shown(machine: &Machine) -> Option<ApprovalMessage> {
    let state: ApprovalState = machine.get("/approvals").await.read();
    let message = state.message?;
    Some(ApprovalMessage::read(&message.0).unwrap())
}

async fn what_is_said_reaches_the_accounts_devices_alone(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bo = anna.bring(&server, "bo").await;
    let (mut bos, _) = Socket::connect(&bo.api).await;
    let new = NewDevice::draw("Mac", &mut OsRng).unwrap();
    let ask = ApprovalMessage::Ask(new.ask().to_vec().into());
    let refused = server.api().post("/approvals", &post(&ask)).await;
    assert_eq!(refused.code(), ErrorCode::NotSignedIn);
    let token = log_in(&server.api(), "anna").await.enrolment;
    let machine = Machine::new(&server, token);
    assert_eq!(machine.get("/approvals").await.code(), ErrorCode::NotFound);
    let state: ApprovalState = machine.post("/approvals", &post(&ask)).await.read();
    assert_eq!((state.online, state.message), (false, None));
    // As who did not hear the answer does.
    let again: ApprovalState = machine.post("/approvals", &post(&ask)).await.read();
    assert_eq!((again.online, again.message), (false, None));
    let changed = NewDevice::draw("Mac", &mut OsRng).unwrap();
    let changed = ApprovalMessage::Ask(changed.ask().to_vec().into());
    let refused = machine.post("/approvals", &post(&changed)).await;
    assert_eq!(refused.code(), ErrorCode::Exists);
    let words = refused.error().message;
    assert!(words.contains("this device asks already"), "{words}");
    // Whoever comes later is told with what was missed.
    let (mut annas, _) = Socket::connect(&anna.api).await;
    annas.send(&anna.resume(&[])).await;
    let (id, asked) = told(&mut annas).await;
    assert_eq!(asked, ask);
    let state: ApprovalState = machine.get("/approvals").await.read();
    assert!(state.online);
    // Another account's device has no say, and one device asks at a time.
    let (device, account) = (&anna.device, anna.account_id());
    let approver = Approver::new(new.ask(), device, account, &anna.roster, &mut OsRng).unwrap();
    let challenge = ApprovalMessage::Challenge(approver.challenge().to_vec().into());
    assert_eq!(
        bos.refusal(&frame(id, &challenge)).await,
        RefusalCode::Unknown
    );
    let other = log_in(&server.api(), "anna").await.enrolment;
    let other = Machine::new(&server, other);
    let second = other.post("/approvals", &post(&ask)).await;
    assert_eq!(second.code(), ErrorCode::Exists);
    assert_eq!(annas.ask(&frame(id, &challenge)).await, ServerFrame::Done);
    assert_eq!(shown(&machine).await, Some(challenge));
    let answered = new.answer(approver.challenge()).unwrap();
    // Only what was committed to, and only in turn.
    let early = ApprovalMessage::Confirm(answered.confirm());
    let refused = machine.post("/approvals", &post(&early)).await;
    assert_eq!(refused.code(), ErrorCode::Malformed);
    let stranger = NewDevice::draw("Mac", &mut OsRng).unwrap();
    let stranger = stranger.answer(approver.challenge()).unwrap();
    let wrong = ApprovalMessage::Reveal(stranger.reveal().to_vec().into());
    let refused = machine.post("/approvals", &post(&wrong)).await;
    assert_eq!(refused.code(), ErrorCode::Malformed);
    let reveal = ApprovalMessage::Reveal(answered.reveal().to_vec().into());
    assert_eq!(machine.post("/approvals", &post(&reveal)).await.status, 200);
    assert_eq!(told(&mut annas).await, (id, reveal));
    assert_eq!(machine.post("/approvals", &post(&early)).await.status, 200);
    assert_eq!(told(&mut annas).await, (id, early));
    let welcome = ApprovalMessage::Welcome(vec![1].into());
    assert_eq!(annas.ask(&frame(id, &welcome)).await, ServerFrame::Done);
    assert_eq!(shown(&machine).await, Some(welcome));
    // It is over.
    assert_eq!(
        annas
            .refusal(&frame(id, &ApprovalMessage::End(ApprovalEnd::Differ)))
            .await,
        RefusalCode::Unknown
    );
    assert_eq!(other.post("/approvals", &post(&ask)).await.status, 200);
}

async fn an_approver_that_disconnects_ends_what_it_went_on_with(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let (mut annas, _) = Socket::connect(&anna.api).await;
    let token = log_in(&server.api(), "anna").await.enrolment;
    let machine = Machine::new(&server, token);
    let new = NewDevice::draw("Mac", &mut OsRng).unwrap();
    let ask = ApprovalMessage::Ask(new.ask().to_vec().into());
    let state: ApprovalState = machine.post("/approvals", &post(&ask)).await.read();
    assert!(state.online);
    let (id, _) = told(&mut annas).await;
    let challenge = ApprovalMessage::Challenge(vec![1].into());
    assert_eq!(annas.ask(&frame(id, &challenge)).await, ServerFrame::Done);
    drop(annas);
    let gone = Some(ApprovalMessage::End(ApprovalEnd::Gone));
    while shown(&machine).await != gone {
        tokio::task::yield_now().await;
    }
}

on_both_stores! {
    what_is_said_reaches_the_accounts_devices_alone,
    an_approver_that_disconnects_ends_what_it_went_on_with,
}
