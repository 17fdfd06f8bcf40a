//! From a method and a path to an operation.

use percent_encoding::percent_decode_str;

use super::model::{Model, Operation};

/// An operation, and what stands in the path for its labels.
#[derive(Debug)]
pub(crate) struct Route<'m> {
    pub operation: &'m Operation,
    pub labels: Vec<(&'m str, String)>,
}

impl Model {
    /// The operation that a request is for. Where two have the same path, what the query has to say
    /// decides: the one that wants more of it goes first.
    pub(crate) fn route(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
    ) -> Option<Route<'_>> {
        let candidates = self.operations().filter_map(|operation| {
            if operation.method != method {
                return None;
            }
            let (template, wanted) = split(&operation.uri);
            let wanted: Vec<(&str, &str)> = wanted.collect();
            let is_there = |(name, value): &(&str, &str)| {
                let mut found = query.iter();
                found.any(|(key, text)| key == name && (value.is_empty() || text == value))
            };
            if !wanted.iter().all(is_there) {
                return None;
            }
            let labels = labels(template, path)?;
            Some((wanted.len(), labels.len(), Route { operation, labels }))
        });
        let best = candidates.max_by_key(|(wanted, labels, _)| (*wanted, usize::MAX - labels));
        best.map(|(_, _, route)| route)
    }

    /// Whether some operation has this path, by whatever method.
    pub(crate) fn knows_path(&self, path: &str) -> bool {
        self.operations()
            .any(|operation| labels(split(&operation.uri).0, path).is_some())
    }
}

fn split(uri: &str) -> (&str, impl Iterator<Item = (&str, &str)>) {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    (path, pairs)
}

/// What a path has where the template has labels. A label takes one segment; `{Name+}` takes all
/// that follow. A slash at the end is nobody's.
fn labels<'t>(template: &'t str, path: &str) -> Option<Vec<(&'t str, String)>> {
    let mut path = path.strip_suffix('/').unwrap_or(path).split('/');
    let mut found = Vec::new();
    let template = template.strip_suffix('/').unwrap_or(template);
    for part in template.split('/') {
        let label = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        let segment = path.next()?;
        match label {
            None if part == segment => {}
            None => return None,
            Some(label) => {
                let (label, text) = match label.strip_suffix('+') {
                    Some(label) => {
                        let rest: Vec<&str> = path.by_ref().collect();
                        (label, [&[segment], &rest[..]].concat().join("/"))
                    }
                    None => (label, segment.to_owned()),
                };
                let text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
                if text.is_empty() {
                    return None;
                }
                found.push((label, text));
            }
        }
    }
    path.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(method: &str, uri: &str) -> Option<String> {
        let model = Model::lambda();
        let (path, query) = split(uri);
        let query: Vec<(String, String)> = query
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let route = model.route(method, path, &query)?;
        let labels = route.labels.iter();
        let labels: Vec<String> = labels
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Some(format!("{} {}", route.operation.name, labels.join(" ")))
    }

    #[test]
    fn paths_find_their_operation() {
        for (method, uri, expected) in [
            ("GET", "/2015-03-31/functions/", "ListFunctions "),
            ("GET", "/2015-03-31/functions", "ListFunctions "),
            (
                "GET",
                "/2015-03-31/functions/f",
                "GetFunction FunctionName=f",
            ),
            (
                "GET",
                "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af/configuration",
                "GetFunctionConfiguration FunctionName=arn:aws:lambda:us-east-1:1:function:f",
            ),
            (
                "GET",
                "/2018-10-31/layers?find=LayerVersion&Arn=x",
                "GetLayerVersionByArn ",
            ),
            ("GET", "/2018-10-31/layers?Marker=x", "ListLayers "),
            (
                "GET",
                "/2019-09-30/functions/f/provisioned-concurrency?List=ALL",
                "ListProvisionedConcurrencyConfigs FunctionName=f",
            ),
            (
                "GET",
                "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=1",
                "GetProvisionedConcurrencyConfig FunctionName=f",
            ),
        ] {
            assert_eq!(routed(method, uri).as_deref(), Some(expected));
        }
        assert_eq!(routed("GET", "/2015-03-31/nothing"), None);
        assert_eq!(routed("PATCH", "/2015-03-31/functions/f"), None);
        assert_eq!(routed("GET", "/2015-03-31/functions/f/g/h"), None);
    }
}
