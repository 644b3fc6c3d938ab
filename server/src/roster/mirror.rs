//! What an entry changes in the other tables: they mirror the log, which is the authority.

use dialtone_protocol::roster::{Change, DeviceKeys, Roster, SignedKnock};
use dialtone_protocol::{AccountId, GroupId};
use dialtone_store::{AccountState, NewDevice, StoreError, Transaction, UnixMillis};

use super::RosterError;

/// Writes what `change` means for accounts, devices, invites and channels.
pub(super) async fn mirror(
    tx: &mut dyn Transaction,
    change: &Change,
    next: &Roster,
    now: UnixMillis,
) -> Result<(), RosterError> {
    match change {
        Change::Founded { lobby, .. } => {
            tx.meta().set_community(next.community()).await?;
            let directory = next.community().directory();
            tx.channels().add(&directory, lobby, now).await?;
        }
        Change::InviteRevoked { id } => {
            if let Some(invite) = tx.invites().find_by_id(id).await? {
                tx.invites().revoke(&invite.token, now).await?;
            }
        }
        Change::Admitted { knock } => admit(tx, knock, next).await?,
        Change::DeviceAdded { account, device } => add_device(tx, *account, device, now).await?,
        Change::DeviceRevoked { device } => {
            tx.devices().revoke(device, now).await?;
        }
        Change::MemberRemoved { account, .. } => {
            tx.accounts().remove(account).await?;
        }
        Change::ChannelCreated { id, group, .. } => {
            let group = next.view().current_group(*group);
            tx.channels().add(id, &group, now).await?;
        }
        Change::ChannelClosed { id } => {
            tx.channels().close(id).await?;
        }
        Change::GroupReset { group, new_group } => move_channels(tx, group, new_group).await?,
        Change::InviteIssued { .. }
        | Change::Joined { .. }
        | Change::AccountKeyRotated { .. }
        | Change::RoleChanged { .. }
        | Change::ChannelPolicy { .. }
        | Change::ServerKeyChanged { .. }
        | Change::VoiceStandingChanged { .. }
        | Change::ChannelSet { .. } => {}
    }
    Ok(())
}

async fn admit(tx: &mut dyn Transaction, knock: &[u8], next: &Roster) -> Result<(), RosterError> {
    let request = SignedKnock::read(knock, &next.community())
        .map_err(dialtone_protocol::roster::EntryError::from)?;
    let account = AccountId::of(&request.account_key);
    if !tx
        .accounts()
        .set_state(&account, AccountState::Active)
        .await?
    {
        return Err(RosterError::WrongWay(
            "nobody with this key has knocked here",
        ));
    }
    tx.knocks().remove(&account).await?;
    Ok(())
}

async fn add_device(
    tx: &mut dyn Transaction,
    account: AccountId,
    device: &DeviceKeys,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let new = NewDevice {
        device: device.id(),
        account,
        device_key: device.signature_key,
        box_key: device.box_key.to_vec(),
    };
    tx.devices().add(&new, now).await?;
    Ok(())
}

async fn move_channels(
    tx: &mut dyn Transaction,
    group: &GroupId,
    new_group: &GroupId,
) -> Result<(), StoreError> {
    for channel in tx.channels().list().await? {
        if channel.group == *group {
            tx.channels().set_group(&channel.channel, new_group).await?;
        }
    }
    Ok(())
}
