//! Making the community, step by step, as clients would.

use std::sync::Arc;

use dialtone_crypto::invite::{self, InviteTerms};
use dialtone_crypto::{ChannelKey, DeviceKey, KeyRing, OsRng, SenderChain, entries};
use dialtone_protocol::http::{Bytes, InvitePublish, RosterAppend, RosterHead};
use dialtone_protocol::link::Link;
use dialtone_protocol::roster::{HistoryPolicy, Role, Roster};
use dialtone_protocol::{ChannelId, GroupId};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::account::{Account, Newcomer, open_session};
use super::{Client, Community, DEVICES_EACH, IN_LOBBY, LEAST_ACCOUNTS, MOST_USES};
use crate::error::LoadError;
use crate::net::{Api, Endpoint, client_address};

/// Sessions that are opened at the same time.
const TOGETHER: usize = 16;

impl Community {
    /// Founds by the server's link, and lets so many clients in.
    ///
    /// # Errors
    /// When the server refuses, or cannot be reached.
    pub(crate) async fn found(
        endpoint: Endpoint,
        founding: &Link,
        clients: usize,
        now_s: u64,
    ) -> Result<Self, LoadError> {
        let accounts = LEAST_ACCOUNTS
            .max(clients.div_ceil(DEVICES_EACH))
            .clamp(1, clients);
        let (mut roster, founder) = found(&endpoint, founding).await?;
        let mut members = vec![founder];
        let ring = members[0].create_lobby(&roster).await?;
        let channel = create_channel(&mut members[0], &mut roster).await?;
        let link = issue_invite(&mut members[0], &mut roster, MOST_USES, now_s).await?;
        for number in 1..accounts {
            members.push(join(&endpoint, &link, &mut roster, number).await?);
        }
        let (key, ring) = enter_lobby(&mut members, &roster, ring, channel).await?;
        let devices = add_devices(&mut members, &mut roster, clients - accounts).await?;
        let firsts = members
            .into_iter()
            .enumerate()
            .map(|(number, member)| Client {
                device: Arc::new(member.device),
                token: member.session,
                from: client_address(number + 1),
            });
        let mut all: Vec<Client> = firsts.collect();
        all.extend(open_sessions(&endpoint, &roster, devices, accounts).await?);
        let chains = vec![SenderChain::START; all.len()];
        Ok(Self {
            endpoint,
            roster,
            channel,
            link,
            key,
            ring: Arc::new(ring),
            written: 0,
            clients: all,
            chains,
        })
    }
}

fn api(endpoint: &Endpoint, number: usize) -> Api {
    Api::new(endpoint.clone(), client_address(number + 1))
}

async fn found(endpoint: &Endpoint, link: &Link) -> Result<(Roster, Account), LoadError> {
    let newcomer = Newcomer::new(api(endpoint, 0))?;
    let founding = entries::found(
        &newcomer.key,
        &newcomer.device,
        link.data.server_key,
        &mut OsRng,
    )
    .map_err(LoadError::client)?;
    let community = founding.roster.community();
    let (token, name) = (link.data.token, "client0".to_owned());
    let founder = newcomer
        .register(token, name, founding.entry, community)
        .await?;
    Ok((founding.roster, founder))
}

async fn join(
    endpoint: &Endpoint,
    link: &Link,
    roster: &mut Roster,
    number: usize,
) -> Result<Account, LoadError> {
    let newcomer = Newcomer::new(api(endpoint, number))?;
    let entry =
        invite::join(link, roster, &newcomer.key, &newcomer.device).map_err(LoadError::client)?;
    let (token, name) = (link.data.token, format!("client{number}"));
    let account = newcomer
        .register(token, name, entry.clone(), roster.community())
        .await?;
    roster.append(entry).map_err(LoadError::client)?;
    Ok(account)
}

async fn issue_invite(
    founder: &mut Account,
    roster: &mut Roster,
    uses: u32,
    now_s: u64,
) -> Result<Link, LoadError> {
    let terms = InviteTerms {
        server: founder.api.endpoint().address().to_string(),
        uses,
        expires_s: now_s + 24 * 60 * 60,
        role: Role::Member,
        community_name: "Load".into(),
        inviter_name: "client0".into(),
    };
    let issued = invite::issue(&founder.device, roster, terms, &[], &mut OsRng)
        .map_err(LoadError::client)?;
    let body = InvitePublish {
        entry: Bytes(issued.entry.clone()),
        token_hash: issued.token_hash,
        pack: None,
    };
    let _: RosterHead = founder.api.post("/invites", &body).await?;
    roster.append(issued.entry).map_err(LoadError::client)?;
    Ok(issued.link)
}

async fn create_channel(
    founder: &mut Account,
    roster: &mut Roster,
) -> Result<ChannelId, LoadError> {
    let lobby = roster.view().lobby();
    let policy = HistoryPolicy::All;
    let made = entries::create_channel(&founder.device, roster, lobby, policy, &mut OsRng);
    let (channel, entry) = made.map_err(LoadError::client)?;
    publish(&mut founder.api, roster, entry).await?;
    Ok(channel)
}

async fn publish(api: &mut Api, roster: &mut Roster, entry: Vec<u8>) -> Result<(), LoadError> {
    let body = RosterAppend {
        entry: Bytes(entry.clone()),
    };
    let _: RosterHead = api.post("/roster", &body).await?;
    roster.append(entry).map_err(LoadError::client)?;
    Ok(())
}

/// Some more than the founder enter, one after another; the channel's key in the last epoch, which all of them
/// have, and what holds it.
async fn enter_lobby(
    members: &mut [Account],
    roster: &Roster,
    founders: KeyRing,
    channel: ChannelId,
) -> Result<(ChannelKey, KeyRing), LoadError> {
    let lobby: GroupId = roster.view().lobby();
    let (mut epoch, mut ring) = (0, founders);
    for member in members.iter_mut().take(IN_LOBBY).skip(1) {
        (epoch, ring) = member.enter_lobby(lobby, roster).await?;
    }
    let key = ring.sealing_key(lobby, epoch, channel);
    let key = key.ok_or_else(|| LoadError::client("the last epoch's key is missing"))?;
    Ok((key, ring))
}

/// Further devices, by turns of the accounts.
async fn add_devices(
    members: &mut [Account],
    roster: &mut Roster,
    count: usize,
) -> Result<Vec<DeviceKey>, LoadError> {
    let mut devices = Vec::with_capacity(count);
    let turns = members.len();
    for number in 0..count {
        let member = &mut members[number % turns];
        let device = DeviceKey::generate(&mut OsRng).map_err(LoadError::client)?;
        let entry = entries::add_device(&member.device, roster, device.public_keys())
            .map_err(LoadError::client)?;
        publish(&mut member.api, roster, entry).await?;
        devices.push(device);
    }
    Ok(devices)
}

async fn open_sessions(
    endpoint: &Endpoint,
    roster: &Roster,
    devices: Vec<DeviceKey>,
    first: usize,
) -> Result<Vec<Client>, LoadError> {
    let community = roster.community();
    let opening = devices.into_iter().enumerate().map(|(number, device)| {
        let mut api = api(endpoint, first + number);
        async move {
            let token = open_session(&mut api, &device, &community).await?;
            let from = client_address(first + number + 1);
            Ok::<_, LoadError>(Client {
                device: Arc::new(device),
                token,
                from,
            })
        }
    });
    stream::iter(opening).buffered(TOGETHER).try_collect().await
}
