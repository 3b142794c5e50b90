//! Missing covariates: persons whose level is unknown are shared out over the levels they may have.
//!
//! The EM algorithm (Dempster, Laird and Rubin 1977; for lists, Zwane and van der Heijden 2007): a person with history
//! `w` belongs to stratum `x` with probability proportional to the fitted `n(x) p(w | x)`, among the strata that agree
//! with what is known. It assumes that levels are missing at random given the lists and the other covariates.

use super::fit::Fitter;
use super::model::StratifiedModel;
use super::table::{Row, StratifiedTable};

const ROUNDS: usize = 200;
/// Rounds end when no count of a stratum changes by more than this share of all persons.
const TOLERANCE: f64 = 1e-8;

/// Shares persons with missing levels out under a model; a complete table comes back as it is.
///
/// Every combination of levels that a person may have is considered, whether or not it was seen complete.
pub fn complete(table: &StratifiedTable, model: &StratifiedModel) -> StratifiedTable {
    if table.is_complete() {
        return table.clone();
    }
    let possible: Vec<Vec<Vec<usize>>> = table.rows().iter().map(|r| combinations(table, r)).collect();
    // Start: equal shares.
    let mut shares: Vec<Vec<f64>> = possible.iter().map(|p| vec![1.0 / p.len() as f64; p.len()]).collect();
    let filled = |shares: &[Vec<f64>]| {
        let mut rows: Vec<Row> = Vec::new();
        for ((r, options), share) in table.rows().iter().zip(&possible).zip(shares) {
            for (levels, s) in options.iter().zip(share) {
                rows.push(Row {
                    history: r.history,
                    levels: levels.iter().map(|l| Some(*l)).collect(),
                    count: r.count * s,
                });
            }
        }
        table.with_rows(rows)
    };
    let n = table.n();
    for _ in 0..ROUNDS {
        let fitter = Fitter::new(&filled(&shares));
        let mut fit = fitter.fit(model, None);
        fitter.fill_relative(&mut fit);
        let mut moved = 0.0_f64;
        for ((r, options), share) in table.rows().iter().zip(&possible).zip(&mut shares) {
            if options.len() == 1 {
                continue;
            }
            let weight: Vec<f64> = options
                .iter()
                .map(|levels| {
                    fitter
                        .strata
                        .binary_search_by(|s| s.levels.cmp(levels))
                        .map_or(0.0, |x| fitter.strata[x].n * fit.relative[x][r.history as usize])
                })
                .collect();
            let total: f64 = weight.iter().sum();
            if total > 0.0 {
                for (s, w) in share.iter_mut().zip(&weight) {
                    moved = moved.max(r.count * (w / total - *s).abs());
                    *s = w / total;
                }
            }
        }
        if moved < TOLERANCE * n {
            break;
        }
    }
    filled(&shares)
}

fn combinations(table: &StratifiedTable, row: &Row) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for (c, level) in row.levels.iter().enumerate() {
        let options: Vec<usize> = match level {
            Some(l) => vec![*l],
            None => (0..table.covariates()[c].levels.len()).collect(),
        };
        all = all
            .into_iter()
            .flat_map(|prefix| options.iter().map(move |o| [&prefix[..], &[*o]].concat()))
            .collect();
    }
    // Nobody can be on a list where it does not operate.
    all.retain(|levels| {
        let off =
            |i: &super::table::Inactive| row.history >> i.list & 1 == 1 && levels[i.covariate] == i.level;
        !table.inactive().iter().any(off)
    });
    all
}
