//! What the page says, and what it makes of names that want to be markup.

use super::*;
use crate::ops::size::Weight;
use crate::ops::size::kind::Kind;
use crate::ops::size::tree::Tree;
use crate::output::json::size::{Share, SizeDocument};
use crate::output::text;

fn share(name: &str, unzipped_bytes: u64) -> Share {
    let weight = Weight {
        files: 1,
        zipped_bytes: unzipped_bytes / 2,
        unzipped_bytes,
    };
    Share::new(Some(name.to_owned()), weight)
}

fn page_of(path: &str, names: &[&str]) -> String {
    let mut tree = Tree::default();
    let weight = Weight {
        files: 1,
        zipped_bytes: 512,
        unzipped_bytes: 1024,
    };
    for name in names {
        tree.add(&format!("{name} 1.0"), name, Kind::Python, weight);
    }
    let distributions = names
        .iter()
        .map(|name| share(name, 1024).version(Some((*name).to_owned())));
    let whole = 1024 * names.len() as u64;
    let document = SizeDocument {
        path: path.to_owned(),
        zipped_bytes: whole,
        unzipped_bytes: whole,
        files: names.len(),
        overhead_bytes: 0,
        by_distribution: distributions.collect(),
        by_folder: Vec::new(),
        by_kind: vec![share("Python", whole).about("the code")],
    };
    page(&Sizes {
        document,
        tree: tree.finish(),
    })
}

/// The page without its data, and the data.
fn parts(page: &str) -> (String, &str) {
    let (before, rest) = page.split_once("id=\"data\">").unwrap();
    let (data, behind) = rest.split_once("</script>").unwrap();
    (format!("{before}</script>{behind}"), data)
}

#[test]
fn the_first_sentences_say_how_much_and_whose() {
    let page = page_of("dist/app.zip", &["a", "b", "c", "d"]);
    let (_, lead) = page.split_once("<p class=\"lead\">").unwrap();
    let (lead, _) = lead.split_once("</p>").unwrap();
    let lead = lead
        .replace("&nbsp;", " ")
        .replace("<bdi>", "")
        .replace("</bdi>", "");
    assert_eq!(
        lead,
        "<strong>4.0 KiB</strong> unzipped of 250.0 MiB that Lambda takes, and <strong>4.0 KiB</strong> \
         zipped of 50.0 MiB for a direct upload, in 4 files. <code>a</code> takes 1.0 KiB, \
         <code>b</code> 1.0 KiB and <code>c</code> 1.0 KiB."
    );
    assert!(page.contains("<h1>app.zip</h1>"));
}

#[test]
fn the_data_has_every_file_in_its_place() {
    let page = page_of("app.zip", &["a/b.py"]);
    assert_eq!(
        parts(&page).1,
        r#"{"name":"app.zip","rows":[[0,"a_b.py 1.0"],[1,"a"],[2,"b.py",6,512,1024]]}"#
    );
}

#[test]
fn an_empty_package_has_a_page() {
    let page = page_of("app.zip", &[]);
    assert!(page.contains("<body class=\"nothing\">"));
}

#[test]
fn a_name_cannot_become_markup() {
    let plain = page_of("a", &["a"]);
    for name in [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "{{script}}{{data}}{{body}}",
        "a&lt;b\u{202e}\u{0}c",
    ] {
        let page = page_of(name, &[name]);
        let (text, data) = parts(&page);
        for tag in ["<script", "</script", "<!--", "<img", "\" on"] {
            let expected = parts(&plain).0.matches(tag).count();
            assert_eq!(text.matches(tag).count(), expected, "{tag} {name:?}");
        }
        assert!(!data.contains(['<', '>', '&']), "{data}");
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        let last = name.rsplit('/').next().unwrap();
        assert_eq!(data["name"], text::visible(last));
    }
}

#[test]
fn the_page_asks_for_nothing() {
    let page = page_of("app.zip", &["a", "b"]);
    assert!(page.contains("default-src 'none'"));
    for address in [
        "http:",
        "https:",
        "src=",
        "@import",
        "url(",
        "<link rel=\"stylesheet",
    ] {
        assert!(!page.contains(address), "{address}");
    }
    assert!(!page.contains("{{"), "a slot is left");
}

#[test]
fn script_style_and_table_agree_on_the_kinds() {
    let names = Kind::ALL.map(|kind| format!("\"{}\"", kind.name()));
    assert!(SCRIPT.contains(&format!("const KINDS = [{}];", names.join(", "))));
    for number in 0..Kind::ALL.len() {
        assert!(STYLE.contains(&format!(".kind-{number} {{")), "{number}");
    }
}
