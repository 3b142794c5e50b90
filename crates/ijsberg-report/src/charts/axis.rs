//! Axes.

use crate::charts::{Svg, ink};

/// A logarithmic axis.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogAxis {
    low: f64,
    high: f64,
    left: f64,
    right: f64,
}

impl LogAxis {
    pub(crate) fn new(low: f64, high: f64, left: f64, right: f64) -> Self {
        // Without a finite number there is nothing to show, and no end of ticks.
        let low = if low.is_finite() { low.max(1.0) } else { 1.0 };
        let high = if high.is_finite() { high } else { low };
        Self { low: low / 1.05, high: high.max(low * 1.5) * 1.05, left, right }
    }

    pub(crate) fn at(&self, x: f64) -> f64 {
        let share = (x.clamp(self.low, self.high) / self.low).ln() / (self.high / self.low).ln();
        self.left + share * (self.right - self.left)
    }

    /// Round numbers within the axis: 1, 2 and 5 times powers of ten, or all digits where those are too few.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let few = self.multiples(&[1.0, 2.0, 5.0]);
        if few.len() > 2 {
            few
        } else {
            self.multiples(&[1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0])
        }
    }

    fn multiples(&self, of: &[f64]) -> Vec<f64> {
        let mut ticks = Vec::new();
        let mut power = 10_f64.powf(self.low.log10().floor());
        while power <= self.high {
            ticks.extend(of.iter().map(|m| m * power).filter(|x| *x >= self.low && *x <= self.high));
            power *= 10.0;
        }
        ticks
    }

    pub(crate) fn draw(&self, svg: &mut Svg, top: f64, bottom: f64, label: impl Fn(f64) -> String) {
        let mut written = f64::NEG_INFINITY;
        for tick in self.ticks() {
            let x = self.at(tick);
            svg.line((x, top), (x, bottom), ink::GRID, 1.0);
            if x - written < 64.0 {
                continue;
            }
            written = x;
            let label = label(tick);
            svg.centred(x, bottom + 16.0, &label);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_without_numbers_has_an_end() {
        for (low, high) in
            [(1.0, f64::INFINITY), (f64::INFINITY, f64::INFINITY), (f64::INFINITY, 0.0), (f64::NAN, f64::NAN)]
        {
            let axis = LogAxis::new(low, high, 0.0, 100.0);
            assert!(axis.ticks().len() < 100 && axis.at(50.0).is_finite(), "{low} {high}");
        }
    }
}
