//! What to know before believing an estimate, and the verdict that follows.

mod influence;
pub mod times_seen;

use rayon::prelude::*;
use serde::Serialize;

use crate::bounds::chapman;
use crate::estimate::{Estimate, Note};
pub use crate::fitness::{Reason, Verdict};
use crate::histories::{Histories, Mask};
use crate::loglinear::{Criterion, Engine, LogBins, MultiverseModel};
use crate::method::{Family, Method};
use crate::methods::Progress;
use crate::model::pairs;
use crate::nesting::{NestedLists, nested};
use crate::verdict::{self, Headline, HeadlineSettings};
use influence::touched_cells;
pub use influence::{Fragility, Influence};

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

/// All diagnostics of a table.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnostics {
    /// Lists and how many are on no other.
    pub lists: Vec<ListOverlap>,
    /// All pairs of lists.
    pub pairs: Vec<PairOverlap>,
    /// Lists inside other lists, and lists that are the same.
    pub nested: Vec<NestedLists>,
    /// Persons on exactly 1, 2, ... lists.
    pub frequencies: Vec<u64>,
    /// Triples of lists in which every pair overlaps.
    pub overlapping_triples: usize,
    /// Influence of single persons on the best model by BIC, chosen again each time among the models near the best. Those
    /// who leave it without an estimate come first.
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
    /// The one answer, over all families of models; absent where nothing may be published.
    pub headline: Option<Headline>,
    /// "At least": the bound of the headline.
    pub at_least: Option<f64>,
    /// The upper limit of the headline; infinite when unbounded.
    pub at_most: Option<f64>,
}

/// Up to this many lists every pair is merged; the searches are many.
const MERGED_UP_TO: usize = 12;

/// Up to this many lists every model near is fitted for each variation; beyond it a short search must do.
const SEARCHED_UP_TO: usize = 8;

/// The best estimate by BIC for a variation of a table of `lists` lists.
fn best_bic(h: &Histories, lists: usize) -> Option<f64> {
    let engine = Engine::new(h);
    if lists > SEARCHED_UP_TO {
        return engine.best_in_short();
    }
    Some(engine.near_best(Criterion::Bic, 0.0).first()?.n_hat)
}

/// Whether any method was run on which a verdict rests: the headline, a random sample, or one that fits log-linear models.
fn assessable(estimates: &[Estimate]) -> bool {
    estimates
        .iter()
        .any(|e| matches!(e.method.family(), Family::Headline | Family::ByDesign | Family::LogLinear))
}

/// Triples of lists in which every pair overlaps.
pub fn overlapping_triples(h: &Histories) -> usize {
    let t = h.t();
    (0..1 << t as Mask)
        .filter(|m: &Mask| m.count_ones() == 3)
        .filter(|m| pairs(t).filter(|p| p & m == *p).all(|p| h.on_all(p) > 0))
        .count()
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
        overlapping_triples: overlapping_triples(h),
        influence: Vec::new(),
        without_list: Vec::new(),
        merged: Vec::new(),
        consistency: Vec::new(),
        spread: Vec::new(),
        near_best: Vec::new(),
        two_list_models: None,
        verdict: Verdict::FitToPublish,
        reasons: Vec::new(),
        headline: None,
        at_least: None,
        at_most: None,
    }
}

/// The verdict without the diagnostics that need searches: for a part of a population that was diagnosed as a whole.
pub fn glance(h: &Histories, estimates: &[Estimate]) -> Diagnostics {
    let mut d = basics(h);
    let asked = HeadlineSettings { what_if: false, ..HeadlineSettings::default() };
    judge(&mut d, &Engine::new(h), estimates, &asked);
    d
}

/// How far the models near the best one lie apart, by how near they are.
fn spread(near_best: &[MultiverseModel]) -> Vec<Spread> {
    [2.0, 6.0, 10.0]
        .iter()
        .filter(|_| !near_best.is_empty())
        .map(|delta| {
            let within: Vec<f64> =
                near_best.iter().filter(|m| m.delta <= delta + 1e-6).map(|m| m.n_hat).collect();
            Spread {
                delta: *delta,
                models: within.len(),
                low: within.iter().copied().fold(f64::INFINITY, f64::min),
                high: within.iter().copied().fold(0.0, f64::max),
            }
        })
        .collect()
}

/// Works all diagnostics out. `estimates` are the results of the methods; without one on which a verdict rests there is none, and only
/// diagnostics that cost almost nothing are worked out.
pub fn diagnose(
    engine: &Engine,
    estimates: &[Estimate],
    asked: &HeadlineSettings,
    progress: &dyn Progress,
) -> Diagnostics {
    let h = engine.histories();
    let t = h.t();
    let name =
        |mask: Mask| crate::model::bits(mask).map(|j| h.lists()[j].as_str()).collect::<Vec<_>>().join("·");
    let mut d = basics(h);
    if !assessable(estimates) {
        d.verdict = Verdict::NotAssessed;
        return d;
    }

    let variable = t > 2;
    let mergeable = (3..=MERGED_UP_TO).contains(&t);
    let touched = touched_cells(h);
    let variations = if variable { 2 * t } else { 0 } + if mergeable { t * (t - 1) / 2 } else { 0 };
    progress.stage("diagnostics", (variations + if t > 2 { touched.len() } else { 0 }) as u64);
    // Two lists leave nothing to choose or to vary.
    d.near_best = if t > 2 { engine.near_best(Criterion::Bic, 10.0) } else { Vec::new() };
    d.spread = spread(&d.near_best);
    let vary = |change: String, table: Option<Histories>| {
        let n_observed = table.as_ref().map_or(0, Histories::n);
        let n_hat = table.as_ref().and_then(|h| best_bic(h, t));
        progress.tick();
        Variation { change, n_observed, n_hat }
    };
    d.without_list = if variable {
        (0..t).into_par_iter().map(|j| vary(h.lists()[j].clone(), h.without_list(j).ok())).collect()
    } else {
        Vec::new()
    };
    d.merged = if mergeable {
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
                let n_hat = within.as_ref().filter(|w| w.n() >= 30).and_then(|h| best_bic(h, t));
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
    d.influence = if t > 2 { influence::influence(engine, touched, &name, progress) } else { Vec::new() };
    d.two_list_models = (3..=6).contains(&t).then(|| engine.all_models(2, 60)).flatten();
    judge(&mut d, engine, estimates, asked);
    d
}

/// Puts the headline and the verdict in place; see [`crate::verdict`].
fn judge(d: &mut Diagnostics, engine: &Engine, estimates: &[Estimate], asked: &HeadlineSettings) {
    let h = engine.histories();
    let has = |note: Note| estimates.iter().any(|e| e.notes.contains(&note));
    let of_codes = has(Note::AveragedOverCodes);
    let missed_links_unknown = (of_codes || has(Note::AveragedOverLinkage)) && !has(Note::MissedLinksPutBack);
    let mut headline = verdict::headline(engine, asked);
    // Draws of a linkage, or of suppressed counts: the number and the interval include the uncertainty about them, the rest is that of one draw.
    let drawn = [Note::AveragedOverLinkage, Note::AveragedOverCodes, Note::AveragedOverCounts];
    if let Some(found) = &mut headline
        && let method = found.by_design.as_ref().map_or(Method::ModelSpace, |b| b.method)
        && let Some(e) = estimates.iter().find(|e| e.method == method)
        && let (true, Some(n_hat), Some(interval)) =
            (e.notes.iter().any(|n| drawn.contains(n)), e.n_hat, e.interval)
    {
        (found.n_hat, found.interval) = (n_hat, interval);
        found.bound.at_least = found.bound.at_least.min(interval.lower);
    }
    let (mut colour, mut reasons) =
        verdict::judge(headline.as_ref(), h, d.overlapping_triples, missed_links_unknown);
    if of_codes && missed_links_unknown {
        // An allowance for missed links is not measured on codes, since codes do not show which links are missed: no bound rests on it.
        colour = Verdict::NoEstimate;
        reasons.sort_by_key(|r| *r != Reason::MissedLinksUnknown);
    }
    d.verdict = colour;
    d.reasons = reasons;
    d.headline = headline.filter(|_| colour != Verdict::NoEstimate).map(|mut found| {
        // Error rates were measured of the model space.
        found.record = verdict::record::measured_record(colour).filter(|_| found.by_design.is_none());
        found
    });
    d.at_least = d.headline.as_ref().map(|f| f.bound.at_least);
    d.at_most = d.headline.as_ref().map(|f| f.interval.upper);
}
