//! Which column is what. What is certain is decided; everything else is an error with both readings.

mod count;
mod lists;

use std::cell::OnceCell;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use ijsberg_mse::histories::MAX_LISTS;

use crate::doubt::{Doubt, Reading, Uncertain};
use crate::frame::FramedTable;
use crate::names;
use crate::numbers::{Numbers, TwoWays, has_footnote};
use crate::unfilled::UnfilledTable;
use crate::values::{Profile, Truth, canonical};
use crate::{Choices, DRAW_COLUMNS, Note, ReadError, Thousands};

/// Rows with different histories, as a share of all, from which a table has a row for each history and not for each person.
const NEARLY_UNIQUE: f64 = 0.9;

/// Columns whose values are shown in an error, and letters of each value.
const MOST_SHOWN: usize = 20;
const LETTERS_SHOWN: usize = 30;

fn shortened(value: &str) -> String {
    let mut all: String = value.chars().take(LETTERS_SHOWN).collect();
    if all.len() < value.len() {
        all.push('…');
    }
    all
}

/// What each column is.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) lists: Vec<(usize, Truth)>,
    pub(crate) count: Option<usize>,
    pub(crate) numbers: Numbers,
    pub(crate) covariates: Vec<usize>,
    /// Columns left out that hold yes and no.
    pub(crate) aside: Vec<(usize, Truth)>,
    pub(crate) ignored: Vec<String>,
    pub(crate) draw: Option<usize>,
    pub(crate) notes: Vec<Note>,
}

/// Reads the rows of a table by some choices: each reading of an uncertain table is tried to find what it would count.
pub(crate) type Reader = fn(&FramedTable, &Choices) -> Result<UnfilledTable, ReadError>;

/// Says what each column is. `read` tries the readings of a doubt.
pub(crate) fn plan(framed: &FramedTable, choices: &Choices, read: Reader) -> Result<Plan, ReadError> {
    let header = &framed.grid.header;
    let mut seen = HashSet::new();
    for (i, name) in header.iter().enumerate() {
        if name.is_empty() || !seen.insert(name) {
            return Err(ReadError::Header { column: i + 1, name: name.clone() });
        }
    }
    if framed.grid.rows.is_empty() {
        return Err(ReadError::Empty);
    }
    let told = framed.roles.as_ref().filter(|r| r.fit(header));
    let mut notes = Vec::new();
    let mut choices = choices.clone();
    let (mut draw, mut unsaid) = (None, None);
    let open = |choices: &Choices, d: &String| {
        let said = [&choices.ignore, &choices.lists, &choices.covariates].iter().any(|all| all.contains(d));
        !said && choices.count.as_ref() != Some(d)
    };
    if let Some(roles) = told {
        notes.push(Note::Roles);
        draw.clone_from(&roles.draw);
        choices = roles.complete(choices);
    } else {
        let is_draw = |h: &&String| DRAW_COLUMNS.iter().any(|d| h.trim().eq_ignore_ascii_case(d));
        unsaid = header.iter().find(is_draw).filter(|d| open(&choices, d)).cloned();
    }
    draw = draw.filter(|d| open(&choices, d));
    let profiles = (0..header.len())
        .map(|i| Profile::from_cells(framed.grid.rows.iter().map(|r| r.1[i].as_str())))
        .collect::<Vec<_>>();
    let planner = Planner::new((framed, read), choices, profiles, draw.as_deref(), told.is_some(), notes)?;
    // Only the file itself can say that it holds draws of a linkage: any file may use the name.
    if let Some(column) = unsaid {
        let covariate = planner.reading(|c| c.covariates.push(column.clone()));
        let ignored = planner.reading(|c| c.ignore.push(column.clone()));
        return Err(Uncertain { doubt: Doubt::Draw { column }, readings: [covariate, ignored] }.into());
    }
    planner.plan()
}

struct Planner<'a> {
    framed: &'a FramedTable,
    read: Reader,
    choices: Choices,
    profiles: Vec<Profile>,
    truths: Vec<Option<Truth>>,
    ignored: Vec<usize>,
    declared: Vec<usize>,
    draw: Option<usize>,
    told: bool,
    notes: Vec<Note>,
    /// Keys of the rows by their histories alone, and with their covariates.
    keys: [OnceCell<Vec<u64>>; 2],
}

impl<'a> Planner<'a> {
    fn new(
        (framed, read): (&'a FramedTable, Reader),
        choices: Choices,
        profiles: Vec<Profile>,
        draw: Option<&str>,
        told: bool,
        notes: Vec<Note>,
    ) -> Result<Self, ReadError> {
        let header = &framed.grid.header;
        let all = |names: &[String]| names.iter().map(|n| place(header, n)).collect::<Result<Vec<_>, _>>();
        let ignored = all(&choices.ignore)?;
        let declared = all(&choices.covariates)?;
        let mut said = HashSet::new();
        let named = [&choices.lists, &choices.ignore, &choices.covariates]
            .into_iter()
            .flatten()
            .chain(&choices.count);
        if let Some(name) = named.into_iter().find(|n| !said.insert(*n)) {
            return Err(ReadError::NamedTwice { name: name.clone() });
        }
        let mut truths: Vec<Option<Truth>> = profiles.iter().map(Truth::from_profile).collect();
        // Codes are lists where nothing else is.
        let coded = |t: &Option<Truth>| t.as_ref().is_some_and(Truth::coded);
        if truths.iter().any(|t| t.is_some() && !coded(t)) {
            truths.iter_mut().filter(|t| coded(t)).for_each(|t| *t = None);
        }
        let draw = draw.and_then(|d| header.iter().position(|h| h == d));
        let keys = Default::default();
        Ok(Self { framed, read, choices, profiles, truths, ignored, declared, draw, told, notes, keys })
    }

    fn name(&self, i: usize) -> &String {
        &self.framed.grid.header[i]
    }

    fn cells(&self, i: usize) -> impl Iterator<Item = &str> {
        self.framed.grid.rows.iter().map(move |r| r.1[i].as_str())
    }

    /// Columns of which nothing was said.
    fn open(&self) -> Vec<usize> {
        let said = |i: &usize| {
            self.ignored.contains(i)
                || self.declared.contains(i)
                || self.draw == Some(*i)
                || self.choices.lists.contains(self.name(*i))
        };
        (0..self.framed.grid.header.len()).filter(|i| !said(i)).collect()
    }

    fn plan(mut self) -> Result<Plan, ReadError> {
        let header = self.framed.grid.header.clone();
        self.identifiers();
        let count = match &self.choices.count {
            Some(name) => Some(place(&header, name)?),
            None if self.told => None,
            None => self.count()?,
        };
        if let Some(i) = count.filter(|i| self.says_nothing(*i)) {
            return Err(ReadError::BlankCount { column: header[i].clone() });
        }
        let numbers = count.map_or(Ok(Numbers::default()), |i| self.numbers(i))?;
        if let Some(i) = count.filter(|_| !self.told) {
            self.follow_from_histories(count);
            self.derived(i, numbers)?;
            let cells = self.cells(i).filter(|c| has_footnote(c)).count();
            if cells > 0 {
                self.notes.push(Note::Footnotes { column: header[i].clone(), cells });
            }
        }
        if count.is_none() && !self.told {
            self.follow_from_histories(None);
        }
        let lists = if self.choices.lists.is_empty() {
            self.lists(count)?
        } else {
            let places =
                self.choices.lists.iter().map(|n| place(&header, n)).collect::<Result<Vec<_>, _>>()?;
            let truth = |i: usize| {
                let told = self.truths[i].clone().or_else(|| Truth::mark(&self.profiles[i]));
                told.unwrap_or_else(|| Truth::best(&self.profiles[i]).0)
            };
            places.into_iter().map(|i| (i, truth(i))).collect()
        };
        if lists.is_empty() {
            return Err(ReadError::NoLists { columns: self.shown() });
        }
        if lists.len() > MAX_LISTS {
            return Err(ReadError::TooManyLists { found: lists.len() });
        }
        for (i, truth) in lists.iter().filter(|l| !l.1.digits()) {
            let (yes, no) = (truth.yes.clone(), truth.no.clone());
            self.notes.push(Note::Words { column: header[*i].clone(), yes, no });
        }
        let used = |i: &usize| {
            lists.iter().any(|l| l.0 == *i)
                || Some(*i) == count
                || self.ignored.contains(i)
                || self.draw == Some(*i)
        };
        let covariates = (0..header.len()).filter(|i| !used(i)).collect();
        if let (Some(mark), Some(i)) = (numbers.thousands, count) {
            self.notes.push(Note::Thousands { column: header[i].clone(), mark });
        }
        let aside = self.ignored.iter().filter(|i| Some(**i) != count);
        let aside = aside.filter_map(|i| Some((*i, self.truths[*i].clone()?))).collect();
        let ignored = self.ignored.iter().map(|i| header[*i].clone()).collect();
        Ok(Plan { lists, count, numbers, covariates, aside, ignored, draw: self.draw, notes: self.notes })
    }

    /// The names of all columns; those with few values are followed by the first value that is neither yes nor no. What is known of one
    /// person, such as a name, is not repeated.
    fn shown(&self) -> String {
        let usual = |c: &&str| !matches!(canonical(c).as_str(), "" | "0" | "1");
        let few = |i: usize| {
            let profile = &self.profiles[i];
            !profile.more && profile.values.len() <= 4 && profile.values.len() * 2 <= profile.rows
        };
        let column = |i: usize| match self.cells(i).find(usual).filter(|_| few(i)) {
            Some(value) => format!("{} ({:?})", self.name(i), shortened(value)),
            None => self.name(i).clone(),
        };
        (0..self.profiles.len()).take(MOST_SHOWN).map(column).collect::<Vec<_>>().join(", ")
    }

    /// Leaves out columns that name each row.
    fn identifiers(&mut self) {
        for i in self.open() {
            let rows = &self.framed.grid.rows;
            let mut seen = HashSet::new();
            let named =
                names::is_identifier(self.name(i)) && Some(self.name(i)) != self.choices.count.as_ref();
            if named
                && !self.told
                && self.truths[i].is_none()
                && rows.iter().all(|r| seen.insert(r.1[i].as_str()))
            {
                self.notes.push(Note::Identifier { column: self.name(i).clone() });
                self.ignored.push(i);
            }
        }
    }

    /// Names of all columns that hold yes and no.
    fn all_truths(&self) -> Vec<String> {
        let open = self.open().into_iter().filter(|i| self.truths[*i].is_some());
        open.map(|i| self.name(i).clone()).collect()
    }

    /// Whether rows hardly repeat without a column: in their histories alone, or exactly with their covariates.
    ///
    /// It is asked for many columns of one table, so that the key of a row is a sum over its cells from which one can be taken.
    fn unique_without(&self, column: usize, covariates: bool) -> bool {
        let wanted = |i: usize| {
            !self.ignored.contains(&i) && (covariates || self.truths[i].is_some() || self.draw == Some(i))
        };
        let rows = &self.framed.grid.rows;
        let columns: Vec<usize> = (0..self.profiles.len()).filter(|i| wanted(*i)).collect();
        let keys = self.keys[usize::from(covariates)].get_or_init(|| {
            let key = |row: &[String]| columns.iter().fold(0_u64, |k, i| k.wrapping_add(part(*i, &row[*i])));
            rows.iter().map(|r| key(&r.1)).collect()
        });
        let left_out = wanted(column);
        let without = |(key, row): (&u64, &(u64, Vec<String>))| {
            if left_out { key.wrapping_sub(part(column, &row.1[column])) } else { *key }
        };
        let different: HashSet<u64> = keys.iter().zip(rows).map(without).collect();
        let least = if covariates { 1.0 } else { NEARLY_UNIQUE };
        columns.len() > usize::from(left_out) && different.len() as f64 >= least * rows.len() as f64
    }

    /// A reading with choices changed, counted out.
    fn reading(&self, change: impl FnOnce(&mut Choices)) -> Reading {
        let mut choices = self.choices.clone();
        change(&mut choices);
        let mut reading = Reading { flags: added(&self.choices, &choices), choices, ..Reading::default() };
        self.fill(&mut reading);
        reading
    }

    fn fill(&self, reading: &mut Reading) {
        if let Ok(table) = (self.read)(self.framed, &reading.choices) {
            reading.lists.clone_from(&table.names);
            reading.covariates = table.covariates.iter().map(|c| c.name.clone()).collect();
            reading.count.clone_from(&table.count);
            reading.persons = Some(table.persons());
        } else {
            let open = |l: &String| {
                !reading.choices.covariates.contains(l) && Some(l) != reading.choices.count.as_ref()
            };
            reading.lists = self.all_truths().into_iter().filter(open).collect();
            reading.covariates = reading.choices.covariates.clone();
            reading.count = reading.choices.count.clone();
        }
    }
}

/// What a cell adds to the key of its row.
fn part(column: usize, cell: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (column, cell).hash(&mut hasher);
    hasher.finish()
}

fn place(header: &[String], name: &String) -> Result<usize, ReadError> {
    let missing = || ReadError::NoSuchColumn { name: name.clone(), columns: header.join(", ") };
    header.iter().position(|h| h == name).ok_or_else(missing)
}

/// A flag with names of columns, as one writes it in a command.
pub(crate) fn flags(flag: &str, names: &[String]) -> String {
    let joined = names.join(",");
    if joined.contains(|c: char| !c.is_alphanumeric() && !matches!(c, ',' | '_' | '-' | '.')) {
        format!("{flag} \"{joined}\"")
    } else {
        format!("{flag} {joined}")
    }
}

/// What to add to a command to get from one set of choices to another.
fn added(from: &Choices, to: &Choices) -> String {
    let mut all = Vec::new();
    for (flag, before, after) in [
        ("--lists", &from.lists, &to.lists),
        ("--covariates", &from.covariates, &to.covariates),
        ("--ignore", &from.ignore, &to.ignore),
    ] {
        if before != after {
            all.push(flags(flag, after));
        }
    }
    if from.count != to.count
        && let Some(count) = &to.count
    {
        all.push(flags("--count", std::slice::from_ref(count)));
    }
    all.join(" ")
}

/// A number such as `1.234`.
pub(crate) fn two_ways(two: &TwoWays, lists: &[String], choices: &Choices) -> Uncertain {
    let reading = |mark: Thousands| Reading {
        lists: lists.to_vec(),
        flags: format!("--thousands {}", mark.name()),
        choices: Choices { thousands: Some(mark), ..choices.clone() },
        ..Reading::default()
    };
    let readings = [reading(Thousands::Point), reading(Thousands::Comma)];
    Uncertain { doubt: Doubt::Thousands { value: two.0.clone() }, readings }
}
