//! Rows: their keyed hash in two halves, the sum of the hidden ones, and the conditions that name them.

use ijsberg_crypto::Key;
use ijsberg_store::{StoreError, Value};

use crate::guarded::tables::{LATE, Table};

/// Bytes of a keyed hash that stand in the row.
const SHOWN: usize = 16;

/// How many rows a table has, and the sum of the hidden halves of their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(super) rows: i64,
    pub(super) hidden: u128,
}

impl Sum {
    pub(super) fn add(&mut self, hidden: u128) {
        self.rows += 1;
        self.hidden = self.hidden.wrapping_add(hidden);
    }

    pub(super) fn take(&mut self, hidden: u128) {
        self.rows -= 1;
        self.hidden = self.hidden.wrapping_sub(hidden);
    }
}

/// The columns of a row that are hashed: columns that were added later only if they contain something, so that older rows keep their hash.
/// They come last, so that no two rows are hashed alike.
fn counted<'a>(table: &Table, row: &'a [Value]) -> &'a [Value] {
    let mut all = row;
    while let Some((Value::Text(last), before)) = all.split_last() {
        let late = table.columns.get(before.len()).is_some_and(|c| LATE.contains(&(table.name, c)));
        if !late || !last.is_empty() {
            break;
        }
        all = before;
    }
    all
}

/// Both halves of the keyed hash of a row.
pub(super) fn hashed(key: &Key, table: &Table, row: &[Value]) -> (Vec<u8>, u128) {
    let mut bytes = Vec::with_capacity(256);
    for value in counted(table, row) {
        match value {
            Value::Null => bytes.push(0),
            Value::Int(x) => {
                bytes.push(1);
                bytes.extend_from_slice(&x.to_le_bytes());
            }
            Value::Text(x) => {
                bytes.push(2);
                bytes.extend_from_slice(&(x.len() as u64).to_le_bytes());
                bytes.extend_from_slice(x.as_bytes());
            }
            Value::Bytes(x) => {
                bytes.push(3);
                bytes.extend_from_slice(&(x.len() as u64).to_le_bytes());
                bytes.extend_from_slice(x);
            }
        }
    }
    let hash = key.mac(&[b"row", table.name.as_bytes(), &bytes]);
    let (shown, hidden) = hash.split_at(SHOWN);
    let mut other = [0; 16];
    other.copy_from_slice(hidden);
    (shown.to_vec(), u128::from_le_bytes(other))
}

/// The hidden half, where the shown one is that which stands behind the columns.
pub(super) fn checked(key: &Key, table: &Table, row: &[Value]) -> Result<u128, StoreError> {
    let (columns, mac) = row.split_at(table.columns.len());
    let (shown, hidden) = hashed(key, table, columns);
    // Not compared in constant time: the time reveals nothing about the stored hash that the storage itself would not.
    match mac.first() {
        Some(Value::Bytes(mac)) if *mac == shown => Ok(hidden),
        _ => Err(StoreError::Changed(table.name.to_owned())),
    }
}

pub(super) fn keys_of(table: &Table, row: &[Value]) -> Vec<Value> {
    let at = |k: &&str| table.columns.iter().position(|c| c == k).map(|c| row[c].clone());
    table.key.iter().filter_map(at).collect()
}

/// A condition that names rows by their keys.
pub(super) fn by_keys(table: &Table, keys: &[Vec<Value>]) -> (String, Vec<Value>) {
    if let [column] = table.key {
        let places: Vec<String> = (1..=keys.len()).map(|i| format!("${i}")).collect();
        return (format!("{column} IN ({})", places.join(", ")), keys.iter().flatten().cloned().collect());
    }
    let mut values: Vec<Value> = Vec::new();
    let mut all = Vec::with_capacity(keys.len());
    for key in keys {
        let mut each = Vec::new();
        for (column, value) in table.key.iter().zip(key) {
            values.push(value.clone());
            each.push(format!("{column} = ${}", values.len()));
        }
        all.push(format!("({})", each.join(" AND ")));
    }
    (all.join(" OR "), values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guarded::tables::{TABLES, place};

    #[test]
    fn a_column_that_came_later_leaves_the_hash_of_rows_from_before() {
        let key = Key::from_bytes([7; 32]);
        for (name, column) in LATE {
            let table = &TABLES[place(name).unwrap()];
            assert_eq!(table.columns.last(), Some(&column), "{name}");
            let before: Vec<Value> = (1..table.columns.len()).map(|i| Value::Int(i as i64)).collect();
            let with = |value: Value| hashed(&key, table, &[before.clone(), vec![value]].concat());
            assert_eq!(with(Value::Text(String::new())), hashed(&key, table, &before));
            // Every other value is hashed, and no two of them alike.
            let others = [Value::Null, Value::Text("sub3".to_owned()), Value::Text("sub1 sub3".to_owned())];
            let mut all: Vec<_> = others.into_iter().map(with).collect();
            all.push(hashed(&key, table, &before));
            assert!((0..all.len()).all(|i| !all[..i].contains(&all[i])));
        }
        // Of other columns an empty text is hashed as ever.
        let lane = &TABLES[place("lane").unwrap()];
        let text = |words: [&str; 5]| words.map(|w| Value::Text(w.to_owned()));
        let row = text(["help", "consent", "2026", "ada", ""]);
        assert_ne!(hashed(&key, lane, &row), hashed(&key, lane, &row[..4]));
    }
}
