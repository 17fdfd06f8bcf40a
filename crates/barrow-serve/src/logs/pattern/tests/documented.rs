//! What the documentation shows.

use serde_json::json;

use crate::logs::pattern::Pattern;

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
