//! Findings for people.

use barrow_check::Finding;

use super::{CheckDocument, FixDocument};
use crate::output::human::visible;

/// A finding with its places, what is known besides, and what to do. Names out of archives may
/// hold what a terminal would obey; it is escaped.
pub fn shown(finding: &Finding) -> String {
    visible(&finding.to_string())
}

/// `app.zip for python3.12 on arm64: 1 error, 2 warnings`.
pub fn closing(document: &CheckDocument) -> String {
    let CheckDocument {
        package,
        runtime,
        architecture,
        ..
    } = document;
    let counts = [
        (document.errors, "error"),
        (document.warnings, "warning"),
        (document.notes, "note"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    let found = if counts.is_empty() {
        "nothing found".to_owned()
    } else {
        counts.join(", ")
    };
    visible(&format!(
        "`{package}` for {runtime} on {architecture}: {found}"
    ))
}

/// What `--fix` did, a line for each kind of thing.
pub fn mended(fixed: &FixDocument) -> String {
    let mut text = match fixed.mended.as_slice() {
        [] => format!("`{}` is as the package was: nothing to mend", fixed.path),
        mended => format!(
            "`{}` has {} mended",
            fixed.path,
            counted(mended.len(), "thing")
        ),
    };
    for line in &fixed.summary {
        text.push_str(&format!("\n  {line}"));
    }
    visible(&text)
}

fn counted(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}
