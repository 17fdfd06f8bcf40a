//! Says in one line what wheels there are and why none of them fits.

use std::collections::BTreeSet;

use barrow_model::{Runtime, Target, WheelName};

/// Why a wheel does not fit a target; the first reason that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    Platform(&'static str),
    Machine(&'static str),
    Glibc(u8),
    Python(String),
    Other,
}

/// `4 wheels on offer: 3 for x86_64, 1 for macOS`.
pub fn describe(offered: &[String], target: Target) -> String {
    if offered.is_empty() {
        return "there is no wheel of it at all".to_owned();
    }
    let mut counts: Vec<(Reason, usize)> = Vec::new();
    for reason in offered.iter().map(|file| reason(file, target)) {
        match counts
            .iter_mut()
            .find(|(known, _)| same_line(known, &reason))
        {
            Some((known, count)) => {
                *count += 1;
                // Of several C libraries the oldest is the one that nearly fits.
                if let (Reason::Glibc(known), Reason::Glibc(other)) = (known, &reason) {
                    *known = (*known).min(*other);
                }
            }
            None => counts.push((reason, 1)),
        }
    }
    let pythons = pythons(offered, target);
    counts.sort_by_key(|(reason, count)| (order(reason), std::cmp::Reverse(*count)));
    let parts: Vec<String> = counts
        .iter()
        .map(|(reason, count)| match reason {
            Reason::Platform(name) | Reason::Machine(name) => format!("{count} for {name}"),
            Reason::Glibc(minor) => {
                let (runtime, own) = (target.runtime, target.runtime.glibc());
                format!("{count} for glibc 2.{minor} ({runtime} has {own})")
            }
            Reason::Python(_) => format!("{count} for {pythons}"),
            Reason::Other => format!("{count} with a name that says nothing"),
        })
        .collect();
    let noun = if offered.len() == 1 {
        "wheel"
    } else {
        "wheels"
    };
    format!("{} {noun} on offer: {}", offered.len(), parts.join(", "))
}

/// A runtime with a newer C library, where that alone is missing.
pub fn newer_runtime(offered: &[String], target: Target) -> Option<String> {
    let fits = |runtime: &Runtime| {
        let other = Target {
            runtime: *runtime,
            arch: target.arch,
        };
        let tags = other.tags();
        offered
            .iter()
            .filter_map(|file| file.parse().ok())
            .any(|wheel| tags.rank(&wheel).is_some())
    };
    let newer = |runtime: &Runtime| runtime.glibc() > target.runtime.glibc();
    let runtime = Runtime::all().filter(newer).find(fits)?;
    Some(format!(
        "`--runtime {runtime}` has glibc {}",
        runtime.glibc()
    ))
}

fn reason(file: &str, target: Target) -> Reason {
    let Ok(wheel) = file.parse::<WheelName>() else {
        return Reason::Other;
    };
    let tags = wheel.platforms().map(|tag| platform(tag, target));
    // The tag that comes nearest speaks for the wheel.
    let nearest = tags.max_by_key(|reason| match reason {
        None => 4,
        Some(Reason::Glibc(_)) => 3,
        Some(Reason::Machine(_)) => 2,
        Some(_) => 1,
    });
    nearest
        .flatten()
        .unwrap_or_else(|| Reason::Python(python_names(&wheel)))
}

/// Why the target cannot use a platform tag; `None` if it can.
fn platform(tag: &str, target: Target) -> Option<Reason> {
    if tag == "any" {
        return None;
    }
    if tag.starts_with("macosx") {
        return Some(Reason::Platform("macOS"));
    }
    if tag.starts_with("win") {
        return Some(Reason::Platform("Windows"));
    }
    if !tag.contains("linux") {
        return Some(Reason::Platform("another system"));
    }
    if !tag.ends_with(target.arch.linux_name()) {
        let machine = ["x86_64", "aarch64"]
            .into_iter()
            .find(|name| tag.ends_with(name));
        return Some(Reason::Machine(match machine {
            Some("aarch64") => "arm64",
            Some(name) => name,
            None => "other processors",
        }));
    }
    if tag.starts_with("musllinux") {
        return Some(Reason::Platform("musl Linux"));
    }
    let minor = tag
        .strip_prefix("manylinux_2_")
        .and_then(|rest| rest.split('_').next()?.parse().ok());
    minor
        .filter(|minor| *minor > target.runtime.glibc().minor)
        .map(Reason::Glibc)
}

fn same_line(a: &Reason, b: &Reason) -> bool {
    use Reason::{Glibc, Python};
    matches!((a, b), (Glibc(_), Glibc(_)) | (Python(_), Python(_))) || a == b
}

/// What comes nearest to fitting stands last.
fn order(reason: &Reason) -> u8 {
    match reason {
        Reason::Machine(_) => 0,
        Reason::Platform("musl Linux") => 2,
        Reason::Platform(_) => 1,
        Reason::Glibc(_) => 3,
        Reason::Python(_) => 4,
        Reason::Other => 5,
    }
}

/// The Pythons of the wheels for which only that is wrong: `Python 3.10, 3.12`.
fn pythons(offered: &[String], target: Target) -> String {
    let names: BTreeSet<(usize, String)> = offered
        .iter()
        .filter_map(|file| match reason(file, target) {
            Reason::Python(name) => Some((name.len(), name)),
            _ => None,
        })
        .collect();
    let names: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
    format!("Python {}", names.join(", "))
}

/// `cp312` → `3.12`; free-threaded builds are named as such.
fn python_names(wheel: &WheelName) -> String {
    let name = wheel.tags().next().map(|(python, abi, _)| {
        let digits = python.trim_start_matches(|c: char| !c.is_ascii_digit());
        let version = match digits.split_at_checked(1) {
            Some((major, minor)) if !minor.is_empty() => format!("{major}.{minor}"),
            _ => digits.to_owned(),
        };
        let free_threaded = abi.starts_with("cp") && abi.ends_with('t');
        let kind = if python.starts_with("pp") {
            "PyPy "
        } else {
            ""
        };
        format!("{kind}{version}{}", if free_threaded { "t" } else { "" })
    });
    name.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: (&str, &str), tags: &[&str], expected: &str, hint: Option<&str>) {
        let target = Target {
            runtime: target.0.parse().unwrap(),
            arch: target.1.parse().unwrap(),
        };
        let offered: Vec<String> = tags.iter().map(|tag| format!("a-1-{tag}.whl")).collect();
        assert_eq!(describe(&offered, target), expected);
        assert_eq!(newer_runtime(&offered, target).as_deref(), hint);
    }

    #[test]
    fn each_reason_is_counted_once() {
        check(
            ("python3.12", "arm64"),
            &[],
            "there is no wheel of it at all",
            None,
        );
        check(
            ("python3.12", "arm64"),
            &[
                "cp312-cp312-manylinux_2_17_x86_64",
                "cp312-cp312-macosx_11_0_arm64",
                "cp312-cp312-manylinux1_x86_64",
                "cp312-cp312-manylinux_2_17_armv7l",
            ],
            "4 wheels on offer: 2 for x86_64, 1 for other processors, 1 for macOS",
            None,
        );
        check(
            ("python3.12", "x86_64"),
            &[
                "cp39-cp39-manylinux1_x86_64",
                "cp313-cp313t-manylinux_2_28_x86_64",
                "py2-none-any",
            ],
            "3 wheels on offer: 3 for Python 2, 3.9, 3.13t",
            None,
        );
    }

    #[test]
    fn a_newer_c_library_is_named_with_the_runtime_that_has_it() {
        check(
            ("python3.11", "x86_64"),
            &[
                "cp311-cp311-manylinux_2_31_x86_64",
                "cp311-cp311-manylinux_2_28_x86_64",
                "cp312-cp312-manylinux_2_28_x86_64",
            ],
            "3 wheels on offer: 3 for glibc 2.28 (python3.11 has 2.26)",
            Some("`--runtime python3.12` has glibc 2.34"),
        );
    }
}
