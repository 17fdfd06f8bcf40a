//! Which `Requires-Dist` lines can be given to the parser of requirements.
//!
//! `pep508_rs` 0.9 panics at some that are none, and its work on markers grows fast with nesting.
//! Both are passed over: what cannot be a requirement is not required.

/// Deeper than any in the distributions at hand.
const DEEPEST_NESTING: usize = 16;

/// Whether a line may be parsed. It may still be no requirement.
pub fn is_parseable(line: &str) -> bool {
    // The parser panics within a character of several bytes; none belongs into a requirement.
    line.is_ascii()
        && names_end_well(line)
        && line.bytes().filter(|byte| *byte == b'(').count() <= DEEPEST_NESTING
}

/// Whether no name before the versions ends with a separator. The parser panics at those, as in
/// `a- >=1` and `a[b-]`.
fn names_end_well(line: &str) -> bool {
    let is_separator = |char: char| matches!(char, '-' | '_' | '.');
    let names = line.split([';', '@', '(', '<', '>', '=', '!', '~']).next();
    let mut chars = names.unwrap_or_default().chars().peekable();
    while let Some(char) = chars.next() {
        let continues = |next: &char| next.is_ascii_alphanumeric() || is_separator(*next);
        if is_separator(char) && !chars.peek().is_some_and(continues) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_parser_panics_at_is_not_parsed() {
        for line in [
            "a-",
            "a- >=1",
            "a.(>=1)",
            "a[b-]",
            "a[b_,c]",
            "é",
            "a; x == 'é'",
        ] {
            assert!(!is_parseable(line), "{line}");
        }
        let nested = format!("a; {}x == 'y'{}", "(".repeat(17), ")".repeat(17));
        assert!(!is_parseable(&nested));
    }

    #[test]
    fn requirements_are_parsed() {
        for line in [
            "six",
            "a-b.c_d[e-f]>=1",
            "a (>=1.5); python_version < '3.9'",
            "a @ file:///x-",
        ] {
            assert!(is_parseable(line), "{line}");
        }
    }
}
