//! How much one page holds: so many items, and so many bytes, so that reading a page costs the same whatever is in it.

use futures_util::{Stream, StreamExt as _};

use crate::StoreError;

/// Most bytes that one page of events or commits holds, the item that crosses it included.
pub const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Reads items until the page is full or there are no more. `bytes` counts those of one item.
///
/// # Errors
/// That of the first item that cannot be read.
pub async fn read_page<T>(
    items: impl Stream<Item = Result<T, StoreError>>,
    most: u32,
    bytes: impl Fn(&T) -> usize,
) -> Result<Vec<T>, StoreError> {
    let mut items = std::pin::pin!(items);
    let (mut page, mut size) = (Vec::new(), PageSize::new(most));
    while let Some(item) = items.next().await {
        let item = item?;
        let full = size.add(bytes(&item));
        page.push(item);
        if full {
            break;
        }
    }
    Ok(page)
}

/// A page that is being read.
#[derive(Debug)]
pub struct PageSize {
    items: usize,
    most: usize,
    bytes: usize,
}

impl PageSize {
    /// An empty page for at most `most` items.
    pub const fn new(most: u32) -> Self {
        Self {
            items: 0,
            most: most as usize,
            bytes: 0,
        }
    }

    /// Counts an item of so many bytes; whether the page is full then, and more may follow on the next one.
    pub const fn add(&mut self, bytes: usize) -> bool {
        self.items += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        self.is_full()
    }

    /// Whether the page holds as much as a page may. A page that is not full is the last one.
    pub const fn is_full(&self) -> bool {
        self.items >= self.most || self.bytes >= MAX_PAGE_BYTES
    }
}
