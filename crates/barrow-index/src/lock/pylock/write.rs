//! Writes `pylock.toml`: equal locks give equal bytes.

use std::fmt::Write as _;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::Stamp;
use crate::lock::{Location, Lock, LockedFile, LockedPackage, LockedSource};

/// The lock's text. Paths become relative to `directory`, where the file is going to be; without
/// one they stay as they are.
pub fn write(lock: &Lock, stamp: Option<&Stamp>, directory: Option<&Utf8Path>) -> String {
    let mut text = String::from("lock-version = \"1.0\"\n");
    let key = |text: &mut String, key: &str, value: &str| {
        writeln!(text, "{key} = {value}").expect("a string takes all that is written to it");
    };
    if !lock.environments.is_empty() {
        key(&mut text, "environments", &array(&lock.environments));
    }
    if let Some(specifier) = &lock.requires_python {
        key(&mut text, "requires-python", &quoted(specifier));
    }
    if !lock.default_groups.is_empty() {
        key(&mut text, "default-groups", &array(&lock.default_groups));
    }
    key(&mut text, "created-by", "\"barrow\"");

    let mut packages: Vec<&LockedPackage> = lock.packages.iter().collect();
    packages.sort_by_key(|package| (&package.name, &package.version, &package.marker));
    for package in packages {
        text.push_str("\n[[packages]]\n");
        key(&mut text, "name", &quoted(package.name.as_str()));
        let optional = [
            ("version", &package.version),
            ("marker", &package.marker),
            ("index", &package.index),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                key(&mut text, name, &quoted(value));
            }
        }
        write_source(&mut text, &package.source, directory);
    }
    if let Some(stamp) = stamp {
        text.push_str("\n[tool.barrow]\n");
        key(&mut text, "runtime", &quoted(stamp.target.runtime.id()));
        key(
            &mut text,
            "architecture",
            &quoted(stamp.target.arch.as_str()),
        );
        key(
            &mut text,
            "inputs",
            &quoted(&format!("sha256:{}", stamp.inputs)),
        );
    }
    text
}

fn write_source(text: &mut String, source: &LockedSource, directory: Option<&Utf8Path>) {
    let line = match source {
        LockedSource::Index { wheels, sdist } => {
            if let Some(sdist) = sdist {
                text.push_str(&format!("sdist = {}\n", file_table(sdist, None, directory)));
            }
            let mut wheels: Vec<&LockedFile> = wheels.iter().collect();
            wheels.sort_by_key(|wheel| &wheel.file_name);
            let tables = wheels
                .iter()
                .map(|wheel| file_table(wheel, None, directory));
            let lines: String = tables.map(|table| format!("    {table},\n")).collect();
            match lines.as_str() {
                "" => return,
                lines => format!("wheels = [\n{lines}]\n"),
            }
        }
        LockedSource::Archive { file, subdirectory } => {
            format!(
                "archive = {}\n",
                file_table(file, subdirectory.as_deref(), directory)
            )
        }
        LockedSource::Directory { path, subdirectory } => {
            let path = quoted(&relative(path, directory));
            format!(
                "directory = {{ path = {path}{} }}\n",
                subdirectory_key(subdirectory.as_deref())
            )
        }
        LockedSource::Git {
            url,
            commit,
            subdirectory,
        } => format!(
            "vcs = {{ type = \"git\", url = {}, commit-id = {}{} }}\n",
            quoted(url),
            quoted(commit),
            subdirectory_key(subdirectory.as_deref())
        ),
    };
    text.push_str(&line);
}

fn file_table(
    file: &LockedFile,
    subdirectory: Option<&str>,
    directory: Option<&Utf8Path>,
) -> String {
    let location = match &file.location {
        Location::Url(url) => format!("url = {}", quoted(url)),
        Location::Path(path) => format!("path = {}", quoted(&relative(path, directory))),
    };
    let size = file
        .bytes
        .map(|bytes| format!(", size = {bytes}"))
        .unwrap_or_default();
    let hashes = match file.sha256 {
        Some(digest) => format!("{{ sha256 = \"{digest}\" }}"),
        None => "{}".to_owned(),
    };
    format!(
        "{{ name = {}, {location}{size}, hashes = {hashes}{} }}",
        quoted(&file.file_name),
        subdirectory_key(subdirectory)
    )
}

fn subdirectory_key(subdirectory: Option<&str>) -> String {
    subdirectory
        .map(|path| format!(", subdirectory = {}", quoted(path)))
        .unwrap_or_default()
}

fn array(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}

/// A basic TOML string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// `path` as seen from `directory`, with `/` between its parts on every system.
fn relative(path: &Utf8Path, directory: Option<&Utf8Path>) -> String {
    let path = normal(path);
    let Some(directory) = directory.map(normal) else {
        return path.to_string();
    };
    let (mut from, mut to) = (
        directory.components().peekable(),
        path.components().peekable(),
    );
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let up = from.map(|_| "..");
    let parts: Vec<&str> = up.chain(to.map(|part| part.as_str())).collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

/// Without `.` and, as far as the text alone tells, without `..`.
fn normal(path: &Utf8Path) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if normal.file_name().is_some() => _ = normal.pop(),
            part => normal.push(part.as_str()),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use barrow_model::{PackageName, Sha256};

    use super::*;
    use crate::lock::pylock::parse;

    fn sample() -> Lock {
        let package = |name: &str, source| LockedPackage {
            name: PackageName::parse(name).unwrap(),
            version: Some("1".to_owned()),
            marker: Some("sys_platform == \"linux\"".to_owned()),
            index: None,
            source,
        };
        let file = |name: &str| LockedFile {
            file_name: name.to_owned(),
            location: Location::Url(format!("https://index.example/{name}")),
            sha256: Some(Sha256::new([7; 32])),
            bytes: Some(3),
        };
        let path = "/home/ada/lib/wheel.whl".into();
        let archive = LockedFile {
            location: Location::Path(path),
            bytes: None,
            ..file("wheel.whl")
        };
        Lock {
            packages: vec![
                package(
                    "z",
                    LockedSource::Index {
                        wheels: vec![file("z-1-py3-none-any.whl"), file("z-1-cp312-none-any.whl")],
                        sdist: Some(file("z-1.tar.gz")),
                    },
                ),
                package(
                    "d",
                    LockedSource::Directory {
                        path: "/home/ada/app/libs/d".into(),
                        subdirectory: None,
                    },
                ),
                package(
                    "c",
                    LockedSource::Archive {
                        file: archive,
                        subdirectory: None,
                    },
                ),
                package(
                    "g",
                    LockedSource::Git {
                        url: "https://git.example/g".to_owned(),
                        commit: "abc".to_owned(),
                        subdirectory: Some("py".to_owned()),
                    },
                ),
            ],
            requires_python: Some("==3.12.*".to_owned()),
            environments: vec!["os_name == 'posix'".to_owned()],
            default_groups: Vec::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let stamp = Stamp {
            target: barrow_model::Target {
                runtime: "python3.12".parse().unwrap(),
                arch: barrow_model::Arch::Arm64,
            },
            inputs: Sha256::new([9; 32]),
        };
        let text = write(
            &sample(),
            Some(&stamp),
            Some(Utf8Path::new("/home/ada/app")),
        );
        let pylock = parse(&text, Utf8Path::new("/home/ada/app/pylock.toml")).unwrap();
        assert_eq!(pylock.stamp, Some(stamp));
        assert_eq!(pylock.created_by, "barrow");
        assert!(text.contains("path = \"../lib/wheel.whl\""), "{text}");
        assert!(text.contains("directory = { path = \"libs/d\" }"), "{text}");

        let mut expected = sample();
        expected
            .packages
            .sort_by_key(|package| package.name.clone());
        let mut seen = pylock.lock;
        for package in &mut seen.packages {
            match &mut package.source {
                LockedSource::Index { wheels, .. } => wheels.reverse(),
                LockedSource::Archive { file, .. } => {
                    file.location = Location::Path("/home/ada/lib/wheel.whl".into());
                }
                _ => {}
            }
        }
        assert_eq!(seen, expected);
    }

    #[test]
    fn the_order_of_packages_and_wheels_does_not_matter() {
        let mut other = sample();
        other.packages.reverse();
        if let LockedSource::Index { wheels, .. } = &mut other.packages[3].source {
            wheels.reverse();
        }
        assert_eq!(write(&sample(), None, None), write(&other, None, None));
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000A\"");
    }
}
