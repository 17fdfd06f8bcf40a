//! What differs between two packages although the files are the same.

use std::collections::BTreeSet;

use barrow_core::ReadAt;
use barrow_core::zip::record::DESCRIPTOR_FOLLOWS;
use barrow_core::zip::{Entry, Span, extra, method};

use crate::ops::listing::Listing;
use crate::ops::size::total;
use crate::output::json::diff::{Reason, What};
use crate::output::text;

/// Something that an entry's line in the directory says.
struct Aspect {
    what: What,
    noun: &'static str,
    differs: fn(&Entry, &Entry) -> bool,
    show: fn(&Entry) -> String,
}

const ASPECTS: [Aspect; 7] = [
    Aspect {
        what: What::TimeStamps,
        noun: "time stamps",
        differs: |a, b| a.modified != b.modified,
        show: |entry| entry.modified.to_string(),
    },
    Aspect {
        what: What::Modes,
        noun: "modes",
        differs: |a, b| a.external_attributes != b.external_attributes,
        show: |entry| {
            let mode = entry.unix_mode();
            mode.map_or_else(|| "none".to_owned(), |mode| format!("{mode:06o}"))
        },
    },
    Aspect {
        what: What::Methods,
        noun: "compression methods",
        differs: |a, b| a.method != b.method,
        show: |entry| method::name(entry.method).to_owned(),
    },
    Aspect {
        what: What::ExtraFields,
        noun: "extra fields",
        differs: |a, b| a.extra != b.extra,
        show: |entry| {
            let names: Vec<_> = extra::blocks(&entry.extra)
                .map(|(tag, _)| extra::name(tag))
                .collect();
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            }
        },
    },
    Aspect {
        what: What::Comments,
        noun: "comments",
        differs: |a, b| a.comment != b.comment,
        show: |entry| text::counted(entry.comment.len(), "byte"),
    },
    Aspect {
        what: What::MadeBy,
        noun: "made-by",
        differs: |a, b| (a.made_by, a.version_needed) != (b.made_by, b.version_needed),
        show: |entry| {
            let version = entry.made_by & 0xff;
            format!("{} {}.{}", entry.made_on(), version / 10, version % 10)
        },
    },
    Aspect {
        what: What::Flags,
        noun: "flags",
        differs: |a, b| a.flags != b.flags,
        show: |entry| {
            if entry.flags & DESCRIPTOR_FOLLOWS == 0 {
                format!("{:#06x}", entry.flags)
            } else {
                format!("{:#06x}, sizes behind the data", entry.flags)
            }
        },
    },
];

/// `same` has the places of files with the same bytes, in the old directory and in the new one.
pub(super) fn find(
    old: &Listing,
    new: &Listing,
    same: &[(usize, usize)],
    has_same_files: bool,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    reasons.extend(order(old, same));
    reasons.extend(folders(old, new));
    let pairs = || {
        let entries = same.iter();
        entries.map(|&(a, b)| (&old.entries()[a], &new.entries()[b]))
    };
    for aspect in &ASPECTS {
        let differing = pairs().filter(|(a, b)| (aspect.differs)(a, b));
        reasons.extend(aspect.reason(&differing.collect::<Vec<_>>()));
    }
    reasons.extend(compressed_bytes(old, new, same));
    reasons.extend(around(old, new));
    if reasons.is_empty() && has_same_files {
        reasons.push(Reason {
            what: What::LocalHeaders,
            text: "headers in front of the files, or bytes between them".to_owned(),
            entries: None,
        });
    }
    reasons
}

impl Aspect {
    fn reason(&self, differing: &[(&Entry, &Entry)]) -> Option<Reason> {
        let (old, new) = differing.first()?;
        let (before, after) = ((self.show)(old), (self.show)(new));
        let how = if before == after {
            "other values".to_owned()
        } else {
            format!("{before} → {after}")
        };
        let of = of(differing.len(), &new.label());
        Some(Reason {
            what: self.what,
            text: format!("{} of {of}: {how}", self.noun),
            entries: Some(differing.len()),
        })
    }
}

/// `a.py`, or how many files like it.
fn of(count: usize, first: &str) -> String {
    match count {
        1 => format!("`{first}`"),
        many => format!("{many} files such as `{first}`"),
    }
}

fn order(old: &Listing, same: &[(usize, usize)]) -> Option<Reason> {
    let mut by_old = same.to_vec();
    by_old.sort_unstable();
    let mut by_new = by_old.clone();
    by_new.sort_unstable_by_key(|(_, new)| *new);
    let (first, _) = by_old.iter().zip(&by_new).find(|(a, b)| a != b)?;
    Some(Reason {
        what: What::Order,
        text: format!(
            "the order of the files, from `{}` on",
            old.entries()[first.0].label()
        ),
        entries: None,
    })
}

fn folders(old: &Listing, new: &Listing) -> Option<Reason> {
    let names = |listing: &Listing| -> BTreeSet<String> {
        let folders = listing.entries().iter().filter(|entry| entry.is_dir());
        folders.map(|entry| entry.name.clone()).collect()
    };
    let (old, new) = (names(old), names(new));
    let (removed, added) = (old.difference(&new).count(), new.difference(&old).count());
    let entries = |count, verb| match count {
        0 => None,
        1 => Some(format!("1 entry for a folder was {verb}")),
        many => Some(format!("{many} entries for folders were {verb}")),
    };
    let both = [entries(added, "added"), entries(removed, "removed")];
    let text: Vec<String> = both.into_iter().flatten().collect();
    if text.is_empty() {
        return None;
    }
    Some(Reason {
        what: What::Folders,
        text: text.join(", "),
        entries: Some(removed + added),
    })
}

/// The same file, deflated by another program or with another level.
fn compressed_bytes(old: &Listing, new: &Listing, same: &[(usize, usize)]) -> Option<Reason> {
    let (old_spans, new_spans) = (old.spans(), new.spans());
    let differing: Vec<(&Entry, &Entry)> = same
        .iter()
        .filter(|&&(a, b)| match (old_spans[a], new_spans[b]) {
            (Some(a), Some(b)) => a.method == b.method && !is_same_data(old, &a, new, &b),
            _ => false,
        })
        .map(|&(a, b)| (&old.entries()[a], &new.entries()[b]))
        .collect();
    let (_, first) = differing.first()?;
    let sum = |side: fn(&(&Entry, &Entry)) -> u64| total(differing.iter().map(side));
    let before = sum(|(old, _)| old.compressed_bytes);
    let after = sum(|(_, new)| new.compressed_bytes);
    let of = of(differing.len(), &first.label());
    Some(Reason {
        what: What::CompressedBytes,
        text: format!("compressed bytes of {of}, for the same content: {before} B → {after} B"),
        entries: Some(differing.len()),
    })
}

/// What cannot be read counts as the same: it is not what is to blame.
fn is_same_data(old: &Listing, a: &Span, new: &Listing, b: &Span) -> bool {
    const PIECE_BYTES: u64 = 64 << 10;
    if a.compressed_bytes != b.compressed_bytes {
        return false;
    }
    let mut pieces = (vec![0; PIECE_BYTES as usize], vec![0; PIECE_BYTES as usize]);
    let mut done = 0;
    while done < a.compressed_bytes {
        let count = PIECE_BYTES.min(a.compressed_bytes - done);
        let (left, right) = (
            &mut pieces.0[..count as usize],
            &mut pieces.1[..count as usize],
        );
        let read = old
            .source
            .read_exact_at(left, a.offset + done)
            .and_then(|()| new.source.read_exact_at(right, b.offset + done));
        if read.is_err() {
            return true;
        }
        if left != right {
            return false;
        }
        done += count;
    }
    true
}

/// What belongs to no entry.
fn around(old: &Listing, new: &Listing) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut add = |what, text: String| {
        reasons.push(Reason {
            what,
            text,
            entries: None,
        });
    };
    let (a, b) = (old.directory.end(), new.directory.end());
    if a.comment != b.comment {
        let (a, b) = (a.comment.len(), b.comment.len());
        add(
            What::ArchiveComment,
            format!("the archive's comment: {a} B → {b} B"),
        );
    }
    let (a_before, b_before) = (
        old.directory.prepended_bytes(),
        new.directory.prepended_bytes(),
    );
    if a_before != b_before {
        add(
            What::BytesAround,
            format!("bytes in front of the archive: {a_before} → {b_before}"),
        );
    }
    if a.trailing_bytes != b.trailing_bytes {
        let (a, b) = (a.trailing_bytes, b.trailing_bytes);
        add(
            What::BytesAround,
            format!("bytes behind the archive: {a} → {b}"),
        );
    }
    reasons
}
