//! A file that appears whole or not at all.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::{Builder, NamedTempFile};

use super::interrupt;

const PREFIX: &str = ".barrow-";
const SUFFIX: &str = ".tmp";

/// No build takes that long, so an unfinished file of that age belongs to a killed one.
const LITTER_AGE: Duration = Duration::from_hours(1);

/// Written beside its destination under another name, and put in its place when it is complete.
///
/// Whoever kills the process leaves the old content or the new one. Nothing is synced: what was
/// written seconds before a power cut may be gone.
#[derive(Debug)]
pub struct NewFile {
    destination: Utf8PathBuf,
    file: NamedTempFile,
}

impl NewFile {
    /// Makes the destination's folder where it is missing.
    pub fn create(destination: &Utf8Path) -> io::Result<Self> {
        let folder = match destination.parent() {
            Some(parent) if !parent.as_str().is_empty() => parent,
            _ => Utf8Path::new("."),
        };
        std::fs::create_dir_all(folder)?;
        remove_litter(folder);
        let mut builder = Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        // Readable like any file that the user makes: the umask decides.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder)?;
        interrupt::remember(file.path());
        Ok(Self {
            destination: destination.to_owned(),
            file,
        })
    }

    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Puts the file in the destination's place.
    pub fn commit(self) -> io::Result<()> {
        let path = self.file.path().to_owned();
        let result = if swap(&path, &self.destination) {
            // What now has our name is the old content, which goes when `file` does.
            drop(self.file);
            Ok(())
        } else {
            let persisted = self.file.persist(&self.destination);
            persisted.map(drop).map_err(|error| error.error)
        };
        interrupt::forget(&path);
        result
    }
}

/// Removes what killed builds left in the folder. Whatever cannot be removed stays.
fn remove_litter(folder: &Utf8Path) {
    for entry in folder.read_dir_utf8().into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        if is_ours && age(entry.path()).is_some_and(|age| age > LITTER_AGE) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn age(path: &Utf8Path) -> Option<Duration> {
    let metadata = path.symlink_metadata().ok()?;
    metadata.modified().ok()?.elapsed().ok()
}

/// Exchanges two files, where the system can and there are two.
///
/// As atomic as renaming one over the other, for which ext4 first sends the whole new file to the
/// disk: 30 ms for 60 MB, a third of a build.
#[cfg(target_os = "linux")]
fn swap(new: &Path, destination: &Utf8Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let is_file = std::fs::symlink_metadata(destination).is_ok_and(|old| old.is_file());
    is_file
        && renameat_with(
            CWD,
            new,
            CWD,
            destination.as_std_path(),
            RenameFlags::EXCHANGE,
        )
        .is_ok()
}

#[cfg(not(target_os = "linux"))]
fn swap(_: &Path, _: &Utf8Path) -> bool {
    false
}

/// Writes `bytes` to `destination`, whole or not at all.
pub fn write(destination: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let new = NewFile::create(destination)?;
    io::Write::write_all(&mut new.file(), bytes)?;
    new.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes over what `prepare` left, and checks that only the new content is there.
    fn check(prepare: impl Fn(&Utf8Path)) {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let destination = folder.join("dist").join("app.zip");
        std::fs::create_dir(folder.join("dist")).unwrap();
        prepare(&destination);
        write(&destination, b"new").unwrap();
        assert_eq!(std::fs::read(&destination).unwrap(), b"new");
        let metadata = std::fs::symlink_metadata(&destination).unwrap();
        assert!(metadata.is_file());
        let entries = std::fs::read_dir(folder.join("dist")).unwrap();
        assert_eq!(entries.count(), 1);
    }

    #[test]
    fn the_new_content_replaces_nothing_a_file_or_a_link() {
        check(|_| {});
        check(|path| std::fs::write(path, "the old content").unwrap());
        #[cfg(unix)]
        check(|path| std::os::unix::fs::symlink("nowhere", path).unwrap());
    }

    #[test]
    fn a_folder_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir(folder.join("app.zip")).unwrap();
        assert!(write(&folder.join("app.zip"), b"new").is_err());
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
    }

    #[test]
    fn what_killed_builds_left_is_removed_after_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let make = |name: &str, age: Duration| {
            let file = File::create(folder.join(name)).unwrap();
            let modified = std::time::SystemTime::now() - age;
            file.set_modified(modified).unwrap();
        };
        make(".barrow-old.tmp", 2 * LITTER_AGE);
        make(".barrow-new.tmp", Duration::ZERO);
        make("theirs.tmp", 2 * LITTER_AGE);
        write(&folder.join("app.zip"), b"new").unwrap();
        let entries = folder.read_dir_utf8().unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_owned())
            .collect();
        names.sort();
        assert_eq!(names, [".barrow-new.tmp", "app.zip", "theirs.tmp"]);
    }
}
