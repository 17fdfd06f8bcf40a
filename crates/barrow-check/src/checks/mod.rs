//! Every check, one file each, in the order in which they run.

pub mod backslash_in_name;
pub mod beyond_console_editor;
pub mod beyond_inline_code;
pub mod bytes_around_archive;
pub mod case_collision;
pub mod conflicting_version;
pub mod contradicting_headers;
pub mod credentials_file;
pub mod damaged_entry;
pub mod deprecated_runtime;
pub mod development_files;
pub mod duplicate_distribution;
pub mod duplicate_entry;
pub mod editable_install;
pub mod empty_package;
pub mod encrypted_entry;
pub mod failing_module;
pub mod file_and_folder;
pub mod foreign_bytecode;
pub mod foreign_compression;
pub mod foreign_machine;
pub mod foreign_python;
pub mod foreign_system;
pub mod handler_named_like_module;
pub mod installer_inside;
pub mod layer_folder_in_function;
pub mod layer_of_another_python;
pub mod layer_without_python;
pub mod litter;
pub mod malformed_handler;
pub mod missing_handler_function;
pub mod missing_handler_module;
pub mod missing_library;
pub mod missing_metadata;
pub mod missing_module;
pub mod missing_name;
pub mod missing_requirement;
pub mod musl_build;
pub mod needless_permissions;
pub mod nested_archive;
pub mod newer_glibc;
pub mod optional_module;
pub mod outside_path;
pub mod overlapping_entries;
pub mod oversized_package;
pub mod oversized_upload;
pub mod overstated_version;
pub mod partial_sdk;
pub mod path_outside_package;
pub mod program_without_x;
pub mod project_tests;
pub mod relative_import;
pub mod removed_module;
pub mod runtime_sdk;
pub mod secret_in_file;
pub mod shadowed_dependency;
pub mod shadowed_module;
pub mod shadowed_standard_module;
pub mod sourceless_bytecode;
pub mod special_file;
pub mod stale_bytecode;
pub mod startup_code;
pub mod stored_stream;
pub mod symlink;
pub mod syntax_error;
pub mod too_many_entries;
pub mod too_many_layers;
pub mod uncallable_handler;
pub mod unmarked_name;
pub mod unreadable_archive;
pub mod unreadable_file;
pub mod unreadable_folder;
pub mod untidy_name;
pub mod unusable_name;
pub mod virtual_environment;
pub mod wrapped_package;
pub mod zip64;
pub mod zip_bomb;

use crate::check::{Area, Check};
use crate::finding::Finding;
use crate::package::Package;
use crate::report::{Report, Rules};
use crate::scene::Scene;

/// All checks, by area.
pub static ALL: &[&Check] = &[
    &unreadable_archive::UNREADABLE_ARCHIVE,
    &zip_bomb::ZIP_BOMB,
    &empty_package::EMPTY_PACKAGE,
    &damaged_entry::DAMAGED_ENTRY,
    &overlapping_entries::OVERLAPPING_ENTRIES,
    &contradicting_headers::CONTRADICTING_HEADERS,
    &bytes_around_archive::BYTES_AROUND_ARCHIVE,
    &foreign_compression::FOREIGN_COMPRESSION,
    &encrypted_entry::ENCRYPTED_ENTRY,
    &path_outside_package::PATH_OUTSIDE_PACKAGE,
    &unusable_name::UNUSABLE_NAME,
    &untidy_name::UNTIDY_NAME,
    &backslash_in_name::BACKSLASH_IN_NAME,
    &unmarked_name::UNMARKED_NAME,
    &duplicate_entry::DUPLICATE_ENTRY,
    &file_and_folder::FILE_AND_FOLDER,
    &case_collision::CASE_COLLISION,
    &symlink::SYMLINK,
    &special_file::SPECIAL_FILE,
    &too_many_entries::TOO_MANY_ENTRIES,
    &zip64::ZIP64,
    &overstated_version::OVERSTATED_VERSION,
    &stored_stream::STORED_STREAM,
    &oversized_package::OVERSIZED_PACKAGE,
    &oversized_upload::OVERSIZED_UPLOAD,
    &too_many_layers::TOO_MANY_LAYERS,
    &beyond_console_editor::BEYOND_CONSOLE_EDITOR,
    &beyond_inline_code::BEYOND_INLINE_CODE,
    &wrapped_package::WRAPPED_PACKAGE,
    &layer_without_python::LAYER_WITHOUT_PYTHON,
    &layer_of_another_python::LAYER_OF_ANOTHER_PYTHON,
    &layer_folder_in_function::LAYER_FOLDER_IN_FUNCTION,
    &shadowed_module::SHADOWED_MODULE,
    &shadowed_standard_module::SHADOWED_STANDARD_MODULE,
    &shadowed_dependency::SHADOWED_DEPENDENCY,
    &unreadable_file::UNREADABLE_FILE,
    &unreadable_folder::UNREADABLE_FOLDER,
    &program_without_x::PROGRAM_WITHOUT_X,
    &needless_permissions::NEEDLESS_PERMISSIONS,
    &malformed_handler::MALFORMED_HANDLER,
    &handler_named_like_module::HANDLER_NAMED_LIKE_MODULE,
    &missing_handler_module::MISSING_HANDLER_MODULE,
    &missing_handler_function::MISSING_HANDLER_FUNCTION,
    &uncallable_handler::UNCALLABLE_HANDLER,
    &syntax_error::SYNTAX_ERROR,
    &missing_module::MISSING_MODULE,
    &removed_module::REMOVED_MODULE,
    &missing_name::MISSING_NAME,
    &failing_module::FAILING_MODULE,
    &relative_import::RELATIVE_IMPORT,
    &optional_module::OPTIONAL_MODULE,
    &foreign_machine::FOREIGN_MACHINE,
    &foreign_python::FOREIGN_PYTHON,
    &foreign_system::FOREIGN_SYSTEM,
    &musl_build::MUSL_BUILD,
    &newer_glibc::NEWER_GLIBC,
    &missing_library::MISSING_LIBRARY,
    &foreign_bytecode::FOREIGN_BYTECODE,
    &stale_bytecode::STALE_BYTECODE,
    &sourceless_bytecode::SOURCELESS_BYTECODE,
    &missing_requirement::MISSING_REQUIREMENT,
    &conflicting_version::CONFLICTING_VERSION,
    &duplicate_distribution::DUPLICATE_DISTRIBUTION,
    &missing_metadata::MISSING_METADATA,
    &partial_sdk::PARTIAL_SDK,
    &runtime_sdk::RUNTIME_SDK,
    &editable_install::EDITABLE_INSTALL,
    &outside_path::OUTSIDE_PATH,
    &startup_code::STARTUP_CODE,
    &secret_in_file::SECRET_IN_FILE,
    &credentials_file::CREDENTIALS_FILE,
    &virtual_environment::VIRTUAL_ENVIRONMENT,
    &development_files::DEVELOPMENT_FILES,
    &nested_archive::NESTED_ARCHIVE,
    &project_tests::PROJECT_TESTS,
    &installer_inside::INSTALLER_INSIDE,
    &litter::LITTER,
    &deprecated_runtime::DEPRECATED_RUNTIME,
];

/// Runs every check. Where a package cannot be read, only those that look at it as a whole: what
/// is not there would be blamed on its files.
pub fn run(scene: &Scene<'_>, rules: &Rules) -> Vec<Finding> {
    let mut report = Report::default();
    let is_legible = scene.packages().all(Package::is_legible);
    for check in ALL {
        let looks_inside = !matches!(check.area, Area::Archive | Area::Limits | Area::Runtime);
        if !rules.allow.contains(check.name) && (is_legible || !looks_inside) {
            (check.run)(scene, &mut report);
        }
    }
    report.finish(rules)
}

/// The check of this name.
pub fn named(name: &str) -> Option<&'static Check> {
    ALL.iter().copied().find(|check| check.name == name)
}
