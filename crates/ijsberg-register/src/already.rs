//! Compares rows of a file that are already registered with the stored ones: a row that comes again with another code is not imported, and
//! its sender should know.

use std::collections::HashMap;

use ijsberg_store::registrations::{self, CodesOfCase};

use crate::citizenships::{codes, kept};
use crate::error::RegisterError;
use crate::notify::{Notification, RowDiffers};
use crate::policy::Operation;
use crate::register::Register;

/// Rows of a file that are compared at once: no more of the register is held in memory.
const AT_ONCE: usize = 200;

impl Register {
    /// Of the rows that are already registered, those that differ, if the user may read registrations: to other users the answer would
    /// reveal what is stored.
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
        let keys = rows.iter().map(|(key, _)| key.as_slice());
        let there = registrations::codes_of_cases(self.driver.as_mut(), organisation, keys)?;
        let there: HashMap<&[u8], &CodesOfCase> =
            there.iter().map(|of| (of.local_key.as_slice(), of)).collect();
        let differs = |(key, n): &([u8; 32], &Notification)| {
            let fields = there.get(key.as_slice()).map(|stored| differences(stored, n, lanes))?;
            (!fields.is_empty()).then_some(RowDiffers { line: n.line, fields })
        };
        Ok(rows.iter().filter_map(differs).collect())
    }
}

/// Coded fields in which a notification differs from the stored one.
fn differences(stored: &CodesOfCase, n: &Notification, lanes: &HashMap<String, String>) -> Vec<&'static str> {
    let basis = if n.basis.is_empty() { lanes.get(n.lane.name()) } else { Some(&n.basis) };
    let fields = [
        ("happened_on", stored.happened_on == n.happened_on),
        ("lane", stored.lane == n.lane.name()),
        ("basis", stored.basis == basis.map_or("", String::as_str)),
        ("sex", stored.sex == n.sex),
        ("birth_year", stored.birth_year == n.birth_year),
        ("minor", stored.minor == n.minor),
        ("nationality", kept(codes(&stored.nationality)) == n.nationality),
        ("form", stored.form == n.form),
        ("sector", stored.sector == n.sector),
        ("region", stored.region == n.region),
        ("article_part", stored.article_part == n.article_part),
    ];
    fields.into_iter().filter(|(_, same)| !same).map(|(field, _)| field).collect()
}
