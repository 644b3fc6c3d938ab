//! Pictures on the graphics card: those that the engine has ready, and which ones are wanted beside them.
//!
//! ```text
//! snapshot -> follow -> textures <- asked for while painting -> what is lacking -> commands
//! ```
//!
//! They lie in the context, as the palette does, so that everything that shows a person shows their picture.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::{Community, FileId, Picture};
use egui::epaint::RectShape;
use egui::mutex::Mutex;
use egui::{
    Color32, ColorImage, Context, CornerRadius, Id, Rect, TextureHandle, TextureOptions, Ui, pos2,
};

/// A picture in sight that does not come is asked for again after so many seconds, when something is painted.
const AGAIN_S: f64 = 3.0;

/// All pictures of the community that is shown.
#[derive(Default)]
struct Shelf {
    /// What the engine has ready.
    ready: Arc<BTreeMap<FileId, Arc<Picture>>>,
    /// Which picture belongs to whom.
    portraits: HashMap<AccountId, FileId>,
    textures: HashMap<FileId, TextureHandle>,
    /// What the engine was asked for, and when in seconds of the window's clock.
    asked: HashMap<FileId, f64>,
    /// What it is to be asked for.
    wanted: Vec<FileId>,
}

fn shelf(ctx: &Context) -> Arc<Mutex<Shelf>> {
    ctx.data_mut(|data| {
        let shelf: &mut Arc<Mutex<Shelf>> = data.get_temp_mut_or_default(Id::unique("pictures"));
        Arc::clone(shelf)
    })
}

/// Takes in what the engine has ready; what it has not any more goes from the graphics card.
pub(crate) fn follow(ctx: &Context, community: &Community) {
    let shelf = shelf(ctx);
    let mut shelf = shelf.lock();
    if !Arc::ptr_eq(&shelf.ready, &community.files.pictures) {
        shelf.ready = Arc::clone(&community.files.pictures);
        let Shelf {
            ready, textures, ..
        } = &mut *shelf;
        textures.retain(|id, _| ready.contains_key(id));
    }
    let members = community.members.iter();
    shelf.portraits = members
        .filter_map(|member| Some((member.account, member.picture?)))
        .collect();
}

/// What was painted since the last look and is not ready: the engine is to be asked for it, once.
pub(crate) fn wanted(ctx: &Context) -> Vec<FileId> {
    std::mem::take(&mut shelf(ctx).lock().wanted)
}

/// The engine is to be asked for it again.
pub(crate) fn ask_again(ctx: &Context, id: &FileId) {
    shelf(ctx).lock().asked.remove(id);
}

/// A picture, if it is ready; else it is wanted.
pub(crate) fn texture(ui: &Ui, id: FileId) -> Option<TextureHandle> {
    let shelf = shelf(ui.ctx());
    let mut shelf = shelf.lock();
    if let Some(texture) = shelf.textures.get(&id) {
        return Some(texture.clone());
    }
    let Some(picture) = shelf.ready.get(&id) else {
        // It is in sight: the engine may have forgotten meanwhile, or was not there.
        let now = ui.input(|input| input.time);
        let before = shelf.asked.get(&id);
        if before.is_none_or(|before| now - before > AGAIN_S) {
            shelf.asked.insert(id, now);
            shelf.wanted.push(id);
        }
        return None;
    };
    let texture = load(ui.ctx(), picture);
    shelf.textures.insert(id, texture.clone());
    Some(texture)
}

/// Somebody's picture, if they have one and it is ready.
pub(crate) fn portrait(ui: &Ui, account: &AccountId) -> Option<TextureHandle> {
    let id = *shelf(ui.ctx()).lock().portraits.get(account)?;
    texture(ui, id)
}

/// Puts pixels on the graphics card.
pub(crate) fn load(ctx: &Context, picture: &Picture) -> TextureHandle {
    let size = [picture.width as usize, picture.height as usize];
    let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
    ctx.load_texture("picture", image, TextureOptions::LINEAR)
}

/// Paints a picture into `rect`, with round corners; `strength` 1 is as it is.
pub(crate) fn paint(
    ui: &Ui,
    rect: Rect,
    corner: CornerRadius,
    texture: &TextureHandle,
    strength: f32,
) {
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let tint = Color32::WHITE.gamma_multiply(strength);
    let shape = RectShape::filled(rect, corner, tint).with_texture(texture.id(), whole);
    ui.painter().add(shape);
}
