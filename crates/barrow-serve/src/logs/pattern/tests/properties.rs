//! Patterns of all kinds, against a reading of them that does not care how long it takes.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::logs::pattern::Pattern;

/// A condition on JSON as it is generated: how it is written, and what it means.
#[derive(Debug, Clone)]
enum Naive {
    Any(Vec<Naive>),
    All(Vec<Naive>),
    Compare(Vec<&'static str>, &'static str, Wanted),
    Is(Vec<&'static str>, &'static str),
    NotExists(Vec<&'static str>),
}

#[derive(Debug, Clone)]
enum Wanted {
    Number(i32),
    Text(String, bool, bool),
}

impl Naive {
    fn written(&self) -> String {
        let join = |parts: &[Self], sign: &str| {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| format!("({})", part.written()))
                .collect();
            parts.join(sign)
        };
        match self {
            Self::Any(parts) => join(parts, " || "),
            Self::All(parts) => join(parts, "&&"),
            Self::Compare(path, sign, Wanted::Number(number)) => {
                format!("{} {sign} {number}", selector(path))
            }
            Self::Compare(path, sign, Wanted::Text(text, before, behind)) => {
                let star = |open: &bool| if *open { "*" } else { "" };
                format!(
                    "{}{sign}\"{}{text}{}\"",
                    selector(path),
                    star(before),
                    star(behind)
                )
            }
            Self::Is(path, what) => format!("{} IS {what}", selector(path)),
            Self::NotExists(path) => format!("{} NOT EXISTS", selector(path)),
        }
    }

    #[expect(clippy::float_cmp, reason = "the numbers are whole")]
    fn holds(&self, message: &Value) -> bool {
        match self {
            Self::Any(parts) => parts.iter().map(|part| part.holds(message)).max() == Some(true),
            Self::All(parts) => parts.iter().map(|part| part.holds(message)).min() == Some(true),
            Self::Is(path, what) => {
                let wanted = match *what {
                    "NULL" => Value::Null,
                    "TRUE" => json!(true),
                    _ => json!(false),
                };
                at(message, path) == Some(&wanted)
            }
            Self::NotExists(path) => at(message, path).is_none(),
            Self::Compare(path, sign, wanted) => {
                let Some(found) = at(message, path) else {
                    return false;
                };
                let text = match found {
                    Value::String(text) => text.clone(),
                    Value::Number(_) | Value::Bool(_) => found.to_string(),
                    _ => return false,
                };
                match (wanted, found.as_f64()) {
                    (Wanted::Number(wanted), Some(found)) => {
                        let wanted = f64::from(*wanted);
                        match *sign {
                            "=" => found == wanted,
                            "!=" => found != wanted,
                            "<" => found < wanted,
                            ">" => found > wanted,
                            "<=" => found <= wanted,
                            _ => found >= wanted,
                        }
                    }
                    (Wanted::Number(wanted), None) => match *sign {
                        "=" => text == wanted.to_string(),
                        "!=" => text != wanted.to_string(),
                        _ => false,
                    },
                    (Wanted::Text(wanted, before, behind), _) => {
                        let ends = (0..=text.len())
                            .flat_map(|begin| (begin..=text.len()).map(move |end| (begin, end)));
                        let mut ends = ends.filter(|(begin, end)| {
                            (*before || *begin == 0) && (*behind || *end == text.len())
                        });
                        ends.any(|(begin, end)| text[begin..end] == **wanted) == (*sign == "=")
                    }
                }
            }
        }
    }
}

fn selector(path: &[&str]) -> String {
    let steps = path.iter().map(|step| match step.parse::<usize>() {
        Ok(number) => format!("[{number}]"),
        Err(_) => format!(".{step}"),
    });
    format!("${}", steps.collect::<String>())
}

fn at<'m>(message: &'m Value, path: &[&str]) -> Option<&'m Value> {
    let pointer: String = path.iter().map(|step| format!("/{step}")).collect();
    message.pointer(&pointer)
}

fn paths() -> impl Strategy<Value = Vec<&'static str>> {
    let step = prop_oneof![3 => Just("a"), 3 => Just("b"), 1 => Just("0"), 1 => Just("1")];
    (
        prop_oneof![Just("a"), Just("b")],
        prop::collection::vec(step, 0..3),
    )
        .prop_map(|(first, rest)| [vec![first], rest].concat())
}

fn conditions() -> impl Strategy<Value = Naive> {
    let texts = ("[xy]{0,2}", any::<bool>(), any::<bool>());
    let texts = texts.prop_map(|(text, before, behind)| Wanted::Text(text, before, behind));
    let orders = prop::sample::select(vec!["=", "!=", "<", ">", "<=", ">="]);
    let one = prop_oneof![
        (paths(), orders, (-2..3).prop_map(Wanted::Number))
            .prop_map(|(path, sign, wanted)| Naive::Compare(path, sign, wanted)),
        (paths(), prop::sample::select(vec!["=", "!="]), texts)
            .prop_map(|(path, sign, wanted)| Naive::Compare(path, sign, wanted)),
        (paths(), prop::sample::select(vec!["NULL", "TRUE", "FALSE"]))
            .prop_map(|(path, what)| Naive::Is(path, what)),
        paths().prop_map(Naive::NotExists),
    ];
    one.prop_recursive(3, 12, 3, |inner| {
        let parts = prop::collection::vec(inner, 1..4);
        prop_oneof![
            parts.clone().prop_map(Naive::Any),
            parts.prop_map(Naive::All)
        ]
    })
}

fn messages() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..3).prop_map(Value::from),
        "[xy]{0,3}".prop_map(Value::from),
        "-?[0-2]".prop_map(Value::from),
    ];
    let value = plain.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            (inner.clone(), inner).prop_map(|(a, b)| json!({"a": a, "b": b})),
        ]
    });
    (value.clone(), value).prop_map(|(a, b)| json!({"a": a, "b": b}))
}

/// A term and what becomes of it: wanted, unwanted, one of several.
fn terms() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let kind = prop::sample::select(vec!["", "-", "?"]);
    prop::collection::vec((kind, "[ab]{1,3}"), 1..5)
}

proptest! {
    #[test]
    fn conditions_mean_what_they_say(condition in conditions(), message in messages()) {
        let written = format!("{{ {} }}", condition.written());
        let pattern = Pattern::parse(&written).unwrap();
        prop_assert_eq!(pattern.matches(&message.to_string()), condition.holds(&message), "{}", written);
    }

    #[test]
    fn terms_mean_what_they_say(terms in terms(), message in "[ab ]{0,8}") {
        let written: Vec<String> = terms.iter().map(|(kind, term)| format!("{kind}{term}")).collect();
        let pattern = Pattern::parse(&written.join(" ")).unwrap();
        let of = |wanted: &str| {
            let terms = terms.iter().filter(|(kind, _)| *kind == wanted);
            terms.map(|(_, term)| message.contains(term)).collect::<Vec<bool>>()
        };
        let (wanted, unwanted, alternatives) = (of(""), of("-"), of("?"));
        let holds = if wanted.len() + unwanted.len() == 0 {
            alternatives.contains(&true)
        } else {
            !wanted.contains(&false) && !unwanted.contains(&true)
        };
        prop_assert_eq!(pattern.matches(&message), holds);
    }

    #[test]
    fn fields_mean_what_they_say(
        first in prop::collection::vec("[xy]{1,2}", 0..3),
        last in prop::option::of(prop::collection::vec("[xy]{1,2}", 0..3)),
        found in prop::collection::vec("[xy]{1,2}", 1..6),
    ) {
        let mut wanted: Vec<String> = first.iter().map(|text| format!("f={text}")).collect();
        if let Some(last) = &last {
            wanted.push("...".into());
            wanted.extend(last.iter().map(|text| format!("l = {text}")));
        }
        prop_assume!(!wanted.is_empty());
        let pattern = Pattern::parse(&format!("[{}]", wanted.join(","))).unwrap();
        let holds = match &last {
            None => first == found,
            Some(last) => {
                first.len() + last.len() <= found.len()
                    && found.starts_with(&first)
                    && found.ends_with(last)
            }
        };
        prop_assert_eq!(pattern.matches(&found.join(" ")), holds);
    }

    #[test]
    fn any_text_is_a_pattern_or_is_refused(text in ".{0,60}", message in ".{0,60}") {
        if let Ok(pattern) = Pattern::parse(&text) {
            pattern.matches(&message);
        }
    }

    #[test]
    fn what_looks_like_a_pattern_is_one_or_is_refused(
        text in r#"[{\[](\$|\.|[ab]|\[|\]|\{|\}|\(|\)|=|!|<|>|&&|\|\||"|%|,| |\*|IS|NULL|1){0,20}"#,
    ) {
        if let Ok(pattern) = Pattern::parse(&text) {
            pattern.matches("{\"a\": 1}");
        }
    }
}
