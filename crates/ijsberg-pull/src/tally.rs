//! Counts of the records that came, never their contents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::source::Record;

/// Names of fields that are counted; a form has hundreds, and what is repeated is numbered.
const MOST: usize = 10_000;

/// What came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Records that came since this pull began.
    pub read: u64,
    /// Records in the file.
    pub stored: u64,
    /// Records that came since this pull began and were in the file already.
    pub again: u64,
    /// Records that came since this pull began without anything to know them by. They are not in the file.
    pub without_id: u64,
    /// How many records there are, by the server.
    pub server: Option<u64>,
    /// How many records of those in the file have each field.
    pub fields: BTreeMap<String, u64>,
    /// What fields are called where their names say nothing.
    pub labels: BTreeMap<String, String>,
    /// Values of fields beyond those that are counted by name.
    pub further: u64,
}

impl Tally {
    /// Counts the fields of a record.
    pub(crate) fn count(&mut self, record: &Record) {
        for name in record.fields.keys() {
            let named = self.fields.len();
            match self.fields.get_mut(name) {
                Some(n) => *n += 1,
                None if named < MOST => {
                    self.fields.insert(name.clone(), 1);
                }
                None => self.further += 1,
            }
        }
    }

    /// Learns what fields are called.
    pub(crate) fn name(&mut self, labels: BTreeMap<String, String>) {
        for (field, label) in labels {
            if self.labels.len() < MOST {
                self.labels.entry(field).or_insert(label);
            }
        }
    }
}
