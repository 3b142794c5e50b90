//! Tables of persons and tables of the decisions on them bound each other: every convicted person has a judgment that convicts, and every
//! prosecuted person a decision to prosecute.
//!
//! Each measure has been attacked separately before. Here both form one system: each decision is either the one for which a person is
//! counted or an additional one. The numbers of persons and of decisions are assumed to be known, as everywhere in the disclosure check. If a
//! count from 1 to 9 of either has fewer possible values than required, the decisions are withheld, or the persons if the decisions were
//! published before and the persons were not.

use std::collections::BTreeMap;

use ijsberg_disclosure::suppress::WIDTH;
use ijsberg_disclosure::witness::{Bounded, Search, System, Target};

use crate::families::PublishedCount;
use crate::ledger::Release;
use crate::legal::delivery::{Delivery, Outcome};
use crate::legal::measure::{Measure, UNKNOWN};
use crate::legal::tables::Reason;
use crate::persons::folded;
use crate::protection::THRESHOLD;

/// The measure of persons, the measure of decisions, its breakdown, and the levels for which a person is counted.
type Tie = (Measure, Measure, &'static str, &'static [&'static str]);

const TIES: [Tie; 2] = [
    (Measure::Prosecuted, Measure::Decisions, "decision", &["charged", "charged_other"]),
    (Measure::Convicted, Measure::Judgments, "judgment", &["conviction"]),
];

/// The true counts of a measure, and its published counts.
struct MeasureCounts<'a> {
    /// The true counts by level; all at one level if the measure does not have the breakdown.
    count: BTreeMap<String, u64>,
    is_by_level: bool,
    published: Vec<&'a PublishedCount>,
    /// Whether an earlier release published the same version of the year.
    was_published: bool,
}

impl MeasureCounts<'_> {
    fn all(&self) -> u64 {
        self.count.values().sum()
    }

    /// The number of persons counted at each level; `None` if there are more persons than decisions, which then are not about the same cases.
    fn by_level(&self, acts: &Self, levels: &[&str]) -> Option<BTreeMap<String, u64>> {
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
    /// The delivery without tables that disclose small counts together with another table.
    #[must_use]
    pub(super) fn without_tied(mut self) -> Self {
        for (persons, acts, by, levels) in TIES {
            let withheld = match (self.measure_counts(persons, by), self.measure_counts(acts, by)) {
                (Some(one), Some(other)) if self.is_disclosive((&one, &other), levels) => {
                    if other.was_published && !one.was_published { persons } else { acts }
                }
                _ => continue,
            };
            if matches!(self.outcomes.get(&withheld), Some(Outcome::Released(_))) {
                self.outcomes.insert(withheld, Outcome::Missing(Reason::Together));
            }
        }
        self
    }

    /// The counts of a measure including this delivery; `None` if nothing about the year is published.
    fn measure_counts(&self, measure: Measure, by: &str) -> Option<MeasureCounts<'_>> {
        let before = self.earlier.get(&measure);
        let ledger = match self.outcomes.get(&measure) {
            Some(Outcome::Released(of)) => &of.ledger,
            _ => before?,
        };
        let year = self.request.year.to_string();
        let vintage = ledger.releases.iter().rev().find_map(|r| r.vintages.get(&year))?;
        let kept = ledger.kept_years(&self.request.secret_of(measure))?;
        let persons = kept.years.get(&year)?.get(vintage.checked_sub(1)?)?;
        let at = persons.covariates.iter().position(|c| folded(c) == by);
        let mut count = BTreeMap::new();
        for g in &persons.groups {
            *count.entry(folded(at.map_or(UNKNOWN, |at| &g.levels[at]))).or_default() += g.count;
        }
        let same = |r: &&Release| r.vintages.get(&year) == Some(vintage);
        let families = ledger.releases.iter().filter(same).flat_map(|r| &r.families);
        // Of other breakdowns only the totals.
        let published = families
            .flat_map(|(name, all)| all.iter().filter(move |t| name == by || t.level.is_none()))
            .collect();
        let was_published = before.is_some_and(|ledger| ledger.releases.iter().any(|r| same(&r)));
        Some(MeasureCounts { count, is_by_level: at.is_some(), published, was_published })
    }

    /// Whether a small count of persons or of decisions on them has fewer possible values than required.
    fn is_disclosive(
        &self,
        (persons, acts): (&MeasureCounts<'_>, &MeasureCounts<'_>),
        levels: &[&str],
    ) -> bool {
        let Some(by_level) = persons.by_level(acts, levels) else { return false };
        // By level: decisions for which a person is counted, if there are any, and additional ones.
        let mut cells: Vec<(&String, bool)> = Vec::new();
        let mut truth: Vec<u64> = Vec::new();
        for (level, n) in &acts.count {
            let counted = by_level.get(level).copied();
            cells.extend(counted.map(|_| (level, true)).into_iter().chain([(level, false)]));
            truth.extend(counted.into_iter().chain([n - counted.unwrap_or(0)]));
        }
        let of = |level: Option<&str>, is_person: bool| -> Vec<usize> {
            let is_at = |of: &String| level.is_none_or(|level| folded(level) == *of);
            (0..cells.len()).filter(|c| is_at(cells[*c].0) && (cells[*c].1 || !is_person)).collect()
        };
        let bounded = |t: &PublishedCount, is_person: bool| {
            let of = t.how.published(of(t.level.as_deref(), is_person), &self.request.noise, t.value);
            Bounded { cells: of.cells, low: of.low, high: of.high }
        };
        let of_persons = persons.published.iter().map(|t| bounded(t, true));
        let counts = of_persons.chain(acts.published.iter().map(|t| bounded(t, false)));
        let all = Bounded { cells: of(None, true), low: persons.all(), high: persons.all() };
        let published: Vec<Bounded> = counts.chain([all]).filter(|p| !p.cells.is_empty()).collect();
        let small = |of: &Vec<usize>| (1..THRESHOLD).contains(&of.iter().map(|c| truth[*c]).sum::<u64>());
        let levels = acts.count.keys().map(|level| of(Some(level.as_str()), false));
        let of_persons = by_level.keys().map(|level| of(Some(level.as_str()), true));
        let both = levels.chain(of_persons.filter(|_| persons.is_by_level)).filter(small);
        let targets: Vec<Target> = both.map(|of| of.into_iter().map(|c| (c, 1)).collect()).collect();
        let system = System { blocks: vec![0; truth.len()], truth, published };
        // A count that is not proven safe is treated as unsafe.
        let search = Search::new(&system);
        let is_wide = |target: &Target| search.as_ref().is_some_and(|s| s.values(target, WIDTH) >= WIDTH);
        !targets.iter().all(is_wide)
    }
}
