//! The gate that every release passes: it is attacked with all that was given out before, and refused if something comes out.

use std::collections::BTreeMap;

use ijsberg_disclosure::attack::{Published, pinned, possible};
use ijsberg_disclosure::cell_key::Protected;
use ijsberg_disclosure::perturbation::Noise;

use crate::edition::Asked;
use crate::families::{Family, Told};
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
    /// The least number of values that a count other than zero can still have.
    pub narrowest: u64,
    /// Families whose earlier releases agree with no table of now: the data were revised between them.
    pub revised: Vec<String>,
}

/// What a published number says of the true one: the noise is bounded, zero stays zero, and only zero or what the noise allows
/// becomes zero.
fn bounds(noise: &Noise, value: u64) -> (u64, u64) {
    let largest = noise.largest.unsigned_abs();
    (value.saturating_sub(largest).max(u64::from(value > 0)), value + largest)
}

/// Everything told of one family, as equations over its cells. Lists overlap, so for them sums over levels mean nothing.
fn equations(told: &[&Told], noise: &Noise, overlapping: bool) -> (usize, Vec<Published>) {
    let mut cells: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for t in told {
        if let (Some(level), Some(year)) = (&t.level, &t.year) {
            let next = cells.len();
            cells.entry((level, year)).or_insert(next);
        }
    }
    let fits = |t: &Told, key: &(&str, &str)| {
        t.level.as_deref().is_none_or(|l| l == key.0) && t.year.as_deref().is_none_or(|y| y == key.1)
    };
    let of = |t: &&&Told| {
        let of: Vec<usize> = cells.iter().filter(|(key, _)| fits(t, key)).map(|c| *c.1).collect();
        let (low, high) = bounds(noise, t.value);
        Published { cells: of, low, high }
    };
    let usable = |t: &&&Told| !(overlapping && t.level.is_none());
    (cells.len(), told.iter().filter(usable).map(|t| of(&t)).filter(|p| !p.cells.is_empty()).collect())
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
        let overlapping = family.name == "list";
        let told: Vec<&Told> = now.iter().collect();
        let (cells, published) = equations(&told, noise, overlapping);
        let alone =
            possible(cells, &published).ok_or_else(|| Refused::Impossible { family: family.name.clone() })?;
        check(&family.name, &alone, &mut passed, now.len())?;
        let before: Vec<&Told> = earlier(ledger, &family.name, &family.years);
        if before.is_empty() {
            continue;
        }
        // The same numbers from another release tell nothing new; those of other years and sums do.
        let both: Vec<&Told> = told.iter().copied().chain(before).collect();
        let (cells, published) = equations(&both, noise, overlapping);
        match possible(cells, &published) {
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
    lists: usize,
    histories: &[(u32, Protected)],
    sizes: &[Protected],
    total: Protected,
    noise: &Noise,
    passed: &mut Passed,
) -> Result<(), Refused> {
    let on =
        |l: usize| (0..histories.len()).filter(|i| histories[*i].0 >> l & 1 == 1).collect::<Vec<usize>>();
    let told = |cells: Vec<usize>, value: Protected| {
        let (low, high) = bounds(noise, value.get());
        Published { cells, low, high }
    };
    let mut published: Vec<Published> =
        histories.iter().enumerate().map(|(i, h)| told(vec![i], h.1)).collect();
    published.extend((0..lists).zip(sizes).map(|(l, size)| told(on(l), *size)));
    published.push(told((0..histories.len()).collect(), total));
    let family = || "histories".to_owned();
    let found =
        possible(histories.len(), &published).ok_or_else(|| Refused::Impossible { family: family() })?;
    check("histories", &found, passed, published.len())
}

/// The family of what the United Nations ask for, in the ledger.
pub const ASKED: &str = "sdg-16-2-2";

/// Attacks what the United Nations ask for: counts by form, sex and age at once, year by year, with what earlier releases told of the
/// same years.
///
/// # Errors
/// See [`Refused`].
pub fn attack_asked(
    asked: &[Asked],
    noise: &Noise,
    ledger: &Ledger,
    passed: &mut Passed,
) -> Result<(), Refused> {
    let distinct = |of: fn(&Asked) -> &'static str| {
        let mut all: Vec<&str> = asked.iter().map(of).filter(|v| !ANY.contains(v)).collect();
        all.sort_unstable();
        all.dedup();
        // And those who are none of these.
        all.push("");
        all
    };
    let (forms, sexes, ages) = (distinct(|a| a.series), distinct(|a| a.sex), distinct(|a| a.age));
    let mut cells = Vec::new();
    for form in &forms {
        for sex in &sexes {
            cells.extend(ages.iter().map(|age| [*form, *sex, *age]));
        }
    }
    let published = |what: [&str; 3], value: u64| {
        let fits = |cell: &[&str; 3]| what.iter().zip(cell).all(|(w, c)| ANY.contains(w) || w == c);
        let (low, high) = bounds(noise, value);
        Published { cells: (0..cells.len()).filter(|i| fits(&cells[*i])).collect(), low, high }
    };
    let mut years: Vec<&str> = asked.iter().map(|a| a.year.as_str()).collect();
    years.dedup();
    for year in years {
        let now: Vec<Published> = asked
            .iter()
            .filter(|a| a.year == year)
            .map(|a| published([a.series, a.sex, a.age], a.persons.get()))
            .collect();
        let impossible = || Refused::Impossible { family: ASKED.to_owned() };
        let alone = possible(cells.len(), &now).ok_or_else(impossible)?;
        check(ASKED, &alone, passed, now.len())?;
        let told = ledger.releases.iter().filter_map(|r| r.families.get(ASKED)).flatten();
        let before = told.filter(|t| t.year.as_deref() == Some(year)).filter_map(|t| {
            let mut words = t.level.as_deref()?.split(' ');
            Some(published([words.next()?, words.next()?, words.next()?], t.value))
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

/// What stands for all of a dimension.
const ANY: [&str; 2] = ["_T", "VC_HTF_DETV"];

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
    let width = found.iter().filter(|c| c[1] > 0).map(|c| c[1] - c[0] + 1).min();
    passed.narrowest = passed.narrowest.min(width.unwrap_or(u64::MAX));
    Ok(())
}
