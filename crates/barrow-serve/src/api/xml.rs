//! The query protocol's answers.

use std::fmt::Write as _;

use serde_json::Value;

use super::model::{Kind, Model, Operation};

/// Members of an answer as XML.
pub(crate) fn result(model: &Model, operation: &Operation, namespace: &str, answer: &Value) -> Xml {
    let mut xml = Xml::new();
    let name = &operation.name;
    xml.open_with(&format!("{name}Response"), namespace);
    if let Some(output) = &operation.output {
        xml.open(&format!("{name}Result"));
        xml.value(model, output, answer);
        xml.close(&format!("{name}Result"));
    }
    xml
}

/// Text that is well-formed by the way it is written.
#[derive(Debug)]
pub(crate) struct Xml {
    text: String,
}

impl Xml {
    pub(crate) fn new() -> Self {
        Self {
            text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
        }
    }

    pub(crate) fn open(&mut self, name: &str) {
        let _ = write!(self.text, "<{name}>");
    }

    pub(crate) fn open_with(&mut self, name: &str, namespace: &str) {
        let _ = write!(self.text, "<{name} xmlns=\"{namespace}\">");
    }

    pub(crate) fn close(&mut self, name: &str) {
        let _ = write!(self.text, "</{name}>");
    }

    pub(crate) fn element(&mut self, name: &str, content: &str) {
        self.open(name);
        self.escaped(content);
        self.close(name);
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn value(&mut self, model: &Model, shape: &str, value: &Value) {
        let Some(shape) = model.shape(shape) else {
            return;
        };
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(told)) => {
                for (name, member) in &shape.members {
                    if let Some(value) = told.get(name) {
                        let name = member.wire_name(name);
                        self.open(name);
                        self.value(model, &member.shape, value);
                        self.close(name);
                    }
                }
            }
            (Kind::List, Value::Array(items)) => {
                let member = shape.member.as_ref().map_or("", |member| &member.shape);
                for item in items {
                    self.open("member");
                    self.value(model, member, item);
                    self.close("member");
                }
            }
            (_, Value::String(text)) => self.escaped(text),
            (_, Value::Null) => {}
            (_, other) => self.escaped(&other.to_string()),
        }
    }

    /// Characters that XML cannot have are replaced, all others come through a parser unchanged.
    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\r' => self.text.push_str("&#xD;"),
                '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => {
                    self.text.push(character);
                }
                _ => self.text.push('\u{fffd}'),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_written_by_its_shape() {
        let model = Model::iam();
        let operation = model.operation("ListRolePolicies").unwrap();
        let answer = json!({"IsTruncated": false, "PolicyNames": ["a<b>&\"c\"", "\u{1}\r\n"]});
        let xml = result(model, operation, "urn:x", &answer);
        assert_eq!(
            xml.finish(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListRolePoliciesResponse xmlns=\"urn:x\">\
             <ListRolePoliciesResult><IsTruncated>false</IsTruncated><PolicyNames>\
             <member>a&lt;b&gt;&amp;&quot;c&quot;</member><member>\u{fffd}&#xD;\n</member>\
             </PolicyNames></ListRolePoliciesResult>"
        );
    }
}
