//! Small groups of known size: separate fits, one fit for all, the model with covariates, and [`crate::shrinkage`] side by side.
//!
//! A population is like a given table: the chances of the histories in each cell are those that the search with covariates fits to the
//! table, moved on each list by an effect of the cell's own. Each draw makes new effects and new persons, and each method chooses its
//! model anew.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::Serialize;

use crate::chance::{multinomial, stream};
use crate::histories::Mask;
use crate::model::bits;
use crate::shrinkage::{ShrinkageSettings, SmallGroups, small_groups};
use crate::strata::breakdown::chosen;
use crate::strata::fit::Fitter;
use crate::strata::model::StratifiedModel;
use crate::strata::search::SearchRule;
use crate::strata::table::{Row, StratifiedTable};

/// Cells with fewer seen than this are small.
pub const SMALL: f64 = 50.0;

/// How cells differ beyond the model with covariates, on the scale of log odds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellVariation {
    /// Not at all.
    Nothing,
    /// Normally, with this standard deviation, on each list.
    EachList(f64),
    /// Normally, with this standard deviation, on all lists alike: some groups are met less by everybody.
    AllLists(f64),
    /// One cell in five is met this much less by all lists, the others not at all: nothing normal about it.
    FewHidden(f64),
}

/// A population of known cells.
#[derive(Debug, Clone)]
pub struct Population {
    table: StratifiedTable,
    /// By cell: levels, persons, and chances of the histories with that of the unseen first.
    cells: Vec<(Vec<usize>, f64, Vec<f64>)>,
}

/// Sum of squared errors of logarithms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Squares {
    /// The sum.
    pub sum: f64,
    /// How many.
    pub count: u64,
}

impl Squares {
    fn add(&mut self, estimate: f64, truth: f64) {
        self.sum += (estimate / truth).ln().powi(2);
        self.count += 1;
    }

    fn join(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
    }

    /// Root of the mean.
    pub fn root(&self) -> f64 {
        (self.sum / self.count as f64).sqrt()
    }
}

/// How often something was so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Proportion {
    /// It was.
    pub yes: u64,
    /// Of so many.
    pub of: u64,
}

impl Proportion {
    fn add(&mut self, yes: bool) {
        self.yes += u64::from(yes);
        self.of += 1;
    }

    fn join(&mut self, other: Self) {
        self.yes += other.yes;
        self.of += other.of;
    }

    /// As a share.
    pub fn share(&self) -> f64 {
        self.yes as f64 / self.of as f64
    }
}

/// What was measured, over cells with fewer than [`SMALL`] seen unless it says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Score {
    /// Cells that a fit of their own has an estimate for.
    pub separate_exists: Proportion,
    /// Errors where it has: of separate fits, one fit for all, the model with covariates, shrinkage.
    pub where_separate: [Squares; 4],
    /// Errors of the last three in all small cells.
    pub all: [Squares; 3],
    /// The same in larger cells.
    pub larger: [Squares; 3],
    /// Intervals of shrinkage that hold the truth, in small cells.
    pub covered: Proportion,
    /// The same in larger cells.
    pub covered_larger: Proportion,
    /// The same for levels of one covariate.
    pub covered_levels: Proportion,
    /// The same for everybody.
    pub covered_all: Proportion,
    /// Small cells said not to be separable.
    pub not_separable: Proportion,
    /// Sum of the logarithms of upper over lower limits in small cells.
    pub log_width: f64,
    /// Draws in which shrinkage had no estimate or did not converge.
    pub failed: Proportion,
}

impl Score {
    fn join(&mut self, other: &Self) {
        let pairs = self.where_separate.iter_mut().zip(other.where_separate);
        let pairs = pairs.chain(self.all.iter_mut().zip(other.all));
        pairs.chain(self.larger.iter_mut().zip(other.larger)).for_each(|(a, b)| a.join(b));
        self.separate_exists.join(other.separate_exists);
        self.covered.join(other.covered);
        self.covered_larger.join(other.covered_larger);
        self.covered_levels.join(other.covered_levels);
        self.covered_all.join(other.covered_all);
        self.not_separable.join(other.not_separable);
        self.failed.join(other.failed);
        self.log_width += other.log_width;
    }

    /// How much lower the error of shrinkage is than that of separate fits, as a share.
    pub fn gain(&self) -> f64 {
        1.0 - self.where_separate[3].root() / self.where_separate[0].root()
    }
}

impl Population {
    /// A population like a table. `None` where the model with covariates has no estimate.
    pub fn like(table: &StratifiedTable, rule: SearchRule) -> Option<Self> {
        let (table, path) = chosen(table, rule);
        let fitter = Fitter::new(&table);
        let mut fit = path.last().map(|s| s.fit.clone()).filter(|f| f.regular)?;
        fitter.fill_relative(&mut fit);
        let cells = fitter.strata.iter().zip(&fit.unseen).zip(&fit.relative);
        let cells = cells.map(|((s, u), r)| (s.levels.clone(), (s.n + u).round(), r.clone())).collect();
        Some(Self { table, cells })
    }

    /// Persons by cell.
    pub fn sizes(&self) -> impl Iterator<Item = (&[usize], f64)> {
        self.cells.iter().map(|c| (c.0.as_slice(), c.1))
    }

    /// Draws a table of persons seen.
    pub fn draw(&self, differ: CellVariation, rng: &mut ChaCha8Rng) -> StratifiedTable {
        let t = self.table.lists().len();
        let mut rows = Vec::new();
        for (levels, persons, chances) in &self.cells {
            let shift = differ.shifts(t, rng);
            let moved = |(w, p): (usize, &f64)| p * bits(w as Mask).map(|j| shift[j]).sum::<f64>().exp();
            let weights: Vec<f64> = chances.iter().enumerate().map(moved).collect();
            let drawn = multinomial(*persons as u64, &weights, rng);
            rows.extend(drawn.into_iter().enumerate().skip(1).filter(|d| d.1 > 0).map(|(w, c)| Row {
                history: w as Mask,
                levels: levels.iter().map(|l| Some(*l)).collect(),
                count: c as f64,
            }));
        }
        self.table.with_rows(rows)
    }

    /// Draws tables and scores the methods on them.
    pub fn compare(
        &self,
        differ: CellVariation,
        many: u64,
        settings: &ShrinkageSettings,
        tick: &(dyn Fn() + Sync),
    ) -> Score {
        let each: Vec<Score> = (0..many)
            .into_par_iter()
            .map(|i| {
                let table = self.draw(differ, &mut stream(settings.seed, i));
                let score = self.score(&table, &ShrinkageSettings { seed: settings.seed + i, ..*settings });
                tick();
                score
            })
            .collect();
        let mut all = Score::default();
        each.iter().for_each(|s| all.join(s));
        all
    }

    fn truth(&self, part: &[(usize, usize)]) -> f64 {
        let inside = |levels: &[usize]| part.iter().all(|(c, l)| levels[*c] == *l);
        self.cells.iter().filter(|c| inside(&c.0)).map(|c| c.1).sum()
    }

    fn score(&self, table: &StratifiedTable, settings: &ShrinkageSettings) -> Score {
        let mut score = Score::default();
        let Some(groups) = small_groups(table, settings, &|| ()) else {
            score.failed.add(true);
            return score;
        };
        score.failed.add(!groups.converged);
        let model = pairs_only(&groups);
        let fitter = Fitter::new(table);
        let (_, path) = chosen(table, settings.rule);
        let covariates = path.last().map(|s| s.fit.unseen.clone());
        let pooled = fitter.fit(&model, None).unseen;
        let whole = self.cells.first().map_or(0, |c| c.0.len());
        for g in &groups.groups {
            let truth = self.truth(&g.part);
            let covered = g.limits.0 <= truth && truth <= g.limits.1;
            match g.part.len() {
                0 => score.covered_all.add(covered),
                n if n == whole => {
                    let levels: Vec<usize> = g.part.iter().map(|p| p.1).collect();
                    let Some(x) = fitter.strata.iter().position(|s| s.levels == levels) else { continue };
                    let n = g.observed;
                    let others = [n + pooled[x], covariates.as_ref().map_or(f64::NAN, |c| n + c[x]), g.n_hat];
                    if n >= SMALL {
                        score.covered_larger.add(covered);
                        score.larger.iter_mut().zip(others).for_each(|(s, e)| s.add(e, truth));
                        continue;
                    }
                    score.covered.add(covered);
                    score.not_separable.add(!g.separable());
                    score.log_width += (g.limits.1 / g.limits.0).ln();
                    score.all.iter_mut().zip(others).for_each(|(s, e)| s.add(e, truth));
                    let own = separate(table, &levels, &model);
                    score.separate_exists.add(own.is_some());
                    if let Some(unseen) = own {
                        let with_own = [n + unseen, others[0], others[1], others[2]];
                        score.where_separate.iter_mut().zip(with_own).for_each(|(s, e)| s.add(e, truth));
                    }
                }
                1 => score.covered_levels.add(covered),
                _ => {}
            }
        }
        score
    }
}

/// The model of the pairs alone.
fn pairs_only(groups: &SmallGroups) -> StratifiedModel {
    let pair = |m: &Mask| crate::strata::model::Term { lists: *m, covariate: None };
    groups.pairs.iter().fold(StratifiedModel::default(), |model, m| model.with(pair(m)))
}

/// Unseen persons by a fit to one cell alone; `None` where the cell does not determine them.
pub fn separate(table: &StratifiedTable, levels: &[usize], model: &StratifiedModel) -> Option<f64> {
    let inside = |r: &&Row| r.levels.iter().zip(levels).all(|(a, b)| *a == Some(*b));
    let alone = table.with_rows(table.rows().iter().filter(inside).cloned().collect());
    let fit = Fitter::new(&alone).fit(model, None);
    fit.unseen.first().copied().filter(|u| fit.regular && u.is_finite())
}

impl CellVariation {
    fn shifts(self, t: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let mut normal = || -> f64 { StandardNormal.sample(rng) };
        match self {
            Self::Nothing => vec![0.0; t],
            Self::EachList(sd) => (0..t).map(|_| sd * normal()).collect(),
            Self::AllLists(sd) => vec![sd * normal(); t],
            Self::FewHidden(by) => vec![if rng.random::<f64>() < 0.2 { -by } else { 0.0 }; t],
        }
    }
}
