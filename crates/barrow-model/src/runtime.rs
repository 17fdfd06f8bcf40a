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
    lifecycle: Lifecycle,
}

/// When AWS withdraws a runtime, step by step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifecycle {
    /// No more fixes.
    pub deprecated: Day,
    /// `CreateFunction` refuses it.
    pub create_blocked: Day,
    /// `UpdateFunctionCode` and `UpdateFunctionConfiguration` refuse it.
    pub update_blocked: Day,
}

/// A day of the calendar, shown as `2026-11-21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Image {
    AmazonLinux2,
    AmazonLinux2023,
}

/// Every runtime that wheels can be chosen for. Tags recorded inside the runtimes, 2024-08 to
/// 2026-02, agree with these glibc versions on both architectures. All of them exist on both:
/// arm64 came after python3.8, and what is older cannot be created or updated any more.
///
/// Deprecation, and the blocks of creation and update, are those of cfn-lint 1.58.0 (2026-10) and
/// endoflife.date (2026-08), which agree.
static ROWS: [Row; 7] = [
    Row {
        id: "python3.8",
        minor: 8,
        image: Image::AmazonLinux2,
        lifecycle: lifecycle((2024, 10, 14), (2027, 2, 1), (2027, 3, 3)),
    },
    Row {
        id: "python3.9",
        minor: 9,
        image: Image::AmazonLinux2,
        lifecycle: lifecycle((2025, 12, 15), (2027, 2, 1), (2027, 3, 3)),
    },
    Row {
        id: "python3.10",
        minor: 10,
        image: Image::AmazonLinux2,
        lifecycle: lifecycle((2026, 10, 31), (2027, 2, 1), (2027, 3, 3)),
    },
    Row {
        id: "python3.11",
        minor: 11,
        image: Image::AmazonLinux2,
        lifecycle: lifecycle((2027, 6, 30), (2027, 7, 31), (2027, 8, 31)),
    },
    Row {
        id: "python3.12",
        minor: 12,
        image: Image::AmazonLinux2023,
        lifecycle: lifecycle((2028, 10, 31), (2028, 11, 30), (2029, 1, 10)),
    },
    Row {
        id: "python3.13",
        minor: 13,
        image: Image::AmazonLinux2023,
        lifecycle: lifecycle((2029, 6, 30), (2029, 7, 31), (2029, 8, 31)),
    },
    Row {
        id: "python3.14",
        minor: 14,
        image: Image::AmazonLinux2023,
        lifecycle: lifecycle((2029, 6, 30), (2029, 7, 31), (2029, 8, 31)),
    },
];

const fn lifecycle(
    deprecated: (u16, u8, u8),
    create_blocked: (u16, u8, u8),
    update_blocked: (u16, u8, u8),
) -> Lifecycle {
    Lifecycle {
        deprecated: Day::new(deprecated),
        create_blocked: Day::new(create_blocked),
        update_blocked: Day::new(update_blocked),
    }
}

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

    pub fn lifecycle(self) -> Lifecycle {
        self.0.lifecycle
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

impl Day {
    const fn new((year, month, day): (u16, u8, u8)) -> Self {
        Self { year, month, day }
    }

    /// Negative for an earlier day.
    pub fn days_until(self, other: Self) -> i32 {
        other.number() - self.number()
    }

    /// Days since the first of March of the year 0. Years that begin in March have their leap day
    /// at the end, and months of 30.6 days.
    fn number(self) -> i32 {
        let months = i32::from(self.year) * 12 + i32::from(self.month) - 3;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
        let leap_days = year / 4 - year / 100 + year / 400;
        year * 365 + leap_days + (month * 153 + 2) / 5 + i32::from(self.day) - 1
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
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
    fn a_runtime_is_withdrawn_step_by_step() {
        for runtime in Runtime::all() {
            let dates = runtime.lifecycle();
            let in_order = dates.deprecated < dates.create_blocked
                && dates.create_blocked < dates.update_blocked;
            assert!(in_order, "{runtime}");
        }
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        let check = |from: (u16, u8, u8), to: (u16, u8, u8), expected: i32| {
            assert_eq!(Day::new(from).days_until(Day::new(to)), expected);
        };
        check((2026, 11, 21), (2026, 12, 1), 10);
        check((2027, 1, 1), (2026, 12, 31), -1);
        check((2027, 12, 31), (2028, 12, 31), 366);
        check((2028, 2, 28), (2028, 3, 1), 2);
        check((2100, 2, 28), (2100, 3, 1), 1);
    }

    #[test]
    fn an_unknown_runtime_lists_the_known_ones() {
        let error = "python3.7".parse::<Runtime>().unwrap_err().to_string();
        assert!(error.contains("`python3.8`, `python3.9`"), "{error}");
    }
}
