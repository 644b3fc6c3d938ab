//! The send gate: whether anything may be sealed in the present epoch, and the answer to that which was given last.

use std::sync::Mutex;

use dialtone_protocol::group_rules::{Leaf, check_in_group};
use dialtone_protocol::roster::{Roster, RosterPosition};
use openmls::group::GroupContext;

use super::private::private_of;
use super::state::Group;

/// Whether anything may be sealed in the present epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendGate {
    /// Every leaf is an active device, and of somebody who belongs to the group.
    Open,
    /// The tree holds a device that was revoked, or of somebody who left: commit its removal first.
    CommitFirst,
    /// This device is not in the group, or not active itself.
    NotAMember,
}

/// All that the answer depends on. A group's context has its epoch, the hash of its tree with every leaf in it, and its extensions; the
/// position has the hash of the whole roster.
struct Asked {
    is_active: bool,
    group: GroupContext,
    roster: RosterPosition,
}

/// The last answer, and what it was an answer to.
#[derive(Default)]
pub(super) struct LastGate(Mutex<Option<(Asked, SendGate)>>);

impl LastGate {
    /// The last answer, if the question is the same; else what `look` finds.
    fn answer(
        &self,
        is_active: bool,
        group: &GroupContext,
        roster: RosterPosition,
        look: impl FnOnce() -> SendGate,
    ) -> SendGate {
        // Whoever panicked while it was held has left it as it was.
        let mut last = match self.0.lock() {
            Ok(last) => last,
            Err(poisoned) => poisoned.into_inner(),
        };
        let is_same = |asked: &Asked| {
            asked.is_active == is_active && asked.roster == roster && asked.group == *group
        };
        if let Some((_, answer)) = last.as_ref().filter(|(asked, _)| is_same(asked)) {
            return *answer;
        }
        let answer = look();
        let asked = Asked {
            is_active,
            group: group.clone(),
            roster,
        };
        *last = Some((asked, answer));
        answer
    }
}

impl Group {
    /// Whether anything may be sealed now. Nothing may while the tree holds a device that the newest roster does not list as
    /// active.
    ///
    /// It looks at every device of the group, and is asked before each thing that is sealed: the answer is kept for as long as neither the
    /// group's state nor the roster is another.
    pub fn check_send_gate(&self, roster: &Roster) -> SendGate {
        let (is_active, context) = (
            self.mls.is_active(),
            self.mls.public_group().group_context(),
        );
        let look = || self.look_at_leaves(roster);
        self.gate
            .answer(is_active, context, roster.position(), look)
    }

    fn look_at_leaves(&self, roster: &Roster) -> SendGate {
        let Some(own) = self.mls.own_leaf_node().filter(|_| self.mls.is_active()) else {
            return SendGate::NotAMember;
        };
        let own = own.signature_key().as_slice();
        let length = roster.position().length;
        let leaves = self.leaves();
        let Ok(private) = private_of(self.mls.extensions()) else {
            return SendGate::NotAMember;
        };
        let private = private.as_ref();
        let inactive = |leaf: &&Leaf| check_in_group(leaf, private, roster, length).is_err();
        if leaves.len() != self.mls.members().count() {
            return SendGate::CommitFirst;
        }
        if leaves
            .iter()
            .filter(inactive)
            .any(|leaf| leaf.signature_key.0 == own)
        {
            return SendGate::NotAMember;
        }
        if leaves.iter().any(|leaf| inactive(&leaf)) {
            SendGate::CommitFirst
        } else {
            SendGate::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::entries;
    use crate::group::ExternalJoin;
    use crate::scene::{found, newcomer};

    #[test]
    fn the_same_question_is_answered_without_a_look_and_any_other_is_not() {
        let (ada, founding) = found();
        let (lobby, mut roster) = (founding.lobby, founding.roster);
        let ben = newcomer(&mut roster, &ada.device);
        let (mut group, public, _) =
            Group::create(lobby, &ada.device, ada.account, &roster).unwrap();
        let looks = Cell::new(0);
        let ask = |group: &Group, roster: &Roster| {
            let context = group.mls.public_group().group_context();
            let look = || {
                looks.set(looks.get() + 1);
                group.look_at_leaves(roster)
            };
            let answer = group.gate.answer(true, context, roster.position(), look);
            assert_eq!(answer, group.look_at_leaves(roster));
            (answer, looks.get())
        };
        assert_eq!(ask(&group, &roster), (SendGate::Open, 1));
        assert_eq!(ask(&group, &roster), (SendGate::Open, 1));
        let (info, tree) = (&public.group_info, &public.tree);
        let join =
            ExternalJoin::prepare(lobby, info, tree, &roster, &ben.device, ben.account, 1).unwrap();
        group
            .process_commit(join.epoch(), join.commit(), &roster)
            .unwrap();
        assert_eq!(ask(&group, &roster), (SendGate::Open, 2), "another epoch");
        let entry = entries::revoke_device(&ada.device, &roster, ben.device.id()).unwrap();
        roster.append(entry).unwrap();
        assert_eq!(ask(&group, &roster), (SendGate::CommitFirst, 3));
        assert_eq!(ask(&group, &roster), (SendGate::CommitFirst, 3));
        group.make_commit(&ada.device, &roster).unwrap();
        assert_eq!(ask(&group, &roster), (SendGate::CommitFirst, 3));
        group.confirm_commit().unwrap();
        assert_eq!(ask(&group, &roster), (SendGate::Open, 4));
        let mut whole = looks.get();
        let context = group.mls.public_group().group_context();
        group.gate.answer(false, context, roster.position(), || {
            whole += 1;
            SendGate::NotAMember
        });
        assert_eq!(whole, 5, "not active any more");
    }
}
