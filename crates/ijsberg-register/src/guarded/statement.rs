//! What a statement of this program does to which table: as much of SQL as the program itself speaks.

use ijsberg_store::Value;

/// A statement that writes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Write<'a> {
    /// Puts in one row: its columns, and what stands for their values.
    Insert { table: &'a str, columns: Vec<&'a str>, values: Vec<&'a str> },
    /// Changes the rows for which a condition holds.
    Update { table: &'a str, columns: Vec<&'a str>, condition: &'a str },
    /// Takes them out.
    Delete { table: &'a str, condition: &'a str },
}

/// What a statement that writes does; nothing where it is put otherwise.
pub(crate) fn write(sql: &str) -> Option<Write<'_>> {
    let sql = sql.trim();
    if let Some(rest) = sql.strip_prefix("INSERT INTO ") {
        let (table, rest) = rest.split_once(" (")?;
        let (columns, rest) = rest.split_once(')')?;
        let rest = rest.trim_start().strip_prefix("VALUES (")?;
        let (values, _) = rest.split_once(')')?;
        let list = |text| str::split(text, ',').map(str::trim).collect::<Vec<_>>();
        let (columns, values) = (list(columns), list(values));
        return (columns.len() == values.len()).then_some(Write::Insert { table, columns, values });
    }
    if let Some(rest) = sql.strip_prefix("UPDATE ") {
        let (table, rest) = rest.split_once(" SET ")?;
        let (sets, condition) = rest.split_once(" WHERE ")?;
        let columns = sets.split(',').map(|s| s.split('=').next().unwrap_or_default().trim()).collect();
        return Some(Write::Update { table, columns, condition });
    }
    let (table, condition) = sql.strip_prefix("DELETE FROM ")?.split_once(" WHERE ")?;
    Some(Write::Delete { table, condition })
}

/// The table of a query over whole rows of one table: what it selects, the table, and what follows.
pub(crate) fn query(sql: &str) -> Option<(&str, &str, &str)> {
    let rest = sql.trim().strip_prefix("SELECT ")?;
    let (list, rest) = rest.split_once(" FROM ")?;
    if list.contains('(') || rest.contains(" UNION ") {
        return None;
    }
    let (table, tail) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let follows = tail.trim_start();
    let alone = ["WHERE ", "ORDER BY ", "LIMIT "].iter().any(|w| follows.starts_with(w));
    (follows.is_empty() || alone).then_some((list, table, tail))
}

/// A part of a statement with its own numbers, and the values that it uses.
pub(crate) fn numbered(part: &str, values: &[Value], from: usize) -> (String, Vec<Value>) {
    let (mut out, mut used): (String, Vec<usize>) = (String::new(), Vec::new());
    let mut pieces = part.split('$');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = piece[..digits].parse().unwrap_or(0);
        let place = used.iter().position(|u| *u == number).unwrap_or_else(|| {
            used.push(number);
            used.len() - 1
        });
        // Writing to memory cannot fail.
        let _ =
            std::fmt::Write::write_fmt(&mut out, format_args!("${}{}", place + from + 1, &piece[digits..]));
    }
    let values = used.iter().map(|n| values.get(n.wrapping_sub(1)).cloned().unwrap_or(Value::Null)).collect();
    (out, values)
}

/// What stands for a value in a statement: a number of a parameter, or a literal.
pub(crate) fn value(text: &str, values: &[Value]) -> Option<Value> {
    if let Some(number) = text.strip_prefix('$') {
        return values.get(number.parse::<usize>().ok()?.checked_sub(1)?).cloned();
    }
    if let Some(quoted) = text.strip_prefix('\'') {
        return quoted.strip_suffix('\'').map(Value::from);
    }
    text.parse::<i64>().ok().map(Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart() {
        let sql =
            "INSERT INTO lane (name, basis) VALUES ($1, 'x') ON CONFLICT (name) DO UPDATE SET basis = $2";
        let insert =
            Write::Insert { table: "lane", columns: vec!["name", "basis"], values: vec!["$1", "'x'"] };
        assert_eq!(write(sql), Some(insert));
        let sql = "UPDATE registration SET version = $1 WHERE id = $2";
        let update = Write::Update { table: "registration", columns: vec!["version"], condition: "id = $2" };
        assert_eq!(write(sql), Some(update));
        let sql = "DELETE FROM record WHERE person = $1";
        assert_eq!(write(sql), Some(Write::Delete { table: "record", condition: "person = $1" }));
        assert_eq!(write("DELETE FROM record"), None);
        assert_eq!(write("UPDATE record SET kind = 'x'"), None);
    }

    #[test]
    fn queries_over_whole_rows_are_known() {
        let sql = "SELECT name, disabled FROM app_user WHERE a NOT IN (SELECT b FROM c) ORDER BY name";
        let (list, table, tail) = query(sql).unwrap();
        assert_eq!((list, table), ("name, disabled", "app_user"));
        assert!(tail.starts_with("WHERE a NOT"));
        assert_eq!(query("SELECT id FROM organisation").unwrap().1, "organisation");
        for other in [
            "SELECT count(*) FROM app_user",
            "SELECT t.a FROM link_token t JOIN link_token s ON t.a = s.a",
            "SELECT 1 FROM person p WHERE p.id = $1",
            "SELECT a FROM person WHERE a = $1 UNION SELECT a FROM record",
            "PRAGMA quick_check",
        ] {
            assert_eq!(query(other), None, "{other}");
        }
    }

    #[test]
    fn numbers_begin_anew() {
        let (sql, values) = numbered("(a = $3 AND b = $4) OR a = $3", &[0, 1, 2, 3].map(Value::from), 0);
        assert_eq!((sql.as_str(), values), ("(a = $1 AND b = $2) OR a = $1", vec![2.into(), 3.into()]));
        assert_eq!(value("$2", &["a".into(), "b".into()]), Some("b".into()));
        assert_eq!((value("0", &[]), value("''", &[])), (Some(0.into()), Some("".into())));
        assert_eq!(value("now()", &[]), None);
    }
}
