//! One page of a listing.
//!
//! Keys that share the part up to the first delimiter after the prefix become one entry. The source
//! is asked to go on behind them, so a page costs as many steps as it has entries, however many keys
//! are under one prefix.

use std::ops::ControlFlow;

/// What is to be listed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) prefix: String,
    /// Empty for none.
    pub(crate) delimiter: String,
    pub(crate) from: From,
    pub(crate) at_most: usize,
}

/// Where a page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum From {
    #[default]
    Start,
    /// With this key.
    Key(Vec<u8>),
    /// With the first key after this one.
    AfterKey(Vec<u8>),
}

impl From {
    /// Behind all keys that begin so. No byte of UTF-8 is 0xFF, so the last one has a successor.
    pub(crate) fn after_prefix(prefix: &str) -> Self {
        let mut bytes = prefix.as_bytes().to_vec();
        if let Some(last) = bytes.last_mut() {
            *last += 1;
        }
        Self::Key(bytes)
    }

    /// The place as the right-hand side of a comparison of keys.
    pub(crate) fn bound(&self) -> (&[u8], &'static str) {
        match self {
            Self::Start => (&[], ">="),
            Self::Key(key) => (key, ">="),
            Self::AfterKey(key) => (key, ">"),
        }
    }

    /// The later of the two places.
    fn max(self, other: Self) -> Self {
        let rank = |from: &Self| match from {
            Self::Start => (Vec::new(), false),
            Self::Key(key) => (key.clone(), false),
            Self::AfterKey(key) => (key.clone(), true),
        };
        if rank(&other) > rank(&self) {
            other
        } else {
            self
        }
    }
}

#[derive(Debug)]
pub(crate) struct Page<I> {
    pub(crate) items: Vec<I>,
    pub(crate) prefixes: Vec<String>,
    /// The last entry, when there are more behind it.
    pub(crate) next: Option<Last>,
}

/// The last entry of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Last {
    /// The index is that of the last item.
    Item,
    Prefix(String),
}

/// Reads a page out of a source of sorted items. `scan` shows the items from a place on until it is
/// told to stop.
pub(crate) fn page<I, E>(
    query: &Query,
    key_of: impl Fn(&I) -> &str,
    mut scan: impl FnMut(&From, &mut dyn FnMut(I) -> ControlFlow<()>) -> Result<(), E>,
) -> Result<Page<I>, E> {
    let mut page = Page {
        items: Vec::new(),
        prefixes: Vec::new(),
        next: None,
    };
    if query.at_most == 0 {
        return Ok(page);
    }
    let start = From::Key(query.prefix.as_bytes().to_vec());
    let mut from = query.from.clone().max(start);
    let mut last = Last::Item;
    loop {
        let mut go_on = None;
        scan(&from, &mut |item| {
            let Some(rest) = key_of(&item).strip_prefix(query.prefix.as_str()) else {
                return ControlFlow::Break(());
            };
            if page.items.len() + page.prefixes.len() == query.at_most {
                page.next = Some(last.clone());
                return ControlFlow::Break(());
            }
            if let Some(prefix) = common(query, rest) {
                go_on = Some(From::after_prefix(&prefix));
                page.prefixes.push(prefix.clone());
                last = Last::Prefix(prefix);
                return ControlFlow::Break(());
            }
            last = Last::Item;
            page.items.push(item);
            ControlFlow::Continue(())
        })?;
        match go_on {
            Some(behind) => from = behind,
            None => return Ok(page),
        }
    }
}

/// What a key is shown as, when it has a delimiter behind the prefix.
fn common(query: &Query, rest: &str) -> Option<String> {
    if query.delimiter.is_empty() {
        return None;
    }
    let at = rest.find(query.delimiter.as_str())?;
    let end = at + query.delimiter.len();
    Some(format!("{}{}", query.prefix, &rest[..end]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    fn read(keys: &BTreeSet<String>, query: &Query) -> Page<String> {
        let scanned = page(
            query,
            |key: &String| key,
            |from, see| {
                for key in keys {
                    let behind = match from {
                        From::Start => true,
                        From::Key(start) => key.as_bytes() >= start.as_slice(),
                        From::AfterKey(start) => key.as_bytes() > start.as_slice(),
                    };
                    if behind && see(key.clone()).is_break() {
                        break;
                    }
                }
                Ok::<_, Infallible>(())
            },
        );
        scanned.unwrap()
    }

    /// Every entry, without pages.
    fn expected(keys: &BTreeSet<String>, prefix: &str, delimiter: &str) -> BTreeSet<String> {
        let shown = |key: &String| {
            let rest = key.strip_prefix(prefix)?;
            match rest.find(delimiter) {
                Some(at) if !delimiter.is_empty() => {
                    Some(format!("{prefix}{}", &rest[..at + delimiter.len()]))
                }
                _ => Some(key.clone()),
            }
        };
        keys.iter().filter_map(shown).collect()
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole(
            keys in prop::collection::btree_set("[ab/é]{1,6}", 0..40),
            prefix in "[ab/]{0,2}",
            delimiter in prop::sample::select(vec!["", "/", "b", "a/", "é"]),
            at_most in 1..8usize,
        ) {
            let mut query = Query { prefix: prefix.clone(), delimiter: delimiter.to_owned(), from: From::Start, at_most };
            let mut seen = Vec::new();
            loop {
                let page = read(&keys, &query);
                prop_assert!(page.items.len() + page.prefixes.len() <= at_most);
                let mut entries: Vec<String> = page.items.iter().chain(&page.prefixes).cloned().collect();
                entries.sort();
                seen.extend(entries);
                match page.next {
                    Some(Last::Prefix(prefix)) => query.from = From::after_prefix(&prefix),
                    Some(Last::Item) => query.from = From::AfterKey(page.items.last().unwrap().clone().into_bytes()),
                    None => break,
                }
            }
            let expected: Vec<String> = expected(&keys, &prefix, delimiter).into_iter().collect();
            prop_assert_eq!(seen, expected);
        }
    }
}
