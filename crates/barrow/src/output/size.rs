//! Who takes the space, for a terminal.

use std::fmt::Write as _;

use barrow_model::Bytes;

use super::json::size::{Share, SizeDocument};
use super::text;
use crate::ops::size::{UNCLAIMED, total};

/// The longest bar, in characters.
const WIDTH: u64 = 20;

/// The longest name, in characters.
const NAME_WIDTH: usize = 48;

/// One of the lists of a [`SizeDocument`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    Distributions,
    Folders,
    Kinds,
}

/// The sum, and these tables of at most `top` lines.
pub fn tables(document: &SizeDocument, tables: &[Table], top: usize) -> String {
    let mut shown = format!(
        "{}  {} zipped, {} unzipped\n",
        text::counted(document.files, "file"),
        Bytes(document.zipped_bytes),
        Bytes(document.unzipped_bytes)
    );
    for table in tables {
        let (heading, shares) = match table {
            Table::Distributions => ("by distribution", &document.by_distribution),
            Table::Folders => ("by folder", &document.by_folder),
            Table::Kinds => ("by kind", &document.by_kind),
        };
        shown.push_str(&rows(heading, shares, top, document.unzipped_bytes));
    }
    shown
}

fn rows(heading: &str, shares: &[Share], top: usize, whole: u64) -> String {
    let (first, rest) = shares.split_at(shares.len().min(top));
    let mut rows: Vec<(String, u64, u64)> = first
        .iter()
        .map(|share| (name(share), share.zipped_bytes, share.unzipped_bytes))
        .collect();
    if !rest.is_empty() {
        let zipped = total(rest.iter().map(|share| share.zipped_bytes));
        let unzipped = total(rest.iter().map(|share| share.unzipped_bytes));
        rows.push((text::counted(rest.len(), "other"), zipped, unzipped));
    }
    let widest = rows.iter().map(|(name, ..)| name.chars().count());
    let width = widest.chain([heading.len()]).max().unwrap_or_default();
    let mut shown = format!(
        "\n{heading:<0$}  {1:>10}  {2:>10}\n",
        width + 2,
        "zipped",
        "unzipped"
    );
    for (name, zipped, unzipped) in rows {
        let _ = writeln!(
            shown,
            "  {name:<width$}  {:>10}  {:>10}  {:>3} %  {}",
            Bytes(zipped).to_string(),
            Bytes(unzipped).to_string(),
            share(unzipped, 100, whole),
            "█".repeat(share(unzipped, WIDTH, whole) as usize)
        );
    }
    shown
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

fn name(share: &Share) -> String {
    let name = share.name.as_deref().unwrap_or(UNCLAIMED);
    let name = match &share.version {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    };
    text::clipped(&name, NAME_WIDTH)
}

/// `part` as so many parts of `whole`, rounded.
fn share(part: u64, parts: u64, whole: u64) -> u64 {
    if whole == 0 {
        return 0;
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    ((part * u128::from(parts) + whole / 2) / whole) as u64
}
