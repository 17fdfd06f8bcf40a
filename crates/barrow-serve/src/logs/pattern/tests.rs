//! What the documentation shows, and patterns of all kinds against a reading of them that does not
//! care how long it takes.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn check(pattern: &str, messages: &[(&str, bool)]) {
    let parsed = Pattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    for (message, wanted) in messages {
        assert_eq!(parsed.matches(message), *wanted, "{pattern} of {message}");
    }
}

#[test]
fn terms_are_found_wherever_they_stand() {
    let both = "ERROR WARN message";
    let (error, warn) = ("ERROR message", "WARN message");
    check("", &[(both, true), ("", true)]);
    check("ERROR", &[(both, true), (error, true), (warn, false)]);
    check(
        "ERROR",
        &[("Exiting with ERRORCODE: -1", true), ("error", false)],
    );
    check(
        "?ERROR ?WARN",
        &[(both, true), (error, true), (warn, true), ("INFO", false)],
    );
    check("ERROR WARN", &[(both, true), (error, false), (warn, false)]);
    check(
        "ERROR -WARN",
        &[(both, false), (error, true), (warn, false)],
    );
    check("ERROR - \"WARN m\"", &[(both, false), (error, true)]);
    check("\"ERROR message\"", &[(both, false), (error, true)]);
    check(
        r#""say \"no\"""#,
        &[(r#"they say "no" again"#, true), ("say no", false)],
    );
    check("ERROR ?WARN", &[(error, true), (warn, false)]);
    check(
        "/aws/lambda -2.5",
        &[("at /aws/lambda", true), ("at /aws/lambda 2.5", false)],
    );
}

#[test]
fn regular_expressions_stand_between_percent_signs() {
    check(
        "%AUTHORIZED%",
        &[("[ERROR 401] UNAUTHORIZED REQUEST", true), ("no", false)],
    );
    check(
        "%gr[ae]y|[Ff]ail% -x",
        &[("grey", true), ("Fail", true), ("grey x", false)],
    );
    check(
        "{ $.ip = %10\\.0\\.\\d+% }",
        &[(r#"{"ip":"10.0.12"}"#, true), (r#"{"ip":"10.1"}"#, false)],
    );
    check("[ip = %^10%, ...]", &[("10.1 x", true), ("110 x", false)]);
    for wrong in ["%", "%%", "%a(b)%", "%é%", "%[%", "%a{1000}{1000}{1000}%"] {
        assert!(Pattern::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn json_is_asked_by_selectors() {
    let message = json!({
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": null,
        "ThisFlag": true,
        "user": {"id": 1, "email": "John.Stiles@example.com"},
        "users": [{"id": 2, "email": "John.Doe@example.com"}],
        "actions": ["GET", "PUT", "DELETE"],
        "coordinates": [[0, 1, 2], [4, 5, 6]],
        "latency": 1000.5,
        "with.dot": "x",
    });
    let message = message.to_string();
    for (pattern, wanted) in [
        (r#"{ $.eventType = "UpdateTrail" }"#, true),
        ("{$.eventType=UpdateTrail}", true),
        ("{ $.eventType = *Trail }", true),
        ("{ $.eventType = Up*ail }", false),
        ("{ $.sourceIPAddress != 123.123.* }", true),
        ("{ $.sourceIPAddress != 111.111.* }", false),
        (r#"{ $.arrayKey[0] = "value" }"#, true),
        ("{ $.objectList[1].id = 2 }", true),
        ("{ $.objectList[*].id = 2 }", true),
        ("{ $.objectList[*].id = 3 }", false),
        ("{ $.SomeObject IS NULL }", true),
        ("{ $.eventType IS NULL }", false),
        ("{ $.SomeOtherObject NOT EXISTS }", true),
        ("{ $.SomeObject not exists }", false),
        ("{ $.ThisFlag IS TRUE }", true),
        ("{ $.ThisFlag IS FALSE }", false),
        (
            r#"{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }"#,
            true,
        ),
        (
            r#"{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }"#,
            false,
        ),
        (
            r#"{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }"#,
            true,
        ),
        (
            r#"{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }"#,
            false,
        ),
        ("{ $.users = 1 }", false),
        ("{ $.users != 1 }", false),
        ("{ $.missing != 1 }", false),
        ("{ $.latency >= 500 }", true),
        ("{ $.latency < 10e3 }", true),
        ("{ $.latency < 10e-3 }", false),
        ("{ $.latency > +1000 }", true),
        ("{ $.latency = 1000.50 }", true),
        ("{ $.latency = * }", true),
        ("{ $.eventType > 5 }", false),
        (r#"{ $["with.dot"] = x }"#, true),
        ("{ $.coordinates[1][2] = 6 }", true),
    ] {
        check(
            pattern,
            &[(&message, wanted), ("no json", false), ("[", false)],
        );
    }
}

#[test]
fn fields_are_asked_by_their_place() {
    let line = |status: u32, bytes: u32| {
        format!(
            r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" {status} {bytes}"#
        )
    };
    let (not_found, good, wrong) = (line(404, 1534), line(200, 5324), line(500, 10));
    for (pattern, wanted) in [
        (
            "[ip, user, username, timestamp, request, status_code, bytes]",
            [true, true, true],
        ),
        (
            "[ip, user, username, timestamp, request, status_code]",
            [false, false, false],
        ),
        ("[..., status_code, bytes]", [true, true, true]),
        ("[ip, user, ...]", [true, true, true]),
        ("[..., bytes > 1000]", [true, true, false]),
        ("[..., status_code = 4*, bytes]", [true, false, false]),
        (
            "[..., request = *html*, status_code = 4*, ]",
            [true, false, false],
        ),
        (
            "[..., status = 4* && status != 403, bytes]",
            [true, false, false],
        ),
        ("[..., s = 404 || s = 500, b]", [true, false, true]),
        (
            "[ip, ..., (s = 404 || s = 500) && s < 450, b]",
            [true, false, false],
        ),
        (
            "[ip, user, username = frank, timestamp = *-0700, ...]",
            [true, true, true],
        ),
        ("[a, ..., b, c, d, e, f, g]", [true, true, true]),
        ("[a, ..., b, c, d, e, f, g, h]", [false, false, false]),
    ] {
        check(
            pattern,
            &[
                (&not_found, wanted[0]),
                (&good, wanted[1]),
                (&wrong, wanted[2]),
            ],
        );
    }
    check(
        "[w1=ERROR, w2]",
        &[("ERROR message", true), ("ERROR WARN message", false)],
    );
    check(
        "[w1=!ERROR&&w1=!WARN, w2]",
        &[("INFO message", true), ("WARN message", false)],
    );
}

#[test]
fn what_is_no_pattern_says_where() {
    for (pattern, message) in [
        (
            "{",
            "expected a selector, which begins with `$` at character 2",
        ),
        ("{ $.a }", "expected a comparison at character 7"),
        ("{ $.a = 1", "expected `&&`, `||` or `}` at character 10"),
        ("{ $.a = 1 } x", "expected the end at character 13"),
        (
            "{ $.é = \"x }",
            "what begins here does not end at character 9",
        ),
        ("{ $.a[x] = 1 }", "expected a number at character 7"),
        (
            "{ $.a > x }",
            "only numbers are less or greater at character 10",
        ),
        ("[a, ..., b, ...]", "`...` can stand once at character 16"),
        ("[a = ]", "expected a value at character 6"),
        ("?", "expected a term at character 2"),
    ] {
        let error = Pattern::parse(pattern).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("Invalid filter pattern: {message}"),
            "{pattern}"
        );
    }
}

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
