//! Which path an entry's name stands for.

use barrow_core::zip::Entry;
use barrow_core::zip::name::{self, NameEncoding};
use barrow_model::EntryPath;
use barrow_model::entry_path::EntryPathError;

use super::Flaw;

/// Where an entry is surveyed, and what is wrong with its name.
pub(crate) struct Named {
    /// As messages show it.
    pub label: String,
    /// `None` where no path is meant that a package could have.
    pub path: Option<EntryPath>,
    pub is_folder: bool,
    pub flaw: Option<Flaw>,
}

impl Named {
    pub(crate) fn of(entry: &Entry) -> Self {
        let text = text(entry);
        let label = name::label(text);
        let source = match EntryPath::parse(text.trim_end_matches('/')) {
            Ok(path) => {
                return Self {
                    label,
                    path: Some(path),
                    is_folder: text.ends_with('/'),
                    flaw: None,
                };
            }
            Err(source) => source,
        };
        let slashed = text.replace('\\', "/");
        let is_folder = slashed.ends_with('/');
        let meant = meant(&slashed, source);
        // `./` stands for the package itself, and what `./lib/` stands for its files say, too.
        let parts_say_nothing = slashed.split('/').all(says_nothing) && !text.starts_with('/');
        let is_untidy = meant.is_some() && source == EntryPathError::EmptyPart;
        let is_nothing = is_folder && (parts_say_nothing || is_untidy);
        let flaw = (!is_nothing).then(|| Flaw::Name {
            name: label.clone(),
            source,
            meant: meant.clone(),
        });
        Self {
            label,
            path: meant,
            is_folder,
            flaw,
        }
    }
}

/// Writers that do not mark a name as UTF-8 and write it so are common; those that mean code page
/// 437 hardly ever make a name that is UTF-8 as well.
fn text(entry: &Entry) -> &str {
    match entry.name_encoding {
        NameEncoding::Cp437 => std::str::from_utf8(&entry.raw_name).unwrap_or(&entry.name),
        NameEncoding::Ascii | NameEncoding::Utf8 | NameEncoding::Broken => &entry.name,
    }
}

/// Only what a backslash or an empty part hides is plain.
fn meant(slashed: &str, error: EntryPathError) -> Option<EntryPath> {
    if !matches!(error, EntryPathError::Backslash | EntryPathError::EmptyPart)
        || slashed.starts_with('/')
    {
        return None;
    }
    let parts: Vec<_> = slashed
        .split('/')
        .filter(|part| !says_nothing(part))
        .collect();
    EntryPath::parse(&parts.join("/")).ok()
}

fn says_nothing(part: &str) -> bool {
    matches!(part, "" | ".")
}
