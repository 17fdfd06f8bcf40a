//! Surveys a zip, from whoever.

use barrow_core::ReadAt;
use barrow_core::zip::{Directory, Entry, Inflater};
use barrow_model::{EntryPath, Target};
use rayon::prelude::*;

use super::{Flaw, content};
use crate::package::{File, Folder, Form, Kind, Package};

/// Reads all of a zip, on every core that rayon's pool has.
pub fn survey_zip(name: String, kind: Kind, source: &dyn ReadAt, target: Target) -> Package {
    let bytes = source.len().unwrap_or(0);
    let form = Form::Zip { bytes };
    let nothing = |flaw| Package::new(name.clone(), kind, form, vec![], vec![], vec![flaw]);
    let directory = match Directory::read(source) {
        Ok(directory) => directory,
        Err(error) => return nothing(Flaw::Unreadable(error)),
    };
    let spans = match directory.spans(source) {
        Ok(spans) => spans,
        Err(error) => return nothing(Flaw::Unsound(error)),
    };
    let (mut files, mut folders, mut flaws) = (Vec::new(), Vec::new(), Vec::new());
    for (entry, span) in directory.entries().iter().zip(spans) {
        let mode = permissions(entry);
        let path = match EntryPath::parse(entry.name.trim_end_matches('/')) {
            Ok(path) => path,
            Err(source) => {
                let name = entry.label();
                flaws.push(Flaw::Name { name, source });
                continue;
            }
        };
        if entry.is_dir() {
            folders.push(Folder { path, mode });
        } else {
            files.push((entry, span, path));
        }
    }
    let read = files
        .into_par_iter()
        .map_init(Inflater::new, |inflater, (entry, span, path)| {
            let content = content::read(source, inflater, &span, &path, target);
            let flaw = content.damage.map(|source| Flaw::Damaged {
                name: entry.label(),
                source,
            });
            let file = File {
                path,
                unzipped_bytes: span.uncompressed_bytes,
                zipped_bytes: span.compressed_bytes,
                mode: permissions(entry),
                modified: None,
                facts: content.known.facts,
                secrets: content.known.secrets,
            };
            (file, flaw)
        });
    let (files, damaged): (Vec<File>, Vec<Option<Flaw>>) = read.unzip();
    flaws.extend(damaged.into_iter().flatten());
    Package::new(name, kind, form, files, folders, flaws)
}

/// Without the bits that say what kind of file it is.
fn permissions(entry: &Entry) -> Option<u32> {
    entry.unix_mode().map(|mode| mode & 0o7777)
}
