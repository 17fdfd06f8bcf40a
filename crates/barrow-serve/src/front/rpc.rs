//! Services whose requests name their operation: Logs in JSON, STS and IAM in forms.

use hyper::body::Bytes;
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use super::call::{Call, Operation};
use super::denied::Denied;
use super::{Caller, Reply, ReplyBody, pairs};
use crate::api::{self, Model, Refusal, Xml};
use crate::service::Service;
use crate::{iam, logs, sts};

/// What is known of a service before it is asked.
pub(super) struct Rpc {
    model: fn() -> &'static Model,
    operation: fn(&str) -> Option<Operation>,
    protocol: Protocol,
}

#[derive(Debug, Clone, Copy)]
enum Protocol {
    Json { target: &'static str },
    Form { namespace: &'static str },
}

pub(super) static LOGS: Rpc = Rpc {
    model: Model::logs,
    operation: logs::operation,
    protocol: Protocol::Json {
        target: "Logs_20140328",
    },
};

pub(super) static STS: Rpc = Rpc {
    model: Model::sts,
    operation: sts::operation,
    protocol: Protocol::Form {
        namespace: sts::NAMESPACE,
    },
};

pub(super) static IAM: Rpc = Rpc {
    model: Model::iam,
    operation: iam::operation,
    protocol: Protocol::Form {
        namespace: iam::NAMESPACE,
    },
};

/// `PutLogEvents` with the largest batch, each character of it escaped.
pub(super) const BODY_LIMIT_BYTES: usize = 8 << 20;

impl Rpc {
    pub(super) async fn answer(
        &self,
        service: &Service,
        caller: Caller,
        head: &Parts,
        query: &[(String, String)],
        body: &Bytes,
        request: &str,
    ) -> Response<ReplyBody> {
        let form = match self.protocol {
            Protocol::Json { .. } => Vec::new(),
            Protocol::Form { .. } if body.is_empty() => query.to_vec(),
            Protocol::Form { .. } => pairs(&String::from_utf8_lossy(body)),
        };
        let name = match self.protocol {
            Protocol::Json { target } => named_by_target(head, target),
            Protocol::Form { .. } => value(&form, "Action"),
        };
        let answered = self.operate(service, caller, name, &form, body).await;
        let known = name.filter(|name| (self.model)().operation(name).is_some());
        let mut response = match answered {
            Ok((operation, answer)) => self.shown(operation, &answer, request),
            Err(refusal) => self.refused(&refusal, request),
        };
        if let Some(name) = known {
            super::observe::name(&mut response, name);
        }
        response
    }

    async fn operate(
        &self,
        service: &Service,
        caller: Caller,
        name: Option<&str>,
        form: &[(String, String)],
        body: &Bytes,
    ) -> Result<(&'static api::Operation, Value), Refusal> {
        let model = (self.model)();
        let name = name.unwrap_or_default();
        let found = model.operation(name).zip((self.operation)(name));
        let (operation, operate) = found.ok_or_else(|| self.unknown(name))?;
        let input = match self.protocol {
            Protocol::Json { .. } => api::bind_document(model, operation, body)?,
            Protocol::Form { .. } => api::bind_form(model, operation, form)?,
        };
        api::validate(model, operation, &input).map_err(|refusal| self.invalid(refusal))?;
        let service = service.clone();
        let done = tokio::task::spawn_blocking(move || {
            operate(&Call {
                service: &service,
                caller,
                input,
            })
        });
        let answer = done.await.unwrap_or_else(|_| {
            let message = "an operation failed for a reason that it should not have";
            Err(Refusal::new("ServiceException", message))
        })?;
        Ok((operation, answer))
    }

    fn unknown(&self, name: &str) -> Refusal {
        match self.protocol {
            Protocol::Json { .. } => Refusal::new(
                "UnknownOperationException",
                format!("`{name}` is not an operation of this service"),
            ),
            Protocol::Form { .. } => Refusal::new(
                "InvalidAction",
                format!("The action {name} is not valid for this web service."),
            ),
        }
    }

    /// Each protocol has its own name for what the model does not allow.
    fn invalid(&self, refusal: Refusal) -> Refusal {
        let code = match self.protocol {
            Protocol::Json { .. } => "InvalidParameterException",
            Protocol::Form { .. } => "ValidationError",
        };
        Refusal { code, ..refusal }
    }

    fn shown(
        &self,
        operation: &api::Operation,
        answer: &Value,
        request: &str,
    ) -> Response<ReplyBody> {
        match self.protocol {
            Protocol::Json { .. } => {
                let reply = Reply::new(200).header("x-amzn-requestid", request);
                let body = match &operation.output {
                    Some(_) => answer.to_string(),
                    None => String::new(),
                };
                reply.header("content-type", JSON).bytes(body)
            }
            Protocol::Form { namespace } => {
                let mut xml = api::xml_result((self.model)(), operation, namespace, answer);
                xml.open("ResponseMetadata");
                xml.element("RequestId", request);
                xml.close("ResponseMetadata");
                xml.close(&format!("{}Response", operation.name));
                xml_reply(200, request, xml)
            }
        }
    }

    pub(super) fn refused(&self, refusal: &Refusal, request: &str) -> Response<ReplyBody> {
        let status = self.status(refusal.code);
        match self.protocol {
            Protocol::Json { .. } => json_error(status, refusal, request),
            Protocol::Form { namespace } => xml_error(status, refusal, request, namespace),
        }
    }

    pub(super) fn denied(&self, denied: &Denied, request: &str) -> Response<ReplyBody> {
        match self.protocol {
            Protocol::Json { .. } => {
                let refusal = Refusal::new(denied.code(), denied.message());
                json_error(403, &refusal, request)
            }
            Protocol::Form { namespace } => {
                let refusal = Refusal::new(denied.code_in_xml(), denied.message());
                xml_error(403, &refusal, request, namespace)
            }
        }
    }

    fn status(&self, code: &str) -> u16 {
        match code {
            "ServiceException" => 500,
            "RequestEntityTooLargeException" => 413,
            _ => (self.model)().status_of_code(code).unwrap_or(400),
        }
    }
}

/// As S3 has it: the error is the document.
pub(super) fn xml_denied(denied: &Denied, request: &str) -> Response<ReplyBody> {
    let code = match denied {
        Denied::Over => denied.code_in_xml(),
        _ => "InvalidToken",
    };
    let mut xml = Xml::new();
    xml.open("Error");
    xml.element("Code", code);
    xml.element("Message", &denied.message());
    xml.element("RequestId", request);
    xml.close("Error");
    xml_reply(403, request, xml)
}

const JSON: &str = "application/x-amz-json-1.1";

pub(super) fn json_error(status: u16, refusal: &Refusal, request: &str) -> Response<ReplyBody> {
    let mut body = refusal.more.clone();
    body.insert("__type".to_owned(), refusal.code.into());
    body.insert("message".to_owned(), refusal.message.as_str().into());
    Reply::new(status)
        .header("x-amzn-requestid", request)
        .header("x-amzn-errortype", refusal.code)
        .header("content-type", JSON)
        .bytes(json!(body).to_string())
}

/// Services that answer in XML, though their requests are no forms.
const IN_XML: [&str; 4] = ["s3", "cloudfront", "route53", "s3control"];

/// Of a service that is somewhere else.
pub(super) fn not_here(head: &Parts, name: &str, request: &str) -> Response<ReplyBody> {
    let message = format!(
        "`{}` is not served here: there are lambda, s3, logs, sts and iam",
        api::shortened(name)
    );
    let content = head.headers.get("content-type");
    let is_form =
        content.is_some_and(|content| content.as_bytes().starts_with(b"application/x-www-form"));
    if is_form || IN_XML.contains(&name) {
        let refusal = Refusal::new("InvalidAction", message);
        return xml_error(400, &refusal, request, iam::NAMESPACE);
    }
    let refusal = Refusal::new("UnknownOperationException", message);
    json_error(400, &refusal, request)
}

pub(super) fn xml_error(
    status: u16,
    refusal: &Refusal,
    request: &str,
    namespace: &str,
) -> Response<ReplyBody> {
    let mut xml = Xml::new();
    xml.open_with("ErrorResponse", namespace);
    xml.open("Error");
    let is_theirs = StatusCode::from_u16(status).is_ok_and(|status| status.is_client_error());
    xml.element("Type", if is_theirs { "Sender" } else { "Receiver" });
    xml.element("Code", refusal.code);
    xml.element("Message", &refusal.message);
    xml.close("Error");
    xml.element("RequestId", request);
    xml.close("ErrorResponse");
    xml_reply(status, request, xml)
}

fn xml_reply(status: u16, request: &str, xml: Xml) -> Response<ReplyBody> {
    Reply::new(status)
        .header("x-amzn-requestid", request)
        .header("content-type", "text/xml")
        .bytes(xml.finish())
}

/// `Logs_20140328.FilterLogEvents`
fn named_by_target<'h>(head: &'h Parts, service: &str) -> Option<&'h str> {
    let target = head.headers.get("x-amz-target")?.to_str().ok()?;
    target.strip_prefix(service)?.strip_prefix('.')
}

fn value<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    let mut pairs = pairs.iter();
    let (_, value) = pairs.find(|(key, _)| key == name)?;
    Some(value)
}
