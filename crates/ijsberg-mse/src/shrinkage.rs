//! Small groups and years: every cell of a breakdown borrows strength from the others as far as they are alike.
//!
//! A *cell* is a combination of levels, such as women in 2014. Within cell `x` a history `w` has log mean
//! `log a(x) + sum over a in w of gamma_a(x)`, as in [`crate::strata`]: `a` runs over the lists and over the pairs of lists that the
//! search on the whole table chose. Where that search lets a list differ by covariate or not at all, here
//!
//! `gamma_a(x) = mu_a + sum over covariates c of u_ac(level of x) + v_a(x)`,
//!
//! with `u_ac` normal with a variance for each covariate, and `v_a` normal with a variance for lists, one for all lists alike, and one for
//! pairs. `mu_a` and the size `a(x)` are free: a group with few persons is no small sample of a large one. With all variances zero this
//! is one model for all cells, with variances beyond all bounds one for each cell alone; in between a cell with few persons takes its
//! chances from the others, as estimates for small areas do (Fay and Herriot 1979, Journal of the American Statistical Association 74).
//!
//! The variances have the largest likelihood once all effects are integrated out by Laplace's method ([`spread`]). Sizes are drawn from
//! what the table leaves open about variances, effects and persons ([`draws`]); a sum is the sum of its draws, so that parts add up. For
//! each group it is reported how much of it comes from the others ([`lean`]) and how far it moves when the variances are halved or doubled.
//!
//! The pairs of lists are taken as given by the search. What the lists miss everywhere alike, no group can show.

mod cells;
mod draws;
pub mod group;
mod lean;
mod mode;
mod spread;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::estimate::not_below;
use crate::histories::Mask;
use crate::special::quantile_type8;
use crate::strata::breakdown::{Part, chosen, parts};
use crate::strata::search::SearchRule;
use crate::strata::table::StratifiedTable;
use cells::Cells;
use draws::PosteriorDraws;
use group::Group;
use mode::{Fit, Mode};

/// Different spreads that draws come from.
pub const SPREADS: usize = 40;
/// Combinations of all levels are listed up to this many.
const LISTED: usize = 400;
/// Operations of one step of a fit, at most: twenty times those of six lists, six years and four more covariates, which take about three
/// seconds.
const MOST_WORK: usize = 12_000_000;
/// Proposals of a cell that must be accepted.
const LEAST_ACCEPTED: f64 = 0.15;
/// Spreads that may have no mode.
const MOST_FAILED: usize = SPREADS / 20;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShrinkageSettings {
    /// How the pairs of lists are chosen.
    pub rule: SearchRule,
    /// Draws, rounded up to a multiple of [`SPREADS`].
    pub draws: usize,
    /// Level of the intervals.
    pub level: f64,
    /// Seed.
    pub seed: u64,
}

/// What a standard deviation is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Between {
    /// The levels of a covariate, on each list.
    Levels {
        /// The covariate.
        covariate: usize,
    },
    /// Cells, on each list.
    Cells,
    /// Cells, on all lists alike.
    AllLists,
    /// Cells, on each pair of lists that was chosen.
    Pairs,
    /// Pairs of lists that were not chosen, in how much they depend on each other in all cells.
    OtherPairs,
}

/// Estimates for small groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SmallGroups {
    /// Everybody, each level of each covariate, each pair of levels, and each combination of all where those are not too many. Groups in
    /// which nobody was seen are left out.
    pub groups: Vec<Group>,
    /// Pairs of lists with a term of their own.
    pub pairs: Vec<Mask>,
    /// How much cells differ: standard deviations on the scale of log odds.
    pub spreads: Vec<(Between, f64)>,
    /// Whether the fit and the search for the spreads converged, and nearly all draws could be made.
    pub converged: bool,
    /// Smallest share of accepted proposals over the cells.
    pub accepted: f64,
    /// Draws behind the intervals.
    pub draws: usize,
}

/// Ticks of [`small_groups`]: one for each round of the search, each profile and each set of spreads.
pub fn ticks(table: &StratifiedTable) -> u64 {
    (SPREADS + spread::ROUNDS + table.covariates().len() + 4) as u64
}

/// Estimates every group of a table. `None` where there is nothing to estimate from, or more is shared than there is time for. `tick` is
/// called [`ticks`] times at most.
pub fn small_groups(
    table: &StratifiedTable,
    settings: &ShrinkageSettings,
    tick: &(dyn Fn() + Sync),
) -> Option<SmallGroups> {
    let (completed, path) = chosen(table, settings.rule);
    let model = &path.last()?.fit.model;
    let pairs: Vec<Mask> = model
        .terms
        .iter()
        .filter(|t| t.covariate.is_none() && t.lists.count_ones() == 2)
        .map(|t| t.lists)
        .collect();
    given_pairs(&completed, &pairs, settings, tick)
}

/// The same with these pairs of lists, for a table without missing levels.
pub fn given_pairs(
    table: &StratifiedTable,
    pairs: &[Mask],
    settings: &ShrinkageSettings,
    tick: &(dyn Fn() + Sync),
) -> Option<SmallGroups> {
    // With three lists the other pairs would leave nothing to tell how strongly they depend.
    let cells = Cells::new(table, pairs, table.lists().len() > 3);
    if cells.all.is_empty() || cells.work() > MOST_WORK {
        return None;
    }
    let found = spread::search(&cells, tick)?;
    let listed = listed(table, &cells);
    let mut parts_of = vec![Vec::new(); cells.all.len()];
    for (i, (_, members)) in listed.iter().enumerate() {
        members.iter().for_each(|x| parts_of[*x].push(i));
    }
    let spreads = spread::draws(&cells, &found.mode, SPREADS, settings.seed, tick);
    let apiece = settings.draws.div_ceil(SPREADS);
    let of = (parts_of.as_slice(), listed.len());
    let drawn = draws::draw((&cells, &found.mode), &spreads, apiece, of, settings.seed, tick);
    if drawn.unseen.is_empty() {
        return None;
    }
    let converged = found.converged && drawn.failed <= MOST_FAILED;
    Some(SmallGroups {
        groups: groups((&cells, &found.mode), table, listed, &drawn, converged, settings.level),
        pairs: cells.pairs().to_vec(),
        spreads: named(&cells, &found.mode),
        converged,
        accepted: drawn.accepted.iter().copied().fold(1.0, f64::min),
        draws: drawn.unseen.len(),
    })
}

/// The spreads with what they are of.
fn named(cells: &Cells, mode: &Mode) -> Vec<(Between, f64)> {
    let s = &mode.spreads;
    let levels = s.levels.iter().enumerate().map(|(covariate, s)| (Between::Levels { covariate }, *s));
    let pairs = (!cells.pairs().is_empty()).then_some((Between::Pairs, s.pairs));
    let others = (cells.terms.len() > cells.own).then_some((Between::OtherPairs, s.others));
    levels
        .chain([(Between::Cells, s.lists), (Between::AllLists, s.common)])
        .chain(pairs)
        .chain(others)
        .collect()
}

/// The parts that a report shows and that have persons seen in them, with their cells.
fn listed(table: &StratifiedTable, cells: &Cells) -> Vec<(Part, Vec<usize>)> {
    let mut all = parts(table);
    if table.covariates().len() > 2 && cells.all.len() <= LISTED {
        all.extend(cells.all.iter().map(|c| c.levels.iter().copied().enumerate().collect::<Part>()));
    }
    let members = |part: &Part| -> Vec<usize> {
        let inside = |x: &usize| part.iter().all(|(c, l)| cells.all[*x].levels[*c] == *l);
        (0..cells.all.len()).filter(inside).collect()
    };
    let with = all.into_iter().map(|part| {
        let members = members(&part);
        (part, members)
    });
    with.filter(|(_, members)| !members.is_empty()).collect()
}

/// Every group, from the draws.
fn groups(
    (cells, mode): (&Cells, &Mode),
    table: &StratifiedTable,
    listed: Vec<(Part, Vec<usize>)>,
    drawn: &PosteriorDraws,
    converged: bool,
    level: f64,
) -> Vec<Group> {
    let unseen = mode.unseen(cells);
    let own = lean::own(cells, mode);
    // Sums of many skew cells lie above the sum of their modes.
    let expected: Vec<f64> = unseen.iter().zip(&own).map(|(n, o)| n * o.above_mode()).collect();
    let refits: Vec<Option<Vec<f64>>> = [0.5, 2.0]
        .iter()
        .map(|by| {
            let spreads = mode.spreads.times(*by);
            Fit::new(cells, &spreads).mode(Some(mode)).filter(|m| m.converged).map(|m| m.unseen(cells))
        })
        .collect();
    let overlap = |members: &[usize]| -> f64 {
        let inside = |levels: &[Option<usize>]| {
            members.iter().any(|x| cells.all[*x].levels.iter().zip(levels).all(|(a, b)| Some(*a) == *b))
        };
        let rows = table.rows().iter().filter(|r| r.history.count_ones() > 1 && inside(&r.levels));
        rows.map(|r| r.count).fold(0.0, |all, n| all + n)
    };
    let tail = 0.5 * (1.0 - level);
    let all = listed.into_iter().enumerate().map(|(i, (part, members))| {
        let observed: f64 = members.iter().map(|x| cells.all[*x].n).sum();
        let total = |of: &[f64]| observed + members.iter().map(|x| of[*x]).sum::<f64>();
        let mut sorted: Vec<f64> = drawn.unseen.iter().map(|d| observed + d[i]).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| quantile_type8(&sorted, share);
        let factor = |other: &Option<Vec<f64>>| {
            let ratio = other.as_ref().map_or(f64::INFINITY, |o| total(o) / total(&unseen));
            ratio.max(1.0 / ratio)
        };
        let shrinkage = match part.as_slice() {
            [] => None,
            [(c, _)] if !cells.widths.is_empty() => {
                lean::of_level((cells, mode), &own, &unseen, &members, *c)
            }
            _ => Some(lean::of_cells(&own, &unseen, &members)),
        };
        let n_hat = total(&expected);
        let (lower, upper) = not_below(observed, (at(tail), at(1.0 - tail)));
        Group {
            observed,
            overlap: overlap(&members),
            n_hat,
            limits: (lower.min(n_hat), upper.max(n_hat)),
            shrinkage,
            movement: refits.iter().map(factor).fold(1.0, f64::max),
            converged: converged && members.iter().all(|x| drawn.accepted[*x] >= LEAST_ACCEPTED),
            part,
        }
    });
    all.collect()
}
