//! What a group is, in its MLS context: nothing for the lobby, [`PrivateGroup`] for a private one.

use dialtone_protocol::group_rules::{PRIVATE_GROUP_EXTENSION, PrivateGroup};
use dialtone_protocol::roster::{Roster, RosterPosition};
use dialtone_protocol::{AccountId, GroupId, strict};
use openmls::group::GroupContext;
use openmls::messages::group_info::GroupInfo;
use openmls::prelude::tls_codec::Serialize as _;
use openmls::prelude::{
    Extension, ExtensionType, Extensions, RequiredCapabilitiesExtension, UnknownExtension,
};

use super::error::{GroupError, broken};

/// Type of the extension in a welcome's group info with the roster position of the commit that it comes from: the next commit must
/// not go below it, and who is welcomed did not see that one.
const POSITION_EXTENSION: u16 = 0xf0d2;

/// The extensions of a private group's context.
pub(super) fn context_of(private: &PrivateGroup) -> Result<Extensions<GroupContext>, GroupError> {
    let content = UnknownExtension(private.to_bytes());
    let nature = Extension::Unknown(PRIVATE_GROUP_EXTENSION, content);
    Extensions::from_vec(vec![Extension::RequiredCapabilities(required()), nature]).map_err(broken)
}

/// RFC 9420, section 11.1: everybody in the group knows the extension.
fn required() -> RequiredCapabilitiesExtension {
    let nature = ExtensionType::Unknown(PRIVATE_GROUP_EXTENSION);
    RequiredCapabilitiesExtension::new(&[nature], &[], &[])
}

/// What a context's extensions say.
pub(super) fn private_of(
    extensions: &Extensions<GroupContext>,
) -> Result<Option<PrivateGroup>, GroupError> {
    let bytes = extensions.tls_serialize_detached().map_err(broken)?;
    Ok(PrivateGroup::of_context(&bytes)?)
}

/// The extension of a welcome's group info.
pub(super) fn position_extension(position: &RosterPosition) -> Extension {
    let content = UnknownExtension(strict::encode(position));
    Extension::Unknown(POSITION_EXTENSION, content)
}

/// Reads it.
pub(super) fn read_position(
    extensions: &Extensions<GroupInfo>,
) -> Result<RosterPosition, GroupError> {
    let mut extensions = extensions.iter();
    let content = extensions.find_map(|extension| match extension {
        Extension::Unknown(POSITION_EXTENSION, content) => Some(&content.0),
        _ => None,
    });
    let content = content.ok_or(GroupError::Malformed)?;
    strict::decode(content, 64).map_err(|_| GroupError::Malformed)
}

/// A group that somebody is about to join is what the roster says: the lobby is none of the private ones, and those have the channel that
/// names them. Who joins belongs to it.
pub(super) fn check_nature(
    id: &GroupId,
    private: Option<&PrivateGroup>,
    roster: &Roster,
    account: &AccountId,
) -> Result<(), GroupError> {
    match (roster.view().private_channel(id), private) {
        (None, None) => Ok(()),
        (Some((channel, _)), Some(private)) if private.channel == *channel => {
            if private.accounts.contains(account) {
                Ok(())
            } else {
                Err(GroupError::NotInvited)
            }
        }
        _ => Err(GroupError::OtherGroup),
    }
}
