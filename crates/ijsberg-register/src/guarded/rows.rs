//! Rows: their keyed hash in two halves, the sum of the hidden ones, and the conditions that name them.

use ijsberg_crypto::Key;
use ijsberg_store::{StoreError, Value};

use crate::tables::Table;

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

/// Both halves of the keyed hash of a row.
pub(super) fn hashed(key: &Key, table: &Table, row: &[Value]) -> (Vec<u8>, u128) {
    let mut bytes = Vec::with_capacity(256);
    for value in row {
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
    // A hash that is compared with what anybody may read gives nothing away by its time that the storage would not.
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
