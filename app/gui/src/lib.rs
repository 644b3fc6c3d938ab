//! The Dialtone window: models, panels, screens, theme.
