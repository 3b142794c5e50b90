//! What is asked of a nowcast, and what the fits to its years share.

use super::joint::{Cells, Joint, Shape};
use crate::generalised_chapman::constants;
use crate::histories::Mask;
use crate::methods::Settings;
use crate::model::Model;

/// What is asked of a nowcast.
#[derive(Debug, Clone, PartialEq)]
pub struct NowcastSettings {
    /// The list that comes late.
    pub late: String,
    /// From how many of the years before a year it is nowcast.
    pub window: usize,
    /// The model, in the order of the lists; chosen by BIC from all earlier years together where it is not given.
    pub model: Option<Model>,
    /// Tables that are simulated for each year.
    pub replicates: usize,
    /// Confidence level.
    pub level: f64,
    /// Seed of every random draw.
    pub seed: u64,
}

impl NowcastSettings {
    /// The usual question about a late list.
    pub fn about(late: &str) -> Self {
        let Settings { level, seed, .. } = Settings::default();
        Self { late: late.to_owned(), window: 3, model: None, replicates: 200, level, seed }
    }
}

/// Everything that the fits share: lists in the order early first, late last.
#[derive(Debug)]
pub(super) struct Setup {
    /// Early lists.
    pub(super) early: usize,
    /// The model in that order.
    pub(super) model: Model,
    /// What the generalised Chapman estimator adds to a year with all lists.
    pub(super) constants: Vec<(Mask, f64)>,
    /// And to one without the late list, whose own parameters are those of independence.
    own: Vec<(Mask, f64)>,
}

/// A year with all its lists, in the order of [`Setup`].
#[derive(Debug)]
pub(super) struct Year {
    pub(super) name: String,
    /// Persons by mask; nobody on no list.
    pub(super) cells: Vec<f64>,
}

impl Setup {
    pub(super) fn new(early: usize, model: Model) -> Self {
        let constants = constants(&model);
        Self { early, constants, own: self::constants(&Model::independence(early)), model }
    }

    /// Persons by early history, as they are seen before the late list is in.
    pub(super) fn collapsed(&self, cells: &[f64]) -> Vec<f64> {
        let late = 1 << self.early;
        let of = |e: usize| if e == 0 { 0.0 } else { cells[e] + cells[e | late] };
        (0..late).map(of).collect()
    }

    /// Earlier years with all lists, and a last year with all lists or only the early ones.
    pub(super) fn joint(&self, earlier: &[&[f64]], last: &[f64]) -> Option<Joint> {
        let complete = last.len() > 1 << self.early;
        let added = |cells: &[f64], constants: &[(Mask, f64)]| {
            let mut counts = cells.to_vec();
            constants.iter().for_each(|(w, c)| counts[*w as usize] += c);
            counts
        };
        let mut years: Vec<Cells> = earlier
            .iter()
            .map(|cells| Cells { counts: added(cells, &self.constants), complete: true })
            .collect();
        let own = if complete { &self.constants } else { &self.own };
        years.push(Cells { counts: added(last, own), complete });
        Shape::new(&self.model, years.len()).fit(&years, years.len() - 1).filter(|j| j.converged)
    }

    /// The number of a year from its early lists and earlier years: those seen, and those on none of the early lists.
    pub(super) fn preliminary(&self, earlier: &[&[f64]], early: &[f64]) -> Option<f64> {
        let joint = self.joint(earlier, early)?;
        let last = joint.means.last()?;
        let n = early.iter().sum::<f64>() + last[0] + last[1 << self.early];
        n.is_finite().then_some(n)
    }
}
