//! Pages of `ListFunctions` as they went out, for as long as nothing is written: tools ask for the
//! same list again and again, and most of what it costs is making text of records.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hyper::body::Bytes;

use crate::store::Scope;

/// Of all pages together.
const MOST_BYTES: usize = 4 << 20;

/// All that a page depends on besides what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub scope: Scope,
    pub after: String,
    pub size: usize,
    pub all_versions: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Listed(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    generation: u64,
    bytes: usize,
    kept: HashMap<Asked, Bytes>,
}

impl Listed {
    pub(super) fn get(&self, asked: &Asked, generation: u64) -> Option<Bytes> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.generation != generation {
            return None;
        }
        pages.kept.get(asked).cloned()
    }

    /// Keeps a page that was read in this generation or a later one.
    pub(super) fn keep(&self, asked: Asked, generation: u64, page: Bytes) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if generation < pages.generation {
            return;
        }
        if generation > pages.generation || pages.bytes + page.len() > MOST_BYTES {
            *pages = Pages {
                generation,
                ..Pages::default()
            };
        }
        if page.len() <= MOST_BYTES {
            pages.bytes += page.len();
            pages.kept.insert(asked, page);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(after: &str) -> Asked {
        Asked {
            scope: Scope {
                account: "1".to_owned(),
                region: "r".to_owned(),
            },
            after: after.to_owned(),
            size: 50,
            all_versions: false,
        }
    }

    #[test]
    fn a_page_is_good_until_something_is_written() {
        let listed = Listed::default();
        listed.keep(asked("a"), 3, Bytes::from_static(b"three"));
        assert_eq!(listed.get(&asked("a"), 3).as_deref(), Some(&b"three"[..]));
        assert_eq!(listed.get(&asked("b"), 3), None);
        assert_eq!(listed.get(&asked("a"), 4), None);
        // One that took long does not bring back what has changed since.
        listed.keep(asked("a"), 4, Bytes::from_static(b"four"));
        listed.keep(asked("a"), 3, Bytes::from_static(b"three"));
        assert_eq!(listed.get(&asked("a"), 4).as_deref(), Some(&b"four"[..]));
    }

    #[test]
    fn pages_take_little_room() {
        let listed = Listed::default();
        let page = Bytes::from(vec![0; 1 << 20]);
        for number in 0..10 {
            listed.keep(asked(&number.to_string()), 1, page.clone());
            let pages = listed.0.lock().unwrap();
            assert!(pages.bytes <= MOST_BYTES && pages.kept.len() <= 4);
        }
    }
}
