//! Foreign text, made harmless.

/// Text of an element, or the value of a quoted attribute.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// JSON inside a `<script>`: nothing in it can end the element or open a comment.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value)
        .expect("arrays of numbers and text are JSON")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// Characters that show nothing or turn the text around are written out.
pub(super) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_invisible(character) {
            visible.extend(character.escape_unicode());
        } else {
            visible.push(character);
        }
    }
    visible
}

/// Of no width, or turning the direction of writing.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(
            html("</a title=\"'&\">"),
            "&lt;/a title=&quot;&#39;&amp;&quot;&gt;"
        );
    }

    #[test]
    fn json_cannot_end_its_script() {
        let shown = json(&["</script><!--", "a\"b", "&"]);
        assert_eq!(
            shown,
            "[\"\\u003c/script\\u003e\\u003c!--\",\"a\\\"b\",\"\\u0026\"]"
        );
        let read: Vec<String> = serde_json::from_str(&shown).unwrap();
        assert_eq!(read[0], "</script><!--");
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(visible("a\u{202e}b\0 ü"), "a\\u{202e}b\\u{0} ü");
    }
}
