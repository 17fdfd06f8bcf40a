//! What one wheel would put into the package, and where.

use barrow_model::{EntryPath, Runtime, Sha256};
use sha2::Digest as _;

use super::conflict::Source;
use super::script;
use super::{FileId, Layout, PlanError, WheelId};
use crate::wheel::{Scheme, Wheel, WheelEntry};

/// Something that wants to be an entry.
#[derive(Debug)]
pub(super) struct Candidate<'w> {
    pub(super) path: EntryPath,
    pub(super) source: Source,
    pub(super) executable: bool,
    /// Whether it is importable, so that pip moves it first.
    pub(super) in_site: bool,
    pub(super) piece: Piece<'w>,
}

#[derive(Debug)]
pub(super) enum Piece<'w> {
    Wheel(&'w WheelEntry),
    Made { bytes: Vec<u8>, sha256: Sha256 },
    File { file: FileId, bytes: u64 },
}

impl Candidate<'_> {
    pub(super) fn is_known_to_equal(&self, other: &Self) -> bool {
        self.piece
            .sha256()
            .is_some_and(|sha256| other.piece.sha256() == Some(sha256))
    }
}

impl Piece<'_> {
    pub(super) fn made(bytes: Vec<u8>) -> Self {
        let sha256 = Sha256::new(sha2::Sha256::digest(&bytes).into());
        Self::Made { bytes, sha256 }
    }

    /// The user's files are not read for planning, so nothing is known of them.
    pub(super) fn sha256(&self) -> Option<Sha256> {
        match self {
            Self::Wheel(entry) => Some(entry.sha256),
            Self::Made { sha256, .. } => Some(*sha256),
            Self::File { .. } => None,
        }
    }

    pub(super) fn unzipped_bytes(&self) -> u64 {
        match self {
            Self::Wheel(entry) => entry.span.uncompressed_bytes,
            Self::Made { bytes, .. } => bytes.len() as u64,
            Self::File { bytes, .. } => *bytes,
        }
    }
}

/// Adds what `wheel` brings, in the order in which pip would write it. Says whether its `RECORD`
/// stays true if all of it gets its place.
pub(super) fn wheel<'w>(
    layout: &Layout,
    runtime: Runtime,
    id: WheelId,
    wheel: &'w Wheel,
    candidates: &mut Vec<Candidate<'w>>,
) -> Result<bool, PlanError> {
    let mut record_stays_true = wheel.record_is_exact;
    let mut add = |scheme, rest: &str, entry: &str, executable, piece| {
        let place = layout.place(scheme, rest, wheel.name.name());
        let path = EntryPath::parse(&place).map_err(|source| PlanError::Path {
            wheel: wheel.name.to_string(),
            entry: entry.to_owned(),
            path: place,
            source,
        })?;
        let in_site = scheme == Scheme::Library;
        candidates.push(Candidate {
            path,
            source: Source::Wheel(id),
            executable,
            in_site,
            piece,
        });
        Ok(())
    };

    let mut moved = Vec::new();
    for entry in &wheel.entries {
        let (scheme, rest) = Scheme::of(&entry.path).map_err(|source| PlanError::Scheme {
            wheel: wheel.name.to_string(),
            entry: entry.path.clone(),
            source,
        })?;
        if rest.len() == entry.path.as_str().len() {
            add(scheme, rest, rest, entry.executable, Piece::Wheel(entry))?;
        } else {
            record_stays_true = false;
            moved.push((scheme, rest, entry));
        }
    }

    // Programs come last, so that within a wheel they win.
    moved.sort_by_key(|(scheme, ..)| *scheme == Scheme::Scripts);
    for (mut scheme, mut rest, entry) in moved {
        // `pip install --target` installs under a home whose `lib/python` it then unpacks.
        if let (Scheme::Data, true, Some(inside)) = (
            scheme,
            layout.is_one_folder(),
            rest.strip_prefix("lib/python/"),
        ) {
            (scheme, rest) = (Scheme::Library, inside);
        }
        let mut executable = entry.executable;
        let mut piece = Piece::Wheel(entry);
        if scheme == Scheme::Scripts {
            let file_name = rest.rsplit('/').next().unwrap_or(rest);
            if script::stands_for(file_name, &wheel.scripts) {
                continue;
            }
            // Wheels made on Windows carry no x bits, and a program is there to be executed.
            executable = true;
            if let Some(body) = &entry.script_body {
                piece = Piece::made(script::rewritten(body, runtime));
            }
        }
        add(scheme, rest, entry.path.as_str(), executable, piece)?;
    }

    for program in script::wanted(&wheel.scripts, runtime) {
        record_stays_true = false;
        let piece = Piece::made(script::program(&program, runtime));
        add(
            Scheme::Scripts,
            &program.name,
            "entry_points.txt",
            true,
            piece,
        )?;
    }
    Ok(record_stays_true)
}
