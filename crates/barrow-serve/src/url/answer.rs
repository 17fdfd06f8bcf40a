//! What a function returned, as an answer to a request.

use data_encoding::BASE64;
use hyper::body::Bytes;
use serde_json::Value;

/// A response, before anything of the service's own is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// What the caller of a function that failed gets; why is in its log.
pub(super) fn failed() -> Answered {
    Answered {
        status: 502,
        headers: vec![json_type()],
        body: Bytes::from_static(br#"{"Message":"Internal Server Error"}"#),
    }
}

/// An object with a `statusCode` says what the answer is; anything else is the answer.
pub(super) fn answer(payload: &Bytes) -> Answered {
    let told = serde_json::from_slice::<Value>(payload).ok();
    match told {
        Some(Value::Object(mut told)) if told.contains_key("statusCode") => {
            let Some(status) = told.get("statusCode").and_then(status) else {
                return failed();
            };
            let mut headers = Vec::new();
            if let Some(Value::Object(given)) = told.remove("headers") {
                let given = given.iter();
                headers.extend(given.map(|(name, value)| (name.to_lowercase(), plain(value))));
            }
            if let Some(Value::Array(cookies)) = told.remove("cookies") {
                let cookies = cookies.iter();
                headers.extend(cookies.map(|cookie| ("set-cookie".to_owned(), plain(cookie))));
            }
            if !headers.iter().any(|(name, _)| name == "content-type") {
                headers.push(json_type());
            }
            let body = told.remove("body").map(|body| plain(&body));
            let body = body.unwrap_or_default();
            let is_base64 = told.get("isBase64Encoded") == Some(&Value::Bool(true));
            let body = if is_base64 {
                let Ok(bytes) = BASE64.decode(body.as_bytes()) else {
                    return failed();
                };
                bytes
            } else {
                body.into_bytes()
            };
            Answered {
                status,
                headers,
                body: body.into(),
            }
        }
        Some(Value::String(text)) => whole(text.into()),
        _ => whole(payload.clone()),
    }
}

fn whole(body: Bytes) -> Answered {
    Answered {
        status: 200,
        headers: vec![json_type()],
        body,
    }
}

fn json_type() -> (String, String) {
    ("content-type".to_owned(), "application/json".to_owned())
}

/// A number, or a text that is one.
fn status(value: &Value) -> Option<u16> {
    let number = match value {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    u16::try_from(number)
        .ok()
        .filter(|status| (100..=599).contains(status))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(payload: &'static str) -> (u16, String, String) {
        let Answered {
            status,
            headers,
            body,
        } = answer(&Bytes::from_static(payload.as_bytes()));
        let headers: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        (
            status,
            headers.join("; "),
            String::from_utf8_lossy(&body).into_owned(),
        )
    }

    #[test]
    fn functions_say_what_their_answer_is_or_are_it() {
        let json = "content-type: application/json";
        for (payload, status, headers, body) in [
            (r#"{"a": 1}"#, 200, json, r#"{"a": 1}"#),
            (r#""text""#, 200, json, "text"),
            ("null", 200, json, "null"),
            (r#"{"statusCode": 204}"#, 204, json, ""),
            (
                r#"{"statusCode": "201", "headers": {"X-A": 1}, "cookies": ["b=2"], "body": "hi"}"#,
                201,
                "x-a: 1; set-cookie: b=2; content-type: application/json",
                "hi",
            ),
            (
                r#"{"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "aGk=", "isBase64Encoded": true}"#,
                200,
                "content-type: text/plain",
                "hi",
            ),
        ] {
            let expected = (status, headers.to_owned(), body.to_owned());
            assert_eq!(of(payload), expected, "{payload}");
        }
        assert_eq!(of(r#"{"statusCode": "many"}"#).0, 502);
        assert_eq!(of(r#"{"statusCode": 1000}"#).0, 502);
    }
}
