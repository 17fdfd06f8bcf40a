//! Wheel file names: `distribution-version(-build)?-python-abi-platform.whl`.

use std::fmt;
use std::str::FromStr;

use crate::PackageName;

/// A wheel's file name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelName {
    text: String,
    name: PackageName,
    version: String,
    build: Option<BuildTag>,
    python: Vec<String>,
    abi: Vec<String>,
    platform: Vec<String>,
}

/// Orders wheels that are otherwise equal: the number first, then the rest as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BuildTag {
    pub number: u64,
    pub suffix: String,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{seen}` is not the name of a wheel; {reason}")]
pub struct ParseWheelNameError {
    pub seen: String,
    pub reason: &'static str,
}

impl WheelName {
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// As the file name spells it; other spellings of the same version exist.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub fn build(&self) -> Option<&BuildTag> {
        self.build.as_ref()
    }

    /// Each `python-abi-platform` that the compressed tag sets stand for.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.python.iter().flat_map(move |python| {
            self.abi.iter().flat_map(move |abi| {
                self.platform
                    .iter()
                    .map(move |platform| (&**python, &**abi, &**platform))
            })
        })
    }

    pub fn platforms(&self) -> impl Iterator<Item = &str> {
        self.platform.iter().map(String::as_str)
    }

    /// Whether the wheel runs on every platform, so holds nothing compiled.
    pub fn is_for_any_platform(&self) -> bool {
        self.platform.iter().any(|platform| platform == "any")
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for WheelName {
    type Err = ParseWheelNameError;

    fn from_str(text: &str) -> Result<Self, ParseWheelNameError> {
        let error = |reason| ParseWheelNameError {
            seen: text.to_owned(),
            reason,
        };
        let stem = text
            .strip_suffix(".whl")
            .ok_or_else(|| error("it does not end in `.whl`"))?;
        let parts: Vec<&str> = stem.split('-').collect();
        let (name, version, build, [python, abi, platform]) = match parts[..] {
            [name, version, python, abi, platform] => {
                (name, version, None, [python, abi, platform])
            }
            [name, version, build, python, abi, platform] => {
                let build = parse_build(build)
                    .ok_or_else(|| error("its build tag does not start with a number"))?;
                (name, version, Some(build), [python, abi, platform])
            }
            _ => return Err(error("expected five or six parts separated by `-`")),
        };
        if version.is_empty() || version.contains(['/', '\\']) {
            return Err(error("it has no version"));
        }
        let split = |set: &str| -> Result<Vec<String>, ParseWheelNameError> {
            let tags: Vec<String> = set.split('.').map(str::to_owned).collect();
            if tags.iter().any(String::is_empty) {
                return Err(error("one of its tags is empty"));
            }
            Ok(tags)
        };
        Ok(Self {
            text: text.to_owned(),
            name: PackageName::parse(name)
                .map_err(|_| error("its first part is not a distribution name"))?,
            version: version.to_owned(),
            build,
            python: split(python)?,
            abi: split(abi)?,
            platform: split(platform)?,
        })
    }
}

fn parse_build(text: &str) -> Option<BuildTag> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number = text[..digits].parse().ok()?;
    Some(BuildTag {
        number,
        suffix: text[digits..].to_owned(),
    })
}

impl fmt::Display for WheelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_tag_sets_are_taken_apart() {
        let wheel: WheelName = "ruamel.yaml-0.16.13-1b-cp310.cp311-abi3-manylinux1_x86_64.any.whl"
            .parse()
            .unwrap();
        assert_eq!(wheel.name().as_str(), "ruamel-yaml");
        assert_eq!(wheel.version(), "0.16.13");
        assert_eq!(
            wheel.build(),
            Some(&BuildTag {
                number: 1,
                suffix: "b".to_owned()
            })
        );
        assert_eq!(wheel.tags().count(), 4);
        assert!(wheel.is_for_any_platform());
    }

    #[test]
    fn what_is_no_wheel_says_why() {
        let check = |text: &str, reason: &str| {
            let error = text.parse::<WheelName>().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        };
        check("docopt-0.6.2.tar.gz", "`.whl`");
        check("a-1.whl", "five or six parts");
        check("a-1-x-py3-none-any.whl", "build tag");
        check("a-1-py3-none-.whl", "empty");
        check("a--py3-none-any.whl", "version");
    }
}
