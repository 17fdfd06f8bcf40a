//! What the compiled code of packages was compiled for.

use std::collections::BTreeSet;

use barrow_check::Package;
use barrow_check::extension::{self, Tag};
use barrow_check::facts::Facts;
use barrow_check::facts::elf::{Elf, Machine};
use barrow_model::{Arch, Runtime, Target};

use crate::output::json::inspect::PlatformDocument;

/// The sum of what binaries ask for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Platform {
    binaries: usize,
    /// As in file names: `312`, `313t`.
    pythons: BTreeSet<String>,
    has_stable_abi: bool,
    machines: BTreeSet<Machine>,
    glibc: Option<(u32, u32)>,
    needs_musl: bool,
    foreign: usize,
}

impl Platform {
    pub fn of<'a>(packages: impl IntoIterator<Item = &'a Package>) -> Self {
        let mut platform = Self::default();
        for file in packages.into_iter().flat_map(Package::files) {
            match &file.facts {
                Facts::Elf(elf) => platform.add(file.path.file_name(), elf),
                Facts::Foreign(_) => platform.foreign += 1,
                _ => {}
            }
        }
        platform
    }

    fn add(&mut self, file_name: &str, elf: &Elf) {
        self.binaries += 1;
        self.machines.insert(elf.machine);
        match extension::parse(file_name).map(|name| name.tag) {
            Some(Tag::CPython { version, .. }) => {
                self.pythons.insert(version.to_owned());
            }
            Some(Tag::Stable) => self.has_stable_abi = true,
            _ => {}
        }
        let names = elf.versions.iter().flat_map(|versions| &versions.names);
        self.glibc = names.filter_map(|name| glibc(name)).chain(self.glibc).max();
        self.needs_musl |= elf.is_musl();
    }

    /// The only runtime that can load all of it, where there is one.
    pub fn runtime(&self) -> Option<Runtime> {
        let mut pythons = self.pythons.iter();
        let (version, None) = (pythons.next()?, pythons.next()) else {
            return None;
        };
        format!("python{}", extension::spell_version(version))
            .parse()
            .ok()
    }

    /// The architecture of all of it, where there is one.
    pub fn arch(&self) -> Option<Arch> {
        let mut machines = self.machines.iter();
        let (machine, None) = (machines.next()?, machines.next()) else {
            return None;
        };
        Arch::ALL
            .into_iter()
            .find(|arch| Machine::of(*arch) == *machine)
    }

    /// What flags say, else what the files say, else what `barrow build` takes.
    pub fn target(&self, runtime: Option<Runtime>, arch: Option<Arch>) -> Target {
        Target {
            runtime: runtime
                .or(self.runtime())
                .unwrap_or_else(Runtime::recommended),
            arch: arch.or(self.arch()).unwrap_or(Arch::X86_64),
        }
    }

    pub fn document(&self) -> PlatformDocument {
        let architecture = |machine: &Machine| {
            let of_lambda = Arch::ALL
                .into_iter()
                .find(|arch| Machine::of(*arch) == *machine);
            of_lambda.map_or_else(|| machine.to_string(), |arch| arch.to_string())
        };
        PlatformDocument {
            binaries: self.binaries,
            pythons: self
                .pythons
                .iter()
                .map(|version| extension::spell_version(version))
                .collect(),
            has_stable_abi: self.has_stable_abi,
            architectures: self.machines.iter().map(architecture).collect(),
            glibc: self.glibc.map(|(major, minor)| format!("{major}.{minor}")),
            needs_musl: self.needs_musl,
            foreign: self.foreign,
            runtime: self.runtime().map(|runtime| runtime.to_string()),
        }
    }
}

/// `(2, 28)` of `GLIBC_2.28`.
fn glibc(symbol_version: &str) -> Option<(u32, u32)> {
    let mut numbers = symbol_version.strip_prefix("GLIBC_")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}
