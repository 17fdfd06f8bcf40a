//! What browsers want to hear before pages of other origins may ask.

use serde_json::Value;

/// The headers that a URL's settings give an answer to a page of `origin`; none for pages that are
/// not named in them.
pub(super) fn headers(
    cors: Option<&Value>,
    origin: &str,
    preflight: bool,
) -> Vec<(String, String)> {
    let Some(cors) = cors.filter(|_| !origin.is_empty()) else {
        return Vec::new();
    };
    let list = |name: &str| -> Vec<&str> {
        let items = cors.get(name).and_then(Value::as_array);
        let items = items.into_iter().flatten();
        items.filter_map(Value::as_str).collect()
    };
    if !list("AllowOrigins")
        .iter()
        .any(|allowed| covers(allowed, origin))
    {
        return Vec::new();
    }
    let mut headers = vec![("access-control-allow-origin".to_owned(), origin.to_owned())];
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            headers.push((format!("access-control-{name}"), value));
        }
    };
    if cors.get("AllowCredentials") == Some(&Value::Bool(true)) {
        add("allow-credentials", "true".to_owned());
    }
    if preflight {
        add("allow-methods", list("AllowMethods").join(","));
        add("allow-headers", list("AllowHeaders").join(","));
        let age = cors.get("MaxAge").and_then(Value::as_u64);
        add(
            "max-age",
            age.map(|age| age.to_string()).unwrap_or_default(),
        );
    } else {
        add("expose-headers", list("ExposeHeaders").join(","));
    }
    headers.push(("vary".to_owned(), "Origin".to_owned()));
    headers
}

/// `*`, a whole origin, or one with a star for a part.
fn covers(allowed: &str, origin: &str) -> bool {
    match allowed.split_once('*') {
        Some((start, end)) => {
            origin.len() >= start.len() + end.len()
                && origin.starts_with(start)
                && origin.ends_with(end)
        }
        None => allowed == origin,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_are_let_in_by_their_origin() {
        let cors = json!({
            "AllowOrigins": ["https://*.example.com", "http://localhost:3000"],
            "AllowMethods": ["GET", "POST"],
            "MaxAge": 60,
        });
        let told = |origin: &str, preflight| {
            let headers = headers(Some(&cors), origin, preflight);
            let headers: Vec<String> = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            headers.join("; ")
        };
        assert_eq!(
            told("https://a.example.com", true),
            "access-control-allow-origin: https://a.example.com; \
             access-control-allow-methods: GET,POST; access-control-max-age: 60; vary: Origin"
        );
        assert_eq!(
            told("http://localhost:3000", false),
            "access-control-allow-origin: http://localhost:3000; vary: Origin"
        );
        assert_eq!(told("https://example.org", true), "");
        assert_eq!(told("", true), "");
    }
}
