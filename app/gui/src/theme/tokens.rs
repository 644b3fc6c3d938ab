//! The tokens: every colour, radius and fixed size of the window.

use egui::Color32;

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Light text on dark ground.
    pub dark: bool,
    /// Rail, behind cards.
    pub bg_0: Color32,
    /// Side panels, inputs.
    pub bg_1: Color32,
    /// Timeline, cards.
    pub bg_2: Color32,
    /// Raised: composer, buttons, rows.
    pub bg_3: Color32,
    /// Borders of one pixel.
    pub line: Color32,
    /// Body text.
    pub text: Color32,
    /// Secondary text.
    pub text_2: Color32,
    /// Hints and times.
    pub text_3: Color32,
    /// You, live, new.
    pub accent: Color32,
    /// Behind accented things.
    pub accent_bg: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Wants attention.
    pub attention: Color32,
    /// Behind what wants attention.
    pub attention_bg: Color32,
    /// Muted, leaving, failed.
    pub bad: Color32,
    /// Behind what failed.
    pub bad_bg: Color32,
    /// Text on a filled bad ground.
    pub on_bad: Color32,
    /// The current row.
    pub selected: Color32,
    /// Laid over a row under the pointer, on any ground.
    pub hovered: Color32,
    /// A raised thing under the pointer, and the chosen line of a list that has opened.
    pub raised: Color32,
    /// Behind code.
    pub code_bg: Color32,
    /// Behind dialogs.
    pub veil: Color32,
}

/// Light text on dark ground.
pub const DARK: Palette = Palette {
    dark: true,
    bg_0: rgb(0x000f_1115),
    bg_1: rgb(0x0014_171c),
    bg_2: rgb(0x001a_1e25),
    bg_3: rgb(0x0022_2731),
    line: rgb(0x0026_2c36),
    text: rgb(0x00e7_eaf0),
    text_2: rgb(0x00a2_abba),
    text_3: rgb(0x0095_9eac),
    accent: rgb(0x004f_d1b0),
    accent_bg: rgb(0x0012_3a33),
    on_accent: rgb(0x0006_231c),
    attention: rgb(0x00f0_b35a),
    attention_bg: rgb(0x0033_2a1b),
    bad: rgb(0x00f2_7b78),
    bad_bg: rgb(0x0038_2023),
    on_bad: rgb(0x002a_0807),
    selected: rgb(0x0020_2833),
    hovered: Color32::from_rgba_premultiplied(12, 12, 12, 12),
    raised: rgb(0x002d_3440),
    code_bg: rgb(0x000f_1115),
    veil: Color32::from_black_alpha(150),
};

/// Dark text on light ground.
pub const LIGHT: Palette = Palette {
    dark: false,
    bg_0: rgb(0x00ec_eae4),
    bg_1: rgb(0x00f4_f2ed),
    bg_2: rgb(0x00fb_faf7),
    bg_3: rgb(0x00ff_ffff),
    line: rgb(0x00de_dad0),
    text: rgb(0x001d_2127),
    text_2: rgb(0x0055_5d69),
    text_3: rgb(0x005f_6671),
    accent: rgb(0x000b_735d),
    accent_bg: rgb(0x00d8_efe7),
    on_accent: rgb(0x00ff_ffff),
    attention: rgb(0x008f_5500),
    attention_bg: rgb(0x00f8_ead0),
    bad: rgb(0x00b8_3433),
    bad_bg: rgb(0x00fa_e1de),
    on_bad: rgb(0x00ff_ffff),
    selected: rgb(0x00e7_e4da),
    hovered: Color32::from_black_alpha(10),
    raised: rgb(0x00f1_eee7),
    code_bg: rgb(0x00f0_eee7),
    veil: Color32::from_black_alpha(90),
};

/// Light text on black ground, for whom the ordinary one is too pale.
pub(super) const HIGH_DARK: Palette = Palette {
    dark: true,
    bg_0: rgb(0x0000_0000),
    bg_1: rgb(0x0000_0000),
    bg_2: rgb(0x0007_080a),
    bg_3: rgb(0x0012_1419),
    line: rgb(0x008c_94a1),
    text: rgb(0x00ff_ffff),
    text_2: rgb(0x00e3_e7ee),
    text_3: rgb(0x00cd_d3dd),
    accent: rgb(0x006f_f0cf),
    accent_bg: rgb(0x0005_2b23),
    on_accent: rgb(0x0000_0000),
    attention: rgb(0x00ff_cb7d),
    attention_bg: rgb(0x002b_1f08),
    bad: rgb(0x00ff_a5a1),
    bad_bg: rgb(0x0030_1012),
    on_bad: rgb(0x0000_0000),
    selected: rgb(0x001c_2430),
    hovered: Color32::from_rgba_premultiplied(20, 20, 20, 20),
    raised: rgb(0x0020_252e),
    code_bg: rgb(0x0000_0000),
    veil: Color32::from_black_alpha(200),
};

/// Black text on white ground, likewise.
pub(super) const HIGH_LIGHT: Palette = Palette {
    dark: false,
    bg_0: rgb(0x00f2_f2f2),
    bg_1: rgb(0x00fa_fafa),
    bg_2: rgb(0x00ff_ffff),
    bg_3: rgb(0x00ff_ffff),
    line: rgb(0x006a_6f78),
    text: rgb(0x0000_0000),
    text_2: rgb(0x0022_262c),
    text_3: rgb(0x0037_3c45),
    accent: rgb(0x0003_4a3b),
    accent_bg: rgb(0x00dd_f3ec),
    on_accent: rgb(0x00ff_ffff),
    attention: rgb(0x005c_3600),
    attention_bg: rgb(0x00ff_efd2),
    bad: rgb(0x0088_0f12),
    bad_bg: rgb(0x00ff_e7e5),
    on_bad: rgb(0x00ff_ffff),
    selected: rgb(0x00e2_e6ec),
    hovered: Color32::from_black_alpha(16),
    raised: rgb(0x00ec_eef1),
    code_bg: rgb(0x00f2_f2f2),
    veil: Color32::from_black_alpha(140),
};

impl Palette {
    /// What slides or fills runs in it.
    pub fn trough(&self) -> Color32 {
        if self.dark { self.bg_0 } else { self.line }
    }

    /// Around a control; stronger while one points at it or writes in it.
    pub fn border(&self, strong: bool) -> Color32 {
        if strong { self.text_3 } else { self.line }
    }
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// Corner radii in points.
pub mod radius {
    /// Rows and buttons.
    pub const ROW: u8 = 8;
    /// Inputs.
    pub const INPUT: u8 = 10;
    /// Cards and the composer.
    pub const CARD: u8 = 12;
    /// Dialogs.
    pub const DIALOG: u8 = 16;
}

/// Fixed sizes in points.
pub mod size {
    /// Width of the rail of communities.
    pub const RAIL: f32 = 56.0;
    /// Width of the panel with channels.
    pub const SIDE: f32 = 240.0;
    /// Width of the panel with members.
    pub const MEMBERS: f32 = 220.0;
    /// Height of every title bar.
    pub const TITLE: f32 = 52.0;
    /// Height of the strip that shows a call where the side panel is not in sight.
    pub const STRIP: f32 = 52.0;
    /// The row with oneself at the foot of the side panel.
    pub const ONESELF: f32 = 56.0;
    /// From this width on the members are shown.
    pub const SHOW_MEMBERS_FROM: f32 = 1000.0;
    /// From this width on the channels stay; below they are a drawer.
    pub const SHOW_SIDE_FROM: f32 = 720.0;
    /// A row of a list, comfortable.
    pub const ROW: f32 = 32.0;
    /// The same, compact.
    pub const ROW_COMPACT: f32 = 26.0;
    /// An icon.
    pub const ICON: f32 = 16.0;
    /// An avatar in the timeline.
    pub const AVATAR: f32 = 36.0;
    /// The same, compact.
    pub const AVATAR_COMPACT: f32 = 18.0;
    /// An avatar in lists.
    pub const AVATAR_LIST: f32 = 28.0;
    /// How long appearing takes, in seconds.
    pub const MOTION: f32 = 0.12;
}
