//! From an HTTP request to an HTTP answer.

mod answer;
mod chunks;
mod host;
mod keys;
mod open;

pub(crate) use chunks::Trailers;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use hyper::{Request, Response};
use s3s::Body;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};

use crate::operations::Operations;
use crate::{Reporter, Storage};

/// Documents in XML, such as the list of the parts of an upload: 10 000 parts take 3 MiB.
const LARGEST_DOCUMENT_BYTES: usize = 8 << 20;

/// Uploads from forms in browsers are gathered in memory.
const LARGEST_FORM_FILE_BYTES: u64 = 16 << 20;

/// Who may ask.
#[derive(Clone)]
pub enum Authorise {
    /// Everybody. Signatures are read for what they say of account and region, and not verified.
    Anyone,
    /// Whoever signs with one of these pairs of access key and secret key.
    Keys(Vec<(String, String)>),
    /// Whoever signs with an access key for which this knows the secret key.
    Lookup(Arc<Lookup>),
}

/// From an access key to its secret key.
pub type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl fmt::Debug for Authorise {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("Anyone"),
            Self::Lookup(_) => f.write_str("Lookup"),
            Self::Keys(pairs) => {
                let access_keys = pairs.iter().map(|(access_key, _)| access_key);
                f.debug_set().entries(access_keys).finish()
            }
        }
    }
}

/// How a service is to be.
#[derive(Clone)]
pub struct Settings {
    pub authorise: Authorise,
    /// The account of those whose access keys are not twelve digits.
    pub default_account: String,
    pub reporter: Arc<dyn Reporter>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("authorise", &self.authorise)
            .field("default_account", &self.default_account)
            .finish_non_exhaustive()
    }
}

/// S3 over HTTP. Clones are the same service.
#[derive(Debug, Clone)]
pub struct Service {
    s3: S3Service,
    verified: bool,
}

impl Service {
    pub fn new(storage: Storage, settings: Settings) -> Self {
        let mut builder = S3ServiceBuilder::new(Operations {
            storage,
            default_account: settings.default_account,
            reporter: settings.reporter,
        });
        builder.set_host(host::Hosts);
        let mut config = S3Config::default();
        config.xml_max_body_size = LARGEST_DOCUMENT_BYTES;
        config.post_object_max_file_size = LARGEST_FORM_FILE_BYTES;
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        let verified = match settings.authorise {
            Authorise::Anyone => false,
            Authorise::Keys(pairs) => {
                builder.set_auth(keys::Keys::new(pairs));
                true
            }
            Authorise::Lookup(lookup) => {
                builder.set_auth(keys::Lookup(lookup));
                true
            }
        };
        Self {
            s3: builder.build(),
            verified,
        }
    }

    /// Answers a request. What goes wrong is an answer too.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        Box<dyn Error + Send + Sync>: From<B::Error>,
    {
        let request = request.map(Body::http_body_unsync);
        let question = answer::Question::of(&request);
        let request = if self.verified {
            Ok(request)
        } else {
            open::opened(request)
        };
        let response = match request {
            Ok(request) => match self.s3.call(request).await {
                Ok(response) => response,
                Err(_) => answer::internal_error(),
            },
            Err(refusal) => answer::of_error(refusal.into()),
        };
        question.complete(response)
    }
}
