//! Imports that no root comes to: whether their modules are there is worth a note.

use super::failure::Cause;
use super::load::{Imports, ModuleId, What, top};
use super::search::Found;
use super::standard::{Presence, presence};
use crate::facts::Facts;

impl Imports<'_> {
    /// Looks at the imports in functions, and at those under conditions that do not hold.
    pub(super) fn look_at_what_comes_later(&mut self) {
        for index in 0..self.modules.len() {
            let What::Source(_, source) = self.modules[index].what else {
                continue;
            };
            let module = ModuleId(u32::try_from(index).unwrap_or(u32::MAX));
            for later in &source.later {
                let Ok(name) = self.absolute(module, later.level, &later.module) else {
                    continue;
                };
                if let Some(cause) = self.missing(&name) {
                    let failure = self.note(cause, Some((module, later.line)));
                    self.failures[failure.index()].guard = later.guard;
                }
            }
        }
    }

    /// Why a module would not be found, without loading what is on the way.
    fn missing(&self, name: &str) -> Option<Cause> {
        let is_registered = self.is_registered(name) || self.registers_within(top(name));
        if is_registered || self.by_name.contains_key(name) {
            return None;
        }
        let mut parts = name.split('.');
        let Some(mut found) = self.search.find_top(parts.next()?) else {
            return self.absent(top(name));
        };
        for part in parts {
            let folders = match &found {
                Found::Package { init, folders } => match &init.file.facts {
                    Facts::Python(source) if !source.joins_namespace => folders,
                    _ => return None,
                },
                Found::Namespace(folders) => folders,
                Found::Standard if presence(name, self.minor()).is_none() => {
                    return self.absent(name);
                }
                Found::Standard => {
                    let is_there = presence(name, self.minor()) == Some(Presence::There);
                    return if is_there { None } else { self.absent(name) };
                }
                Found::Module(_) | Found::Runtime => return None,
            };
            match self.search.find_below(folders, part) {
                Some(below) => found = below,
                None => return self.absent(name),
            }
        }
        None
    }
}
