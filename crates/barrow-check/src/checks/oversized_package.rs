//! Packages that are too large unzipped.

use barrow_model::Bytes;
use barrow_model::limits::UNZIPPED_LIMIT_BYTES;

use crate::finding::Finding;
use crate::package::{Form, Package};
use crate::report::Report;
use crate::scene::Scene;
use crate::{slimming, weight};

crate::check! {
    /// # Finds
    /// A function whose package and layers have 262144000 bytes (250 MiB) or more together,
    /// unzipped; a layer that has as much alone.
    ///
    /// # Matters because
    /// Lambda answers with `Unzipped size must be smaller than 262144000 bytes`, or with layers
    /// `Function code combined with layers exceeds the maximum allowed size of 262144000 bytes`.
    /// Neither a bucket nor a quota changes that.
    ///
    /// # For example
    /// pandas, pyarrow and scipy in one function.
    ///
    /// # To mend it
    /// Leave out what the function does not import; tests, headers and debugging symbols are named
    /// with what they take. A function from a container image may have 10 GB.
    pub static OVERSIZED_PACKAGE = "oversized-package", Limits, Error;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let packages: Vec<_> = scene
        .packages()
        .filter(|package| is_known(package))
        .collect();
    let alone = packages.iter().filter(|package| is_too_large(&[package]));
    let mut is_found = false;
    for package in alone {
        is_found = true;
        let words =
            format!("Lambda: `Unzipped size must be smaller than {UNZIPPED_LIMIT_BYTES} bytes`");
        let message = format!("`{}` has {}", package.name, limited(&[package]));
        report.add(finding(scene, &[package], message).detail(words));
    }
    // Where one is too large alone, it is the cause.
    if is_found || !is_too_large(&packages) {
        return;
    }
    let (who, words) = match scene.function {
        Some(_) => (
            "function and layers have",
            format!(
                "Lambda: `Function code combined with layers exceeds the maximum allowed size of \
                 {UNZIPPED_LIMIT_BYTES} bytes. The actual size is {} bytes.`",
                unzipped(&packages)
            ),
        ),
        None => (
            "the layers have",
            format!(
                "Lambda: `Layers consume more than the available size of \
                 {UNZIPPED_LIMIT_BYTES} bytes`"
            ),
        ),
    };
    let message = format!("{who} {}", limited(&packages));
    report.add(finding(scene, &packages, message).detail(words));
}

/// What was refused unread has its own check.
fn is_known(package: &Package) -> bool {
    package.is_legible() || !matches!(package.form, Form::Zip { .. })
}

fn unzipped(packages: &[&Package]) -> u64 {
    packages
        .iter()
        .map(|package| package.unzipped_bytes())
        .sum()
}

fn is_too_large(packages: &[&Package]) -> bool {
    unzipped(packages) >= UNZIPPED_LIMIT_BYTES
}

fn limited(packages: &[&Package]) -> String {
    let bytes = unzipped(packages);
    format!(
        "{} unzipped ({bytes} bytes); Lambda takes less than {} ({UNZIPPED_LIMIT_BYTES} bytes)",
        Bytes(bytes),
        Bytes(UNZIPPED_LIMIT_BYTES)
    )
}

fn finding(scene: &Scene<'_>, packages: &[&Package], message: String) -> Finding {
    let mut finding = Finding::new(&OVERSIZED_PACKAGE, message).detail(weight::largest(
        scene,
        packages,
        |file| file.unzipped_bytes,
    ));
    if let Some(needless) = slimming::needless_unzipped(packages) {
        finding = finding.detail(format!("not needed to run: {needless}"));
    }
    finding
        .hint("leave out what the function does not import")
        .hint("a function from a container image may have 10 GB")
}
