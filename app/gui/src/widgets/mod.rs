//! The building blocks of the window: each paints itself from the tokens and carries an accessible name.

mod avatar;
mod button;
mod compare;
mod field;
mod frame;
pub mod icons;
mod live;
mod logo;
mod measured;
mod meter;
pub(crate) mod qr;
mod query;
mod row;
mod segmented;
mod select;
mod slider;
mod switch;
pub mod text;

pub use avatar::{Avatar, initial};
pub use button::{Button, IconButton, Look, text_button};
pub use compare::{Comparison, compare};
pub use field::Field;
pub use frame::{
    callout, card, dialog, focus_ring, focus_with_arrows, group_label, heads_dialog, hline,
    name_dialog, over_all, surface, vline,
};
pub use icons::Icon;
pub use live::{Urgency, announce, explain_field};
pub use logo::logo;
pub use measured::Measured;
pub use meter::{Meter, level_share, share_level};
pub use query::{Query, field_id as query_id, tell_chosen};
pub use row::Row;
pub use segmented::segmented;
pub use select::{Choice, select, small_opener};
pub use slider::Slider;
pub use switch::switch;
