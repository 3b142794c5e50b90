//! A register in PostgreSQL. Bodies of records and identities arrive sealed; the coded rows of the estimator do not, so the
//! server's disk is to be encrypted as well.

mod address;
mod tls;

pub use address::holds_password;

use std::collections::HashMap;
use std::io::Write as _;

use ijsberg_store::{Dialect, Driver, Fault, Row, StoreError, Value, words};
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{ToSql, Type};
use postgres::{Client, NoTls, Statement};

use crate::address::Address;

/// An open connection.
pub struct Postgres {
    client: Client,
    /// Statements that the server has read and planned, so that only their values travel.
    prepared: HashMap<String, Statement>,
}

/// Longer statements have as many places as they happen to have rows: they do not come again.
const LONG: usize = 600;

/// Statements that are kept; the program speaks some hundred.
const KEPT: usize = 400;

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Postgres(..)")
    }
}

impl Postgres {
    /// From now on everything that is read is of one moment, and nothing can be written.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn as_of_now(&mut self) -> Result<(), StoreError> {
        self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    /// The statement, read and planned by the server: once for each connection.
    fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.prepared.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql).map_err(|e| error(&e, sql))?;
        if sql.len() <= LONG {
            if self.prepared.len() == KEPT {
                self.prepared.clear();
            }
            self.prepared.insert(sql.to_owned(), statement.clone());
        }
        Ok(statement)
    }

    /// Connects by URL: to this machine over a socket or the loopback address, to another one over TLS alone, with its certificate and
    /// the name in it checked against the roots of this machine, or against those of `sslrootcert`.
    ///
    /// # Errors
    /// [`StoreError::Unencrypted`] or [`StoreError::Nameless`] for what could lead elsewhere unchecked, [`StoreError::Certificate`] where
    /// the other machine does not prove to be the one that was asked for.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let address = Address::parse(url)?;
        let connected = match &address.roots {
            Some(roots) => address.config.connect(tls::connector(roots)?),
            None => address.config.connect(NoTls),
        };
        let client = connected.map_err(|e| match tls::fault(&e) {
            Some(fault) => StoreError::Certificate { host: address.host(), fault },
            None => e.as_db_error().map_or(StoreError::NoAnswer, |d| StoreError::Open(fault(d.code()))),
        })?;
        let mut open = Self { client, prepared: HashMap::new() };
        // Acknowledged means written. A lock that is held for long keeps nobody waiting: they get an error, and try again.
        open.batch(
            "SET synchronous_commit = on; SET client_min_messages = warning; SET lock_timeout = '5s'; \
             SET idle_in_transaction_session_timeout = '60s';",
        )?;
        Ok(open)
    }
}

/// What a server says, without its words: they are in its own language, and may name what a visitor should not read.
fn fault(code: &SqlState) -> Fault {
    match *code {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => Fault::Login,
        SqlState::INVALID_CATALOG_NAME => Fault::Database,
        SqlState::TOO_MANY_CONNECTIONS => Fault::Connections,
        SqlState::CANNOT_CONNECT_NOW | SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN => Fault::Starting,
        SqlState::DISK_FULL => Fault::Full,
        _ => Fault::Code(format!("PostgreSQL {}", code.code())),
    }
}

fn error(e: &postgres::Error, sql: &str) -> StoreError {
    let Some(db) = e.as_db_error() else {
        return StoreError::Statement { what: Fault::Silent, statement: words(sql) };
    };
    match *db.code() {
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
        SqlState::UNIQUE_VIOLATION | SqlState::CHECK_VIOLATION | SqlState::NOT_NULL_VIOLATION => {
            StoreError::Rule(db.constraint().or(db.column()).unwrap_or_default().to_owned())
        }
        _ => StoreError::Statement { what: fault(db.code()), statement: words(sql) },
    }
}

/// What is bound; the server tells which type it expects.
#[derive(Debug)]
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        of: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(postgres::types::IsNull::Yes),
            Value::Int(x) if *of == Type::INT4 => i32::try_from(*x)?.to_sql(of, out),
            Value::Int(x) => x.to_sql(of, out),
            Value::Text(x) => x.as_str().to_sql(of, out),
            Value::Bytes(x) => x.as_slice().to_sql(of, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

fn row(r: &postgres::Row) -> Row {
    let cell = |c: usize| match *r.columns()[c].type_() {
        Type::INT8 => r.get::<_, Option<i64>>(c).into(),
        Type::INT4 => r.get::<_, Option<i32>>(c).map(i64::from).into(),
        Type::BYTEA => r.get::<_, Option<Vec<u8>>>(c).into(),
        Type::BOOL => r.get::<_, Option<bool>>(c).into(),
        _ => r.get::<_, Option<String>>(c).into(),
    };
    Row((0..r.len()).map(cell).collect())
}

/// A field of the text format of COPY.
fn field(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"\\N"),
        // Writing to memory cannot fail.
        Value::Int(x) => drop(write!(out, "{x}")),
        Value::Text(x) => {
            for b in x.bytes() {
                match b {
                    b'\\' => out.extend_from_slice(b"\\\\"),
                    b'\t' => out.extend_from_slice(b"\\t"),
                    b'\n' => out.extend_from_slice(b"\\n"),
                    b'\r' => out.extend_from_slice(b"\\r"),
                    _ => out.push(b),
                }
            }
        }
        Value::Bytes(x) => {
            out.extend_from_slice(b"\\\\x");
            x.iter().for_each(|b| drop(write!(out, "{b:02x}")));
        }
    }
}

impl Driver for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let bound: Vec<Bound<'_>> = values.iter().map(Bound).collect();
        let values: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|b| b as &(dyn ToSql + Sync)).collect();
        let statement = self.prepared(sql)?;
        self.client.execute(&statement, &values).map_err(|e| error(&e, sql))
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        if sql.contains("ALTER TABLE") {
            // What was planned for other columns is not asked for again.
            self.prepared.clear();
        }
        self.client.batch_execute(sql).map_err(|e| error(&e, sql))
    }

    fn each(&mut self, sql: &str, values: &[Value], to: &mut dyn FnMut(Row)) -> Result<(), StoreError> {
        let bound: Vec<Bound<'_>> = values.iter().map(Bound).collect();
        let statement = self.prepared(sql)?;
        let mut rows = self.client.query_raw(&statement, &bound).map_err(|e| error(&e, sql))?;
        while let Some(r) = rows.next().map_err(|e| error(&e, sql))? {
            to(row(&r));
        }
        Ok(())
    }

    fn insert_new(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
    ) -> Result<u64, StoreError> {
        // COPY knows no ON CONFLICT, so it goes by way of a table that ends with the transaction.
        let columns = columns.join(", ");
        self.batch(&format!(
            "CREATE TEMP TABLE arriving ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
        ))?;
        let copy = format!("COPY arriving ({columns}) FROM STDIN");
        let mut writer = self.client.copy_in(&copy).map_err(|e| error(&e, &copy))?;
        let mut buffer = Vec::with_capacity(1 << 17);
        let failed = |_| StoreError::Statement { what: Fault::Silent, statement: "COPY".to_owned() };
        for row in rows {
            for (c, value) in row.iter().enumerate() {
                if c > 0 {
                    buffer.push(b'\t');
                }
                field(&mut buffer, value);
            }
            buffer.push(b'\n');
            if buffer.len() > 1 << 16 {
                writer.write_all(&buffer).map_err(failed)?;
                buffer.clear();
            }
        }
        writer.write_all(&buffer).map_err(failed)?;
        writer.finish().map_err(|e| error(&e, &copy))?;
        let sql =
            format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM arriving ON CONFLICT DO NOTHING");
        let new = self.execute(&sql, &[])?;
        self.batch("DROP TABLE arriving")?;
        Ok(new)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        // One writer at a time, as in the other back end: the chain of the audit log has one end.
        let began = self.batch("BEGIN; SELECT pg_advisory_xact_lock(720573);");
        if began.is_err() {
            // What could not begin is not left half begun, whatever comes of this.
            let _ = self.client.batch_execute("ROLLBACK");
        }
        began
    }

    fn begin_looking(&mut self) -> Result<(), StoreError> {
        self.as_of_now()
    }

    fn execute_if_free(&mut self, sql: &str, values: &[Value]) -> Result<bool, StoreError> {
        self.batch("BEGIN; SET LOCAL lock_timeout = '20ms'")?;
        let done = self.execute(sql, values).and_then(|_| self.commit());
        match done {
            Ok(()) => Ok(true),
            Err(error) => {
                self.rollback()?;
                if matches!(error, StoreError::Busy) { Ok(false) } else { Err(error) }
            }
        }
    }
}
