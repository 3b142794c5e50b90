//! A table with a declared domain: which columns are lists, and which levels each covariate has.
//!
//! In a differentially private table only the noisy counts may depend on the persons in it: not the number of cells, not their levels,
//! not whether there is a table at all. The role of each column and its possible values are therefore declared beforehand. Adding or
//! removing one person then changes one count and nothing else.

use ijsberg_tables::Grid;

use crate::source::UNKNOWN;

/// The maximum number of lists of a table: all combinations of lists are published, including those without persons.
pub const MOST_LISTS: usize = 12;

/// The number of persons of a table must be below this, as in any other table.
const TOO_MANY: u64 = 1 << 53;

/// The minimum number of lists of a table: a single list has no overlap.
const FEWEST_LISTS: usize = 2;

/// The declared columns of a table, independent of its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domain {
    /// The lists, including those without a column because no person is on them.
    pub lists: Vec<String>,
    /// The column with the number of persons; `None` if each row is one person.
    pub count: Option<String>,
    /// Covariates and their levels; each has the additional level [`UNKNOWN`] for all other values.
    pub levels: Vec<(String, Vec<String>)>,
    /// Columns that are ignored.
    pub others: Vec<String>,
}

/// Why a table does not match its declaration. A row that matches the declaration never causes such an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// Too few or too many lists were declared.
    #[error("{0} lists are declared; at least {FEWEST_LISTS} and at most {MOST_LISTS}")]
    Lists(usize),
    /// There is no such column. Only a list may lack one.
    #[error("there is no column {0:?}")]
    Missing(String),
    /// A column is not declared.
    #[error("column {0:?} is not declared")]
    Undeclared(String),
    /// A column is declared twice.
    #[error("column {0:?} is declared twice")]
    Twice(String),
    /// A cell of a list is neither yes nor no.
    #[error("line {line}, column {column:?}: neither 0 nor 1")]
    List {
        /// The line.
        line: u64,
        /// The column.
        column: String,
    },
    /// A cell of the count column is not a whole number.
    #[error("line {line}, column {column:?}: not a whole number")]
    Count {
        /// The line.
        line: u64,
        /// The column.
        column: String,
    },
    /// The counts add up to more persons than a table can have.
    #[error("the counts add up to more than 2^53")]
    Persons,
}

/// A table that matches its declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The lists, in the declared order.
    pub lists: Vec<String>,
    /// The covariates, in the declared order.
    pub covariates: Vec<String>,
    /// The levels of each covariate; the last is [`UNKNOWN`].
    pub(crate) levels: Vec<Vec<String>>,
    /// The lists as bits, the level of each covariate, and the number of persons.
    pub(crate) persons: Vec<(u32, Vec<usize>, u64)>,
}

/// A name or a level without invisible characters and surrounding space.
fn plain(text: &str) -> String {
    ijsberg_outside::seen(text).trim().to_owned()
}

/// Whether a cell says that the person is on the list; `None` if it says neither yes nor no.
fn is_on(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "1" | "yes" | "ja" | "true" => Some(true),
        "0" | "no" | "nee" | "false" => Some(false),
        _ => None,
    }
}

/// The declared levels, each once, followed by the level for all other values.
fn closed(declared: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for level in declared.iter().map(|l| plain(l)) {
        if !level.is_empty() && level != UNKNOWN && !all.contains(&level) {
            all.push(level);
        }
    }
    all.push(UNKNOWN.to_owned());
    all
}

/// The declared names of lists, which must differ.
fn list_names(declared: &[String]) -> Result<Vec<String>, DomainError> {
    let mut names: Vec<String> = Vec::new();
    for name in declared.iter().map(|name| plain(name)) {
        if name.is_empty() {
            return Err(DomainError::Missing(name));
        }
        if names.contains(&name) {
            return Err(DomainError::Twice(name));
        }
        names.push(name);
    }
    Ok(names)
}

impl Declared {
    /// Reads a table according to its declaration. Persons on none of the lists are left out.
    ///
    /// # Errors
    /// If the columns are not the declared ones, or a cell has a value that its column cannot have; see [`DomainError`].
    pub fn read(grid: &Grid, domain: &Domain) -> Result<Self, DomainError> {
        if !(FEWEST_LISTS..=MOST_LISTS).contains(&domain.lists.len()) {
            return Err(DomainError::Lists(domain.lists.len()));
        }
        let header: Vec<String> = grid.header.iter().map(|name| plain(name)).collect();
        let place = |name: &String| {
            let name = plain(name);
            header.iter().position(|h| *h == name).ok_or(DomainError::Missing(name))
        };
        let names = list_names(&domain.lists)?;
        // A list may lack a column: if columns are derived from the persons, the presence of a column would disclose the first person on it.
        let lists: Vec<Option<usize>> =
            names.iter().map(|name| header.iter().position(|h| h == name)).collect();
        let count = domain.count.as_ref().map(place).transpose()?;
        let covariates = domain.levels.iter().map(|c| place(&c.0)).collect::<Result<Vec<usize>, _>>()?;
        let others = domain.others.iter().map(place).collect::<Result<Vec<usize>, _>>()?;
        for (at, name) in header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let declared = lists.iter().flatten().chain(&count).chain(&covariates).chain(&others);
            match declared.filter(|i| **i == at).count() {
                0 => return Err(DomainError::Undeclared(name.clone())),
                1 => {}
                _ => return Err(DomainError::Twice(name.clone())),
            }
        }
        let levels: Vec<Vec<String>> = domain.levels.iter().map(|(_, all)| closed(all)).collect();
        let (mut persons, mut total) = (Vec::with_capacity(grid.rows.len()), 0_u64);
        for (line, row) in &grid.rows {
            let cell = |i: usize| row.get(i).map_or("", |c| c.trim());
            if row.iter().all(|c| c.trim().is_empty()) {
                continue;
            }
            let mut history = 0;
            for (bit, i) in lists.iter().enumerate().filter_map(|(bit, i)| Some((bit, (*i)?))) {
                let wrong = || DomainError::List { line: *line, column: header[i].clone() };
                history |= u32::from(is_on(cell(i)).ok_or_else(wrong)?) << bit;
            }
            let n = match count {
                Some(i) => {
                    let wrong = |_| DomainError::Count { line: *line, column: header[i].clone() };
                    cell(i).parse::<u64>().map_err(wrong)?
                }
                None => 1,
            };
            total = total.checked_add(n).filter(|t| *t < TOO_MANY).ok_or(DomainError::Persons)?;
            let level = |(i, all): (&usize, &Vec<String>)| {
                let level = plain(cell(*i));
                all.iter().position(|l| *l == level).unwrap_or(all.len() - 1)
            };
            let of: Vec<usize> = covariates.iter().zip(&levels).map(level).collect();
            if history > 0 {
                persons.push((history, of, n));
            }
        }
        Ok(Self {
            lists: names,
            covariates: covariates.iter().map(|i| header[*i].clone()).collect(),
            levels,
            persons,
        })
    }

    /// The covariates and their levels as text, to compare domains.
    pub(crate) fn described(&self) -> String {
        let one = |(name, levels): (&String, &Vec<String>)| format!("{name}\u{1f}{}", levels.join("\u{1f}"));
        self.covariates.iter().zip(&self.levels).map(one).collect::<Vec<_>>().join("\u{1e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain() -> Domain {
        let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        Domain {
            lists: words(&["A", "B"]),
            count: Some("n".to_owned()),
            levels: vec![("sex".to_owned(), words(&["F", " M ", "F", "unknown"]))],
            others: words(&["case"]),
        }
    }

    fn read(csv: &str) -> Result<Declared, DomainError> {
        Declared::read(&Grid::read(csv.as_bytes()).unwrap(), &domain())
    }

    #[test]
    fn the_lists_and_levels_are_those_declared_whichever_persons_are_in_the_table() {
        let all = read("case,B,A,sex,n\nx,0,1,F,3\ny,yes,nee,M,2\nz,1,1,X,1\nw,1,0,,4\nv,0,0,F,9\n").unwrap();
        assert_eq!(all.lists, ["A", "B"]);
        assert_eq!(all.levels, [["F", "M", "unknown"]]);
        let wanted: Vec<(u32, Vec<usize>, u64)> =
            vec![(1, vec![0], 3), (2, vec![1], 2), (3, vec![2], 1), (2, vec![2], 4)];
        assert_eq!(all.persons, wanted);
        // Without any person, or without a person on one of the lists, the domain is the same.
        for rows in ["", "x,0,1,F,3\n"] {
            let of = read(&format!("case,B,A,sex,n\n{rows}")).unwrap();
            assert_eq!((of.lists, of.levels), (all.lists.clone(), all.levels.clone()), "{rows}");
        }
    }

    /// A register writes a column for every list with a registration: the first person on a list creates the column.
    #[test]
    fn a_list_without_a_column_has_no_persons() {
        let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let of = |lists: &[&str], csv: &str| {
            let domain = Domain { lists: words(lists), ..Domain::default() };
            Declared::read(&Grid::read(csv.as_bytes()).unwrap(), &domain)
        };
        let all = ["KMAR", "FAIRWORK", "NP"];
        let without = of(&all, "KMAR,NP\n1,0\n0,1\n").unwrap();
        let with = of(&all, "FAIRWORK,KMAR,NP\n0,1,0\n0,0,1\n1,0,0\n").unwrap();
        assert_eq!((&without.lists, without.persons.len()), (&words(&all), 2));
        assert_eq!(without.persons[..], with.persons[..2]);
        assert_eq!((with.lists, with.persons[2].0), (without.lists, 0b010));
        // A mistyped name leaves a column undeclared.
        assert_eq!(of(&["KMAR", "NPP"], "KMAR,NP\n1,0\n"), Err(DomainError::Undeclared("NP".into())));
        assert_eq!(of(&["KMAR", "NP", "NP "], "KMAR,x\n1,2\n"), Err(DomainError::Twice("NP".into())));
        assert_eq!(of(&["KMAR", " "], "KMAR,x\n1,2\n"), Err(DomainError::Missing(String::new())));
    }

    #[test]
    fn more_persons_than_a_table_can_have_are_refused() {
        let most = (1_u64 << 53) - 1;
        let rows = |counts: &[u64]| {
            let row = |n: &u64| format!("x,0,1,F,{n}\n");
            read(&format!("case,B,A,sex,n\n{}", counts.iter().map(row).collect::<Vec<_>>().concat()))
        };
        assert_eq!(rows(&[most]).unwrap().persons, [(1, vec![0], most)]);
        for counts in [&[most + 1][..], &[u64::MAX], &[most, 1], &[u64::MAX, u64::MAX]] {
            assert_eq!(rows(counts), Err(DomainError::Persons), "{counts:?}");
        }
    }

    #[test]
    fn undeclared_and_twice_declared_columns_are_refused() {
        let refused = |csv: &str| read(csv).unwrap_err();
        assert_eq!(refused("A,B,sex,n\n"), DomainError::Missing("case".into()));
        assert_eq!(refused("A,B,sex,n,case,age\n"), DomainError::Undeclared("age".into()));
        assert_eq!(refused("A,B,sex,n,case\n1,x,F,1,c\n"), DomainError::List { line: 2, column: "B".into() });
        assert_eq!(
            refused("A,B,sex,n,case\n1,1,F,1,c\n0,1,F,-1,d\n"),
            DomainError::Count { line: 3, column: "n".into() }
        );
        let grid = Grid::read(b"A,B,n\n1,1,1\n").unwrap();
        let of = |domain: Domain| Declared::read(&grid, &domain).unwrap_err();
        let two = Domain { lists: vec!["A".into(), "B".into()], ..Domain::default() };
        let twice = Domain { count: Some("n".into()), others: vec!["n".into()], ..two.clone() };
        assert_eq!(of(twice), DomainError::Twice("n".into()));
        assert_eq!(of(two), DomainError::Undeclared("n".into()));
        assert_eq!(of(Domain { lists: vec!["A".into()], ..Domain::default() }), DomainError::Lists(1));
        assert_eq!(of(Domain { lists: vec!["A".into(); 13], ..Domain::default() }), DomainError::Lists(13));
    }
}
