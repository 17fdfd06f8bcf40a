//! The most expensive modules, as rows of a table.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::time::Duration;

use barrow_core::trace::Summary;
use barrow_core::trace::summary::Module;

use super::words;
use crate::output::page::html;
use crate::output::text;

/// How many modules are in the table for their self times, and how many for their totals.
const COSTLIEST: usize = 40;

/// More importers than these are not listed one by one.
const LONGEST_CHAIN: usize = 5;

/// Stays with the name after it.
const ARROW: &str = " ←\u{a0}";

/// By self time, as the summary has them.
pub(super) fn rows(summary: &Summary<'_>) -> String {
    let modules = shown(summary);
    let self_times = modules.iter().map(|module| module.self_time);
    let totals = modules.iter().map(|module| module.total);
    let longest_self = self_times.max().unwrap_or_default();
    let longest_total = totals.max().unwrap_or_default();
    modules
        .iter()
        .map(|module| {
            let of_self = words::share(module.self_time, longest_self);
            let of_total = words::share(module.total, longest_total);
            row(module, of_self, of_total)
        })
        .collect()
}

pub(super) fn caption(summary: &Summary<'_>) -> String {
    let shown = shown(summary).len();
    if shown == summary.modules.len() {
        format!("All {}.", text::counted(shown, "module"))
    } else {
        format!("{shown} of {} modules.", summary.modules.len())
    }
}

fn shown<'s, 't>(summary: &'s Summary<'t>) -> Vec<&'s Module<'t>> {
    let mut by_total: Vec<_> = summary.modules.iter().collect();
    by_total.sort_by_key(|module| Reverse(module.total));
    let by_total: HashSet<&str> = by_total
        .iter()
        .take(COSTLIEST)
        .map(|module| module.name)
        .collect();
    let modules = summary.modules.iter().enumerate();
    modules
        .filter(|(position, module)| *position < COSTLIEST || by_total.contains(module.name))
        .map(|(_, module)| module)
        .collect()
}

/// With a bar for either order of the rows: parts of the longest.
fn row(module: &Module<'_>, of_self: f64, of_total: f64) -> String {
    let why = match module.importing_packages().as_slice() {
        [] => String::new(),
        packages => format!(", imported by <bdi>{}</bdi>", html(&chain(packages))),
    };
    let class = module.origin.as_str();
    format!(
        "<tr data-self=\"{}\" data-total=\"{}\">\
         <td><span class=\"name\">{}</span> \
         <span class=\"why\"><i class=\"dot {class}\"></i>{}{why}</span></td> \
         <td class=\"bar\"><span class=\"of-self {class}\" style=\"width:{:.2}%\"></span>\
         <span class=\"of-total {class}\" style=\"width:{:.2}%\"></span></td>\
         <td class=\"number\">{}</td> <td class=\"number\">{}</td></tr>\n",
        module.self_time.as_micros(),
        module.total.as_micros(),
        breakable(module.name),
        words::origin(module.origin),
        100.0 * of_self,
        100.0 * of_total,
        milliseconds(module.self_time),
        milliseconds(module.total),
    )
}

/// `numpy ← pandas ← app`; of a long chain, both ends.
fn chain(packages: &[&str]) -> String {
    match packages {
        [first, second, third, _, .., last] if packages.len() > LONGEST_CHAIN => {
            [first, second, third, "…", last].join(ARROW)
        }
        _ => packages.join(ARROW),
    }
}

/// A long name may go on in the next line with a dot.
fn breakable(name: &str) -> String {
    html(name).replace('.', "<wbr>.")
}

/// With one digit behind the point, so that a column of them can be compared at a glance.
fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}
