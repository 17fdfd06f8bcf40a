//! Whether the inside of a wheel belongs to its file name.
//!
//! As strict as pip about the name, and no stricter about the version: spellings differ in real
//! wheels (`1.0` and `1.0.0`, `+cu118` and `_cu118`), and the bytes are pinned by their digest.

use std::str::FromStr as _;

use barrow_model::{EntryPath, PackageName, WheelName};
use pep440_rs::Version;

use super::metadata::Metadata;
use super::verify_error::VerifyWheelError;

const ENDING: &str = ".dist-info";

/// The one `.dist-info` folder.
pub(super) fn dist_info<'p>(
    paths: impl Iterator<Item = &'p EntryPath>,
    name: &WheelName,
) -> Result<String, VerifyWheelError> {
    let mut found: Option<&str> = None;
    for path in paths {
        let Some((top, _)) = path.as_str().split_once('/') else {
            continue;
        };
        if !top.ends_with(ENDING) {
            continue;
        }
        match found {
            Some(first) if first != top => {
                return Err(VerifyWheelError::TwoDistInfos {
                    first: first.to_owned(),
                    second: top.to_owned(),
                });
            }
            _ => found = Some(top),
        }
    }
    let found = found.ok_or(VerifyWheelError::NoDistInfo)?;
    if !belongs_to(found, name.name()) {
        return Err(VerifyWheelError::ForeignDistInfo {
            folder: found.to_owned(),
            expected: name.name().clone(),
        });
    }
    Ok(found.to_owned())
}

/// Whether the folder is called after the distribution. Some carry no version.
fn belongs_to(folder: &str, name: &PackageName) -> bool {
    let stem = folder.strip_suffix(ENDING).unwrap_or(folder);
    let parts = stem
        .match_indices('-')
        .map(|(at, _)| &stem[..at])
        .chain([stem]);
    parts
        .filter_map(|part| PackageName::parse(part).ok())
        .any(|part| part == *name)
}

pub(super) fn check(metadata: &Metadata, name: &WheelName) -> Result<(), VerifyWheelError> {
    if PackageName::parse(&metadata.name).ok().as_ref() != Some(name.name()) {
        return Err(VerifyWheelError::ForeignName {
            seen: metadata.name.clone(),
            expected: name.name().clone(),
        });
    }
    if !is_same_version(&metadata.version, name.version()) {
        return Err(VerifyWheelError::ForeignVersion {
            seen: metadata.version.clone(),
            expected: name.version().to_owned(),
        });
    }
    Ok(())
}

/// Only two versions that can be read and are not equal are different. In a file name, `_` may
/// stand for the `-` of a post-release or the `+` of a local version.
fn is_same_version(metadata: &str, file_name: &str) -> bool {
    let Ok(seen) = Version::from_str(metadata) else {
        return true;
    };
    let spellings = ["_", "-", "+"].map(|mark| file_name.replacen('_', mark, 1));
    let mut readable = spellings
        .iter()
        .filter_map(|text| Version::from_str(text).ok())
        .peekable();
    readable.peek().is_none() || readable.any(|version| version == seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> WheelName {
        text.parse().unwrap()
    }

    fn check_folder(paths: &[&str], expected: Result<&str, &str>) {
        let paths: Vec<_> = paths
            .iter()
            .map(|path| EntryPath::parse(path).unwrap())
            .collect();
        let seen = dist_info(paths.iter(), &name("a_b-1.0-py3-none-any.whl"));
        match expected {
            Ok(expected) => assert_eq!(seen.unwrap(), expected),
            Err(expected) => assert_eq!(seen.unwrap_err().to_string(), expected),
        }
    }

    fn check_identity(metadata: (&str, &str), file: &str, expected: Result<(), &str>) {
        let metadata = Metadata {
            name: metadata.0.to_owned(),
            version: metadata.1.to_owned(),
            requires: Vec::new(),
            requires_python: None,
        };
        let seen = check(&metadata, &name(file)).map_err(|error| error.to_string());
        assert_eq!(seen, expected.map_err(str::to_owned), "{file}");
    }

    #[test]
    fn the_folder_may_be_spelled_as_the_builder_liked() {
        check_folder(
            &["x.py", "A.B-1.0.dist-info/RECORD"],
            Ok("A.B-1.0.dist-info"),
        );
        check_folder(&["a-b-1.0.dist-info/RECORD"], Ok("a-b-1.0.dist-info"));
        check_folder(&["a_b.dist-info/RECORD"], Ok("a_b.dist-info"));
        check_folder(
            &[
                "a_b-1.dist-info/RECORD",
                "c/other-1.dist-info/RECORD",
                "y.dist-info",
            ],
            Ok("a_b-1.dist-info"),
        );
    }

    #[test]
    fn there_is_one_folder_and_it_is_the_wheels_own() {
        check_folder(&["a_b.py"], Err("the wheel has no `.dist-info` folder"));
        check_folder(
            &["a_b-1.dist-info/RECORD", "a_b-2.dist-info/RECORD"],
            Err("the wheel has two `.dist-info` folders, `a_b-1.dist-info` and `a_b-2.dist-info`"),
        );
        check_folder(
            &["a_bc-1.dist-info/RECORD"],
            Err("the wheel's folder `a_bc-1.dist-info` is not one of `a-b`"),
        );
    }

    #[test]
    fn spellings_of_one_version_are_equal() {
        for (metadata, file) in [
            ("1.0.0", "a-1.0-py3-none-any.whl"),
            ("1.0+cu118", "a-1.0_cu118-py3-none-any.whl"),
            ("1.0-1", "a-1.0_1-py3-none-any.whl"),
            ("1.0.post1", "a-1.0_1-py3-none-any.whl"),
            ("1.0RC1", "a-1.0rc1-py3-none-any.whl"),
            ("2004d", "a-2004d-py3-none-any.whl"),
            ("0.1.dev-r17", "a-0.1.dev_r17-py3-none-any.whl"),
        ] {
            check_identity(("A", metadata), file, Ok(()));
        }
    }

    #[test]
    fn another_name_or_version_is_refused() {
        check_identity(
            ("b", "1"),
            "a-1-py3-none-any.whl",
            Err("`METADATA` is that of `b`; expected `a`"),
        );
        check_identity(
            ("a", "1.1"),
            "a-1.0-py3-none-any.whl",
            Err("`METADATA` is that of version `1.1`; expected `1.0`"),
        );
    }
}
