//! The gate that every release passes: it is attacked with all that was given out before, and refused if something comes out.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::attack::{Published, pinned, possible};
use ijsberg_disclosure::perturbation::Noise;
use ijsberg_disclosure::protected::Protected;

use crate::asked::{Asked, DIMENSIONS, levels_of};
use crate::families::{Family, How, Told};
use crate::ledger::{Ledger, Release};

/// Fewer persons than this in a cell are nobody else's business.
pub const THRESHOLD: u64 = 10;

/// Why a release is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A small count can be worked out.
    #[error("{cells} counts below {THRESHOLD} of {family} can be worked out exactly")]
    Recovered {
        /// The family.
        family: String,
        /// How many counts.
        cells: usize,
    },
    /// Another key was used than for an earlier release: the average of both noises would tell more than either.
    #[error(
        "the key is another than that of the release of {year}: averaging both would take noise away; use the same key"
    )]
    OtherKey {
        /// The year of that release.
        year: i16,
    },
    /// Other noise was used than for an earlier release.
    #[error(
        "the noise is other than that of the release of {year}: use the same, or the two can be set against each other"
    )]
    OtherNoise {
        /// The year of that release.
        year: i16,
    },
    /// The published numbers contradict one another, so one of them is wrong.
    #[error("the numbers of {family} agree with no table at all")]
    Impossible {
        /// The family.
        family: String,
    },
}

/// What the gate found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Numbers that were attacked.
    pub numbers: usize,
    /// The least number of values that a small count other than zero can still have.
    pub narrowest: u64,
    /// Families whose earlier releases agree with no table of now: the data were revised between them.
    pub revised: Vec<String>,
}

/// Everything told of one family, as equations over its cells, hidden ones too. Where levels overlap a sum over them means nothing;
/// but at each level those who are there and those who are not are everybody, so a second cell stands for who is not.
fn equations(told: &[&Told], noise: &Noise, overlapping: bool) -> (usize, Vec<Published>) {
    let mut cells: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for t in told {
        if let (Some(level), Some(year)) = (&t.level, &t.year) {
            let next = cells.len();
            cells.entry((level, year)).or_insert(next);
        }
    }
    let of = |level: Option<&str>, year: Option<&str>| -> Vec<usize> {
        let fits = |key: &(&str, &str)| level.is_none_or(|l| l == key.0) && year.is_none_or(|y| y == key.1);
        cells.iter().filter(|(key, _)| fits(key)).map(|c| *c.1).collect()
    };
    let levels: BTreeSet<&str> = cells.keys().map(|key| key.0).collect();
    let mut all = Vec::new();
    for t in told {
        let year = t.year.as_deref();
        match &t.level {
            None if overlapping => {
                for level in &levels {
                    let there = of(Some(level), year);
                    let not = there.iter().map(|c| c + cells.len());
                    all.push(t.how.published(there.iter().copied().chain(not).collect(), noise, t.value));
                }
            }
            level => all.push(t.how.published(of(level.as_deref(), year), noise, t.value)),
        }
    }
    all.retain(|p| !p.cells.is_empty());
    (if overlapping { 2 } else { 1 } * cells.len(), all)
}

/// Attacks a release.
///
/// # Errors
/// See [`Refused`].
pub fn attack(families: &[Family], noise: &Noise, key: &str, ledger: &Ledger) -> Result<Passed, Refused> {
    for earlier in &ledger.releases {
        if earlier.key != key {
            return Err(Refused::OtherKey { year: earlier.year });
        }
        if earlier.noise != (noise.variance, noise.largest, noise.hidden) {
            return Err(Refused::OtherNoise { year: earlier.year });
        }
    }
    let mut passed = Passed { numbers: 0, narrowest: u64::MAX, revised: Vec::new() };
    for family in families {
        let now = family.told();
        let overlapping = family.overlapping;
        let told: Vec<&Told> = now.iter().collect();
        let (cells, numbers) = equations(&told, noise, overlapping);
        let alone =
            possible(cells, &numbers).ok_or_else(|| Refused::Impossible { family: family.name.clone() })?;
        check(&family.name, &alone, &mut passed, now.len())?;
        let before: Vec<&Told> = earlier(ledger, &family.name, &family.years);
        if before.is_empty() {
            continue;
        }
        // The same numbers from another release tell nothing new; those of other years and sums do.
        let both: Vec<&Told> = told.iter().copied().chain(before).collect();
        let (cells, numbers) = equations(&both, noise, overlapping);
        match possible(cells, &numbers) {
            Some(together) => check(&family.name, &together, &mut passed, 0)?,
            None => passed.revised.push(family.name.clone()),
        }
    }
    Ok(passed)
}

/// Attacks the table of capture histories with the sizes of the lists and the number of persons beside it.
///
/// # Errors
/// See [`Refused`].
pub fn attack_histories(
    histories: &[(u32, Protected)],
    lists: &Family,
    noise: &Noise,
    passed: &mut Passed,
) -> Result<(), Refused> {
    let on = |l: usize| (0..histories.len()).filter(|i| histories[*i].0 >> l & 1 == 1).collect();
    let whole = lists.told().into_iter().filter(|t| t.year.is_none()).map(|t| {
        let list = t.level.and_then(|l| lists.levels.iter().position(|name| *name == l));
        t.how.published(list.map_or((0..histories.len()).collect(), on), noise, t.value)
    });
    let mut numbers: Vec<Published> =
        histories.iter().enumerate().map(|(i, h)| How::Noise.published(vec![i], noise, h.1.get())).collect();
    numbers.extend(whole);
    let family = || "histories".to_owned();
    let found =
        possible(histories.len(), &numbers).ok_or_else(|| Refused::Impossible { family: family() })?;
    check("histories", &found, passed, numbers.len())
}

/// The family of what the United Nations ask for, in the ledger.
pub const ASKED: &str = "sdg-16-2-2";

/// Attacks what the United Nations ask for, counts by form, sex and age at once, with what the tables by form, sex and age told of
/// the same year, and with what earlier releases told of it.
///
/// # Errors
/// See [`Refused`].
pub fn attack_asked(
    asked: &[Asked],
    families: &[Family],
    noise: &Noise,
    ledger: &Ledger,
    passed: &mut Passed,
) -> Result<(), Refused> {
    // The levels of a dimension, or one that stands for all where the table does not tell it.
    let by = |names: &[&str]| families.iter().find(|f| names.contains(&f.name.to_lowercase().as_str()));
    let tables = DIMENSIONS.map(by);
    let levels = tables.map(|f| f.map_or(vec![String::new()], |f| f.levels.clone()));
    let mut cells: Vec<[&str; 3]> = Vec::new();
    for form in &levels[0] {
        for sex in &levels[1] {
            cells.extend(levels[2].iter().map(|age| [form.as_str(), sex.as_str(), age.as_str()]));
        }
    }
    let sum = |fits: &dyn Fn(&[&str; 3]) -> bool| (0..cells.len()).filter(|i| fits(&cells[*i])).collect();
    let of_codes = |codes: [&str; 3], how: How, value: u64| {
        let of = levels_of(codes);
        let fits = |cell: &[&str; 3]| of.iter().zip(cell).all(|(of, c)| of.is_empty() || of.contains(c));
        how.published(sum(&fits), noise, value)
    };
    let of_table = |d: usize, t: &Told| {
        let fits = |cell: &[&str; 3]| t.level.as_deref().is_none_or(|l| l == cell[d]);
        t.how.published(sum(&fits), noise, t.value)
    };
    let mut years: Vec<&str> = asked.iter().map(|a| a.year.as_str()).collect();
    years.dedup();
    for year in years {
        let of_year = |t: &&Told| t.year.as_deref() == Some(year);
        let mut now: Vec<Published> = asked
            .iter()
            .filter(|a| a.year == year)
            .map(|a| of_codes([a.series, a.sex, a.age], a.how, a.persons.get()))
            .collect();
        let numbers = now.len();
        for (d, family) in tables.iter().enumerate() {
            let told = family.map(Family::told).unwrap_or_default();
            now.extend(told.iter().filter(of_year).map(|t| of_table(d, t)));
        }
        let impossible = || Refused::Impossible { family: ASKED.to_owned() };
        let alone = possible(cells.len(), &now).ok_or_else(impossible)?;
        check(ASKED, &alone, passed, numbers)?;
        let told = ledger.releases.iter().filter_map(|r| r.families.get(ASKED)).flatten();
        let before = told.filter(of_year).filter_map(|t| {
            let mut words = t.level.as_deref()?.split(' ');
            Some(of_codes([words.next()?, words.next()?, words.next()?], t.how, t.value))
        });
        let mut both = now.clone();
        // What is told again as it was tells nothing new.
        both.extend(before.filter(|p| !now.contains(p)));
        if both.len() > now.len() {
            match possible(cells.len(), &both) {
                Some(together) => check(ASKED, &together, passed, 0)?,
                None => passed.revised.push(ASKED.to_owned()),
            }
        }
    }
    passed.revised.dedup();
    Ok(())
}

/// What earlier releases told of a family. A sum over years is of that release's own years, so it is told only where the window is
/// the same.
fn earlier<'a>(ledger: &'a Ledger, family: &str, years: &[String]) -> Vec<&'a Told> {
    let same = |r: &Release| {
        years.first().is_some_and(|y| *y == r.from.to_string())
            && years.last().is_some_and(|y| *y == r.year.to_string())
    };
    let told = |r: &'a Release| {
        let whole = same(r);
        r.families.get(family).into_iter().flatten().filter(move |t| whole || t.year.is_some())
    };
    ledger.releases.iter().flat_map(told).collect()
}

fn check(family: &str, found: &[[u64; 2]], passed: &mut Passed, numbers: usize) -> Result<(), Refused> {
    let small = pinned(found).into_iter().filter(|c| found[*c][0] < THRESHOLD).count();
    if small > 0 {
        return Err(Refused::Recovered { family: family.to_owned(), cells: small });
    }
    passed.numbers += numbers;
    // A count that is known to be large is nobody's secret.
    let width = found.iter().filter(|c| c[1] > 0 && c[0] < THRESHOLD).map(|c| c[1] - c[0] + 1).min();
    passed.narrowest = passed.narrowest.min(width.unwrap_or(u64::MAX));
    Ok(())
}
