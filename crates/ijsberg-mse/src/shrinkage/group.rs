//! One group of the report: its size, what it rests on, and how far it may be published.

use serde::Serialize;

use crate::diagnostics::Verdict;
use crate::strata::breakdown::Part;
use crate::verdict::{AGREES_UP_TO, BOUND_FROM, NUMBER_UP_TO, RANGE_UP_TO};

/// From this share on the estimate of a group is mostly that of the others.
pub const NOT_SEPARABLE_FROM: f64 = 0.8;

/// Why a group has no better verdict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum GroupReason {
    /// The fit, the search for the spreads or the draws of the group did not converge.
    NotConverged,
    /// The verdict on the whole table is no better.
    WholeTable,
    /// The estimate moves by this factor when the variance between cells is halved or doubled.
    DependsOnSpread {
        /// The larger of the two factors.
        factor: f64,
    },
    /// The group's own persons show too little of how it differs from its neighbours: this share of the difference comes from the other groups.
    NotSeparable {
        /// From 0, the group alone, to 1, the others alone.
        shrinkage: f64,
    },
    /// The interval spans this factor.
    WideRange {
        /// Upper over lower limit.
        factor: f64,
    },
}

/// The estimate for one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The levels that define it; empty for everybody.
    pub part: Part,
    /// Persons seen; a fraction where levels were missing.
    pub observed: f64,
    /// Those of them who are on more than one list.
    pub overlap: f64,
    /// Estimated persons, seen and unseen: the unseen at the mode of the posterior, times how far
    /// the mean of a skew cell lies above its mode, up to a limit: a few large draws do not move it. Sizes of groups add up to that of all.
    pub n_hat: f64,
    /// Interval of the draws, never below those seen, and around the estimate.
    pub limits: (f64, f64),
    /// Share of the difference from its neighbours that the neighbours determine, from 0 to 1; none for the whole population.
    pub shrinkage: Option<f64>,
    /// Factor by which the estimate moves when the variance between cells is halved or doubled, the larger one.
    pub movement: f64,
    /// Whether all that it rests on converged.
    pub converged: bool,
}

impl Group {
    /// Whether the group's own persons show enough of how it differs from the others.
    pub fn separable(&self) -> bool {
        self.shrinkage.is_none_or(|s| s <= NOT_SEPARABLE_FROM)
    }

    /// How far the group may be published on its own, given the verdict on the whole table, and why no further; the strictest reason
    /// first. No error rate was measured for it.
    pub fn judge(&self, whole: Verdict) -> (Verdict, Vec<GroupReason>) {
        let mut findings: Vec<(Verdict, GroupReason)> = Vec::new();
        if !self.converged {
            findings.push((Verdict::NoEstimate, GroupReason::NotConverged));
        }
        if whole != Verdict::FitToPublish {
            findings.push((whole, GroupReason::WholeTable));
        }
        let factor = self.movement;
        if factor.is_nan() || factor > BOUND_FROM {
            findings.push((Verdict::LowerBoundOnly, GroupReason::DependsOnSpread { factor }));
        } else if factor > AGREES_UP_TO {
            findings.push((Verdict::RangeOnly, GroupReason::DependsOnSpread { factor }));
        }
        if let Some(shrinkage) = self.shrinkage.filter(|_| !self.separable()) {
            findings.push((Verdict::RangeOnly, GroupReason::NotSeparable { shrinkage }));
        }
        let factor = self.limits.1 / self.limits.0;
        if factor.is_nan() || factor > RANGE_UP_TO {
            findings.push((Verdict::LowerBoundOnly, GroupReason::WideRange { factor }));
        } else if factor > NUMBER_UP_TO {
            findings.push((Verdict::RangeOnly, GroupReason::WideRange { factor }));
        }
        findings.sort_by_key(|f| std::cmp::Reverse(f.0));
        let verdict = findings.first().map_or(Verdict::FitToPublish, |f| f.0);
        (verdict, findings.into_iter().map(|f| f.1).collect())
    }
}
