//! What the page says in words: how much there is, and whose.

use barrow_model::Bytes;
use barrow_model::limits::{DIRECT_UPLOAD_LIMIT_BYTES, UNZIPPED_LIMIT_BYTES};

use crate::ops::size::kind::Kind;
use crate::output::json::size::{Share, SizeDocument};
use crate::output::page::html;
use crate::output::text;

/// How many distributions the first sentences name.
const NAMED: usize = 3;

/// The file's name without its folder.
pub(super) fn title(document: &SizeDocument) -> &str {
    document.path.rsplit('/').next().unwrap_or(&document.path)
}

/// How large, of which limit, and the distributions that have the largest part in it.
pub(super) fn lead(document: &SizeDocument) -> String {
    let mut lead = format!(
        "<strong>{}</strong> unzipped of {} that Lambda takes, and <strong>{}</strong> zipped of {} \
         for a direct upload, in {}.",
        size(document.unzipped_bytes),
        size(UNZIPPED_LIMIT_BYTES),
        size(document.zipped_bytes),
        size(DIRECT_UPLOAD_LIMIT_BYTES),
        text::counted(document.files, "file"),
    );
    let named = document.by_distribution.iter().filter_map(|share| {
        let name = share.name.as_deref()?;
        Some(format!(
            "<code><bdi>{}</bdi></code> {}",
            html(name),
            size(share.unzipped_bytes)
        ))
    });
    let named: Vec<String> = named.take(NAMED).collect();
    if let Some((first, others)) = named.split_first() {
        let first = first.replacen("</code> ", "</code> takes ", 1);
        let all: Vec<String> = std::iter::once(first)
            .chain(others.iter().cloned())
            .collect();
        lead.push_str(&format!(" {}.", text::listed(&all)));
    }
    lead
}

/// A bar and its legend, or nothing: how the unzipped size divides among the kinds.
pub(super) fn shares(document: &SizeDocument) -> String {
    let whole = document.unzipped_bytes;
    if whole == 0 {
        return String::new();
    }
    let (mut bar, mut legend) = (String::new(), String::new());
    for share in document
        .by_kind
        .iter()
        .filter(|share| share.unzipped_bytes > 0)
    {
        let part = part(share.unzipped_bytes, whole);
        let class = class(share);
        bar.push_str(&format!(
            "<span class=\"{class}\" style=\"flex-grow:{part:.5}\"></span>"
        ));
        legend.push_str(&format!(
            "<li><i class=\"dot {class}\"></i>{} <span>{} · {:.0}&nbsp;%</span></li>\n",
            text::capitalised(share.name.as_deref().unwrap_or_default()),
            size(share.unzipped_bytes),
            100.0 * part
        ));
    }
    format!(
        "<div class=\"shares\" aria-hidden=\"true\">{bar}</div>\n<ul class=\"legend\">\n{legend}</ul>"
    )
}

/// The class in the page's style of a share that is a kind.
pub(super) fn class(share: &Share) -> String {
    let kind = Kind::ALL
        .iter()
        .find(|kind| share.name.as_deref() == Some(kind.name()));
    kind.map_or_else(String::new, |kind| format!("kind-{}", *kind as usize))
}

/// Between 0 and 1; of nothing, nothing.
pub(super) fn part(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    // Millionths are exact enough for a bar, and fit into both types.
    let millionths = u128::from(part) * 1_000_000 / u128::from(whole);
    f64::from(u32::try_from(millionths).unwrap_or(u32::MAX)) / 1e6
}

pub(super) fn size(bytes: u64) -> String {
    Bytes(bytes).to_string().replace(' ', "&nbsp;")
}
