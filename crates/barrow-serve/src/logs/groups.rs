//! Groups and streams: made, found, listed, deleted.

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::writer::Writer;
use crate::store::{Scope, StoreError};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct GroupId(i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StreamId(i64);

/// A group as it is listed.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub id: GroupId,
    pub name: String,
    pub created_ms: i64,
    pub retention_days: Option<i64>,
    pub class: String,
    /// JSON: a map of texts.
    pub tags: String,
    pub bytes: i64,
}

/// A stream as it is listed.
#[derive(Debug, Clone)]
pub(crate) struct StreamRow {
    pub id: StreamId,
    pub name: String,
    pub created_ms: i64,
    pub first_event_ms: Option<i64>,
    pub last_event_ms: Option<i64>,
    pub last_ingestion_ms: Option<i64>,
}

const GROUP: &str = "SELECT id, name, created, retention_days, class, tags, bytes FROM groups";

const STREAM: &str =
    "SELECT id, name, created, first_event, last_event, last_ingestion FROM streams";

impl Group {
    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            created_ms: row.get(2)?,
            retention_days: row.get(3)?,
            class: row.get(4)?,
            tags: row.get(5)?,
            bytes: row.get(6)?,
        })
    }

    pub(crate) fn find(
        connection: &Connection,
        scope: &Scope,
        name: &str,
    ) -> rusqlite::Result<Option<Self>> {
        let statement = format!("{GROUP} WHERE account = ?1 AND region = ?2 AND name = ?3");
        let mut statement = connection.prepare_cached(&statement)?;
        let whose = params![scope.account, scope.region, name];
        statement.query_row(whose, Self::of_row).optional()
    }

    /// By name, from behind `after`.
    pub(crate) fn all(
        connection: &Connection,
        scope: &Scope,
        after: &str,
    ) -> rusqlite::Result<Vec<Self>> {
        let statement =
            format!("{GROUP} WHERE account = ?1 AND region = ?2 AND name > ?3 ORDER BY name");
        let mut statement = connection.prepare_cached(&statement)?;
        let whose = params![scope.account, scope.region, after];
        statement.query_map(whose, Self::of_row)?.collect()
    }
}

impl StreamRow {
    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            created_ms: row.get(2)?,
            first_event_ms: row.get(3)?,
            last_event_ms: row.get(4)?,
            last_ingestion_ms: row.get(5)?,
        })
    }

    pub(crate) fn find(
        connection: &Connection,
        group: GroupId,
        name: &str,
    ) -> rusqlite::Result<Option<Self>> {
        let statement = format!("{STREAM} WHERE group_id = ?1 AND name = ?2");
        let mut statement = connection.prepare_cached(&statement)?;
        statement
            .query_row(params![group, name], Self::of_row)
            .optional()
    }

    /// By name.
    pub(crate) fn all(connection: &Connection, group: GroupId) -> rusqlite::Result<Vec<Self>> {
        let statement = format!("{STREAM} WHERE group_id = ?1 ORDER BY name");
        let mut statement = connection.prepare_cached(&statement)?;
        statement.query_map(params![group], Self::of_row)?.collect()
    }
}

impl Writer {
    pub(super) fn delete_group(&mut self, scope: &Scope, name: &str) -> Result<bool, StoreError> {
        self.reorganise(|transaction| {
            let Some(group) = Group::find(transaction, scope, name)? else {
                return Ok(false);
            };
            let doom = "INSERT INTO doomed SELECT id FROM streams WHERE group_id = ?1";
            transaction.execute(doom, params![group.id])?;
            transaction.execute("DELETE FROM streams WHERE group_id = ?1", params![group.id])?;
            transaction.execute("DELETE FROM groups WHERE id = ?1", params![group.id])?;
            Ok(true)
        })
    }

    /// Whether there was none.
    pub(super) fn create_group(
        &mut self,
        scope: &Scope,
        name: &str,
        class: &str,
        tags: &str,
    ) -> Result<bool, StoreError> {
        let now = Timestamp::now().as_millisecond();
        self.reorganise(|transaction| {
            let made = transaction.execute(
                "INSERT OR IGNORE INTO groups (account, region, name, created, class, tags)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![scope.account, scope.region, name, now, class, tags],
            )?;
            Ok(made > 0)
        })
    }

    /// Whether there was none.
    pub(super) fn create_stream(&mut self, group: GroupId, name: &str) -> Result<bool, StoreError> {
        let now = Timestamp::now().as_millisecond();
        self.reorganise(|transaction| {
            let made = transaction.execute(
                "INSERT OR IGNORE INTO streams (group_id, name, created) VALUES (?1, ?2, ?3)",
                params![group, name, now],
            )?;
            Ok(made > 0)
        })
    }

    pub(super) fn delete_stream(&mut self, stream: StreamId) -> Result<(), StoreError> {
        self.reorganise(|transaction| {
            transaction.execute("DELETE FROM streams WHERE id = ?1", params![stream])?;
            transaction.execute("INSERT INTO doomed VALUES (?1)", params![stream])?;
            Ok(())
        })
    }

    pub(super) fn set_retention(
        &mut self,
        group: GroupId,
        days: Option<i64>,
    ) -> Result<(), StoreError> {
        self.reorganise(|transaction| {
            let change = "UPDATE groups SET retention_days = ?2 WHERE id = ?1";
            transaction.execute(change, params![group, days])?;
            Ok(())
        })
    }

    pub(super) fn set_tags(&mut self, group: GroupId, tags: &str) -> Result<(), StoreError> {
        self.reorganise(|transaction| {
            let change = "UPDATE groups SET tags = ?2 WHERE id = ?1";
            transaction.execute(change, params![group, tags])?;
            Ok(())
        })
    }
}

pub(super) fn find_or_make_group(
    connection: &Connection,
    scope: &Scope,
    name: &str,
    now_ms: i64,
) -> rusqlite::Result<GroupId> {
    if let Some(group) = Group::find(connection, scope, name)? {
        return Ok(group.id);
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO groups (account, region, name, created) VALUES (?1, ?2, ?3, ?4) RETURNING id",
    )?;
    let whose = params![scope.account, scope.region, name, now_ms];
    statement.query_row(whose, |row| row.get(0))
}

pub(super) fn find_or_make_stream(
    connection: &Connection,
    group: GroupId,
    name: &str,
    now_ms: i64,
) -> rusqlite::Result<StreamId> {
    if let Some(stream) = StreamRow::find(connection, group, name)? {
        return Ok(stream.id);
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO streams (group_id, name, created) VALUES (?1, ?2, ?3) RETURNING id",
    )?;
    statement.query_row(params![group, name, now_ms], |row| row.get(0))
}

macro_rules! column {
    ($id:ident) => {
        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map(Self)
            }
        }

        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }
    };
}

column!(GroupId);
column!(StreamId);
