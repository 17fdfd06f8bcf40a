//! What the runtimes' operating systems bring: shared libraries, and versions of their symbols.
//!
//! Amazon Linux 2 has GCC 7.3 and glibc 2.26, Amazon Linux 2023 has GCC 11 and glibc 2.34 (AWS's
//! table "Improved toolchain"). Which symbol versions those have is in the manuals of libstdc++ and
//! libgcc. Nobody publishes the list of libraries in Lambda's images, so it has three parts: what
//! is known to be there, what is known not to be, and the rest.

use std::fmt;

use barrow_model::Runtime;

/// Whether the loader would find a library in the runtime itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Present,
    Absent,
    Unknown,
}

/// The C library and its parts, which PEP 600 takes for granted; GCC's runtime, which Lambda's own
/// client for Python needs (`readelf -d` of `awslambdaric`'s extension module); zlib, as
/// `ldd` shows it in the Python images (lambgeo/docker-lambda#34).
const PRESENT: &[&str] = &[
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libBrokenLocale.so.1",
    "libanl.so.1",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libmvec.so.1",
    "libnss_dns.so.2",
    "libnss_files.so.2",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libstdc++.so.6",
    "libthread_db.so.1",
    "libutil.so.1",
    "libz.so.1",
];

/// Clients of a display, a sound card, a GPU or a database. No minimal server image has them, and
/// functions that failed for want of them are reported by many.
const ABSENT: &[&str] = &[
    "libGL.so.1",
    "libGLX.so.0",
    "libICE.so.6",
    "libSM.so.6",
    "libX11.so.6",
    "libXext.so.6",
    "libXrender.so.1",
    "libasound.so.2",
    "libcuda.so.1",
    "libgtk-3.so.0",
    "libmysqlclient.so.20",
    "libmysqlclient.so.21",
    "libnvidia-ml.so.1",
    "libodbc.so.2",
    "libpango-1.0.so.0",
    "libpangocairo-1.0.so.0",
    "libpq.so.5",
    "libxcb.so.1",
];

pub fn presence(library: &str) -> Presence {
    if PRESENT.contains(&library) {
        Presence::Present
    } else if ABSENT.contains(&library) || is_grafted(library) {
        Presence::Absent
    } else {
        Presence::Unknown
    }
}

/// `libwebp-51b0b3f7.so.7.2.0`: renamed after its content by the tool that put it into a wheel, so
/// that no system has it.
fn is_grafted(library: &str) -> bool {
    let name = library.split(".so").next().unwrap_or_default();
    name.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 8
            && hash
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// A version of a library's symbols: `GLIBC_2.34`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolVersion {
    pub series: Series,
    numbers: [u16; 3],
}

/// Of which library it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    Glibc,
    Glibcxx,
    Cxxabi,
    Gcc,
}

impl Series {
    const ALL: [Self; 4] = [Self::Glibc, Self::Glibcxx, Self::Cxxabi, Self::Gcc];

    fn prefix(self) -> &'static str {
        match self {
            Self::Glibc => "GLIBC_",
            Self::Glibcxx => "GLIBCXX_",
            Self::Cxxabi => "CXXABI_",
            Self::Gcc => "GCC_",
        }
    }

    /// What people call the library.
    pub fn library(self) -> &'static str {
        match self {
            Self::Glibc => "glibc",
            Self::Glibcxx | Self::Cxxabi => "libstdc++",
            Self::Gcc => "libgcc",
        }
    }
}

impl SymbolVersion {
    /// `None` for what is not counted, such as `GLIBC_PRIVATE` or another library's.
    pub fn parse(text: &str) -> Option<Self> {
        let series = Series::ALL
            .into_iter()
            .find(|series| text.starts_with(series.prefix()))?;
        let mut numbers = [0; 3];
        let parts = text[series.prefix().len()..].split('.');
        for (at, part) in parts.enumerate() {
            *numbers.get_mut(at)? = part.parse().ok()?;
        }
        Some(Self { series, numbers })
    }

    /// The newest that a runtime has of a series.
    pub fn newest(runtime: Runtime, series: Series) -> Self {
        let glibc = runtime.glibc();
        // Amazon Linux 2023 is the one with a glibc that has no separate libpthread any more.
        let is_2023 = (glibc.major, glibc.minor) >= (2, 34);
        let numbers = match (series, is_2023) {
            (Series::Glibc, _) => [glibc.major.into(), glibc.minor.into(), 0],
            (Series::Glibcxx, false) => [3, 4, 24],
            (Series::Glibcxx, true) => [3, 4, 29],
            (Series::Cxxabi, false) => [1, 3, 11],
            (Series::Cxxabi, true) => [1, 3, 13],
            (Series::Gcc, false) => [7, 0, 0],
            // Processors have versions of their own; none has one between its compiler's release
            // and the next.
            (Series::Gcc, true) => [11, 0, 0],
        };
        Self { series, numbers }
    }

    /// Whether a runtime has it.
    pub fn is_in(self, runtime: Runtime) -> bool {
        self <= Self::newest(runtime, self.series)
    }
}

/// With as many numbers as it is written with in libraries: `GCC_7.0.0`, `GLIBC_2.34`.
impl fmt::Display for SymbolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{}{major}.{minor}", self.series.prefix())?;
        if patch > 0 || self.series == Series::Gcc {
            write!(f, ".{patch}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(version: &str, has: &[&str]) {
        let parsed = SymbolVersion::parse(version).unwrap();
        assert_eq!(parsed.to_string(), version);
        let runtimes = ["python3.11", "python3.12"];
        let seen: Vec<&str> = runtimes
            .into_iter()
            .filter(|runtime| parsed.is_in(runtime.parse().unwrap()))
            .collect();
        assert_eq!(seen, has, "{version}");
    }

    #[test]
    fn symbols_are_older_or_newer_than_a_runtime() {
        check("GLIBC_2.2.5", &["python3.11", "python3.12"]);
        check("GLIBC_2.26", &["python3.11", "python3.12"]);
        check("GLIBC_2.27", &["python3.12"]);
        check("GLIBC_2.35", &[]);
        check("GLIBCXX_3.4.24", &["python3.11", "python3.12"]);
        check("GLIBCXX_3.4.29", &["python3.12"]);
        check("GLIBCXX_3.4.30", &[]);
        check("CXXABI_1.3.13", &["python3.12"]);
        check("GCC_7.0.0", &["python3.11", "python3.12"]);
        check("GCC_12.0.0", &[]);
    }

    #[test]
    fn what_is_not_counted_is_no_version() {
        for text in [
            "GLIBC_PRIVATE",
            "CXXABI_FLOAT128",
            "OPENSSL_3.0.0",
            "GLIBC_",
            "GLIBC_2.1.2.3",
        ] {
            assert_eq!(SymbolVersion::parse(text), None, "{text}");
        }
    }

    #[test]
    fn no_system_has_what_a_wheel_renamed() {
        assert_eq!(presence("libwebp-51b0b3f7.so.7.2.0"), Presence::Absent);
        assert_eq!(presence("libc.so.6"), Presence::Present);
        assert_eq!(presence("libgomp.so.1"), Presence::Unknown);
        assert_eq!(presence("libarrow-compute.so.1"), Presence::Unknown);
    }
}
