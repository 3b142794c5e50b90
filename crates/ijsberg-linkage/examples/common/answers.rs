//! What both measurements of coverage do with their tables: independence of the lists, as they were made, and a line of scores.

use ijsberg_mse::estimate::Estimate;
use ijsberg_mse::histories::Histories;
use ijsberg_mse::linkage::average;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Settings, Silent, run};

/// Estimate and ends of the interval; no numbers where there is none.
pub(crate) type Answer = (f64, f64, f64);

/// Averaged over the histories of all draws; of one table, its own.
pub(crate) fn answer(names: &[String], tables: Vec<Vec<(u32, u64)>>) -> anyhow::Result<Answer> {
    let settings = Settings { methods: vec![Method::Mt], ..Settings::default() };
    let estimates = tables.into_iter().map(|cells| {
        let h = Histories::new(names.to_vec(), cells)?;
        Ok(run(&Engine::new(&h), &[], &settings, &Silent))
    });
    let mut draws = estimates.collect::<anyhow::Result<Vec<Vec<Estimate>>>>()?;
    let first = if draws.len() == 1 { draws.swap_remove(0) } else { average(&draws, 0.95, false).0 };
    Ok(first.first().map_or((f64::NAN, f64::NAN, f64::NAN), |e| {
        let i = e.interval;
        (e.n_hat.unwrap_or(f64::NAN), i.map_or(f64::NAN, |i| i.lower), i.map_or(f64::NAN, |i| i.upper))
    }))
}

pub(crate) fn print_head() {
    println!("dirt,method,seeds,bias,rmse,coverage,width");
}

/// Scores of answers against the true number of persons, or another number that they are to cover.
pub(crate) fn print_scores(dirt: &str, name: &str, persons: usize, all: &[Answer]) {
    let (n, truth) = (all.len() as f64, persons as f64);
    let errors: Vec<f64> = all.iter().map(|e| e.0 / truth - 1.0).collect();
    let bias = errors.iter().sum::<f64>() / n;
    let rmse = (errors.iter().map(|e| e * e).sum::<f64>() / n).sqrt();
    let covered = all.iter().filter(|e| e.1 <= truth && truth <= e.2).count() as f64 / n;
    let width = all.iter().map(|e| (e.2 - e.1) / truth).sum::<f64>() / n;
    println!("{dirt},{name},{},{bias:.4},{rmse:.4},{covered:.3},{width:.4}", all.len());
}
