//! Listings against a sorted map of the same keys.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::plain::Connection;
use crate::server::Server;

#[derive(Debug, Clone)]
enum Step {
    Put(String),
    Delete(String),
}

#[derive(Debug, Clone)]
struct Listing {
    prefix: String,
    delimiter: String,
    after: String,
    page_size: usize,
}

fn key() -> impl Strategy<Value = String> {
    "[ab/é+ ]{1,6}"
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![3 => key().prop_map(Step::Put), 1 => key().prop_map(Step::Delete)]
}

fn listing() -> impl Strategy<Value = Listing> {
    let delimiter = prop::sample::select(vec!["", "/", "b", "a/", "é"]);
    ("[ab/é]{0,2}", delimiter, "([ab/é]{0,3})?", 1..9usize).prop_map(
        |(prefix, delimiter, after, page_size)| Listing {
            prefix,
            delimiter: delimiter.to_owned(),
            after,
            page_size,
        },
    )
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// What stands between the tags, as often as they come.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    let parts = text.split(open).skip(1);
    parts
        .map(|part| part.split(close).next().unwrap())
        .collect()
}

fn entries(page: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<_> = between(page, "<Key>", "</Key>").into_iter().collect();
    found.extend(between(page, "<CommonPrefixes><Prefix>", "</Prefix>"));
    found.into_iter().map(str::to_owned).collect()
}

fn expected(keys: &BTreeMap<String, Vec<u8>>, listing: &Listing) -> Vec<String> {
    let shown = |key: &String| {
        let rest = key.strip_prefix(&listing.prefix)?;
        let at = rest
            .find(&listing.delimiter)
            .filter(|_| !listing.delimiter.is_empty());
        Some(match at {
            Some(at) => key[..listing.prefix.len() + at + listing.delimiter.len()].to_owned(),
            None => key.clone(),
        })
    };
    let later = keys.keys().filter(|key| **key > listing.after);
    let entries: BTreeSet<_> = later.filter_map(shown).collect();
    entries.into_iter().collect()
}

fn second_version(connection: &mut Connection, bucket: &str, listing: &Listing) -> Vec<String> {
    let Listing {
        prefix,
        delimiter,
        after,
        page_size,
    } = listing;
    let base = format!(
        "/{bucket}?list-type=2&prefix={}&delimiter={}&start-after={}&max-keys={page_size}",
        encoded(prefix),
        encoded(delimiter),
        encoded(after)
    );
    let mut path = base.clone();
    let mut found = Vec::new();
    loop {
        let answer = connection.ask("GET", &path, b"").unwrap();
        let page = entries(answer.text());
        assert!(page.len() <= *page_size);
        found.extend(page);
        let next = between(
            answer.text(),
            "<NextContinuationToken>",
            "</NextContinuationToken>",
        );
        match next.first() {
            Some(token) => path = format!("{base}&continuation-token={}", encoded(token)),
            None => return found,
        }
    }
}

/// Without a place to begin, for a marker that is a common prefix is one of a page before.
fn first_version(connection: &mut Connection, bucket: &str, listing: &Listing) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    loop {
        let path = format!(
            "/{bucket}?prefix={}&delimiter={}&marker={}&max-keys={}",
            encoded(&listing.prefix),
            encoded(&listing.delimiter),
            encoded(found.last().map_or("", String::as_str)),
            listing.page_size
        );
        let answer = connection.ask("GET", &path, b"").unwrap();
        found.extend(entries(answer.text()));
        if answer.text().contains("<IsTruncated>false") {
            return found;
        }
    }
}

#[test]
fn listings_are_those_of_a_sorted_map() {
    let server = Server::start();
    let mut connection = Connection::open(&server.address().to_string()).unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let strategy = (
        prop::collection::vec(step(), 0..30),
        prop::collection::vec(listing(), 6),
    );
    let connection = std::cell::RefCell::new(&mut connection);
    let numbers = std::cell::Cell::new(0);
    let outcome = runner.run(&strategy, |(steps, listings)| {
        let connection = &mut **connection.borrow_mut();
        let bucket = format!("model-{}", numbers.replace(numbers.get() + 1));
        connection.ask("PUT", &format!("/{bucket}"), b"").unwrap();
        let mut model = BTreeMap::new();
        for step in steps {
            match step {
                Step::Put(key) => {
                    let path = format!("/{bucket}/{}", encoded(&key));
                    prop_assert_eq!(
                        connection.ask("PUT", &path, key.as_bytes()).unwrap().status,
                        200
                    );
                    model.insert(key.clone(), key.into_bytes());
                }
                Step::Delete(key) => {
                    let path = format!("/{bucket}/{}", encoded(&key));
                    prop_assert_eq!(connection.ask("DELETE", &path, b"").unwrap().status, 204);
                    model.remove(&key);
                }
            }
        }
        for (key, body) in &model {
            let seen = connection
                .ask("GET", &format!("/{bucket}/{}", encoded(key)), b"")
                .unwrap();
            prop_assert_eq!(&seen.body, body);
        }
        for listing in listings {
            let wanted = expected(&model, &listing);
            prop_assert_eq!(second_version(connection, &bucket, &listing), wanted);
            let from_start = Listing {
                after: String::new(),
                ..listing
            };
            let wanted = expected(&model, &from_start);
            prop_assert_eq!(first_version(connection, &bucket, &from_start), wanted);
        }
        Ok(())
    });
    outcome.unwrap();
}
