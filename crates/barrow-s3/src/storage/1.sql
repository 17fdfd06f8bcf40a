-- Keys are the bytes of their UTF-8, so that they sort as S3 lists them. Times are seconds since
-- 1970.

CREATE TABLE bucket (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  created    INTEGER NOT NULL,
  versioning TEXT NOT NULL
);

-- What is put onto a bucket as XML or JSON and only given back.
CREATE TABLE document (
  bucket INTEGER NOT NULL,
  kind   TEXT NOT NULL,
  body   BLOB NOT NULL,
  PRIMARY KEY (bucket, kind)
) WITHOUT ROWID;

-- The id is also the name of the body's file, and grows: of two versions of a key the later one has
-- the greater id. Never used twice.
CREATE TABLE version (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  bucket   INTEGER NOT NULL,
  key      BLOB NOT NULL,
  name     TEXT NOT NULL,
  latest   INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  -- Of a delete marker there is no etag.
  etag     TEXT,
  size     INTEGER NOT NULL,
  detail   TEXT NOT NULL
);
CREATE UNIQUE INDEX version_by_name ON version (bucket, key, name);
CREATE UNIQUE INDEX version_latest ON version (bucket, key) WHERE latest;

CREATE TABLE upload (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  bucket    INTEGER NOT NULL,
  key       BLOB NOT NULL,
  name      TEXT NOT NULL UNIQUE,
  initiated INTEGER NOT NULL,
  detail    TEXT NOT NULL
);
CREATE INDEX upload_by_key ON upload (bucket, key, id);

-- The id is also the name of the part's file, in the folder of its upload.
CREATE TABLE part (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  upload   INTEGER NOT NULL,
  number   INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  etag     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  checksum TEXT
);
CREATE UNIQUE INDEX part_by_number ON part (upload, number);

-- Files that nothing names any more, written with the change that made it so, removed after it.
CREATE TABLE dropped (
  file TEXT NOT NULL
);
