//! The registry that has the image: logging in, manifests, blobs.
//!
//! The protocol is `oci-client`'s. Beside it stand what it leaves to others: which failures are
//! worth another try, and what they mean.

use std::time::Duration;

use barrow_model::Sha256;
use oci_client::client::{BlobResponse, ClientConfig, ClientProtocol, SizedStream};
use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE,
    OCI_IMAGE_MEDIA_TYPE,
};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, RegistryOperation};

use crate::{PullError, PullOptions, Reference, Reporter};

mod failure;
mod retry;

pub(crate) use retry::{Failure, Failures};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// A connection that brings nothing for this long is cut.
const STALL_TIMEOUT: Duration = Duration::from_secs(30);

const USER_AGENT: &str = concat!("barrow/", env!("CARGO_PKG_VERSION"));

const MANIFEST_MEDIA_TYPES: &[&str] = &[
    OCI_IMAGE_INDEX_MEDIA_TYPE,
    OCI_IMAGE_MEDIA_TYPE,
    IMAGE_MANIFEST_LIST_MEDIA_TYPE,
    IMAGE_MANIFEST_MEDIA_TYPE,
];

/// A registry that knows us, as far as one repository goes.
pub(crate) struct Registry<'r> {
    client: Client,
    auth: RegistryAuth,
    reference: &'r Reference,
    reporter: &'r dyn Reporter,
}

impl<'r> Registry<'r> {
    /// Reaches the registry, and gets a token where it wants one.
    pub(crate) async fn connect(
        reference: &'r Reference,
        options: &PullOptions,
        reporter: &'r dyn Reporter,
    ) -> Result<Self, PullError> {
        // Whoever was first in this process has chosen; either choice is a sound one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::try_from(config(reference, options));
        let client = client.map_err(|error| PullError::Protocol {
            registry: reference.registry().to_owned(),
            source: std::io::Error::other(error.to_string()),
        })?;
        let auth = match &options.credentials {
            Some(login) => RegistryAuth::Basic(login.username.clone(), login.password.clone()),
            None => RegistryAuth::Anonymous,
        };
        let registry = Self {
            client,
            auth,
            reference,
            reporter,
        };
        registry.log_in().await?;
        Ok(registry)
    }

    async fn log_in(&self) -> Result<(), PullError> {
        let mut failures = Failures::default();
        loop {
            let reference = self.reference.as_oci();
            let tried = self
                .client
                .auth(reference, &self.auth, RegistryOperation::Pull);
            let Err(error) = tried.await else {
                return Ok(());
            };
            let failure = self.failure(&self.reference.to_string(), error);
            failures
                .pause(failure, self.reference.registry(), self.reporter)
                .await?;
        }
    }

    /// The manifest with this digest, or the one that the reference means now.
    pub(crate) async fn manifest(&self, digest: Option<&str>) -> Result<Vec<u8>, PullError> {
        let reference = match digest {
            Some(digest) => &self.reference.with_digest(digest),
            None => self.reference.as_oci(),
        };
        let what = reference.to_string();
        let mut failures = Failures::default();
        loop {
            let tried = self
                .client
                .pull_manifest_raw(reference, &self.auth, MANIFEST_MEDIA_TYPES);
            let failure = match tried.await {
                Ok((manifest, _)) => return Ok(manifest.to_vec()),
                Err(error) => self.failure(&what, error),
            };
            failures.pause(failure, &what, self.reporter).await?;
        }
    }

    /// A blob from an offset on, and the offset at which the answer begins: some registries know
    /// no parts.
    ///
    /// It is asked for by its digest alone: a manifest may name other places to get it from, and
    /// so have any address called that this machine can reach.
    pub(crate) async fn blob(
        &self,
        digest: &Sha256,
        offset_bytes: u64,
    ) -> Result<(SizedStream, u64), Failure> {
        let (name, reference) = (format!("sha256:{digest}"), self.reference.as_oci());
        let answer = match offset_bytes {
            0 => {
                let stream = self.client.pull_blob_stream(reference, name.as_str());
                stream.await.map(BlobResponse::Full)
            }
            offset => {
                self.client
                    .pull_blob_stream_partial(reference, name.as_str(), offset, None)
                    .await
            }
        };
        match answer {
            Ok(BlobResponse::Full(stream)) => Ok((stream, 0)),
            Ok(BlobResponse::Partial(stream)) => Ok((stream, offset_bytes)),
            Err(error) => Err(self.failure(&name, error)),
        }
    }

    pub(crate) fn reporter(&self) -> &'r dyn Reporter {
        self.reporter
    }

    pub(crate) fn reference(&self) -> &'r Reference {
        self.reference
    }

    /// A connection broke while it was read from.
    pub(crate) fn broken(&self, error: &std::io::Error) -> Failure {
        self.transport(error)
    }

    fn name(&self) -> String {
        self.reference.registry().to_owned()
    }

    fn is_logged_in(&self) -> bool {
        self.auth != RegistryAuth::Anonymous
    }
}

fn config(reference: &Reference, options: &PullOptions) -> ClientConfig {
    let plain = options.plain_http || reference.is_loopback();
    // A proxy is elsewhere, and cannot reach this machine's loopback. Naming one that is for no
    // host at all is the way to have none, whatever the environment says.
    let everything = "*,0.0.0.0/0,::/0".to_owned();
    let direct = reference.is_loopback().then_some(everything);
    let none = direct.is_some().then(|| "http://localhost".to_owned());
    ClientConfig {
        protocol: if plain {
            ClientProtocol::Http
        } else {
            ClientProtocol::Https
        },
        connect_timeout: Some(CONNECT_TIMEOUT),
        read_timeout: Some(STALL_TIMEOUT),
        user_agent: USER_AGENT,
        http_proxy: none.clone(),
        https_proxy: none,
        no_proxy: direct,
        platform_resolver: None,
        ..ClientConfig::default()
    }
}
