//! What the page says, and what it makes of names that want to be markup.

use barrow_core::trace::{package_of, read};

use super::*;
use crate::output::text;

const RECORDING: &str = "\
import time:      3000 |       3000 |   codecs
import time:      1000 |       4000 | encodings
import time:    180000 |     180000 |       numpy
import time:    320000 |     500000 |     pandas.core
import time:      2000 |     502000 |   pandas
import time:    180000 |     180000 |   boto3
import time:     80000 |      80000 |   shop
import time:      9000 |     771000 | app
";

fn page_of(recording: &str, notes: &[&str]) -> String {
    let imports = read(recording.as_bytes()).imports;
    let origin_of = |module: &str| match package_of(module) {
        "app" | "shop" => Origin::Task,
        "pandas" | "numpy" => Origin::Dependency,
        "boto3" => Origin::Runtime,
        _ => Origin::Python,
    };
    page(&imports, "thumbs on python3.13", origin_of, notes)
}

/// The text between the first `from` and the next `to`, without elements.
fn words<'p>(page: &'p str, from: &str, to: &str) -> String {
    let element = |part: &'p str| part.split_once('>').map_or("", |(_, text)| text);
    let (_, rest) = page.split_once(from).unwrap();
    let (inside, _) = rest.split_once(to).unwrap();
    let mut parts = inside.split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    text.extend(parts.map(element));
    text.replace("&nbsp;", " ").trim().to_owned()
}

fn check_lead(recording: &str, expected: &str) {
    let page = page_of(recording, &[]);
    assert_eq!(words(&page, "<p class=\"lead\">", "</p>"), expected);
}

fn check_advice(recording: &str, notes: &[&str], expected: &[&str]) {
    let page = page_of(recording, notes);
    let advice = words(&page, "<ul class=\"advice\">", "</ul>");
    let begins: Vec<&str> = advice.lines().collect();
    assert_eq!(begins.len(), expected.len(), "{begins:?}");
    for (line, begin) in begins.iter().zip(expected) {
        assert!(line.starts_with(begin), "{line:?}");
    }
}

#[test]
fn the_first_sentences_say_how_much_and_for_what() {
    check_lead(
        RECORDING,
        "This start spends 775 ms on 8 imports. pandas takes 502 ms, boto3 180 ms and \
         the function’s own shop 80 ms.",
    );
    check_lead(
        "import time:      1000 |       1000 | app\n",
        "This start spends 1 ms on 1 import. The function’s own app takes 1 ms.",
    );
    check_lead("", "This start imports nothing that could be measured.");
}

#[test]
fn advice_is_about_what_is_worth_it() {
    check_advice(
        RECORDING,
        &["The package has <no> bytecode."],
        &[
            "Import later. Packages that only some events need can be imported inside the \
             handler. All other starts are then spared up to 502 ms for pandas and 180 ms for \
             boto3.",
            "Do less at import. The function’s own modules take 89 ms themselves.",
            "Bring bytecode.",
            "The package has &lt;no&gt; bytecode.",
        ],
    );
    check_advice(
        "import time:      1000 |       1000 | json\n",
        &[],
        &["Bring bytecode."],
    );
}

#[test]
fn the_legend_has_the_origins_that_occur() {
    let page = page_of(RECORDING, &[]);
    let legend = words(&page, "<ul class=\"legend\">", "</ul>");
    assert_eq!(
        legend.lines().collect::<Vec<_>>(),
        [
            "The function’s code 89 ms · 11 %",
            "Dependencies 502 ms · 65 %",
            "Runtime and SDK 180 ms · 23 %",
            "Standard library 4 ms · 1 %",
        ]
    );
}

#[test]
fn the_table_is_there_without_a_script() {
    let page = page_of(RECORDING, &[]);
    assert_eq!(words(&page, "<caption>", " Times"), "All 8 modules.");
    let rows = words(&page, "<tbody>", "</tbody>");
    let rows: Vec<_> = rows.lines().map(str::trim).collect();
    assert_eq!(rows.len(), 8);
    assert_eq!(
        rows[0],
        "pandas.core dependency, imported by app 320.0 500.0"
    );
    assert_eq!(
        rows[2],
        "numpy dependency, imported by pandas ←\u{a0}app 180.0 180.0"
    );
    assert_eq!(rows[4], "app the function’s code 9.0 771.0");
}

#[test]
fn a_long_chain_of_importers_is_cut() {
    let line = |depth: usize| {
        let indent = "  ".repeat(depth);
        format!("import time:      1000 |       1000 | {indent}m{depth}\n")
    };
    let recording: String = (0..8).rev().map(line).collect();
    let page = page_of(&recording, &[]);
    let arrow = " ←\u{a0}";
    let chain = ["m6", "m5", "m4", "…", "m0"].join(arrow);
    assert!(page.contains(&format!("imported by <bdi>{chain}</bdi>")));
    let chain = ["m4", "m3", "m2", "m1", "m0"].join(arrow);
    assert!(page.contains(&format!("imported by <bdi>{chain}</bdi>")));
}

#[test]
fn a_long_table_is_cut() {
    let mut recording = String::new();
    for number in 0..100 {
        recording += &format!(
            "import time: {number:>9} | {:>10} | m{number}\n",
            200 - number
        );
    }
    let page = page_of(&recording, &[]);
    assert_eq!(words(&page, "<caption>", " Times"), "80 of 100 modules.");
    assert_eq!(page.matches("<tr data-self").count(), 80);
}

/// The page without its data, and the data.
fn parts(page: &str) -> (String, &str) {
    let (before, rest) = page.split_once("id=\"data\">").unwrap();
    let (data, behind) = rest.split_once("</script>").unwrap();
    (format!("{before}</script>{behind}"), data)
}

#[test]
fn a_name_cannot_become_markup() {
    let plain = page_of("import time:      1000 |       1000 | a\n", &["a"]);
    for name in [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "{{script}}{{data}}",
        "a&lt;b\u{202e}\u{0}c",
    ] {
        let line = format!("import time:      1000 |       1000 | {name}\n");
        let imports = read(line.as_bytes()).imports;
        let page = page(&imports, name, |_| Origin::Task, &[name]);
        let (text, data) = parts(&page);
        for tag in ["<script", "</script", "<!--", "<img", "\" on"] {
            let expected = parts(&plain).0.matches(tag).count();
            assert_eq!(text.matches(tag).count(), expected, "{tag} {name:?}");
        }
        assert!(!data.contains(['<', '>', '&']), "{data}");
        let cells: Vec<(usize, String, u64, u64, usize)> = serde_json::from_str(data).unwrap();
        assert_eq!(cells, [(0, text::visible(name), 1000, 1000, 0)]);
    }
}

#[test]
fn the_page_asks_for_nothing() {
    let page = page_of(RECORDING, &[]);
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
fn script_and_summary_agree_on_the_origins() {
    let words: Vec<_> = Origin::ALL
        .map(|origin| format!("\"{}\"", origin.as_str()))
        .to_vec();
    assert!(SCRIPT.contains(&format!("const ORIGINS = [{}];", words.join(", "))));
    let words: Vec<_> = Origin::ALL
        .map(|origin| format!("\"{}\"", words::origin(origin)))
        .to_vec();
    assert!(SCRIPT.contains(&format!("const WORDS = [{}];", words.join(", "))));
    for origin in Origin::ALL {
        assert!(STYLE.contains(&format!(".{} {{", origin.as_str())));
    }
}
