use super::*;
use crate::settings::Preset;

struct Editor {
    _folder: tempfile::TempDir,
    desk: Desk,
    settings: AudioSettings,
}

impl Editor {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::default();
        desk.keep_in(folder.path().join("chains"));
        desk.open();
        Self {
            _folder: folder,
            desk,
            settings: AudioSettings::default(),
        }
    }

    /// Carries a wish out; whether anything followed.
    fn wish(&mut self, command: &ChainCommand) -> bool {
        let step = self.desk.apply(command, &self.settings);
        let follows = step.is_some();
        self.settings = step.map_or_else(|| self.settings.clone(), |step| step.settings);
        follows
    }

    fn remove(&mut self, stage: &str) {
        let edit = ChainEdit::Remove(stage.to_owned());
        assert!(self.wish(&ChainCommand::Edit(edit)), "{stage}");
    }

    fn set(&mut self, stage: &str, param: &str, value: f32) {
        let (stage, param) = (stage.to_owned(), param.to_owned());
        self.wish(&ChainCommand::Edit(ChainEdit::Set {
            stage,
            param,
            value,
        }));
    }

    fn view(&mut self) -> Arc<ChainView> {
        self.desk.view(&self.settings)
    }

    fn ids(&mut self) -> Vec<String> {
        let view = self.view();
        view.stages.iter().map(|stage| stage.id.clone()).collect()
    }

    /// What the file in use holds.
    fn written(&self) -> ChainSpec {
        folder::read(self.settings.chain_file.as_ref().unwrap()).unwrap()
    }
}

#[test]
fn what_settings_can_say_stays_a_preset() {
    let mut editor = Editor::new();
    editor.set("gate", "automatic", 0.0);
    editor.set("gate", "threshold_dbfs", -33.0);
    editor.set("gain", "gain_db", 6.0);
    let settings = &editor.settings;
    assert!(settings.chain_file.is_none() && !settings.auto_threshold);
    assert!((settings.threshold_dbfs + 33.0).abs() < 1e-6);
    assert!((settings.input_gain_db - 6.0).abs() < 1e-6);
    let gate = editor.view().stages[5].clone();
    assert!((gate.param("threshold_dbfs").unwrap().value + 33.0).abs() < 1e-6);
    let reset = ChainEdit::Reset("gate".to_owned());
    editor.wish(&ChainCommand::Edit(reset));
    assert!(editor.settings.auto_threshold);
}

#[test]
fn what_a_preset_cannot_say_makes_a_chain_of_ones_own_and_is_taken_back() {
    let mut editor = Editor::new();
    editor.remove("denoise");
    assert_eq!(editor.view().name, "Voice, changed");
    assert_eq!(
        editor.view().source,
        ChainSource::Own("voice-changed".to_owned())
    );
    assert_eq!(editor.written().stages.len(), 7);
    editor.remove("limiter");
    assert_eq!(editor.written().stages.len(), 6);
    assert_eq!(editor.view().own.len(), 1, "the same file");
    let path = editor.settings.chain_file.clone().unwrap();
    for left in [7, 8] {
        assert!(editor.view().can_undo);
        assert!(editor.wish(&ChainCommand::Undo));
        assert_eq!(editor.ids().len(), left);
    }
    assert_eq!(editor.view().source, ChainSource::Preset(Preset::Voice));
    assert!(!path.exists() && !editor.view().can_undo);
    assert!(!editor.wish(&ChainCommand::Undo));
}

#[test]
fn a_slider_that_is_dragged_is_one_change() {
    let mut editor = Editor::new();
    editor.remove("denoise");
    for value in [20.0, 30.0, 40.0] {
        editor.set("limiter", "release_ms", value);
    }
    let release = |editor: &Editor| value_of(&editor.written(), "limiter", "release_ms");
    assert_eq!(release(&editor), Some(40.0));
    editor.wish(&ChainCommand::Undo);
    assert_eq!(release(&editor), Some(80.0));
    editor.wish(&ChainCommand::Undo);
    assert_eq!(editor.ids().len(), 8);
}

#[test]
fn chains_are_saved_renamed_deleted_and_chosen() {
    let mut editor = Editor::new();
    editor.wish(&ChainCommand::Choose(ChainSource::Preset(Preset::Music)));
    editor.wish(&ChainCommand::SaveAs("Podcast".to_owned()));
    assert_eq!(
        (editor.view().name.as_str(), editor.settings.preset),
        ("Podcast", Preset::Music)
    );
    editor.wish(&ChainCommand::Rename("Evening".to_owned()));
    assert_eq!(editor.written().name, "Evening");
    editor.wish(&ChainCommand::SaveAs("Evening".to_owned()));
    let problem = editor.view().problem.clone().unwrap();
    assert!(problem.contains("\"Evening\" already"), "{problem}");
    editor.wish(&ChainCommand::Choose(ChainSource::Preset(Preset::Voice)));
    let own = editor.view().own.clone();
    assert_eq!((own.len(), own[0].name.as_str()), (1, "Evening"));
    editor.wish(&ChainCommand::Choose(ChainSource::Own(own[0].file.clone())));
    assert_eq!(editor.view().name, "Evening");
    editor.wish(&ChainCommand::Delete);
    assert!(editor.view().own.is_empty() && editor.settings.chain_file.is_none());
    editor.wish(&ChainCommand::Undo);
    assert_eq!(editor.written().name, "Evening", "it is there again");
    editor.wish(&ChainCommand::Choose(ChainSource::Preset(Preset::Voice)));
    editor.wish(&ChainCommand::Delete);
    assert!(editor.view().problem.is_some(), "a preset stays");
}

#[test]
fn chains_go_out_and_come_in() {
    let mut editor = Editor::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.toml");
    editor.remove("denoise");
    assert!(
        !editor.wish(&ChainCommand::Export(file.clone())),
        "nothing else changes"
    );
    editor.wish(&ChainCommand::Choose(ChainSource::Preset(Preset::Voice)));
    assert!(editor.wish(&ChainCommand::Import(file.clone())));
    assert_eq!(editor.view().name, "Voice, changed 2");
    assert_eq!(editor.ids().len(), 7);
    std::fs::write(&file, "[[stage]\n").unwrap();
    let before = editor.settings.clone();
    assert!(!editor.wish(&ChainCommand::Import(file)));
    assert_eq!(editor.settings, before);
    let problem = editor.view().problem.clone().unwrap();
    assert!(problem.contains("out.toml is no chain"), "{problem}");
}

#[test]
fn a_file_elsewhere_is_never_written() {
    let mut editor = Editor::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let text = "# by hand\nname = 'By hand'\n[[stage]]\ntype = 'gain'\n";
    std::fs::write(&file, text).unwrap();
    editor.settings.chain_file = Some(file.clone());
    editor
        .desk
        .know(Some(folder::read(&file).unwrap()), Vec::new());
    assert_eq!(editor.view().source, ChainSource::File(file.clone()));
    editor.set("gain", "gain_db", 3.0);
    assert_eq!(editor.view().name, "By hand, changed");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}
