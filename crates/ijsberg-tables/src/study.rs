//! A table as values: what a register, a report or a linkage is estimated from, without a file in between.

use std::collections::HashSet;

use ijsberg_mse::histories::{Histories, MAX_LISTS, Mask};
use ijsberg_outside::{Csv, cell};

use crate::ReadError;
use crate::table::{Covariate, Layout, Table};
use crate::written::Roles;

/// Lists, cells and covariates, each in its role. A program that has them as values passes them as values: nothing about them is guessed,
/// and they are text only in a file, [`Study::csv`], which reads as the same table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Study {
    /// Names of the lists, in the order of the bits of a history.
    pub lists: Vec<String>,
    /// What else is known of each row; a level that is not known is none.
    pub covariates: Vec<Covariate>,
    /// The lists of each row, a bit for each, and its persons.
    pub rows: Vec<(Mask, u64)>,
    /// What a file calls the number of persons; none where each row is one.
    pub count: Option<String>,
}

impl Study {
    /// The table. Lists with nobody on them are dropped.
    ///
    /// # Errors
    /// As for a file with these columns and rows.
    pub fn table(self) -> Result<Table, ReadError> {
        self.named_once()?;
        if self.rows.is_empty() {
            return Err(ReadError::Empty);
        }
        if self.lists.len() > MAX_LISTS {
            return Err(ReadError::TooManyLists { found: self.lists.len() });
        }
        self.checked()
    }

    /// As a file, with the roles of its columns so that they come back as they went. What a spreadsheet would take for a formula is made
    /// harmless.
    pub fn csv(&self) -> String {
        let mut out = Csv::below(&self.roles(|name| cell(name).into_owned()).line());
        self.laid_out().iter().for_each(|(_, row)| out.row(row));
        out.finish()
    }

    /// The table of columns whose names are known to differ.
    pub(crate) fn checked(self) -> Result<Table, ReadError> {
        let Self { lists, covariates, rows, count } = self;
        let (lists, cells, dropped) = Histories::drop_empty_lists(lists, &rows);
        if let [name] = lists.as_slice() {
            return Err(ReadError::OneList { name: name.clone() });
        }
        // A history of zeros has a count of zero here.
        let histories = Histories::new(lists.clone(), cells.iter().copied().filter(|c| c.1 > 0))?;
        let layout = Layout {
            lists,
            dropped,
            count,
            covariates: covariates.iter().map(|c| c.name.clone()).collect(),
            ignored: Vec::new(),
            rows: cells.len(),
            left_out: 0,
            notes: Vec::new(),
        };
        Ok(Table { histories, layout, covariates, rows: cells })
    }

    /// Whether every column has a name of its own.
    fn named_once(&self) -> Result<(), ReadError> {
        let mut seen = HashSet::new();
        for (at, name) in self.names().into_iter().enumerate() {
            if name.is_empty() || !seen.insert(name) {
                return Err(ReadError::Header { column: at + 1, name: name.clone() });
            }
        }
        Ok(())
    }

    /// Names of all columns, in the order of a file.
    fn names(&self) -> Vec<&String> {
        self.lists.iter().chain(self.covariates.iter().map(|c| &c.name)).chain(&self.count).collect()
    }

    pub(crate) fn roles(&self, written: impl Fn(&String) -> String) -> Roles {
        Roles {
            lists: self.lists.iter().map(&written).collect(),
            covariates: self.covariates.iter().map(|c| written(&c.name)).collect(),
            count: self.count.clone(),
            draw: None,
        }
    }

    /// The rows of a file, each with its line there: that of the roles is the first.
    pub(crate) fn laid_out(&self) -> Vec<(u64, Vec<String>)> {
        let header: (u64, Vec<String>) = (2, self.names().into_iter().cloned().collect());
        let row = |(at, (history, persons)): (usize, &(Mask, u64))| {
            let lists = (0..self.lists.len()).map(|l| (history >> l & 1).to_string());
            let levels = self.covariates.iter().map(|c| c.values[at].clone().unwrap_or_default());
            let count = self.count.iter().map(|_| persons.to_string());
            (at as u64 + 3, lists.chain(levels).chain(count).collect())
        };
        std::iter::once(header).chain(self.rows.iter().enumerate().map(row)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choices, Contents, Note, read};

    fn texts(of: &[&str]) -> Vec<String> {
        of.iter().map(|x| (*x).to_owned()).collect()
    }

    fn column(name: &str, values: &[&str]) -> Covariate {
        let known = |v: &&str| Some((*v).to_owned()).filter(|v| !v.is_empty());
        Covariate { name: name.to_owned(), values: values.iter().map(known).collect() }
    }

    fn persons() -> Study {
        Study {
            lists: texts(&["K", "empty", "P"]),
            covariates: vec![
                column("year", &["2015", "2015", "", "2016"]),
                column("sex", &["F", "", "", ""]),
            ],
            rows: vec![(0b101, 1), (0b001, 1), (0b100, 1), (0b001, 1)],
            count: None,
        }
    }

    fn counts() -> Study {
        let rows = vec![(0b01, 12), (0b10, 30), (0b11, 4)];
        Study { lists: texts(&["A", "b, c"]), rows, count: Some("count".to_owned()), ..Study::default() }
    }

    #[test]
    fn a_table_is_that_of_its_file() {
        let file =
            "# ijsberg-table v1; lists=A,b%2C c; count=count\nA,\"b, c\",count\n1,0,12\n0,1,30\n1,1,4\n";
        assert_eq!(counts().csv(), file);
        for (study, blanks) in [(counts(), None), (persons(), Some(crate::Blanks::Missing))] {
            let choices = Choices { blanks, ..Choices::default() };
            let of_file = read(study.csv().as_bytes(), &choices).unwrap();
            let mut of_values = study.table().unwrap();
            assert!(of_values.layout.notes.is_empty());
            assert!(of_file.layout.notes.contains(&Note::Roles));
            of_values.layout.notes.clone_from(&of_file.layout.notes);
            assert_eq!(of_values, of_file);
        }
        assert_eq!(persons().table().unwrap().layout.dropped, ["empty"]);
    }

    /// A level that stands once with blanks below it looks like the name of a group in a file, and nowhere else.
    #[test]
    fn what_is_known_as_a_value_is_not_doubted() {
        assert!(matches!(
            read(persons().csv().as_bytes(), &Choices::default()),
            Err(ReadError::Uncertain(_))
        ));
        let table = persons().table().unwrap();
        assert_eq!(table.covariates[1].values, [Some("F".to_owned()), None, None, None]);
        assert_eq!(table.rows, [(0b11, 1), (0b01, 1), (0b10, 1), (0b01, 1)]);
    }

    #[test]
    fn what_somebody_says_of_columns_is_done_as_with_a_file() {
        let mut three = persons();
        (three.lists[1], three.rows[3]) = ("Q".to_owned(), (0b010, 1));
        let choices =
            Choices { ignore: texts(&["Q"]), blanks: Some(crate::Blanks::Missing), ..Choices::default() };
        let of_file = read(three.csv().as_bytes(), &choices).unwrap();
        let Contents::Table(table) = three.open(&choices).unwrap() else { panic!("no table") };
        assert_eq!(*table, of_file);
        assert_eq!((table.layout.left_out, table.histories.lists()), (1, &texts(&["K", "P"])[..]));
        let unknown = Choices { ignore: texts(&["Z"]), ..Choices::default() };
        assert!(matches!(persons().open(&unknown), Err(ReadError::NoSuchColumn { .. })));
    }

    #[test]
    fn what_is_no_table_is_refused_as_a_file_would_be() {
        let of = |lists: &[&str], rows: &[(Mask, u64)]| {
            let study = Study { lists: texts(lists), rows: rows.to_vec(), ..counts() };
            let of_file = read(study.csv().as_bytes(), &Choices::default()).unwrap_err();
            assert_eq!(study.table().unwrap_err(), of_file);
            of_file
        };
        assert_eq!(of(&["A", "B"], &[]), ReadError::Empty);
        assert_eq!(of(&["A", "B"], &[(1, 5)]), ReadError::OneList { name: "A".to_owned() });
        assert!(matches!(of(&["A", "count"], &[(1, 5), (2, 5)]), ReadError::Header { column: 3, .. }));
        let many: Vec<String> = (0..17).map(|l| format!("L{l}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(of(&many, &[(1, 5), (2, 5)]), ReadError::TooManyLists { found: 17 });
    }
}
