use dialtone_protocol::approval::{APPROVAL_VERSION, commitment};
use dialtone_protocol::roster::{BOX_KEY_BYTES, DeviceKeys};
use dialtone_protocol::{PublicKey, Signature};

use super::*;

const ANNA: AccountId = AccountId([1; 32]);
const FIRST: DeviceId = DeviceId([2; 32]);
const SECOND: DeviceId = DeviceId([3; 32]);
const TOKEN: TokenHash = TokenHash([4; 32]);
const ID: ApprovalId = ApprovalId([5; 16]);
const NOW: UnixMillis = UnixMillis(1_000_000);

fn reveal() -> Vec<u8> {
    strict::encode(&ApprovalReveal {
        version: APPROVAL_VERSION,
        device: DeviceKeys {
            signature_key: PublicKey([6; 32]),
            box_key: vec![7; BOX_KEY_BYTES].into(),
        },
        random: Hash([8; 32]),
    })
}

fn ask_bytes() -> Vec<u8> {
    strict::encode(&ApprovalAsk {
        version: APPROVAL_VERSION,
        commitment: commitment(&reveal()),
        name: "Mac".into(),
    })
}

/// Anna's new device asks, under this token and name.
fn ask(
    table: &Approvals,
    token: TokenHash,
    id: u8,
    now: UnixMillis,
) -> Result<Option<Passed>, NotPassed> {
    let message = strict::encode(&ApprovalMessage::Ask(ask_bytes().into()));
    table.ask(
        (token, ANNA),
        ApprovalId([id; 16]),
        (message, &ask_bytes()),
        now,
    )
}

fn asked() -> Approvals {
    let table = Approvals::default();
    ask(&table, TOKEN, 5, NOW).unwrap();
    table
}

fn new(table: &Approvals, message: &ApprovalMessage) -> Result<Option<Passed>, NotPassed> {
    table.by_new(&TOKEN, message, strict::encode(message), NOW)
}

fn device(
    table: &Approvals,
    device: DeviceId,
    message: &ApprovalMessage,
) -> Result<Option<Passed>, NotPassed> {
    table.by_device((ANNA, device), ID, message, strict::encode(message), NOW)
}

fn challenge() -> ApprovalMessage {
    ApprovalMessage::Challenge(vec![1].into())
}

fn welcome() -> ApprovalMessage {
    ApprovalMessage::Welcome(vec![2].into())
}

fn last(table: &Approvals) -> Option<ApprovalMessage> {
    let bytes = table.look(&TOKEN, NOW).unwrap()?;
    Some(ApprovalMessage::read(&bytes).unwrap())
}

#[test]
fn messages_are_passed_on_in_their_order_and_in_no_other() {
    let table = asked();
    let revealed = ApprovalMessage::Reveal(reveal().into());
    let confirmed = ApprovalMessage::Confirm(Signature([9; 64]));
    assert_eq!(new(&table, &revealed), Err(NotPassed::OutOfTurn));
    assert_eq!(new(&table, &confirmed), Err(NotPassed::OutOfTurn));
    assert_eq!(device(&table, FIRST, &welcome()), Err(NotPassed::OutOfTurn));
    // Taken by one, it is over for the others.
    let others = device(&table, FIRST, &challenge()).unwrap().unwrap();
    assert_eq!((others.to, others.but), (None, Some(FIRST)));
    assert_eq!(others.message, end(ApprovalEnd::Elsewhere));
    assert_eq!(table.waiting(&ANNA), None);
    assert_eq!(
        device(&table, FIRST, &challenge()),
        Err(NotPassed::OutOfTurn)
    );
    for late in [challenge(), ApprovalMessage::End(ApprovalEnd::Refused)] {
        assert_eq!(device(&table, SECOND, &late), Err(NotPassed::Elsewhere));
    }
    assert_eq!(last(&table), Some(challenge()));
    assert_eq!(new(&table, &confirmed), Err(NotPassed::OutOfTurn));
    let other = ApprovalMessage::Reveal(vec![1].into());
    let refused = Err(NotPassed::Check(ApprovalError::Commitment));
    assert_eq!(new(&table, &other), refused);
    assert_eq!(new(&table, &revealed).unwrap().unwrap().to, Some(FIRST));
    // Its answer got lost.
    assert_eq!(new(&table, &revealed), Ok(None));
    assert_eq!(device(&table, FIRST, &welcome()), Err(NotPassed::OutOfTurn));
    assert_eq!(new(&table, &confirmed).unwrap().unwrap().to, Some(FIRST));
    assert_eq!(new(&table, &confirmed), Ok(None));
    assert_eq!(new(&table, &revealed), Err(NotPassed::OutOfTurn));
    assert_eq!(device(&table, FIRST, &welcome()), Ok(None));
    assert_eq!(last(&table), Some(welcome()));
    assert_eq!(new(&table, &confirmed), Err(NotPassed::Unknown));
}

#[test]
fn there_is_one_at_a_time_and_ten_in_an_hour() {
    let table = asked();
    let second = ask(&table, TokenHash([9; 32]), 9, NOW);
    assert_eq!(second, Err(NotPassed::Busy));
    assert_eq!(table.waiting(&ANNA).unwrap().0, ID);
    let cancel = ApprovalMessage::End(ApprovalEnd::Cancelled);
    for id in 10..19 {
        let mut all = table.0.lock();
        all.by_token.values_mut().for_each(|one| {
            one.finish(ApprovalEnd::Cancelled, NOW);
        });
        drop(all);
        assert!(ask(&table, TokenHash([id; 32]), id, NOW).is_ok(), "{id}");
    }
    table
        .by_new(&TokenHash([18; 32]), &cancel, strict::encode(&cancel), NOW)
        .unwrap();
    let later = |ms| ask(&table, TokenHash([20; 32]), 20, NOW.plus(ms));
    assert_eq!(later(HOUR_MS - 1), Err(NotPassed::TooMany));
    assert!(later(HOUR_MS).is_ok());
}

#[test]
fn a_device_that_asks_the_same_again_is_answered_and_nobody_is_told_twice() {
    let table = asked();
    assert_eq!(ask(&table, TOKEN, 6, NOW), Ok(None));
    assert_eq!(table.waiting(&ANNA).unwrap().0, ID);
    let other = ApprovalAsk {
        version: APPROVAL_VERSION,
        commitment: Hash([1; 32]),
        name: "Mac".into(),
    };
    let other = strict::encode(&other);
    let message = strict::encode(&ApprovalMessage::Ask(other.clone().into()));
    let refused = table.ask((TOKEN, ANNA), ID, (message, &other), NOW);
    assert_eq!(refused, Err(NotPassed::Asked));
    device(&table, FIRST, &challenge()).unwrap();
    assert_eq!(ask(&table, TOKEN, 6, NOW), Ok(None));
    assert_eq!(last(&table), Some(challenge()));
    // Once it is over the same is a new one.
    device(&table, FIRST, &ApprovalMessage::End(ApprovalEnd::Refused)).unwrap();
    assert!(ask(&table, TOKEN, 6, NOW).unwrap().is_some());
}

#[test]
fn what_takes_too_long_and_whom_nobody_hears_of_ends_for_both() {
    let lasts = i64::try_from(APPROVAL_LASTS_MS).unwrap();
    let table = asked();
    device(&table, FIRST, &challenge()).unwrap();
    // It is asked for now and then, until it has taken too long.
    let mut now = NOW;
    while now.plus(SILENCE_MS - 1) < NOW.plus(lasts) {
        now = now.plus(SILENCE_MS - 1);
        table.look(&TOKEN, now).unwrap();
        assert!(table.sweep(now).is_empty());
    }
    let ended = table.sweep(NOW.plus(lasts));
    let [told] = &ended[..] else { unreachable!() };
    assert_eq!(told.to, Some(FIRST));
    assert_eq!(told.message, end(ApprovalEnd::TimedOut));
    let timed_out = ApprovalMessage::End(ApprovalEnd::TimedOut);
    assert_eq!(last(&table), Some(timed_out));
    assert_eq!(table.sweep(NOW.plus(lasts + REMEMBERED_MS)), []);
    assert_eq!(table.look(&TOKEN, NOW), Err(NotPassed::Unknown));
    // One that is not heard of any more.
    let table = asked();
    let ended = table.sweep(NOW.plus(SILENCE_MS));
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].to, None);
    assert_eq!(ended[0].message, end(ApprovalEnd::Gone));
}

#[test]
fn a_refusal_and_a_device_that_is_gone_are_told() {
    let table = asked();
    let refused = ApprovalMessage::End(ApprovalEnd::Refused);
    let others = device(&table, FIRST, &refused).unwrap().unwrap();
    assert_eq!(others.but, Some(FIRST));
    assert_eq!(last(&table), Some(refused));
    let table = asked();
    device(&table, FIRST, &challenge()).unwrap();
    table.disconnected(&SECOND, NOW);
    assert_eq!(last(&table), Some(challenge()));
    table.disconnected(&FIRST, NOW);
    assert_eq!(last(&table), Some(ApprovalMessage::End(ApprovalEnd::Gone)));
    // Nobody of another account has a say.
    let table = asked();
    let stranger = (AccountId([7; 32]), FIRST);
    let refused = table.by_device(stranger, ID, &challenge(), Vec::new(), NOW);
    assert_eq!(refused, Err(NotPassed::Unknown));
}
