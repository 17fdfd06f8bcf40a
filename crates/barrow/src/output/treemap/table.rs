//! Distributions and kinds, as rows of tables: what the page has to say without its script.

use super::words;
use crate::ops::size::UNCLAIMED;
use crate::output::json::size::{Share, SizeDocument};
use crate::output::page::html;
use crate::output::text;

/// The heaviest first, as the document has them.
pub(super) fn distributions(document: &SizeDocument) -> String {
    let longest = Longest::of(&document.by_distribution);
    let rows = document.by_distribution.iter().map(|share| {
        let name = match (&share.name, &share.version) {
            (Some(name), Some(version)) => format!(
                "<span class=\"name\"><bdi>{}</bdi> <span class=\"version\">{}</span></span>",
                html(name),
                html(version)
            ),
            _ => format!("<span class=\"unclaimed\">{UNCLAIMED}</span>"),
        };
        row(share, &name, "whole", &longest)
    });
    rows.collect()
}

/// The same, each with what it is there for.
pub(super) fn kinds(document: &SizeDocument) -> String {
    let longest = Longest::of(&document.by_kind);
    let rows = document.by_kind.iter().map(|share| {
        let class = words::class(share);
        let name = format!(
            "<i class=\"dot {class}\"></i>{} <span class=\"why\">{}</span>",
            text::capitalised(share.name.as_deref().unwrap_or_default()),
            html(share.about.unwrap_or_default())
        );
        row(share, &name, &class, &longest)
    });
    rows.collect()
}

/// What the bars of a table are parts of.
struct Longest {
    zipped_bytes: u64,
    unzipped_bytes: u64,
}

impl Longest {
    fn of(shares: &[Share]) -> Self {
        let zipped = shares.iter().map(|share| share.zipped_bytes);
        let unzipped = shares.iter().map(|share| share.unzipped_bytes);
        Self {
            zipped_bytes: zipped.max().unwrap_or_default(),
            unzipped_bytes: unzipped.max().unwrap_or_default(),
        }
    }
}

fn row(share: &Share, name: &str, class: &str, longest: &Longest) -> String {
    format!(
        "<tr data-zipped=\"{}\" data-unzipped=\"{}\"><td>{name}</td> \
         <td class=\"bar\"><span class=\"of-unzipped {class}\" style=\"width:{:.2}%\"></span>\
         <span class=\"of-zipped {class}\" style=\"width:{:.2}%\"></span></td>\
         <td class=\"number\">{}</td> <td class=\"number\">{}</td> <td class=\"number\">{}</td></tr>\n",
        share.zipped_bytes,
        share.unzipped_bytes,
        100.0 * words::part(share.unzipped_bytes, longest.unzipped_bytes),
        100.0 * words::part(share.zipped_bytes, longest.zipped_bytes),
        share.files,
        words::size(share.zipped_bytes),
        words::size(share.unzipped_bytes),
    )
}
