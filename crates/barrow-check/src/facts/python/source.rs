//! From bytes to text, as Python decodes a source file (PEP 263).

use std::borrow::Cow;

/// A source file's text, or why Python does not take it for text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Text<'a> {
    Exact(Cow<'a, str>),
    /// In an encoding that is not known here: names and strings beyond ASCII are not what they
    /// were, so nothing may be concluded from what cannot be parsed.
    Approximate(String),
    Undecodable {
        line: u32,
        message: String,
    },
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(super) fn decode(content: &[u8]) -> Text<'_> {
    let (content, has_mark) = match content.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (rest, true),
        None => (content, false),
    };
    if let Some(at) = memchr::memchr(0, content) {
        return Text::Undecodable {
            line: line_of(content, at),
            message: "source code cannot contain null bytes".to_owned(),
        };
    }
    match declared(content).as_deref() {
        None | Some("utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii") => utf8(content),
        Some(other) if has_mark => Text::Undecodable {
            line: 1,
            message: format!("encoding problem: {other} with BOM"),
        },
        Some("latin-1" | "latin1" | "iso-8859-1" | "iso-8859-15" | "l1" | "cp1252") => {
            Text::Exact(content.iter().map(|&byte| char::from(byte)).collect())
        }
        Some(_) => Text::Approximate(content.iter().map(|&byte| approximate(byte)).collect()),
    }
}

fn utf8(content: &[u8]) -> Text<'_> {
    match std::str::from_utf8(content) {
        Ok(text) => Text::Exact(Cow::Borrowed(text)),
        Err(error) => {
            let at = error.valid_up_to();
            Text::Undecodable {
                line: line_of(content, at),
                // CPython's words, without what it says about files and proposals.
                message: format!(
                    "non-UTF-8 code starting with `\\x{:02x}`, but no encoding declared",
                    content[at]
                ),
            }
        }
    }
}

/// Multi-byte encodings agree with ASCII below 128; above, any letter will do.
fn approximate(byte: u8) -> char {
    if byte.is_ascii() {
        char::from(byte)
    } else {
        'x'
    }
}

/// The encoding named in a comment in one of the first two lines.
fn declared(content: &[u8]) -> Option<String> {
    for line in content.split(|&byte| byte == b'\n').take(2) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        if !line.starts_with(b"#") {
            return None;
        }
        let comment = String::from_utf8_lossy(line);
        if let Some(name) = encoding_in(&comment) {
            return Some(name.to_ascii_lowercase().replace('_', "-"));
        }
    }
    None
}

/// `coding[:=]\s*([-\w.]+)`.
fn encoding_in(comment: &str) -> Option<&str> {
    let mut rest = comment;
    loop {
        rest = rest.split_once("coding")?.1;
        if let Some(name) = rest.strip_prefix([':', '=']) {
            let name = name.trim_start_matches([' ', '\t']);
            let is_part = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            let end = name.find(|c| !is_part(c)).unwrap_or(name.len());
            if end > 0 {
                return Some(&name[..end]);
            }
        }
    }
}

fn line_of(content: &[u8], at: usize) -> u32 {
    content[..at].split(|&byte| byte == b'\n').count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &[u8], expected: &str) {
        let shown = match decode(content) {
            Text::Exact(text) => format!("exact {text}"),
            Text::Approximate(text) => format!("approximate {text}"),
            Text::Undecodable { line, message } => format!("{line}: {message}"),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn utf_8_is_assumed_with_or_without_a_mark() {
        check("é".as_bytes(), "exact é");
        check(b"\xef\xbb\xbfx", "exact x");
    }

    #[test]
    fn other_bytes_need_a_declaration() {
        check(
            b"x = 1\ns = '\xe9'\n",
            "2: non-UTF-8 code starting with `\\xe9`, but no encoding declared",
        );
        check(
            b"# -*- coding: latin-1 -*-\n'\xe9'",
            "exact # -*- coding: latin-1 -*-\n'é'",
        );
        check(
            b"#!x\n# vim: fileencoding=gbk\n'\xe9'",
            "approximate #!x\n# vim: fileencoding=gbk\n'x'",
        );
    }

    #[test]
    fn a_declaration_below_code_is_none() {
        check(
            b"x\n# coding: latin-1\n\xe9",
            "3: non-UTF-8 code starting with `\\xe9`, but no encoding declared",
        );
    }

    #[test]
    fn a_mark_and_another_encoding_contradict() {
        check(
            b"\xef\xbb\xbf# coding: gbk\n",
            "1: encoding problem: gbk with BOM",
        );
    }

    #[test]
    fn no_source_has_null_bytes() {
        check(b"a\n\0", "2: source code cannot contain null bytes");
    }
}
