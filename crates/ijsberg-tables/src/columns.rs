//! From cells of text to lists, counts and covariates.

use ijsberg_mse::histories::{Histories, MAX_LISTS, Mask};
use serde::Serialize;

use crate::{Grid, ReadError};

/// Names under which a column is taken for the count.
pub(crate) const COUNT_NAMES: [&str; 4] = ["count", "n", "freq", "frequency"];

/// What the user says about the columns, instead of having them guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// The lists; empty to guess.
    pub lists: Vec<String>,
    /// The count column; `None` to guess.
    pub count: Option<String>,
    /// Columns to leave out of account.
    pub ignore: Vec<String>,
}

/// How the columns were understood, to be shown to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// Lists with persons on them.
    pub lists: Vec<String>,
    /// Lists with nobody on them, which were dropped.
    pub dropped: Vec<String>,
    /// The count column, if there is one.
    pub count: Option<String>,
    /// Covariates.
    pub covariates: Vec<String>,
    /// Columns left out of account.
    pub ignored: Vec<String>,
    /// Rows read.
    pub rows: usize,
    /// Persons left out because they are only on lists that were left out of account.
    pub left_out: u64,
}

/// A covariate: one value per row, `None` where missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covariate {
    /// The column's name.
    pub name: String,
    /// Values by row.
    pub values: Vec<Option<String>>,
}

/// A table as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The capture histories, covariates summed over.
    pub histories: Histories,
    /// How the columns were understood.
    pub layout: Layout,
    /// The covariates by row.
    pub covariates: Vec<Covariate>,
    /// History and count of each row, in the order of the covariates' values.
    pub rows: Vec<(Mask, u64)>,
}

pub(crate) fn understand(grid: &Grid, choices: &Choices) -> Result<Table, ReadError> {
    let header = &grid.header;
    for (i, name) in header.iter().enumerate() {
        if name.is_empty() || header[..i].contains(name) {
            return Err(ReadError::Header { column: i + 1, name: name.clone() });
        }
    }
    if grid.rows.is_empty() {
        return Err(ReadError::Empty);
    }
    for (line, row) in &grid.rows {
        if row.len() != header.len() {
            return Err(ReadError::Ragged { line: *line, found: row.len(), expected: header.len() });
        }
    }
    let find = |name: &String| {
        header
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| ReadError::NoSuchColumn { name: name.clone(), columns: header.join(", ") })
    };
    let ignored = choices.ignore.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let count = match &choices.count {
        Some(name) => Some(find(name)?),
        None => (0..header.len())
            .find(|i| COUNT_NAMES.contains(&header[*i].to_lowercase().as_str()) && !ignored.contains(i)),
    };
    let binary = |i: usize| grid.rows.iter().all(|(_, row)| matches!(row[i].as_str(), "0" | "1"));
    let lists: Vec<usize> = if choices.lists.is_empty() {
        (0..header.len()).filter(|i| Some(*i) != count && !ignored.contains(i) && binary(*i)).collect()
    } else {
        choices.lists.iter().map(find).collect::<Result<_, _>>()?
    };
    if lists.is_empty() {
        return Err(ReadError::NoLists { columns: header.join(", ") });
    }
    if lists.len() > MAX_LISTS {
        return Err(ReadError::TooManyLists { found: lists.len() });
    }
    let mut cells: Vec<(Mask, u64)> = Vec::with_capacity(grid.rows.len());
    let mut left_out = 0;
    let aside: Vec<usize> = ignored.iter().copied().filter(|i| Some(*i) != count && binary(*i)).collect();
    for (line, row) in &grid.rows {
        let mut mask: Mask = 0;
        for (bit, i) in lists.iter().enumerate() {
            match row[*i].as_str() {
                "0" => {}
                "1" => mask |= 1 << bit,
                value => {
                    return Err(ReadError::NotBinary {
                        line: *line,
                        column: header[*i].clone(),
                        value: value.to_owned(),
                    });
                }
            }
        }
        let persons = match count {
            Some(i) => row[i].parse::<u64>().map_err(|_| ReadError::Count {
                line: *line,
                column: header[i].clone(),
                value: row[i].clone(),
            })?,
            None => 1,
        };
        // A person who is on a list that the user left out is nobody's mistake, and not seen by the others.
        if mask == 0 && aside.iter().any(|i| row[*i] == "1") {
            left_out += persons;
            cells.push((0, 0));
            continue;
        }
        if mask == 0 && persons > 0 {
            return Err(ReadError::Unseen { line: *line, count: persons });
        }
        cells.push((mask, persons));
    }
    let names: Vec<String> = lists.iter().map(|i| header[*i].clone()).collect();
    let (names, cells, dropped) = Histories::drop_empty_lists(names, &cells);
    if let [name] = names.as_slice() {
        return Err(ReadError::OneList { name: name.clone() });
    }
    // A history of zeros has a count of zero here.
    let histories = Histories::new(names.clone(), cells.iter().copied().filter(|c| c.1 > 0))?;
    let used = |i: &usize| lists.contains(i) || Some(*i) == count || ignored.contains(i);
    let covariates: Vec<Covariate> = (0..header.len())
        .filter(|i| !used(i))
        .map(|i| Covariate {
            name: header[i].clone(),
            values: grid.rows.iter().map(|(_, row)| Some(row[i].clone()).filter(|v| !v.is_empty())).collect(),
        })
        .collect();
    Ok(Table {
        histories,
        layout: Layout {
            lists: names,
            dropped,
            count: count.map(|i| header[i].clone()),
            covariates: covariates.iter().map(|c| c.name.clone()).collect(),
            ignored: choices.ignore.clone(),
            rows: grid.rows.len(),
            left_out,
        },
        covariates,
        rows: cells,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    fn error(text: &str) -> ReadError {
        read(text.as_bytes(), &Choices::default()).unwrap_err()
    }

    #[test]
    fn guesses_lists_count_and_covariates() {
        let t = read(b"A;B;count;sex\n1;0;5;f\n1;1;2;\n0;1;3;m\n", &Choices::default()).unwrap();
        assert_eq!((t.histories.n(), t.layout.covariates.as_slice()), (10, ["sex".to_owned()].as_slice()));
        assert_eq!(t.covariates[0].values[1], None);
        let persons = read(b"A,B\n1,0\n1,1\n1,1\n0,1\n", &Choices::default()).unwrap();
        assert_eq!((persons.histories.n(), persons.histories.count(3)), (4, 2));
    }

    #[test]
    fn drops_a_list_with_nobody() {
        let t = read(b"A,B,C,count\n1,0,0,5\n1,1,0,2\n0,1,0,1\n", &Choices::default()).unwrap();
        assert_eq!((t.layout.lists.len(), t.layout.dropped.as_slice()), (2, ["C".to_owned()].as_slice()));
    }

    #[test]
    fn persons_on_a_list_left_out_only_are_counted_and_left_out() {
        let without = Choices { ignore: vec!["C".into()], ..Choices::default() };
        let t = read(b"A,B,C,count\n1,0,0,5\n1,1,1,2\n0,1,0,3\n0,0,1,9\n", &without).unwrap();
        assert_eq!((t.histories.n(), t.layout.left_out, t.layout.rows), (10, 9, 4));
        let nobody = read(b"A,B,C,count\n1,0,0,5\n1,1,1,2\n0,0,0,9\n", &without).unwrap_err();
        assert_eq!(nobody, ReadError::Unseen { line: 4, count: 9 });
    }

    #[test]
    fn every_defect_has_its_own_error() {
        assert_eq!(error(""), ReadError::Empty);
        assert_eq!(error("A,B,count\n"), ReadError::Empty);
        assert!(matches!(error("x,y\n3,4\n"), ReadError::NoLists { .. }));
        assert_eq!(error("A,count\n1,4\n"), ReadError::OneList { name: "A".into() });
        assert_eq!(error("A,B,count\n1,0,4\n0,0,9\n0,1,1\n"), ReadError::Unseen { line: 3, count: 9 });
        for bad in ["-1", "1.5", "many", ""] {
            let text = format!("A,B,count\n1,0,4\n0,1,{bad}\n");
            assert!(matches!(error(&text), ReadError::Count { line: 3, .. }), "{bad}");
        }
        assert!(matches!(error("A,A,count\n1,0,4\n"), ReadError::Header { column: 2, .. }));
        assert!(matches!(error("A,B,count\n1,0\n"), ReadError::Ragged { line: 2, found: 2, expected: 3 }));
        assert_eq!(
            read(b"A,B\n1,0\n\xff,1\n", &Choices::default()).unwrap_err(),
            ReadError::NotUtf8 { line: 3, byte: 1 }
        );
        let declared = Choices { lists: vec!["A".into(), "B".into()], ..Choices::default() };
        let found = read(b"A,B,count\n1,0,4\n2,1,1\n", &declared).unwrap_err();
        assert_eq!(found, ReadError::NotBinary { line: 3, column: "A".into(), value: "2".into() });
        let missing = Choices { count: Some("x".into()), ..Choices::default() };
        assert!(matches!(read(b"A,B\n1,1\n", &missing).unwrap_err(), ReadError::NoSuchColumn { .. }));
        let wide: Vec<String> = (0..17).map(|i| format!("L{i}")).collect();
        let text = format!("{}\n{}\n", wide.join(","), vec!["1"; 17].join(","));
        assert_eq!(error(&text), ReadError::TooManyLists { found: 17 });
    }
}
