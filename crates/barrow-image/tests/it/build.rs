//! Layers and images as builders make them, and as nobody should.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tar::Header;

use crate::registry::Registry;

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// 2023-11-14.
pub(crate) const MODIFIED: u64 = 1_700_000_000;

/// An archive that is being made. Names are written as they are given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Archive {
    bytes: Vec<u8>,
}

impl Archive {
    pub(crate) fn file(self, name: &str, content: &str) -> Self {
        self.file_of_mode(name, 0o644, content)
    }

    pub(crate) fn file_of_mode(self, name: &str, mode: u32, content: &str) -> Self {
        self.entry(b'0', name, mode, "", content.as_bytes())
    }

    pub(crate) fn directory(self, name: &str, mode: u32) -> Self {
        self.entry(b'5', name, mode, "", b"")
    }

    pub(crate) fn link(self, name: &str, target: &str) -> Self {
        self.entry(b'2', name, 0o777, target, b"")
    }

    pub(crate) fn hard_link(self, name: &str, target: &str) -> Self {
        self.entry(b'1', name, 0o644, target, b"")
    }

    pub(crate) fn entry(
        self,
        kind: u8,
        name: &str,
        mode: u32,
        target: &str,
        content: &[u8],
    ) -> Self {
        self.raw(kind, name, target, content, &|header| header.set_mode(mode))
    }

    /// An extended header with one record, as POSIX has it.
    pub(crate) fn record(self, key: &str, value: &str) -> Self {
        let rest = format!(" {key}={value}\n");
        // The length counts its own digits.
        let fits = |length: &usize| length.to_string().len() + rest.len() == *length;
        let length = (rest.len()..rest.len() + 9).find(fits).unwrap();
        self.extension(b'x', format!("{length}{rest}").as_bytes())
    }

    /// Something that stands before the next entry, such as a long name.
    pub(crate) fn extension(self, kind: u8, content: &[u8]) -> Self {
        self.entry(kind, "extension", 0o644, "", content)
    }

    /// `size` is what the header says, whatever comes.
    pub(crate) fn file_that_claims(self, name: &str, size: u64) -> Self {
        self.raw(b'0', name, "", b"", &|header| header.set_size(size))
    }

    fn raw(
        mut self,
        kind: u8,
        name: &str,
        target: &str,
        content: &[u8],
        change: &dyn Fn(&mut Header),
    ) -> Self {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.as_old_mut().linkflag = [kind];
        header.set_uid(1234);
        header.set_gid(1234);
        header.set_mode(0o644);
        header.set_mtime(MODIFIED);
        header.set_size(content.len() as u64);
        change(&mut header);
        header.set_cksum();
        self.bytes.extend(header.as_bytes());
        self.bytes.extend(content);
        self.bytes.resize(self.bytes.len().next_multiple_of(512), 0);
        self
    }

    pub(crate) fn plain(mut self) -> Layer {
        self.bytes.extend([0; 1024]);
        Layer {
            media_type: LAYER.to_owned(),
            bytes: self.bytes,
        }
    }

    pub(crate) fn gzip(self) -> Layer {
        let plain = self.plain();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&plain.bytes).unwrap();
        Layer {
            media_type: format!("{LAYER}+gzip"),
            bytes: encoder.finish().unwrap(),
        }
    }

    pub(crate) fn zstd(self) -> Layer {
        let plain = self.plain();
        Layer {
            media_type: format!("{LAYER}+zstd"),
            bytes: compress_to_vec(plain.bytes.as_slice(), CompressionLevel::Fastest),
        }
    }
}

/// A layer as a registry has it.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl Layer {
    pub(crate) fn digest(&self) -> String {
        digest(&self.bytes)
    }
}

/// An image for one platform.
#[derive(Debug, Clone)]
pub(crate) struct ImageBuilder {
    architecture: &'static str,
    config: Value,
    layers: Vec<Layer>,
    /// Changes what the manifest says of its layers.
    layer_sizes: Option<u64>,
}

impl ImageBuilder {
    pub(crate) fn new(layers: impl IntoIterator<Item = Layer>) -> Self {
        Self {
            architecture: "amd64",
            config: json!({}),
            layers: layers.into_iter().collect(),
            layer_sizes: None,
        }
    }

    pub(crate) fn architecture(mut self, architecture: &'static str) -> Self {
        self.architecture = architecture;
        self
    }

    pub(crate) fn config(mut self, config: Value) -> Self {
        self.config = config;
        self
    }

    /// All layers claim to be so long.
    pub(crate) fn layer_sizes(mut self, bytes: u64) -> Self {
        self.layer_sizes = Some(bytes);
        self
    }

    /// Puts the image into a registry, under a tag and under its digest, which is returned.
    pub(crate) fn push(&self, registry: &Registry, repository: &str, tag: &str) -> String {
        let config = json!({
            "architecture": self.architecture,
            "os": "linux",
            "config": self.config,
            "rootfs": {"type": "layers", "diff_ids": []},
        });
        let config = config.to_string();
        registry.put_blob(&digest(config.as_bytes()), config.as_bytes());
        let layers = self.layers.iter().map(|layer| {
            registry.put_blob(&layer.digest(), &layer.bytes);
            json!({
                "mediaType": layer.media_type,
                "digest": layer.digest(),
                "size": self.layer_sizes.unwrap_or(layer.bytes.len() as u64),
            })
        });
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {
                "mediaType": CONFIG,
                "digest": digest(config.as_bytes()),
                "size": config.len(),
            },
            "layers": layers.collect::<Vec<_>>(),
        });
        put_manifest(registry, repository, tag, MANIFEST, &manifest)
    }
}

/// Puts an index of images into a registry: `(os/architecture, digest)` each.
pub(crate) fn push_index(
    registry: &Registry,
    repository: &str,
    tag: &str,
    images: &[(&str, &str)],
) -> String {
    let entries = images.iter().map(|(platform, digest)| {
        let (os, architecture) = platform.split_once('/').unwrap();
        json!({
            "mediaType": MANIFEST,
            "digest": digest,
            "size": 1,
            "platform": {"os": os, "architecture": architecture},
        })
    });
    let entries: Vec<_> = entries.collect();
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries});
    put_manifest(registry, repository, tag, INDEX, &index)
}

pub(crate) fn put_manifest(
    registry: &Registry,
    repository: &str,
    tag: &str,
    media_type: &str,
    manifest: &Value,
) -> String {
    let bytes = manifest.to_string().into_bytes();
    let digest = digest(&bytes);
    for name in [tag, &digest] {
        registry.put_manifest(&format!("{repository}/{name}"), media_type, &bytes);
    }
    digest
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    format!(
        "sha256:{}",
        barrow_model::Sha256::new(Sha256::digest(bytes).into())
    )
}
