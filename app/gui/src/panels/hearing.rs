//! How one hears somebody: how loud, whether at all, always or not; and whispering to them. In a talker's menu, and in a member's card.

use dialtone_engine::snapshot::{Community, Grade, Path, Talker, Withheld};
use dialtone_engine::{AccountId, CommunityCommand};
use dialtone_words::say;
use egui::{Align, Layout, Ui};

use super::voices;
use crate::dialogs::quality_color;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Slider, switch, text};

/// The loudest, in percent.
const LOUDEST: f32 = 400.0;
/// As they are, in percent.
const AS_THEY_ARE: u16 = 100;

/// How one hears one talker.
#[derive(Debug, Clone, PartialEq)]
pub struct Hearing {
    pub(super) account: AccountId,
    pub(super) name: String,
    volume_percent: u16,
    pinned: bool,
    /// In one's own call, so that one can whisper to them.
    can_hear: bool,
    /// One does.
    pub(super) whispered_to: bool,
    /// Why they are not heard.
    pub(super) withheld: Option<Withheld>,
    quality: Option<(Grade, String)>,
}

/// What is to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HearingAction {
    /// Hear somebody louder or softer, or not at all: in percent.
    Volume(AccountId, u16),
    /// Hear somebody also when many others are louder, or no longer.
    Pin(AccountId, bool),
    /// Speak to somebody alone, or no longer.
    Whisper(AccountId, bool),
    /// Look at how well one hears everybody.
    Quality,
}

impl Hearing {
    /// Of a talker of `community`.
    pub fn of(talker: &Talker, community: &Community) -> Self {
        let call = community.call.as_ref();
        Self {
            account: talker.account,
            name: talker.name.clone(),
            volume_percent: talker.volume_percent,
            pinned: talker.pinned,
            can_hear: talker.connected && talker.account != community.me.account,
            whispered_to: call.is_some_and(|call| call.whispering_to.contains(&talker.account)),
            withheld: talker.withheld,
            quality: quality(talker),
        }
    }

    /// Of somebody else in the call that one is in oneself; none where one of both is in none, or in another.
    pub fn in_own_call(account: AccountId, community: &Community) -> Option<Self> {
        if account == community.me.account {
            return None;
        }
        let mut others = community.others_in_call();
        let talker = others.find(|talker| talker.account == account)?;
        Some(Self::of(talker, community))
    }
}

impl HearingAction {
    /// What the engine is told; nothing where something is only to be shown.
    pub fn wish(self, community: &Community) -> Option<CommunityCommand> {
        Some(match self {
            Self::Volume(account, percent) => CommunityCommand::SetVolume { account, percent },
            Self::Pin(account, pinned) => CommunityCommand::SetPinned { account, pinned },
            Self::Whisper(account, on) => {
                let call = community.call.as_ref();
                let mut to = call.map_or_else(Vec::new, |call| call.whispering_to.clone());
                to.retain(|one| *one != account);
                to.extend(on.then_some(account));
                CommunityCommand::SetWhisper(to)
            }
            Self::Quality => return None,
        })
    }
}

/// How well one hears them, in a line.
fn quality(talker: &Talker) -> Option<(Grade, String)> {
    let quality = talker.quality.as_ref()?;
    let verdict = &quality.verdict;
    let mut words = say!("voice-quality-is", grade = verdict.grade.word());
    for more in quality
        .now
        .path
        .map(Path::words)
        .into_iter()
        .chain(verdict.why.as_deref())
    {
        words.push_str(", ");
        words.push_str(more);
    }
    Some((verdict.grade, words))
}

/// Shows all of it in the width that there is.
pub fn show(ui: &mut Ui, hearing: &Hearing) -> Option<HearingAction> {
    let palette = palette(ui);
    let account = hearing.account;
    let words = say!("voice-how-loud", name = hearing.name);
    text::label(ui, &words, Type::SecondaryStrong, palette.text);
    if let Some(why) = hearing.withheld {
        // A menu stretches lines to its width.
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            text::label(ui, voices::withheld_hint(why), Type::Hint, palette.bad)
        });
        ui.add_space(4.0);
    }
    let mut action = volume(ui, hearing);
    let hint = say!("voice-always-hint");
    if switch(ui, hearing.pinned, say!("voice-always-hear"), hint) {
        action = Some(HearingAction::Pin(account, !hearing.pinned));
    }
    let hint = say!("voice-whisper-hint");
    let on = hearing.whispered_to;
    if hearing.can_hear && switch(ui, on, say!("voice-whisper"), hint) {
        action = Some(HearingAction::Whisper(account, !on));
    }
    if let Some((grade, words)) = &hearing.quality {
        ui.add_space(4.0);
        text::label(ui, words, Type::Hint, quality_color(*grade, palette));
        let more = Button::new(say!("say-call-quality")).height(28.0);
        if ui.add(more).clicked() {
            action = Some(HearingAction::Quality);
        }
    }
    action
}

/// How loud, and not at all: back from there it is as loud as it was.
fn volume(ui: &mut Ui, hearing: &Hearing) -> Option<HearingAction> {
    let percent = hearing.volume_percent;
    let before = ui.scope_id().with(("volume before", hearing.account));
    if percent > 0 {
        ui.data_mut(|data| data.insert_temp(before, percent));
    }
    let name = say!("voice-volume-of", name = hearing.name);
    let moved = Slider::new(&name, f32::from(percent), (0.0, LOUDEST), 5.0).show(ui);
    let color = palette(ui).text_3;
    text::label(ui, &format!("{percent} %"), Type::Hint, color);
    let hint = say!("voice-mute-for-me-hint");
    if switch(ui, percent == 0, say!("voice-mute-for-me"), hint) {
        let known = ui.data(|data| data.get_temp(before));
        let to = if percent == 0 {
            known.unwrap_or(AS_THEY_ARE)
        } else {
            0
        };
        return Some(HearingAction::Volume(hearing.account, to));
    }
    moved.map(|percent| HearingAction::Volume(hearing.account, percent.round() as u16))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::demo;

    #[test]
    fn only_whoever_is_in_ones_own_call_is_heard() {
        let mut snapshot = demo::harbour();
        let community = Arc::make_mut(&mut snapshot.communities[0]);
        let mut members = community.members.iter();
        let account = |name: &str| {
            members
                .clone()
                .find(|one| one.name == name)
                .map(|one| one.account)
        };
        let (jo, saga) = (account("Jo").unwrap(), account("Saga").unwrap());
        assert!(members.any(|one| one.account == community.me.account));
        let hearing = |account, community: &Community| Hearing::in_own_call(account, community);
        assert_eq!(hearing(jo, community).unwrap().name, "Jo");
        assert_eq!(hearing(saga, community), None, "she is in no call");
        assert_eq!(hearing(community.me.account, community), None);
        community.call = None;
        assert_eq!(hearing(jo, community), None);
    }

    #[test]
    fn whispering_to_one_more_keeps_the_others() {
        let snapshot = demo::harbour();
        let mut community = (*snapshot.communities[0]).clone();
        let (one, two) = (AccountId([1; 32]), AccountId([2; 32]));
        community.call.as_mut().unwrap().whispering_to = vec![one];
        let to = |action: HearingAction| match action.wish(&community) {
            Some(CommunityCommand::SetWhisper(to)) => to,
            _ => Vec::new(),
        };
        assert_eq!(to(HearingAction::Whisper(two, true)), [one, two]);
        assert!(to(HearingAction::Whisper(one, false)).is_empty());
        assert_eq!(HearingAction::Quality.wish(&community), None);
    }
}
