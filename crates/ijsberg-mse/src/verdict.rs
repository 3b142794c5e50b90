//! The headline of a table and how far it may be published.
//!
//! The number, its interval and the bound come from the model space ([`crate::space`]), which includes the uncertainty about the model. The
//! verdict rests on a few measures of that answer and of the table. Its thresholds were learned on worlds of known size
//! ([`crate::simulate::worlds`]) and its error rates measured on others ([`record`]).

pub mod bound;
pub mod record;

use serde::Serialize;

use crate::anchor::{self, Anchor};
use crate::estimate::Interval;
use crate::fit_test::FitTest;
pub use crate::fitness::{LEAST_OVERLAP, NUMBER_UP_TO, RANGE_UP_TO, of_part};
use crate::fitness::{Reason, Verdict};
use crate::histories::Histories;
use crate::loglinear::Engine;
use crate::method::Method;
use crate::methods::Settings;
use crate::space::{Kin, Space};
use bound::{Allowance, Bound, common_practice};
use record::Record;

/// A number may be published when the heaviest model fits with at least this p-value.
pub const FITS_FROM: f64 = 0.05;
/// A number may be published when estimates by different criteria are within this factor.
pub const AGREES_UP_TO: f64 = 1.25;
/// Beyond this factor between them only a bound may.
pub const BOUND_FROM: f64 = 2.0;
/// Below this p-value not even a range may be published.
pub const MISFIT_BELOW: f64 = 0.002;
/// Tables drawn for the test of fit.
const REPLICATES: usize = 999;

/// What one family of models says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FamilyShare {
    /// The family.
    pub family: Kin,
    /// The weight of its models together, from 0 to 1.
    pub weight: f64,
    /// The estimate of its heaviest model.
    pub n_hat: f64,
}

/// The one answer to give about a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Headline {
    /// Persons on the lists.
    pub seen: u64,
    /// Estimated persons, seen and unseen: the median over the model space.
    pub n_hat: f64,
    /// The interval over the model space.
    pub interval: Interval,
    /// The heaviest model.
    pub model: String,
    /// Families of models with their weights, the heaviest first.
    pub families: Vec<FamilyShare>,
    /// Largest over smallest estimate: under penalties from Akaike's to Schwarz's, and of the best models with terms of two lists.
    pub disagreement: f64,
    /// Whether the heaviest model fits.
    pub fit: Option<FitTest>,
    /// The lower bound, under the assumed quality of the lists.
    pub bound: Bound,
    /// The same if a tenth of the links was missed, or a tenth of the entries did not belong, or both.
    pub bound_if: Vec<Bound>,
    /// How often this verdict was right, by simulation; absent where it was not measured.
    pub record: Option<Record>,
    /// Where a list is a random sample, on which the number, the interval and the bound then rest instead of on the model space.
    pub by_design: Option<ByDesign>,
}

/// A headline that rests on a random sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ByDesign {
    /// The list that is one.
    pub list: String,
    /// The method.
    pub method: Method,
    /// Persons on it and on another list.
    pub overlap: u64,
}

/// Settings of a headline.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadlineSettings {
    /// Confidence level of the interval.
    pub level: f64,
    /// Seed of the test of fit.
    pub seed: u64,
    /// The assumed quality of the lists.
    pub allowance: Allowance,
    /// Whether to work out what the bound would be if the lists were worse.
    pub what_if: bool,
    /// A list that was drawn at random from the population, where this is stated.
    pub anchor: Option<Anchor>,
}

impl Default for HeadlineSettings {
    fn default() -> Self {
        let Settings { level, seed, .. } = Settings::default();
        Self { level, seed, allowance: Allowance::default(), what_if: true, anchor: None }
    }
}

/// Works the headline out. `None` where no model has an estimate.
pub fn headline(engine: &Engine, asked: &HeadlineSettings) -> Option<Headline> {
    let by_design = asked.anchor.as_ref().and_then(|a| of_anchor(engine.histories(), a, asked));
    if by_design.is_some() {
        return by_design;
    }
    let space = engine.space();
    let h = engine.histories();
    let head = space.members.first()?;
    let practice = common_practice(engine);
    let plain = bound::of_table(engine, &practice);
    let bound = |allowance: Allowance| bound::bound(h, plain, allowance);
    let (mut low, mut high) = space.over_penalties(0.5);
    for (_, n_hat) in practice {
        (low, high) = (low.min(n_hat), high.max(n_hat));
    }
    Some(Headline {
        seen: h.n(),
        n_hat: space.quantile(0.5),
        interval: space.interval(asked.level),
        model: head.name(h.lists()),
        families: families(space),
        disagreement: high / low,
        fit: space.fit_test(engine, REPLICATES, asked.seed),
        bound_if: if asked.what_if { bound::what_if(&bound, asked.allowance) } else { Vec::new() },
        bound: bound(asked.allowance),
        record: None,
        by_design: None,
    })
}

/// The headline that rests on a list drawn at random; `None` where that list gives no number.
fn of_anchor(h: &Histories, anchor: &Anchor, asked: &HeadlineSettings) -> Option<Headline> {
    let method = anchor.method();
    let found = anchor.estimate(h, method, asked.level, asked.seed)?;
    let (n_hat, interval) = found.n_hat.zip(found.interval)?;
    let by_design = ByDesign { list: anchor.list.clone(), method, overlap: anchor.spread(h)?.both };
    let bound = |allowance: Allowance| bound::of_anchor(h, anchor, allowance, asked.seed);
    Some(Headline {
        seen: h.n(),
        n_hat,
        interval,
        model: anchor.list.clone(),
        families: Vec::new(),
        disagreement: 1.0,
        fit: anchor::random(h, anchor, asked.seed),
        bound_if: if asked.what_if { bound::what_if(&bound, asked.allowance) } else { Vec::new() },
        bound: bound(asked.allowance),
        record: None,
        by_design: Some(by_design),
    })
}

fn families(space: &Space) -> Vec<FamilyShare> {
    let mut all: Vec<FamilyShare> = Vec::new();
    // Members come heaviest first, so the first of a family gives its estimate.
    for m in &space.members {
        match all.iter_mut().find(|f| f.family == m.kin) {
            Some(f) => f.weight += m.weight,
            None => all.push(FamilyShare { family: m.kin, weight: m.weight, n_hat: m.n_hat }),
        }
    }
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    all
}

/// The verdict on a headline, with the findings that cap it, the worst first. `triples` is the number of triples of lists in
/// which every pair overlaps; `missed_links_unknown` is set when the table is one of several draws of a linkage whose missed links were not
/// counted.
pub fn judge(
    headline: Option<&Headline>,
    h: &Histories,
    triples: usize,
    missed_links_unknown: bool,
) -> (Verdict, Vec<Reason>) {
    // Missed links turn one person into two, so the table may show more people than there are on the lists. Only a bound with an allowance
    // for missed links then holds.
    let allowed = headline.is_some_and(|h| h.bound.allowance.missed_links > 0.0);
    if let Some((headline, by_design)) = headline.and_then(|h| Some((h, h.by_design.as_ref()?))) {
        let sample = Sample {
            interval: &headline.interval,
            overlap: by_design.overlap,
            random: headline.fit.as_ref(),
            links_missed: missed_links_unknown,
            allowed,
        };
        return sample.judge();
    }
    let mut findings = of_overlap(h.frequencies()[1..].iter().sum(), missed_links_unknown, allowed);
    if h.t() == 2 {
        findings.push((Verdict::LowerBoundOnly, Reason::TwoLists));
    } else if triples == 0 {
        findings.push((Verdict::LowerBoundOnly, Reason::NoTriple));
    }
    match headline {
        None => findings.push((Verdict::NoEstimate, Reason::NothingExists)),
        Some(headline) => findings.extend(of_answer(headline)),
    }
    settled(findings)
}

/// An estimate that rests on a list drawn at random from the population.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample<'a> {
    pub(crate) interval: &'a Interval,
    /// Persons on that list and on another.
    pub(crate) overlap: u64,
    /// Whether it may be random, as far as the table can say.
    pub(crate) random: Option<&'a FitTest>,
    /// The number of missed links is not known.
    pub(crate) links_missed: bool,
    /// The bound allows for missed links.
    pub(crate) allowed: bool,
}

impl Sample<'_> {
    /// The verdict. The list is independent of all others by design, so that neither the number of lists nor the choice of a model is in
    /// question.
    pub(crate) fn judge(&self) -> (Verdict, Vec<Reason>) {
        let mut findings = of_overlap(self.overlap, self.links_missed, self.allowed);
        findings.extend(of_width(self.interval));
        if let Some(cap) = self.random.and_then(|r| of_fit(r.p_value)) {
            let p_value = self.random.map_or(1.0, |r| r.p_value);
            findings.push((cap, Reason::NotRandom { p_value }));
        }
        settled(findings)
    }
}

/// The most that a p-value leaves of a verdict.
fn of_fit(p_value: f64) -> Option<Verdict> {
    if p_value < MISFIT_BELOW {
        Some(Verdict::LowerBoundOnly)
    } else if p_value < FITS_FROM {
        Some(Verdict::RangeOnly)
    } else {
        None
    }
}

/// The strictest of the findings, and all of them with the worst first.
fn settled(mut findings: Vec<(Verdict, Reason)>) -> (Verdict, Vec<Reason>) {
    findings.sort_by_key(|f| std::cmp::Reverse(f.0));
    let verdict = findings.first().map_or(Verdict::FitToPublish, |f| f.0);
    (verdict, findings.into_iter().map(|f| f.1).collect())
}

/// Findings about the persons on more than one list. `links_missed` is set when the number of missed links is not known, and `allowed` when
/// the bound allows for them.
fn of_overlap(overlap: u64, links_missed: bool, allowed: bool) -> Vec<(Verdict, Reason)> {
    let mut findings = Vec::new();
    if overlap < LEAST_OVERLAP {
        findings.push((Verdict::NoEstimate, Reason::LittleOverlap { overlap }));
    }
    if links_missed {
        let cap = if allowed { Verdict::LowerBoundOnly } else { Verdict::NoEstimate };
        findings.push((cap, Reason::MissedLinksUnknown));
    }
    findings
}

/// The finding about the width of the interval.
fn of_width(interval: &Interval) -> Option<(Verdict, Reason)> {
    let factor = interval.upper / interval.lower;
    if factor.is_nan() || factor > RANGE_UP_TO {
        Some((Verdict::LowerBoundOnly, Reason::WideRange { factor }))
    } else if factor > NUMBER_UP_TO {
        Some((Verdict::RangeOnly, Reason::WideRange { factor }))
    } else {
        None
    }
}

/// Findings about the width of the interval and the fit of the model.
fn of_answer(headline: &Headline) -> Vec<(Verdict, Reason)> {
    let mut findings: Vec<_> = of_width(&headline.interval).into_iter().collect();
    let factor = headline.disagreement;
    if factor.is_nan() || factor > BOUND_FROM {
        findings.push((Verdict::LowerBoundOnly, Reason::CriteriaDisagree { factor }));
    } else if factor > AGREES_UP_TO {
        findings.push((Verdict::RangeOnly, Reason::CriteriaDisagree { factor }));
    }
    if let Some(fit) = &headline.fit {
        let p_value = fit.p_value;
        findings.extend(of_fit(p_value).map(|cap| (cap, Reason::PoorFit { p_value })));
    }
    findings
}
