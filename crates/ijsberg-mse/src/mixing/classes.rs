//! Latent classes: within a class the lists are independent (Bartolucci and Forcina 2001, Biometrics 57).
//!
//! Newton's method on the log odds of the classes, relative to the first, and of being on each list by class. A few steps of
//! the EM algorithm choose among starts: classes from seldom to often seen, random ones, and one class fewer with one of
//! them split. Random numbers go to lists by their size, so that the order of the lists does not matter.

use rand::RngExt;

use super::Chances;
use super::ascent::{Ascent, Derivatives, Objective};
use super::column::start_logit;
use super::trace::Member;
use crate::chance::stream;
use crate::cholesky::dot;
use crate::histories::Mask;

/// Log odds stay within this: a chance of `1e-8` and one of nil say the same of any table.
const LIMIT: f64 = 18.0;
/// Classes that hardly differ leave the way to the top long and flat.
const ENOUGH: f64 = 1e-6;
/// Random starts by class.
const RANDOM: u64 = 3;
/// Steps of the EM algorithm before starts are compared.
const ROUNDS: usize = 30;
/// Starts that are climbed to the top.
const KEPT: usize = 3;

#[derive(Debug)]
pub(super) struct Classes {
    t: usize,
    number: usize,
    seed: u64,
    /// Histories seen, with persons.
    cells: Vec<(Mask, f64)>,
    n: f64,
    sizes: Vec<f64>,
    /// Persons by history, the unseen first, and their square roots.
    count: Vec<f64>,
    root: Vec<f64>,
    /// By list and history: 1 where the history holds the list.
    holds: Vec<f64>,
    log_unseen: f64,
    /// How often starts were asked for; each time there are other random ones.
    asked: u64,
    rates: Rates,
    /// By class and history: shares of the classes, and persons.
    share: Vec<f64>,
    persons: Vec<f64>,
    /// By parameter and history: scores times the root of the persons.
    score: Vec<f64>,
    /// Persons by class; by class and list.
    mass: Vec<f64>,
    on: Vec<f64>,
    chance: Vec<f64>,
}

/// Chances worked out from parameters.
#[derive(Debug, Default, Clone)]
struct Rates {
    weight: Vec<f64>,
    /// By class and list.
    on: Vec<f64>,
    odds: Vec<f64>,
    /// Of nobody's history, by class.
    none: Vec<f64>,
}

impl Rates {
    fn fill(&mut self, t: usize, classes: usize, theta: &[f64]) {
        let logits = || std::iter::once(0.0).chain(theta[..classes - 1].iter().copied());
        let top = logits().fold(f64::NEG_INFINITY, f64::max);
        self.weight.clear();
        self.weight.extend(logits().map(|x| (x - top).exp()));
        let sum: f64 = self.weight.iter().sum();
        self.weight.iter_mut().for_each(|w| *w /= sum);
        self.odds.clear();
        self.odds.extend(theta[classes - 1..].iter().map(|x| x.exp()));
        self.on.clear();
        self.on.extend(self.odds.iter().map(|o| o / (1.0 + o)));
        self.none.clear();
        let missed =
            |c: usize| self.odds[c * t..(c + 1) * t].iter().map(|o| 1.0 / (1.0 + o)).product::<f64>();
        self.none.extend((0..classes).map(|c| self.weight[c] * missed(c)));
    }

    fn chance_of(&self, t: usize, w: Mask) -> f64 {
        let joint = |(c, none): (usize, &f64)| {
            let odds = self.odds[c * t..(c + 1) * t].iter().enumerate();
            odds.filter(|(j, _)| w >> j & 1 == 1).fold(*none, |product, (_, o)| product * o)
        };
        self.none.iter().enumerate().map(joint).sum()
    }
}

impl Classes {
    pub(super) fn new(t: usize, cells: Vec<(Mask, f64)>, classes: usize, seed: u64) -> Self {
        let n = cells.iter().map(|c| c.1).sum();
        let on = |j: usize| cells.iter().filter(|c| c.0 >> j & 1 == 1).map(|c| c.1).sum();
        let sizes = (0..t).map(on).collect();
        let masks = || std::iter::once(0).chain(cells.iter().map(|c| c.0));
        let holds = (0..t).flat_map(|j| masks().map(move |w| f64::from(w >> j & 1))).collect();
        let many = cells.len() + 1;
        let count: Vec<f64> = std::iter::once(0.0).chain(cells.iter().map(|c| c.1)).collect();
        Self {
            t,
            number: classes,
            seed,
            n,
            sizes,
            root: count.iter().map(|c| c.sqrt()).collect(),
            count,
            holds,
            log_unseen: 0.0,
            asked: 0,
            rates: Rates::default(),
            share: vec![0.0; classes * many],
            persons: vec![0.0; classes * many],
            score: Vec::new(),
            mass: vec![0.0; classes],
            on: vec![0.0; classes * t],
            chance: vec![0.0; many],
            cells,
        }
    }

    fn dimension(&self) -> usize {
        self.number - 1 + self.number * self.t
    }

    /// One pass over the data: the log-likelihood, persons by class, and persons by class and list.
    fn expect(&mut self, unseen: f64, theta: &[f64]) -> f64 {
        let (t, k, many) = (self.t, self.number, self.count.len());
        self.rates.fill(t, k, theta);
        self.count[0] = unseen;
        self.root[0] = unseen.sqrt();
        self.chance.fill(0.0);
        for (c, share) in self.share.chunks_exact_mut(many).enumerate() {
            share.fill(self.rates.none[c]);
            for (j, holds) in self.holds.chunks_exact(many).enumerate() {
                let more = self.rates.odds[c * t + j] - 1.0;
                share.iter_mut().zip(holds).for_each(|(s, h)| *s *= 1.0 + h * more);
            }
            self.chance.iter_mut().zip(&*share).for_each(|(x, s)| *x += s);
        }
        self.log_unseen = self.chance[0].ln();
        let logs = self.count.iter().zip(&self.chance).filter(|(n, _)| **n > 0.0);
        let value = logs.map(|(n, x)| n * x.ln()).sum();
        let shares = self.share.chunks_exact_mut(many).zip(self.persons.chunks_exact_mut(many));
        for (c, (share, persons)) in shares.enumerate() {
            for i in 0..many {
                share[i] /= self.chance[i];
                persons[i] = share[i] * self.count[i];
            }
            self.mass[c] = persons.iter().sum();
            for (j, holds) in self.holds.chunks_exact(many).enumerate() {
                self.on[c * t + j] = dot(persons, holds);
            }
        }
        value
    }

    /// Steps of the EM algorithm; returns the log-likelihood before the last.
    fn improve(&mut self, unseen: f64, theta: &mut [f64], rounds: usize) -> f64 {
        let (t, k) = (self.t, self.number);
        let mut value = f64::NEG_INFINITY;
        for _ in 0..rounds {
            value = self.expect(unseen, theta);
            for c in 1..k {
                theta[c - 1] = (self.mass[c] / self.mass[0]).ln();
            }
            for c in 0..k {
                for j in 0..t {
                    let on = self.on[c * t + j];
                    theta[k - 1 + c * t + j] = (on / (self.mass[c] - on)).ln();
                }
            }
            for x in theta.iter_mut() {
                *x = if x.is_nan() { 0.0 } else { x.clamp(-LIMIT, LIMIT) };
            }
        }
        value
    }

    /// Random parameters: classes from seldom to often seen, at random distances.
    fn random(&self, unseen: f64, number: u64) -> Vec<f64> {
        let (t, k) = (self.t, self.number);
        let mut rng = stream(self.seed, (self.asked * 64 + number) * 8 + k as u64);
        let mut by_size: Vec<usize> = (0..t).collect();
        by_size.sort_by(|a, b| self.sizes[*b].total_cmp(&self.sizes[*a]));
        let mut theta: Vec<f64> = (1..k).map(|_| 3.0 * rng.random::<f64>() - 2.5).collect();
        let distance = 0.5 + 3.0 * rng.random::<f64>();
        // The first ones differ in how often only, the later ones in which lists too.
        let noise = if number < 2 { 0.0 } else { 2.5 };
        for c in 0..k {
            let level = distance * (c as f64 - 0.3);
            let mut own = vec![0.0; t];
            for j in &by_size {
                let near = start_logit(self.sizes[*j] / (self.n + unseen));
                own[*j] = (near + level + noise * (rng.random::<f64>() - 0.5)).clamp(-LIMIT, LIMIT);
            }
            theta.extend(own);
        }
        theta
    }

    /// One class fewer at its best.
    fn fewer(&self, unseen: f64) -> Option<Vec<f64>> {
        let (t, k) = (self.t, self.number);
        if k == 2 {
            return Some(self.sizes.iter().map(|m| start_logit(m / (self.n + unseen))).collect());
        }
        let mut member = Self::new(t, self.cells.clone(), k - 1, self.seed);
        let mut ascent = Ascent::default();
        let tops = member.starts(unseen).into_iter().map(|mut theta| {
            let value = ascent.climb(&mut member, unseen, &mut theta);
            (value, theta)
        });
        tops.max_by(|a, b| a.0.total_cmp(&b.0)).map(|top| top.1)
    }

    /// Unseen persons if the lists were independent, by the fixed point of `N = n / (1 - prod (1 - n_j / N))`.
    fn independent(&self) -> f64 {
        let mut total = 2.0 * self.n;
        for _ in 0..60 {
            let missed: f64 = self.sizes.iter().map(|m| 1.0 - m / total).product();
            total = (self.n / (1.0 - missed)).min(1e6 * self.n);
        }
        total - self.n
    }

    /// One class fewer at its best, with each class split in turn, and with one more that hardly anybody sees.
    fn split(&self, unseen: f64) -> Vec<Vec<f64>> {
        let (t, k) = (self.t, self.number);
        let Some(fewer) = self.fewer(unseen) else { return Vec::new() };
        let (logits, on) = fewer.split_at(k - 2);
        let mut starts: Vec<Vec<f64>> = (0..k - 1)
            .map(|c| {
                let own = &on[c * t..(c + 1) * t];
                let whole = if c == 0 { 0.0 } else { logits[c - 1] };
                let mut theta: Vec<f64> = logits.to_vec();
                theta.push(whole - 1.0);
                theta.extend(on);
                theta.extend(own.iter().map(|x| (x + 1.0).clamp(-LIMIT, LIMIT)));
                theta
            })
            .collect();
        // Such a class takes any number of unseen persons, so the others may be as they are without it.
        let usual = self.independent();
        if let Some(seen) = (unseen > usual).then(|| self.fewer(usual)).flatten() {
            let (logits, on) = seen.split_at(k - 2);
            let mut theta: Vec<f64> = logits.to_vec();
            let others: f64 = 1.0 + logits.iter().map(|x| x.exp()).sum::<f64>();
            theta.push((others * (unseen - usual) / (self.n + usual)).max(1e-3).ln());
            theta.extend(on);
            theta.extend(on[..t].iter().map(|x| (x - 6.0).max(-LIMIT)));
            starts.push(theta);
        }
        starts
    }
}

impl Member for Classes {
    fn log_unseen(&self) -> f64 {
        self.log_unseen
    }

    fn starts(&mut self, unseen: f64) -> Vec<Vec<f64>> {
        self.asked += 1;
        let random = (0..RANDOM * (self.number as u64 - 1)).map(|s| self.random(unseen, s));
        let all: Vec<Vec<f64>> = random.chain(self.split(unseen)).collect();
        let mut tried: Vec<(f64, Vec<f64>)> = all
            .into_iter()
            .map(|mut theta| (self.improve(unseen, &mut theta, ROUNDS), theta))
            .filter(|s| s.0.is_finite())
            .collect();
        tried.sort_by(|a, b| b.0.total_cmp(&a.0));
        // Starts that came to the same place count once.
        tried.dedup_by(|a, b| (a.0 - b.0).abs() < 1e-3);
        tried.truncate(KEPT);
        tried.into_iter().map(|s| s.1).collect()
    }

    fn many_tops(&self) -> bool {
        true
    }

    fn chances(&mut self, theta: &[f64]) -> Chances {
        self.rates.fill(self.t, self.number, theta);
        Chances::All((0..1 << self.t).map(|w| self.rates.chance_of(self.t, w)).collect())
    }
}

impl Objective for Classes {
    fn derivatives(&mut self, unseen: f64, theta: &[f64], d: &mut Derivatives) -> f64 {
        let (t, k, p, many) = (self.t, self.number, self.dimension(), self.count.len());
        d.clear(p);
        let value = self.scores(unseen, theta, d);
        let first = k - 1;
        let total = self.n + unseen;
        let Self { rates: Rates { weight, on: chance, .. }, mass, on, persons, holds, .. } = self;
        let mut both = vec![0.0; many];
        for a in 1..k {
            d.gradient[a - 1] = mass[a] - total * weight[a];
            for b in 1..=a {
                let same = if a == b { weight[a] } else { 0.0 };
                let complete = total * (same - weight[a] * weight[b]);
                // Squares of the scores that each class would have, over the persons expected in it.
                let squares: f64 = (0..k)
                    .map(|c| {
                        let own = |m: usize| if m == c { 1.0 - weight[m] } else { -weight[m] };
                        mass[c] * own(a) * own(b)
                    })
                    .sum();
                d.complete[(a - 1) * p + b - 1] = complete;
                d.observed[(a - 1) * p + b - 1] += complete - squares;
            }
        }
        for c in 0..k {
            for j in 0..t {
                let (row, pj, on_j) = (first + c * t + j, chance[c * t + j], on[c * t + j]);
                let slope = on_j - mass[c] * pj;
                d.gradient[row] = slope;
                for a in 1..k {
                    let own = if a == c { 1.0 - weight[a] } else { -weight[a] };
                    d.observed[row * p + a - 1] -= own * slope;
                }
                let here = persons[c * many..(c + 1) * many].iter().zip(&holds[j * many..(j + 1) * many]);
                both.iter_mut().zip(here).for_each(|(b, (n, h))| *b = n * h);
                for i in 0..=j {
                    let (pi, on_i) = (chance[c * t + i], on[c * t + i]);
                    let pair = dot(&both, &holds[i * many..(i + 1) * many]);
                    d.observed[row * p + first + c * t + i] -=
                        pair - pj * on_i - pi * on_j + pi * pj * mass[c];
                }
                let own = mass[c] * pj * (1.0 - pj);
                d.complete[row * p + row] = own;
                d.observed[row * p + row] += own;
            }
        }
        d.mirror();
        value
    }

    fn enough(&self) -> f64 {
        ENOUGH
    }

    fn limit(&self) -> f64 {
        LIMIT
    }

    fn reach(&self) -> f64 {
        2.0
    }
}

impl Classes {
    /// Adds the squares of the scores of each history to the lower triangle of the information, and collects the sums over
    /// persons by class; returns the log-likelihood.
    fn scores(&mut self, unseen: f64, theta: &[f64], d: &mut Derivatives) -> f64 {
        let (t, k, p, many) = (self.t, self.number, self.dimension(), self.count.len());
        let value = self.expect(unseen, theta);
        self.score.resize(p * many, 0.0);
        for (row, score) in self.score.chunks_exact_mut(many).enumerate() {
            if row + 1 < k {
                let weight = self.rates.weight[row + 1];
                let share = &self.share[(row + 1) * many..(row + 2) * many];
                (0..many).for_each(|i| score[i] = self.root[i] * (share[i] - weight));
                continue;
            }
            let (c, j) = ((row + 1 - k) / t, (row + 1 - k) % t);
            let (on, holds) = (self.rates.on[c * t + j], &self.holds[j * many..(j + 1) * many]);
            let share = &self.share[c * many..(c + 1) * many];
            (0..many).for_each(|i| score[i] = self.root[i] * share[i] * (holds[i] - on));
        }
        for a in 0..p {
            let x = &self.score[a * many..(a + 1) * many];
            for b in 0..=a {
                d.observed[a * p + b] = dot(x, &self.score[b * many..(b + 1) * many]);
            }
        }
        value
    }
}
