//! Whole tables.

use std::collections::BTreeMap;

use super::Harness;
use super::fixture::{
    NOW, account, add_channel, add_device, begin, channel, device, event, new_group, token,
};
use crate::tables::{MAX_ROWS, Row, TABLES, Table, Value};
use crate::{InviteKind, NewInvite, NewSession, Transaction};

/// All rows of a table, page by page.
async fn all(tx: &mut dyn Transaction, table: &'static Table) -> Vec<Row> {
    let (mut rows, mut after) = (Vec::new(), None::<Row>);
    loop {
        let page = tx.tables().rows(table, after.as_deref()).await.unwrap();
        assert!(page.len() <= MAX_ROWS as usize);
        let Some(last) = page.last() else {
            return rows;
        };
        after = Some(table.key_of(last));
        rows.extend(page);
    }
}

async fn fill(tx: &mut dyn Transaction) {
    tx.meta().put("key", b"value").await.unwrap();
    add_device(tx, 1).await;
    add_device(tx, 2).await;
    let session = NewSession {
        token: token(1),
        device: device(1),
        expires: NOW,
    };
    assert!(tx.sessions().add(&session, NOW).await.unwrap());
    let invite = NewInvite {
        token: token(7),
        kind: InviteKind::Knock,
        invite: None,
        uses: 3,
        expires: None,
        pack: Some(vec![1, 2]),
        issuer: None,
    };
    assert!(tx.invites().add(&invite, NOW).await.unwrap());
    assert!(tx.groups().create(&new_group(1), NOW).await.unwrap());
    for n in [1, 2] {
        add_channel(tx, n).await;
        for count in 1..=400 {
            let new = event(n, 1, count);
            tx.messages().append(&new, NOW).await.unwrap();
        }
    }
    assert!(tx.channels().close(&channel(2)).await.unwrap());
    tx.messages().erase(&channel(1), 2, b"left").await.unwrap();
}

/// Every table comes in the order of its key, and what was read is the same once it is put back.
pub async fn whole_tables_are_read_and_put_back(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    fill(&mut *tx).await;
    tx.commit().await.unwrap();
    let mut tx = begin(&store).await;
    let mut before = BTreeMap::new();
    for table in TABLES {
        let rows = all(&mut *tx, table).await;
        assert_eq!(tx.tables().count(table).await.unwrap(), rows.len() as u64);
        before.insert(table.name, rows);
    }
    assert_eq!(before["messages"].len(), 800);
    assert_eq!(before["channels"].len(), 2);
    for table in TABLES.iter().rev() {
        tx.tables().clear(table).await.unwrap();
        assert_eq!(tx.tables().count(table).await.unwrap(), 0);
    }
    for table in TABLES {
        let columns: Vec<_> = table.columns.iter().collect();
        let rows = before[table.name].clone();
        tx.tables().insert(table, &columns, rows).await.unwrap();
    }
    assert_eq!(tx.tables().faults().await.unwrap(), Vec::<String>::new());
    tx.commit().await.unwrap();
    harness.reopen().await;
    let mut tx = harness.store().read().await.unwrap();
    for table in TABLES {
        assert_eq!(all(&mut *tx, table).await, before[table.name]);
    }
    let page = tx.messages().after(&channel(1), 1, 2).await.unwrap();
    assert!(page[0].gone && !page[1].gone);
    assert!(
        tx.channels()
            .find(&channel(2))
            .await
            .unwrap()
            .unwrap()
            .closed
    );
    assert!(tx.accounts().find(&account(2)).await.unwrap().is_some());
    let size = tx.messages().size(&channel(2)).await.unwrap();
    let sealed = before["messages"].iter().filter_map(|row| match &row[..] {
        [Value::Bytes(of), _, _, _, _, Value::Bytes(sealed), ..] if *of == channel(2).0 => {
            Some(sealed.len() as u64)
        }
        _ => None,
    });
    assert_eq!(size, sealed.sum::<u64>());
}

/// What the schema's own checks would have kept out is found where it got in all the same: here by a value that no row has.
pub async fn rows_that_refer_to_nothing_are_faults(harness: &mut dyn Harness) {
    let store = harness.store();
    let mut tx = begin(&store).await;
    fill(&mut *tx).await;
    assert_eq!(tx.tables().faults().await.unwrap(), Vec::<String>::new());
    let devices = Table::named("devices").unwrap();
    let columns: Vec<_> = devices.columns.iter().collect();
    let mut row = all(&mut *tx, devices).await.remove(0);
    row[0] = Value::Bytes(vec![77; 32]);
    row[1] = Value::Bytes(vec![78; 32]);
    // Both databases refuse it by themselves.
    let refused = tx.tables().insert(devices, &columns, vec![row]).await;
    assert!(refused.is_err());
}
