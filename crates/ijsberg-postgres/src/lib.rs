//! A register in PostgreSQL. Bodies of records and identities arrive sealed; the coded rows of the estimator do not, so the
//! server's disk is to be encrypted as well.

use std::io::Write as _;
use std::net::{IpAddr, ToSocketAddrs};

use ijsberg_store::{Dialect, Driver, Row, StoreError, Value, words};
use postgres::config::Host;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{ToSql, Type};
use postgres::{Client, Config, NoTls};

/// An open connection.
pub struct Postgres(Client);

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

    /// Connects by URL, on this machine only: over a socket or the loopback address.
    ///
    /// # Errors
    /// [`StoreError::Unencrypted`] for another machine.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let config: Config =
            url.parse().map_err(|_| StoreError::Open("the URL is not one of PostgreSQL".to_owned()))?;
        on_this_machine(&config)?;
        let client = config.connect(NoTls).map_err(|e| StoreError::Open(plain(&e)))?;
        let mut open = Self(client);
        // Acknowledged means written.
        open.batch("SET synchronous_commit = on; SET client_min_messages = warning;")?;
        Ok(open)
    }
}

/// Refuses every way to another machine: by name, by number, and by a number beside a name that looks like this machine's.
fn on_this_machine(config: &Config) -> Result<(), StoreError> {
    let refused = |host: &str| Err(StoreError::Unencrypted { host: host.to_owned() });
    for host in config.get_hosts() {
        match host {
            Host::Tcp(name) if name == "localhost" => {
                // Whatever this machine takes the name for.
                let found = (name.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
                if !found.is_ok_and(|all| !all.is_empty() && all.iter().all(|a| a.ip().is_loopback())) {
                    return refused(name);
                }
            }
            Host::Tcp(name) if name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()) => {}
            Host::Tcp(name) => return refused(name),
            #[cfg(unix)]
            Host::Unix(_) => {}
        }
    }
    match config.get_hostaddrs().iter().find(|ip| !ip.is_loopback()) {
        Some(elsewhere) => refused(&elsewhere.to_string()),
        None => Ok(()),
    }
}

/// Whether a URL, or a text of settings, holds a password.
pub fn holds_password(url: &str) -> bool {
    url.parse::<Config>().map_or(url.contains("password"), |c| c.get_password().is_some())
}

/// What the server says without details, which hold values.
fn plain(e: &postgres::Error) -> String {
    e.as_db_error().map_or_else(|| "the server does not answer".to_owned(), |d| d.message().to_owned())
}

fn error(e: &postgres::Error, sql: &str) -> StoreError {
    let Some(db) = e.as_db_error() else {
        return StoreError::Statement {
            what: "the server does not answer, or not as expected".to_owned(),
            statement: words(sql),
        };
    };
    match *db.code() {
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
        SqlState::UNIQUE_VIOLATION | SqlState::CHECK_VIOLATION | SqlState::NOT_NULL_VIOLATION => {
            StoreError::Rule(db.constraint().or(db.column()).unwrap_or_default().to_owned())
        }
        _ => StoreError::Statement { what: db.code().code().to_owned(), statement: words(sql) },
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
        self.0.execute(sql, &values).map_err(|e| error(&e, sql))
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.0.batch_execute(sql).map_err(|e| error(&e, sql))
    }

    fn each(&mut self, sql: &str, values: &[Value], to: &mut dyn FnMut(Row)) -> Result<(), StoreError> {
        let bound: Vec<Bound<'_>> = values.iter().map(Bound).collect();
        let mut rows = self.0.query_raw(sql, &bound).map_err(|e| error(&e, sql))?;
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
        let mut writer = self.0.copy_in(&copy).map_err(|e| error(&e, &copy))?;
        let mut buffer = Vec::with_capacity(1 << 17);
        let failed = |_| StoreError::Statement {
            what: "the server does not answer".to_owned(),
            statement: "COPY".to_owned(),
        };
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
        self.batch("BEGIN; SELECT pg_advisory_xact_lock(720573);")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_to_another_machine() {
        for url in [
            "postgresql://db.example/r",
            "postgresql://10.0.0.7/r",
            "postgresql://localhost/r?hostaddr=10.0.0.7",
            "host=localhost hostaddr=10.0.0.7",
            "host=/var/run/postgresql hostaddr=10.0.0.7",
            "hostaddr=10.0.0.7",
            "postgresql://127.0.0.1,db.example/r",
            "host=localhost,10.0.0.7",
            "postgresql://[2001:db8::1]/r",
            "postgresql://127.0.0.1.example/r",
        ] {
            let refused = Postgres::open(url);
            assert!(matches!(refused, Err(StoreError::Unencrypted { .. })), "{url}: {refused:?}");
        }
        for url in [
            "postgresql://127.0.0.1/r",
            "host=localhost",
            "host=/var/run/postgresql",
            "host=::1 hostaddr=::1",
        ] {
            assert!(on_this_machine(&url.parse().unwrap()).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_password_is_seen_however_it_is_written() {
        for url in [
            "postgresql://u:secret@localhost/r",
            "postgresql://localhost/r?password=secret",
            "host=localhost password=secret",
            "host=localhost password='a b' =",
        ] {
            assert!(holds_password(url), "{url}");
        }
        assert!(!holds_password("postgresql://u@localhost/r") && !holds_password("host=localhost"));
    }
}
