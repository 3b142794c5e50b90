//! Persons by year, as they were when the year was given out.
//!
//! A year that was given out is frozen: later editions are made from the same persons with the same noise, so that a report repeats
//! what it said, and who arrived, left or was corrected since is in none of its numbers. Were it otherwise, the numbers that change
//! between two editions would tell whom they changed for. A year is revised as a whole once [`REVISED`] persons or more arrived or
//! left: all its persons get new noise, so that every count of the year changes, those of nobody new among them. That gives away an
//! average over as many draws as there are vintages, so there are at most [`VINTAGES`].

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_crypto::{Key, hex, unhex};
use ijsberg_disclosure::cell_key::CellKey;
use serde::{Deserialize, Serialize};

/// A year is revised only if so many persons arrived or left since it was given out.
pub const REVISED: u64 = 10;

/// Whether more of a year is still to come: so many persons arrived or left since it was given out that it would have been revised, and
/// was not.
pub fn is_behind(held_back: u64) -> bool {
    held_back >= REVISED
}

/// The years of which more is still to come, by how many persons are held back of each.
pub fn behind(held_back: &BTreeMap<String, u64>) -> BTreeSet<String> {
    held_back.iter().filter(|(_, n)| is_behind(**n)).map(|(year, _)| year.clone()).collect()
}

/// How often a year is given out with noise of its own.
pub const VINTAGES: usize = 3;

/// The level of who has none.
pub const UNKNOWN: &str = "unknown";

/// The family, and the column, of lists.
pub(crate) const LIST: &str = "list";

/// Persons who are alike in everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The lists, a bit for each.
    pub history: u32,
    /// The level of each covariate.
    pub levels: Vec<String>,
    /// Whether each mark is theirs.
    pub marks: Vec<bool>,
    /// How many.
    pub count: u64,
    /// Their numbers for the noise, added up.
    pub key: u64,
    /// Their pseudonyms, until they have numbers.
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

/// Words that mean the same.
const SAME: [&[&str]; 11] = [
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

/// A name or a level without what depends on who typed it.
pub fn folded(word: &str) -> String {
    let word = word.trim().to_lowercase();
    SAME.iter().find(|same| same.contains(&word.as_str())).map_or(word, |same| same[0].to_owned())
}

/// What stands between people and a year.
const OF_PEOPLE: char = '\u{1f}';

/// What a year is called of people who were stated to be others than those of all other releases: nobody of them is anybody else.
pub fn year_of_others(people: &str, year: &str) -> String {
    format!("{people}{OF_PEOPLE}{year}")
}

/// The people that a year is of, nobody in particular for those of the reports, and the year itself; none for a table without years.
pub fn people_of(year: &str) -> (&str, &str) {
    year.rsplit_once(OF_PEOPLE).unwrap_or(("", year))
}

/// Whether it is a year that is known: four digits, from 1900 to 2100.
pub(crate) fn is_year(year: &str) -> bool {
    year.parse::<i16>().is_ok_and(|year| (1900..=2100).contains(&year))
}

/// On which lists, in one order.
fn lists_of(year: &Year, history: u32) -> BTreeSet<String> {
    (0..year.lists.len()).filter(|l| history >> l & 1 == 1).map(|l| folded(&year.lists[l])).collect()
}

/// Lists, levels and marks of some columns, and how many persons with which numbers.
type Projected = BTreeMap<(BTreeSet<String>, Vec<String>, Vec<bool>), (u64, CellKey)>;

impl Year {
    /// Numbers the persons for a vintage. Whom a number is of depends on a pseudonym; where there is none, on the lists by their names,
    /// and the year: on nothing that is moved, left out or written otherwise.
    pub fn numbered(&mut self, secret: &[u8], year: &str, vintage: usize) {
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

    /// Persons of the year.
    pub fn persons(&self) -> u64 {
        self.groups.iter().map(|g| g.count).sum()
    }

    /// How many persons are on lists on which another table has nobody.
    fn on_others(&self, than: &Self) -> u64 {
        let there: BTreeSet<String> = than.groups.iter().flat_map(|g| lists_of(than, g.history)).collect();
        let on = |g: &&Group| lists_of(self, g.history).iter().any(|list| !there.contains(list));
        self.groups.iter().filter(on).map(|g| g.count).sum()
    }

    /// Whether it has other lists than another table of the same persons, so that nobody can tell who is whom. A few persons who are the
    /// first on a list are no other lists.
    pub fn has_other_lists(&self, than: &Self) -> bool {
        let either_is_empty = self.persons() == 0 || than.persons() == 0;
        !either_is_empty && self.on_others(than).max(than.on_others(self)) >= REVISED
    }

    /// Where columns stand.
    fn places(names: &[String], wanted: &[String]) -> Vec<Option<usize>> {
        wanted.iter().map(|w| names.iter().position(|n| folded(n) == *w)).collect()
    }

    fn projected(&self, covariates: &[String], marks: &[String]) -> Projected {
        let covariates = Self::places(&self.covariates, covariates);
        let marks = Self::places(&self.marks, marks);
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

    /// Whether the persons are the same in all that both tables tell of them. Both have numbers of one vintage.
    pub fn is_same(&self, other: &Self) -> bool {
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

    /// Whether it tells all that another does.
    pub fn tells_all_of(&self, other: &Self) -> bool {
        let all = |a: &[String], b: &[String]| b.iter().all(|n| a.iter().any(|m| folded(m) == folded(n)));
        all(&self.covariates, &other.covariates) && all(&self.marks, &other.marks)
    }

    /// How many persons arrived or left since, whichever is more, by the lists that they are on. Who was corrected in another column is
    /// not among them: otherwise writing a level in another way would be a revision.
    pub fn changed(&self, since: &Self) -> u64 {
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

/// The persons of every year that was given out, by vintage.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// By year: the first vintage first.
    pub years: BTreeMap<String, Vec<Year>>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept(..)")
    }
}

/// What the sealed persons are sealed for.
const CONTEXT: &[u8] = b"persons of published years";

impl Kept {
    fn key(secret: &[u8]) -> Key {
        Key::from_bytes(Key::from_bytes([0; 32]).mac(&[CONTEXT, secret]))
    }

    /// Sealed under the key of the noise; the same persons give the same text.
    pub fn sealed(&self, secret: &[u8]) -> String {
        // Names and numbers in lists: there is nothing that could fail.
        let plain = serde_json::to_vec(self).unwrap_or_default();
        hex(&Self::key(secret).seal_same(&plain, CONTEXT))
    }

    /// Opened; none if it was sealed under another key, or changed.
    pub fn open(sealed: &str, secret: &[u8]) -> Option<Self> {
        let plain = Self::key(secret).open(&unhex(sealed)?, CONTEXT).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// The persons with whom a year is published now, and which vintage that is. `now` has no numbers yet; `may_revise` lets a year be
    /// revised.
    pub fn published(&mut self, year: &str, mut now: Year, secret: &[u8], may_revise: bool) -> Decided {
        let vintages = self.years.entry(year.to_owned()).or_default();
        let given = vintages.len();
        now.numbered(secret, year, given.max(1));
        let Some(last) = vintages.last_mut() else {
            vintages.push(now.clone());
            return Decided { persons: now, vintage: 1, held_back: 0, revised: false };
        };
        let (same, changed) = (now.is_same(last), now.changed(last));
        if same && now.tells_all_of(last) {
            // More columns may be there than before.
            last.clone_from(&now);
        }
        let last = last.clone();
        if !same && may_revise && changed >= REVISED && now.persons() > 0 && given < VINTAGES {
            now.numbered(secret, year, given + 1);
            vintages.push(now.clone());
            return Decided { persons: now, vintage: given + 1, held_back: 0, revised: true };
        }
        Decided { persons: last, vintage: given, held_back: changed, revised: false }
    }
}

/// What is published of a year.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The persons.
    pub persons: Year,
    /// How often the year has been given out with noise of its own.
    pub vintage: usize,
    /// Persons who arrived or left since, and are in no number: for whoever makes the report.
    pub held_back: u64,
    /// Whether it was revised just now.
    pub revised: bool,
}
