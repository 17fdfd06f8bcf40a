//! What the page says in words: what the start costs, for whom, and what would help.

use std::time::Duration;

use barrow_core::trace::summary::Package;
use barrow_core::trace::{Origin, Summary};

use crate::output::page::html;
use crate::output::{human, text};

/// How many packages the first sentence and the advice name.
const NAMED: usize = 3;

/// Advice is about what takes at least this part of the total.
const WORTH_A_WORD: f64 = 0.05;

/// AWS's loop around the handler. A function cannot do without.
const RUNTIME_CLIENT: &str = "awslambdaric";

/// The total, and the packages that have the largest part in it.
pub(super) fn lead(summary: &Summary<'_>) -> String {
    let direct = summary.direct();
    if direct.is_empty() {
        return "This start imports nothing that could be measured.".to_owned();
    }
    let named = direct.iter().take(NAMED).enumerate();
    let named: Vec<String> = named
        .map(|(position, package)| {
            let whose = match package.origin {
                Origin::Task => "the function’s own ",
                _ => "",
            };
            let verb = if position == 0 { "takes " } else { "" };
            format!("{whose}{} {verb}{}", code(package), time(package.direct))
        })
        .collect();
    format!(
        "This start spends <strong>{}</strong> on {}. {}.",
        time(summary.total),
        text::counted(summary.imports, "import"),
        capitalised(&text::listed(&named))
    )
}

/// A bar and its legend, or nothing: how the total divides among the origins.
pub(super) fn shares(summary: &Summary<'_>) -> String {
    let whole = summary
        .origins
        .iter()
        .fold(Duration::ZERO, |sum, (_, time)| sum.saturating_add(*time));
    if whole.is_zero() {
        return String::new();
    }
    let mut bar = String::new();
    let mut legend = String::new();
    for &(origin, spent) in &summary.origins {
        let share = share(spent, whole);
        let class = origin.as_str();
        bar.push_str(&format!(
            "<span class=\"{class}\" style=\"flex-grow:{share:.5}\"></span>"
        ));
        legend.push_str(&format!(
            "<li><i class=\"dot {class}\"></i>{} <span>{} · {:.0}&nbsp;%</span></li>\n",
            heading(origin),
            time(spent),
            100.0 * share
        ));
    }
    format!(
        "<div class=\"shares\" aria-hidden=\"true\">{bar}</div>\n<ul class=\"legend\">\n{legend}</ul>"
    )
}

/// Items of a list.
pub(super) fn advice(summary: &Summary<'_>, notes: &[&str]) -> String {
    let mut items = Vec::new();
    let direct = summary.direct();
    let lazy: Vec<String> = direct
        .iter()
        .filter(|package| is_optional(package) && is_worth_a_word(package.direct, summary))
        .take(NAMED)
        .map(|package| format!("{} for {}", time(package.direct), code(package)))
        .collect();
    if !lazy.is_empty() {
        items.push(format!(
            "<b>Import later.</b> Packages that only some events need can be imported inside the \
             handler. All other starts are then spared up to {}.",
            text::listed(&lazy)
        ));
    }
    let own = summary
        .origins
        .iter()
        .find(|(origin, _)| *origin == Origin::Task);
    if let Some(&(_, own)) = own.filter(|(_, own)| is_worth_a_word(*own, summary)) {
        items.push(format!(
            "<b>Do less at import.</b> The function’s own modules take {} themselves. Clients, \
             models and files that they make or read at the top level can wait for their first use.",
            time(own)
        ));
    }
    if summary.imports > 0 {
        items.push(
            "<b>Bring bytecode.</b> A module without a matching <code>.pyc</code> is compiled at \
             every cold start, because the package’s folder is read-only and the result is lost."
                .to_owned(),
        );
    }
    items.extend(notes.iter().map(|note| html(note)));
    items
        .iter()
        .map(|item| format!("<li>{item}</li>\n"))
        .collect()
}

/// What a module of this origin is, in a row about it.
pub(super) fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Task => "the function’s code",
        Origin::Dependency => "dependency",
        Origin::Layer => "layer",
        Origin::Runtime => "runtime",
        Origin::Python => "standard library",
        Origin::Unknown => "unknown origin",
    }
}

fn heading(origin: Origin) -> &'static str {
    match origin {
        Origin::Task => "The function’s code",
        Origin::Dependency => "Dependencies",
        Origin::Layer => "Layers",
        Origin::Runtime => "Runtime and SDK",
        Origin::Python => "Standard library",
        Origin::Unknown => "Unknown origin",
    }
}

/// Between 0 and 1; of nothing, nothing.
pub(super) fn share(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() {
        return 0.0;
    }
    part.as_secs_f64() / whole.as_secs_f64()
}

fn is_worth_a_word(time: Duration, summary: &Summary<'_>) -> bool {
    share(time, summary.total) >= WORTH_A_WORD
}

fn is_optional(package: &Package<'_>) -> bool {
    match package.origin {
        Origin::Dependency | Origin::Layer | Origin::Unknown => true,
        Origin::Runtime => package.name != RUNTIME_CLIENT,
        Origin::Task | Origin::Python => false,
    }
}

fn code(package: &Package<'_>) -> String {
    format!("<code><bdi>{}</bdi></code>", html(package.name))
}

/// As in a terminal, but on one line.
fn time(time: Duration) -> String {
    human::duration(time.as_secs_f64()).replace(' ', "&nbsp;")
}

/// A sentence may begin with words of ours; a module's name stays as it is.
fn capitalised(text: &str) -> String {
    match text.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => text.to_owned(),
    }
}
