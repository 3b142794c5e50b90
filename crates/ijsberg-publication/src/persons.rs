//! Persons by year, as they were when the year was published.
//!
//! A published year is frozen: later editions use the same persons with the same noise, so a report repeats its counts, and persons who
//! arrived, left or were corrected since are in none of them. Otherwise the counts that change between two editions would disclose the
//! persons who caused the change. A year is revised as a whole once at least [`REVISION_THRESHOLD`] persons arrived or left: all its
//! persons get new noise, so every count of the year changes, also counts without new persons. An attacker can then average over as many
//! draws as there are vintages, so there are at most [`MOST_VINTAGES`].

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_crypto::{Key, hex, unhex};
use ijsberg_disclosure::cell_key::CellKey;
use serde::{Deserialize, Serialize};

/// The number of persons who must have arrived or left since a year was published before the year is revised.
pub const REVISION_THRESHOLD: u64 = 10;

/// Whether a year is behind the data: enough persons arrived or left since it was published for a revision, but it was not revised.
pub fn is_behind(held_back: u64) -> bool {
    held_back >= REVISION_THRESHOLD
}

/// The years that are behind the data, given the number of persons held back in each.
pub fn behind(held_back: &BTreeMap<String, u64>) -> BTreeSet<String> {
    held_back.iter().filter(|(_, n)| is_behind(**n)).map(|(year, _)| year.clone()).collect()
}

/// The largest number of times that a year is published with new noise.
pub const MOST_VINTAGES: usize = 3;

/// The level of persons without a known level.
pub const UNKNOWN: &str = "unknown";

/// The name of the family and of the column of lists.
pub(crate) const LIST: &str = "list";

/// Persons with the same lists, levels and marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The lists, as a bit mask.
    pub history: u32,
    /// The level of each covariate.
    pub levels: Vec<String>,
    /// For each mark, whether they have it.
    pub marks: Vec<bool>,
    /// The number of persons.
    pub count: u64,
    /// The sum of their record keys for the noise.
    pub key: u64,
    /// Their pseudonyms, until record keys are assigned.
    #[serde(skip)]
    pub pseudonyms: Vec<String>,
}

/// The persons of a year.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// Names of the lists.
    pub lists: Vec<String>,
    /// Names of the covariates.
    pub covariates: Vec<String>,
    /// Names of the marks.
    pub marks: Vec<String>,
    /// The persons.
    pub groups: Vec<Group>,
}

/// Words with the same meaning.
const SYNONYMS: [&[&str]; 11] = [
    &["f", "female", "vrouw", "v"],
    &["m", "male", "man"],
    &["minor", "minderjarig"],
    &["adult", "meerderjarig"],
    &["unknown", "onbekend", ""],
    &["sex", "geslacht"],
    &["age", "leeftijd"],
    &["form", "vorm"],
    &["nationality", "nationaliteit"],
    &["citizenship", "staatsburgerschap"],
    &["region", "regio"],
];

/// A name or a level in a standard spelling, so that names typed differently compare as equal.
pub fn folded(word: &str) -> String {
    let word = word.trim().to_lowercase();
    SYNONYMS.iter().find(|same| same.contains(&word.as_str())).map_or(word, |same| same[0].to_owned())
}

/// The separator between the name of a group of people and a year.
const PEOPLE_SEPARATOR: char = '\u{1f}';

/// The name of a year of people who, as stated by the publisher, are only in releases with the name `people`.
pub fn year_of_people(people: &str, year: &str) -> String {
    format!("{people}{PEOPLE_SEPARATOR}{year}")
}

/// The name of the people of a year, empty for the people of reports, and the year itself, empty for a table without years.
pub fn people_and_year(year: &str) -> (&str, &str) {
    year.rsplit_once(PEOPLE_SEPARATOR).unwrap_or(("", year))
}

/// Whether a text is a known year, from 1900 to 2100.
pub(crate) fn is_year(year: &str) -> bool {
    year.parse::<i16>().is_ok_and(|year| (1900..=2100).contains(&year))
}

/// The names of the lists in a bit mask, in standard spelling.
fn lists_of(year: &Year, history: u32) -> BTreeSet<String> {
    (0..year.lists.len()).filter(|l| history >> l & 1 == 1).map(|l| folded(&year.lists[l])).collect()
}

/// The number of persons and the sum of their record keys, by lists, levels and marks of selected columns.
type Projected = BTreeMap<(BTreeSet<String>, Vec<String>, Vec<bool>), (u64, CellKey)>;

impl Year {
    /// Assigns record keys to the persons for a vintage. A key depends on the pseudonym or, without one, on the names of the lists and the
    /// year, so it does not change if columns are moved, left out or spelled differently.
    pub fn assign_keys(&mut self, secret: &[u8], year: &str, vintage: usize) {
        for at in 0..self.groups.len() {
            let lists =
                lists_of(self, self.groups[at].history).into_iter().collect::<Vec<_>>().join("\u{1f}");
            let group = &mut self.groups[at];
            let alike = || format!("alike\u{1e}{vintage}\u{1e}{year}\u{1e}{lists}");
            let one = |name: &String| {
                CellKey::from_secret(secret, format!("person\u{1e}{vintage}\u{1e}{name}").as_bytes())
            };
            let named = group.pseudonyms.iter().map(one).fold(CellKey::default(), CellKey::and);
            let others = group.count - group.pseudonyms.len() as u64;
            let key = if others > 0 {
                named.and(CellKey::from_secret(secret, alike().as_bytes()).times(others))
            } else {
                named
            };
            group.key = key.get();
        }
    }

    /// The number of persons.
    pub fn persons(&self) -> u64 {
        self.groups.iter().map(|g| g.count).sum()
    }

    /// The number of persons on lists on which another table has no persons.
    fn persons_on_other_lists(&self, than: &Self) -> u64 {
        let there: BTreeSet<String> = than.groups.iter().flat_map(|g| lists_of(than, g.history)).collect();
        let on = |g: &&Group| lists_of(self, g.history).iter().any(|list| !there.contains(list));
        self.groups.iter().filter(on).map(|g| g.count).sum()
    }

    /// Whether its lists differ from those of another table of the same persons, so that persons cannot be matched. A few persons who are
    /// the first on a list do not count as a difference.
    pub fn has_other_lists(&self, than: &Self) -> bool {
        let either_is_empty = self.persons() == 0 || than.persons() == 0;
        let differing = self.persons_on_other_lists(than).max(than.persons_on_other_lists(self));
        !either_is_empty && differing >= REVISION_THRESHOLD
    }

    /// The positions of columns.
    fn positions(names: &[String], wanted: &[String]) -> Vec<Option<usize>> {
        wanted.iter().map(|w| names.iter().position(|n| folded(n) == *w)).collect()
    }

    fn projected(&self, covariates: &[String], marks: &[String]) -> Projected {
        let covariates = Self::positions(&self.covariates, covariates);
        let marks = Self::positions(&self.marks, marks);
        let mut all = Projected::new();
        for g in &self.groups {
            let levels =
                covariates.iter().map(|c| c.map_or(String::new(), |c| folded(&g.levels[c]))).collect();
            let marks = marks.iter().map(|m| m.is_some_and(|m| g.marks[m])).collect();
            let found = all.entry((lists_of(self, g.history), levels, marks)).or_default();
            *found = (found.0 + g.count, found.1.and(CellKey::kept(g.key)));
        }
        all
    }

    /// Whether the persons are the same in all columns that both tables have. Both need the record keys of the same vintage.
    pub fn has_same_persons(&self, other: &Self) -> bool {
        let common = |a: &[String], b: &[String]| -> Vec<String> {
            let b: BTreeSet<String> = b.iter().map(|n| folded(n)).collect();
            let mut both: Vec<String> = a.iter().map(|n| folded(n)).filter(|n| b.contains(n)).collect();
            both.sort();
            both
        };
        let covariates = common(&self.covariates, &other.covariates);
        let marks = common(&self.marks, &other.marks);
        self.projected(&covariates, &marks) == other.projected(&covariates, &marks)
    }

    /// Whether it has all columns of another table.
    pub fn has_columns_of(&self, other: &Self) -> bool {
        let all = |a: &[String], b: &[String]| b.iter().all(|n| a.iter().any(|m| folded(m) == folded(n)));
        all(&self.covariates, &other.covariates) && all(&self.marks, &other.marks)
    }

    /// The number of persons who arrived or who left since, whichever is larger, by the lists that they are on. Corrections in other
    /// columns do not count; otherwise another spelling of a level would be a revision.
    pub fn persons_changed(&self, since: &Self) -> u64 {
        let count = |year: &Self| {
            let mut all: BTreeMap<BTreeSet<String>, u64> = BTreeMap::new();
            year.groups.iter().for_each(|g| *all.entry(lists_of(year, g.history)).or_default() += g.count);
            all
        };
        let (now, then) = (count(self), count(since));
        let more = |a: &BTreeMap<BTreeSet<String>, u64>, b: &BTreeMap<BTreeSet<String>, u64>| -> u64 {
            a.iter().map(|(lists, n)| n.saturating_sub(b.get(lists).copied().unwrap_or(0))).sum()
        };
        more(&now, &then).max(more(&then, &now))
    }
}

/// The persons of every published year, by vintage.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptYears {
    /// The vintages of each year, the first one first.
    pub years: BTreeMap<String, Vec<Year>>,
}

impl std::fmt::Debug for KeptYears {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptYears(..)")
    }
}

/// The purpose that the encryption is bound to.
const CONTEXT: &[u8] = b"persons of published years";

impl KeptYears {
    fn key(secret: &[u8]) -> Key {
        Key::from_bytes(Key::from_bytes([0; 32]).mac(&[CONTEXT, secret]))
    }

    /// Encrypts the persons under the key of the noise. The same persons give the same text.
    pub fn sealed(&self, secret: &[u8]) -> String {
        // Lists of names and numbers: serialisation cannot fail.
        let plain = serde_json::to_vec(self).unwrap_or_default();
        hex(&Self::key(secret).seal_same(&plain, CONTEXT))
    }

    /// Decrypts the persons; `None` if the text was encrypted under another key or was changed.
    pub fn open(sealed: &str, secret: &[u8]) -> Option<Self> {
        let plain = Self::key(secret).open(&unhex(sealed)?, CONTEXT).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// Decides which persons a year is published with, and in which vintage. `now` has no record keys yet; `may_revise` allows a
    /// revision.
    pub fn decide(&mut self, year: &str, mut now: Year, secret: &[u8], may_revise: bool) -> YearDecision {
        let vintages = self.years.entry(year.to_owned()).or_default();
        let published = vintages.len();
        now.assign_keys(secret, year, published.max(1));
        let Some(last) = vintages.last_mut() else {
            vintages.push(now.clone());
            return YearDecision { persons: now, vintage: 1, held_back: 0, revised: false };
        };
        let (same, changed) = (now.has_same_persons(last), now.persons_changed(last));
        if same && now.has_columns_of(last) {
            // The table may have more columns than before.
            last.clone_from(&now);
        }
        let last = last.clone();
        let may_revise = may_revise && now.persons() > 0 && published < MOST_VINTAGES;
        if !same && may_revise && changed >= REVISION_THRESHOLD {
            now.assign_keys(secret, year, published + 1);
            vintages.push(now.clone());
            return YearDecision { persons: now, vintage: published + 1, held_back: 0, revised: true };
        }
        YearDecision { persons: last, vintage: published, held_back: changed, revised: false }
    }
}

/// The persons with whom a year is published.
#[derive(Debug, Clone)]
pub struct YearDecision {
    /// The persons.
    pub persons: Year,
    /// The number of times the year was published with new noise, this time included.
    pub vintage: usize,
    /// The number of persons who arrived or left since and are in no count: for the producer of the report only.
    pub held_back: u64,
    /// Whether the year is revised now.
    pub revised: bool,
}

#[cfg(test)]
mod tests;
