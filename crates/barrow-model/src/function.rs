//! A function's figures: memory, time, and room under `/tmp`, each within Lambda's bounds.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// Memory of a function, in MiB (`CreateFunction`, field `MemorySize`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemorySize(u32);

/// How long one invoke may take, in whole seconds (`CreateFunction`, field `Timeout`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timeout(u32);

/// Room under `/tmp`, in MiB (`CreateFunction`, field `EphemeralStorage`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EphemeralStorage(u32);

/// A number that Lambda would not take.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{seen}` is no {what}; expected a whole number of {unit} from {least} to {most}")]
pub struct ParseFigureError {
    pub seen: String,
    pub what: &'static str,
    pub unit: &'static str,
    pub least: u32,
    pub most: u32,
}

impl MemorySize {
    pub const DEFAULT: Self = Self(128);
    const BOUNDS: RangeInclusive<u32> = 128..=10_240;

    pub fn mebibytes(self) -> u32 {
        self.0
    }

    pub fn bytes(self) -> u64 {
        u64::from(self.0) << 20
    }
}

impl Timeout {
    pub const DEFAULT: Self = Self(3);
    const BOUNDS: RangeInclusive<u32> = 1..=900;

    pub fn seconds(self) -> u32 {
        self.0
    }

    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

impl EphemeralStorage {
    pub const DEFAULT: Self = Self(512);
    const BOUNDS: RangeInclusive<u32> = 512..=10_240;

    pub fn mebibytes(self) -> u32 {
        self.0
    }

    pub fn bytes(self) -> u64 {
        u64::from(self.0) << 20
    }
}

impl FromStr for MemorySize {
    type Err = ParseFigureError;

    fn from_str(text: &str) -> Result<Self, ParseFigureError> {
        within(text, "memory size", "MB", Self::BOUNDS).map(Self)
    }
}

impl FromStr for Timeout {
    type Err = ParseFigureError;

    fn from_str(text: &str) -> Result<Self, ParseFigureError> {
        within(text, "timeout", "seconds", Self::BOUNDS).map(Self)
    }
}

impl FromStr for EphemeralStorage {
    type Err = ParseFigureError;

    fn from_str(text: &str) -> Result<Self, ParseFigureError> {
        within(text, "size for `/tmp`", "MB", Self::BOUNDS).map(Self)
    }
}

impl fmt::Display for MemorySize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MB", self.0)
    }
}

fn within(
    text: &str,
    what: &'static str,
    unit: &'static str,
    bounds: RangeInclusive<u32>,
) -> Result<u32, ParseFigureError> {
    let number = text.parse().ok().filter(|number| bounds.contains(number));
    number.ok_or_else(|| ParseFigureError {
        seen: text.to_owned(),
        what,
        unit,
        least: *bounds.start(),
        most: *bounds.end(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_within_lambdas_bounds() {
        assert_eq!("128".parse::<MemorySize>().unwrap(), MemorySize::DEFAULT);
        assert_eq!("900".parse::<Timeout>().unwrap().seconds(), 900);
        for text in ["127", "10241", "1.5", "-1", ""] {
            assert!(text.parse::<MemorySize>().is_err(), "{text:?}");
        }
        assert!("0".parse::<Timeout>().is_err());
        let error = "100".parse::<EphemeralStorage>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`100` is no size for `/tmp`; expected a whole number of MB from 512 to 10240"
        );
    }
}
