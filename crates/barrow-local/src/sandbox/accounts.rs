//! The users of a sandbox, as files name them.

use super::spec::{GROUP_ID, USER_ID, USER_NAME};

/// The accounts of the sandbox: root, and the function's user.
pub(super) fn account_files() -> [(&'static str, String); 2] {
    [
        (
            "/etc/passwd",
            format!(
                "root:x:0:0:root:/root:/sbin/nologin\n\
                 {USER_NAME}:x:{USER_ID}:{GROUP_ID}::/home/{USER_NAME}:/sbin/nologin\n"
            ),
        ),
        (
            "/etc/group",
            format!("root:x:0:\n{USER_NAME}:x:{GROUP_ID}:\n"),
        ),
    ]
}
