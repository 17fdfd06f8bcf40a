//! `pip` and its like.

use barrow_model::Bytes;

use crate::distributions::Distribution;
use crate::finding::{Finding, Place};
use crate::owners;
use crate::report::Report;
use crate::requirements;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// `pip`, `setuptools` and `wheel` in a package, where no other distribution requires them.
    ///
    /// # Matters because
    /// They install packages, which a function does not. They take several MB.
    ///
    /// # For example
    /// The `site-packages` of a virtual environment, zipped as it is.
    ///
    /// # To mend it
    /// Leave them out. Old distributions import `pkg_resources`, which is a part of `setuptools`, without
    /// requiring it; where the handler comes to such an import, nothing is said.
    pub static INSTALLER_INSIDE = "installer-inside", Secrets, Note;
}

const INSTALLERS: [&str; 3] = ["pip", "setuptools", "wheel"];

fn run(scene: &Scene<'_>, report: &mut Report) {
    let distributions = scene.distributions();
    let inside: Vec<&Distribution<'_>> = INSTALLERS
        .into_iter()
        .flat_map(|name| distributions.named(name))
        .collect();
    if inside.is_empty() {
        return;
    }
    let wanted = requirements::wanted(distributions, scene.target);
    let is_imported = |installer: &Distribution<'_>| {
        let mut modules = scene.imports().modules();
        modules.any(|(_, module)| {
            let name = module.name.as_str();
            name == installer.name()
                || (name == "pkg_resources" && installer.name() == "setuptools")
        })
    };
    let needless: Vec<&Distribution<'_>> = inside
        .into_iter()
        .filter(|installer| wanted.iter().all(|wanted| wanted.name != installer.name()))
        .filter(|installer| scene.handler.is_none() || !is_imported(installer))
        .collect();
    if needless.is_empty() {
        return;
    }
    let of_installer = owners::group(scene, |package, file| {
        let owner = distributions.owner(package, file.path.as_str());
        owner.is_some_and(|owner| needless.iter().any(|it| it.info == owner.info))
    });
    let bytes: Bytes = of_installer.iter().map(owners::Owned::unzipped).sum();
    let names: Vec<String> = needless.iter().map(|it| format!("`{it}`")).collect();
    let message = match names.as_slice() {
        [name] => format!("{name} installs packages, which a function does not: {bytes}"),
        names => format!(
            "{} install packages, which a function does not: {bytes}",
            names.join(" and ")
        ),
    };
    let places = needless.iter().map(|it| Place::new(it.package, it.info));
    let mut finding = Finding::new(&INSTALLER_INSIDE, message).places(places);
    if needless.iter().any(|it| it.name() == "setuptools") {
        finding = finding.hint("`setuptools` has to stay if something imports `pkg_resources`");
    }
    report.add(finding);
}
