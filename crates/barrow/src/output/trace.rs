//! What a start spends on imports, for a terminal.

use std::fmt::Write as _;
use std::time::Duration;

use barrow_core::trace::Summary;
use barrow_core::trace::summary::Package;

/// More are in the page.
const SHOWN: usize = 12;
/// The longest bar, in characters.
const WIDTH: u32 = 24;

/// The total, and the packages that the function's own code imports, the costliest first.
pub fn summary(summary: &Summary<'_>) -> String {
    if summary.imports == 0 {
        return "Python has measured no imports".to_owned();
    }
    let mut text = format!(
        "{} imports in {}\n",
        summary.imports,
        milliseconds(summary.total)
    );
    let packages = summary.direct();
    let longest = packages
        .iter()
        .map(|package| package.name.len())
        .take(SHOWN)
        .max();
    for package in packages.iter().take(SHOWN) {
        let _ = writeln!(
            text,
            "  {:>9}  {:<width$}  {:<10}  {}",
            milliseconds(package.direct),
            package.name,
            package.origin.as_str(),
            bar(package, summary.total),
            width = longest.unwrap_or_default()
        );
    }
    if packages.len() > SHOWN {
        let rest: Duration = packages[SHOWN..].iter().map(|package| package.direct).sum();
        let _ = writeln!(
            text,
            "  {:>9}  {} others",
            milliseconds(rest),
            packages.len() - SHOWN
        );
    }
    text
}

fn bar(package: &Package<'_>, total: Duration) -> String {
    let share = package.direct.as_secs_f64() / total.as_secs_f64().max(1e-6);
    let filled = (share * f64::from(WIDTH))
        .round()
        .clamp(0.0, f64::from(WIDTH));
    (0..WIDTH)
        .take_while(|place| f64::from(*place) < filled)
        .map(|_| '█')
        .collect()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
