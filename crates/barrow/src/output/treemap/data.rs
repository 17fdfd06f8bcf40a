//! The tree as the page's script reads it.

use serde::Serialize;

use crate::ops::size::tree::Tree;
use crate::output::{page, text};

/// All that is drawn.
#[derive(Serialize)]
struct Data<'a> {
    name: &'a str,
    rows: Vec<Row>,
}

/// Depth and name, and of a file the place of its kind in `Kind::ALL`, its zipped and its
/// unzipped size. A row's parent is the last folder before it that is less deep.
#[derive(Serialize)]
#[serde(untagged)]
enum Row {
    Folder(usize, String),
    File(usize, String, usize, u64, u64),
}

/// Folders before what is in them.
pub(super) fn json(name: &str, tree: &Tree) -> String {
    let mut rows = Vec::new();
    tree.walk(|node| {
        let (depth, name) = (node.depth, text::visible(node.name));
        rows.push(match node.file {
            None => Row::Folder(depth, name),
            Some((kind, weight)) => {
                let (zipped, unzipped) = (weight.zipped_bytes, weight.unzipped_bytes);
                Row::File(depth, name, kind as usize, zipped, unzipped)
            }
        });
    });
    let name = &text::visible(name);
    page::json(&Data { name, rows })
}
