//! From the bytes of an entry's name to text.

use super::record::UTF8_NAME;

/// What an entry's name is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameEncoding {
    Ascii,
    /// Flag bit 11 is set and the bytes are UTF-8.
    Utf8,
    /// Neither ASCII nor flagged: code page 437, as the format says and Python's `zipfile` reads.
    Cp437,
    /// Flag bit 11 is set and the bytes are not UTF-8. The text has U+FFFD in their place.
    Broken,
}

/// Two and a half lines of a terminal.
const LABEL_CHARACTERS: usize = 200;

/// The upper half of code page 437.
const CP437_UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

pub fn decode(bytes: &[u8], flags: u16) -> (String, NameEncoding) {
    if bytes.is_ascii() {
        let text = bytes.iter().map(|&byte| char::from(byte)).collect();
        return (text, NameEncoding::Ascii);
    }
    if flags & UTF8_NAME == 0 {
        return (decode_cp437(bytes), NameEncoding::Cp437);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), NameEncoding::Utf8),
        Err(_) => (
            String::from_utf8_lossy(bytes).into_owned(),
            NameEncoding::Broken,
        ),
    }
}

/// A name as messages show it: control characters, which a terminal would obey, are escaped, and
/// the middle of a long name is left out.
pub fn label(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let (head, gap, tail) = if characters.len() <= LABEL_CHARACTERS {
        (&*characters, "", &[][..])
    } else {
        let half = LABEL_CHARACTERS / 2;
        let (head, tail) = (&characters[..half], &characters[characters.len() - half..]);
        (head, "…", tail)
    };
    let shown = |characters: &[char]| -> String {
        let show = |&character: &char| match character {
            control if control.is_control() => control.escape_default().to_string(),
            other => other.to_string(),
        };
        characters.iter().map(show).collect()
    };
    format!("{}{gap}{}", shown(head), shown(tail))
}

fn decode_cp437(bytes: &[u8]) -> String {
    let upper: Vec<char> = CP437_UPPER.chars().collect();
    let decode = |&byte: &u8| match byte {
        0x00..0x80 => char::from(byte),
        0x80.. => upper[usize::from(byte - 0x80)],
    };
    bytes.iter().map(decode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_and_the_bytes_decide() {
        let check = |bytes: &[u8], flags, text: &str, encoding| {
            assert_eq!(decode(bytes, flags), (text.to_owned(), encoding));
        };
        check(b"a.py", 0, "a.py", NameEncoding::Ascii);
        check(b"a.py", UTF8_NAME, "a.py", NameEncoding::Ascii);
        check("é".as_bytes(), UTF8_NAME, "é", NameEncoding::Utf8);
        check("é".as_bytes(), 0, "├⌐", NameEncoding::Cp437);
        check(b"\x80\xff", 0, "Ç\u{a0}", NameEncoding::Cp437);
        check(b"\x80", UTF8_NAME, "\u{fffd}", NameEncoding::Broken);
    }

    #[test]
    fn a_label_stays_on_one_line_and_is_not_long() {
        let check = |name: &str, expected: &str| assert_eq!(label(name), expected);
        check("a/décembre.py", "a/décembre.py");
        check("..\\x", "..\\x");
        check("a\0b\n\x1b[2J", "a\\u{0}b\\n\\u{1b}[2J");
        check(&"é".repeat(200), &"é".repeat(200));
        check(&"é".repeat(201), &format!("{0}…{0}", "é".repeat(100)));
    }

    #[test]
    fn code_page_437_has_128_upper_characters() {
        assert_eq!(CP437_UPPER.chars().count(), 128);
    }
}
