//! Recordings of every version, streams that others write to as well, and arbitrary text.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A forest as indented lines of `module self+total`, in microseconds.
fn shown(imports: &[Import]) -> Vec<String> {
    let mut lines = Vec::new();
    crate::trace::walk(imports, |importers, import| {
        lines.push(format!(
            "{}{} {}/{}",
            "  ".repeat(importers.len()),
            import.module,
            import.self_time.as_micros(),
            import.total.as_micros()
        ));
    });
    lines
}

fn check(output: &str, expected: &[&str], rest: &str) {
    let recording = read(output.as_bytes());
    assert_eq!(shown(&recording.imports), expected, "{output:?}");
    assert_eq!(String::from_utf8_lossy(&recording.rest), rest, "{output:?}");
}

/// Each version imports other things for the same two modules; this they have in common.
fn check_recorded(output: &str) {
    let Recording { imports, rest } = read(output.as_bytes());
    assert_eq!(rest, b"loading loaded\n");
    let count = output.matches("import time:").count() - 1;
    let shown = shown(&imports);
    assert_eq!(shown.len(), count);
    let modules: Vec<&str> = shown
        .iter()
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(module, _)| module)
        .collect();
    let expected = [
        "json",
        "  json.decoder",
        "    re",
        "      enum",
        "        types",
    ];
    assert!(modules.windows(5).any(|window| window == expected));
    let decimal = [
        "decimal",
        "  _decimal",
        "    numbers",
        "    collections.abc",
    ];
    assert!(modules.ends_with(&decimal));
    crate::trace::walk(&imports, |_, import| {
        let parts: Duration = import.children.iter().map(|child| child.total).sum();
        let rounding = Duration::from_micros(import.children.len() as u64 + 1);
        let whole = import.total..=import.total + rounding;
        assert!(whole.contains(&(import.self_time + parts)), "{import:?}");
    });
}

#[test]
fn recordings_of_every_version_are_read() {
    check_recorded(include_str!("../../../../../fixtures/importtime/3.8.txt"));
    check_recorded(include_str!("../../../../../fixtures/importtime/3.9.txt"));
    check_recorded(include_str!("../../../../../fixtures/importtime/3.10.txt"));
    check_recorded(include_str!("../../../../../fixtures/importtime/3.11.txt"));
    check_recorded(include_str!("../../../../../fixtures/importtime/3.12.txt"));
    check_recorded(include_str!("../../../../../fixtures/importtime/3.13.txt"));
}

#[test]
fn cached_imports_of_3_14_are_passed_over() {
    check(
        include_str!("../../../../../fixtures/importtime/3.14-cached.txt"),
        &[
            "graphlib 5295/5295",
            "fractions 25878/33064",
            "  numbers 7186/7186",
        ],
        "loading\nloaded\n",
    );
}

#[test]
fn children_come_before_their_parents() {
    check(
        "import time: self [us] | cumulative | imported package\n\
         import time:        10 |         10 |     a.b.c\n\
         import time:        20 |         30 |   a.b\n\
         import time:         5 |          5 |   a.d\n\
         import time:       100 |        135 | a\n\
         import time:         7 |          7 | e\n",
        &[
            "a 100/135",
            "  a.b 20/30",
            "    a.b.c 10/10",
            "  a.d 5/5",
            "e 7/7",
        ],
        "",
    );
}

#[test]
fn what_a_program_writes_is_handed_back() {
    check(
        "[INFO] über uns\r\n\
         3 of 4 … import time:         1 |          1 | a\n\
         import time: 12 s | all in all | fine\n\
         \n\
         import time:         2 |          2 | b\r\n\
         no end",
        &["a 1/1", "b 2/2"],
        "[INFO] über uns\r\n3 of 4 … import time: 12 s | all in all | fine\n\nno end",
    );
    let recording = read(b"\xff\0\nimport time:         1 |          1 | a\n\xfe");
    assert_eq!(recording.rest, b"\xff\0\n\xfe");
}

#[test]
fn a_line_that_only_looks_like_one_is_the_programs() {
    for line in [
        "import time: 1 | 1 | a",
        "import time:          1 |          1 | a",
        "import time:         1 |         1 | a",
        "import time:         1 |          1 |a",
        "import time:         1 |          1 | ",
        "import time:        +1 |          1 | a",
        "import time:         - |          1 | a",
        "import time:           |          1 | a",
        "import time: 99999999999999999999 |          1 | a",
        "import time: cached    | cached     | ",
        "import time:         1",
        " import time:",
    ] {
        check(line, &[], line);
    }
}

#[test]
fn times_wider_than_their_columns_are_read() {
    check(
        "import time: 1234567890 | 12345678901 | slow\n",
        &["slow 1234567890/12345678901"],
        "",
    );
}

#[test]
fn a_program_stopped_amid_an_import_keeps_what_was_done() {
    check(
        "import time:         1 |          1 | a\n\
         import time:         2 |          2 |     b.c.d\n\
         import time:         3 |          3 |   b.e\n\
         import time:         4 |          4 |     b.f.g\n",
        &["a 1/1", "b.e 3/3", "  b.c.d 2/2", "b.f.g 4/4"],
        "",
    );
}

#[test]
fn a_self_time_below_nought_is_none() {
    check("import time:      -120 |          4 | a\n", &["a 0/4"], "");
}

#[test]
fn depth_has_an_end() {
    let line = |depth: usize| format!("import time: {:>9} | {:>10} | {:2$}a\n", 1, 1, 2 * depth);
    let output: String = (0..1500).rev().map(line).collect();
    let mut deepest = 0;
    crate::trace::walk(&read(output.as_bytes()).imports, |importers, _| {
        deepest = deepest.max(importers.len());
    });
    assert_eq!(deepest, DEEPEST);
}

/// As Python would print it.
fn rendered(imports: &[Import], depth: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for import in imports {
        lines.extend(rendered(&import.children, depth + 1));
        lines.push(format!(
            "import time: {:>9} | {:>10} | {}{}\n",
            import.self_time.as_micros(),
            import.total.as_micros(),
            "  ".repeat(depth),
            import.module
        ));
    }
    lines
}

fn import() -> impl Strategy<Value = Import> {
    let module = "[a-zé_.|:0-9][^\r\n]{0,12}";
    let leaf = (module, any::<u32>(), any::<u64>()).prop_map(|(module, own, total)| Import {
        module,
        self_time: Duration::from_micros(own.into()),
        total: Duration::from_micros(total),
        children: Vec::new(),
    });
    leaf.prop_recursive(6, 48, 5, move |inner| {
        (module, any::<u64>(), any::<u32>(), vec(inner, 0..5)).prop_map(
            |(module, own, total, children)| Import {
                module,
                self_time: Duration::from_micros(own),
                total: Duration::from_micros(total.into()),
                children,
            },
        )
    })
}

proptest! {
    #[test]
    fn a_forest_that_is_printed_is_read_again(
        forest in vec(import(), 0..6),
        words in vec("[^\r\n]{0,20}(\r?\n)?", 1..8),
    ) {
        let mut stream = String::from("import time: self [us] | cumulative | imported package\n");
        let mut expected = String::new();
        let mut words = words.iter().cycle();
        for line in rendered(&forest, 0) {
            let word = words.next().expect("a cycle");
            expected.push_str(word);
            stream.push_str(word);
            stream.push_str(&line);
        }
        let recording = read(stream.as_bytes());
        prop_assert_eq!(recording.imports, forest);
        prop_assert_eq!(String::from_utf8_lossy(&recording.rest), expected);
    }

    #[test]
    fn arbitrary_bytes_are_handed_back(bytes in vec(any::<u8>(), 0..300)) {
        let recording = read(&bytes);
        prop_assert_eq!((recording.imports, recording.rest), (Vec::new(), bytes));
    }

    #[test]
    fn text_like_a_recording_is_read_without_a_panic(
        text in "(import time: |self|cached    \\| |[0-9 -]{1,12} \\| |[a-z .]{1,9}|\r?\n|é){0,60}",
    ) {
        let Recording { imports, rest } = read(text.as_bytes());
        crate::trace::Summary::of(&imports, |_| crate::trace::Origin::Unknown);
        prop_assert!(rest.len() <= text.len());
    }
}
