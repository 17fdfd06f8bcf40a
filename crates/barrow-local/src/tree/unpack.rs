//! One zip becomes one directory. The zip is hostile input; the directory is ours alone.

use std::collections::HashSet;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};

use barrow_core::zip::{Directory, Entry, InflateError, Inflater, Span};
use barrow_model::EntryPath;
use camino::Utf8Path;
use rayon::prelude::*;

use super::error::UnpackError;

/// `S_IFMT`: the bits of a mode that say what kind of file it is.
const FILE_TYPE: u32 = 0o170_000;

/// Unpacks a package of ours into a new directory, to be read by everyone.
pub fn unpack(package: &Utf8Path, root: &Utf8Path) -> Result<(), UnpackError> {
    fs::create_dir_all(root).map_err(|source| UnpackError::Write {
        path: root.to_owned(),
        source,
    })?;
    Unpacking {
        package,
        root,
        identity_differs: true,
    }
    .unpack()
}

/// One package on its way into a directory that is ours alone.
pub(super) struct Unpacking<'a> {
    pub(super) package: &'a Utf8Path,
    pub(super) root: &'a Utf8Path,
    pub(super) identity_differs: bool,
}

impl Unpacking<'_> {
    pub(super) fn unpack(&self) -> Result<(), UnpackError> {
        let package = || self.package.to_owned();
        let file = File::open(self.package).map_err(|source| UnpackError::Open {
            package: package(),
            source,
        })?;
        let directory = Directory::read(&file).map_err(|source| UnpackError::Directory {
            package: package(),
            source,
        })?;
        let spans = directory
            .spans(&file)
            .map_err(|source| UnpackError::Spans {
                package: package(),
                source,
            })?;
        let members = self.members(directory.entries(), spans)?;
        self.make_folders(&members)?;

        let (links, files): (Vec<_>, Vec<_>) =
            members.iter().partition(|member| member.entry.is_symlink());
        files
            .par_iter()
            .filter(|member| !member.entry.is_dir())
            .try_for_each_init(Inflater::new, |inflater, member| {
                self.write(member, &file, inflater)
            })?;
        // Last, so that nothing is written through one.
        let mut inflater = Inflater::new();
        for member in links {
            self.link(member, &file, &mut inflater)?;
        }
        self.set_folder_modes(&members)
    }

    /// Every entry with its place; whatever has none is refused.
    fn members<'e>(
        &self,
        entries: &'e [Entry],
        spans: Vec<Span>,
    ) -> Result<Vec<Member<'e>>, UnpackError> {
        let mut members = Vec::with_capacity(entries.len());
        for (entry, span) in entries.iter().zip(spans) {
            let name = entry.name.trim_end_matches('/');
            let path = EntryPath::parse(name).map_err(|error| self.refused(entry, error))?;
            members.push(Member { entry, span, path });
        }
        Ok(members)
    }

    fn make_folders(&self, members: &[Member<'_>]) -> Result<(), UnpackError> {
        let mut made = HashSet::new();
        for member in members {
            let parts: Vec<&str> = member.path.parts().collect();
            let count = parts.len() - usize::from(!member.entry.is_dir());
            let mut folder = self.root.to_owned();
            for part in &parts[..count] {
                folder.push(part);
                if made.insert(folder.clone()) {
                    self.make_folder(member.entry, &folder)?;
                }
            }
        }
        Ok(())
    }

    /// A layer below may have made it already. One that it made a link of could lead anywhere.
    fn make_folder(&self, entry: &Entry, folder: &Utf8Path) -> Result<(), UnpackError> {
        match fs::symlink_metadata(folder) {
            Ok(metadata) if metadata.is_dir() => Ok(()),
            Ok(metadata) if metadata.is_symlink() => {
                Err(self.refused(entry, "an earlier layer has a link in its path"))
            }
            Ok(_) => Err(self.refused(entry, "part of its path is a file")),
            Err(_) => fs::create_dir(folder).map_err(|source| UnpackError::Write {
                path: folder.to_owned(),
                source,
            }),
        }
    }

    fn write(
        &self,
        member: &Member<'_>,
        source: &File,
        inflater: &mut Inflater,
    ) -> Result<(), UnpackError> {
        let path = self.root.join(member.path.as_str());
        let failed = |source| UnpackError::Write {
            path: path.clone(),
            source,
        };
        // A layer below may have the same name.
        match fs::symlink_metadata(&path) {
            Ok(metadata) if !metadata.is_dir() => fs::remove_file(&path).map_err(failed)?,
            _ => {}
        }
        let mut file = io::BufWriter::new(File::create_new(&path).map_err(failed)?);
        let mut written = Ok(());
        inflater
            .copy_verified(source, &member.span, &mut |bytes| {
                if written.is_ok() {
                    written = file.write_all(bytes);
                }
            })
            .map_err(|source| self.damaged(member.entry, source))?;
        written.map_err(failed)?;
        let file = file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        file.set_permissions(Permissions::from_mode(self.mode(member, 0o644)))
            .map_err(failed)
    }

    fn link(
        &self,
        member: &Member<'_>,
        source: &File,
        inflater: &mut Inflater,
    ) -> Result<(), UnpackError> {
        let mut target = Vec::new();
        inflater
            .copy_verified(source, &member.span, &mut |bytes| {
                target.extend_from_slice(bytes);
            })
            .map_err(|source| self.damaged(member.entry, source))?;
        let target = String::from_utf8(target)
            .map_err(|_| self.refused(member.entry, "is a link to a name that is not UTF-8"))?;
        let path = self.root.join(member.path.as_str());
        let _ = fs::remove_file(&path);
        symlink(target, &path).map_err(|source| UnpackError::Write { path, source })
    }

    /// Innermost first: afterwards we may not be able to enter some of them ourselves.
    fn set_folder_modes(&self, members: &[Member<'_>]) -> Result<(), UnpackError> {
        let mut folders: Vec<&Member<'_>> = members
            .iter()
            .filter(|member| member.entry.is_dir())
            .collect();
        folders.sort_by_key(|member| std::cmp::Reverse(member.path.as_str().len()));
        for member in folders {
            let path = self.root.join(member.path.as_str());
            fs::set_permissions(&path, Permissions::from_mode(self.mode(member, 0o755)))
                .map_err(|source| UnpackError::Write { path, source })?;
        }
        Ok(())
    }

    /// What the entry says, else what Lambda gives.
    fn mode(&self, member: &Member<'_>, usual: u32) -> u32 {
        let mode = match member.entry.unix_mode() {
            None => usual,
            // Python's zipfile writes 0600 and no type where it was given no mode. Lambda takes it
            // at its word, and `barrow check` says so.
            Some(mode) if mode & FILE_TYPE == 0 => usual,
            Some(mode) => mode & 0o777,
        };
        if self.identity_differs {
            return mode;
        }
        // The function's user is the owner here, and must not read or enter what others cannot.
        let of_others = mode & 0o005;
        let lost = (mode >> 6) & 0o005 & !of_others;
        mode & !(lost << 6)
    }

    fn refused(&self, entry: &Entry, why: impl std::fmt::Display) -> UnpackError {
        UnpackError::Entry {
            package: self.package.to_owned(),
            entry: entry.label(),
            why: format!("cannot be unpacked: {why}"),
        }
    }

    fn damaged(&self, entry: &Entry, source: InflateError) -> UnpackError {
        UnpackError::Inflate {
            package: self.package.to_owned(),
            entry: entry.label(),
            source,
        }
    }
}

/// An entry of a package, and where it goes.
struct Member<'e> {
    entry: &'e Entry,
    span: Span,
    path: EntryPath,
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;
    use zip::write::SimpleFileOptions;

    use super::*;

    struct Scratch(tempfile::TempDir);

    impl Scratch {
        fn new() -> Self {
            let scratch = Self(tempfile::tempdir().unwrap());
            fs::create_dir(scratch.path("root")).unwrap();
            scratch
        }

        fn path(&self, name: &str) -> Utf8PathBuf {
            Utf8Path::from_path(self.0.path()).unwrap().join(name)
        }

        /// Entries as name, mode and text; one whose mode is a link's leads to its text.
        fn unpack(
            &self,
            entries: &[(&str, u32, &str)],
            identity_differs: bool,
        ) -> Result<(), String> {
            let package = self.path("package.zip");
            let mut writer = zip::ZipWriter::new(File::create(&package).unwrap());
            for (name, mode, text) in entries {
                let options = SimpleFileOptions::default().unix_permissions(mode & 0o777);
                if mode & 0o170_000 == 0o120_000 {
                    writer.add_symlink(*name, *text, options).unwrap();
                } else {
                    writer.start_file(*name, options).unwrap();
                    writer.write_all(text.as_bytes()).unwrap();
                }
            }
            writer.finish().unwrap();
            let unpacking = Unpacking {
                package: &package,
                root: &self.path("root"),
                identity_differs,
            };
            unpacking.unpack().map_err(|error| error.to_string())
        }

        fn mode(&self, name: &str) -> u32 {
            let metadata = fs::symlink_metadata(self.path("root").join(name)).unwrap();
            metadata.permissions().mode() & 0o777
        }
    }

    #[test]
    fn what_others_may_not_read_the_function_may_not_read() {
        let entries = [
            ("open.py", 0o644, ""),
            ("closed.py", 0o600, ""),
            ("run.sh", 0o755, ""),
        ];
        let scratch = Scratch::new();
        scratch.unpack(&entries, true).unwrap();
        let modes = entries.map(|(name, ..)| scratch.mode(name));
        assert_eq!(modes, [0o644, 0o600, 0o755]);

        let scratch = Scratch::new();
        scratch.unpack(&entries, false).unwrap();
        let modes = entries.map(|(name, ..)| scratch.mode(name));
        assert_eq!(modes, [0o644, 0o200, 0o755]);
    }

    #[test]
    fn a_later_layer_replaces_files_and_links() {
        let scratch = Scratch::new();
        scratch
            .unpack(&[("a", 0o644, "old"), ("b", 0o120_777, "a")], true)
            .unwrap();
        scratch
            .unpack(&[("a", 0o644, "new"), ("b", 0o644, "file")], true)
            .unwrap();
        let text = |name: &str| fs::read_to_string(scratch.path("root").join(name)).unwrap();
        assert_eq!(
            (text("a"), text("b")),
            ("new".to_owned(), "file".to_owned())
        );
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let scratch = Scratch::new();
        let outside = scratch.path("outside");
        fs::create_dir(&outside).unwrap();
        scratch
            .unpack(&[("link", 0o120_777, outside.as_str())], true)
            .unwrap();
        let error = scratch
            .unpack(&[("link/file", 0o644, "")], true)
            .unwrap_err();
        assert!(
            error.contains("an earlier layer has a link in its path"),
            "{error}"
        );
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);

        let scratch = Scratch::new();
        let both = [
            ("link", 0o120_777, outside.as_str()),
            ("link/file", 0o644, ""),
        ];
        scratch.unpack(&both, true).unwrap_err();
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in ["../out", "/out", "a/../../out", "a\\b"] {
            let scratch = Scratch::new();
            let error = scratch.unpack(&[(name, 0o644, "")], true).unwrap_err();
            assert!(error.contains("cannot be unpacked"), "{name}: {error}");
            assert!(!scratch.path("out").exists(), "{name}");
        }
    }

    #[test]
    fn a_name_that_is_file_and_folder_is_refused() {
        let scratch = Scratch::new();
        assert!(
            scratch
                .unpack(&[("a", 0o644, ""), ("a/b", 0o644, "")], true)
                .is_err()
        );
    }
}
