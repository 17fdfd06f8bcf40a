//! Distributions whose name is not that of the module they bring.

/// The well-known ones: module, distribution.
const NAMES: &[(&str, &str)] = &[
    ("Crypto", "pycryptodome"),
    ("Cryptodome", "pycryptodomex"),
    ("MySQLdb", "mysqlclient"),
    ("OpenSSL", "pyopenssl"),
    ("PIL", "pillow"),
    ("_distutils_hack", "setuptools"),
    ("attr", "attrs"),
    ("bs4", "beautifulsoup4"),
    ("cv2", "opencv-python-headless"),
    ("dateutil", "python-dateutil"),
    ("docx", "python-docx"),
    ("dotenv", "python-dotenv"),
    ("fitz", "pymupdf"),
    ("github", "pygithub"),
    ("google.protobuf", "protobuf"),
    ("grpc", "grpcio"),
    ("jose", "python-jose"),
    ("jwt", "pyjwt"),
    ("kafka", "kafka-python"),
    ("magic", "python-magic"),
    ("multipart", "python-multipart"),
    ("nacl", "pynacl"),
    ("pkg_resources", "setuptools<81"),
    ("pptx", "python-pptx"),
    ("psycopg2", "psycopg2-binary"),
    ("serial", "pyserial"),
    ("skimage", "scikit-image"),
    ("sklearn", "scikit-learn"),
    ("slugify", "python-slugify"),
    ("snowflake.connector", "snowflake-connector-python"),
    ("usb", "pyusb"),
    ("websocket", "websocket-client"),
    ("yaml", "pyyaml"),
    ("zmq", "pyzmq"),
];

/// What brings back a module that left the standard library (PEP 594, PEP 632).
const REVIVED: &[(&str, &str)] = &[
    ("aifc", "standard-aifc"),
    ("asynchat", "pyasynchat"),
    ("asyncore", "pyasyncore"),
    ("audioop", "audioop-lts"),
    ("cgi", "legacy-cgi"),
    ("cgitb", "legacy-cgi"),
    ("chunk", "standard-chunk"),
    ("distutils", "setuptools"),
    ("imghdr", "standard-imghdr"),
    ("mailcap", "standard-mailcap"),
    ("nntplib", "standard-nntplib"),
    ("pipes", "standard-pipes"),
    ("sndhdr", "standard-sndhdr"),
    ("sunau", "standard-sunau"),
    ("telnetlib", "standard-telnetlib"),
    ("uu", "standard-uu"),
    ("xdrlib", "standard-xdrlib"),
];

/// The distribution to require for a module; the longest of the module's names that is known.
pub fn bringing(module: &str) -> Option<&'static str> {
    let of = |name: &str| NAMES.iter().find(|(known, _)| *known == name);
    std::iter::successors(Some(module), |name| {
        name.rsplit_once('.').map(|(parent, _)| parent)
    })
    .find_map(of)
    .map(|(_, distribution)| *distribution)
}

/// The distribution that has what the standard library had.
pub fn reviving(module: &str) -> Option<&'static str> {
    let top = super::load::top(module);
    let row = REVIVED.iter().find(|(known, _)| *known == top)?;
    Some(row.1)
}
