//! People over several years: a row for each notification, or a row for each person with a column for each list and year.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_mse::histories::Mask;
use ijsberg_mse::open::{MOST_LISTS, NoOpen, OverYears};

use crate::names::{is_count_name, names_the_list, names_the_person, names_the_year};
use crate::{Grid, ReadError};

/// Years that a file may be about.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2200;

/// People over several years, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverYearsTable {
    /// The people by the lists they were on in each year.
    pub people: OverYears,
    /// Whether each row was a notification; otherwise each was a person or a history.
    pub long: bool,
    /// Rows that were read.
    pub rows: usize,
    /// Columns that were not used.
    pub left: Vec<String>,
}

/// Why a file does not say who was on which list in which year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverYearsError {
    /// It cannot be read at all.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Neither columns person, list and year, nor a column for each list and year.
    #[error(
        "no columns person, list and year, and none such as K.2015 with 0 and 1; the columns are: {columns}"
    )]
    Columns {
        /// The columns.
        columns: String,
    },
    /// Years without people who are the same over years.
    #[error("a column with years and none with persons: nothing says who is the same person in two years")]
    NoPerson {
        /// The columns.
        columns: String,
    },
    /// Nothing where something is needed.
    #[error("line {line}, column {column:?}: nothing is filled in")]
    Blank {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
    },
    /// No year.
    #[error(
        "line {line}, column {column:?}: found {value:?}; expected a year such as 2015, or a date such as 2015-03-31"
    )]
    Year {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
        /// What is there.
        value: String,
    },
    /// Neither 0 nor 1.
    #[error("line {line}, column {column:?}: found {value:?}; expected 0 or 1")]
    NotBinary {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
        /// What is there.
        value: String,
    },
    /// No whole number of people.
    #[error("line {line}, column {column:?}: found {value:?}; expected a whole number of people")]
    Count {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
        /// What is there.
        value: String,
    },
    /// Two columns for one list in one year.
    #[error("column {column:?}: there is another column for this list and year")]
    Twice {
        /// The column's name.
        column: String,
    },
    /// The people do not fit in a table.
    #[error(transparent)]
    People(#[from] NoOpen),
}

impl OverYearsTable {
    /// Reads people over years from cells, in either form. Long: columns with the person, the list and the year (or a date), a row for each
    /// notification; a notification that is repeated counts once. Wide: a column of 0 and 1 for each list and year, called `K.2015` or `K_2015`, and
    /// perhaps one with the number of people.
    ///
    /// # Errors
    /// See [`OverYearsError`]: line, column, what was found and what was expected.
    pub fn from_grid(grid: &Grid) -> Result<Self, OverYearsError> {
        let header = &grid.header;
        if let Some((line, row)) = grid.rows.iter().find(|r| r.1.len() != header.len()) {
            let (found, expected) = (row.len(), header.len());
            return Err(ReadError::Ragged { line: *line, found, expected }.into());
        }
        let one = |is: fn(&str) -> bool| header.iter().position(|name| is(name));
        let (person, list, year) = (one(names_the_person), one(names_the_list), one(names_the_year));
        if let (Some(person), Some(list), Some(year)) = (person, list, year) {
            return long(grid, [person, list, year]);
        }
        let columns: Vec<Column<'_>> = header.iter().enumerate().filter_map(Column::from_header).collect();
        if columns.len() > 1 {
            return wide(grid, &columns);
        }
        let columns = header.join(", ");
        Err(match year {
            Some(_) => OverYearsError::NoPerson { columns },
            None => OverYearsError::Columns { columns },
        })
    }
}

/// A column for a list in a year.
struct Column<'a> {
    place: usize,
    list: &'a str,
    year: u16,
}

impl<'a> Column<'a> {
    fn from_header((place, name): (usize, &'a String)) -> Option<Self> {
        let name = name.trim();
        let at = name.len().checked_sub(4).filter(|_| !is_count_name(name))?;
        let year = year_of(name.get(at..)?)?;
        let list = name.get(..at)?.strip_suffix(['.', '_', '-', ' '])?.trim();
        (!list.is_empty()).then_some(Self { place, list, year })
    }
}

/// The year of a cell that holds one, or a date that begins with it.
fn year_of(cell: &str) -> Option<u16> {
    let day = cell.trim().split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split('-').collect();
    let digits = parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    let written = digits && matches!(parts.len(), 1 | 3) && parts[0].len() == 4;
    parts[0].parse().ok().filter(|year| written && YEARS.contains(year))
}

/// All years from the first to the last, and the first.
fn span(years: impl Iterator<Item = u16> + Clone) -> (Vec<String>, u16) {
    let first = years.clone().min().unwrap_or_default();
    let last = years.max().unwrap_or_default();
    ((first..=last).map(|y| y.to_string()).collect(), first)
}

/// A row for each notification.
fn long(grid: &Grid, [person, list, year]: [usize; 3]) -> Result<OverYearsTable, OverYearsError> {
    let column = |place: usize| grid.header[place].clone();
    let mut reports: Vec<(&str, &str, u16)> = Vec::with_capacity(grid.rows.len());
    for (line, row) in &grid.rows {
        if let Some(place) = [person, list, year].into_iter().find(|place| row[*place].trim().is_empty()) {
            return Err(OverYearsError::Blank { line: *line, column: column(place) });
        }
        let Some(when) = year_of(&row[year]) else {
            let (column, value) = (column(year), row[year].clone());
            return Err(OverYearsError::Year { line: *line, column, value });
        };
        reports.push((row[person].trim(), row[list].trim(), when));
    }
    if reports.is_empty() {
        return Err(ReadError::Nobody.into());
    }
    let lists: BTreeSet<&str> = reports.iter().map(|t| t.1).collect();
    let places: BTreeMap<&str, usize> = lists.iter().enumerate().map(|(at, list)| (*list, at)).collect();
    few(places.len())?;
    let (years, first) = span(reports.iter().map(|t| t.2));
    let mut people: BTreeMap<&str, Vec<Mask>> = BTreeMap::new();
    for (who, list, when) in reports {
        let history = people.entry(who).or_insert_with(|| vec![0; years.len()]);
        history[usize::from(when - first)] |= 1 << places[list];
    }
    let names = lists.into_iter().map(str::to_owned).collect();
    let used = [person, list, year];
    Ok(OverYearsTable {
        people: OverYears::new(names, years, people.into_values().map(|history| (history, 1)))?,
        long: true,
        rows: grid.rows.len(),
        left: others(grid, |place| used.contains(&place)),
    })
}

/// A row for each person or history, and a column for each list and year.
fn wide(grid: &Grid, columns: &[Column<'_>]) -> Result<OverYearsTable, OverYearsError> {
    let mut lists: Vec<&str> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        if columns[..at].iter().any(|c| (c.list, c.year) == (column.list, column.year)) {
            return Err(OverYearsError::Twice { column: grid.header[column.place].clone() });
        }
        if !lists.contains(&column.list) {
            lists.push(column.list);
        }
    }
    few(lists.len())?;
    let (years, first) = span(columns.iter().map(|c| c.year));
    let count = grid.header.iter().position(|name| is_count_name(name));
    let mut rows: Vec<(Vec<Mask>, u64)> = Vec::with_capacity(grid.rows.len());
    for (line, row) in &grid.rows {
        let mut history: Vec<Mask> = vec![0; years.len()];
        for c in columns {
            let bit: Mask = match row[c.place].trim() {
                "0" => 0,
                "1" => 1,
                value => {
                    let (column, value) = (grid.header[c.place].clone(), value.to_owned());
                    return Err(OverYearsError::NotBinary { line: *line, column, value });
                }
            };
            let list = lists.iter().position(|l| *l == c.list).unwrap_or_default();
            history[usize::from(c.year - first)] |= bit << list;
        }
        let people = match count {
            None => 1,
            Some(place) => row[place].trim().parse::<u64>().map_err(|_| OverYearsError::Count {
                line: *line,
                column: grid.header[place].clone(),
                value: row[place].clone(),
            })?,
        };
        if history.iter().any(|mask| *mask != 0) {
            rows.push((history, people));
        } else if people > 0 {
            return Err(ReadError::Unseen { line: *line, count: people }.into());
        }
    }
    if rows.iter().all(|row| row.1 == 0) {
        return Err(ReadError::Nobody.into());
    }
    let names = lists.iter().map(|list| (*list).to_owned()).collect();
    let used = |place: usize| Some(place) == count || columns.iter().any(|c| c.place == place);
    Ok(OverYearsTable {
        people: OverYears::new(names, years, rows)?,
        long: false,
        rows: grid.rows.len(),
        left: others(grid, used),
    })
}

/// Whether there are no more lists than are estimated with.
fn few(lists: usize) -> Result<(), OverYearsError> {
    if lists > MOST_LISTS { Err(NoOpen::TooManyLists { found: lists }.into()) } else { Ok(()) }
}

/// The names of columns that are not used.
fn others(grid: &Grid, used: impl Fn(usize) -> bool) -> Vec<String> {
    let all = grid.header.iter().enumerate();
    all.filter(|(place, name)| !used(*place) && !name.is_empty()).map(|(_, name)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<OverYearsTable, OverYearsError> {
        OverYearsTable::from_grid(&Grid::read(text.as_bytes()).unwrap())
    }

    #[test]
    fn both_forms_give_the_same_people() {
        let long =
            "person,list,year,sex\na1,K,2015,F\na1,P,2015-06-30,F\na1,K,2017,F\nb2,P,2016,M\nb2,P,2016,M\n";
        let wide = "K.2015,P.2015,K.2016,P_2016,K_2017,P 2017,count\n1,1,0,0,1,0,1\n0,0,0,1,0,0,1\n";
        let (long, wide) = (read(long).unwrap(), read(wide).unwrap());
        assert_eq!(long.people, wide.people);
        assert_eq!(long.people.lists(), ["K", "P"]);
        assert_eq!(long.people.years(), ["2015", "2016", "2017"]);
        assert_eq!(long.people.rows(), [(vec![0, 2, 0], 1), (vec![3, 0, 1], 1)]);
        assert_eq!((long.long, long.left.as_slice(), long.rows), (true, ["sex".to_owned()].as_slice(), 5));
        assert!(!wide.long && wide.left.is_empty());
        let dutch = read("persoon;lijst;jaar\na1;K;2015\na1;P;2016\n").unwrap();
        assert_eq!(dutch.people.n(), 1);
    }

    #[test]
    fn what_does_not_fit_is_said_with_its_place() {
        let wrong = |text: &str| read(text).unwrap_err();
        let column = |name: &str| name.to_owned();
        let year = OverYearsError::Year { line: 3, column: column("year"), value: column("15") };
        assert_eq!(wrong("person,list,year\na,K,2015\na,K,15\n"), year);
        let blank = OverYearsError::Blank { line: 2, column: column("list") };
        assert_eq!(wrong("person,list,year\na,,2015\n"), blank);
        let binary = OverYearsError::NotBinary { line: 2, column: column("K.2015"), value: column("2") };
        assert_eq!(wrong("K.2015,K.2016\n2,0\n"), binary);
        let count = OverYearsError::Count { line: 2, column: column("count"), value: column("-1") };
        assert_eq!(wrong("K.2015,K.2016,count\n1,0,-1\n"), count);
        assert_eq!(wrong("K.2015,K_2015\n1,0\n"), OverYearsError::Twice { column: column("K_2015") });
        let unseen = ReadError::Unseen { line: 2, count: 4 };
        assert_eq!(wrong("K.2015,K.2016,count\n0,0,4\n"), OverYearsError::Read(unseen));
        assert!(matches!(wrong("K,P,year,count\n1,0,2015,4\n"), OverYearsError::NoPerson { .. }));
        assert!(matches!(wrong("K,P,count\n1,0,4\n"), OverYearsError::Columns { .. }));
        let many = (0..9).fold(String::new(), |all, i| all + &format!("a,L{i},2015\n"));
        let found = wrong(&format!("person,list,year\n{many}"));
        assert_eq!(found, OverYearsError::People(NoOpen::TooManyLists { found: 9 }));
    }
}
