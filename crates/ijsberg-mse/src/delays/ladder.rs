//! The chain ladder.

use serde::Serialize;

/// The share that is registered by each delay, and the expected final count of each month.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// The share of the final count that is registered by each delay; the last is 1.
    pub share: Vec<f64>,
    /// The final count of each month: the count so far divided by its share; infinite where that share is 0, since nothing was ever
    /// registered so soon.
    pub finals: Vec<f64>,
}

/// The share of the final count by delay. Of what is registered by a delay, the part that came with just that delay is learnt from all months of
/// which it is known; months are weighed by their counts. This is the chain ladder: the factor from one delay to the next is the share of the
/// later over that of the earlier.
pub(super) fn shares(rows: &[Vec<f64>], delays: usize) -> Vec<f64> {
    let mut share = vec![1.0; delays];
    for d in (1..delays).rev() {
        let known = || rows.iter().filter(move |r| r.len() > d);
        let last: f64 = known().map(|r| r[d]).sum();
        let all: f64 = known().map(|r| r[..=d].iter().sum::<f64>()).sum();
        let part = if all > 0.0 { last / all } else { 0.0 };
        share[d - 1] = share[d] * (1.0 - part);
    }
    share
}

impl Ladder {
    /// The chain ladder of counts by month and delay, with so many delays. A row ends where it is not known yet.
    pub fn from_counts(rows: &[Vec<f64>], delays: usize) -> Self {
        let share = shares(rows, delays);
        let of = |r: &Vec<f64>| {
            let so_far: f64 = r.iter().sum();
            let part = r.len().checked_sub(1).and_then(|d| share.get(d)).copied().unwrap_or(0.0);
            if part > 0.0 { so_far / part } else { f64::INFINITY }
        };
        let finals = rows.iter().map(of).collect();
        Self { share, finals }
    }

    /// What the ladder expects of a month with a delay.
    pub(super) fn expected(&self, row: usize, delay: usize) -> f64 {
        let before = delay.checked_sub(1).map_or(0.0, |d| self.share[d]);
        self.finals[row] * (self.share[delay] - before)
    }

    /// The variance of a count divided by its mean: Pearson's statistic over its degrees of freedom. `None` where there are none.
    pub fn dispersion(&self, rows: &[Vec<f64>]) -> Option<f64> {
        // A month without counts fits exactly and gives no information about dispersion.
        let tells = |i: &usize| self.finals[*i].is_finite() && self.finals[*i] > 0.0;
        let told: Vec<usize> = (0..rows.len()).filter(tells).collect();
        let (mut sum, mut cells) = (0.0, 0_usize);
        for i in &told {
            for (d, n) in rows[*i].iter().enumerate() {
                let mean = self.expected(*i, d);
                cells += 1;
                if mean > 0.0 {
                    sum += (n - mean) * (n - mean) / mean;
                }
            }
        }
        let degrees = cells.checked_sub(told.len() + self.share.len() - 1)?;
        (degrees > 0).then(|| sum / degrees as f64)
    }
}

/// The chain ladder with standard errors that assume no distribution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mack {
    /// From each delay to the next.
    pub factors: Vec<f64>,
    /// What is still to come of each month.
    pub to_come: Vec<f64>,
    /// Its standard error.
    pub se: Vec<f64>,
    /// What is still to come in all.
    pub total: f64,
    /// Its standard error, with the estimation errors that months share.
    pub total_se: f64,
}

/// Mack's chain ladder of counts by month and delay; `None` where a month with nothing so far leaves its variance unknown, or where too few months
/// are complete.
pub fn mack(rows: &[Vec<f64>]) -> Option<Mack> {
    let delays = rows.iter().map(Vec::len).max().filter(|d| *d > 0)?;
    let sums = |r: &Vec<f64>| -> Vec<f64> {
        let mut sum = 0.0;
        let add = |n: &f64| {
            sum += n;
            sum
        };
        r.iter().map(add).collect()
    };
    let so_far: Vec<Vec<f64>> = rows.iter().map(sums).collect();
    let (mut factors, mut variances) = (Vec::<f64>::new(), Vec::<f64>::new());
    let mut weights: Vec<f64> = Vec::new();
    for k in 0..delays - 1 {
        let known: Vec<(f64, f64)> =
            so_far.iter().filter(|c| c.len() > k + 1).map(|c| (c[k], c[k + 1])).collect();
        let weight: f64 = known.iter().map(|c| c.0).sum();
        if known.iter().any(|c| c.0 <= 0.0) {
            return None;
        }
        let factor = known.iter().map(|c| c.1).sum::<f64>() / weight;
        let spread: f64 = known.iter().map(|(c, next)| c * (next / c - factor) * (next / c - factor)).sum();
        let variance = match (known.len(), variances.as_slice()) {
            // One month gives no variance: that of the earlier delays is extrapolated.
            (1, [.., a, b]) => last_variance(*a, *b),
            (0 | 1, _) => return None,
            (n, _) => spread / (n - 1) as f64,
        };
        variances.push(variance);
        factors.push(factor);
        weights.push(weight);
    }
    let path = |c: &Vec<f64>| -> Option<Vec<f64>> {
        let mut all = vec![*c.last()?];
        for f in &factors[c.len() - 1..] {
            all.push(all[all.len() - 1] * f);
        }
        Some(all)
    };
    let paths = so_far.iter().map(path).collect::<Option<Vec<_>>>()?;
    let finals: Vec<f64> = paths.iter().map(|p| p[p.len() - 1]).collect();
    let (mut se, mut total, mut squared) = (Vec::new(), 0.0, 0.0);
    for (i, c) in so_far.iter().enumerate() {
        let from = c.len() - 1;
        let ahead = from..delays - 1;
        if ahead.clone().any(|k| paths[i][k - from] <= 0.0) {
            return None;
        }
        let relative = |k: usize| variances[k] / (factors[k] * factors[k]);
        let own: f64 =
            ahead.clone().map(|k| relative(k) * (1.0 / paths[i][k - from] + 1.0 / weights[k])).sum();
        let shared: f64 = ahead.map(|k| 2.0 * relative(k) / weights[k]).sum();
        let after: f64 = finals[i + 1..].iter().sum();
        squared += finals[i] * finals[i] * own + finals[i] * after * shared;
        se.push(finals[i] * own.abs().sqrt());
        total += finals[i] - c[from];
    }
    let to_come = finals.iter().zip(&so_far).map(|(f, c)| f - c[c.len() - 1]).collect();
    Some(Mack { factors, to_come, se, total, total_se: squared.abs().sqrt() })
}

/// The variance of the last factor, of which one month is known.
fn last_variance(before: f64, last: f64) -> f64 {
    let goes_on = if before > 0.0 { last * last / before } else { 0.0 };
    goes_on.min(before.min(last))
}
