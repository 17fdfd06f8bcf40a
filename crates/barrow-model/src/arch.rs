//! The two instruction sets that Lambda offers.

use std::fmt;
use std::str::FromStr;

/// A processor architecture, by Lambda's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    X86_64,
    Arm64,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{seen}` is not an architecture of Lambda; expected `x86_64` or `arm64`")]
pub struct ParseArchError {
    pub seen: String,
}

impl Arch {
    pub const ALL: [Self; 2] = [Self::X86_64, Self::Arm64];

    /// What this program was built for; `None` where Lambda does not have it.
    pub const fn of_this_machine() -> Option<Self> {
        if cfg!(target_arch = "x86_64") {
            Some(Self::X86_64)
        } else if cfg!(target_arch = "aarch64") {
            Some(Self::Arm64)
        } else {
            None
        }
    }

    /// The name in Lambda's API and in our settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// The name that Linux, and so wheel tags and `platform_machine`, use.
    pub fn linux_name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "aarch64",
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Arch {
    type Err = ParseArchError;

    fn from_str(text: &str) -> Result<Self, ParseArchError> {
        match text {
            "x86_64" | "amd64" => Ok(Self::X86_64),
            "arm64" | "aarch64" => Ok(Self::Arm64),
            _ => Err(ParseArchError {
                seen: text.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linux_names_are_understood_and_lambda_names_are_shown() {
        assert_eq!("aarch64".parse::<Arch>().unwrap().to_string(), "arm64");
        assert_eq!("amd64".parse::<Arch>().unwrap().to_string(), "x86_64");
    }

    #[test]
    fn anything_else_names_the_choices() {
        let error = "riscv64".parse::<Arch>().unwrap_err().to_string();
        assert!(
            error.contains("`riscv64`") && error.contains("`arm64`"),
            "{error}"
        );
    }
}
