//! Populations that are simulated: people enter, stay or go, and are seen.

use rand_chacha::ChaCha8Rng;

use super::people::Returns;
use crate::chance::{binomial, multinomial};

/// What populations are drawn from.
#[derive(Debug)]
pub(super) struct Truth {
    /// People.
    pub(super) n: u64,
    /// Shares that enter, by year.
    pub(super) entered: Vec<f64>,
    /// The chance to stay, by step.
    pub(super) staying: Vec<f64>,
    /// The chance to be seen, by year.
    pub(super) seen: Vec<f64>,
    /// By year, numbers that are proportional to the chances of the histories of the persons seen.
    pub(super) weights: Vec<Vec<f64>>,
}

/// Who was seen.
#[derive(Debug)]
pub(super) struct SimulatedPeople {
    pub(super) returns: Returns,
    /// By year, people by history on the lists of that year.
    pub(super) cells: Vec<Vec<f64>>,
}

impl Truth {
    /// Draws a population and who is seen of it. Only numbers are kept: people by the year in which they were last seen, and those never seen
    /// yet.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> Option<SimulatedPeople> {
        let years = self.seen.len();
        let enter = multinomial(self.n, &self.entered, rng);
        let mut first = vec![0_u64; years];
        let mut next = vec![vec![0_u64; years]; years];
        let mut cells = Vec::with_capacity(years);
        let mut never = 0_u64;
        let mut known: Vec<u64> = Vec::with_capacity(years);
        for year in 0..years {
            if year > 0 {
                let stay = self.staying[year - 1].clamp(0.0, 1.0);
                never = binomial(never, stay, rng);
                known.iter_mut().for_each(|k| *k = binomial(*k, stay, rng));
            }
            never += enter[year];
            let seen = self.seen[year].clamp(0.0, 1.0);
            first[year] = binomial(never, seen, rng);
            never -= first[year];
            let mut here = first[year];
            for (last, k) in known.iter_mut().enumerate() {
                let again = binomial(*k, seen, rng);
                *k -= again;
                here += again;
                next[last][year] = again;
            }
            known.push(here);
            let of_year = multinomial(here, &self.weights[year], rng);
            cells.push(of_year.into_iter().map(|c| c as f64).collect());
        }
        Some(SimulatedPeople { returns: Returns::new(first, next).ok()?, cells })
    }
}
