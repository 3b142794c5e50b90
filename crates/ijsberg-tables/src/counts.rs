//! Tables of how often persons were seen.

use std::collections::HashSet;

use ijsberg_mse::strata::table::Covariate;
use ijsberg_mse::truncated::CountRow;

use crate::doubt::{Doubt, Reading, Uncertain};
use crate::frame::{FramedTable, frame};
use crate::names::{is_count, is_count_name, is_trait, names_the_person};
use crate::numbers::{Count, Numbers};
use crate::raw::{Raw, no_formulas};
use crate::roles::{flags, two_ways};
use crate::values::{Profile, Truth};
use crate::{Choices, Grid, ReadError};

/// Names under which a column is taken for the number of times a person was seen.
const TIMES: [&str; 18] = [
    "times",
    "captures",
    "nbcap",
    "times seen",
    "times captured",
    "number of times",
    "number of captures",
    "n times",
    "n captures",
    "aantal keer",
    "aantal keren",
    "keer gezien",
    "keren gezien",
    "aantal keer gezien",
    "aantal keren gezien",
    "aantal waarnemingen",
    "number of times seen",
    "how often",
];

/// Names that may be that of the number of times, where no column is a list.
const PERHAPS: [&str; 3] = ["k", "keer", "keren"];

/// The most columns of a design, and the most numbers in it: a column of names would have one for each row.
const WIDEST: usize = 1000;
const MOST_NUMBERS: usize = 20_000_000;

/// Rows above which a header may stand that names times.
const HEAD: usize = 40;

fn plain(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_times(name: &str) -> bool {
    TIMES.contains(&plain(name).as_str())
}

/// The number of `f1` or `f_1`.
fn frequency(name: &str) -> Option<u64> {
    plain(name).replace(' ', "").strip_prefix('f')?.parse().ok().filter(|k| *k > 0)
}

/// How often persons were seen, without saying where.
#[derive(Debug, Clone, PartialEq)]
pub struct CountTable {
    /// Persons by times and covariates. The columns are a constant and one for each level of each covariate but its first.
    pub rows: Vec<CountRow>,
    /// Names of the columns after the constant, such as `sex: male`.
    pub columns: Vec<String>,
}

impl CountTable {
    /// Reads a table with a column of times (`times`, `captures`, `nbcap`, `times_seen`, `aantal keer`; `k` or `keer` where no column
    /// is a list), an optional count, and covariates without missing values; or one row of numbers under `f1`, `f2` and so on. `None`
    /// when it has no times.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, ReadError> {
        Self::from_raw(&Raw::read(bytes, crate::Limits::OWN)?, &Choices::default())
    }

    pub(crate) fn from_raw(raw: &Raw, choices: &Choices) -> Result<Option<Self>, ReadError> {
        let named = |name: &String| {
            is_times(name) || PERHAPS.contains(&plain(name).as_str()) || frequency(name).is_some()
        };
        // Tables of histories are not taken apart for this.
        if raw.roles.is_some() || !raw.rows.iter().take(HEAD).any(|r| r.1.iter().any(named)) {
            return Ok(None);
        }
        no_formulas(raw)?;
        let certain = raw.rows.iter().take(HEAD).any(|r| r.1.iter().any(|c| is_times(c)));
        let framed = match frame(raw.clone()) {
            Ok(framed) => framed,
            Err(error) => return if certain { Err(error) } else { Ok(None) },
        };
        let framed = upright(framed);
        let Some(columns) = columns(&framed, choices)? else { return Ok(None) };
        rows(&framed, &columns, choices).map(Some)
    }
}

/// One row of numbers under `f1`, `f2` and so on, as a row for each.
fn upright(mut framed: FramedTable) -> FramedTable {
    let all: Option<Vec<u64>> = framed.grid.header.iter().map(|h| frequency(h)).collect();
    if let (Some(times), [(line, cells)]) = (all, framed.grid.rows.as_slice())
        && times.len() > 1
    {
        let row = |(k, cell): (&u64, &String)| (*line, vec![k.to_string(), cell.clone()]);
        let rows = times.iter().zip(cells).map(row).collect();
        framed.grid = Grid { header: vec!["times".to_owned(), "count".to_owned()], rows };
    }
    framed
}

/// The columns of times and of counts, and those that are left out.
struct Columns {
    times: usize,
    count: Option<usize>,
    out: Vec<usize>,
}

/// What the columns are; `None` where none says how often.
fn columns(framed: &FramedTable, choices: &Choices) -> Result<Option<Columns>, ReadError> {
    let grid = &framed.grid;
    let all = || (0..grid.header.len()).filter(|i| !choices.ignore.contains(&grid.header[*i]));
    let open = |i: &usize| !choices.covariates.contains(&grid.header[*i]);
    let mut out: Vec<usize> = (0..grid.header.len()).filter(|i| !all().any(|o| o == *i)).collect();
    let certain = all().find(|i| is_times(&grid.header[*i]) && open(i));
    let perhaps = || all().find(|i| PERHAPS.contains(&plain(&grid.header[*i]).as_str()) && open(i));
    let Some(times) = certain.or_else(perhaps) else { return Ok(None) };
    let lists = lists(grid, times);
    if certain.is_some() {
        if says_on_how_many(grid, times, &lists) {
            return Ok(None);
        }
        let names: Vec<String> = lists.iter().map(|l| grid.header[l.0].clone()).collect();
        if names.len() > 1 && !names.iter().all(|l| choices.covariates.contains(l)) {
            return Err(times_or_lists(&grid.header[times], &names, choices).into());
        }
    } else if !lists.is_empty() || !grid.rows.iter().all(|r| starts_as_times(&r.1[times])) {
        return Ok(None);
    }
    let persons = |i: &usize| {
        *i != times
            && names_the_person(&grid.header[*i])
            && different(grid, *i)
            && rest(grid, *i) < grid.rows.len()
    };
    out.extend(all().filter(persons).filter(|i| choices.count.as_ref() != Some(&grid.header[*i])));
    let free = |i: &usize| *i != times && !out.contains(i) && open(i);
    let said = all().find(|i| choices.count.as_ref() == Some(&grid.header[*i]));
    let by_name = || all().find(|i| free(i) && is_count(&grid.header[*i]));
    let perhaps = || all().find(|i| free(i) && is_count_name(&grid.header[*i]));
    // Of two columns the other is the number of persons, whatever it is called.
    let other = || all().find(|i| certain.is_none() && grid.header.len() == 2 && free(i));
    let count = said.or_else(by_name).or_else(perhaps).or_else(other);
    match count {
        Some(i) if said.is_none() && names_rows(grid, i) => Err(count_or_not(framed, i, choices).into()),
        None if certain.is_none() && out.is_empty() => Ok(None),
        _ => Ok(Some(Columns { times, count, out })),
    }
}

fn starts_as_times(cell: &str) -> bool {
    cell.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '>' | '≥'))
}

/// Columns of yes and no that may be lists.
fn lists(grid: &Grid, times: usize) -> Vec<(usize, Truth)> {
    let list = |i: usize| {
        let truth = Truth::from_profile(&Profile::from_cells(grid.rows.iter().map(|r| r.1[i].as_str())))?;
        let certain = is_times(&grid.header[times]);
        let other = i == times || certain && (is_trait(&grid.header[i]) || is_count_name(&grid.header[i]));
        (!other).then_some((i, truth))
    };
    (0..grid.header.len()).filter_map(list).collect()
}

/// Whether the times are the number of lists that each row is on, so that the lists say more.
fn says_on_how_many(grid: &Grid, times: usize, lists: &[(usize, Truth)]) -> bool {
    let on = |row: &[String]| lists.iter().filter(|(i, t)| t.read(&row[*i]) == Some(true)).count() as u64;
    lists.len() > 1 && grid.rows.iter().all(|r| r.1[times].parse() == Ok(on(&r.1)))
}

fn different(grid: &Grid, i: usize) -> bool {
    let mut seen = HashSet::new();
    grid.rows.len() > 2 && grid.rows.iter().all(|r| !r.1[i].is_empty() && seen.insert(r.1[i].as_str()))
}

/// Whether a column tells the rows apart where all else in them comes again, as numbers of persons do not.
fn names_rows(grid: &Grid, i: usize) -> bool {
    different(grid, i) && rest(grid, i) * 2 <= grid.rows.len()
}

/// How many rows are different without a column.
fn rest(grid: &Grid, i: usize) -> usize {
    let others = grid.rows.iter().map(|(_, row)| {
        let mut row = row.clone();
        row.remove(i);
        row
    });
    others.collect::<HashSet<_>>().len()
}

fn count_or_not(framed: &FramedTable, i: usize, choices: &Choices) -> Uncertain {
    let column = framed.grid.header[i].clone();
    let numbers = numbers(framed, Some(i), choices).unwrap_or_default();
    let sum = framed.grid.rows.iter().try_fold(0_u64, |s, r| s.checked_add(numbers.whole(&r.1[i])?));
    let count = Reading {
        count: Some(column.clone()),
        persons: sum,
        flags: flags("--count", std::slice::from_ref(&column)),
        choices: Choices { count: Some(column.clone()), ..choices.clone() },
        ..Reading::default()
    };
    let mut ignore = choices.ignore.clone();
    ignore.push(column.clone());
    let persons = Reading {
        persons: Some(framed.grid.rows.len() as u64),
        flags: flags("--ignore", &ignore),
        choices: Choices { ignore, ..choices.clone() },
        ..Reading::default()
    };
    Uncertain { doubt: Doubt::CountOrCovariate { column }, readings: [count, persons] }
}

/// Lists beside times that are not on how many of them somebody is.
fn times_or_lists(times: &str, lists: &[String], choices: &Choices) -> Uncertain {
    let mut covariates = choices.covariates.clone();
    covariates.extend(lists.iter().filter(|l| !choices.covariates.contains(l)).cloned());
    let histories = Reading {
        lists: lists.to_vec(),
        flags: flags("--lists", lists),
        choices: Choices { lists: lists.to_vec(), ..choices.clone() },
        ..Reading::default()
    };
    let seen = Reading {
        covariates: covariates.clone(),
        flags: flags("--covariates", &covariates),
        choices: Choices { covariates, ..choices.clone() },
        ..Reading::default()
    };
    Uncertain { doubt: Doubt::ListsOrTimes { column: times.to_owned() }, readings: [histories, seen] }
}

/// Covariates with their columns, and the names of the columns that they make.
type Factors = (Vec<(usize, Covariate)>, Vec<String>);

/// What a table says besides times and counts: a column for each level of each covariate but its first.
fn factors(grid: &Grid, others: &[usize]) -> Result<Factors, ReadError> {
    let factors: Vec<(usize, Covariate)> = (0..grid.header.len())
        .filter(|i| !others.contains(i))
        .map(|i| (i, Covariate::from_values(&grid.header[i], grid.rows.iter().map(|r| r.1[i].as_str()))))
        .filter(|(_, c)| c.levels.len() > 1)
        .collect();
    let columns: Vec<String> =
        factors.iter().flat_map(|(_, c)| c.levels[1..].iter().map(|l| format!("{}: {l}", c.name))).collect();
    for (what, found, most) in [
        ("columns", columns.len(), WIDEST),
        ("cells", columns.len().saturating_mul(grid.rows.len()), MOST_NUMBERS),
    ] {
        if found > most {
            return Err(ReadError::TooLarge { what, found, most });
        }
    }
    Ok((factors, columns))
}

fn numbers(framed: &FramedTable, count: Option<usize>, choices: &Choices) -> Result<Numbers, ReadError> {
    let Some(i) = count else { return Ok(Numbers::default()) };
    if framed.typed {
        return Ok(Numbers { thousands: None, decimals: Some('.') });
    }
    if let Some(mark) = choices.thousands {
        return Ok(mark.numbers());
    }
    let found = Numbers::from_cells(framed.grid.rows.iter().map(|r| r.1[i].as_str()), framed.decimal_comma);
    Ok(found.map_err(|two| two_ways(&two, &[], choices))?)
}

/// How often the persons of a row were seen. `None` for a row of those who never were, which says nothing.
fn often(
    line: u64,
    column: &str,
    value: &str,
    persons: u64,
    counted: bool,
) -> Result<Option<u64>, ReadError> {
    let (column, value) = (column.to_owned(), value.to_owned());
    let open = value.ends_with('+')
        || value.starts_with(['>', '≥'])
        || value.contains(" of meer")
        || value.contains(" or more");
    if open {
        return Err(ReadError::OpenEnd { line, column, value });
    }
    let whole = Numbers { decimals: Some('.'), thousands: None }.whole(&value);
    match whole.filter(|k| *k < 1 << 32) {
        Some(0) if persons == 0 => Ok(None),
        Some(0) if counted => Err(ReadError::Unseen { line, count: persons }),
        Some(k) if k > 0 => Ok(Some(k)),
        _ => Err(ReadError::Count { line, column, value }),
    }
}

fn rows(
    framed: &FramedTable,
    &Columns { times, count, ref out }: &Columns,
    choices: &Choices,
) -> Result<CountTable, ReadError> {
    let grid = &framed.grid;
    if grid.rows.is_empty() {
        return Err(ReadError::Empty);
    }
    let others: Vec<usize> = count.into_iter().chain([times]).chain(out.iter().copied()).collect();
    let (factors, columns) = factors(grid, &others)?;
    let numbers = numbers(framed, count, choices)?;
    let (mut all, mut sum) = (Vec::with_capacity(grid.rows.len()), 0_u64);
    for (line, row) in &grid.rows {
        let persons = match count.map(|i| (i, numbers.count(&row[i]))) {
            None => 1,
            Some((_, Some(Count::Exact(n)))) if n < 1 << 32 => n,
            Some((i, Some(Count::Range(..) | Count::Marked))) => {
                return Err(ReadError::Hidden { line: *line, value: row[i].clone() });
            }
            Some((_, Some(Count::Missing))) if numbers.whole(&row[times]) == Some(0) => continue,
            Some((i, _)) => {
                let (column, value) = (grid.header[i].clone(), row[i].clone());
                return Err(ReadError::Count { line: *line, column, value });
            }
        };
        let Some(times) = often(*line, &grid.header[times], &row[times], persons, count.is_some())? else {
            continue;
        };
        let mut x = vec![1.0];
        for (i, c) in &factors {
            x.extend(c.levels[1..].iter().map(|l| f64::from(*l == row[*i])));
        }
        sum += persons;
        all.push(CountRow { times: times as u32, x, persons: persons as f64 });
    }
    if sum == 0 {
        return Err(ReadError::Nobody);
    }
    // A total that is blank or suppressed says nothing.
    if let (Some(i), Some((line, row))) = (count, framed.totals.last())
        && !matches!(numbers.count(&row[i]), Some(Count::Missing | Count::Marked))
        && numbers.whole(&row[i]) != Some(sum)
    {
        return Err(ReadError::Total { line: *line, said: row[i].clone(), sum });
    }
    Ok(CountTable { rows: all, columns })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Result<Option<Vec<(u32, f64)>>, ReadError> {
        let of = |t: CountTable| t.rows.iter().map(|r| (r.times, r.persons)).collect();
        Ok(CountTable::read(text.as_bytes())?.map(of))
    }

    #[test]
    fn reads_times_counts_and_covariates() {
        let t = CountTable::read(b"nbcap,sex,freq\n1,f,10\n2,m,3\n1,m,4\n").unwrap().unwrap();
        assert_eq!(t.columns, ["sex: m"]);
        assert_eq!(t.rows[1], CountRow { times: 2, x: vec![1.0, 1.0], persons: 3.0 });
        assert_eq!(seen("A,B\n1,0\n"), Ok(None));
        assert!(matches!(seen("times,n\n0,5\n1,7\n"), Err(ReadError::Unseen { line: 2, count: 5 })));
    }

    #[test]
    fn times_seen_as_offices_write_them() {
        let right = Ok(Some(vec![(1, 1234.0), (2, 66.0), (3, 8.0)]));
        for table in [
            "k,f\n1,1234\n2,66\n3,8\n",
            "k;f_k\r\n1;1.234\r\n2;66\r\n3;8\r\n",
            "keer,aantal\n1,1234\n2,66\n3,8\n",
            "Gezien in 2024\n\nAantal keer;Aantal personen\n1;1.234\n2;66\n3;8\nTotaal;1.308\n",
            "times,count\n0,NA\n1,1234\n2,66\n3,8\n",
            "\"\",\"times\",\"Freq\"\n\"1\",1,1234\n\"2\",2,66\n\"3\",3,8\n",
            "f1,f2,f3\n1234,66,8\n",
            "f_1;f_2;f_3\n1 234;66;8\n",
        ] {
            assert_eq!(seen(table), right, "{table}");
        }
        // A list may be called so.
        assert_eq!(seen("K,N,count\n1,0,5\n0,1,7\n1,1,2\n"), Ok(None));
        for open in ["5+", "≥5", "5 of meer", ">4"] {
            let table = format!("k,aantal\n1,50\n2,9\n{open},3\n");
            assert!(matches!(seen(&table), Err(ReadError::OpenEnd { line: 4, .. })), "{open}");
        }
        assert!(matches!(seen("k,aantal\n1,50\n2,<5\n"), Err(ReadError::Hidden { line: 3, .. })));
        assert!(matches!(seen("k,aantal\n1,50\n2,9\nTotaal,60\n"), Err(ReadError::Total { line: 4, .. })));
    }
}
