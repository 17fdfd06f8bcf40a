//! A package's page on its index: every file that there is of it.
//!
//! Both shapes of the simple API are read, JSON (PEP 691) and HTML (PEP 503); only the file names
//! matter here.

use serde::Deserialize;

/// What to ask an index for, best first.
pub const PAGE_ACCEPT: &str = "application/vnd.pypi.simple.v1+json, \
    application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/// Fetches index pages, with whatever credentials the index wants.
pub trait ReadPage: Send + Sync {
    /// The page's text; `None` where it cannot be had, for whatever reason. Sends
    /// [`PAGE_ACCEPT`].
    fn read_page(&self, url: &str) -> Option<String>;
}

/// Has no pages: the resolver then finds out version by version.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPages;

impl ReadPage for NoPages {
    fn read_page(&self, _url: &str) -> Option<String> {
        None
    }
}

/// The names of all files on a page; `None` if it is no index page.
pub(super) fn file_names(page: &str) -> Option<Vec<String>> {
    if page.trim_start().starts_with('{') {
        let page: Page = serde_json::from_str(page).ok()?;
        return Some(page.files.into_iter().map(|file| file.filename).collect());
    }
    Some(anchors(page)).filter(|names| !names.is_empty())
}

#[derive(Deserialize)]
struct Page {
    files: Vec<PageFile>,
}

#[derive(Deserialize)]
struct PageFile {
    filename: String,
}

/// The texts of `<a …>text</a>`. File names hold nothing that HTML would escape.
fn anchors(page: &str) -> Vec<String> {
    let starts = page.match_indices('<').map(|(at, _)| &page[at + 1..]);
    let anchors = starts.filter(|tag| tag.starts_with("a ") || tag.starts_with("A "));
    anchors
        .filter_map(|tag| {
            let (_, text) = tag.split_once('>')?;
            let (text, _) = text.split_once('<')?;
            Some(text.trim().to_owned())
        })
        .filter(|text| !text.is_empty())
        .collect()
}

/// The index of each package, from a list in which every pin is followed by `# from URL`.
pub(super) fn indexes(annotated: &str) -> Vec<(String, String)> {
    let mut indexes = Vec::new();
    let mut name = None;
    for line in annotated.lines() {
        if let Some(url) = line.trim_start().strip_prefix("# from ") {
            indexes.extend(name.take().map(|name| (name, url.trim().to_owned())));
        } else if let Some((pinned, _)) = line.split_once("==") {
            name = pinned.split('[').next().map(str::to_owned);
        }
    }
    indexes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_give_the_same_names() {
        let json = r#"{"meta": {"api-version": "1.1"}, "name": "a", "files": [
            {"filename": "a-1-py3-none-any.whl", "url": "x", "hashes": {}},
            {"filename": "a-1.tar.gz", "url": "y", "hashes": {}}]}"#;
        let html = "<!DOCTYPE html><html><head><title>Links for a</title></head><body>\n\
            <a href=\"https://index.example/a-1-py3-none-any.whl#sha256=00\"\n \
            data-requires-python=\"&gt;=3.8\">a-1-py3-none-any.whl</a><br/>\n\
            <A href='y'> a-1.tar.gz </A></body></html>";
        for page in [json, html] {
            assert_eq!(
                file_names(page).unwrap(),
                ["a-1-py3-none-any.whl", "a-1.tar.gz"]
            );
        }
    }

    #[test]
    fn what_is_no_page_gives_nothing() {
        for page in ["", "{}", "{\"files\": 3}", "<html>not found</html>", "<a "] {
            assert_eq!(file_names(page), None, "{page:?}");
        }
    }

    #[test]
    fn annotations_name_the_index_of_each_package() {
        let text = "numpy==2.4.6\n    # from https://index.example/simple\nlib @ file:///lib\n\
                    pandas[aws]==3.1.1 ; python_version > '3'\n    # from https://two.example/x/\n";
        let expected = [
            ("numpy", "https://index.example/simple"),
            ("pandas", "https://two.example/x/"),
        ];
        let expected = expected.map(|(name, url)| (name.to_owned(), url.to_owned()));
        assert_eq!(indexes(text), expected);
    }
}
