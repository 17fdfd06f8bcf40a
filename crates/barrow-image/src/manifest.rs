//! What a manifest says: which images there are for which platforms, or what one is made of.

use barrow_model::{Arch, Sha256};
use oci_client::manifest::{ImageIndexEntry, OciDescriptor, OciImageIndex, OciImageManifest};
use serde::Deserialize;
use serde::de::IgnoredAny;
use sha2::Digest as _;

use crate::PullError;
use crate::error::shown;
use crate::registry::Registry;

/// What the distribution specification asks registries to take.
const MANIFEST_LIMIT_BYTES: u64 = 4 << 20;

/// Nothing but text that says how to start a program.
const CONFIG_LIMIT_BYTES: u64 = 8 << 20;

/// Lambda takes images of up to 10 GB, unpacked (its quotas page, seen 2026-11).
pub(crate) const IMAGE_LIMIT_BYTES: u64 = 10 << 30;

/// Some bytes in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) digest: Sha256,
    pub(crate) bytes: u64,
}

/// One image for one platform.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// Of the manifest itself, and so of everything that it names.
    pub(crate) digest: Sha256,
    pub(crate) config: Blob,
    /// The lowest first.
    pub(crate) layers: Vec<Blob>,
}

/// Enough of a manifest to tell its kind.
#[derive(Deserialize)]
struct Kind {
    manifests: Option<IgnoredAny>,
    layers: Option<IgnoredAny>,
}

/// Gets the manifest for this architecture, by way of an index where there is one.
pub(crate) async fn find(registry: &Registry<'_>, arch: Arch) -> Result<Manifest, PullError> {
    let reference = registry.reference().to_string();
    let bytes = registry.manifest(None).await?;
    let kind: Kind = read(&reference, &bytes)?;
    if kind.manifests.is_none() {
        return parse(&reference, &bytes, &kind);
    }
    let index: OciImageIndex = read(&reference, &bytes)?;
    let chosen = choose(&index.manifests, arch).map_err(|available| PullError::NoPlatform {
        reference: reference.clone(),
        wanted: platform(arch),
        available,
    })?;
    let chosen = blob(&reference, &chosen.digest, chosen.size)?;
    let name = format!("sha256:{}", chosen.digest);
    let bytes = registry.manifest(Some(&name)).await?;
    let kind = read(&reference, &bytes)?;
    parse(&reference, &bytes, &kind)
}

fn parse(reference: &str, bytes: &[u8], kind: &Kind) -> Result<Manifest, PullError> {
    if kind.layers.is_none() {
        return Err(unsupported(reference, "has no layers, so it is no image"));
    }
    let manifest: OciImageManifest = read(reference, bytes)?;
    for layer in &manifest.layers {
        check_media_type(&layer.media_type).map_err(|problem| unsupported(reference, problem))?;
    }
    let blob = |it: &OciDescriptor| blob(reference, &it.digest, it.size);
    let config = blob(&manifest.config)?;
    check_size("its configuration", config.bytes, CONFIG_LIMIT_BYTES)?;
    let layers: Vec<Blob> = manifest.layers.iter().map(blob).collect::<Result<_, _>>()?;
    let layers_bytes = layers
        .iter()
        .fold(0_u64, |sum, layer| sum.saturating_add(layer.bytes));
    check_size(reference, layers_bytes, IMAGE_LIMIT_BYTES)?;
    Ok(Manifest {
        digest: Sha256::new(sha2::Sha256::digest(bytes).into()),
        config,
        layers,
    })
}

/// The one for this architecture, or all platforms that there are.
fn choose(entries: &[ImageIndexEntry], arch: Arch) -> Result<&ImageIndexEntry, Vec<String>> {
    let wanted = platform(arch);
    let mut available = Vec::new();
    for entry in entries {
        let Some(platform) = &entry.platform else {
            continue;
        };
        let (os, architecture) = (platform.os.to_string(), platform.architecture.to_string());
        let seen = format!("{os}/{architecture}");
        if seen == wanted {
            return Ok(entry);
        }
        // How builders file what they attest about the others.
        let seen = shown(seen.as_bytes());
        if os != "unknown" && !available.contains(&seen) {
            available.push(seen);
        }
    }
    Err(available)
}

/// The registries' name for what Lambda runs on.
pub(crate) fn platform(arch: Arch) -> String {
    let architecture = match arch {
        Arch::X86_64 => "amd64",
        Arch::Arm64 => "arm64",
    };
    format!("linux/{architecture}")
}

/// How a layer is compressed is read from its first bytes; here it is to be a layer at all.
fn check_media_type(media_type: &str) -> Result<(), String> {
    let known = [
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar",
    ];
    let rest = known
        .iter()
        .find_map(|prefix| media_type.strip_prefix(prefix));
    match rest {
        Some("" | "+gzip" | "+zstd" | ".gzip" | ".zstd") => Ok(()),
        _ => Err(format!(
            "has a layer of the type `{}`; expected `{}`, `+gzip` or `+zstd`",
            shown(media_type.as_bytes()),
            known[0]
        )),
    }
}

fn blob(reference: &str, digest: &str, bytes: i64) -> Result<Blob, PullError> {
    let hex = digest.strip_prefix("sha256:");
    let parsed = hex.and_then(|hex| Sha256::parse_hex(hex).ok());
    let blob = parsed.zip(u64::try_from(bytes).ok());
    blob.map(|(digest, bytes)| Blob { digest, bytes })
        .ok_or_else(|| {
            let seen = shown(digest.as_bytes());
            let problem = format!("names `{seen}` of {bytes} bytes; expected a SHA-256 digest");
            unsupported(reference, problem)
        })
}

fn read<'b, T: Deserialize<'b>>(reference: &str, bytes: &'b [u8]) -> Result<T, PullError> {
    check_size(reference, bytes.len() as u64, MANIFEST_LIMIT_BYTES)?;
    serde_json::from_slice(bytes).map_err(|source| PullError::Json {
        what: reference.to_owned(),
        source,
    })
}

fn check_size(what: &str, seen_bytes: u64, limit_bytes: u64) -> Result<(), PullError> {
    if seen_bytes <= limit_bytes {
        return Ok(());
    }
    Err(PullError::TooLarge {
        what: what.to_owned(),
        seen_bytes,
        limit_bytes,
    })
}

fn unsupported(reference: &str, problem: impl Into<String>) -> PullError {
    PullError::Unsupported {
        what: reference.to_owned(),
        problem: problem.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_archives() {
        let check = |media_type: &str, expected| {
            assert_eq!(
                check_media_type(media_type).is_ok(),
                expected,
                "{media_type}"
            );
        };
        check("application/vnd.oci.image.layer.v1.tar", true);
        check("application/vnd.oci.image.layer.v1.tar+zstd", true);
        check("application/vnd.docker.image.rootfs.diff.tar.gzip", true);
        check(
            "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
            false,
        );
        check("application/vnd.in-toto+json", false);
        check("", false);
    }

    #[test]
    fn names_of_architectures_are_gos() {
        assert_eq!(platform(Arch::X86_64), "linux/amd64");
        assert_eq!(platform(Arch::Arm64), "linux/arm64");
    }
}
