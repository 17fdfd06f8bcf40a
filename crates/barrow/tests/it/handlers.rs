//! The rows of `fixtures/handlers`, and whether an answer is the one that a row expects.
//!
//! `scripts/oracle/handlers.py` reads the same rows and compares in the same way; the words are
//! explained in `fixtures/handlers/README.md`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// One function and the events that it is invoked with, in one environment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) source: String,
    code: Option<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default = "usual_handler")]
    pub(crate) handler: String,
    #[serde(default)]
    pub(crate) options: Vec<String>,
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) layers: Vec<BTreeMap<String, String>>,
    runtimes: Option<Vec<String>>,
    needs: Option<String>,
    #[serde(default)]
    pub(crate) everywhere: bool,
    #[serde(default)]
    pub(crate) slow: bool,
    pub(crate) invoke: Vec<Invoke>,
}

/// One event, and what is to come of it. What is `None` is not looked at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invoke {
    event: Option<String>,
    event_bytes: Option<usize>,
    times: Option<usize>,
    payload: Option<String>,
    raw: Option<String>,
    payload_bytes: Option<usize>,
    #[serde(default)]
    subset: bool,
    #[serde(default)]
    pub(crate) failed: bool,
    cold: Option<toml::Value>,
    log: Option<Vec<String>>,
    #[serde(default)]
    log_contains: Vec<String>,
    log_lines: Option<usize>,
}

/// What one invoke gave.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) request_id: String,
    pub(crate) payload: String,
    pub(crate) failed: bool,
    pub(crate) cold: bool,
    pub(crate) log: Vec<String>,
}

fn usual_handler() -> String {
    "app.h".to_owned()
}

/// All rows, each with the file that it stands in before its name.
pub(crate) fn rows() -> Vec<Row> {
    #[derive(Deserialize)]
    struct File {
        row: Vec<Row>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/handlers");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    let mut rows = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let file: File =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        rows.extend(file.row.into_iter().map(|mut row| {
            row.name = format!("{stem}/{}", row.name);
            let invokes = row.invoke.into_iter();
            let times = |invoke: Invoke| vec![invoke.clone(); invoke.times.unwrap_or(1)];
            row.invoke = invokes.flat_map(times).collect();
            row
        }));
    }
    rows
}

impl Row {
    pub(crate) fn fits(&self, minor: &str) -> bool {
        let runtimes = self.runtimes.as_ref();
        runtimes.is_none_or(|minors| minors.iter().any(|known| known == minor))
    }

    /// Whether it tells nothing outside a sandbox.
    pub(crate) fn needs_sandbox(&self) -> bool {
        self.needs.is_some()
    }

    pub(crate) fn needs_root(&self) -> bool {
        self.needs.as_deref() == Some("root")
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let code = self.code.as_deref().map(|code| ("app.py", code));
        let files = self.files.iter();
        code.into_iter()
            .chain(files.map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// One event a line.
    pub(crate) fn events(&self) -> String {
        self.invoke
            .iter()
            .map(|invoke| invoke.event() + "\n")
            .collect()
    }
}

impl Invoke {
    fn event(&self) -> String {
        match self.event_bytes {
            Some(bytes) => format!("\"{}\"", "a".repeat(bytes - 2)),
            None => self.event.clone().unwrap_or_else(|| "{}".to_owned()),
        }
    }

    /// What is not as the row says, in words.
    pub(crate) fn differences(&self, first: bool, minor: &str, answer: &Answer) -> Vec<String> {
        let known = Known {
            request_id: &answer.request_id,
            minor,
        };
        let payload = &answer.payload;
        let mut wrong = Vec::new();
        if self.failed != answer.failed {
            let what = if answer.failed { "failed" } else { "succeeded" };
            wrong.push(format!("it {what}: {}", start(payload)));
        }
        if let Some(bytes) = self.payload_bytes
            && payload.len() != bytes
        {
            let seen = payload.len();
            wrong.push(format!("the payload has {seen} bytes, expected {bytes}"));
        }
        if let Some(raw) = &self.raw
            && !known.matches(raw, payload)
        {
            wrong.push(format!("the payload is {}, expected {raw}", start(payload)));
        }
        if let Some(expected) = &self.payload {
            let value: Value = serde_json::from_str(expected).unwrap();
            let equal = serde_json::from_str(payload)
                .is_ok_and(|seen: Value| known.equal(&value, &seen, self.subset));
            if !equal {
                wrong.push(format!(
                    "the payload is {}, expected {expected}",
                    start(payload)
                ));
            }
        }
        let cold = match &self.cold {
            None => Some(first),
            Some(value) => value.as_bool(),
        };
        if cold.is_some_and(|cold| cold != answer.cold) {
            wrong.push(format!("`cold` is {}", answer.cold));
        }
        wrong.extend(self.differences_of_log(&known, &answer.log));
        wrong
    }

    fn differences_of_log(&self, known: &Known, log: &[String]) -> Vec<String> {
        let mut wrong = Vec::new();
        // Clients from 2.0.9 to 3.1.0, and so the one of python3.8, print this before each error.
        let lines: Vec<_> = log
            .iter()
            .filter(|line| !line.starts_with("LAMBDA_WARNING: Unhandled exception."))
            .collect();
        if let Some(expected) = &self.log {
            let mut pairs = expected.iter().zip(&lines);
            if expected.len() != lines.len()
                || !pairs.all(|(line, seen)| known.same_line(line, seen))
            {
                wrong.push(format!("the log is {lines:?}, expected {expected:?}"));
            }
        }
        if let Some(expected) = self.log_lines
            && log.len() != expected
        {
            wrong.push(format!(
                "the log has {} lines, expected {expected}",
                log.len()
            ));
        }
        for line in &self.log_contains {
            if !log.iter().any(|seen| known.same_line(line, seen)) {
                let shown = &log[..log.len().min(40)];
                wrong.push(format!("no line {line:?} in the log {shown:?}"));
            }
        }
        wrong
    }
}

fn start(text: &str) -> String {
    text.chars().take(1000).collect()
}

/// What the placeholders of one invoke stand for.
pub(crate) struct Known<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) minor: &'a str,
}

enum Part {
    Literal(String),
    /// `d` stands for a digit, `x` for a hexadecimal one, anything else for itself.
    Shape(&'static str),
    Number,
    Hex,
    Rest,
}

impl Known<'_> {
    pub(crate) fn matches(&self, expected: &str, seen: &str) -> bool {
        matches(&self.parts(expected), seen)
    }

    fn parts(&self, expected: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut left = expected;
        while !left.is_empty() {
            let placeholder = left
                .strip_prefix('<')
                .and_then(|text| text.split_once('>'))
                .and_then(|(name, after)| Some((self.part(name)?, after)));
            if let Some((part, after)) = placeholder {
                parts.push(part);
                left = after;
            } else {
                // Not the first one: a name in angle brackets may be no placeholder, as `<module>`.
                let next = left.char_indices().skip(1).find(|(_, char)| *char == '<');
                let end = next.map_or(left.len(), |(position, _)| position);
                let (literal, after) = left.split_at(end);
                parts.push(Part::Literal(literal.to_owned()));
                left = after;
            }
        }
        parts
    }

    fn part(&self, name: &str) -> Option<Part> {
        Some(match name {
            "request-id" => Part::Literal(self.request_id.to_owned()),
            "minor" => Part::Literal(self.minor.to_owned()),
            "compact" => Part::Literal(self.minor.replace('.', "")),
            "uuid" => Part::Shape("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
            "time" => Part::Shape("dddd-dd-ddTdd:dd:dd.dddZ"),
            "second" => Part::Shape("dddd-dd-ddTdd:dd:ddZ"),
            "number" => Part::Number,
            "hex" => Part::Hex,
            "rest" | "any" => Part::Rest,
            _ => return None,
        })
    }

    /// Whether a JSON value is the expected one, up to placeholders.
    fn equal(&self, expected: &Value, seen: &Value, subset: bool) -> bool {
        match (expected, seen) {
            (Value::String(text), _) if text == "<any>" => true,
            (Value::String(text), Value::Number(_)) => text == "<number>",
            (Value::String(text), Value::String(seen)) => self.matches(text, seen),
            (Value::Object(expected), Value::Object(seen)) => {
                (subset || expected.len() == seen.len())
                    && expected.iter().all(|(key, value)| {
                        seen.get(key)
                            .is_some_and(|seen| self.equal(value, seen, false))
                    })
            }
            (Value::Array(expected), Value::Array(seen)) => self.equal_lists(expected, seen),
            _ => expected == seen,
        }
    }

    fn equal_lists(&self, expected: &[Value], seen: &[Value]) -> bool {
        let Some((first, others)) = expected.split_first() else {
            return seen.is_empty();
        };
        if first == "<frames>" {
            return (0..=seen.len()).any(|skip| self.equal_lists(others, &seen[skip..]));
        }
        seen.split_first().is_some_and(|(value, left)| {
            self.equal(first, value, false) && self.equal_lists(others, left)
        })
    }

    /// Lines that are objects are compared as values.
    fn same_line(&self, expected: &str, seen: &str) -> bool {
        if expected.starts_with('{') && seen.starts_with('{') {
            let expected: Value = serde_json::from_str(expected).unwrap_or_default();
            return serde_json::from_str(seen)
                .is_ok_and(|seen: Value| self.equal(&expected, &seen, false));
        }
        self.matches(expected, seen)
    }
}

fn matches(parts: &[Part], text: &str) -> bool {
    let Some((first, others)) = parts.split_first() else {
        return text.is_empty();
    };
    let goes_on = |length: usize| matches(others, &text[length..]);
    match first {
        Part::Literal(literal) => text.starts_with(literal.as_str()) && goes_on(literal.len()),
        Part::Shape(shape) => {
            let fits = shape
                .bytes()
                .zip(text.bytes())
                .all(|(kind, byte)| match kind {
                    b'd' => byte.is_ascii_digit(),
                    b'x' => byte.is_ascii_hexdigit(),
                    _ => kind == byte,
                });
            fits && text.len() >= shape.len() && goes_on(shape.len())
        }
        Part::Number => {
            let digits = |from: usize| from + run(&text[from..], u8::is_ascii_digit);
            let sign = usize::from(text.starts_with('-'));
            let whole = digits(sign);
            let with_fraction = text[whole..].starts_with('.').then(|| digits(whole + 1));
            whole > sign && (with_fraction.is_some_and(goes_on) || goes_on(whole))
        }
        Part::Hex => {
            let length = run(text, u8::is_ascii_hexdigit);
            length > 0 && goes_on(length)
        }
        Part::Rest if others.is_empty() => true,
        Part::Rest => (0..=text.len()).any(|end| text.is_char_boundary(end) && goes_on(end)),
    }
}

fn run(text: &str, is: impl Fn(&u8) -> bool) -> usize {
    text.as_bytes().iter().take_while(|byte| is(byte)).count()
}

#[test]
fn placeholders_stand_for_what_they_say() {
    let known = Known {
        request_id: "7",
        minor: "3.12",
    };
    for (expected, seen, equal) in [
        ("a<number>b", "a12b", true),
        ("a<number>b", "a1.5b", true),
        ("a<number>b", "ab", false),
        ("<number>/<hex>", "2026/ff", true),
        ("in <module> <rest>", "in <module> all\nof it", true),
        ("<rest>.so", "x.so.so", true),
        ("<time> <request-id>", "2026-11-21T15:16:54.917Z 7", true),
        ("<second>", "2026-11-21T15:16:54.917Z", false),
        ("python<minor>/<compact>☃<uuid>", "python3.12/312☃", false),
    ] {
        assert_eq!(known.matches(expected, seen), equal, "{expected}: {seen}");
    }
}
