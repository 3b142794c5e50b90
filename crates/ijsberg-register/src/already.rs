//! Rows of a file that are in the register already, beside what stands there: a row that comes again with another code is not taken,
//! and whoever sent it should know.

use std::collections::HashMap;

use ijsberg_store::{Row, Value};

use crate::citizenships::{codes, kept};
use crate::error::RegisterError;
use crate::notify::{Notification, RowDiffers};
use crate::policy::Operation;
use crate::register::Register;

/// Rows that are looked up by one statement.
const AT_ONCE: usize = 200;

/// Coded fields that are compared, in the order of the statement.
const FIELDS: [&str; 11] = [
    "happened_on",
    "lane",
    "basis",
    "sex",
    "birth_year",
    "minor",
    "nationality",
    "form",
    "sector",
    "region",
    "article_part",
];

impl Register {
    /// Of rows that are there already those that differ, where the user may read what stands there: for others it would be a way to
    /// ask.
    pub(crate) fn differing(
        &mut self,
        rows: &[&Notification],
        lanes: &HashMap<String, String>,
    ) -> Result<Vec<RowDiffers>, RegisterError> {
        let mut by_organisation: HashMap<&str, Vec<([u8; 32], &Notification)>> = HashMap::new();
        for n in rows {
            by_organisation.entry(&n.organisation).or_default().push((self.local_code(n)?, n));
        }
        let mut all = Vec::new();
        for (organisation, of) in by_organisation {
            let reads =
                |r: &Self| r.session().is_some_and(|s| s.may_for(Operation::ReadRegistration, organisation));
            if reads(self) {
                for part in of.chunks(AT_ONCE) {
                    all.extend(self.differing_of(organisation, part, lanes)?);
                }
            }
        }
        all.sort_by_key(|d| d.line);
        Ok(all)
    }

    fn differing_of(
        &mut self,
        organisation: &str,
        rows: &[([u8; 32], &Notification)],
        lanes: &HashMap<String, String>,
    ) -> Result<Vec<RowDiffers>, RegisterError> {
        let places: Vec<String> = (2..rows.len() + 2).map(|i| format!("${i}")).collect();
        let sql = format!(
            "SELECT local_key, {} FROM registration WHERE organisation = $1 AND local_key IN ({})",
            FIELDS.join(", "),
            places.join(", ")
        );
        let mut values: Vec<Value> = vec![organisation.into()];
        values.extend(rows.iter().map(|r| r.0.to_vec().into()));
        let there = self.driver.query(&sql, &values)?;
        let there: HashMap<&[u8], &Row> = there.iter().map(|r| (r.bytes(0), r)).collect();
        let differs = |(key, n): &([u8; 32], &Notification)| {
            let fields = there.get(&key[..]).map(|row| differences(row, n, lanes))?;
            (!fields.is_empty()).then_some(RowDiffers { line: n.line, fields })
        };
        Ok(rows.iter().filter_map(differs).collect())
    }
}

/// Fields in which a notification differs from a row that was read with [`FIELDS`] behind its key.
fn differences(row: &Row, n: &Notification, lanes: &HashMap<String, String>) -> Vec<&'static str> {
    let year = n.birth_year.map(|y| y.to_string()).unwrap_or_default();
    let basis = if n.basis.is_empty() { lanes.get(n.lane.name()) } else { Some(&n.basis) };
    let now = [
        n.happened_on.as_str(),
        n.lane.name(),
        basis.map_or("", String::as_str),
        &n.sex,
        &year,
        &n.minor,
        &n.nationality,
        &n.form,
        &n.sector,
        &n.region,
        &n.article_part,
    ];
    let was = |at: usize| match FIELDS[at] {
        "birth_year" if row.is_null(at + 1) => String::new(),
        "birth_year" => row.int(at + 1).to_string(),
        "nationality" => kept(codes(row.text(at + 1))),
        _ => row.text(at + 1).to_owned(),
    };
    (0..FIELDS.len()).filter(|&at| was(at) != now[at]).map(|at| FIELDS[at]).collect()
}
