//! Words for people: the closing summary, warnings and errors.

use std::fmt::{Display, Write as _};

use barrow_model::Bytes;
use barrow_model::limits::{DIRECT_UPLOAD_LIMIT_BYTES, UNZIPPED_LIMIT_BYTES};

use super::json::{Diagnosis, Distribution, Package, RuntimeDocument};
use crate::outcome::Failure;

/// How many distributions the summary names.
const LARGEST: usize = 5;

/// `error:`, its causes, what is known besides, and what to do.
pub fn failure(failure: &Failure) -> String {
    let mut text = format!("error: {}\n", indented(&failure.error.to_string()));
    for cause in failure.error.chain().skip(1) {
        let _ = writeln!(text, "  cause: {}", indented(&cause.to_string()));
    }
    for detail in &failure.details {
        let _ = writeln!(text, "  {}", indented(detail));
    }
    for hint in &failure.hints {
        let _ = writeln!(text, "hint: {}", indented(hint));
    }
    text
}

pub fn warning(text: impl Display) -> String {
    format!("warning: {}", indented(&text.to_string()))
}

pub fn note(text: impl Display) -> String {
    format!("note: {}", indented(&text.to_string()))
}

/// Later lines stand under the first.
fn indented(text: &str) -> String {
    visible(text.trim_end()).replace('\n', "\n    ")
}

/// Names out of archives and answers of servers may hold control characters, which the terminal
/// would obey; they are escaped.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            control if control.is_control() => shown.extend(control.escape_default()),
            other => shown.push(other),
        }
    }
    shown
}

/// The closing summary of one package.
pub fn summary(package: &Package) -> String {
    let zipped = Bytes(package.zipped_bytes);
    let unzipped = Bytes(package.unzipped_bytes);
    let kind = if package.is_layer() {
        "layer"
    } else {
        "function"
    };
    let verb = if package.unchanged {
        "unchanged"
    } else {
        "built"
    };
    let mut text = format!(
        "{verb} {kind} `{}` for {} on {} in {}\n",
        package.name,
        package.runtime,
        package.architecture,
        duration(package.seconds)
    );
    let _ = writeln!(
        text,
        "  zipped      {zipped} of {} for a direct upload",
        Bytes(DIRECT_UPLOAD_LIMIT_BYTES)
    );
    let _ = writeln!(
        text,
        "  unzipped    {unzipped} of {}, function and layers together",
        Bytes(UNZIPPED_LIMIT_BYTES)
    );
    let largest = largest(&package.distributions);
    if !largest.is_empty() {
        let _ = writeln!(text, "  largest     {largest}");
    }
    let _ = write!(text, "  CodeSha256  {}", package.code_sha256);
    text
}

/// One line, for those to whom the package is only a step.
pub fn built(package: &Package) -> String {
    format!("built `{}` in {}", package.path, duration(package.seconds))
}

/// One runtime on one line.
pub fn runtime(runtime: &RuntimeDocument) -> String {
    let python = runtime.python.as_ref().map_or_else(
        || "no interpreter".to_owned(),
        |python| format!("Python {} {}", python.version, python.path),
    );
    let ready = match (&runtime.python, &runtime.runtime_directory) {
        (None, _) => "",
        (Some(_), Some(_)) => ", ready",
        (Some(_), None) => ", made at the first run",
    };
    format!(
        "{:<10}  {python}  (awslambdaric {}, boto3 {}{ready})",
        runtime.runtime, runtime.awslambdaric, runtime.boto3
    )
}

/// One finding, and under it what it costs and what helps.
pub fn diagnosis(diagnosis: &Diagnosis) -> String {
    let mark = if diagnosis.good { "ok" } else { "--" };
    let mut text = format!("{mark}  {:<10}  {}", diagnosis.what, diagnosis.found);
    for advice in &diagnosis.advice {
        let _ = write!(text, "\n                {advice}");
    }
    text
}

/// The largest distributions by unzipped size: `pandas 64.0 MiB · numpy 41.9 MiB · 5 others 9.1 MiB`.
pub fn largest(distributions: &[Distribution]) -> String {
    let mut sizes: Vec<(&str, Bytes)> = distributions
        .iter()
        .map(|distribution| {
            (
                distribution.name.as_str(),
                Bytes(distribution.unzipped_bytes),
            )
        })
        .collect();
    sizes.sort_by(|(name_a, a), (name_b, b)| b.cmp(a).then_with(|| name_a.cmp(name_b)));
    let mut parts: Vec<String> = sizes
        .iter()
        .take(LARGEST)
        .map(|(name, size)| format!("{name} {size}"))
        .collect();
    if sizes.len() > LARGEST {
        let rest: Bytes = sizes[LARGEST..].iter().map(|(_, size)| *size).sum();
        parts.push(format!("{} others {rest}", sizes.len() - LARGEST));
    }
    parts.join(" · ")
}

/// `38 ms` or `1.2 s`.
pub fn duration(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0} ms", (seconds * 1000.0).max(1.0))
    } else {
        format!("{seconds:.1} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_its_chain_what_is_known_and_what_to_do() {
        let error = anyhow::anyhow!("no such host").context("cannot build `hello`");
        let shown = failure(
            &Failure::from(error)
                .detail("needed by `requirements.txt`")
                .hint("check the network"),
        );
        assert_eq!(
            shown,
            "error: cannot build `hello`\n  cause: no such host\n  needed by `requirements.txt`\n\
             hint: check the network\n"
        );
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(
            warning("`a\x1b[2J\r` is odd\nand long"),
            "warning: `a\\u{1b}[2J\\r` is odd\n    and long"
        );
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(0.0003), "1 ms");
        assert_eq!(duration(0.0378), "38 ms");
        assert_eq!(duration(12.345), "12.3 s");
    }
}
