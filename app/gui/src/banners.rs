//! Strips under the title bar: broken trust, no connection, somebody who waits; and notices in a corner.

use dialtone_engine::Snapshot;
use dialtone_engine::snapshot::{Ages, Community, Connection, Notice, Role, Severity};
use dialtone_words::say;
use egui::{Align, Frame, Layout, Margin, Rect, Ui, UiBuilder, pos2, vec2};

use crate::theme::{Type, around_line, palette, radius};
use crate::widgets::{Button, Icon, IconButton, Look, Urgency, announce, icons, text};

/// A strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    kind: Kind,
    words: String,
    button: Option<(&'static str, BannerAction)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Alarm,
    Attention,
    Question,
    Calm,
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BannerAction {
    /// Connect now.
    Reconnect,
    /// Look at who waits.
    Knocks,
    /// Look at a new device that asks to be added.
    Approval,
    /// Look at the recovery key.
    Recovery,
    /// Where a community is forgotten, so that one comes in anew.
    Communities,
}

/// The strips for `community`, the gravest first.
pub fn build(community: &Community) -> Vec<Banner> {
    let mut banners = Vec::new();
    if let Some(alarm) = &community.alarm {
        banners.push(Banner {
            kind: Kind::Alarm,
            words: say!("panel-nothing-sent", alarm = alarm),
            button: community
                .server_lacks
                .then(|| (say!("panel-begin-anew"), BannerAction::Communities)),
        });
    }
    if community.approval.is_some() {
        banners.push(Banner {
            kind: Kind::Question,
            words: say!("panel-new-device").to_owned(),
            button: Some((say!("say-look"), BannerAction::Approval)),
        });
    }
    match &community.connection {
        Connection::Offline { reason, retry_in_s } => banners.push(Banner {
            kind: Kind::Attention,
            words: offline_words(reason, *retry_in_s),
            button: Some((say!("say-retry-now"), BannerAction::Reconnect)),
        }),
        Connection::WaitingForAdmission => banners.push(Banner {
            kind: Kind::Calm,
            words: say!("panel-you-knocked").to_owned(),
            button: None,
        }),
        Connection::Removed { reason } => banners.push(Banner {
            kind: Kind::Attention,
            words: reason.clone(),
            button: None,
        }),
        Connection::Unusable { reason } => banners.push(Banner {
            kind: Kind::Attention,
            words: say!("panel-cannot-open", reason = reason),
            button: Some((say!("say-try-again"), BannerAction::Reconnect)),
        }),
        Connection::Opening
        | Connection::Connecting
        | Connection::CatchingUp
        | Connection::Online => {}
    }
    if community.recovery.words.is_some() && community.connection == Connection::Online {
        banners.push(Banner {
            kind: Kind::Calm,
            words: say!("panel-write-key").to_owned(),
            button: Some((say!("panel-show-it"), BannerAction::Recovery)),
        });
    }
    let age = match community.server_age {
        Ages::Same => None,
        Ages::OtherNewer => Some(say!("panel-server-newer")),
        Ages::OtherOlder => Some(say!("panel-server-older")),
    };
    if let Some(words) = age.filter(|_| community.connection == Connection::Online) {
        banners.push(Banner {
            kind: Kind::Calm,
            words: words.to_owned(),
            button: None,
        });
    }
    let waiting = community.knocking.len();
    if waiting > 0 && community.me.role >= Role::Admin {
        let words = say!("panel-people-wait", count = waiting);
        banners.push(Banner {
            kind: Kind::Calm,
            words,
            button: Some((say!("say-look"), BannerAction::Knocks)),
        });
    }
    banners
}

fn offline_words(reason: &str, retry_in_s: u32) -> String {
    let reason = reason.trim_end_matches('.');
    let next = match retry_in_s {
        0 => say!("panel-retry-now").to_owned(),
        seconds if seconds < 120 => say!("panel-retry-seconds", seconds = seconds),
        seconds => say!("panel-retry-minutes", minutes = seconds / 60),
    };
    say!("panel-not-connected", reason = reason, next = next)
}

/// Shows the strips at the top of `area`; returns the rest of it.
pub fn show(ui: &mut Ui, area: Rect, banners: &[Banner]) -> (Rect, Option<BannerAction>) {
    let mut rest = area;
    let mut action = None;
    for (index, banner) in banners.iter().enumerate() {
        let builder = UiBuilder::new().id_salt(("banner", index)).max_rect(rest);
        let mut child = ui.new_child(builder);
        let height = strip(&mut child, banner, &mut action);
        rest.min.y = (rest.min.y + height).min(rest.max.y);
    }
    (rest, action)
}

fn strip(ui: &mut Ui, banner: &Banner, action: &mut Option<BannerAction>) -> f32 {
    let palette = palette(ui);
    let (icon, color, ground) = match banner.kind {
        Kind::Alarm => (Icon::ShieldOff, palette.bad, palette.bad_bg),
        Kind::Attention => (Icon::Wifi, palette.attention, palette.attention_bg),
        Kind::Question => (Icon::Warning, palette.attention, palette.attention_bg),
        Kind::Calm => (Icon::Info, palette.accent, palette.accent_bg),
    };
    Frame::new()
        .fill(ground)
        .inner_margin(Margin::symmetric(20, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().interact_size.y = 28.0;
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 10.0;
                let (place, _) =
                    ui.allocate_exact_size(vec2(16.0, around_line(ui, 18.0)), egui::Sense::hover());
                icons::paint(ui.painter(), icon, place.center(), 16.0, color);
                let for_button = match banner.button {
                    None => 0.0,
                    Some((_, BannerAction::Communities)) => 160.0,
                    Some(_) => 100.0,
                };
                let width = (ui.available_width() - for_button).max(80.0);
                let job = text::wrapped(ui, &banner.words, Type::Secondary, palette.text, width);
                let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
                let label = ui.add(egui::Label::new(galley));
                let urgency = if matches!(banner.kind, Kind::Alarm | Kind::Question) {
                    Urgency::Urgent
                } else {
                    Urgency::Polite
                };
                announce(ui, &label, urgency);
                if let Some((words, does)) = banner.button {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        if ui.add(Button::new(words).height(28.0)).clicked() {
                            *action = Some(does);
                        }
                    });
                }
            });
        })
        .response
        .rect
        .height()
}

/// Longer notices are cut; the whole text is in the tooltip.
const NOTICE_LINES: usize = 6;

/// At most so many notices are shown; the rest come when these are read.
const SHOWN: usize = 3;

/// The notices to show: the newest few, the newest last.
pub fn notices(snapshot: &Snapshot) -> &[Notice] {
    let from = snapshot.notices.len().saturating_sub(SHOWN);
    &snapshot.notices[from..]
}

/// Shows `notices` in the lower right corner of `area`; the answer is one that was read.
pub fn show_notices(ui: &mut Ui, area: Rect, notices: &[Notice]) -> Option<u64> {
    let mut read = None;
    if notices.is_empty() {
        return None;
    }
    let width = (area.width() - 32.0).clamp(160.0, 360.0);
    let place = Rect::from_min_max(
        pos2(area.right() - 16.0 - width, area.top()),
        pos2(area.right() - 16.0, area.bottom() - 16.0),
    );
    egui::Area::new(egui::Id::unique("notices"))
        .order(egui::Order::Middle)
        .fixed_pos(place.right_bottom())
        .pivot(egui::Align2::RIGHT_BOTTOM)
        .constrain(false)
        .show(ui.ctx(), |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 8.0;
            for notice in notices {
                if notice_card(ui, notice) {
                    read = Some(notice.id);
                }
            }
        });
    read
}

fn notice_card(ui: &mut Ui, notice: &Notice) -> bool {
    let palette = palette(ui);
    let (icon, color, urgency) = match notice.severity {
        Severity::Info => (Icon::Info, palette.accent, Urgency::Polite),
        Severity::Warning => (Icon::Warning, palette.attention, Urgency::Polite),
        Severity::Error => (Icon::Warning, palette.bad, Urgency::Urgent),
    };
    let mut read = false;
    Frame::new()
        .fill(palette.bg_3)
        .stroke(egui::Stroke::new(1.0, palette.line))
        .corner_radius(radius::CARD)
        .inner_margin(Margin::symmetric(12, 10))
        .shadow(ui.visuals().popup_shadow)
        .show(ui, |ui| {
            ui.push_id(notice.id, |ui| {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 10.0;
                    let (place, _) = ui.allocate_exact_size(
                        vec2(16.0, around_line(ui, 18.0)),
                        egui::Sense::hover(),
                    );
                    icons::paint(ui.painter(), icon, place.center(), 16.0, color);
                    let width = (ui.available_width() - 34.0).max(60.0);
                    let mut job =
                        text::wrapped(ui, &notice.text, Type::Secondary, palette.text, width);
                    job.wrap.max_rows = NOTICE_LINES;
                    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
                    ui.scope(|ui| {
                        ui.set_width(width);
                        let label = ui.add(egui::Label::new(galley).selectable(true));
                        announce(ui, &label, urgency);
                    });
                    let close = IconButton::new(Icon::Close, say!("panel-dismiss"))
                        .look(Look::Quiet)
                        .size(22.0, 22.0);
                    read = ui.add(close).clicked();
                });
            });
        });
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn a_calm_community_has_none() {
        assert!(build(&demo::harbour().communities[0]).is_empty());
    }

    #[test]
    fn offline_says_why_and_when() {
        assert_eq!(
            offline_words("The server does not answer.", 5),
            "Not connected: The server does not answer. Trying again in 5 seconds."
        );
        assert!(offline_words("x", 0).ends_with("now."));
        assert!(offline_words("x", 600).ends_with("10 minutes."));
    }

    #[test]
    fn the_alarm_comes_first_and_members_do_not_see_knocks() {
        let mut community = (*demo::harbour().communities[0]).clone();
        community.alarm = Some("two member lists".to_owned());
        community.knocking = vec![demo::knock()];
        community.connection = Connection::Offline {
            reason: "gone".to_owned(),
            retry_in_s: 3,
        };
        let kinds: Vec<_> = build(&community).iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [Kind::Alarm, Kind::Attention, Kind::Calm]);
        community.me.role = Role::Member;
        assert_eq!(build(&community).len(), 2);
    }

    #[test]
    fn only_the_newest_notices_are_shown() {
        let mut snapshot = Snapshot::default();
        for id in 0..9 {
            snapshot.notices.push(Notice {
                id,
                severity: Severity::Info,
                text: "x".to_owned(),
            });
        }
        assert_eq!(
            notices(&snapshot)
                .iter()
                .map(|one| one.id)
                .collect::<Vec<_>>(),
            [6, 7, 8]
        );
    }
}
