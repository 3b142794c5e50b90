//! Persons and what was decided on them, which are tables of their own and bound each other: whoever was convicted has a judgment that
//! convicts, and whoever was prosecuted a decision to do so.
//!
//! Each measure is attacked alone before. Here both are one system: a decision is the one that a person is counted for, or a further one.
//! How many persons and how many decisions there are is taken to be known, as everywhere in the disclosure check. Where a count from 1 to 9
//! of either could be fewer numbers than promised, the decisions are not delivered; the persons are not where the decisions already were.

use std::collections::BTreeMap;

use ijsberg_disclosure::suppress::WIDTH;
use ijsberg_disclosure::witness::{Bounded, Search, System, Target};

use crate::families::Told;
use crate::ledger::Release;
use crate::legal::delivery::{Delivery, Spine};
use crate::legal::measure::{Measure, UNKNOWN};
use crate::legal::tables::Why;
use crate::persons::folded;
use crate::protection::THRESHOLD;

/// Persons, what is decided on them, by what that is broken down, and the decisions for which a person is counted.
type Tie = (Measure, Measure, &'static str, &'static [&'static str]);

const TIES: [Tie; 2] = [
    (Measure::Prosecuted, Measure::Decisions, "decision", &["charged", "charged_other"]),
    (Measure::Convicted, Measure::Judgments, "judgment", &["conviction"]),
];

/// What there is of a measure, and what was told of it.
struct Known<'a> {
    /// How many there are by level, the truth; all at one level where they are not broken down so.
    count: BTreeMap<String, u64>,
    is_by_level: bool,
    told: Vec<&'a Told>,
    /// An earlier release told of the same.
    was_told: bool,
}

impl Known<'_> {
    fn all(&self) -> u64 {
        self.count.values().sum()
    }

    /// At which levels persons are counted, and how many; none where they are more than the decisions, and so not on the same cases.
    fn within(&self, acts: &Self, levels: &[&str]) -> Option<BTreeMap<String, u64>> {
        let most = |level: &String| acts.count.get(level).copied().unwrap_or(0);
        if self.is_by_level {
            return self.count.iter().all(|(level, n)| *n <= most(level)).then(|| self.count.clone());
        }
        let (mut rest, mut found) = (self.all(), BTreeMap::new());
        for level in levels.iter().map(|level| folded(level)) {
            let n = rest.min(most(&level));
            rest -= n;
            found.insert(level, n);
        }
        (rest == 0).then_some(found)
    }
}

impl Delivery {
    /// The same without tables that tell small counts together with another one.
    #[must_use]
    pub(super) fn without_tied(mut self) -> Self {
        for (persons, acts, by, levels) in TIES {
            let withheld = match (self.known(persons, by), self.known(acts, by)) {
                (Some(one), Some(other)) if self.tells((&one, &other), levels) => {
                    if other.was_told && !one.was_told { persons } else { acts }
                }
                _ => continue,
            };
            if matches!(self.spines.get(&withheld), Some(Spine::Released(_))) {
                self.spines.insert(withheld, Spine::Missing(Why::Together));
            }
        }
        self
    }

    /// What is known of a measure once this is delivered; none where nothing was told of the year.
    fn known(&self, measure: Measure, by: &str) -> Option<Known<'_>> {
        let before = self.earlier.get(&measure);
        let ledger = match self.spines.get(&measure) {
            Some(Spine::Released(of)) => &of.ledger,
            _ => before?,
        };
        let year = self.asked.year.to_string();
        let vintage = ledger.releases.iter().rev().find_map(|r| r.vintages.get(&year))?;
        let kept = ledger.kept(&self.asked.secret_of(measure))?;
        let persons = kept.years.get(&year)?.get(vintage.checked_sub(1)?)?;
        let at = persons.covariates.iter().position(|c| folded(c) == by);
        let mut count = BTreeMap::new();
        for g in &persons.groups {
            *count.entry(folded(at.map_or(UNKNOWN, |at| &g.levels[at]))).or_default() += g.count;
        }
        let same = |r: &&Release| r.vintages.get(&year) == Some(vintage);
        let families = ledger.releases.iter().filter(same).flat_map(|r| &r.families);
        // Of other breakdowns, how many there are in all.
        let told =
            families.flat_map(|(name, told)| told.iter().filter(move |t| name == by || t.level.is_none()));
        let was_told = before.is_some_and(|ledger| ledger.releases.iter().any(|r| same(&r)));
        Some(Known { count, is_by_level: at.is_some(), told: told.collect(), was_told })
    }

    /// Whether a small count of persons or of decisions on them could be fewer numbers than promised.
    fn tells(&self, (persons, acts): (&Known<'_>, &Known<'_>), levels: &[&str]) -> bool {
        let Some(within) = persons.within(acts, levels) else { return false };
        // By level: decisions that a person is counted for, where there are any, and further ones.
        let mut cells: Vec<(&String, bool)> = Vec::new();
        let mut truth: Vec<u64> = Vec::new();
        for (level, n) in &acts.count {
            let counted = within.get(level).copied();
            cells.extend(counted.map(|_| (level, true)).into_iter().chain([(level, false)]));
            truth.extend(counted.into_iter().chain([n - counted.unwrap_or(0)]));
        }
        let of = |level: Option<&str>, is_person: bool| -> Vec<usize> {
            let is_at = |of: &String| level.is_none_or(|level| folded(level) == *of);
            (0..cells.len()).filter(|c| is_at(cells[*c].0) && (cells[*c].1 || !is_person)).collect()
        };
        let known = |t: &Told, is_person: bool| {
            let of = t.how.published(of(t.level.as_deref(), is_person), &self.asked.noise, t.value);
            Bounded { cells: of.cells, low: of.low, high: of.high }
        };
        let told =
            persons.told.iter().map(|t| known(t, true)).chain(acts.told.iter().map(|t| known(t, false)));
        let all = Bounded { cells: of(None, true), low: persons.all(), high: persons.all() };
        let published: Vec<Bounded> = told.chain([all]).filter(|p| !p.cells.is_empty()).collect();
        let small = |of: &Vec<usize>| (1..THRESHOLD).contains(&of.iter().map(|c| truth[*c]).sum::<u64>());
        let levels = acts.count.keys().map(|level| of(Some(level.as_str()), false));
        let of_persons = within.keys().map(|level| of(Some(level.as_str()), true));
        let both = levels.chain(of_persons.filter(|_| persons.is_by_level)).filter(small);
        let targets: Vec<Target> = both.map(|of| of.into_iter().map(|c| (c, 1)).collect()).collect();
        let system = System { blocks: vec![0; truth.len()], truth, published };
        // What is not proven is not safe.
        let search = Search::new(&system);
        let is_wide = |target: &Target| search.as_ref().is_some_and(|s| s.values(target, WIDTH) >= WIDTH);
        !targets.iter().all(is_wide)
    }
}
