//! Lambda's numbers for .zip packages, each with its unit and its source.

/// Unzipped size of a function with its layers. Equal is refused too: the service says
/// "must be smaller than 262144000 bytes". Recorded on AWS, 2025-11.
pub const UNZIPPED_LIMIT_BYTES: u64 = 262_144_000;

/// Zipped size of a direct upload; larger packages go through S3. Equal is refused too. Recorded
/// on AWS, 2025-11, and `GetAccountSettings` gives it as `CodeSizeZipped`.
pub const DIRECT_UPLOAD_LIMIT_BYTES: u64 = 52_428_800;

/// Entries that a zip can list without ZIP64, which nobody has shown Lambda to accept.
pub const ENTRIES_WITHOUT_ZIP64: usize = 65_535;

/// The largest answer of an invoke that is not streamed. The emulator's and the service's message
/// names this number; it is 6 MiB and 100 bytes.
pub const RESPONSE_LIMIT_BYTES: usize = 6_291_556;

/// The largest event of a synchronous invoke: 6 MiB.
pub const EVENT_LIMIT_BYTES: usize = 6_291_456;

/// Layers that one function can have.
pub const LAYERS_LIMIT: usize = 5;

/// All variables of a function together, as JSON (`CreateFunction`, field `Environment`).
pub const VARIABLES_LIMIT_BYTES: usize = 4096;

/// Zipped size up to which the console shows a function's code: "3 MB" in the developer guide.
pub const CONSOLE_EDITOR_LIMIT_BYTES: u64 = 3_145_728;

/// Characters of code inside a `CloudFormation` template (`ZipFile`), by every text of AWS's that
/// gives a number in characters. Since about 2021 some say 4 MB.
pub const INLINE_CODE_LIMIT_BYTES: u64 = 4096;
