//! Archives that would unpack to far more than Lambda takes.

use barrow_model::Bytes;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;
use crate::survey::Flaw;
use crate::survey::flaw::Excess;

crate::check! {
    /// # Finds
    /// Archives that promise more than 4 GiB unzipped, or more than Lambda unpacks at over 100
    /// times their size. Their files are not looked at.
    ///
    /// # Matters because
    /// Lambda takes less than 262144000 bytes unzipped. What is larger by so much is a mistake, or
    /// made to exhaust whoever unpacks it.
    ///
    /// # For example
    /// 42 kB of zeros that unpack to 4.5 PB; or a log of 10 GB that was left in the project.
    ///
    /// # To mend it
    /// Find out where the archive comes from, or leave out what makes it so large.
    pub static ZIP_BOMB = "zip-bomb", Archive, Error;
}

const LARGEST_SHOWN: usize = 4;

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        for flaw in &package.flaws {
            let Flaw::Excessive(Excess::Bytes { unzipped, zipped }) = *flaw else {
                continue;
            };
            let message = format!(
                "`{}` has {} and promises {} unzipped; nothing of it was read",
                package.name,
                Bytes(zipped),
                Bytes(unzipped)
            );
            let mut largest: Vec<_> = package.files().iter().collect();
            largest.sort_by_key(|file| (std::cmp::Reverse(file.unzipped_bytes), &file.path));
            let places = largest.iter().take(LARGEST_SHOWN).map(|file| &file.path);
            report.add(Finding::new(&ZIP_BOMB, message).places(package.places(places)));
        }
    }
}
