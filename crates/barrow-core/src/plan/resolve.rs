//! Who gets a path that several want.
//!
//! Candidates are numbered by strength: a later one beats an earlier one. All of it is one sort
//! and a few passes over neighbours, because plans have tens of thousands of entries.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use super::conflict::{Conflict, Source};
use super::place::Candidate;
use super::{Layout, WheelId};

/// Candidates, and which of them are in the package.
#[derive(Debug)]
pub(super) struct Resolution<'c, 'w> {
    candidates: &'c [Candidate<'w>],
    /// Numbers of the winners, ordered by their paths.
    pub(super) winners: Vec<usize>,
    /// By candidate: the number of whoever has its path.
    holders: Vec<Option<usize>>,
    pub(super) conflicts: Vec<Conflict>,
}

impl<'c, 'w> Resolution<'c, 'w> {
    pub(super) fn new(layout: &Layout, candidates: &'c [Candidate<'w>]) -> Self {
        let mut conflicts = Vec::new();
        let left_out = left_out(layout, candidates, &mut conflicts);
        let mut winners: Vec<usize> = (0..candidates.len())
            .filter(|&number| !left_out[number])
            .collect();
        // Stable: of equal paths, the strongest stays last.
        winners.sort_by(|&a, &b| candidates[a].path.cmp(&candidates[b].path));
        let holders = vec![None; candidates.len()];
        let mut resolution = Self {
            candidates,
            winners,
            holders,
            conflicts,
        };
        resolution.settle_equal_paths();
        resolution.settle_files_and_folders();
        resolution
    }

    /// The winner at `path`.
    pub(super) fn at(&self, path: &str) -> Option<&'c Candidate<'w>> {
        self.position(path)
            .ok()
            .map(|position| &self.candidates[self.winners[position]])
    }

    /// Whether a candidate's bytes are in the package, its own or equal ones of somebody else.
    pub(super) fn is_kept(&self, number: usize) -> bool {
        self.holders[number].is_some_and(|holder| {
            number == holder || self.candidates[number].is_known_to_equal(&self.candidates[holder])
        })
    }

    fn position(&self, path: &str) -> Result<usize, usize> {
        let path_of = |number: usize| self.candidates[number].path.as_str();
        self.winners
            .binary_search_by(|&number| path_of(number).cmp(path))
    }

    fn settle_equal_paths(&mut self) {
        let candidates = self.candidates;
        let mut winners = Vec::with_capacity(self.winners.len());
        for group in self
            .winners
            .chunk_by(|&a, &b| candidates[a].path == candidates[b].path)
        {
            let (&last, losers) = group.split_last().expect("chunks are never empty");
            winners.push(last);
            for &number in group {
                self.holders[number] = Some(last);
            }
            let winner = &candidates[last];
            let mut told = None;
            for loser in losers.iter().map(|&number| &candidates[number]) {
                let source = loser.source;
                let is_told = source == winner.source || told == Some(source);
                if is_told || loser.is_known_to_equal(winner) {
                    continue;
                }
                told = Some(source);
                self.conflicts.push(Conflict::Path {
                    path: winner.path.clone(),
                    loser: source,
                    winner: winner.source,
                });
            }
        }
        self.winners = winners;
    }

    fn settle_files_and_folders(&mut self) {
        let clashes = self.files_that_are_folders();
        if clashes.is_empty() {
            return;
        }
        let candidates = self.candidates;
        let mut lost = vec![false; self.winners.len()];
        for (file, inside) in clashes {
            let number = self.winners[file];
            let strongest = self.winners[inside.clone()].iter().copied().max();
            let Some(strongest) = strongest.filter(|_| !lost[file]) else {
                continue;
            };
            let (losers, winner) = if number > strongest {
                (inside, number)
            } else {
                (file..file + 1, strongest)
            };
            for position in losers {
                let loser = &candidates[self.winners[position]];
                if !std::mem::replace(&mut lost[position], true) {
                    self.conflicts.push(Conflict::FileOrFolder {
                        file: candidates[number].path.clone(),
                        entry: loser.path.clone(),
                        loser: loser.source,
                        winner: candidates[winner].source,
                    });
                }
            }
        }
        let lost: HashSet<usize> = self
            .winners
            .iter()
            .zip(lost)
            .filter(|(_, lost)| *lost)
            .map(|(&number, _)| number)
            .collect();
        self.winners.retain(|number| !lost.contains(number));
        for holder in &mut self.holders {
            *holder = holder.filter(|number| !lost.contains(number));
        }
    }

    /// Positions of files whose path is a folder for others, outermost first, with the positions
    /// of what is in that folder.
    fn files_that_are_folders(&self) -> BTreeMap<usize, Range<usize>> {
        let path_of = |number: &usize| self.candidates[*number].path.as_str();
        let mut clashes = BTreeMap::new();
        let mut last_folder = "";
        for number in &self.winners {
            let Some((folder, _)) = path_of(number).rsplit_once('/') else {
                continue;
            };
            // Neighbours mostly share their folder, or at least the outer ones.
            let mut ancestor = Some(folder);
            while let Some(path) = ancestor.filter(|path| !is_in(last_folder, path)) {
                if let Ok(file) = self.position(path) {
                    // `0` is the byte after `/`.
                    let [start, end] = ["/", "0"].map(|end| {
                        let bound = format!("{path}{end}");
                        self.winners
                            .partition_point(|number| path_of(number) < bound.as_str())
                    });
                    clashes.insert(file, start..end);
                }
                ancestor = path.rsplit_once('/').map(|(folder, _)| folder);
            }
            last_folder = folder;
        }
        clashes
    }
}

/// Whether `path` is `folder` or something below it.
fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// By candidate, what `pip install --target` does not move from its temporary folder to the
/// target: it moves the importable files' top folders first, then those of the rest whose names
/// are still free.
fn left_out(
    layout: &Layout,
    candidates: &[Candidate<'_>],
    conflicts: &mut Vec<Conflict>,
) -> Vec<bool> {
    let mut left_out = vec![false; candidates.len()];
    if !layout.is_one_folder() || candidates.iter().all(|candidate| candidate.in_site) {
        return left_out;
    }
    let mut taken: HashMap<&str, WheelId> = HashMap::new();
    let mut last = None;
    for candidate in candidates.iter().filter(|candidate| candidate.in_site) {
        let Source::Wheel(wheel) = candidate.source else {
            continue;
        };
        let top = layout.top_of(&candidate.path);
        if last != Some((wheel, top)) {
            last = Some((wheel, top));
            taken.insert(top, wheel);
        }
    }
    let mut groups: BTreeMap<(&str, WheelId), usize> = BTreeMap::new();
    for (candidate, left_out) in candidates.iter().zip(&mut left_out) {
        let Source::Wheel(wheel) = candidate.source else {
            continue;
        };
        let top = layout.top_of(&candidate.path);
        if !candidate.in_site && (is_passed_over(top) || taken.contains_key(top)) {
            *left_out = true;
            *groups.entry((top, wheel)).or_default() += 1;
        }
    }
    for ((top, loser), entries) in groups {
        let folder = top.to_owned();
        conflicts.push(match taken.get(top) {
            Some(&winner) if !is_passed_over(top) => Conflict::NameTaken {
                folder,
                entries,
                loser,
                winner,
            },
            _ => Conflict::LeftBehind {
                folder,
                entries,
                loser,
            },
        });
    }
    left_out
}

/// pip must not move `lib/python` twice, and so passes over every start of that name.
fn is_passed_over(top: &str) -> bool {
    "lib".starts_with(top)
}
