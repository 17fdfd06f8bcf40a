//! The page that shows who takes the space in a package: every file as an area, as large as its
//! size, inside its folder, inside its distribution.

use super::page::{self, Page, html};
use crate::ops::size::Sizes;

mod data;
mod table;
mod words;

const BODY: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A whole HTML document.
pub fn page(sizes: &Sizes) -> String {
    let document = &sizes.document;
    let title = words::title(document);
    let body = page::fill(
        BODY,
        &[
            ("title", &html(title)),
            ("lead", &words::lead(document)),
            ("shares", &words::shares(document)),
            ("distributions", &table::distributions(document)),
            ("kinds", &table::kinds(document)),
        ],
    );
    Page {
        title: &format!("{title} · package size"),
        state: if document.unzipped_bytes == 0 {
            "nothing"
        } else {
            "some"
        },
        style: STYLE,
        body: &body,
        data: &data::json(title, &sizes.tree),
        script: SCRIPT,
    }
    .document()
}

#[cfg(test)]
mod tests;
