//! Persons by list, year and covariates, as they are before anything is protected. Nothing here is printed.

use std::collections::BTreeMap;

use ijsberg_disclosure::cell_key::{CellKey, Protected, protect};
use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_tables::Table;

/// Names under which a covariate is taken for the year.
const YEAR_NAMES: [&str; 3] = ["year", "jaar", "period"];

/// The level of who has none.
pub const UNKNOWN: &str = "unknown";

/// Persons who are alike in everything: on which lists, in which year, at which levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// The lists, a bit for each.
    pub history: u32,
    /// The year.
    pub year: String,
    /// The level of each covariate.
    pub levels: Vec<String>,
    /// How many.
    pub count: u64,
    /// Their numbers, added up.
    key: CellKey,
}

/// All persons of a window of years.
#[derive(Debug, Clone)]
pub struct Source {
    /// The lists.
    pub lists: Vec<String>,
    /// Covariates but the year.
    pub covariates: Vec<String>,
    /// Years in order.
    pub years: Vec<String>,
    /// The persons.
    pub alike: Vec<Alike>,
    /// Persons without a year, who are in no report: for whoever makes it, not to be given out.
    pub without_year: u64,
}

impl Source {
    /// The persons of a table in the years wanted. `secret` numbers them, so that the same cell has the same noise in every table
    /// and every release. Persons who are alike in everything are told apart by a number only.
    ///
    /// None if the table has no year.
    pub fn of(table: &Table, years: std::ops::RangeInclusive<i16>, secret: &[u8]) -> Option<Self> {
        let year_at =
            table.covariates.iter().position(|c| YEAR_NAMES.contains(&c.name.to_lowercase().as_str()))?;
        // A column that says the same of everybody, such as that all of it is synthetic, breaks nothing down.
        let told = |c: &ijsberg_tables::Covariate| c.values.iter().any(|v| *v != c.values[0]);
        let others: Vec<&ijsberg_tables::Covariate> = table
            .covariates
            .iter()
            .enumerate()
            .filter(|(i, c)| *i != year_at && told(c))
            .map(|c| c.1)
            .collect();
        let known = |v: &Option<String>| v.clone().unwrap_or_else(|| UNKNOWN.to_owned());
        let mut cells: BTreeMap<(u32, String, Vec<String>), u64> = BTreeMap::new();
        let mut without_year = 0;
        for (i, (history, count)) in table.rows.iter().enumerate() {
            let year: String = known(&table.covariates[year_at].values[i]).chars().take(4).collect();
            match year.parse::<i16>() {
                Ok(y) if years.contains(&y) => {}
                Ok(_) => continue,
                Err(_) => {
                    without_year += count;
                    continue;
                }
            }
            let levels = others.iter().map(|c| known(&c.values[i])).collect();
            *cells.entry((*history, year, levels)).or_default() += count;
        }
        let alike: Vec<Alike> = cells
            .into_iter()
            .filter(|c| c.1 > 0)
            .map(|((history, year, levels), count)| {
                let who = format!("{history}\u{1f}{year}\u{1f}{}", levels.join("\u{1f}"));
                let key = (0..count).fold(CellKey::default(), |sum, number| {
                    sum.and(CellKey::of(secret, format!("{who}\u{1f}{number}").as_bytes()))
                });
                Alike { history, year, levels, count, key }
            })
            .collect();
        let mut seen: Vec<String> = alike.iter().map(|a| a.year.clone()).collect();
        seen.sort();
        seen.dedup();
        let covariates = others.iter().map(|c| c.name.clone()).collect();
        Some(Self { lists: table.histories.lists().to_vec(), covariates, years: seen, alike, without_year })
    }

    /// How many persons fit, exactly.
    pub(crate) fn count(&self, fits: impl Fn(&Alike) -> bool) -> u64 {
        self.alike.iter().filter(|a| fits(a)).map(|a| a.count).sum()
    }

    /// How many persons fit, protected.
    pub fn protected(&self, noise: &Perturbation, fits: impl Fn(&Alike) -> bool) -> Protected {
        let both = |(count, key): (u64, CellKey), a: &Alike| (count + a.count, key.and(a.key));
        let (count, key) = self.alike.iter().filter(|a| fits(a)).fold((0, CellKey::default()), both);
        protect(noise, count, key)
    }

    /// Histories with their protected counts, of the persons who fit.
    pub fn histories(&self, noise: &Perturbation, fits: impl Fn(&Alike) -> bool) -> Vec<(u32, Protected)> {
        let mut all: Vec<u32> = self.alike.iter().filter(|a| fits(a)).map(|a| a.history).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().map(|h| (h, self.protected(noise, |a| a.history == h && fits(a)))).collect()
    }

    /// Levels of a covariate in order, that of who has none last.
    pub fn levels(&self, covariate: usize) -> Vec<String> {
        let mut all: Vec<String> = self.alike.iter().map(|a| a.levels[covariate].clone()).collect();
        all.sort_by_key(|l| (l == UNKNOWN, l.clone()));
        all.dedup();
        all
    }
}
