//! Parts of AWS's SDK, to be mixed with the runtime's.

use crate::distributions::Distribution;
use crate::finding::{Finding, Place};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Packages with some of `boto3`, `botocore` and `s3transfer`, where the others would come from
    /// the runtime; and, up to `python3.9`, `urllib3` 2 without them.
    ///
    /// # Matters because
    /// Each release of one fits few releases of the others, and the runtime's are of AWS's choice:
    /// `cannot import name 'DEFAULT_CIPHERS' from 'urllib3.util.ssl_' (/var/task/urllib3/util/ssl_.py)`
    /// is what such a mixture says. Up to `python3.9`, `botocore` does not take `urllib3` 2 at all.
    ///
    /// # For example
    /// `boto3` left out "because Lambda has it", and `botocore` brought by another dependency.
    ///
    /// # To mend it
    /// Leave all of them out, or put all of them in.
    pub static PARTIAL_SDK = "partial-sdk", Dependencies, Warning;
}

const SDK: [&str; 3] = ["boto3", "botocore", "s3transfer"];

fn run(scene: &Scene<'_>, report: &mut Report) {
    if scene.function.is_none() {
        return;
    }
    let distributions = scene.distributions();
    let find = |name| distributions.named(name).next();
    let inside: Vec<&Distribution<'_>> = SDK.into_iter().filter_map(find).collect();
    let outside: Vec<String> = SDK
        .into_iter()
        .filter(|name| find(name).is_none() && !distributions.has_module_of(name))
        .map(|name| format!("`{name}`"))
        .collect();
    let names: Vec<String> = inside.iter().map(|it| format!("`{it}`")).collect();
    let places = inside.iter().map(|it| Place::new(it.package, it.info));
    if !inside.is_empty() && !outside.is_empty() {
        let message = format!(
            "{} in the package would be mixed with {} of the runtime, whatever version that has",
            names.join(" and "),
            outside.join(" and ")
        );
        report.add(Finding::new(&PARTIAL_SDK, message).places(places));
        return;
    }
    // From 3.10 on, `botocore` takes `urllib3` 2.
    let urllib3 = find("urllib3").filter(|it| it.version().starts_with("2."));
    if let Some(urllib3) = urllib3
        && scene.target.runtime.minor() < 10
        && inside.is_empty()
    {
        let message = format!(
            "`{urllib3}` in the package hides the runtime's; the runtime's `botocore` does not take \
             `urllib3` 2 on {}",
            scene.target.runtime
        );
        report.add(
            Finding::new(&PARTIAL_SDK, message)
                .place(Place::new(urllib3.package, urllib3.info))
                .hint("`urllib3<2` is for both; or put `boto3` into the package"),
        );
    }
}
