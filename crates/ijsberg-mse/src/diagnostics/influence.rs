//! What one person more or less does to the estimate.

use rayon::prelude::*;
use serde::Serialize;

use crate::histories::{Histories, Mask};
use crate::loglinear::existence::Existence;
use crate::loglinear::newton::{Counts, Newton};
use crate::loglinear::selection::{Replicator, Reselect, Selection};
use crate::loglinear::{Criterion, Engine, RANKED_ABOVE};
use crate::methods::Progress;
use crate::model::Model;

/// With many lists this many histories, those that matter most under the chosen model, are searched again.
const SEARCHED_AGAIN: usize = 16;

/// What one person more or less in a cell does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Influence {
    /// The history, in list names.
    pub history: String,
    /// Persons with it.
    pub count: u64,
    /// Estimate with one person more; infinite (`null` in JSON) when no model has one.
    pub one_more: f64,
    /// Estimate with one person less, if there is one; infinite when no model has an estimate.
    pub one_less: Option<f64>,
    /// Which of the two leave the chosen model without an estimate.
    pub vanishes: Fragility,
}

/// Which moves of one person leave no estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fragility {
    /// None.
    Never,
    /// One person more.
    WithOneMore,
    /// One person less.
    WithOneLess,
    /// Either.
    WithEither,
}

impl Fragility {
    fn from_one_more_or_less(more: bool, less: bool) -> Self {
        match (more, less) {
            (false, false) => Self::Never,
            (true, false) => Self::WithOneMore,
            (false, true) => Self::WithOneLess,
            (true, true) => Self::WithEither,
        }
    }

    /// Whether one person more leaves no estimate.
    pub fn with_one_more(self) -> bool {
        matches!(self, Self::WithOneMore | Self::WithEither)
    }

    /// Whether one person less leaves no estimate.
    pub fn with_one_less(self) -> bool {
        matches!(self, Self::WithOneLess | Self::WithEither)
    }
}

/// Cells to which a person can be added: any with at most two lists, and any occupied one.
pub(super) fn touched_cells(h: &Histories) -> Vec<Mask> {
    (1..1 << h.t() as Mask).filter(|m: &Mask| h.count(*m) > 0 || m.count_ones() <= 2).collect()
}

/// Works it out for the best model by BIC, chosen again each time; the moves that leave no estimate come first.
pub(super) fn influence(
    engine: &Engine,
    cells: Vec<Mask>,
    name: &(dyn Fn(Mask) -> String + Sync),
    progress: &dyn Progress,
) -> Vec<Influence> {
    let h = engine.histories();
    let Some(best) = engine.near_best(Criterion::Bic, 0.0).into_iter().next() else { return Vec::new() };
    let table = |mask: Mask, by: f64| {
        let mut dense = h.dense();
        dense[mask as usize] += by;
        Counts::new(dense)
    };
    let all = |rule: Selection, cells: &[Mask], tick: bool| -> Vec<(f64, Option<f64>)> {
        let replicator = Replicator::new(engine, &[rule], Reselect::Shortlist);
        cells
            .par_iter()
            .map_init(Newton::default, |newton, mask| {
                let mut changed = |by: f64| replicator.estimate(&table(*mask, by), newton)[0];
                let moved = (changed(1.0), (h.count(*mask) > 0).then(|| changed(-1.0)));
                if tick {
                    progress.tick();
                }
                moved
            })
            .collect()
    };
    let again = Selection::Best(Criterion::Bic);
    let moved = if h.t() > RANKED_ABOVE {
        let mut moved = all(Selection::Fixed(best.model.clone()), &cells, true);
        let far = |m: &(f64, Option<f64>)| {
            let of = |x: f64| (x / best.n_hat).ln().abs();
            of(m.0).max(m.1.map_or(0.0, of))
        };
        let mut order: Vec<usize> = (0..cells.len()).collect();
        order.sort_by(|a, b| far(&moved[*b]).total_cmp(&far(&moved[*a])).then(a.cmp(b)));
        order.truncate(SEARCHED_AGAIN);
        let chosen: Vec<Mask> = order.iter().map(|i| cells[*i]).collect();
        for (i, m) in order.iter().zip(all(again, &chosen, false)) {
            moved[*i] = m;
        }
        moved
    } else {
        all(again, &cells, true)
    };
    let mut rows: Vec<Influence> = cells
        .into_par_iter()
        .zip(moved)
        .map(|(mask, (one_more, one_less))| {
            let gone = |by: f64| gone(engine, &best.model, mask, by, &table);
            let more = !one_more.is_finite() || gone(1.0);
            let less = one_less.is_some_and(|x| !x.is_finite() || gone(-1.0));
            let vanishes = Fragility::from_one_more_or_less(more, less);
            Influence { history: name(mask), count: h.count(mask), one_more, one_less, vanishes }
        })
        .collect();
    // A stable sort: all others stay in the order of their histories.
    rows.sort_by_key(|i| i.vanishes == Fragility::Never);
    rows
}

/// Whether a model has no estimate any more when the count of a cell changes by one. That depends on which cells are
/// occupied, and on nothing else.
fn gone(engine: &Engine, model: &Model, mask: Mask, by: f64, table: &impl Fn(Mask, f64) -> Counts) -> bool {
    let count = engine.histories().count(mask);
    let same_cells = if by > 0.0 { count > 0 } else { count > 1 };
    !same_cells && engine.cache.verdict(&table(mask, by), model.terms()) != Existence::Exists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Verdict, diagnose};
    use crate::method::Method;
    use crate::methods::{Settings, Silent, run};
    use crate::verdict::HeadlineSettings;

    #[test]
    fn a_person_whose_absence_leaves_no_estimate_comes_first() {
        // A and B go together, and one person alone ties C to them.
        let names = ["a", "b", "c"].map(String::from).to_vec();
        let h = Histories::new(names, [(1, 60), (2, 50), (3, 200), (4, 40), (5, 1)]).unwrap();
        let engine = Engine::new(&h);
        let estimates = run(&engine, &[], &Settings { replicates: 0, ..Settings::default() }, &Silent);
        let d = diagnose(&engine, &estimates, &HeadlineSettings::default(), &Silent);
        assert_eq!(
            d.near_best[0].model,
            Model::from_generators(3, &[3]),
            "the model that this test is about"
        );
        let first = &d.influence[0];
        assert_eq!((first.history.as_str(), first.vanishes), ("a·c", Fragility::WithOneLess));
        let gone = d.influence.iter().filter(|i| i.vanishes != Fragility::Never).count();
        assert!(d.influence[..gone].iter().all(|i| i.vanishes != Fragility::Never));
    }

    #[test]
    fn where_every_list_overlaps_amply_nothing_vanishes() {
        let names = ["a", "b", "c"].map(String::from).to_vec();
        let h = Histories::new(names, [(1, 60), (2, 50), (4, 40), (3, 12), (5, 9), (6, 10), (7, 3)]).unwrap();
        let engine = Engine::new(&h);
        let estimates = run(&engine, &[], &Settings { replicates: 0, ..Settings::default() }, &Silent);
        let d = diagnose(&engine, &estimates, &HeadlineSettings::default(), &Silent);
        assert!(!d.influence.is_empty());
        assert!(d.influence.iter().all(|i| i.vanishes == Fragility::Never && i.one_more.is_finite()));
    }

    #[test]
    fn only_what_a_verdict_rests_on_is_judged() {
        let names = ["a", "b", "c"].map(String::from).to_vec();
        let h = Histories::new(names, [(1, 60), (2, 50), (4, 40), (3, 12), (5, 9), (6, 10), (7, 3)]).unwrap();
        let engine = Engine::new(&h);
        let judged = |methods: &[&str]| {
            let methods = Method::parse_all(methods).unwrap();
            let settings = Settings { methods, replicates: 0, ..Settings::default() };
            diagnose(&engine, &run(&engine, &[], &settings, &Silent), &HeadlineSettings::default(), &Silent)
        };
        for methods in [&["chao"][..], &["mt", "loglinear.bayes"], &["decomposable.averaged"]] {
            let d = judged(methods);
            assert_eq!((d.verdict, d.reasons.len()), (Verdict::NotAssessed, 0), "{methods:?}");
            assert!(d.near_best.is_empty() && d.influence.is_empty() && d.consistency.is_empty());
        }
        let d = judged(&["loglinear.best-bic", "chao"]);
        assert!(d.verdict != Verdict::NotAssessed && !d.influence.is_empty());
    }
}
