//! The name of a distribution, normalised as the index does it.

use std::fmt;

/// A distribution's name: lower case, runs of `-`, `_` and `.` folded into one `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName(String);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{seen}` is not a distribution name; expected letters, digits, `-`, `_` and `.`")]
pub struct ParsePackageNameError {
    pub seen: String,
}

impl PackageName {
    pub fn parse(text: &str) -> Result<Self, ParsePackageNameError> {
        let error = || ParsePackageNameError {
            seen: text.to_owned(),
        };
        let separator = |c: char| matches!(c, '-' | '_' | '.');
        let valid = |c: char| c.is_ascii_alphanumeric() || separator(c);
        if text.is_empty()
            || !text.chars().all(valid)
            || text.starts_with(separator)
            || text.ends_with(separator)
        {
            return Err(error());
        }
        let mut name = String::with_capacity(text.len());
        for c in text.chars() {
            if !separator(c) {
                name.push(c.to_ascii_lowercase());
            } else if !name.ends_with('-') {
                name.push('-');
            }
        }
        Ok(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_equal() {
        for text in ["ruamel.yaml", "Ruamel_Yaml", "ruamel--yaml", "ruamel-yaml"] {
            assert_eq!(PackageName::parse(text).unwrap().as_str(), "ruamel-yaml");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "-a", "a-", "a b", "é", "a/b"] {
            assert!(PackageName::parse(text).is_err(), "{text:?}");
        }
    }
}
