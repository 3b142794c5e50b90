//! Whom to draw: the whole numbers that make the variance of an estimate as small as it can be.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::sampled::Check;

/// A part of a design, of which `k` units add `spread / k` to the variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// What one unit would add to the variance; not negative.
    pub spread: f64,
    /// The fewest units; at least one.
    pub least: u64,
    /// The most units.
    pub most: u64,
}

impl Part {
    /// People who are checked out of a stratum of `people`, of whom a share `belongs` to the population: `people^2 s^2 / power^2`, with `s^2` the
    /// variance of a positive check in the stratum, `people / (people - 1) p (1 - p)`. At least two are drawn, as the estimate needs.
    pub fn of_stratum(people: u64, belongs: f64, check: Check) -> Self {
        let (all, positive) = (people as f64, check.positive(belongs));
        let variance = all / (all - 1.0).max(1.0) * positive * (1.0 - positive);
        Self { spread: all * all * variance / check.power().powi(2), least: 2, most: people }
    }

    /// People who belong to the population and on whom the check is tried, when `persons` of the people sampled from belong: `persons^2 Se (1 - Se)
    /// / power^2`, from the derivative of the estimate by the sensitivity (Rogan and Gladen 1978).
    pub fn of_belonging(persons: f64, check: Check) -> Self {
        Self::of_trial(persons, check.sensitivity, check)
    }

    /// The same for people who do not belong, of whom there are `others`.
    pub fn of_others(others: f64, check: Check) -> Self {
        Self::of_trial(others, check.specificity, check)
    }

    fn of_trial(people: f64, right: f64, check: Check) -> Self {
        Self { spread: (people / check.power()).powi(2) * right * (1.0 - right), least: 1, most: u64::MAX }
    }
}

impl Check {
    /// The share of positive checks when a share belongs.
    fn positive(self, belongs: f64) -> f64 {
        belongs * self.sensitivity + (1.0 - belongs) * (1.0 - self.specificity)
    }
}

/// What one unit more of a part takes off the variance.
struct Gain {
    off: f64,
    part: usize,
    next: u64,
}

impl Gain {
    fn of_one_more(parts: &[Part], part: usize, has: u64) -> Option<Self> {
        let Part { spread, most, .. } = parts[part];
        let k = has as f64;
        (has < most).then(|| Self { off: spread / (k * (k + 1.0)), part, next: has + 1 })
    }
}

impl Ord for Gain {
    fn cmp(&self, other: &Self) -> Ordering {
        // Of equals the first part, so that the result is one and the same.
        self.off.total_cmp(&other.off).then(other.part.cmp(&self.part))
    }
}

impl PartialOrd for Gain {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Gain {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Gain {}

/// Spreads `total` units over the parts so that `sum spread / k` is the smallest for whole numbers within their limits: each unit goes where it takes
/// most off, `spread / (k (k + 1))` with `k` there already (Wright 2017, Exact optimal sample allocation: more efficient than Neyman; without limits and
/// but for rounding the allocation of Neyman 1934, in proportion to the root of `spread`). Work grows with `total`.
/// `None` where the total is below the sum of the least, or above that of the most.
pub fn allocate(parts: &[Part], total: u64) -> Option<Vec<u64>> {
    let mut units: Vec<u64> = parts.iter().map(|p| p.least.max(1)).collect();
    if parts.iter().zip(&units).any(|(p, k)| *k > p.most) {
        return None;
    }
    let least = units.iter().try_fold(0_u64, |sum, k| sum.checked_add(*k))?;
    let mut left = total.checked_sub(least)?;
    let mut gains: BinaryHeap<Gain> =
        units.iter().enumerate().filter_map(|(i, has)| Gain::of_one_more(parts, i, *has)).collect();
    while left > 0 {
        let Gain { part, next, .. } = gains.pop()?;
        units[part] = next;
        left -= 1;
        gains.extend(Gain::of_one_more(parts, part, next));
    }
    Some(units)
}

/// What the parts add to the variance.
pub fn variance(parts: &[Part], units: &[u64]) -> f64 {
    parts.iter().zip(units).map(|(p, k)| p.spread / *k as f64).sum()
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::chance::stream;

    /// The example of Wright 2017: strata of 47, 61 and 41 with variances 100, 36 and 16, and limits; published are 4, 3 and 3 of 10 with the variance
    /// 101,290.3333 of a sample without replacement.
    #[test]
    fn the_allocation_of_the_paper_is_found_with_its_variance() {
        let people = [47.0_f64, 61.0, 41.0];
        let of = |(n, v): (f64, f64), (least, most): (u64, u64)| Part { spread: n * n * v, least, most };
        let parts = [of((47.0, 100.0), (1, 5)), of((61.0, 36.0), (2, 6)), of((41.0, 16.0), (3, 4))];
        let units = allocate(&parts, 10).unwrap();
        assert_eq!(units, [4, 3, 3]);
        let whole: f64 = parts.iter().zip(people).map(|(p, n)| p.spread / n).sum();
        assert!((variance(&parts, &units) - whole - 101_290.333_3).abs() < 1e-3);
        // Neyman's shares are 4.7, 3.66 and 1.64, which rounded are eleven.
        let free = parts.map(|p| Part { least: 1, most: 40, ..p });
        assert_eq!(allocate(&free, 10).unwrap(), [4, 4, 2]);
    }

    /// Nothing in reach is better: every allocation of small totals is tried.
    #[test]
    fn no_other_whole_numbers_have_a_smaller_variance() {
        let mut rng = stream(1, 0);
        for _ in 0..200 {
            let mut part = || {
                let least = rng.random_range(1..4);
                Part { spread: rng.random::<f64>(), least, most: least + rng.random_range(0..9) }
            };
            let parts = [part(), part(), part()];
            let total = rng.random_range(3..25);
            let mut best: Option<f64> = None;
            for a in parts[0].least..=parts[0].most {
                for b in parts[1].least..=parts[1].most {
                    let c = u64::checked_sub(total, a + b);
                    if let Some(c) = c.filter(|c| (parts[2].least..=parts[2].most).contains(c)) {
                        let v = variance(&parts, &[a, b, c]);
                        best = Some(best.map_or(v, |b: f64| b.min(v)));
                    }
                }
            }
            let found = allocate(&parts, total);
            assert_eq!(found.as_ref().map(|u| u.iter().sum::<u64>()), best.map(|_| total));
            if let Some((units, best)) = found.zip(best) {
                assert!((variance(&parts, &units) / best - 1.0).abs() < 1e-12, "{parts:?} {total}");
            }
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_not_allocated() {
        let part = Part::of_stratum(10, 0.3, Check::default());
        assert_eq!(allocate(&[part, part], 3), None);
        assert_eq!(allocate(&[part, part], 21), None);
        assert_eq!(allocate(&[part, part], 20), Some(vec![10, 10]));
        assert_eq!(allocate(&[], 0), Some(Vec::new()));
        assert_eq!(allocate(&[], 1), None);
        // A stratum of one person cannot give two.
        assert_eq!(allocate(&[Part::of_stratum(1, 0.3, Check::default())], 2), None);
    }
}
