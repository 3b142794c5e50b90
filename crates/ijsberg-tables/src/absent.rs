//! Combinations of lists without a row in a table of counts: nobody is on them, or their counts were left out because they are small.

use std::collections::{BTreeSet, HashMap};

use ijsberg_mse::histories::Mask;

use crate::doubt::{Doubt, Reading, Uncertain};
use crate::table::HiddenCount;
use crate::unfilled::UnfilledTable;
use crate::{Choices, Note, ReadError};

/// The lowest minimum count at which small counts may have been left out; below it, small counts are in the table.
const LEAST: u64 = 3;

/// With fewer counts than this, absent values show nothing.
const FEW: usize = 5;

/// Above this minimum count, a few missing combinations are not due to small counts.
const USUAL: u64 = 20;

/// Counts below the smallest that would be expected, from which their absence is no chance (less than one in seven).
const EXPECTED: f64 = 2.0;

/// The most absent counts that are drawn.
const MOST: usize = 5000;

/// A value of each covariate, by the place where it was met first.
type Stratum = usize;

/// The cells of a table, present and absent.
struct Cells {
    /// Lists with somebody on them.
    lists: Mask,
    /// Persons on exactly these lists, in each group.
    there: HashMap<(Mask, Stratum), u64>,
    /// The first row of each group.
    groups: Vec<usize>,
}

/// Reports what is absent, asks where it may be suppressed, and fills it with ranges if the user said so.
pub(crate) fn settle(built: &mut UnfilledTable, choices: &Choices, told: bool) -> Result<(), ReadError> {
    if built.count.is_none() || built.draw.is_some() {
        return Ok(());
    }
    let cells = Cells::from_built(built);
    let masks: BTreeSet<Mask> = cells.there.keys().map(|k| k.0).collect();
    let of = (1_usize << cells.lists.count_ones()) - 1;
    let absent = of.saturating_sub(masks.len());
    let parts = (of * cells.groups.len()).saturating_sub(cells.there.len());
    match choices.absent {
        Some((low, high)) if high > 0 => return fill(built, &cells, parts, (low, high)),
        None if !told && built.hidden.is_empty() && !from_totals(built) => {
            if let Some(smallest) = cells.suspect(of, parts) {
                // If every combination occurs in some group, the absent ones are counted by group.
                let missing = if absent > 0 { (absent, of) } else { (parts, of * cells.groups.len()) };
                return Err(doubt(built, choices, missing, smallest).into());
            }
        }
        _ => {}
    }
    if absent > 0 {
        built.notes.push(Note::Absent { absent, of });
    }
    Ok(())
}

/// Whether small counts were suppressed and have been recovered from totals.
fn from_totals(built: &UnfilledTable) -> bool {
    built.notes.iter().any(|n| matches!(n, Note::FromTotal { .. }))
}

impl Cells {
    fn from_built(built: &UnfilledTable) -> Self {
        let on = |c: &&(Mask, u64)| c.1 > 0;
        let lists = built.cells.iter().filter(on).fold(0, |all: Mask, c| all | c.0);
        let lists = built.hidden.iter().fold(lists, |all, h| all | h.history);
        let mut places = HashMap::new();
        let (mut there, mut groups) = (HashMap::new(), Vec::new());
        for (row, (mask, count)) in built.cells.iter().enumerate() {
            // Rows of nobody, and of lists that are dropped, are no combinations.
            if *mask == 0 || *mask & !lists != 0 {
                continue;
            }
            let values: Vec<&Option<String>> = built.covariates.iter().map(|c| &c.values[row]).collect();
            let stratum = *places.entry(values).or_insert_with(|| {
                groups.push(row);
                groups.len() - 1
            });
            *there.entry((*mask, stratum)).or_insert(0) += count;
        }
        Self { lists, there, groups }
    }

    /// The smallest count, where what is absent looks like small counts that were left out.
    ///
    /// On a logarithmic scale counts lie about evenly, so that of counts up to `M` of which `p` are `m` or more, about
    /// `p (1 + 1/2 + ... + 1/(m - 1)) / ln(M / m)` are below `m`. If none of these is in the table and combinations
    /// are absent, the two may be the same.
    fn suspect(&self, of: usize, absent: usize) -> Option<u64> {
        let counts = || self.there.values().copied().filter(|n| *n > 0);
        let (least, most) = (counts().min()?, counts().max()?);
        let many = counts().count();
        // Many tables leave out combinations of nobody; where few are absent, they are assumed to be these.
        let few = absent < 2 || absent * 4 < of * self.groups.len();
        if few || of < 7 || least < LEAST || many < FEW {
            return None;
        }
        let below: f64 = (1..least.min(1000)).map(|k| 1.0 / k as f64).sum();
        let expected = many as f64 * below / (most as f64 / least as f64).ln().max(1e-9);
        let small = least <= USUAL && expected >= EXPECTED;
        // With groups, few combinations are present anyway.
        let most_are_absent = self.groups.len() == 1 && absent >= many;
        ((small || most_are_absent) && !self.nested()).then_some(least)
    }

    /// Whether every absent combination has a list without another list that contains it.
    fn nested(&self) -> bool {
        let there = |test: &dyn Fn(Mask) -> bool| self.there.keys().any(|k| test(k.0));
        let lists: Vec<Mask> = bits(self.lists).collect();
        let pairs: Vec<(Mask, Mask)> = lists
            .iter()
            .flat_map(|i| lists.iter().map(move |j| (*i, *j)))
            .filter(|(i, j)| i != j && !there(&|m| m & i != 0 && m & j == 0))
            .collect();
        !pairs.is_empty() && self.absent().all(|(m, _)| pairs.iter().any(|(i, j)| m & i != 0 && m & j == 0))
    }

    /// The combinations that are not there, in each group.
    fn absent(&self) -> impl Iterator<Item = (Mask, Stratum)> {
        let all = (1..=self.lists).filter(move |m| m & !self.lists == 0);
        let each = all.flat_map(move |m| (0..self.groups.len()).map(move |g| (m, g)));
        each.filter(move |k| !self.there.contains_key(k))
    }
}

fn bits(mask: Mask) -> impl Iterator<Item = Mask> {
    (0..Mask::BITS).map(|j| 1 << j).filter(move |bit| mask & bit != 0)
}

/// Both readings: nobody, or suppressed counts below the smallest.
fn doubt(built: &UnfilledTable, choices: &Choices, (absent, of): (usize, usize), smallest: u64) -> Uncertain {
    // If zeros are written down, an absent combination is not zero.
    let low = u64::from(built.cells.iter().any(|c| c.0 != 0 && c.1 == 0));
    let reading = |range: (u64, u64)| Reading {
        lists: built.names.clone(),
        covariates: built.covariates.iter().map(|c| c.name.clone()).collect(),
        count: built.count.clone(),
        persons: Some(built.persons()).filter(|_| range.1 == 0),
        flags: format!("--absent {}-{}", range.0, range.1),
        choices: Choices { absent: Some(range), ..choices.clone() },
    };
    let readings = [reading((0, 0)), reading((low, smallest - 1))];
    Uncertain { doubt: Doubt::Absent { absent, of, smallest }, readings }
}

/// Adds a row with a range for each combination that is absent.
fn fill(
    built: &mut UnfilledTable,
    cells: &Cells,
    parts: usize,
    (low, high): (u64, u64),
) -> Result<(), ReadError> {
    if parts > MOST {
        return Err(ReadError::ManyAbsent { found: parts, most: MOST });
    }
    for (history, group) in cells.absent() {
        let row = built.cells.len();
        built.cells.push((history, low));
        for covariate in &mut built.covariates {
            let value = covariate.values[cells.groups[group]].clone();
            covariate.values.push(value);
        }
        if low < high {
            built.hidden.push(HiddenCount { row, line: None, value: String::new(), history, low, high });
        }
    }
    if parts > 0 {
        built.filled = parts;
        built.notes.push(Note::AbsentHidden { absent: parts, low, high });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Contents, open, read};

    fn choices(absent: Option<(u64, u64)>) -> Choices {
        Choices { absent, ..Choices::default() }
    }

    fn doubted(text: &str) -> Option<Doubt> {
        match open(text.as_bytes(), &Choices::default()) {
            Err(ReadError::Uncertain(u)) => Some(u.doubt),
            Ok(_) => None,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The published table of trafficking in the Netherlands, without the rows below a number.
    fn published(least: u64) -> String {
        let whole = include_str!("../../../data/netherlands-2010-2015.csv");
        let kept = |l: &&str| {
            l.rsplit(',').next().is_none_or(|n| n.trim().parse().map_or(true, |n: u64| n >= least))
        };
        whole.lines().filter(kept).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn absent_combinations_are_reported_and_small_counts_that_look_suppressed_are_asked_about() {
        let whole = read(published(1).as_bytes(), &Choices::default()).unwrap();
        assert!(
            whole.layout.notes.contains(&Note::Absent { absent: 39, of: 63 }),
            "{:?}",
            whole.layout.notes
        );
        for least in [3, 5, 10] {
            let Some(Doubt::Absent { smallest, of: 63, .. }) = doubted(&published(least)) else {
                panic!("certain above {least}")
            };
            assert!(smallest >= least);
        }
    }

    #[test]
    fn a_few_absent_combinations_are_reported_and_many_below_every_count_are_asked_about() {
        let five = "A,B,C,count\n1,0,0,200\n0,1,0,150\n0,0,1,90\n1,1,0,31\n1,0,1,14\n";
        assert_eq!(doubted(five), Some(Doubt::Absent { absent: 2, of: 7, smallest: 14 }));
        assert_eq!(doubted(&five.replace(",14\n", ",2\n")), None);
        assert_eq!(doubted(&format!("{five}1,1,1,0\n0,1,1,0\n")), None);
        let six = format!("{five}0,1,1,10\n");
        assert_eq!(doubted(&six), None);
        let notes = read(six.as_bytes(), &Choices::default()).unwrap().layout.notes;
        assert!(notes.contains(&Note::Absent { absent: 1, of: 7 }), "{notes:?}");
        let grouped = |of: &str| {
            let row = |l: &str| l.rsplit_once(',').map(|(history, n)| format!("{history},{of},{n}"));
            five.lines().skip(1).filter_map(row).collect::<Vec<_>>().join("\n")
        };
        let two = format!("A,B,C,sex,count\n{}\n{}\n", grouped("f"), grouped("m"));
        assert_eq!(doubted(&two), Some(Doubt::Absent { absent: 2, of: 7, smallest: 14 }));
    }

    #[test]
    fn what_settles_it_is_zero_or_a_range_that_is_drawn_from() {
        let file = published(5);
        let Err(ReadError::Uncertain(u)) = open(file.as_bytes(), &Choices::default()) else {
            panic!("certain")
        };
        assert_eq!(u.readings[0].flags, "--absent 0-0");
        assert_eq!(u.readings[1].choices.absent, Some((0, u.readings[1].choices.absent.unwrap().1)));
        let none = read(file.as_bytes(), &u.readings[0].choices).unwrap();
        assert!(none.layout.notes.iter().any(|n| matches!(n, Note::Absent { of: 63, .. })));
        let Contents::Hidden(hidden) = open(file.as_bytes(), &u.readings[1].choices).unwrap() else {
            panic!("exact")
        };
        let rows = file.lines().count() - 1;
        assert_eq!(hidden.hidden().len(), 63 - rows);
        let ones = hidden.complete(&vec![1; 63 - rows]).unwrap();
        assert_eq!(ones.histories.n(), none.histories.n() + 63 - rows as u64);
        assert_eq!(ones.layout.rows, rows);
        let refused = read(file.as_bytes(), &choices(Some((0, 4)))).unwrap_err();
        assert_eq!(refused, ReadError::AbsentHidden);
    }

    #[test]
    fn people_and_lists_within_lists_are_complete() {
        let people = "A,B,C\n1,0,0\n1,0,0\n1,0,0\n0,1,0\n0,1,0\n0,1,0\n1,1,0\n1,1,0\n1,1,0\n0,0,1\n0,0,1\n0,0,1\n1,0,1\n1,0,1\n1,0,1\n";
        let table = read(people.as_bytes(), &Choices::default()).unwrap();
        assert!(!table.layout.notes.iter().any(|n| matches!(n, Note::Absent { .. })));
        let nested = "A,B,Cee,count\n1,0,0,90\n0,1,0,80\n1,1,0,40\n1,0,1,30\n1,1,1,9\n";
        let table = read(nested.as_bytes(), &Choices::default()).unwrap();
        assert!(table.layout.notes.contains(&Note::Absent { absent: 2, of: 7 }));
        let marked = "A,B,C,count\n1,0,0,200\n0,1,0,150\n0,0,1,90\n1,1,0,31\n1,0,1,14\n0,1,1,<5\n";
        assert_eq!(doubted(marked), None, "small counts are marked, and so those that are absent are zero");
    }
}
