//! The disclosure check of every release: it is attacked together with everything published before, and refused if a small count is
//! recovered.
//!
//! The guarantee: from everything published under one key, an attacker cannot narrow any count from 1 to 9 of persons at a level to fewer
//! than five values; the number of persons of a year is assumed to be known and is not covered. Not covered either is what follows from a level
//! that has no row in a table. The proof is a witness for each of the five
//! ([`ijsberg_disclosure::witness`]): a table of other persons, with whom every number of every release would have been the same. If there
//! are too few witnesses, counts of this release are suppressed until there are enough; if that does not help, the release is refused.
#![allow(clippy::needless_pass_by_value, reason = "the check consumes the contents of the release")]

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::attack::ANY;
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_disclosure::protected::Protected;
use ijsberg_disclosure::suppress::WIDTH;
use ijsberg_disclosure::witness::{Search, Target};

use crate::asked::SdgCount;
use crate::families::{Family, PublishedCount};
use crate::ledger::Ledger;
use crate::linked::{BETWEEN, LinkedRelease, LinkedSystem, Topic, link_releases};
use crate::persons::{KeptYears, MOST_VINTAGES, is_year, people_and_year};
use crate::protection::{CountProtection, THRESHOLD, TableProtection};
use crate::reserved::{HISTORIES, SDG_INDICATOR};
use crate::source::DeliveredTable;

/// The largest accepted probability that an attacker guesses a count below the threshold from as many independently noisy values as a
/// year may have.
pub const MAX_GUESS_RATE: f64 = 0.5;

/// The reason why a release is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Small counts can be narrowed to too few values, or there is no proof that they cannot.
    #[error(
        "for {cells} counts below {THRESHOLD} of {family} it is not proven that an attacker cannot narrow them to fewer than {WIDTH} values"
    )]
    Recovered {
        /// The family.
        family: String,
        /// The number of counts.
        cells: usize,
    },
    /// The noise is so weak that an attacker can guess counts.
    #[error(
        "with this noise an attacker guesses a count below {THRESHOLD} correctly in {percent} of 100 cases"
    )]
    Guessed {
        /// The percentage of correct guesses.
        percent: u64,
    },
    /// The key differs from that of an earlier release: the average of both would disclose more than either.
    #[error(
        "the key differs from that of the release of {year}: averaging both releases would remove noise; use the same key"
    )]
    OtherKey {
        /// The year of that release.
        year: i16,
    },
    /// The noise differs from that of an earlier release.
    #[error(
        "the noise differs from that of the release of {year}: combining both releases would disclose more; use the same noise"
    )]
    OtherNoise {
        /// The year of that release.
        year: i16,
    },
    /// The counts in tables were protected in another way in an earlier release.
    #[error(
        "counts were protected in another way in the release of {year}: both releases together would disclose more than each alone"
    )]
    OtherProtection {
        /// The year of that release.
        year: i16,
    },
    /// The release log does not contain the persons of an earlier release, so the two releases cannot be checked together.
    #[error("the release log does not contain the persons of the release of {year}")]
    Lost {
        /// The year of that release.
        year: i16,
    },
    /// One of two releases is a table without years, or has persons whose year is unknown: whether both cover the same persons cannot be
    /// determined.
    #[error(
        "this release cannot be checked together with that of {year}: one of the two lacks years, or the year of some persons"
    )]
    Unlinked {
        /// The year of that release.
        year: i16,
    },
    /// A table has other lists than an earlier release, so the persons that both cover cannot be determined.
    #[error("the lists of {year} differ from those of an earlier release")]
    OtherLists {
        /// The year; empty for a table without years.
        year: String,
    },
    /// A table differs from a published one, and its noise has been renewed as often as is allowed.
    #[error(
        "the table differs by {persons} persons from a published one, and its noise cannot be renewed again"
    )]
    Exhausted {
        /// The number of persons who arrived or left.
        persons: u64,
    },
    /// Published counts contradict the persons in the release log.
    #[error("the published counts of {family} do not agree with the persons in the release log")]
    Impossible {
        /// The family.
        family: String,
    },
}

/// The result of the disclosure check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckResult {
    /// The number of counts in this release.
    pub counts: usize,
    /// The number of counts in this release and all earlier ones, which were checked together.
    pub all_counts: usize,
    /// The number of counts from 1 to 9, all of which passed.
    pub small_counts: usize,
    /// The smallest proven number of possible values of such a count; the search stops at ten. `None` if there is no such count.
    pub narrowest: Option<u64>,
    /// The family of the count with the fewest possible values.
    pub narrowest_in: Option<String>,
    /// The number of counts that the check suppressed: small counts, and others that protect them.
    pub suppressed: usize,
    /// The published years that this release revises.
    pub revised: Vec<String>,
}

/// The number of values of a small count at which the search stops.
const VALUES_SOUGHT: u64 = 10;

/// The contents of a release.
pub(crate) struct ReleaseContents<'a> {
    pub families: &'a mut [Family],
    pub sdg_counts: &'a mut Vec<SdgCount>,
    pub histories: &'a [(Vec<String>, Protected)],
}

/// The protection of a release.
#[derive(Clone, Copy)]
pub(crate) struct ProtectionSettings<'a> {
    pub noise: &'a Noise,
    pub plain: TableProtection,
    pub key: &'a str,
}

/// Checks that a release has the key, noise and protection of the earlier ones, and that counts cannot be guessed too often with this noise.
///
/// # Errors
/// See [`Refusal`].
pub(crate) fn check_settings(
    settings: ProtectionSettings<'_>,
    table: &Perturbation,
    ledger: &Ledger,
) -> Result<(), Refusal> {
    for earlier in &ledger.releases {
        let year = earlier.year;
        if earlier.key != settings.key {
            return Err(Refusal::OtherKey { year });
        }
        if earlier.noise != (settings.noise.variance, settings.noise.largest, settings.noise.hidden) {
            return Err(Refusal::OtherNoise { year });
        }
        // A table of histories contains no other counts.
        if earlier.plain != settings.plain && !earlier.is_table() {
            return Err(Refusal::OtherProtection { year });
        }
    }
    let guessed = table.guessed(MOST_VINTAGES as u32, THRESHOLD);
    if guessed > MAX_GUESS_RATE {
        return Err(Refusal::Guessed { percent: (100.0 * guessed).round() as u64 });
    }
    Ok(())
}

/// All counts of a release, by family.
pub(crate) fn published_counts(
    families: &[Family],
    sdg_counts: &[SdgCount],
    histories: &[(Vec<String>, Protected)],
) -> BTreeMap<String, Vec<PublishedCount>> {
    let mut all: BTreeMap<String, Vec<PublishedCount>> =
        families.iter().map(|f| (f.name.clone(), f.published_counts())).collect();
    let of_sdg = sdg_counts.iter().map(|a| PublishedCount {
        level: Some(format!("{} {} {}", a.series, a.sex, a.age)),
        year: Some(a.year.clone()),
        value: a.persons.get(),
        how: a.how,
    });
    let of_histories = histories.iter().map(|(lists, n)| PublishedCount {
        level: Some(lists.join(BETWEEN)),
        year: None,
        value: n.get(),
        how: CountProtection::Noise,
    });
    all.insert(SDG_INDICATOR.to_owned(), of_sdg.collect());
    all.insert(HISTORIES.to_owned(), of_histories.collect());
    all
}

/// All releases, the current one last.
fn releases<'a>(
    ledger: &'a Ledger,
    vintages: &'a BTreeMap<String, usize>,
    now: &'a BTreeMap<String, Vec<PublishedCount>>,
) -> Vec<LinkedRelease<'a>> {
    let before = ledger.releases.iter().map(|r| LinkedRelease {
        vintages: &r.vintages,
        families: &r.families,
        table: r.is_table(),
        now: false,
    });
    // A release with histories only is a table, not a report.
    let table = now.keys().all(|family| family == HISTORIES || family == SDG_INDICATOR);
    before.chain([LinkedRelease { vintages, families: now, table, now: true }]).collect()
}

/// Whether it is known which persons of two releases may be the same: those of one year may be, and those of other people are not. A table
/// without years has persons of any year, and so has an unknown year. Releases with the same years and vintages have the same persons.
fn comparable(one: &BTreeMap<String, usize>, other: &BTreeMap<String, usize>) -> bool {
    let fits = |a: &str, b: &str| {
        let ((people, year), (others, of)) = (people_and_year(a), people_and_year(b));
        people != others || year == of || is_year(year) && is_year(of)
    };
    one == other || one.keys().all(|a| other.keys().all(|b| fits(a, b)))
}

/// Checks the lists of years that were published before: if this release or an earlier one is a table, the lists must be the same.
///
/// # Errors
/// [`Refusal::OtherLists`].
pub(crate) fn check_lists(
    delivered: &DeliveredTable,
    kept: &KeptYears,
    ledger: &Ledger,
    is_table: bool,
) -> Result<(), Refusal> {
    let of_table = |year: &str| ledger.releases.iter().any(|r| r.is_table() && r.covers(year));
    match delivered.year_on_other_lists(kept, |year| is_table || of_table(year)) {
        Some(year) => Err(Refusal::OtherLists { year: people_and_year(year).1.to_owned() }),
        None => Ok(()),
    }
}

/// Attacks a release together with all earlier ones, and suppresses counts that disclose too much. `kept` contains the persons of all
/// releases, this one included.
///
/// # Errors
/// See [`Refusal`].
pub(crate) fn attack(
    contents: ReleaseContents<'_>,
    vintages: &BTreeMap<String, usize>,
    kept: &KeptYears,
    noise: &Noise,
    ledger: &Ledger,
) -> Result<CheckResult, Refusal> {
    let mut passed = CheckResult::default();
    let now = published_counts(contents.families, contents.sdg_counts, contents.histories);
    passed.counts = now.values().map(Vec::len).sum();
    for earlier in &ledger.releases {
        let known = |(year, v): (&String, &usize)| {
            kept.years.get(year).is_some_and(|all| (1..=all.len()).contains(v))
        };
        if earlier.vintages.is_empty() || !earlier.vintages.iter().all(known) {
            return Err(Refusal::Lost { year: earlier.year });
        }
        if !comparable(&earlier.vintages, vintages) {
            return Err(Refusal::Unlinked { year: earlier.year });
        }
    }
    let releases = self::releases(ledger, vintages, &now);
    passed.all_counts = releases.iter().flat_map(|r| r.families.values()).map(Vec::len).sum();
    let names: BTreeSet<String> = releases.iter().flat_map(|r| r.families.keys().cloned()).collect();
    let mut marks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for year in kept.years.values().flatten() {
        for (family, mark) in year.marks.iter().filter_map(|m| m.split_once('.')) {
            marks.entry(family.to_owned()).or_default().insert(mark.to_owned());
        }
    }
    let mut hidden: BTreeSet<(String, usize)> = BTreeSet::new();
    for topic in Topic::all(&names, &marks) {
        let linked = link_releases(&topic, kept, &releases, noise);
        let found = check_targets(&topic, linked, &mut hidden)?;
        passed.small_counts += found.0;
        if let Some(width) = found.1
            && passed.narrowest.is_none_or(|n| width < n)
        {
            passed.narrowest = Some(width);
            passed.narrowest_in = Some(topic.family());
        }
    }
    passed.suppressed = hidden.len();
    for family in contents.families.iter_mut() {
        let of: Vec<usize> = hidden.iter().filter(|h| h.0 == family.name).map(|h| h.1).collect();
        of.into_iter().for_each(|at| family.suppress_at(at));
    }
    let mut at = 0;
    contents.sdg_counts.retain(|_| {
        at += 1;
        !hidden.contains(&(SDG_INDICATOR.to_owned(), at - 1))
    });
    Ok(passed)
}

/// Searches witnesses for every small count of a system, and suppresses counts of this release if there are too few. Returns the number of
/// small counts and the smallest number of possible values of one.
fn check_targets(
    topic: &Topic,
    mut linked: LinkedSystem,
    hidden: &mut BTreeSet<(String, usize)>,
) -> Result<(usize, Option<u64>), Refusal> {
    let impossible = || Refusal::Impossible { family: topic.family() };
    let targets = std::mem::take(&mut linked.targets);
    let mut narrowest: Option<u64> = None;
    let mut recovered = 0;
    for target in &targets {
        let mut width = Search::new(&linked.system).ok_or_else(impossible)?.values(target, VALUES_SOUGHT);
        if width < WIDTH {
            let Some((wider, now_hidden)) = suppress_for(&mut linked, target) else {
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
        return Err(Refusal::Recovered { family: topic.family(), cells: recovered });
    }
    Ok((targets.len(), narrowest))
}

/// Suppresses counts of this release until a small count has enough witnesses: first those that share a cell with it, then those of its
/// years, each the smallest first; suppressions that turn out to be unnecessary are undone. `None` if suppressing all of them is not enough.
fn suppress_for(linked: &mut LinkedSystem, target: &Target) -> Option<(u64, Vec<(String, usize)>)> {
    let system = &linked.system;
    let blocks: BTreeSet<usize> = target.iter().map(|t| system.blocks[t.0]).collect();
    let own = |i: &usize| target.iter().any(|t| system.published[*i].cells.contains(&t.0));
    let near = |i: &usize| system.published[*i].cells.iter().any(|c| blocks.contains(&system.blocks[*c]));
    let truth = |i: usize| system.published[i].cells.iter().map(|c| system.truth[*c]).sum::<u64>();
    // A history is always published, and counts of an earlier release cannot be withdrawn. Zero is published too, because a suppressed
    // count is known not to be zero.
    let shown = |i: &usize| {
        let owners = linked.owners[*i].as_ref().filter(|o| !o.is_empty());
        let may = owners.is_some_and(|all| all.iter().all(|o| o.0 != HISTORIES));
        may && system.published[*i].high < ANY && truth(*i) > 0
    };
    // A sum of other years may disclose a count through the cells that it shares with a third number.
    let mut may: Vec<usize> = (0..system.published.len()).filter(shown).collect();
    may.sort_by_key(|i| (!own(i), !near(i), truth(*i), *i));
    let mut tried = linked.system.clone();
    let open = |system: &mut ijsberg_disclosure::witness::System, i: usize| {
        (system.published[i].low, system.published[i].high) = (1, ANY);
    };
    let mut taken = Vec::new();
    let wide = |system: &ijsberg_disclosure::witness::System| {
        Search::new(system).map_or(0, |s| s.values(target, VALUES_SOUGHT))
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

#[cfg(test)]
mod tests;
