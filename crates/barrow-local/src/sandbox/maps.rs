//! Which users of the host stand behind the users of the sandbox.
//!
//! A user namespace maps its users to the host's. Root may map any. An ordinary user may map
//! itself, and, where `newuidmap` is installed and `/etc/subuid` lends it some, others too.

use std::io;
use std::process::{Command, Stdio};

use rustix::process::{Pid, getegid, geteuid};

use super::spec::{GROUP_ID, Identity, USER_ID};

/// A user of the host that is nobody's: far above what distributions give out.
const NOBODYS: u32 = 1_996_000_000;
/// Where only few users exist, as in containers: below `nobody`.
const NOBODYS_OF_FEW: u32 = 61_000;

/// How the sandbox's users come to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Users {
    /// We may write the maps ourselves: root is root, the function's user is this number.
    Root { outside: u32 },
    /// The set-user-ID programs `newuidmap` and `newgidmap` write them.
    Lent { user: u32, group: u32 },
    /// Only ourselves.
    Alone,
}

impl Users {
    /// What this host lends us.
    pub(super) fn of_this_process() -> Self {
        if geteuid().is_root() {
            let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
            return Self::Root {
                outside: unused(&map),
            };
        }
        let name = user_name(geteuid().as_raw());
        let lent = |file: &str| {
            let text = std::fs::read_to_string(file).ok()?;
            first_lent(&text, geteuid().as_raw(), name.as_deref())
        };
        match (lent("/etc/subuid"), lent("/etc/subgid")) {
            (Some(user), Some(group)) if helpers_are_here() => Self::Lent { user, group },
            _ => Self::Alone,
        }
    }

    pub(super) fn identity(self) -> Identity {
        match self {
            Self::Root { .. } | Self::Lent { .. } => Identity::Two,
            Self::Alone => Identity::One,
        }
    }

    /// The function's user as the host numbers it, which is whose sockets and files are its own.
    pub(super) fn function_user(self) -> u32 {
        match self {
            Self::Root { outside } => outside,
            Self::Lent { user, .. } => user,
            Self::Alone => geteuid().as_raw(),
        }
    }

    /// Gives the child's namespace its users.
    pub(super) fn write(self, child: Pid) -> io::Result<()> {
        let process = format!("/proc/{}", child.as_raw_nonzero());
        let map = |inside, own, outside| format!("0 {own} 1\n{inside} {outside} 1\n");
        match self {
            Self::Root { outside } => {
                std::fs::write(format!("{process}/uid_map"), map(USER_ID, 0, outside))?;
                std::fs::write(format!("{process}/gid_map"), map(GROUP_ID, 0, outside))
            }
            Self::Lent { user, group } => {
                helper("newuidmap", child, geteuid().as_raw(), USER_ID, user)?;
                helper("newgidmap", child, getegid().as_raw(), GROUP_ID, group)
            }
            Self::Alone => {
                // Who may set groups could drop one that denies it a file.
                std::fs::write(format!("{process}/setgroups"), "deny")?;
                let (user, group) = (geteuid().as_raw(), getegid().as_raw());
                std::fs::write(format!("{process}/uid_map"), format!("0 {user} 1\n"))?;
                std::fs::write(format!("{process}/gid_map"), format!("0 {group} 1\n"))
            }
        }
    }
}

/// A number that exists here and that nobody has.
fn unused(uid_map: &str) -> u32 {
    let exists = |number: u64| {
        uid_map.lines().any(|line| {
            let mut numbers = line
                .split_whitespace()
                .map_while(|word| word.parse::<u64>().ok());
            let (Some(first), _, Some(count)) = (numbers.next(), numbers.next(), numbers.next())
            else {
                return false;
            };
            (first..first + count).contains(&number)
        })
    };
    if exists(NOBODYS.into()) {
        NOBODYS + USER_ID
    } else {
        NOBODYS_OF_FEW + USER_ID
    }
}

/// The first number that `/etc/subuid` lends a user, by name or by number.
fn first_lent(file: &str, user: u32, name: Option<&str>) -> Option<u32> {
    file.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (owner, first, count) = (fields.next()?, fields.next()?, fields.next()?);
        let ours = Some(owner) == name || owner.parse() == Ok(user);
        let some = count.trim().parse::<u32>().is_ok_and(|count| count > 0);
        (ours && some).then(|| first.parse().ok()).flatten()
    })
}

fn user_name(user: u32) -> Option<String> {
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, number) = (fields.next()?, fields.next()?, fields.next()?);
        (number.parse() == Ok(user)).then(|| name.to_owned())
    })
}

/// Where they are installed, they are in one of these folders.
const HELPER_FOLDERS: [&str; 3] = ["/usr/bin", "/bin", "/run/wrappers/bin"];

fn helper_path(name: &str) -> Option<String> {
    HELPER_FOLDERS
        .iter()
        .map(|folder| format!("{folder}/{name}"))
        .find(|path| std::path::Path::new(path).is_file())
}

fn helpers_are_here() -> bool {
    helper_path("newuidmap").is_some() && helper_path("newgidmap").is_some()
}

fn helper(name: &str, child: Pid, own: u32, inside: u32, outside: u32) -> io::Result<()> {
    let program = helper_path(name).ok_or(io::ErrorKind::NotFound)?;
    let numbers = [0, own, 1, inside, outside, 1].map(|number| number.to_string());
    let output = Command::new(program)
        .arg(child.as_raw_nonzero().to_string())
        .args(numbers)
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("`{name}` said: {}", said.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_user_is_one_that_exists() {
        assert_eq!(unused("         0          0 4294967295\n"), 1_996_000_993);
        assert_eq!(unused("0 100000 65536\n"), 61_993);
        assert_eq!(unused(""), 61_993);
    }

    #[test]
    fn users_are_lent_by_name_or_number() {
        let file = "ada:100000:65536\n1002:165536:65536\nempty:5:0\n";
        assert_eq!(first_lent(file, 1001, Some("ada")), Some(100_000));
        assert_eq!(first_lent(file, 1002, None), Some(165_536));
        assert_eq!(first_lent(file, 7, Some("empty")), None);
        assert_eq!(first_lent("rubbish\n::\n", 0, Some("")), None);
    }
}
