//! The Python runtimes of Lambda and what they run on.

use std::fmt;
use std::str::FromStr;

/// The C library version of an operating system image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glibc {
    pub major: u8,
    pub minor: u8,
}

/// A managed Python runtime.
///
/// ```
/// use barrow_model::Runtime;
/// let runtime: Runtime = "python3.12".parse().unwrap();
/// assert_eq!(runtime.python_version(), "3.12");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Runtime(&'static Row);

#[derive(Debug, PartialEq, Eq)]
struct Row {
    id: &'static str,
    /// The `12` of Python 3.12.
    minor: u8,
    image: Image,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Image {
    AmazonLinux2,
    AmazonLinux2023,
}

/// Every runtime that wheels can be chosen for. Tags recorded inside the runtimes, 2024-08 to
/// 2026-02, agree with these glibc versions on both architectures.
static ROWS: [Row; 7] = [
    Row {
        id: "python3.8",
        minor: 8,
        image: Image::AmazonLinux2,
    },
    Row {
        id: "python3.9",
        minor: 9,
        image: Image::AmazonLinux2,
    },
    Row {
        id: "python3.10",
        minor: 10,
        image: Image::AmazonLinux2,
    },
    Row {
        id: "python3.11",
        minor: 11,
        image: Image::AmazonLinux2,
    },
    Row {
        id: "python3.12",
        minor: 12,
        image: Image::AmazonLinux2023,
    },
    Row {
        id: "python3.13",
        minor: 13,
        image: Image::AmazonLinux2023,
    },
    Row {
        id: "python3.14",
        minor: 14,
        image: Image::AmazonLinux2023,
    },
];

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{seen}` is not a Python runtime of Lambda; expected one of {}",
    choices()
)]
pub struct ParseRuntimeError {
    pub seen: String,
}

impl Runtime {
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        ROWS.iter().map(Self)
    }

    /// For new projects: supported until 2029 and, unlike 3.14, served by nearly every wheel.
    pub fn recommended() -> Self {
        Self(&ROWS[5])
    }

    /// Lambda's name: `python3.12`.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// The `12` of Python 3.12.
    pub fn minor(self) -> u8 {
        self.0.minor
    }

    /// `3.12`.
    pub fn python_version(self) -> &'static str {
        self.0
            .id
            .strip_prefix("python")
            .expect("every id in the table starts with python")
    }

    /// The interpreter's path inside the runtime, as scripts name it.
    pub fn interpreter(self) -> String {
        format!("/var/lang/bin/{}", self.id())
    }

    pub fn operating_system(self) -> &'static str {
        match self.0.image {
            Image::AmazonLinux2 => "Amazon Linux 2",
            Image::AmazonLinux2023 => "Amazon Linux 2023",
        }
    }

    pub fn glibc(self) -> Glibc {
        match self.0.image {
            Image::AmazonLinux2 => Glibc {
                major: 2,
                minor: 26,
            },
            Image::AmazonLinux2023 => Glibc {
                major: 2,
                minor: 34,
            },
        }
    }
}

fn choices() -> String {
    Runtime::all()
        .map(|runtime| format!("`{runtime}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl FromStr for Runtime {
    type Err = ParseRuntimeError;

    fn from_str(text: &str) -> Result<Self, ParseRuntimeError> {
        Self::all()
            .find(|runtime| runtime.id() == text)
            .ok_or_else(|| ParseRuntimeError {
                seen: text.to_owned(),
            })
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amazon_linux_changed_between_3_11_and_3_12() {
        let glibc = |id: &str| id.parse::<Runtime>().unwrap().glibc().to_string();
        assert_eq!(glibc("python3.11"), "2.26");
        assert_eq!(glibc("python3.12"), "2.34");
    }

    #[test]
    fn an_unknown_runtime_lists_the_known_ones() {
        let error = "python3.7".parse::<Runtime>().unwrap_err().to_string();
        assert!(error.contains("`python3.8`, `python3.9`"), "{error}");
    }
}
