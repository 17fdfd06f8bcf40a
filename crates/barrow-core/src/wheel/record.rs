//! `RECORD`: the list of a wheel's files, as comma-separated values.
//!
//! Real ones come with `\n` and `\r\n`, with and without quotes, with rows for files that are not
//! there and without rows for some that are. Reading takes them all; judging is left to the caller.

use barrow_model::Sha256;

use super::hash::RecordHash;

/// What one line says about one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As written: it may name a file outside the wheel.
    pub path: String,
    /// `None` where the field is empty, as for `RECORD` itself.
    pub hash: Option<RecordHash>,
    pub bytes: Option<u64>,
}

/// The rows in their order. Lines without a path are left out.
pub fn parse(bytes: &[u8]) -> Vec<Row> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    text.lines().filter_map(parse_row).collect()
}

fn parse_row(line: &str) -> Option<Row> {
    let mut rest = Some(line);
    let mut field = || rest.map(|line| split_field(line, &mut rest));
    let path = field().filter(|path| !path.is_empty())?;
    let hash = field().filter(|hash| !hash.is_empty());
    let bytes = field().and_then(|size| size.trim().parse().ok());
    Some(Row {
        path,
        hash: hash.map(|hash| RecordHash::parse(&hash)),
        bytes,
    })
}

/// The first field of `line`; `rest` becomes what stands behind its comma, if there is one.
fn split_field<'l>(line: &'l str, rest: &mut Option<&'l str>) -> String {
    let Some(mut quoted) = line.strip_prefix('"') else {
        let (field, behind) = match line.split_once(',') {
            Some((field, behind)) => (field, Some(behind)),
            None => (line, None),
        };
        *rest = behind;
        return field.to_owned();
    };
    let mut field = String::new();
    loop {
        let Some((text, behind)) = quoted.split_once('"') else {
            // The quote is never closed: everything belongs to the field.
            field.push_str(quoted);
            *rest = None;
            return field;
        };
        field.push_str(text);
        if let Some(more) = behind.strip_prefix('"') {
            field.push('"');
            quoted = more;
        } else {
            *rest = behind.split_once(',').map(|(_, behind)| behind);
            return field;
        }
    }
}

/// Appends a line for a file whose content is known.
pub fn push_file(text: &mut String, path: &str, sha256: Sha256, bytes: u64) {
    push_field(text, path);
    text.push_str(",sha256=");
    text.push_str(&sha256.to_record());
    text.push(',');
    text.push_str(&bytes.to_string());
    text.push('\n');
}

/// Appends the line for `RECORD` itself, whose digest it cannot hold.
pub fn push_itself(text: &mut String, path: &str) {
    push_field(text, path);
    text.push_str(",,\n");
}

fn push_field(text: &mut String, field: &str) {
    if field.contains(['"', ',']) {
        text.push('"');
        text.push_str(&field.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digest of the empty file.
    const EMPTY: &str = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    fn check(text: &str, expected: &[(&str, bool, Option<u64>)]) {
        let rows = parse(text.as_bytes());
        let seen: Vec<_> = rows
            .iter()
            .map(|row| (&*row.path, row.hash.is_some(), row.bytes))
            .collect();
        assert_eq!(seen, expected, "{text:?}");
    }

    #[test]
    fn both_line_ends_and_a_missing_last_one_are_taken() {
        let expected = [
            ("a.py", true, Some(0)),
            ("a-1.dist-info/RECORD", false, None),
        ];
        for end in ["\n", "\r\n"] {
            let text = format!("a.py,{EMPTY},0{end}a-1.dist-info/RECORD,,");
            check(&text, &expected);
            check(&format!("{text}{end}{end}"), &expected);
        }
    }

    #[test]
    fn quoted_paths_may_hold_commas_and_quotes() {
        check(
            &format!("\"a,\"\"b\"\".py\",{EMPTY},7\n\"c.py\",\"{EMPTY}\",\"0\"\n"),
            &[("a,\"b\".py", true, Some(7)), ("c.py", true, Some(0))],
        );
    }

    #[test]
    fn short_and_broken_lines_keep_what_they_have() {
        check("a.py\n", &[("a.py", false, None)]);
        check("\"a.py,b\n", &[("a.py,b", false, None)]);
        check(",x,1\n", &[]);
        check("a.py,md5=00,many,more\n", &[("a.py", true, None)]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let sha256 = Sha256::parse_record(EMPTY.strip_prefix("sha256=").unwrap()).unwrap();
        let mut text = String::new();
        push_file(&mut text, "a,\"b\".py", sha256, 0);
        push_file(&mut text, "décembre/x y.py", sha256, 12);
        push_itself(&mut text, "a-1.dist-info/RECORD");
        check(
            &text,
            &[
                ("a,\"b\".py", true, Some(0)),
                ("décembre/x y.py", true, Some(12)),
                ("a-1.dist-info/RECORD", false, None),
            ],
        );
        assert_eq!(
            parse(text.as_bytes())[1].hash,
            Some(RecordHash::Sha256(sha256))
        );
    }
}
