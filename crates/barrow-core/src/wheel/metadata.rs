//! `METADATA` and `WHEEL`: header lines as in e-mail, read as leniently as pip reads them.

/// What `METADATA` says about a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// As written; other spellings of the same name exist.
    pub name: String,
    pub version: String,
    /// `Requires-Dist` lines, as written.
    pub requires: Vec<String>,
    pub requires_python: Option<String>,
}

/// What `WHEEL` says about the archive itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WheelFormat {
    pub major: u32,
    pub minor: u32,
    pub root_is_purelib: bool,
}

/// The only major version of the wheel format so far; a new one may place files differently.
const FORMAT_MAJOR: u32 = 1;

#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum ReadMetadataError {
    #[error("it has no `{header}` line")]
    Missing { header: &'static str },
    #[error("`Wheel-Version` is `{seen}`; expected numbers such as `1.0`")]
    FormatVersion { seen: String },
    #[error("`Wheel-Version` is `{seen}`; expected 1.x")]
    NewerFormat { seen: String },
}

impl Metadata {
    pub fn parse(bytes: &[u8]) -> Result<Self, ReadMetadataError> {
        let (mut name, mut version, mut requires_python) = (None, None, None);
        let mut requires = Vec::new();
        for (header, value) in headers(&String::from_utf8_lossy(bytes)) {
            // Of a header that may stand once, the first counts.
            match header.as_str() {
                "name" => _ = name.get_or_insert(value),
                "version" => _ = version.get_or_insert(value),
                "requires-python" => _ = requires_python.get_or_insert(value),
                "requires-dist" => requires.push(value),
                _ => {}
            }
        }
        let given = |value: Option<String>, header| match value {
            Some(value) if !value.is_empty() => Ok(value),
            _ => Err(ReadMetadataError::Missing { header }),
        };
        Ok(Self {
            name: given(name, "Name")?,
            version: given(version, "Version")?,
            requires,
            requires_python: requires_python.filter(|text| !text.is_empty()),
        })
    }
}

impl WheelFormat {
    pub fn parse(bytes: &[u8]) -> Result<Self, ReadMetadataError> {
        let headers = headers(&String::from_utf8_lossy(bytes));
        let value = |name| {
            headers
                .iter()
                .find(|(header, _)| header == name)
                .map(|(_, value)| value)
        };
        let seen = value("wheel-version")
            .ok_or(ReadMetadataError::Missing {
                header: "Wheel-Version",
            })?
            .clone();
        let mut numbers = seen.split('.').map(str::parse::<u32>);
        let (major, minor) = match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), None) => (major, 0),
            (Some(Ok(major)), Some(Ok(minor))) => (major, minor),
            _ => return Err(ReadMetadataError::FormatVersion { seen }),
        };
        if major > FORMAT_MAJOR {
            return Err(ReadMetadataError::NewerFormat { seen });
        }
        let root_is_purelib =
            value("root-is-purelib").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        Ok(Self {
            major,
            minor,
            root_is_purelib,
        })
    }
}

/// Header lines up to the first empty line, names in lower case, folded lines joined.
///
/// What follows a line that is no header is the description, as for Python's e-mail parser.
fn headers(text: &str) -> Vec<(String, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            let Some((_, value)) = headers.last_mut() else {
                break;
            };
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            break;
        }
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, version, requirements and the Python versions.
    type Headers<'a> = (&'a str, &'a str, &'a [&'a str], Option<&'a str>);

    fn check_metadata(text: &str, expected: Result<Headers<'_>, &str>) {
        let seen = Metadata::parse(text.as_bytes());
        match (seen, expected) {
            (Ok(seen), Ok((name, version, requires, python))) => {
                assert_eq!((seen.name.as_str(), seen.version.as_str()), (name, version));
                assert_eq!(seen.requires, requires);
                assert_eq!(seen.requires_python.as_deref(), python);
            }
            (Err(error), Err(text)) => assert_eq!(error.to_string(), text),
            (seen, expected) => panic!("{seen:?}, expected {expected:?}"),
        }
    }

    fn check_format(text: &str, expected: Result<(u32, u32, bool), &str>) {
        let seen = WheelFormat::parse(text.as_bytes())
            .map(|format| (format.major, format.minor, format.root_is_purelib))
            .map_err(|error| error.to_string());
        assert_eq!(seen, expected.map_err(str::to_owned));
    }

    #[test]
    fn headers_are_read_up_to_the_description() {
        check_metadata(
            "Metadata-Version: 2.1\r\nNAME: a\r\nVersion:1.0\r\nRequires-Dist: b (>=1)\r\n\
             Requires-Dist: c\r\nRequires-Python: >=3.8\r\n\r\nRequires-Dist: prose\r\n",
            Ok(("a", "1.0", &["b (>=1)", "c"], Some(">=3.8"))),
        );
    }

    #[test]
    fn folded_lines_belong_to_their_header() {
        check_metadata(
            "\u{feff}Name: a\nVersion: 1\nRequires-Dist: b\n  ; extra == 'x'\nLicense: MIT\n\tand more\n",
            Ok(("a", "1", &["b ; extra == 'x'"], None)),
        );
    }

    #[test]
    fn a_nameless_distribution_is_refused() {
        check_metadata("Version: 1\n\nName: a\n", Err("it has no `Name` line"));
        check_metadata("Name: a\nVersion:\n", Err("it has no `Version` line"));
        check_metadata("", Err("it has no `Name` line"));
    }

    #[test]
    fn the_wheel_format_must_be_1_x() {
        check_format(
            "Wheel-Version: 1.0\nRoot-Is-Purelib: True\n",
            Ok((1, 0, true)),
        );
        check_format(
            "Wheel-Version: 1.9\nRoot-Is-Purelib: false\n",
            Ok((1, 9, false)),
        );
        check_format(
            "Wheel-Version: 2.0\n",
            Err("`Wheel-Version` is `2.0`; expected 1.x"),
        );
        check_format(
            "Wheel-Version: one\n",
            Err("`Wheel-Version` is `one`; expected numbers such as `1.0`"),
        );
        check_format("Generator: x\n", Err("it has no `Wheel-Version` line"));
    }
}
