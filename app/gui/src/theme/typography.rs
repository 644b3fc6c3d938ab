//! The sizes of text: Inter for words, `JetBrains Mono` for code.

use egui::{FontFamily, FontId};

/// A face of the typeface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Inter Regular.
    Regular,
    /// Inter Medium.
    Medium,
    /// Inter Semi Bold.
    SemiBold,
    /// Inter Italic.
    Italic,
    /// `JetBrains Mono`.
    Mono,
}

impl Face {
    /// The name under which the face is installed.
    pub fn family(self) -> FontFamily {
        match self {
            Self::Regular => FontFamily::Proportional,
            Self::Mono => FontFamily::Monospace,
            Self::Medium => FontFamily::Name("inter-medium".into()),
            Self::SemiBold => FontFamily::Name("inter-semibold".into()),
            Self::Italic => FontFamily::Name("inter-italic".into()),
        }
    }
}

/// What a piece of text is for; decides face, size and line height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// 14/20.
    Body,
    /// 14/20, medium.
    BodyMedium,
    /// 14/20, semi-bold: names, unread channels, buttons.
    BodyStrong,
    /// 14/20, italic: what the client says itself.
    BodyItalic,
    /// 13/18.
    Secondary,
    /// 13/18, semi-bold: labels of fields, panel titles.
    SecondaryStrong,
    /// 12/16.
    Hint,
    /// 12/16, semi-bold.
    HintStrong,
    /// 15/20, semi-bold.
    Title,
    /// 22/28, semi-bold.
    Heading,
    /// 11/16, semi-bold capitals for group labels.
    Group,
    /// 13/19, monospaced.
    Code,
    /// 32/44, monospaced: digits that two people compare.
    Digits,
}

impl Type {
    /// The face.
    pub fn face(self) -> Face {
        match self {
            Self::Body | Self::Secondary | Self::Hint => Face::Regular,
            Self::BodyMedium => Face::Medium,
            Self::BodyItalic => Face::Italic,
            Self::BodyStrong
            | Self::SecondaryStrong
            | Self::HintStrong
            | Self::Title
            | Self::Heading
            | Self::Group => Face::SemiBold,
            Self::Code | Self::Digits => Face::Mono,
        }
    }

    /// The size in points, where text is as big as it was drawn.
    pub fn points(self) -> f32 {
        match self {
            Self::Body | Self::BodyMedium | Self::BodyStrong | Self::BodyItalic => 14.0,
            Self::Secondary | Self::SecondaryStrong | Self::Code => 13.0,
            Self::Hint | Self::HintStrong => 12.0,
            Self::Title => 15.0,
            Self::Heading => 22.0,
            Self::Group => 11.0,
            Self::Digits => 32.0,
        }
    }

    /// The height of a line in points, where text is `scale` times as big as it was drawn.
    pub fn line_height(self, scale: f32) -> f32 {
        let drawn: f32 = match self {
            Self::Body | Self::BodyMedium | Self::BodyStrong | Self::BodyItalic | Self::Title => {
                20.0
            }
            Self::Secondary | Self::SecondaryStrong => 18.0,
            Self::Hint | Self::HintStrong | Self::Group => 16.0,
            Self::Heading => 28.0,
            Self::Code => 19.0,
            Self::Digits => 44.0,
        };
        (drawn * self.grows(scale)).round()
    }

    /// Extra space between letters in points.
    pub fn letter_spacing(self) -> f32 {
        match self {
            Self::Group => 0.5,
            _ => 0.0,
        }
    }

    /// Face and size for egui, where text is `scale` times as big as it was drawn.
    pub fn font(self, scale: f32) -> FontId {
        FontId::new(self.points() * self.grows(scale), self.face().family())
    }

    /// Digits that are compared are big enough, and have to fit into a line.
    fn grows(self, scale: f32) -> f32 {
        if self == Self::Digits { 1.0 } else { scale }
    }
}
