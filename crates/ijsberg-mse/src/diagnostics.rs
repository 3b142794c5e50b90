//! What to know before believing an estimate, and the verdict that follows.

use rayon::prelude::*;
use serde::Serialize;

use crate::bounds::chapman;
use crate::estimate::{Estimate, Note, Outcome};
use crate::histories::{Histories, Mask};
use crate::loglinear::newton::{Counts, Newton};
use crate::loglinear::selection::{Replicator, Reselect, Selection};
use crate::loglinear::{Criterion, Engine, LogBins, MultiverseModel};
use crate::methods::Progress;
use crate::model::pairs;
use crate::nesting::{Nested, nested};

/// Two lists side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairOverlap {
    /// The two lists.
    pub lists: [String; 2],
    /// Persons on both.
    pub overlap: u64,
    /// Chapman's estimate from these two lists alone.
    pub chapman: f64,
}

/// A list on its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListOverlap {
    /// Its name.
    pub list: String,
    /// Persons on it.
    pub size: u64,
    /// Persons on no other list.
    pub only_here: u64,
}

/// What one person more or less in a cell does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Influence {
    /// The history, in list names.
    pub history: String,
    /// Persons with it.
    pub count: u64,
    /// Estimate with one person more.
    pub one_more: f64,
    /// Estimate with one person less, if there is one.
    pub one_less: Option<f64>,
}

/// An estimate for a changed set of lists.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Variation {
    /// The list left out, or the lists merged, joined by `+`.
    pub change: String,
    /// Persons seen then.
    pub n_observed: u64,
    /// The estimate, if one exists.
    pub n_hat: Option<f64>,
}

/// A list taken as the truth: the others estimate how many are on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Consistency {
    /// The list.
    pub list: String,
    /// Its known size.
    pub truth: u64,
    /// How many of its persons the others saw.
    pub seen_by_others: u64,
    /// What the method makes of these, if it can.
    pub n_hat: Option<f64>,
}

/// The range of estimates over models within some distance of the best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Largest BIC difference.
    pub delta: f64,
    /// Number of models.
    pub models: usize,
    /// Smallest estimate.
    pub low: f64,
    /// Largest estimate.
    pub high: f64,
}

/// How far the result may be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A number with its interval.
    FitToPublish,
    /// The interval only.
    RangeOnly,
    /// "At least" only.
    LowerBoundOnly,
    /// Nothing.
    NoEstimate,
}

/// A reason for the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// No log-linear method has an estimate.
    NothingExists,
    /// Two lists cannot show their own dependence.
    TwoLists,
    /// Fewer than ten persons are on more than one list.
    LittleOverlap {
        /// Persons on more than one list.
        overlap: u64,
    },
    /// No three lists all overlap with one another.
    NoTriple,
    /// The table is one of several draws of a linkage, whose missed links nobody has counted.
    MissedLinksUnknown,
    /// The methods that choose a model disagree by this factor.
    MethodsDisagree {
        /// Largest over smallest estimate.
        factor: f64,
    },
    /// Models within a BIC difference of 10 disagree by this factor.
    ModelsDisagree {
        /// Largest over smallest estimate.
        factor: f64,
    },
    /// The intervals of the log-linear methods together span this factor, or are unbounded.
    WideRange {
        /// Highest upper over lowest lower limit.
        factor: f64,
    },
    /// One person changes the estimate by this share.
    OnePersonMatters {
        /// Relative change.
        share: f64,
    },
    /// Taking lists as the truth, the others miss them by this factor (root mean square).
    Inconsistent {
        /// Factor by which the estimates are off.
        factor: f64,
    },
}

/// All diagnostics of a table.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnostics {
    /// Lists and how many are on no other.
    pub lists: Vec<ListOverlap>,
    /// All pairs of lists.
    pub pairs: Vec<PairOverlap>,
    /// Lists inside other lists, and lists that are the same.
    pub nested: Vec<Nested>,
    /// Persons on exactly 1, 2, ... lists.
    pub frequencies: Vec<u64>,
    /// Triples of lists in which every pair overlaps.
    pub overlapping_triples: usize,
    /// Influence of single persons on the best model by BIC, chosen again each time among the models near the best.
    pub influence: Vec<Influence>,
    /// Leaving one list out.
    pub without_list: Vec<Variation>,
    /// Merging two lists.
    pub merged: Vec<Variation>,
    /// Lists taken as the truth.
    pub consistency: Vec<Consistency>,
    /// Range of estimates near the best BIC.
    pub spread: Vec<Spread>,
    /// The models behind the spread.
    pub near_best: Vec<MultiverseModel>,
    /// All two-list models together, up to six lists.
    pub two_list_models: Option<LogBins>,
    /// How far to trust the result.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The lowest lower limit of the log-linear methods, for "at least".
    pub at_least: Option<f64>,
    /// The range from that to the highest upper limit; infinite when unbounded.
    pub at_most: Option<f64>,
}

fn best_bic(h: &Histories) -> Option<f64> {
    Some(Engine::new(h).near_best(Criterion::Bic, 0.0).first()?.n_hat)
}

/// What costs next to nothing, with the verdict still open.
fn basics(h: &Histories) -> Diagnostics {
    let t = h.t();
    let pair = |mask: Mask| {
        let (i, j) = (mask.trailing_zeros() as usize, mask.ilog2() as usize);
        let m = h.on_all(mask);
        PairOverlap {
            lists: [h.lists()[i].clone(), h.lists()[j].clone()],
            overlap: m,
            chapman: chapman(h.list_size(i), h.list_size(j), m, 0.95).n_hat,
        }
    };
    let list = |j: usize| ListOverlap {
        list: h.lists()[j].clone(),
        size: h.list_size(j),
        only_here: h.count(1 << j),
    };
    Diagnostics {
        lists: (0..t).map(list).collect(),
        pairs: pairs(t).map(pair).collect(),
        nested: nested(h),
        frequencies: h.frequencies(),
        overlapping_triples: (0..1 << t as Mask)
            .filter(|m: &Mask| m.count_ones() == 3)
            .filter(|m| pairs(t).filter(|p| p & m == *p).all(|p| h.on_all(p) > 0))
            .count(),
        influence: Vec::new(),
        without_list: Vec::new(),
        merged: Vec::new(),
        consistency: Vec::new(),
        spread: Vec::new(),
        near_best: Vec::new(),
        two_list_models: None,
        verdict: Verdict::FitToPublish,
        reasons: Vec::new(),
        at_least: None,
        at_most: None,
    }
}

/// The verdict without the diagnostics that need searches: for a part of a population that was diagnosed as a whole.
pub fn glance(h: &Histories, estimates: &[Estimate]) -> Diagnostics {
    let mut d = basics(h);
    judge(&mut d, estimates);
    d
}

/// Works all diagnostics out. `estimates` are what the methods gave.
pub fn diagnose(engine: &Engine, estimates: &[Estimate], progress: &dyn Progress) -> Diagnostics {
    let h = engine.histories();
    let t = h.t();
    let name =
        |mask: Mask| crate::model::bits(mask).map(|j| h.lists()[j].as_str()).collect::<Vec<_>>().join("·");
    let mut d = basics(h);

    // Beyond eight lists every variation is a search of minutes.
    let variable = (3..=8).contains(&t);
    let touched = touched_cells(h);
    let variations = if variable { 2 * t + t * (t - 1) / 2 } else { 0 };
    progress.stage("diagnostics", (variations + if t > 2 { touched.len() } else { 0 }) as u64);
    // Two lists leave nothing to choose or to vary.
    d.near_best = if t > 2 { engine.near_best(Criterion::Bic, 10.0) } else { Vec::new() };
    d.spread = [2.0, 6.0, 10.0]
        .iter()
        .filter(|_| !d.near_best.is_empty())
        .map(|delta| {
            let within: Vec<f64> =
                d.near_best.iter().filter(|m| m.delta <= delta + 1e-6).map(|m| m.n_hat).collect();
            Spread {
                delta: *delta,
                models: within.len(),
                low: within.iter().copied().fold(f64::INFINITY, f64::min),
                high: within.iter().copied().fold(0.0, f64::max),
            }
        })
        .collect();
    let vary = |change: String, table: Option<Histories>| {
        let n_observed = table.as_ref().map_or(0, Histories::n);
        let n_hat = table.as_ref().and_then(best_bic);
        progress.tick();
        Variation { change, n_observed, n_hat }
    };
    d.without_list = if variable {
        (0..t).into_par_iter().map(|j| vary(h.lists()[j].clone(), h.without_list(j).ok())).collect()
    } else {
        Vec::new()
    };
    d.merged = if variable {
        let pairs: Vec<Mask> = pairs(t).collect();
        pairs
            .into_par_iter()
            .map(|m| {
                vary(
                    name(m).replace('·', "+"),
                    h.merged(m.trailing_zeros() as usize, m.ilog2() as usize).ok(),
                )
            })
            .collect()
    } else {
        Vec::new()
    };
    d.consistency = if variable {
        (0..t)
            .into_par_iter()
            .map(|j| {
                let within = h.within_list(j).ok();
                let n_hat = within.as_ref().filter(|w| w.n() >= 30).and_then(best_bic);
                progress.tick();
                Consistency {
                    list: h.lists()[j].clone(),
                    truth: h.list_size(j),
                    seen_by_others: within.as_ref().map_or(0, Histories::n),
                    n_hat,
                }
            })
            .collect()
    } else {
        Vec::new()
    };
    d.influence = if t > 2 { influence(engine, touched, &name, progress) } else { Vec::new() };
    d.two_list_models = (3..=6).contains(&t).then(|| engine.all_models(2, 60)).flatten();
    judge(&mut d, estimates);
    d
}

/// Cells to which a person can be added: any with at most two lists, and any occupied one.
fn touched_cells(h: &Histories) -> Vec<Mask> {
    (1..1 << h.t() as Mask).filter(|m: &Mask| h.count(*m) > 0 || m.count_ones() <= 2).collect()
}

fn influence(
    engine: &Engine,
    cells: Vec<Mask>,
    name: &(dyn Fn(Mask) -> String + Sync),
    progress: &dyn Progress,
) -> Vec<Influence> {
    let h = engine.histories();
    let rule = [Selection::Best(Criterion::Bic)];
    let replicator = Replicator::new(engine, &rule, Reselect::Shortlist);
    cells
        .into_par_iter()
        .map_init(Newton::default, |newton, mask| {
            let mut changed = |by: f64| {
                let mut dense = h.dense();
                dense[mask as usize] += by;
                replicator.estimate(&Counts::new(dense), newton)[0]
            };
            let count = h.count(mask);
            let (one_more, one_less) = (changed(1.0), (count > 0).then(|| changed(-1.0)));
            progress.tick();
            Influence { history: name(mask), count, one_more, one_less }
        })
        .collect()
}

/// The rule of the verdict. Each finding caps it; the worst cap counts.
fn judge(d: &mut Diagnostics, estimates: &[Estimate]) {
    let log_linear: Vec<&Estimate> = estimates
        .iter()
        .filter(|e| e.method.starts_with("loglinear.") && e.outcome == Outcome::Exists)
        .filter(|e| e.posterior.is_none())
        .collect();
    let limits = log_linear.iter().filter_map(|e| e.interval);
    d.at_least = limits.clone().map(|i| i.lower).reduce(f64::min);
    d.at_most = limits.map(|i| i.upper).reduce(f64::max);
    let mut findings: Vec<(Verdict, Reason)> = Vec::new();
    if log_linear.is_empty() {
        findings.push((Verdict::NoEstimate, Reason::NothingExists));
    }
    let has = |note: Note| estimates.iter().any(|e| e.notes.contains(&note));
    if has(Note::AveragedOverLinkage) && !has(Note::MissedLinksPutBack) {
        findings.push((Verdict::RangeOnly, Reason::MissedLinksUnknown));
    }
    let overlap: u64 = d.frequencies[1..].iter().sum();
    if overlap < 10 {
        findings.push((Verdict::NoEstimate, Reason::LittleOverlap { overlap }));
    }
    if d.lists.len() == 2 {
        findings.push((Verdict::LowerBoundOnly, Reason::TwoLists));
    } else if d.overlapping_triples == 0 {
        findings.push((Verdict::LowerBoundOnly, Reason::NoTriple));
    }
    let graded = |factor: f64, range: f64, bound: f64| {
        if factor > bound {
            Some(Verdict::LowerBoundOnly)
        } else if factor > range {
            Some(Verdict::RangeOnly)
        } else {
            None
        }
    };
    // Rules that choose from the data: over all models as asked for, and over two-list models, the common practice.
    let two_list = d.two_list_models.iter().flat_map(|b| [&b.best_aic, &b.best_bic]).flatten().map(|b| b.1);
    let chosen: Vec<f64> = log_linear
        .iter()
        .filter(|e| {
            !matches!(e.method, "loglinear.independence" | "loglinear.all-pairs" | "loglinear.formula")
        })
        .filter_map(|e| e.n_hat)
        .chain(two_list)
        .collect();
    if let (Some(low), Some(high)) =
        (chosen.iter().copied().reduce(f64::min), chosen.iter().copied().reduce(f64::max))
    {
        let factor = high / low;
        findings.extend(graded(factor, 1.25, 3.0).map(|v| (v, Reason::MethodsDisagree { factor })));
    }
    if let Some(s) = d.spread.last() {
        let factor = s.high / s.low;
        findings.extend(graded(factor, 1.5, 4.0).map(|v| (v, Reason::ModelsDisagree { factor })));
    }
    if let (Some(low), Some(high)) = (d.at_least, d.at_most) {
        let factor = high / low;
        findings.extend(graded(factor, 2.0, 4.0).map(|v| (v, Reason::WideRange { factor })));
    }
    if let Some(base) = d.near_best.first().map(|m| m.n_hat) {
        let moves = d.influence.iter().flat_map(|i| [Some(i.one_more), i.one_less]).flatten();
        let share = moves.filter(|x| x.is_finite()).map(|x| (x / base - 1.0).abs()).fold(0.0, f64::max);
        findings.extend(graded(share, 0.1, 0.5).map(|v| (v, Reason::OnePersonMatters { share })));
    }
    let logs: Vec<f64> =
        d.consistency.iter().filter_map(|c| Some((c.n_hat? / c.truth as f64).ln().powi(2))).collect();
    if !logs.is_empty() {
        let factor = (logs.iter().sum::<f64>() / logs.len() as f64).sqrt().exp();
        findings.extend(graded(factor, 1.5, 3.0).map(|v| (v, Reason::Inconsistent { factor })));
    }
    findings.sort_by_key(|f| std::cmp::Reverse(f.0));
    d.verdict = findings.first().map_or(Verdict::FitToPublish, |f| f.0);
    d.reasons = findings.into_iter().map(|f| f.1).collect();
}
