//! A bound on memory by the kernel, where the host lets us set one.
//!
//! The first interface is what the machine that this was written on has; the second was written
//! from its documentation, and only its paths are tested.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;

use rustix::process::{Pid, test_kill_process};

/// Which of the kernel's two interfaces bounds the sandbox's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    V1,
    V2,
}

/// A group of our own; gone when dropped.
#[derive(Debug)]
struct Group {
    directory: PathBuf,
}

/// A bound on what some processes and their children have together, if this host lets us set one.
/// Dropped after the last of them.
#[derive(Debug)]
pub(super) struct Bound {
    /// The kernel takes some ten milliseconds to move a process into a group, for which nobody has
    /// to wait.
    setter: Option<JoinHandle<Option<Group>>>,
}

impl Bound {
    pub(super) fn set(processes: Vec<i32>, bytes: u64) -> Self {
        let set = move || {
            let group = Group::create(&Parent::find()?).ok()?;
            group.limit(bytes).ok()?;
            for process in processes {
                // One that has ended needs no bound.
                let _ = group.take_in(process);
            }
            Some(group)
        };
        Self {
            setter: Some(std::thread::spawn(set)),
        }
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        // A setter that panicked has dropped its group already.
        drop(self.setter.take().map(JoinHandle::join));
    }
}

/// Where groups can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    directory: PathBuf,
    pub version: Version,
}

/// Every name starts with it, and goes on with the number of the process that made the group.
const PREFIX: &str = "barrow-";

impl Parent {
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Tries it out: what a mount table promises is not always allowed.
    pub fn find() -> Option<Self> {
        let memberships = std::fs::read_to_string("/proc/self/cgroup").ok()?;
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
        candidates(&memberships, &mounts)
            .into_iter()
            .find(Self::works)
    }

    fn works(&self) -> bool {
        self.sweep();
        let Ok(group) = Group::create(self) else {
            return false;
        };
        let file = match self.version {
            Version::V1 => "memory.limit_in_bytes",
            Version::V2 => "memory.max",
        };
        let file = group.directory.join(file);
        std::fs::OpenOptions::new().write(true).open(file).is_ok()
    }

    /// Groups whose makers were killed are empty, and stay until somebody removes them.
    fn sweep(&self) {
        let Ok(entries) = std::fs::read_dir(&self.directory) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().into_string().unwrap_or_default();
            if name.strip_prefix(PREFIX).is_some_and(is_of_the_dead) {
                // One that is in use cannot be removed.
                let _ = std::fs::remove_dir(entry.path());
            }
        }
    }
}

fn is_of_the_dead(rest: &str) -> bool {
    let maker = rest
        .split('-')
        .next()
        .and_then(|number| number.parse().ok());
    maker
        .and_then(Pid::from_raw)
        .is_some_and(|pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
}

impl Group {
    fn create(parent: &Parent) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{count}", std::process::id());
        let directory = parent.directory.join(name);
        std::fs::create_dir(&directory)?;
        Ok(Self { directory })
    }

    /// What everything in the group may have together.
    fn limit(&self, bytes: u64) -> io::Result<()> {
        let v1 = self.directory.join("memory.limit_in_bytes");
        if v1.exists() {
            return std::fs::write(v1, bytes.to_string());
        }
        // What is swapped out is not counted by the second number. Absent without swap.
        let _ = std::fs::write(self.directory.join("memory.swap.max"), "0");
        std::fs::write(self.directory.join("memory.max"), bytes.to_string())
    }

    /// With the children that it will have.
    fn take_in(&self, process: i32) -> io::Result<()> {
        std::fs::write(self.directory.join("cgroup.procs"), process.to_string())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The kernel lets go of the last process a moment after it has ended.
        for _ in 0..50 {
            if std::fs::remove_dir(&self.directory).is_ok() || !self.directory.exists() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
}

/// The folders in which a group could be made, best first.
fn candidates(memberships: &str, mounts: &str) -> Vec<Parent> {
    let mut found = Vec::new();
    for line in memberships.lines() {
        let mut fields = line.splitn(3, ':');
        let (Some(number), Some(controllers), Some(path)) =
            (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        if number == "0" {
            if let Some(mount) = mount_point(mounts, "cgroup2", None) {
                // A group with processes of its own cannot bound its children, so ours become
                // children of its parent.
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                found.push(Parent {
                    directory: below(&mount, parent),
                    version: Version::V2,
                });
            }
        } else if controllers.split(',').any(|name| name == "memory")
            && let Some(mount) = mount_point(mounts, "cgroup", Some("memory"))
        {
            found.push(Parent {
                directory: below(&mount, path),
                version: Version::V1,
            });
        }
    }
    found.sort_by_key(|parent| parent.version == Version::V1);
    found
}

/// A group's folder, by its name in `/proc/self/cgroup`.
fn below(mount: &Path, group: &str) -> PathBuf {
    let parts = group.split('/').filter(|part| !part.is_empty());
    parts.fold(mount.to_owned(), |folder, part| folder.join(part))
}

/// Where a file system of this kind, and with this option, is mounted.
fn mount_point(mounts: &str, kind: &str, option: Option<&str>) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let (front, back) = line.split_once(" - ")?;
        let mut back = back.split(' ');
        let (found, options) = (back.next()?, back.nth(1)?);
        let has = option.is_none_or(|option| options.split(',').any(|found| found == option));
        (found == kind && has)
            .then(|| front.split(' ').nth(4))
            .flatten()
            .map(|point| Path::new(point).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(memberships: &str, mounts: &str) -> Vec<(String, Version)> {
        candidates(memberships, mounts)
            .into_iter()
            .map(|parent| (parent.directory.display().to_string(), parent.version))
            .collect()
    }

    #[test]
    fn a_users_session_makes_groups_beside_its_own() {
        let mounts = "30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";
        let own = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/shell.scope\n";
        assert_eq!(
            shown(own, mounts),
            [(
                "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice".to_owned(),
                Version::V2
            )]
        );
    }

    #[test]
    fn the_older_interface_is_used_where_it_has_the_memory() {
        let mounts = "41 31 0:38 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                      46 31 0:43 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        assert_eq!(
            shown("4:memory:/jobs/7\n3:cpu:/\n0::/\n", mounts),
            [
                ("/sys/fs/cgroup/unified".to_owned(), Version::V2),
                ("/sys/fs/cgroup/memory/jobs/7".to_owned(), Version::V1)
            ]
        );
        assert_eq!(shown("rubbish\n", "more\n"), []);
    }
}
