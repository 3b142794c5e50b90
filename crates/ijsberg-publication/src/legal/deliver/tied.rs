//! Tables of persons and tables of the decisions on them bound each other: every convicted person has a judgment that convicts, and every
//! prosecuted person a decision to prosecute.
//!
//! Each measure has been attacked separately before. Here both form one system, with all vintages of the year: each decision is either the
//! one for which a person is counted or an additional one. The numbers of persons and of decisions are assumed to be known, as everywhere
//! in the disclosure check. If a count from 1 to 9 of either, or a change between two vintages, has fewer possible values than required, the
//! decisions are withheld, or the persons if the decisions were published before and the persons were not.

mod system;

use std::collections::BTreeMap;

use crate::families::PublishedCount;
use crate::ledger::Release;
use crate::legal::delivery::{Delivery, Outcome};
use crate::legal::measure::{Measure, UNKNOWN};
use crate::legal::tables::Reason;
use crate::persons::{Year, folded};

/// The measure of persons, the measure of decisions, its breakdown, and the levels for which a person is counted.
type Tie = (Measure, Measure, &'static str, &'static [&'static str]);

const TIES: [Tie; 2] = [
    (Measure::Prosecuted, Measure::Decisions, "decision", &["charged", "charged_other"]),
    (Measure::Convicted, Measure::Judgments, "judgment", &["conviction"]),
];

/// The true counts of a measure by level; all at one level if the measure does not have the breakdown.
type ByLevel = BTreeMap<String, u64>;

/// The true counts of a measure, and its published counts.
struct MeasureCounts<'a> {
    /// The true counts of each vintage that was published, the first one first.
    vintages: Vec<ByLevel>,
    is_by_level: bool,
    /// The published counts, each with its vintage.
    published: Vec<(usize, &'a PublishedCount)>,
    /// Whether an earlier release published the last vintage of the year.
    was_published: bool,
}

impl MeasureCounts<'_> {
    /// The last vintage alone, without what is not known of earlier ones.
    fn last(&self) -> Self {
        let last = self.vintages.len();
        let published = self.published.iter().filter(|(vintage, _)| *vintage == last);
        Self {
            vintages: self.vintages.last().cloned().into_iter().collect(),
            published: published.map(|(_, t)| (1, *t)).collect(),
            ..*self
        }
    }

    /// Whether the persons of the last vintages can each have a decision; otherwise the two are not about the same cases.
    fn are_cases_of(&self, acts: &Self, levels: &[&str]) -> bool {
        let (Some(persons), Some(acts)) = (self.vintages.last(), acts.vintages.last()) else { return false };
        let most = |level: &str| acts.get(level).copied().unwrap_or(0);
        if self.is_by_level {
            return persons.iter().all(|(level, n)| *n <= most(level));
        }
        persons.values().sum::<u64>() <= levels.iter().map(|level| most(&folded(level))).sum()
    }
}

impl Delivery {
    /// The delivery without tables that disclose small counts together with another table.
    #[must_use]
    pub(super) fn without_tied(mut self) -> Self {
        for tie in TIES {
            // Without this delivery's counts of one measure, those of the other may disclose something with earlier ones.
            while let Some(withheld) = self.to_withhold(tie) {
                self.outcomes.insert(withheld, Outcome::Missing(Reason::Together));
            }
        }
        self
    }

    /// The measure to withhold because the two disclose small counts together; `None` if they do not, or neither is in this delivery.
    fn to_withhold(&self, (persons, acts, by, levels): Tie) -> Option<Measure> {
        let (one, other) = (self.measure_counts(persons, by)?, self.measure_counts(acts, by)?);
        let is_disclosive = one.are_cases_of(&other, levels)
            && system::is_disclosive((&one, &other), levels, &self.request.noise);
        let first = if other.was_published && !one.was_published { [persons, acts] } else { [acts, persons] };
        let is_released = |m: &Measure| matches!(self.outcomes.get(m), Some(Outcome::Released(_)));
        first.into_iter().find(is_released).filter(|_| is_disclosive)
    }

    /// The counts of a measure including this delivery; `None` if nothing about the year is published.
    fn measure_counts(&self, measure: Measure, by: &str) -> Option<MeasureCounts<'_>> {
        let before = self.earlier.get(&measure);
        let ledger = match self.outcomes.get(&measure) {
            Some(Outcome::Released(of)) => &of.ledger,
            _ => before?,
        };
        let year = self.request.year.to_string();
        let vintage_of = |r: &Release| r.vintages.get(&year).copied();
        let last = ledger.releases.iter().filter_map(vintage_of).max()?;
        let kept = ledger.kept_years(&self.request.secret_of(measure))?;
        let kept = kept.years.get(&year)?.get(..last)?;
        let at = |of: &Year| of.covariates.iter().position(|c| folded(c) == by);
        let by_level = |of: &Year| {
            let mut counts = ByLevel::new();
            for g in &of.groups {
                *counts.entry(folded(at(of).map_or(UNKNOWN, |at| &g.levels[at]))).or_default() += g.count;
            }
            counts
        };
        // Of other breakdowns only the totals.
        let is_about = |name: &str, t: &PublishedCount| name == by || t.level.is_none();
        let mut published = Vec::new();
        for release in &ledger.releases {
            let Some(vintage) = vintage_of(release) else { continue };
            for (name, counts) in &release.families {
                let counts = counts.iter().filter(|t| is_about(name, t));
                published.extend(counts.map(|t| (vintage, t)));
            }
        }
        let same = |r: &Release| vintage_of(r) == Some(last);
        Some(MeasureCounts {
            vintages: kept.iter().map(by_level).collect(),
            is_by_level: kept.iter().all(|of| of.groups.is_empty() || at(of).is_some()),
            published,
            was_published: before.is_some_and(|ledger| ledger.releases.iter().any(same)),
        })
    }
}
