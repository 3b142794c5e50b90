//! Which column is what. What is certain is decided; everything else is an error with both readings.

use std::cell::OnceCell;
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use ijsberg_mse::histories::MAX_LISTS;

use crate::error::{Doubt, Reading, Uncertain};
use crate::frame::{Framed, sequence};
use crate::names;
use crate::never_alone::never_alone;
use crate::values::{Count, Numbers, Profile, Truth, TwoWays};
use crate::{Choices, DRAW, Note, RESOLVED_DRAW, ReadError, Thousands};

/// Rows with different histories, as a share of all, from which a table has a row for each history and not for each person.
const NEARLY_UNIQUE: f64 = 0.9;

/// Cells with 0 or 1, as a share of all, from which another value is a mistake.
const NEARLY_BINARY: f64 = 0.9;

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

pub(crate) fn plan(framed: &Framed, choices: &Choices) -> Result<Plan, ReadError> {
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
        let is_draw = |h: &&String| [DRAW, RESOLVED_DRAW].iter().any(|d| h.trim().eq_ignore_ascii_case(d));
        unsaid = header.iter().find(is_draw).filter(|d| open(&choices, d)).cloned();
    }
    draw = draw.filter(|d| open(&choices, d));
    let profiles = (0..header.len())
        .map(|i| Profile::of(framed.grid.rows.iter().map(|r| r.1[i].as_str())))
        .collect::<Vec<_>>();
    let planner = Planner::new(framed, choices, profiles, draw.as_deref(), told.is_some(), notes)?;
    // Only the file itself can say that it holds draws of a linkage: the name alone is anybody's.
    if let Some(column) = unsaid {
        let covariate = planner.reading(|c| c.covariates.push(column.clone()));
        let ignored = planner.reading(|c| c.ignore.push(column.clone()));
        return Err(Uncertain { doubt: Doubt::Draw { column }, readings: [covariate, ignored] }.into());
    }
    planner.plan()
}

struct Planner<'a> {
    framed: &'a Framed,
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
        framed: &'a Framed,
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
        let truths = profiles.iter().map(Truth::of).collect();
        let draw = draw.and_then(|d| header.iter().position(|h| h == d));
        let keys = Default::default();
        Ok(Self { framed, choices, profiles, truths, ignored, declared, draw, told, notes, keys })
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
        let lists = if self.choices.lists.is_empty() {
            self.lists(count)?
        } else {
            let places =
                self.choices.lists.iter().map(|n| place(&header, n)).collect::<Result<Vec<_>, _>>()?;
            places.into_iter().map(|i| (i, Truth::best(&self.profiles[i]).0)).collect()
        };
        if lists.is_empty() {
            return Err(ReadError::NoLists { columns: header.join(", ") });
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
        let numbers = count.map_or(Ok(Numbers::default()), |i| self.numbers(i))?;
        if let (Some(mark), Some(i)) = (numbers.thousands, count) {
            self.notes.push(Note::Thousands { column: header[i].clone(), mark });
        }
        let aside = self.ignored.iter().filter(|i| Some(**i) != count);
        let aside = aside.filter_map(|i| Some((*i, self.truths[*i].clone()?))).collect();
        let ignored = self.ignored.iter().map(|i| header[*i].clone()).collect();
        Ok(Plan { lists, count, numbers, covariates, aside, ignored, draw: self.draw, notes: self.notes })
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

    fn numbers(&self, count: usize) -> Result<Numbers, ReadError> {
        if let Some(mark) = self.choices.thousands {
            return Ok(mark.numbers());
        }
        if self.framed.typed {
            return Ok(Numbers { thousands: None, decimals: Some('.') });
        }
        let found = Numbers::of(self.cells(count), self.framed.decimal_comma);
        found.map_err(|two| {
            let mut uncertain = two_ways(&two, &[], &self.choices);
            for reading in &mut uncertain.readings {
                self.fill(reading);
            }
            uncertain.into()
        })
    }

    /// The column of counts by its name, or a doubt.
    fn count(&mut self) -> Result<Option<usize>, ReadError> {
        let mut found: Vec<usize> = Vec::new();
        for i in self.open() {
            let (name, profile) = (self.name(i).clone(), &self.profiles[i]);
            let certain = names::is_count(&name);
            if !names::is_count_name(&name) || profile.empty() {
                continue;
            }
            if self.truths[i].is_some() {
                let ones = profile.values.len() == 1 && profile.has("1");
                if ones && certain {
                    found.push(i);
                } else if certain || self.unique_without(i, false) {
                    let column = name.clone();
                    let list = self.reading(|c| c.lists = self.all_truths());
                    let count = self.reading(|c| c.count = Some(name.clone()));
                    return Err(
                        Uncertain { doubt: Doubt::CountOrList { column }, readings: [list, count] }.into()
                    );
                } else {
                    self.notes.push(Note::NoCount { column: name });
                }
                continue;
            }
            let filled = profile.rows - profile.blanks();
            if certain || profile.numbers * 2 >= filled {
                found.push(i);
            }
        }
        match found.as_slice() {
            [] => self.unnamed_count(),
            [one] if !names::is_count(self.name(*one)) && self.numbering(*one) => {
                Err(self.count_or_covariate(*one, true))
            }
            [one] => Ok(Some(*one)),
            [one, other, ..] => {
                if self.cells(*one).eq(self.cells(*other)) {
                    self.ignored.push(*other);
                    return Ok(Some(*one));
                }
                let (one, other) = (self.name(*one).clone(), self.name(*other).clone());
                let by = |count: &String, left: &String| {
                    self.reading(|c| {
                        c.count = Some(count.clone());
                        c.ignore.push(left.clone());
                    })
                };
                let readings = [by(&one, &other), by(&other, &one)];
                Err(Uncertain { doubt: Doubt::TwoCounts { one, other }, readings }.into())
            }
        }
    }

    /// Row numbers under a name that may be a count's.
    fn numbering(&self, i: usize) -> bool {
        self.framed.grid.rows.len() > 2 && sequence(&self.framed.grid.rows, i)
    }

    /// A column of numbers beside histories that hardly repeat is no covariate.
    fn unnamed_count(&self) -> Result<Option<usize>, ReadError> {
        let rows = self.framed.grid.rows.len();
        if self.all_truths().is_empty() {
            return Ok(None);
        }
        for i in self.open() {
            let profile = &self.profiles[i];
            let filled = profile.rows - profile.blanks();
            if self.truths[i].is_some() || filled == 0 || profile.numbers < filled {
                continue;
            }
            let years = self.cells(i).all(|c| c.parse::<u64>().is_ok_and(|n| (1900..2101).contains(&n)));
            let strata = !years && rows >= 8 && self.unique_without(i, true) && self.small_numbers(i);
            if self.unique_without(i, false) || strata {
                return Err(self.count_or_covariate(i, false));
            }
        }
        Ok(None)
    }

    /// Whether a column of numbers is spread as counts are: small ones most often, some larger than any age.
    fn small_numbers(&self, i: usize) -> bool {
        let mut numbers: Vec<u64> = self.cells(i).filter_map(|c| c.parse().ok()).collect();
        numbers.sort_unstable();
        let name = self.name(i).to_lowercase();
        let age = ["age", "leeftijd", "year", "jaar", "month", "maand"].iter().any(|a| name.contains(a));
        !age && numbers
            .get(numbers.len() / 2)
            .zip(numbers.last())
            .is_some_and(|(m, most)| *m * 3 <= *most || *m < 12)
    }

    fn count_or_covariate(&self, i: usize, numbering: bool) -> ReadError {
        let name = self.name(i).clone();
        let count = self.reading(|c| c.count = Some(name.clone()));
        let other =
            self.reading(|c| if numbering { &mut c.ignore } else { &mut c.covariates }.push(name.clone()));
        Uncertain { doubt: Doubt::CountOrCovariate { column: name }, readings: [count, other] }.into()
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

    /// Columns of yes and no that are lists, or a doubt.
    fn lists(&mut self, count: Option<usize>) -> Result<Vec<(usize, Truth)>, ReadError> {
        let open: Vec<usize> = self.open().into_iter().filter(|i| Some(*i) != count).collect();
        let digits = open.iter().any(|i| self.truths[*i].as_ref().is_some_and(Truth::digits));
        for i in &open {
            self.nearly_binary(*i, digits)?;
        }
        let lists: Vec<(usize, Truth)> =
            open.iter().filter_map(|i| Some((*i, self.truths[*i].clone()?))).collect();
        let mut spelled = HashMap::<(&str, &str), usize>::new();
        for (_, truth) in &lists {
            *spelled.entry((&truth.yes, &truth.no)).or_default() += 2;
        }
        let often = |t: &Truth| spelled[&(t.yes.as_str(), t.no.as_str())] + usize::from(t.digits());
        let usual = lists.iter().map(|l| &l.1).max_by_key(|t| often(t)).cloned();
        let odd = |l: &&(usize, Truth)| Some(&l.1) != usual.as_ref() || names::is_trait(self.name(l.0));
        let alone = self.alone(&lists, count);
        let known = lists.iter().filter(odd).map(|l| l.0).filter(|i| !alone.contains(i)).collect();
        let number = |i: usize| (i, self.numbers(i).unwrap_or_default());
        // Names of one letter each are codes of lists, as books write them: nobody codes one covariate among lists so.
        let codes = lists.iter().all(|l| self.name(l.0).chars().count() == 1);
        let never =
            if codes { known } else { never_alone(&self.framed.grid.rows, &lists, count.map(number), known) };
        let doubtful: Vec<usize> = lists.iter().map(|l| l.0).filter(|i| never.contains(i)).collect();
        if doubtful.is_empty() {
            return Ok(lists);
        }
        let columns: Vec<String> = doubtful.iter().map(|i| self.name(*i).clone()).collect();
        let all = self.reading(|c| c.lists = lists.iter().map(|l| self.name(l.0).clone()).collect());
        let fewer = self.reading(|c| c.covariates.extend(columns.iter().cloned()));
        Err(Uncertain { doubt: Doubt::ListOrCovariate { columns }, readings: [all, fewer] }.into())
    }

    /// Columns in which somebody is who is in no other, which a covariate cannot be.
    fn alone(&self, lists: &[(usize, Truth)], count: Option<usize>) -> HashSet<usize> {
        let rows = self.framed.grid.rows.iter().filter_map(|(_, row)| {
            let somebody = count.is_none_or(|i| {
                !matches!(Numbers::default().count(&row[i]), Some(Count::Exact(0) | Count::Missing))
            });
            let mut on = None;
            for (i, truth) in lists.iter().filter(|_| somebody) {
                match truth.read(&row[*i]) {
                    Some(false) => {}
                    Some(true) if on.is_none() => on = Some(*i),
                    _ => return None,
                }
            }
            on
        });
        rows.collect()
    }

    /// A column that would be a list but for a few cells has mistakes in it.
    fn nearly_binary(&self, i: usize, digits: bool) -> Result<(), ReadError> {
        let profile = &self.profiles[i];
        let (truth, others) = Truth::best(profile);
        let blank_is_open = truth.no.is_empty() && truth.yes == "1" && digits;
        let truth = if blank_is_open { Truth { no: "0".to_owned(), ..truth } } else { truth };
        if self.truths[i].is_some() && !blank_is_open {
            return Ok(());
        }
        let both =
            profile.has(&truth.yes) && (profile.has(&truth.no) || blank_is_open) && !truth.no.is_empty();
        let kept = (profile.rows - others) as f64;
        let nearly =
            kept >= NEARLY_BINARY * profile.rows as f64 || others <= 2 && kept >= 2.0 * others as f64;
        let word = truth.yes.chars().count() > 1 || truth.digits();
        if !(both && nearly && word) {
            return Ok(());
        }
        let wrong = self.framed.grid.rows.iter().find(|(_, row)| truth.read(&row[i]).is_none());
        wrong.map_or(Ok(()), |(line, row)| {
            let (column, value) = (self.name(i).clone(), row[i].clone());
            Err(ReadError::NotBinary { line: *line, column, value })
        })
    }

    /// A reading with choices changed, counted out.
    fn reading(&self, change: impl FnOnce(&mut Choices)) -> Reading {
        let mut choices = self.choices.clone();
        change(&mut choices);
        let mut reading = Reading { flags: flags(&self.choices, &choices), choices, ..Reading::default() };
        self.fill(&mut reading);
        reading
    }

    fn fill(&self, reading: &mut Reading) {
        if let Ok(table) = crate::columns::built(self.framed, &reading.choices) {
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

/// What to add to a command to get from one set of choices to another.
fn flags(from: &Choices, to: &Choices) -> String {
    let mut all = Vec::new();
    let names = |names: &[String]| {
        let joined = names.join(",");
        if joined.contains(|c: char| !c.is_alphanumeric() && !matches!(c, ',' | '_' | '-' | '.')) {
            format!("\"{joined}\"")
        } else {
            joined
        }
    };
    for (flag, before, after) in [
        ("--lists", &from.lists, &to.lists),
        ("--covariates", &from.covariates, &to.covariates),
        ("--ignore", &from.ignore, &to.ignore),
    ] {
        if before != after {
            all.push(format!("{flag} {}", names(after)));
        }
    }
    if from.count != to.count
        && let Some(count) = &to.count
    {
        all.push(format!("--count {}", names(std::slice::from_ref(count))));
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
