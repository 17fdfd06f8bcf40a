//! `.pth` files: folders for `sys.path`, and lines that are executed.
//!
//! Lambda gives the roots of a package and of layers to `site.addsitedir`, which reads them there.

use serde::{Deserialize, Serialize};

/// Real ones have one line or two; a line may be a page of generated code.
const LARGEST_COUNT: usize = 64;
const LONGEST_LINE_CHARS: usize = 200;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathFile {
    pub paths: Vec<Line>,
    /// Executed whenever Python starts.
    pub imports: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// From 1.
    pub number: u32,
    /// Cut where it is very long.
    pub text: String,
}

/// As `site.addpackage` does.
pub fn read(content: &[u8]) -> PathFile {
    let text = String::from_utf8_lossy(content);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut file = PathFile::default();
    for (number, line) in (1..).zip(text.lines()).take(LARGEST_COUNT) {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let is_import = line.starts_with("import ") || line.starts_with("import\t");
        let lines = if is_import {
            &mut file.imports
        } else {
            &mut file.paths
        };
        lines.push(Line {
            number,
            text: line.trim_end().chars().take(LONGEST_LINE_CHARS).collect(),
        });
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_imports_are_told_apart() {
        let file = read(b"# comment\n/home/me/project/src\n\nimport sys; sys.path\nimportant\n");
        let shown = |lines: &[Line]| -> Vec<String> {
            lines
                .iter()
                .map(|line| format!("{}: {}", line.number, line.text))
                .collect()
        };
        assert_eq!(
            shown(&file.paths),
            ["2: /home/me/project/src", "5: important"]
        );
        assert_eq!(shown(&file.imports), ["4: import sys; sys.path"]);
    }
}
