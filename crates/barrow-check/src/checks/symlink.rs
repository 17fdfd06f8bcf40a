//! Symbolic links, and where they lead.

use barrow_core::zip::name::label;

use crate::finding::{Finding, Level};
use crate::link::{Leads, Link};
use crate::package::Package;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Symbolic links, and where they lead: inside the package, out of it, or to nothing.
    ///
    /// # Matters because
    /// Lambda unpacks links as links; AWS promises nothing, and single reports say that they broke.
    /// Many tools that touch a package on its way replace or drop them. One that leads nowhere is a
    /// missing file.
    ///
    /// # For example
    /// `libfoo.so -> libfoo.so.1`, packed with `zip --symlinks`; a `bin/python` that leads to a
    /// laptop's Python.
    ///
    /// # To mend it
    /// `barrow check --fix` puts the file itself in place of a link that leads to one inside the
    /// package.
    pub static SYMLINK = "symlink", Archive, Note, fixable;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let links = |is_wanted: &dyn Fn(&Link) -> bool| -> Vec<&Link> {
            let links = package.links.iter();
            links.filter(|link| is_wanted(link)).collect()
        };
        let inside = links(&|link| matches!(link.leads, Leads::File(_) | Leads::Folder(_)));
        if let Some(found) = finding(package, &inside, "to a place inside the package") {
            report.add(found.mended(package, "puts the files themselves in their place"));
        }
        let outside = |link: &Link| link.leads == Leads::Outside;
        let known = links(&|link| outside(link) && is_on_lambda(&link.target));
        let place = "out of the package, to where a layer or the runtime may have it";
        report.extend(finding(package, &known, place));

        let unknown = links(&|link| outside(link) && !is_on_lambda(&link.target));
        let place = "to a place that Lambda does not have";
        let unknown = finding(package, &unknown, place);
        report.extend(unknown.map(|found| found.level(Level::Warning)));

        let dead = links(&|link| link.leads == Leads::Nowhere);
        let dead = finding(package, &dead, "to nothing");
        report.extend(dead.map(|found| found.level(Level::Warning)));
    }
}

fn finding(package: &Package, links: &[&Link], place: &str) -> Option<Finding> {
    let message = match links {
        [] => return None,
        [Link { path, target, .. }] => {
            format!(
                "`{path}` is a link to `{}`, which leads {place}",
                label(target)
            )
        }
        links => format!("{} symbolic links lead {place}", links.len()),
    };
    let places = package.places(links.iter().map(|link| &link.path));
    Some(Finding::new(&SYMLINK, message).places(places))
}

/// Folders of the execution environment that are there, or that a layer fills.
fn is_on_lambda(target: &str) -> bool {
    const FOLDERS: [&str; 7] = [
        "/opt/",
        "/var/lang/",
        "/var/runtime/",
        "/tmp/",
        "/usr/",
        "/lib64/",
        "/etc/",
    ];
    FOLDERS.iter().any(|folder| target.starts_with(folder))
}
