//! Records of one transaction.

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Scope;
use super::database::StoreError;

/// What can be stored. Fields that a later version adds have a default.
pub(crate) trait Record: Serialize + DeserializeOwned {
    const KIND: &'static str;

    /// What it adds to the sums of its kind.
    fn weight(&self) -> Weight {
        Weight::default()
    }
}

/// What a record counts for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    /// Of packages.
    pub bytes: u64,
    /// Environments that are set apart.
    pub concurrency: u32,
}

/// An account's records of a kind, taken together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub records: u64,
    pub bytes: u64,
    pub concurrency: u64,
}

#[derive(Debug)]
pub(crate) struct Records<'t> {
    transaction: &'t Transaction<'t>,
}

impl<'t> Records<'t> {
    pub(super) fn new(transaction: &'t Transaction<'t>) -> Self {
        Self { transaction }
    }

    pub(crate) fn get<R: Record>(
        &self,
        scope: &Scope,
        owner: &str,
        key: &str,
    ) -> Result<Option<R>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT body FROM documents
             WHERE kind = ?1 AND account = ?2 AND region = ?3 AND owner = ?4 AND key = ?5",
        )?;
        let whose = params![R::KIND, scope.account, scope.region, owner, key];
        let body = statement
            .query_row(whose, |row| row.get::<_, String>(0))
            .optional()?;
        body.map(|body| decode(&body)).transpose()
    }

    pub(crate) fn put<R: Record>(
        &self,
        scope: &Scope,
        owner: &str,
        key: &str,
        record: &R,
    ) -> Result<(), StoreError> {
        let body = serde_json::to_string(record).map_err(|source| StoreError::Body {
            kind: R::KIND,
            source,
        })?;
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO documents (kind, account, region, owner, key, body, bytes, concurrency)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT DO UPDATE SET
                 body = excluded.body,
                 bytes = excluded.bytes,
                 concurrency = excluded.concurrency",
        )?;
        let Weight { bytes, concurrency } = record.weight();
        statement.execute(params![
            R::KIND,
            scope.account,
            scope.region,
            owner,
            key,
            body,
            bytes.cast_signed(),
            concurrency,
        ])?;
        Ok(())
    }

    pub(crate) fn totals<R: Record>(&self, scope: &Scope) -> Result<Totals, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT records, bytes, concurrency FROM totals
             WHERE kind = ?1 AND account = ?2 AND region = ?3",
        )?;
        let whose = params![R::KIND, scope.account, scope.region];
        let figure = |number: i64| u64::try_from(number).unwrap_or_default();
        let totals = statement.query_row(whose, |row| {
            Ok(Totals {
                records: figure(row.get(0)?),
                bytes: figure(row.get(1)?),
                concurrency: figure(row.get(2)?),
            })
        });
        Ok(totals.optional()?.unwrap_or_default())
    }

    /// Whether there was one.
    pub(crate) fn remove<R: Record>(
        &self,
        scope: &Scope,
        owner: &str,
        key: &str,
    ) -> Result<bool, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "DELETE FROM documents
             WHERE kind = ?1 AND account = ?2 AND region = ?3 AND owner = ?4 AND key = ?5",
        )?;
        let whose = params![R::KIND, scope.account, scope.region, owner, key];
        Ok(statement.execute(whose)? > 0)
    }

    /// All of one owner's records of a kind.
    pub(crate) fn remove_all<R: Record>(
        &self,
        scope: &Scope,
        owner: &str,
    ) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "DELETE FROM documents
             WHERE kind = ?1 AND account = ?2 AND region = ?3 AND owner = ?4",
        )?;
        statement.execute(params![R::KIND, scope.account, scope.region, owner])?;
        Ok(())
    }

    /// One owner's records by key, from behind `after`, at most `limit` of them.
    pub(crate) fn list<R: Record>(
        &self,
        scope: &Scope,
        owner: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, R)>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT key, body FROM documents
             WHERE kind = ?1 AND account = ?2 AND region = ?3 AND owner = ?4 AND key > ?5
             ORDER BY key LIMIT ?6",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let whose = params![R::KIND, scope.account, scope.region, owner, after, limit];
        let rows = statement.query_map(whose, |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        rows.map(|row| {
            let (key, body) = row?;
            Ok((key, decode(&body)?))
        })
        .collect()
    }

    /// The same from the other end: by key, from before `before`, the last first.
    pub(crate) fn list_back<R: Record>(
        &self,
        scope: &Scope,
        owner: &str,
        before: &str,
        limit: usize,
    ) -> Result<Vec<(String, R)>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT key, body FROM documents
             WHERE kind = ?1 AND account = ?2 AND region = ?3 AND owner = ?4
                 AND (?5 = '' OR key < ?5)
             ORDER BY key DESC LIMIT ?6",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let whose = params![R::KIND, scope.account, scope.region, owner, before, limit];
        let rows = statement.query_map(whose, |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        rows.map(|row| {
            let (key, body) = row?;
            Ok((key, decode(&body)?))
        })
        .collect()
    }

    /// All records of a kind in a scope, whoever owns them, with owner and key.
    pub(crate) fn all<R: Record>(
        &self,
        scope: &Scope,
    ) -> Result<Vec<(String, String, R)>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT owner, key, body FROM documents
             WHERE kind = ?1 AND account = ?2 AND region = ?3 ORDER BY owner, key",
        )?;
        let whose = params![R::KIND, scope.account, scope.region];
        let rows = statement.query_map(whose, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })?;
        rows.map(|row| {
            let (owner, key, body) = row?;
            Ok((owner, key, decode(&body)?))
        })
        .collect()
    }

    /// All records of a kind, of everybody, with owner and key.
    pub(crate) fn everywhere<R: Record>(
        &self,
    ) -> Result<Vec<(Scope, String, String, R)>, StoreError> {
        let mut all = Vec::new();
        self.visit(|scope, owner, key, record| all.push((scope, owner, key, record)))?;
        Ok(all)
    }

    /// The same, one after the other.
    pub(crate) fn visit<R: Record>(
        &self,
        mut each: impl FnMut(Scope, String, String, R),
    ) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT account, region, owner, key, body FROM documents WHERE kind = ?1",
        )?;
        let mut rows = statement.query(params![R::KIND])?;
        while let Some(row) = rows.next()? {
            let scope = Scope {
                account: row.get(0)?,
                region: row.get(1)?,
            };
            let body: String = row.get(4)?;
            each(scope, row.get(2)?, row.get(3)?, decode(&body)?);
        }
        Ok(())
    }
}

fn decode<R: Record>(body: &str) -> Result<R, StoreError> {
    serde_json::from_str(body).map_err(|source| StoreError::Body {
        kind: R::KIND,
        source,
    })
}
