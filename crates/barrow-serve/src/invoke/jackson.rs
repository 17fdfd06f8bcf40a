//! What is wrong with a JSON text, in the words of the reader that Lambda has (Jackson, in Java).

const SOURCE: &str = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";
const VALUES: &str = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";

/// Whether the bytes are one JSON text.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(bytes) else {
        return Ok(());
    };
    // Ours counts columns up to and with the byte at fault.
    let line_start = line_start(bytes, error.line());
    let at = line_start + error.column().saturating_sub(1);
    let at = token_start(bytes, at.min(bytes.len()));
    let (what, offset) = fault(bytes, at);
    let before = &bytes[..offset.min(bytes.len())];
    let line = 1 + before.split(|byte| *byte == b'\n').skip(1).count();
    let start = line_start_of(bytes, offset);
    let column = offset - start + 1;
    Err(format!(
        "{what}\n at [Source: {SOURCE}; line: {line}, column: {column}]"
    ))
}

/// The words, and the place that they are about.
fn fault(bytes: &[u8], at: usize) -> (String, usize) {
    let Some(&byte) = bytes.get(at) else {
        return ("Unexpected end-of-input".to_owned(), bytes.len());
    };
    if byte.is_ascii_alphabetic() {
        return unknown_token(bytes, at);
    }
    let shown = shown(byte);
    let what = format!("Unexpected character ({shown}): expected a valid value ({VALUES})");
    (what, at)
}

/// A word that is none of JSON's. It is read to its end, which has to be text.
fn unknown_token(bytes: &[u8], at: usize) -> (String, usize) {
    let mut end = at;
    while let Some(&byte) = bytes.get(end) {
        if byte >= 0x80 {
            let is_start = matches!(byte, 0xc2..=0xf4);
            if !is_start {
                return (format!("Invalid UTF-8 start byte 0x{byte:x}"), end + 1);
            }
        } else if !byte.is_ascii_alphanumeric() && byte != b'_' {
            break;
        }
        end += 1;
    }
    let token = String::from_utf8_lossy(&bytes[at..end]).into_owned();
    (
        format!("Unrecognized token '{token}': was expecting ({VALUES})"),
        end,
    )
}

/// `'x' (code 120)`, or `(CTRL-CHAR, code 153)` for what cannot be shown.
fn shown(byte: u8) -> String {
    if byte.is_ascii_graphic() || byte == b' ' {
        format!("'{}' (code {byte})", char::from(byte))
    } else {
        format!("(CTRL-CHAR, code {byte})")
    }
}

/// Where the word begins that a place is in.
fn token_start(bytes: &[u8], at: usize) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric();
    let before = bytes[..at]
        .iter()
        .rev()
        .take_while(|byte| is_part(byte))
        .count();
    at - before
}

fn line_start(bytes: &[u8], line: usize) -> usize {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let mut starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
    starts.nth(line.saturating_sub(1)).unwrap_or(0)
}

fn line_start_of(bytes: &[u8], at: usize) -> usize {
    let before = &bytes[..at.min(bytes.len())];
    let end = before.iter().rposition(|byte| *byte == b'\n');
    end.map_or(0, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first two are recorded.
    #[test]
    fn faults_are_told_as_lambda_tells_them() {
        let said = |bytes: &[u8]| check(bytes).unwrap_err();
        assert_eq!(
            said(b"\x99\xeb,j\x07\xa1zYh"),
            "Unexpected character ((CTRL-CHAR, code 153)): expected a valid value (JSON String, \
             Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: REDACTED \
             (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1]"
        );
        assert_eq!(
            said(b"n\x87r\x9e\xe9\xb5\xd7I\xee\x9bmt"),
            "Invalid UTF-8 start byte 0x87\n at [Source: REDACTED \
             (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 3]"
        );
        assert!(said(b"oops").starts_with("Unrecognized token 'oops'"));
        assert!(check(b" {\"a\": [1, 2]} ").is_ok());
    }
}
