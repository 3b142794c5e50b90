//! The gate that every release passes: it is attacked with all that was given out before, and refused if something comes out.
//!
//! What is promised: of no count from 1 to 9 can anybody say, from everything that was given out under one key, that it is one of
//! fewer than five numbers. The proof is a witness for each of the five ([`ijsberg_disclosure::witness`]): other persons, with whom every
//! number of every release would have been the same. Where there is none, numbers of this release are hidden until there is; where
//! that does not help, it is refused.
#![allow(clippy::needless_pass_by_value, reason = "what is told is used up by the question")]

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::attack::ANY;
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_disclosure::protected::Protected;
use ijsberg_disclosure::suppress::WIDTH;
use ijsberg_disclosure::witness::{Search, Target};

use crate::asked::Asked;
use crate::families::{Family, Told};
use crate::ledger::Ledger;
use crate::linked::{About, BETWEEN, Linked, Release, linked};
use crate::persons::{Kept, VINTAGES, is_year, people_of};
use crate::protection::{How, Plain, THRESHOLD};
use crate::reserved::{ASKED, HISTORIES};
use crate::source::Delivered;

/// Whoever guesses a count below the threshold from as many numbers with noise of their own as a year may have is right at most this
/// often.
pub const GUESSED: f64 = 0.5;

/// Why a release is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Small counts can be worked out or nearly, or it is not proven that they cannot.
    #[error("{cells} counts below {THRESHOLD} of {family} can be told to fewer than {WIDTH} numbers")]
    Recovered {
        /// The family.
        family: String,
        /// How many counts.
        cells: usize,
    },
    /// The noise is so weak that counts are guessed.
    #[error("with this noise a count below {THRESHOLD} is guessed in {percent} of 100 cases")]
    Guessed {
        /// How often, in percent.
        percent: u64,
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
    /// Plain counts were protected in another way in an earlier release.
    #[error(
        "plain counts were protected in another way in the release of {year}: both together tell more than either"
    )]
    OtherProtection {
        /// The year of that release.
        year: i16,
    },
    /// The ledger does not hold the persons of an earlier release, so nobody can tell what both tell together.
    #[error("the ledger does not hold the persons of the release of {year}")]
    Lost {
        /// The year of that release.
        year: i16,
    },
    /// A table without years, or with persons whose year is not known, and a release of years: nobody can tell whether they are of the same
    /// persons.
    #[error(
        "the persons of this release cannot be held beside those of the release of {year}: one of the two has no years"
    )]
    Unlinked {
        /// The year of that release.
        year: i16,
    },
    /// A table and another release have other lists, so that nobody can tell which of their persons are the same.
    #[error("the lists of {year} are other than those of an earlier release")]
    OtherLists {
        /// The year; nothing for a table without years.
        year: String,
    },
    /// A table differs from one that was given out, and its noise was renewed as often as is allowed.
    #[error(
        "the table differs in {persons} persons from one that was given out, and its noise cannot be renewed again"
    )]
    Exhausted {
        /// How many persons arrived or left.
        persons: u64,
    },
    /// The published numbers contradict the persons that they are said to be of.
    #[error("the numbers of {family} are not those of the persons in the ledger")]
    Impossible {
        /// The family.
        family: String,
    },
}

/// What the gate found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// Numbers of this release that were attacked.
    pub numbers: usize,
    /// Numbers of this release and all earlier ones that they were attacked with.
    pub together: usize,
    /// Counts from 1 to 9 that withstood it.
    pub small: usize,
    /// The least number of values that one of them can still have, as far as was proven; no more than ten are looked for. None if
    /// there is no such count.
    pub narrowest: Option<u64>,
    /// The family in which that is.
    pub narrowest_in: Option<String>,
    /// Numbers that were hidden lest others could be worked out.
    pub hidden: usize,
    /// Years that were revised since they were given out.
    pub revised: Vec<String>,
}

/// Values of a small count that are looked for.
const WANTED: u64 = 10;

/// What a release would tell.
pub(crate) struct Telling<'a> {
    pub families: &'a mut [Family],
    pub asked: &'a mut Vec<Asked>,
    pub histories: &'a [(Vec<String>, Protected)],
}

/// How a release is protected.
#[derive(Clone, Copy)]
pub(crate) struct Ways<'a> {
    pub noise: &'a Noise,
    pub plain: Plain,
    pub key: &'a str,
}

/// Whether a release fits with those before it at all.
///
/// # Errors
/// See [`Refused`].
pub(crate) fn agrees(ways: Ways<'_>, table: &Perturbation, ledger: &Ledger) -> Result<(), Refused> {
    for earlier in &ledger.releases {
        let year = earlier.year;
        if earlier.key != ways.key {
            return Err(Refused::OtherKey { year });
        }
        if earlier.noise != (ways.noise.variance, ways.noise.largest, ways.noise.hidden) {
            return Err(Refused::OtherNoise { year });
        }
        // A table of histories tells no plain counts.
        if earlier.plain != ways.plain && !earlier.is_table() {
            return Err(Refused::OtherProtection { year });
        }
    }
    let guessed = table.guessed(VINTAGES as u32, THRESHOLD);
    if guessed > GUESSED {
        return Err(Refused::Guessed { percent: (100.0 * guessed).round() as u64 });
    }
    Ok(())
}

/// Everything that a release tells, by family.
pub(crate) fn told(
    families: &[Family],
    asked: &[Asked],
    histories: &[(Vec<String>, Protected)],
) -> BTreeMap<String, Vec<Told>> {
    let mut all: BTreeMap<String, Vec<Told>> = families.iter().map(|f| (f.name.clone(), f.told())).collect();
    let of_asked = asked.iter().map(|a| Told {
        level: Some(format!("{} {} {}", a.series, a.sex, a.age)),
        year: Some(a.year.clone()),
        value: a.persons.get(),
        how: a.how,
    });
    let of_histories = histories.iter().map(|(lists, n)| Told {
        level: Some(lists.join(BETWEEN)),
        year: None,
        value: n.get(),
        how: How::Noise,
    });
    all.insert(ASKED.to_owned(), of_asked.collect());
    all.insert(HISTORIES.to_owned(), of_histories.collect());
    all
}

/// All releases, with what that of now tells.
fn releases<'a>(
    ledger: &'a Ledger,
    vintages: &'a BTreeMap<String, usize>,
    now: &'a BTreeMap<String, Vec<Told>>,
) -> Vec<Release<'a>> {
    let before = ledger.releases.iter().map(|r| Release {
        vintages: &r.vintages,
        families: &r.families,
        table: r.is_table(),
        now: false,
    });
    // What tells of histories alone is no report.
    let table = now.keys().all(|family| family == HISTORIES || family == ASKED);
    before.chain([Release { vintages, families: now, table, now: true }]).collect()
}

/// Whether it can be told which persons of two releases are the same: those of one year may be, and those of other people are not. A table
/// without years has persons of any year, and so has a year that is not known. The same once more is of the same persons.
fn comparable(one: &BTreeMap<String, usize>, other: &BTreeMap<String, usize>) -> bool {
    let fits = |a: &str, b: &str| {
        let ((people, year), (others, of)) = (people_of(a), people_of(b));
        people != others || year == of || is_year(year) && is_year(of)
    };
    one == other || one.keys().all(|a| other.keys().all(|b| fits(a, b)))
}

/// Whether the lists of years that were given out before as a table, or are now, are those of then.
///
/// # Errors
/// [`Refused::OtherLists`].
pub(crate) fn same_lists(
    delivered: &Delivered,
    kept: &Kept,
    ledger: &Ledger,
    is_table: bool,
) -> Result<(), Refused> {
    let of_table = |year: &str| ledger.releases.iter().any(|r| r.is_table() && r.tells_of(year));
    match delivered.on_other_lists(kept, |year| is_table || of_table(year)) {
        Some(year) => Err(Refused::OtherLists { year: people_of(year).1.to_owned() }),
        None => Ok(()),
    }
}

/// Attacks a release with all earlier ones, and hides what tells too much. `kept` holds the persons of all of them, those of this one
/// too.
///
/// # Errors
/// See [`Refused`].
pub(crate) fn attack(
    telling: Telling<'_>,
    vintages: &BTreeMap<String, usize>,
    kept: &Kept,
    noise: &Noise,
    ledger: &Ledger,
) -> Result<Passed, Refused> {
    let mut passed = Passed::default();
    let now = told(telling.families, telling.asked, telling.histories);
    passed.numbers = now.values().map(Vec::len).sum();
    for earlier in &ledger.releases {
        let known = |(year, v): (&String, &usize)| {
            kept.years.get(year).is_some_and(|all| (1..=all.len()).contains(v))
        };
        if earlier.vintages.is_empty() || !earlier.vintages.iter().all(known) {
            return Err(Refused::Lost { year: earlier.year });
        }
        if !comparable(&earlier.vintages, vintages) {
            return Err(Refused::Unlinked { year: earlier.year });
        }
    }
    let releases = self::releases(ledger, vintages, &now);
    passed.together = releases.iter().flat_map(|r| r.families.values()).map(Vec::len).sum();
    let names: BTreeSet<String> = releases.iter().flat_map(|r| r.families.keys().cloned()).collect();
    let mut marks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for year in kept.years.values().flatten() {
        for (family, mark) in year.marks.iter().filter_map(|m| m.split_once('.')) {
            marks.entry(family.to_owned()).or_default().insert(mark.to_owned());
        }
    }
    let mut hidden: BTreeSet<(String, usize)> = BTreeSet::new();
    for about in About::all(&names, &marks) {
        let linked = linked(&about, kept, &releases, noise);
        let found = withstand(&about, linked, &mut hidden)?;
        passed.small += found.0;
        if let Some(width) = found.1
            && passed.narrowest.is_none_or(|n| width < n)
        {
            passed.narrowest = Some(width);
            passed.narrowest_in = Some(about.family());
        }
    }
    passed.hidden = hidden.len();
    for family in telling.families.iter_mut() {
        let of: Vec<usize> = hidden.iter().filter(|h| h.0 == family.name).map(|h| h.1).collect();
        of.into_iter().for_each(|at| family.hide(at));
    }
    let mut at = 0;
    telling.asked.retain(|_| {
        at += 1;
        !hidden.contains(&(ASKED.to_owned(), at - 1))
    });
    Ok(passed)
}

/// Looks for witnesses for every small count of a system; hides numbers of this release where there are none. Gives how many counts
/// there are and the least number of values of one.
fn withstand(
    about: &About,
    mut linked: Linked,
    hidden: &mut BTreeSet<(String, usize)>,
) -> Result<(usize, Option<u64>), Refused> {
    let impossible = || Refused::Impossible { family: about.family() };
    let targets = std::mem::take(&mut linked.targets);
    let mut narrowest: Option<u64> = None;
    let mut recovered = 0;
    for target in &targets {
        let mut width = Search::new(&linked.system).ok_or_else(impossible)?.values(target, WANTED);
        if width < WIDTH {
            let Some((wider, now_hidden)) = hide(&mut linked, target) else {
                recovered += 1;
                continue;
            };
            width = wider;
            hidden.extend(now_hidden);
        }
        narrowest = Some(narrowest.map_or(width, |n| n.min(width)));
    }
    if targets.is_empty() {
        Search::new(&linked.system).ok_or_else(impossible)?;
    }
    if recovered > 0 {
        return Err(Refused::Recovered { family: about.family(), cells: recovered });
    }
    Ok((targets.len(), narrowest))
}

/// Hides numbers of this release, the smallest first, until a count has witnesses; those that need not be hidden after all are shown
/// again. None if all of them are not enough.
fn hide(linked: &mut Linked, target: &Target) -> Option<(u64, Vec<(String, usize)>)> {
    let system = &linked.system;
    let blocks: BTreeSet<usize> = target.iter().map(|t| system.blocks[t.0]).collect();
    let own = |i: &usize| target.iter().any(|t| system.published[*i].cells.contains(&t.0));
    let near = |i: &usize| system.published[*i].cells.iter().any(|c| blocks.contains(&system.blocks[*c]));
    let truth = |i: usize| system.published[i].cells.iter().map(|c| system.truth[*c]).sum::<u64>();
    // A history has no other form, and what an earlier release told cannot be taken back. Zero is shown: what is hidden is known not to
    // be zero.
    let shown = |i: &usize| {
        let owners = linked.owners[*i].as_ref().filter(|o| !o.is_empty());
        let may = owners.is_some_and(|all| all.iter().all(|o| o.0 != HISTORIES));
        may && system.published[*i].high < ANY && truth(*i) > 0
    };
    // A sum of other years may tell of a count through the cells that it shares with a third number.
    let mut may: Vec<usize> = (0..system.published.len()).filter(shown).collect();
    may.sort_by_key(|i| (!own(i), !near(i), truth(*i), *i));
    let mut tried = linked.system.clone();
    let open = |system: &mut ijsberg_disclosure::witness::System, i: usize| {
        (system.published[i].low, system.published[i].high) = (1, ANY);
    };
    let mut taken = Vec::new();
    let wide = |system: &ijsberg_disclosure::witness::System| {
        Search::new(system).map_or(0, |s| s.values(target, WANTED))
    };
    let mut width = 0;
    for i in may {
        open(&mut tried, i);
        taken.push(i);
        width = wide(&tried);
        if width >= WIDTH {
            break;
        }
    }
    if width < WIDTH {
        return None;
    }
    for i in taken.clone() {
        let hid = tried.published[i].clone();
        tried.published[i] = linked.system.published[i].clone();
        let without = wide(&tried);
        if without >= WIDTH {
            taken.retain(|t| *t != i);
            width = without;
        } else {
            tried.published[i] = hid;
        }
    }
    linked.system = tried;
    let owners = taken.iter().filter_map(|i| linked.owners[*i].clone()).flatten().collect();
    Some((width, owners))
}
