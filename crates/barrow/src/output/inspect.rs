//! What a package is, for a terminal.

use std::fmt::Write as _;

use barrow_model::Bytes;

use super::json::inspect::{
    Count, EntryDocument, InspectDocument, ModeDocument, PlatformDocument, TimeStamps,
};
use super::text;
use crate::ops::inspect::USUAL_MODES;

/// The longest name of a distribution, in characters.
const NAME_WIDTH: usize = 48;
/// More flaws than these are counted.
const FLAWS_SHOWN: usize = 10;
/// More links than these are counted.
const LINKS_SHOWN: usize = 5;

/// What whoever packs reproducibly writes.
const EPOCH: &str = "1980-01-01T00:00:00";

/// Everything but the entries.
pub fn summary(document: &InspectDocument) -> String {
    let mut shown = format!("{}: a {}\n", text::visible(&document.path), document.kind);
    let mut line = |name: &str, value: String| {
        let _ = writeln!(shown, "  {name:<12}  {value}");
    };
    line(
        "zipped",
        format!(
            "{} of {} for a direct upload",
            Bytes(document.zipped_bytes),
            Bytes(document.direct_upload_limit_bytes)
        ),
    );
    line(
        "unzipped",
        format!(
            "{} of {}, function and layers together",
            Bytes(document.unzipped_bytes),
            Bytes(document.unzipped_limit_bytes)
        ),
    );
    line("entries", entries_counted(document));
    line("CodeSha256", document.code_sha256.clone());
    line("platform", platform(&document.platform));
    for mode in modes(&document.modes) {
        line("modes", mode);
    }
    line("time stamps", time_stamps(&document.time_stamps));
    line("compression", counts(&document.methods));
    line("made by", counts(&document.made_by));
    if !document.extra_fields.is_empty() {
        line("extra fields", counts(&document.extra_fields));
    }
    if !document.comment.is_empty() {
        line("comment", text::clipped(&document.comment, 100));
    }
    for link in document.links.iter().take(LINKS_SHOWN) {
        let (path, target) = (text::visible(&link.path), text::visible(&link.target));
        line("link", format!("{path} → {target}"));
    }
    if document.links.len() > LINKS_SHOWN {
        line(
            "link",
            format!("and {} more", document.links.len() - LINKS_SHOWN),
        );
    }
    for flaw in document.flaws.iter().take(FLAWS_SHOWN) {
        line("flaw", text::clipped(flaw, 200));
    }
    match document.flaws.len().saturating_sub(FLAWS_SHOWN) {
        0 => {}
        more => line(
            "flaw",
            format!("and {more} more (`barrow check` has them all)"),
        ),
    }
    shown.push_str(&distributions(document));
    shown
}

fn entries_counted(document: &InspectDocument) -> String {
    let mut parts = vec![text::counted(document.files, "file")];
    if document.folders > 0 {
        parts.push(text::counted(document.folders, "folder"));
    }
    if !document.links.is_empty() {
        parts.push(text::counted(document.links.len(), "symbolic link"));
    }
    parts.join(", ")
}

fn platform(platform: &PlatformDocument) -> String {
    let mut parts = Vec::new();
    if platform.binaries == 0 {
        parts.push(
            "nothing compiled: any Python that its code runs on, any architecture".to_owned(),
        );
    } else {
        let binaries = if platform.binaries == 1 {
            "1 binary"
        } else {
            "binaries"
        };
        let mut wants = platform.architectures.clone();
        wants.extend(
            platform
                .pythons
                .iter()
                .map(|version| format!("Python {version}")),
        );
        if platform.has_stable_abi {
            wants.push("the stable ABI".to_owned());
        }
        if let Some(version) = &platform.glibc {
            wants.push(format!("glibc {version} or newer"));
        }
        if platform.needs_musl {
            wants.push("musl (Alpine Linux)".to_owned());
        }
        let count = match platform.binaries {
            1 => String::new(),
            many => format!("{many} "),
        };
        parts.push(format!("{count}{binaries} for {}", wants.join(", ")));
    }
    match platform.foreign {
        0 => {}
        1 => parts.push("1 binary for Windows or macOS".to_owned()),
        many => parts.push(format!("{many} binaries for Windows or macOS")),
    }
    parts.join("; ")
}

/// The usual ones on one line, each of the others on one of its own.
fn modes(modes: &[ModeDocument]) -> Vec<String> {
    let is_usual = |mode: &&ModeDocument| {
        mode.mode
            .as_deref()
            .is_some_and(|mode| USUAL_MODES.contains(&mode))
    };
    let shown = |mode: &ModeDocument| {
        format!(
            "{} × {}",
            mode.mode.as_deref().unwrap_or("none"),
            mode.files
        )
    };
    let usual: Vec<String> = modes.iter().filter(is_usual).map(shown).collect();
    let mut lines = Vec::new();
    if !usual.is_empty() {
        lines.push(usual.join(", "));
    }
    for mode in modes.iter().filter(|mode| !is_usual(mode)) {
        let such_as: Vec<String> = mode
            .such_as
            .iter()
            .map(|name| text::clipped(name, 60))
            .collect();
        let more = if mode.files > such_as.len() {
            " …"
        } else {
            ""
        };
        lines.push(format!("{}: {}{more}", shown(mode), such_as.join(", ")));
    }
    lines
}

fn time_stamps(stamps: &TimeStamps) -> String {
    match (&stamps.earliest, &stamps.latest) {
        (Some(one), _) if stamps.are_equal => {
            let why = if one == EPOCH {
                ", so equal files give equal bytes"
            } else {
                ""
            };
            format!("{} for all{why}", spaced(one))
        }
        (Some(earliest), Some(latest)) => format!(
            "{} to {}: the digest changes with every checkout",
            spaced(earliest),
            spaced(latest)
        ),
        _ => "none".to_owned(),
    }
}

fn spaced(time: &str) -> String {
    time.replace('T', " ")
}

fn counts(counts: &[Count]) -> String {
    let counts: Vec<String> = counts
        .iter()
        .map(|count| format!("{} × {}", count.name, count.entries))
        .collect();
    if counts.is_empty() {
        "none".to_owned()
    } else {
        counts.join(", ")
    }
}

fn distributions(document: &InspectDocument) -> String {
    if document.distributions.is_empty() {
        return String::new();
    }
    let names: Vec<String> = document
        .distributions
        .iter()
        .map(|distribution| format!("{} {}", distribution.name, distribution.version))
        .map(|name| text::clipped(&name, NAME_WIDTH))
        .collect();
    let heading = text::counted(names.len(), "distribution");
    let widths = names.iter().map(|name| name.chars().count());
    let width = widths.chain([heading.len()]).max().unwrap_or_default();
    let mut shown = format!(
        "\n{heading:<0$}  {1:>10}  {2:>10}\n",
        width + 2,
        "zipped",
        "unzipped"
    );
    for (name, distribution) in names.iter().zip(&document.distributions) {
        let _ = writeln!(
            shown,
            "  {name:<width$}  {:>10}  {:>10}",
            Bytes(distribution.zipped_bytes),
            Bytes(distribution.unzipped_bytes)
        );
    }
    shown
}

/// One line for each entry, as `zipinfo` has it.
pub fn entries(entries: &[EntryDocument]) -> String {
    let widest = |size: fn(&EntryDocument) -> u64| {
        let sizes = entries.iter().map(|entry| size(entry).to_string().len());
        sizes.max().unwrap_or_default()
    };
    let unzipped = widest(|entry| entry.unzipped_bytes);
    let zipped = widest(|entry| entry.zipped_bytes);
    let method = entries
        .iter()
        .map(|entry| entry.method.len())
        .max()
        .unwrap_or_default();
    let mut shown = String::new();
    for entry in entries {
        let kind = match entry.kind {
            "folder" => 'd',
            "link" => 'l',
            _ => '-',
        };
        let _ = writeln!(
            shown,
            "{kind}{}  {:>unzipped$}  {:>zipped$}  {:<method$}  {}  {}",
            permissions(entry.mode.as_deref()),
            entry.unzipped_bytes,
            entry.zipped_bytes,
            entry.method,
            spaced(&entry.modified),
            text::visible(&entry.name)
        );
    }
    shown
}

/// `rw-r--r--`.
fn permissions(mode: Option<&str>) -> String {
    let Some(mode) = mode.and_then(|mode| u32::from_str_radix(mode, 8).ok()) else {
        return "?".repeat(9);
    };
    let letters = ['r', 'w', 'x'].into_iter().cycle().take(9);
    let letters = letters.enumerate().map(|(place, letter)| {
        if mode & (0o400 >> place) == 0 {
            '-'
        } else {
            letter
        }
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_read_as_those_of_ls() {
        let check = |mode, expected: &str| assert_eq!(permissions(mode), expected);
        check(Some("0644"), "rw-r--r--");
        check(Some("0755"), "rwxr-xr-x");
        check(Some("0600"), "rw-------");
        check(None, "?????????");
    }
}
