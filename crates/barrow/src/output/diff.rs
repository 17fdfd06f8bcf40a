//! What is different between two packages, for a terminal.

use std::fmt::Write as _;

use barrow_model::Bytes;

use super::json::diff::{DiffDocument, DistributionChange, FileChange, Side};
use super::text;
use crate::ops::size::{UNCLAIMED, total};

/// More files of a distribution are counted, unless all are asked for.
const FILES_SHOWN: usize = 8;

/// The longest path, in characters.
const PATH_WIDTH: usize = 90;

/// `all` lists every file.
pub fn difference(document: &DiffDocument, all: bool) -> String {
    let (old, new) = (&document.old, &document.new);
    let names = (text::visible(&old.path), text::visible(&new.path));
    if document.is_identical {
        return format!(
            "`{}` and `{}` are the same, byte for byte\n",
            names.0, names.1
        );
    }
    let mut shown = format!("{} → {}\n", names.0, names.1);
    shown.push_str(&sides(old, new));
    if !document.distributions.is_empty() {
        shown.push_str("\ndistributions\n");
        for change in &document.distributions {
            shown.push_str(&distribution(change, all));
        }
    }
    if !document.files.is_empty() {
        let _ = writeln!(shown, "\nfiles {UNCLAIMED}");
        shown.push_str(&files(&document.files, all, "  "));
    }
    shown.push_str(&reasons(document));
    shown
}

fn sides(old: &Side, new: &Side) -> String {
    let size = |name: &str, old: u64, new: u64| {
        let name = format!("  {name:<10}  {}", Bytes(old));
        if old == new {
            format!("{name}\n")
        } else {
            format!("{name} → {}  {}\n", Bytes(new), signed(old, new))
        }
    };
    let mut shown = size("zipped", old.zipped_bytes, new.zipped_bytes);
    shown += &size("unzipped", old.unzipped_bytes, new.unzipped_bytes);
    let _ = match (old.files, new.files) {
        (old, new) if old == new => writeln!(shown, "  files       {old}"),
        (old, new) => writeln!(shown, "  files       {old} → {new}"),
    };
    let _ = writeln!(
        shown,
        "  CodeSha256  {} → {}",
        old.code_sha256, new.code_sha256
    );
    shown
}

fn distribution(change: &DistributionChange, all: bool) -> String {
    let name = text::clipped(&change.name, PATH_WIDTH);
    let version = |version: &str| text::clipped(version, PATH_WIDTH);
    let (mark, title, is_same) = match (&change.old_version, &change.new_version) {
        (Some(old), Some(new)) if old == new => ('~', format!("{name} {}", version(old)), true),
        (Some(old), Some(new)) => (
            '~',
            format!("{name} {} → {}", version(old), version(new)),
            false,
        ),
        (None, new) => (
            '+',
            format!("{name} {}", version(new.as_deref().unwrap_or("?"))),
            false,
        ),
        (Some(old), None) => ('-', format!("{name} {}", version(old)), false),
    };
    let old = total(change.files.iter().filter_map(|file| file.old_bytes));
    let new = total(change.files.iter().filter_map(|file| file.new_bytes));
    let counted = Counts::of(&change.files);
    let grown = if old == new {
        String::new()
    } else {
        format!("  {}", signed(old, new))
    };
    let mut shown = format!("  {mark} {title:<40}  {counted}{grown}\n");
    // Of a version that is another, all files may be; of the same, each is worth a look.
    if all || is_same {
        shown.push_str(&files(&change.files, all, "      "));
    }
    shown
}

fn files(changes: &[FileChange], all: bool, indent: &str) -> String {
    let count = if all {
        changes.len()
    } else {
        changes.len().min(FILES_SHOWN)
    };
    let mut shown = String::new();
    for change in &changes[..count] {
        let path = text::clipped(&change.path, PATH_WIDTH);
        let _ = match (change.old_bytes, change.new_bytes) {
            (Some(old), Some(new)) if old == new => {
                writeln!(shown, "{indent}~ {path}  {}, other bytes", Bytes(new))
            }
            (Some(old), Some(new)) => {
                writeln!(shown, "{indent}~ {path}  {} → {}", Bytes(old), Bytes(new))
            }
            (None, new) => writeln!(
                shown,
                "{indent}+ {path}  {}",
                Bytes(new.unwrap_or_default())
            ),
            (Some(old), None) => writeln!(shown, "{indent}- {path}  {}", Bytes(old)),
        };
    }
    match changes.len() - count {
        0 => {}
        more => {
            let _ = writeln!(shown, "{indent}and {more} more (`--files` lists all)");
        }
    }
    shown
}

fn reasons(document: &DiffDocument) -> String {
    if document.reasons.is_empty() {
        return String::new();
    }
    let mut shown = if document.has_same_files {
        "\nthe same files with the same content; what differs is\n".to_owned()
    } else {
        "\nof the files that are the same, there differ\n".to_owned()
    };
    for reason in &document.reasons {
        let _ = writeln!(shown, "  {}", reason.text);
    }
    shown
}

/// `+1.2 KiB`.
fn signed(old: u64, new: u64) -> String {
    let sign = if new < old { '-' } else { '+' };
    format!("{sign}{}", Bytes(old.abs_diff(new)))
}

/// `2 added, 1 removed, 12 changed`.
#[derive(Debug, Default)]
struct Counts {
    added: usize,
    removed: usize,
    changed: usize,
}

impl Counts {
    fn of(changes: &[FileChange]) -> Self {
        let mut counts = Self::default();
        for change in changes {
            match (change.old_bytes, change.new_bytes) {
                (None, _) => counts.added += 1,
                (_, None) => counts.removed += 1,
                _ => counts.changed += 1,
            }
        }
        counts
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [
            (self.added, "added"),
            (self.removed, "removed"),
            (self.changed, "changed"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        f.write_str(&parts.join(", "))
    }
}
