//! The names that uv has for what a target runs on.

use barrow_model::Target;

/// The C libraries that uv has a platform for, as of 0.13.8.
const GLIBC_MINORS: [u8; 12] = [17, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40];

/// A platform that takes every wheel that the target takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Platform {
    /// For `--python-platform`.
    pub name: String,
    /// Whether it also takes wheels that the target cannot load, because uv has no platform with
    /// the target's C library: Amazon Linux 2 has 2.26.
    pub takes_too_much: bool,
}

impl Platform {
    pub(super) fn of(target: Target) -> Self {
        let own = target.runtime.glibc().minor;
        let minor = GLIBC_MINORS
            .iter()
            .copied()
            .find(|minor| *minor >= own)
            .unwrap_or(own);
        Self {
            name: format!("{}-manylinux_2_{minor}", target.arch.linux_name()),
            takes_too_much: minor != own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_newer_c_library_stands_in() {
        let platform = |runtime: &str, arch: &str| {
            let target = Target {
                runtime: runtime.parse().unwrap(),
                arch: arch.parse().unwrap(),
            };
            let platform = Platform::of(target);
            (platform.name, platform.takes_too_much)
        };
        assert_eq!(
            platform("python3.12", "arm64"),
            ("aarch64-manylinux_2_34".to_owned(), false)
        );
        assert_eq!(
            platform("python3.11", "x86_64"),
            ("x86_64-manylinux_2_28".to_owned(), true)
        );
    }
}
