//! What has no one right answer.

use barrow_core::zip::CheckZipError;

use crate::link::Leads;
use crate::package::Package;
use crate::survey::Flaw;
use crate::survey::flaw::Oddity;

/// Something that only the package's maker can decide, or that is lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    #[error("its files cannot be read")]
    Illegible,
    /// The archive is damaged, encrypted, or says different things in different places.
    #[error("{text}")]
    Unsound { text: String },
    #[error("`{name}` is damaged")]
    Damaged { name: String },
    #[error("`{name}` is no path inside a package")]
    Name { name: String },
    #[error("`{name}` is a device, a pipe or a socket")]
    SpecialFile { name: String },
    #[error("`{path}` is a link to `{target}`, which is not in the package")]
    Link { path: String, target: String },
    #[error("`{path}` is a file and a folder")]
    FileAndFolder { path: String },
}

/// All that keeps a package from being mended.
pub(super) fn all(package: &Package) -> Vec<Obstacle> {
    if !package.is_legible() {
        return vec![Obstacle::Illegible];
    }
    let flaws = package.flaws.iter().filter_map(of_flaw);
    let links = package
        .links
        .iter()
        .filter(|link| matches!(link.leads, Leads::Outside | Leads::Nowhere))
        .map(|link| Obstacle::Link {
            path: link.path.to_string(),
            target: barrow_core::zip::name::label(&link.target),
        });
    let both = package.files_that_are_folders().into_iter();
    let both = both.map(|path| Obstacle::FileAndFolder {
        path: path.to_owned(),
    });
    flaws.chain(links).chain(both).collect()
}

fn of_flaw(flaw: &Flaw) -> Option<Obstacle> {
    match flaw {
        Flaw::Unreadable { .. } | Flaw::Excessive(_) => Some(Obstacle::Illegible),
        Flaw::Damaged { name, .. } | Flaw::Closed { name, .. } => {
            Some(Obstacle::Damaged { name: name.clone() })
        }
        Flaw::Name {
            name, meant: None, ..
        } => Some(Obstacle::Name { name: name.clone() }),
        Flaw::Odd {
            name,
            oddity: Oddity::SpecialFile,
        } => Some(Obstacle::SpecialFile { name: name.clone() }),
        Flaw::Unsound(
            CheckZipError::Duplicate { .. }
            | CheckZipError::Prepended { .. }
            | CheckZipError::Trailing { .. },
        )
        | Flaw::Name { .. }
        | Flaw::NeedlessZip64End
        | Flaw::Odd { .. } => None,
        Flaw::Unsound(error) => Some(Obstacle::Unsound {
            text: error.to_string(),
        }),
    }
}
