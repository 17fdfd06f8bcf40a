//! Which wheels fit a target, and which of those fits best.
//!
//! The order is pip's: wheels for this very interpreter first, then the stable ABI, then wheels
//! without compiled code; within each, the newest C library first. A lower rank is better.

use std::collections::HashMap;

use crate::{Arch, Target, WheelName};

/// The ranked tags of one target.
#[derive(Debug, Clone)]
pub struct TargetTags {
    target: Target,
    /// Position of each platform tag in pip's order.
    platforms: HashMap<String, u32>,
}

/// How well a wheel fits; smaller is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagRank(u32, u32);

/// Python 3 minors whose stable ABI and pure tags count, newest first. `CPython` 3.2 brought `abi3`.
const OLDEST_STABLE_ABI_MINOR: u8 = 2;

impl TargetTags {
    pub fn new(target: Target) -> Self {
        let platforms = platform_tags(target);
        let platforms = platforms.into_iter().zip(0..).collect();
        Self { target, platforms }
    }

    /// The rank of the wheel's best tag, or `None` where the wheel does not fit at all.
    pub fn rank(&self, wheel: &WheelName) -> Option<TagRank> {
        wheel
            .tags()
            .filter_map(|(python, abi, platform)| self.rank_tag(python, abi, platform))
            .min()
    }

    /// The wheel that pip would take: best tag, then highest build tag.
    pub fn best<'w>(
        &self,
        wheels: impl IntoIterator<Item = &'w WheelName>,
    ) -> Option<&'w WheelName> {
        wheels
            .into_iter()
            .filter_map(|wheel| Some((self.rank(wheel)?, wheel)))
            .min_by(|(rank_a, a), (rank_b, b)| {
                rank_a.cmp(rank_b).then_with(|| b.build().cmp(&a.build()))
            })
            .map(|(_, wheel)| wheel)
    }

    /// pip's order is a list of groups, each of which runs through all platforms.
    fn rank_tag(&self, python: &str, abi: &str, platform: &str) -> Option<TagRank> {
        let own = self.target.runtime.minor();
        let any = platform == "any";
        let group = match (Interpreter::parse(python)?, abi) {
            (Interpreter::CPython(minor), "none") if minor == own && any => 200,
            (Interpreter::CPython(minor), "none") if minor == own => 2,
            (Interpreter::CPython(_), _) if any => return None,
            (Interpreter::CPython(minor), "abi3") if minor == own => 1,
            (Interpreter::CPython(minor), "abi3")
                if (OLDEST_STABLE_ABI_MINOR..own).contains(&minor) =>
            {
                2 + u32::from(own - minor)
            }
            (Interpreter::CPython(minor), abi)
                if minor == own && numbered(abi, "cp3") == Some(own) =>
            {
                0
            }
            (Interpreter::AnyOf3, "none") => 101 + if any { 101 } else { 0 },
            (Interpreter::Any(minor), "none") if minor <= own => {
                let newest_first = u32::from(own - minor);
                // `py3` stands right after the target's own version.
                let position = newest_first + u32::from(newest_first > 0);
                100 + position + if any { 101 } else { 0 }
            }
            _ => return None,
        };
        let position = if any {
            0
        } else {
            *self.platforms.get(platform)?
        };
        Some(TagRank(group, position))
    }
}

/// The first part of a tag, as far as `CPython` 3 can be concerned.
enum Interpreter {
    /// `cp312`.
    CPython(u8),
    /// `py312`.
    Any(u8),
    /// `py3`.
    AnyOf3,
}

impl Interpreter {
    fn parse(tag: &str) -> Option<Self> {
        if tag == "py3" {
            return Some(Self::AnyOf3);
        }
        let cpython = numbered(tag, "cp3").map(Self::CPython);
        cpython.or_else(|| numbered(tag, "py3").map(Self::Any))
    }
}

/// The `12` of `cp312` with the prefix `cp3`; `None` for anything else, `cp312t` included.
fn numbered(tag: &str, prefix: &str) -> Option<u8> {
    let digits = tag.strip_prefix(prefix)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// The platform tags that the target's C library satisfies, best first (PEP 600).
fn platform_tags(target: Target) -> Vec<String> {
    let machine = target.arch.linux_name();
    // The oldest C library with a tag: CentOS 5 on x86_64, CentOS 7 elsewhere.
    let oldest = match target.arch {
        Arch::X86_64 => 5,
        Arch::Arm64 => 17,
    };
    let mut tags = Vec::new();
    for minor in (oldest..=target.runtime.glibc().minor).rev() {
        tags.push(format!("manylinux_2_{minor}_{machine}"));
        let legacy = match minor {
            17 => "manylinux2014",
            12 => "manylinux2010",
            5 => "manylinux1",
            _ => continue,
        };
        tags.push(format!("{legacy}_{machine}"));
    }
    tags.push(format!("linux_{machine}"));
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(runtime: &str, arch: Arch) -> Target {
        Target {
            runtime: runtime.parse().unwrap(),
            arch,
        }
    }

    /// `wheels` are tags, best first; each must fit and none may outrank one before it.
    fn check_order(target: Target, wheels: &[&str]) {
        let tags = target.tags();
        let ranks: Vec<_> = wheels
            .iter()
            .map(|tag| {
                let wheel = format!("a-1-{tag}.whl").parse().unwrap();
                tags.rank(&wheel)
                    .unwrap_or_else(|| panic!("{tag} does not fit"))
            })
            .collect();
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
    }

    fn check_unfit(target: Target, wheels: &[&str]) {
        for tag in wheels {
            let wheel = format!("a-1-{tag}.whl").parse().unwrap();
            assert_eq!(target.tags().rank(&wheel), None, "{tag}");
        }
    }

    #[test]
    fn the_order_is_pips() {
        check_order(
            target("python3.12", Arch::X86_64),
            &[
                "cp312-cp312-manylinux_2_34_x86_64",
                "cp312-cp312-manylinux_2_17_x86_64",
                "cp312-cp312-manylinux2014_x86_64",
                "cp312-cp312-manylinux1_x86_64",
                "cp312-cp312-linux_x86_64",
                "cp312-abi3-manylinux1_x86_64",
                "cp312-none-manylinux_2_28_x86_64",
                "cp311-abi3-manylinux_2_28_x86_64",
                "cp36-abi3-manylinux_2_28_x86_64",
                "py312-none-manylinux1_x86_64",
                "py3-none-manylinux_2_17_x86_64",
                "py310-none-manylinux_2_17_x86_64",
                "cp312-none-any",
                "py312-none-any",
                "py3-none-any",
                "py311-none-any",
                "py30-none-any",
            ],
        );
    }

    #[test]
    fn a_compressed_set_counts_by_its_best_tag() {
        check_order(
            target("python3.11", Arch::X86_64),
            &[
                "cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64",
                "cp37-abi3-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64",
                "py2.py3-none-any",
            ],
        );
    }

    #[test]
    fn a_newer_c_library_another_machine_or_another_python_does_not_fit() {
        check_unfit(
            target("python3.11", Arch::X86_64),
            &[
                "cp311-cp311-manylinux_2_28_x86_64",
                "cp311-cp311-manylinux_2_27_x86_64",
                "cp311-cp311-manylinux_2_17_aarch64",
                "cp311-cp311-musllinux_1_2_x86_64",
                "cp312-abi3-manylinux_2_17_x86_64",
                "cp310-cp310-manylinux_2_17_x86_64",
                "cp311-cp311t-manylinux_2_17_x86_64",
                "cp310-none-any",
                "py312-none-any",
                "py2-none-any",
                "cp311-cp311-win_amd64",
                "cp311-cp311-macosx_11_0_arm64",
            ],
        );
        check_unfit(
            target("python3.12", Arch::Arm64),
            &[
                "cp312-cp312-manylinux1_aarch64",
                "cp312-cp312-manylinux_2_35_aarch64",
            ],
        );
    }

    #[test]
    fn equal_tags_are_decided_by_the_build_tag() {
        let wheels: Vec<WheelName> = [
            "a-1-py3-none-any.whl",
            "a-1-2-py3-none-any.whl",
            "a-1-1-py3-none-any.whl",
        ]
        .map(|name| name.parse().unwrap())
        .to_vec();
        let best = target("python3.13", Arch::Arm64)
            .tags()
            .best(&wheels)
            .cloned();
        assert_eq!(best.unwrap().as_str(), "a-1-2-py3-none-any.whl");
    }
}
