//! What is known about an object, as a document of its own.

use s3s::dto::{
    Checksum, GetObjectAttributesInput, GetObjectAttributesOutput, GetObjectAttributesParts,
    ObjectAttributes, ObjectPart, StorageClass,
};

use super::fields::{self, set_checksums};
use super::{Call, get};
use crate::Storage;
use crate::checksum::Fields;
use crate::records::detail::Detail;
use crate::records::version;
use crate::refusal::Refusal;

pub(super) fn get(
    storage: &Storage,
    call: Call<GetObjectAttributesInput>,
) -> Result<GetObjectAttributesOutput, Refusal> {
    let Call { caller, input, .. } = call;
    get::refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
    let wants = |name: &str| {
        let asked = |attributes: &ObjectAttributes| {
            attributes.as_str().split(',').any(|one| one.trim() == name)
        };
        input.object_attributes.iter().any(asked)
    };
    let max_parts = fields::page_size(input.max_parts, "max-parts")?;
    let (bucket, found) = storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        let name = input.version_id.as_deref();
        let found = version::wanted(records, &bucket, &input.key, name)?;
        Ok((bucket, found))
    })?;
    let body = found.body()?;
    let detail = &body.detail;
    let mut output = GetObjectAttributesOutput {
        last_modified: Some(found.modified.to_timestamp()),
        version_id: bucket.shown_version(&found.name),
        ..GetObjectAttributesOutput::default()
    };
    if wants(ObjectAttributes::ETAG) {
        output.e_tag = Some(fields::etag(&body.etag));
    }
    if wants(ObjectAttributes::OBJECT_SIZE) {
        output.object_size = fields::signed(body.size_bytes);
    }
    if wants(ObjectAttributes::STORAGE_CLASS) {
        let class = fields::shown_class(detail.storage_class.as_ref());
        output.storage_class = Some(StorageClass::from(class));
    }
    if wants(ObjectAttributes::CHECKSUM) && detail.checksum.is_some() {
        let mut checksum = Checksum {
            checksum_type: fields::checksum_type_of(detail.checksum.as_ref()),
            ..Checksum::default()
        };
        set_checksums!(checksum, Fields::of_checksum(detail.checksum.as_ref()));
        output.checksum = Some(checksum);
    }
    if wants(ObjectAttributes::OBJECT_PARTS) && !detail.parts.is_empty() {
        let after = input.part_number_marker.unwrap_or(0);
        output.object_parts = Some(parts(detail, after, max_parts));
    }
    Ok(output)
}

fn parts(detail: &Detail, after: i32, max_parts: usize) -> GetObjectAttributesParts {
    let algorithm = detail.checksum.as_ref().map(|checksum| checksum.algorithm);
    let left = detail.parts.iter().filter(|part| part.number > after);
    let left: Vec<_> = left.collect();
    let page = &left[..left.len().min(max_parts)];
    let shown = |part: &&crate::records::detail::Part| {
        let mut shown = ObjectPart {
            part_number: Some(part.number),
            size: fields::signed(part.size_bytes),
            ..ObjectPart::default()
        };
        if let Some((algorithm, value)) = algorithm.zip(part.checksum.as_deref()) {
            set_checksums!(shown, Fields::of(algorithm, value));
        }
        shown
    };
    // S3 lists parts only of objects whose parts have checksums.
    let listed = page.iter().any(|part| part.checksum.is_some());
    GetObjectAttributesParts {
        is_truncated: Some(left.len() > page.len()),
        max_parts: fields::shown_size(max_parts),
        next_part_number_marker: Some(page.last().map_or(0, |last| last.number)),
        part_number_marker: Some(after),
        parts: listed.then(|| page.iter().map(shown).collect()),
        total_parts_count: i32::try_from(detail.parts.len()).ok(),
    }
}
