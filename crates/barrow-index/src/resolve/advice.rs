//! What to use instead of packages that have no wheel for Lambda.

use barrow_model::PackageName;

/// Packages that many people ask for and that only exist as source with compiled parts, and what
/// brings the same as a wheel. Looked up on the index on 2026-11-20.
const REPLACEMENTS: [(&str, &str); 8] = [
    (
        "psycopg2",
        "`psycopg2-binary` brings the same module as a wheel",
    ),
    (
        "pycrypto",
        "`pycryptodome` replaces it and has wheels; `pycrypto` is unmaintained since 2013",
    ),
    (
        "mysqlclient",
        "`PyMySQL` is a pure-Python driver for the same database",
    ),
    (
        "mysql-python",
        "`PyMySQL` is a pure-Python driver for the same database",
    ),
    (
        "pysqlite3",
        "`pysqlite3-binary` brings the same module as a wheel",
    ),
    ("cx-oracle", "`oracledb` replaces it and has wheels"),
    (
        "uwsgi",
        "Lambda calls the handler itself; leave the server out",
    ),
    ("sklearn", "the distribution is called `scikit-learn`"),
];

/// A sentence to follow, where there is one for the package.
pub fn replacement(name: &PackageName) -> Option<&'static str> {
    REPLACEMENTS
        .iter()
        .find(|(known, _)| *known == name.as_str())
        .map(|(_, advice)| *advice)
}

/// What can be done about any package that would have to be compiled.
pub fn without_wheel(name: &PackageName) -> Vec<String> {
    match replacement(name) {
        Some(advice) => vec![advice.to_owned()],
        None => vec![format!(
            "use a version of `{name}` that has a wheel, or build the wheel on Amazon Linux and \
             name its directory with `--find-links`"
        )],
    }
}
