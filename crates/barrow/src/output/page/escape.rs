//! Foreign text, made harmless.

use crate::output::text;

/// Text of an element, or the value of a quoted attribute.
pub(crate) fn html(foreign: &str) -> String {
    let mut escaped = String::with_capacity(foreign.len());
    for character in text::visible(foreign).chars() {
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
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value)
        .expect("arrays of numbers and text are JSON")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
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
}
