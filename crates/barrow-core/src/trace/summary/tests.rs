//! Small recordings, and what is said about them.

use super::*;
use crate::trace::read;

/// `app` and `shop` are the function's; it needs `pandas` and `json`.
const RECORDING: &str = "\
import time:      3000 |       3000 |   codecs
import time:      1000 |       4000 | encodings
import time:     10000 |      10000 |         numpy.core
import time:     20000 |      30000 |       numpy
import time:      5000 |       5000 |       json
import time:     40000 |      75000 |     pandas.core
import time:      2000 |      77000 |   pandas
import time:      1000 |       1000 |     numpy.random
import time:      6000 |       7000 |   shop
import time:      9000 |      93000 | app
";

fn origin_of(module: &str) -> Origin {
    match package_of(module) {
        "app" | "shop" => Origin::Task,
        "numpy" => Origin::Layer,
        "pandas" => Origin::Dependency,
        "bootstrap" => Origin::Runtime,
        _ => Origin::Python,
    }
}

fn ms(time: Duration) -> u128 {
    time.as_millis()
}

fn check_packages(recording: &str, expected: &[&str]) {
    let imports = read(recording.as_bytes()).imports;
    let summary = Summary::of(&imports, origin_of);
    let seen: Vec<String> = summary
        .packages
        .iter()
        .map(|package| {
            format!(
                "{} {}: {} direct {} in {} ← {}",
                package.origin.as_str(),
                package.name,
                ms(package.total),
                ms(package.direct),
                package.imports,
                package.importing_packages().join(" ← ")
            )
        })
        .collect();
    assert_eq!(seen, expected);
    let direct: Duration = summary.packages.iter().map(|package| package.direct).sum();
    assert_eq!(direct, summary.total);
}

#[test]
fn packages_are_ordered_by_all_that_they_cause() {
    check_packages(
        RECORDING,
        &[
            "task app: 93 direct 9 in 1 ← ",
            "dependency pandas: 77 direct 77 in 2 ← app",
            "layer numpy: 31 direct 1 in 3 ← pandas ← app",
            "task shop: 7 direct 6 in 1 ← app",
            "python json: 5 direct 0 in 1 ← pandas ← app",
            "python encodings: 4 direct 4 in 1 ← ",
            "python codecs: 3 direct 0 in 1 ← encodings",
        ],
    );
}

#[test]
fn own_code_that_a_runtime_imports_answers_for_what_it_imports() {
    check_packages(
        "import time:      4000 |       4000 |       json\n\
         import time:      8000 |      12000 |     pandas\n\
         import time:      1000 |      13000 |   app\n\
         import time:      2000 |      15000 | bootstrap\n",
        &[
            "runtime bootstrap: 15 direct 2 in 1 ← ",
            "task app: 13 direct 1 in 1 ← bootstrap",
            "dependency pandas: 12 direct 12 in 1 ← app ← bootstrap",
            "python json: 4 direct 0 in 1 ← pandas ← app ← bootstrap",
        ],
    );
}

#[test]
fn a_package_that_leads_back_to_itself_counts_once() {
    check_packages(
        "import time:      1000 |       1000 |     pandas.io\n\
         import time:      2000 |       3000 |   numpy\n\
         import time:      4000 |       7000 | pandas\n\
         import time:      1000 |       1000 | pandas\n",
        &[
            "dependency pandas: 8 direct 8 in 3 ← ",
            "layer numpy: 3 direct 0 in 1 ← pandas",
        ],
    );
}

#[test]
fn what_the_function_asks_for_comes_by_its_cost() {
    let imports = read(RECORDING.as_bytes()).imports;
    let summary = Summary::of(&imports, origin_of);
    let direct: Vec<_> = summary
        .direct()
        .iter()
        .map(|package| package.name)
        .collect();
    assert_eq!(direct, ["pandas", "app", "shop", "encodings", "numpy"]);
}

#[test]
fn modules_are_ordered_by_what_they_take_themselves() {
    let imports = read(RECORDING.as_bytes()).imports;
    let summary = Summary::of(&imports, origin_of);
    assert_eq!((summary.imports, ms(summary.total)), (10, 97));
    let seen: Vec<String> = summary.modules[..4]
        .iter()
        .map(|module| {
            format!(
                "{} {}/{} ← {}",
                module.name,
                ms(module.self_time),
                ms(module.total),
                module.importers.join(" ← ")
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            "pandas.core 40/75 ← pandas ← app",
            "numpy 20/30 ← pandas.core ← pandas ← app",
            "numpy.core 10/10 ← numpy ← pandas.core ← pandas ← app",
            "app 9/93 ← ",
        ]
    );
    assert_eq!(summary.modules[2].importing_packages(), ["pandas", "app"]);
}

#[test]
fn a_module_that_is_tried_twice_is_explained_where_it_cost_more() {
    let imports = read(
        b"import time:      1000 |       1000 |   ujson\n\
          import time:      1000 |       2000 | a\n\
          import time:      3000 |       3000 |   ujson\n\
          import time:      1000 |       4000 | b\n",
    )
    .imports;
    let summary = Summary::of(&imports, origin_of);
    let module = &summary.modules[0];
    assert_eq!(
        (module.name, ms(module.self_time), ms(module.total)),
        ("ujson", 4, 4)
    );
    assert_eq!(module.importers, ["b"]);
}

#[test]
fn origins_that_occur_add_up_to_the_total() {
    let imports = read(RECORDING.as_bytes()).imports;
    let summary = Summary::of(&imports, origin_of);
    let seen: Vec<_> = summary
        .origins
        .iter()
        .map(|&(origin, time)| (origin.as_str(), ms(time)))
        .collect();
    assert_eq!(
        seen,
        [
            ("task", 15),
            ("dependency", 42),
            ("layer", 31),
            ("python", 9)
        ]
    );
}

#[test]
fn times_that_no_clock_shows_do_not_overflow() {
    let line = "import time: 18446744073709551615 | 18446744073709551615 | a\n";
    let imports = read(line.repeat(3).as_bytes()).imports;
    assert_eq!(imports.len(), 3);
    let summary = Summary::of(&imports, origin_of);
    assert_eq!(summary.packages[0].imports, 3);
}

#[test]
fn nothing_imported_is_nothing_spent() {
    let summary = Summary::of(&[], origin_of);
    assert_eq!((summary.imports, summary.total), (0, Duration::ZERO));
    assert_eq!(summary.direct(), Vec::<&Package<'_>>::new());
}
