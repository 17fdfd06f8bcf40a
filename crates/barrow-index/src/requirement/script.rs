//! PEP 723: requirements in the comments of a single Python file.

/// The TOML of a file's `script` block; `None` where there is no block, or more than one.
pub fn metadata(text: &str) -> Option<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim_end() != "# /// script" {
            continue;
        }
        let mut content = Vec::new();
        while let Some(line) = lines.next_if(|line| *line == "#" || line.starts_with("# ")) {
            content.push(line);
        }
        // The last line that closes a block does; one before it is content.
        if let Some(end) = content.iter().rposition(|line| line.trim_end() == "# ///") {
            let bare = |line: &&str| line.get(2..).unwrap_or_default().to_owned();
            let toml: Vec<String> = content[..end].iter().map(bare).collect();
            blocks.push(toml.join("\n") + "\n");
        }
    }
    match blocks.len() {
        1 => blocks.pop(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(metadata(text).as_deref(), expected, "{text:?}");
    }

    #[test]
    fn the_block_between_its_marks_is_taken() {
        check(
            "#!/usr/bin/env python3\n# /// script\n# dependencies = [\n#   \"requests\",\n# ]\n#\n# ///\nimport requests\n",
            Some("dependencies = [\n  \"requests\",\n]\n\n"),
        );
        check("# /// script\r\n# a = 1\r\n# ///\r\n", Some("a = 1\n"));
    }

    #[test]
    fn what_is_no_block_is_no_metadata() {
        check("import os\n", None);
        check("# /// script\n# a = 1\nimport os\n# ///\n", None);
        check("# /// pyproject\n# a = 1\n# ///\n", None);
        check(
            "# /// script\n# a = 1\n# ///\n\n# /// script\n# ///\n",
            None,
        );
    }
}
