//! What this host allows, as far as its settings tell.

use std::fs;

/// A setting of the kernel that can forbid sandboxes, what it must not be, and the cure.
struct Setting {
    path: &'static str,
    forbids: fn(&str) -> bool,
    means: &'static str,
}

const SETTINGS: [Setting; 3] = [
    Setting {
        path: "/proc/sys/kernel/unprivileged_userns_clone",
        forbids: |value| value == "0",
        means: "`kernel.unprivileged_userns_clone` is 0: only root may make user namespaces \
                (`sysctl kernel.unprivileged_userns_clone=1`)",
    },
    Setting {
        path: "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        forbids: |value| value == "1",
        means: "`kernel.apparmor_restrict_unprivileged_userns` is 1: AppArmor lets only programs \
                with a profile use user namespaces \
                (`sysctl kernel.apparmor_restrict_unprivileged_userns=0`)",
    },
    Setting {
        path: "/proc/sys/user/max_user_namespaces",
        forbids: |value| value == "0",
        means: "`user.max_user_namespaces` is 0 (`sysctl user.max_user_namespaces=10000`)",
    },
];

/// What stands in the way, in words; empty if nothing is known to.
pub fn obstacles() -> Vec<String> {
    let mut found: Vec<String> = SETTINGS
        .iter()
        .filter(|setting| {
            fs::read_to_string(setting.path).is_ok_and(|value| (setting.forbids)(value.trim()))
        })
        .map(|setting| setting.means.to_owned())
        .collect();
    if in_container() {
        found.push(
            "this seems to be a container; its engine may forbid namespaces \
             (Docker: `--security-opt seccomp=unconfined --security-opt systempaths=unconfined`)"
                .to_owned(),
        );
    }
    found
}

/// Container engines leave one of these behind.
pub fn in_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"]
        .iter()
        .any(|path| std::path::Path::new(path).exists())
}

/// As `uname -r` says.
pub fn kernel() -> String {
    rustix::system::uname()
        .release()
        .to_string_lossy()
        .into_owned()
}
