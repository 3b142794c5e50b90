//! Columns of the Counter-Trafficking Data Collaborative's global dataset, April 2020. Coded, unnamed, and **not yet safe to
//! publish**: cells of few persons are not suppressed here.

use super::{Loss, Losses, Table};
use crate::error::RegisterError;
use crate::policy::Operation;
use crate::register::Register;

/// The columns that the register fills.
pub const COLUMNS: [&str; 13] = [
    "yearOfRegistration",
    "Datasource",
    "gender",
    "ageBroad",
    "majorityStatus",
    "citizenship",
    "isForcedLabour",
    "isSexualExploit",
    "isOtherExploit",
    "isForcedMarriage",
    "isForcedMilitary",
    "isOrganRemoval",
    "CountryOfExploitation",
];

/// Missing, in that dataset.
const MISSING: &str = "-99";

fn band(age: i64) -> &'static str {
    match age {
        0..=8 => "0--8",
        9..=17 => "9--17",
        18..=20 => "18--20",
        21..=23 => "21--23",
        24..=26 => "24--26",
        27..=29 => "27--29",
        30..=38 => "30--38",
        39..=47 => "39--47",
        48..=120 => "48+",
        _ => MISSING,
    }
}

impl Register {
    /// One row a person, by the decisions on links in force, and what that loses. `country` is where the register is kept.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn export_ctdc(&mut self, source: &str, country: &str) -> Result<(Table, Vec<Loss>), RegisterError> {
        self.act(Operation::ExportCases, None, "CTDC", |r| {
            let groups = r.groups()?;
            let mut seen = std::collections::HashSet::new();
            let (mut rows, mut losses) = (Vec::new(), Losses::default());
            let sql = "SELECT id, happened_on, sex, birth_year, minor, nationality, form FROM registration ORDER BY happened_on, id";
            for row in r.driver.query(sql, &[])? {
                let Ok(id) = row.bytes(0).try_into() else { continue };
                if !seen.insert(groups.root(id)) {
                    continue;
                }
                let year = row.text(1).get(..4).unwrap_or(MISSING).to_owned();
                let gender = match row.text(2) {
                    "F" => "Female",
                    "M" => "Male",
                    "X" => {
                        losses.add("gender", "X has no code and is missing");
                        MISSING
                    }
                    _ => MISSING,
                };
                let age = (!row.is_null(3)).then(|| year.parse::<i64>().unwrap_or(0) - row.int(3));
                let majority = match row.text(4) {
                    "yes" => "Minor",
                    "no" => "Adult",
                    _ => MISSING,
                };
                let form = row.text(6);
                let is = |forms: &[&str]| match form {
                    "UNKNOWN" => MISSING.to_owned(),
                    _ => i32::from(forms.contains(&form)).to_string(),
                };
                if ["CRIMINAL_ACTIVITY", "BEGGING", "SLAVERY_OR_SIMILAR", "ILLEGAL_ADOPTION", "SURROGACY"].contains(&form) {
                    losses.add("isOtherExploit", &format!("{form} has no column and became other"));
                }
                let citizenship = if row.text(5).is_empty() { MISSING } else { row.text(5) };
                rows.push(vec![
                    year,
                    source.to_owned(),
                    gender.to_owned(),
                    age.map_or(MISSING, band).to_owned(),
                    majority.to_owned(),
                    citizenship.to_owned(),
                    is(&["LABOUR", "DOMESTIC_SERVITUDE", "CHILD_LABOUR"]),
                    is(&["SEX_PROSTITUTION", "SEX_OTHER"]),
                    is(&["CRIMINAL_ACTIVITY", "BEGGING", "SLAVERY_OR_SIMILAR", "ILLEGAL_ADOPTION", "SURROGACY", "OTHER"]),
                    is(&["FORCED_MARRIAGE"]),
                    is(&["FORCED_MILITARY"]),
                    is(&["ORGAN_REMOVAL"]),
                    country.to_owned(),
                ]);
            }
            let detail = format!("{} rows", rows.len());
            Ok((((COLUMNS.map(str::to_owned).to_vec(), rows), losses.all()), detail))
        })
    }
}
