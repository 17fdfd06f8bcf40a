//! Code that is too long for a template.

use barrow_model::limits::INLINE_CODE_LIMIT_BYTES;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// A package of nothing but `index.py`, as a template makes it of `ZipFile`, with more than
    /// 4096 characters.
    ///
    /// # Matters because
    /// AWS long said that code in a template may have 4096 characters, and later 4 MB; tools still
    /// hold to the first. Beyond it the code wants a package of its own.
    ///
    /// # For example
    /// An `index.py` of 200 lines that grew inside a template.
    ///
    /// # To mend it
    /// Keep the package as a file and name it by `S3Bucket` and `S3Key`, or let `barrow build` make
    /// it.
    pub static BEYOND_INLINE_CODE = "beyond-inline-code", Limits, Note;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    let Some(package) = scene.function else {
        return;
    };
    let [file] = package.files() else {
        return;
    };
    let bytes = file.unzipped_bytes;
    if file.path.as_str() == "index.py" && bytes > INLINE_CODE_LIMIT_BYTES {
        let message = format!(
            "`index.py` has {bytes} bytes; code inside a CloudFormation template is safe up to \
             {INLINE_CODE_LIMIT_BYTES}"
        );
        report.extend([
            Finding::new(&BEYOND_INLINE_CODE, message).places(package.places([&file.path]))
        ]);
    }
}
