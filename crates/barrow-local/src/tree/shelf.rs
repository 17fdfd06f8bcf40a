//! Folders of the cache that hold one directory per thing, each known by when it was last used.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::time::SystemTime;

use camino::Utf8Path;

/// How much there is, or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    pub trees: usize,
    pub files: usize,
    pub bytes: u64,
}

/// Remembers that a tree was used now. One that cannot be touched is pruned sooner.
pub fn touch(tree: &Utf8Path) {
    let _ = File::open(tree).and_then(|folder| folder.set_modified(SystemTime::now()));
}

/// What the trees in a folder take.
pub fn room(folder: &Utf8Path) -> Room {
    let mut room = Room::default();
    for tree in trees(folder) {
        room.trees += 1;
        measure(&tree, &mut room);
    }
    room
}

/// Removes the trees that were last used before `limit`, and what killed processes left half-made
/// by then.
pub fn prune(folder: &Utf8Path, limit: SystemTime) -> io::Result<Room> {
    let mut room = Room::default();
    for tree in trees(folder) {
        if fs::metadata(&tree)?.modified()? < limit {
            room.trees += 1;
            measure(&tree, &mut room);
            remove(&tree)?;
        }
    }
    Ok(room)
}

/// A package may have folders that its owner cannot enter.
fn remove(tree: &Utf8Path) -> io::Result<()> {
    if let Err(error) = fs::remove_dir_all(tree) {
        if error.kind() != io::ErrorKind::PermissionDenied {
            return Err(error);
        }
        open_up(tree)?;
        fs::remove_dir_all(tree)?;
    }
    Ok(())
}

fn open_up(folder: &Utf8Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    for entry in folder.read_dir_utf8()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(entry.path())?;
        }
    }
    Ok(())
}

fn trees(folder: &Utf8Path) -> Vec<camino::Utf8PathBuf> {
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(camino::Utf8DirEntry::into_path)
        .collect()
}

/// What cannot be read is not counted.
fn measure(folder: &Utf8Path, room: &mut Room) {
    for entry in folder.read_dir_utf8().into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => measure(entry.path(), room),
            Ok(metadata) => {
                room.files += 1;
                room.bytes += metadata.len();
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_not_used_for_long_goes_even_if_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        for tree in ["old", "new"] {
            fs::create_dir_all(folder.join(tree).join("closed")).unwrap();
            fs::write(folder.join(tree).join("closed/file"), "text").unwrap();
            let closed = Permissions::from_mode(0o000);
            fs::set_permissions(folder.join(tree).join("closed"), closed).unwrap();
        }
        let limit = SystemTime::now() + Duration::from_mins(1);
        let later = File::open(folder.join("new")).unwrap();
        later.set_modified(limit + Duration::from_mins(1)).unwrap();
        assert_eq!(prune(folder, limit).unwrap().trees, 1);
        assert!(!folder.join("old").exists());
        assert!(folder.join("new").exists());
        assert_eq!(room(folder).trees, 1);
        assert_eq!(room(&folder.join("absent")), Room::default());
        prune(folder, limit + Duration::from_hours(1)).unwrap();
        assert!(!folder.join("new").exists());
    }
}
