//! Tables of a prosecution service and of courts: aggregates that are read and checked before use, or counted from the records of suspects
//! in a register.
//!
//! Each row is a number: `year`, `measure`, `by`, `level`, `persons`. A row by `total` has no level. Each measure of a year has a total, and
//! each of its breakdowns adds up to it.

mod suspects;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use ijsberg_tables::{Covariate, Grid};

use crate::legal::measure::{Measure, UNKNOWN};
use crate::legal::tables::TOTAL;

/// The columns of the file.
pub const COLUMNS: [&str; 5] = ["year", "measure", "by", "level", "persons"];

/// The maximum number of persons in a row; a larger number is a typing error.
const MOST: u64 = 1_000_000;

/// An error in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {column}: {what}")]
pub struct JusticeError {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: &'static str,
    /// The kind of error.
    pub what: Wrong,
}

/// Kinds of errors in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// A column is missing.
    #[error("the column is missing")]
    Column,
    /// The year is not valid.
    #[error("expected a year of 1900 to 2100")]
    Year,
    /// The value is not one of these.
    #[error("expected one of {0}")]
    OneOf(String),
    /// The number is not valid.
    #[error("expected a whole number of 0 to {MOST}")]
    Number,
    /// A row by total has a level.
    #[error("a total has no level")]
    LevelOfTotal,
    /// The same row occurs twice.
    #[error("this number is also on line {0}")]
    Twice(u64),
    /// The measure has no total.
    #[error("there is no total of {0} in this year")]
    NoTotal(&'static str),
    /// A breakdown does not add up to the total.
    #[error("the total of {measure} is {total}, and by {by} it adds up to {sum}")]
    Sum {
        /// The measure.
        measure: &'static str,
        /// The breakdown.
        by: &'static str,
        /// The total.
        total: u64,
        /// The sum of the breakdown.
        sum: u64,
    },
}

/// The numbers of a measure in a year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The total.
    pub total: u64,
    /// The breakdowns, each with the number at each level.
    pub by: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
}

/// All numbers of a file or from the records of a register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Justice {
    numbers: BTreeMap<(i16, Measure), Numbers>,
    from_records: bool,
}

/// The key of a row: year, measure, breakdown and level.
type Key = (i16, Measure, &'static str, &'static str);

impl Justice {
    /// Reads a file and checks that its breakdowns add up.
    ///
    /// # Errors
    /// All errors with their line and column: missing columns, otherwise errors in rows, otherwise errors in sums.
    pub fn read(grid: &Grid) -> Result<Self, Vec<JusticeError>> {
        let at = places(grid)?;
        let mut seen: BTreeMap<Key, (u64, u64)> = BTreeMap::new();
        let mut wrong: Vec<JusticeError> = Vec::new();
        for (line, cells) in &grid.rows {
            let cell = |c: usize| cells.get(at[c]).map_or("", |c| c.trim());
            let mut add = |column: &'static str, what: Wrong| {
                wrong.push(JusticeError { line: *line, column, what });
            };
            match row(&[0, 1, 2, 3, 4].map(cell)) {
                Err((column, what)) => add(COLUMNS[column], what),
                Ok((key, persons)) => match seen.entry(key) {
                    Entry::Occupied(before) => add("level", Wrong::Twice(before.get().1)),
                    Entry::Vacant(new) => {
                        new.insert((persons, *line));
                    }
                },
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut all = Self::default();
        for (&(year, measure, by, level), &(persons, _)) in &seen {
            let of = all.numbers.entry((year, measure)).or_default();
            if by == TOTAL {
                of.total = persons;
            } else {
                of.by.entry(by).or_default().insert(level, persons);
            }
        }
        let wrong = all.wrong_sums(&seen);
        if wrong.is_empty() { Ok(all) } else { Err(wrong) }
    }

    /// Missing totals, and breakdowns that do not add up to their total.
    fn wrong_sums(&self, seen: &BTreeMap<Key, (u64, u64)>) -> Vec<JusticeError> {
        let mut wrong = Vec::new();
        for ((year, measure), of) in &self.numbers {
            let Some((_, line)) = seen.get(&(*year, *measure, TOTAL, "")) else {
                let first = seen.iter().filter(|s| (s.0.0, s.0.1) == (*year, *measure)).map(|s| s.1.1).min();
                let what = Wrong::NoTotal(measure.code());
                wrong.push(JusticeError { line: first.unwrap_or(1), column: "by", what });
                continue;
            };
            for (&by, levels) in &of.by {
                let sum = levels.values().sum();
                if sum != of.total {
                    let what = Wrong::Sum { measure: measure.code(), by, total: of.total, sum };
                    wrong.push(JusticeError { line: *line, column: "persons", what });
                }
            }
        }
        wrong
    }

    /// Whether there are numbers for a year.
    pub fn has_year(&self, year: i16) -> bool {
        self.numbers.keys().any(|(of, _)| *of == year)
    }

    /// Whether the numbers are counted from records of suspects instead of delivered as tables.
    pub fn is_from_records(&self) -> bool {
        self.from_records
    }

    /// The numbers of a measure in a year.
    pub fn numbers(&self, year: i16, measure: Measure) -> Option<&Numbers> {
        self.numbers.get(&(year, measure))
    }
}

/// The positions of the columns of a file, or the missing columns.
fn places(grid: &Grid) -> Result<[usize; COLUMNS.len()], Vec<JusticeError>> {
    let found = COLUMNS.map(|c| grid.header.iter().position(|h| h.trim().eq_ignore_ascii_case(c)));
    let missing = COLUMNS.iter().zip(&found).filter(|(_, at)| at.is_none());
    let missing: Vec<JusticeError> =
        missing.map(|(&column, _)| JusticeError { line: 1, column, what: Wrong::Column }).collect();
    if missing.is_empty() { Ok(found.map(Option::unwrap_or_default)) } else { Err(missing) }
}

/// Reads a row; an error has the position of its column.
fn row(cells: &[&str; 5]) -> Result<(Key, u64), (usize, Wrong)> {
    let [year, measure, by, level, persons] = *cells;
    let list = |all: Vec<&str>| Wrong::OneOf(all.join(", "));
    let year = year.parse::<i16>().ok().filter(|y| (1900..=2100).contains(y)).ok_or((0, Wrong::Year))?;
    let measure = Measure::of_justice(measure)
        .ok_or_else(|| (1, list(Measure::ALL[1..].iter().map(|m| m.code()).collect())))?;
    let persons = persons.parse::<u64>().ok().filter(|n| *n <= MOST).ok_or((4, Wrong::Number))?;
    if by == TOTAL {
        return if level.is_empty() {
            Ok(((year, measure, TOTAL, ""), persons))
        } else {
            Err((3, Wrong::LevelOfTotal))
        };
    }
    let all = measure.by();
    let &(by, levels) = all
        .iter()
        .find(|b| b.0 == by)
        .ok_or_else(|| (2, list([TOTAL].into_iter().chain(all.iter().map(|b| b.0)).collect())))?;
    let level = *levels.iter().find(|l| **l == level).ok_or_else(|| (3, list(levels.to_vec())))?;
    Ok(((year, measure, by, level), persons))
}

impl Numbers {
    /// Rows of persons with these numbers at each level. The combinations of levels within a person are not known and affect no published
    /// number: the disclosure check covers each breakdown and the total.
    pub fn persons(&self, year: i16) -> (Vec<Covariate>, Vec<(u32, u64)>) {
        let mut left: Vec<Vec<(&'static str, u64)>> = self
            .by
            .values()
            .map(|of| of.iter().rev().map(|(l, n)| (*l, *n)).filter(|l| l.1 > 0).collect())
            .collect();
        let named = |name: &str| Covariate { name: name.to_owned(), values: Vec::new() };
        let mut columns: Vec<Covariate> =
            [named("year")].into_iter().chain(self.by.keys().map(|b| named(b))).collect();
        let mut rows = Vec::new();
        let mut rest = self.total;
        while rest > 0 {
            let count = left.iter().filter_map(|l| l.last()).map(|l| l.1).min().unwrap_or(rest).min(rest);
            columns[0].values.push(Some(year.to_string()));
            for (levels, column) in left.iter_mut().zip(&mut columns[1..]) {
                let Some(last) = levels.last_mut() else { continue };
                column.values.push(Some(last.0.to_owned()).filter(|l| l != UNKNOWN));
                last.1 -= count;
                if last.1 == 0 {
                    levels.pop();
                }
            }
            rows.push((1, count));
            rest -= count;
        }
        (columns, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "year,measure,by,level,persons\n\
        2025,suspected,total,,30\n2025,suspected,sex,F,4\n2025,suspected,sex,M,26\n\
        2025,suspected,age,adult,25\n2025,suspected,age,minor,5\n2025,judgments,total,,0\n";

    fn read(text: &str) -> Result<Justice, Vec<JusticeError>> {
        Justice::read(&Grid::read(text.as_bytes()).unwrap())
    }

    #[test]
    fn persons_have_the_delivered_numbers() {
        let all = read(FILE).unwrap();
        let of = all.numbers(2025, Measure::Suspected).unwrap();
        let (columns, rows) = of.persons(2025);
        let count = |column: usize, level: &str| {
            let is = columns[column].values.iter().map(|v| v.as_deref() == Some(level));
            is.zip(&rows).filter(|r| r.0).map(|r| r.1.1).sum::<u64>()
        };
        assert_eq!(columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["year", "age", "sex"]);
        assert_eq!([count(1, "adult"), count(1, "minor"), count(2, "F"), count(2, "M")], [25, 5, 4, 26]);
        assert_eq!(all.numbers(2025, Measure::Judgments).unwrap().persons(2025).1, []);
        assert!(
            all.numbers(2025, Measure::Convicted).is_none()
                && all.numbers(2024, Measure::Suspected).is_none()
        );
    }

    #[test]
    fn errors_are_reported_with_their_line_and_column() {
        for (from, to, line, column, what) in [
            (
                "sex,M,26",
                "sex,M,27",
                2,
                "persons",
                "the total of suspected is 30, and by sex it adds up to 31",
            ),
            ("total,,30", "total,F,30", 2, "level", "a total has no level"),
            ("sex,F,4", "sex,V,4", 3, "level", "expected one of F, M, X, unknown"),
            ("sex,F,4", "gender,F,4", 3, "by", "expected one of total, sex, age, citizenship, form"),
            ("sex,M,26", "sex,F,26", 4, "level", "this number is also on line 3"),
            ("sex,M,26", "sex,M,-26", 4, "persons", "expected a whole number"),
            ("age,minor,5", "age,minor,", 6, "persons", "expected a whole number"),
            ("2025,judgments", "25,judgments", 7, "year", "expected a year"),
            ("2025,judgments", "2025,judgements", 7, "measure", "expected one of suspected, prosecuted"),
            ("2025,suspected,total,,30\n", "", 2, "by", "there is no total of suspected"),
            ("year,measure,by,level", "year,measure,by,of", 1, "level", "the column is missing"),
        ] {
            let all = read(&FILE.replacen(from, to, 1)).unwrap_err();
            let [error] = &all[..] else { panic!("{to}: {all:?}") };
            let message = error.what.to_string();
            assert_eq!((error.line, error.column), (line, column), "{to}: {message}");
            assert!(message.contains(what), "{to}: {message}");
        }
    }

    #[test]
    fn all_errors_are_reported_at_once() {
        let at = |text: &str| {
            let all = read(text).unwrap_err();
            all.into_iter().map(|e| (e.line, e.column)).collect::<Vec<_>>()
        };
        assert_eq!(at("year,by,persons\n2025,total,3\n"), [(1, "measure"), (1, "level")]);
        let rows = FILE.replace("sex,M,26", "sex,V,26").replace("age,minor,5", "age,minor,x");
        assert_eq!(at(&rows), [(4, "level"), (6, "persons")]);
        // Sums are checked only if all rows are valid.
        let sums = FILE.replace("M,26", "M,27").replace("judgments,total,,0", "decisions,decision,other,1");
        assert_eq!(at(&sums), [(2, "persons"), (7, "by")]);
        let all = read(FILE).unwrap();
        assert!(all.has_year(2025) && !all.has_year(2024));
    }
}
