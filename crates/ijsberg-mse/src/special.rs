//! The few special functions that the estimators need.
//!
//! `statrs` 0.19.1 carries its complementary error function to ten digits only, so the normal distribution rests on
//! `libm::erfc` here.

use libm::{erfc, lgamma};

/// `log Gamma(x)` for `x > 0`.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    lgamma(x)
}

/// The derivative of [`ln_gamma`] for `x > 0`: recurrence to ten and more, then the asymptotic series.
pub(crate) fn digamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift -= 1.0 / x;
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = r * (1.0 / 12.0 - r * (1.0 / 120.0 - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r / 132.0))));
    shift + x.ln() - 0.5 / x - series
}

/// Standard normal distribution function.
pub(crate) fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

/// Standard normal quantile: bisection on [`normal_cdf`] polished by Newton; infinite at 0 and 1.
///
/// ```
/// use ijsberg_mse::normal_quantile;
///
/// assert!((normal_quantile(0.975) - 1.959_964).abs() < 1e-6);
/// assert!((normal_quantile(0.3) + normal_quantile(0.7)).abs() < 1e-12);
/// ```
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let (mut lo, mut hi) = (-39.0, 39.0);
    for _ in 0..40 {
        let mid = 0.5 * (lo + hi);
        if normal_cdf(mid) < p { lo = mid } else { hi = mid }
    }
    let mut x: f64 = 0.5 * (lo + hi);
    for _ in 0..3 {
        let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
        if density > 0.0 {
            x -= (normal_cdf(x) - p) / density;
        }
    }
    x
}

/// The smaller tail of a Poisson distribution at `k`: `min(P(X <= k), P(X >= k))`.
///
/// Sums outward from `k`, where the terms of the smaller tail only shrink.
pub(crate) fn poisson_smaller_tail(k: u64, mean: f64) -> f64 {
    if mean <= 0.0 {
        return if k == 0 { 1.0 } else { 0.0 };
    }
    let at = |k: f64| (k * mean.ln() - mean - ln_gamma(k + 1.0)).exp();
    let tail = if (k as f64) <= mean {
        let (mut term, mut sum, mut i) = (at(k as f64), 0.0, k as f64);
        while i > 0.0 && term > sum * 1e-18 {
            sum += term;
            term *= i / mean;
            i -= 1.0;
        }
        sum + if i == 0.0 { term } else { 0.0 }
    } else {
        let (mut term, mut sum, mut i) = (at(k as f64), 0.0, k as f64);
        while term > sum * 1e-18 {
            sum += term;
            i += 1.0;
            term *= mean / i;
        }
        sum
    };
    let other = 1.0 - tail + at(k as f64);
    tail.min(other)
}

/// Upper tail of the chi-squared distribution: the regularised incomplete gamma function `Q(d / 2, x / 2)`.
///
/// By its series below the mean and Lentz's continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31).
pub(crate) fn chi_squared_upper(x: f64, degrees: usize) -> f64 {
    let (a, x) = (0.5 * degrees as f64, 0.5 * x);
    if x <= 0.0 {
        return 1.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut k) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-16 {
            k += 1.0;
            term *= x / k;
            sum += term;
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    let mut b = x + 1.0 - a;
    let mut c = 1e300;
    let mut d = 1.0 / b;
    let mut value = d;
    for i in 1..1000 {
        let i = f64::from(i);
        let step = -i * (i - a);
        b += 2.0;
        d = 1.0 / (step * d + b);
        c = b + step / c;
        value *= c * d;
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (front * value).clamp(0.0, 1.0)
}

/// Quantile of the beta distribution, by bisection on [`beta_lower`].
pub(crate) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if beta_lower(middle, a, b) < p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The quantile of Student's distribution between whose negative and itself `level` lies; normal for infinitely many degrees of freedom.
pub(crate) fn student_quantile(level: f64, degrees: f64) -> f64 {
    if degrees > 1e6 {
        return normal_quantile(0.5 + 0.5 * level);
    }
    // t^2 / (d + t^2) has a beta distribution.
    let x = beta_quantile(level, 0.5, 0.5 * degrees);
    (degrees * x / (1.0 - x)).sqrt()
}

/// The regularised incomplete beta function, by Lentz's continued fraction (Abramowitz and Stegun 26.5.8).
fn beta_lower(x: f64, a: f64, b: f64) -> f64 {
    // On the other side of the mean the fraction converges slowly.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_lower(1.0 - x, b, a);
    }
    if x <= 0.0 {
        return 0.0;
    }
    let front = a * x.ln() + b * (-x).ln_1p() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    let tiny = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let (mut c, mut d) = (1.0, 1.0 / tiny(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = value;
        for step in [even, odd] {
            d = 1.0 / tiny(1.0 + step * d);
            c = tiny(1.0 + step / c);
            value *= c * d;
        }
        if (value / before - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (front.exp() * value / a).clamp(0.0, 1.0)
}

/// Sample quantile, type 8 of Hyndman and Fan (1996): `h = m p + (p + 1) / 3`, clamped to the sample.
///
/// `sorted` must be ascending and may end in infinities.
pub(crate) fn quantile_type8(sorted: &[f64], p: f64) -> f64 {
    let m = sorted.len();
    if m == 0 || p.is_nan() {
        return f64::NAN;
    }
    let h = m as f64 * p + (p + 1.0) / 3.0;
    if h <= 1.0 {
        return sorted[0];
    }
    if h >= m as f64 {
        return sorted[m - 1];
    }
    let (low, high) = (sorted[h.floor() as usize - 1], sorted[h.floor() as usize]);
    if high.is_finite() { low + (h - h.floor()) * (high - low) } else { high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beta_quantiles_are_where_they_must_be() {
        // Of Beta(1, b) and Beta(a, 1) in closed form; of Beta(1/2, 1/2) by the arcsine law.
        for p in [0.025, 0.3, 0.5, 0.975_f64] {
            assert!((beta_quantile(p, 1.0, 7.0) - (1.0 - (1.0 - p).powf(1.0 / 7.0))).abs() < 1e-12);
            assert!((beta_quantile(p, 40.0, 1.0) - p.powf(1.0 / 40.0)).abs() < 1e-12);
            let arcsine = (0.5 * std::f64::consts::PI * p).sin().powi(2);
            assert!((beta_quantile(p, 0.5, 0.5) - arcsine).abs() < 1e-12);
        }
        let (low, high) = (beta_quantile(0.025, 2000.5, 8000.5), beta_quantile(0.975, 2000.5, 8000.5));
        // Nearly normal: 0.2 with a standard error of 0.004.
        assert!((low - 0.1922).abs() < 2e-4 && (high - 0.2079).abs() < 2e-4, "{low} {high}");
    }

    // References from R 4.2.2: qt.
    #[test]
    fn quantiles_of_student_agree_with_r() {
        for (level, degrees, q) in [
            (0.95, 1.0, 12.706204736432095),
            (0.95, 2.0, 4.302652729911275),
            (0.95, 12.0, 2.178812829663418),
            (0.8, 5.0, 1.475884048824481),
            (0.95, f64::INFINITY, 1.959963984540054),
        ] {
            let found = student_quantile(level, degrees);
            assert!((found / q - 1.0).abs() < 1e-9, "{level} {degrees}: {found}");
        }
    }

    // References from R 4.2.2: qnorm, ppois.
    #[test]
    fn agrees_with_r() {
        for (p, q) in
            [(0.975, 1.959963984540054), (0.5, 0.0), (1e-10, -6.361340902404056), (0.9999, 3.719016485455709)]
        {
            assert!((normal_quantile(p) - q).abs() < 1e-12, "{p}: {}", normal_quantile(p));
        }
        // ppois(3, 10) and 1 - ppois(24, 10)
        assert!((poisson_smaller_tail(3, 10.0) - 0.010336050675925726).abs() < 1e-15);
        assert!((poisson_smaller_tail(25, 10.0) - 4.69493814e-05).abs() < 1e-13);
        assert!((poisson_smaller_tail(0, 8.3) - (-8.3_f64).exp()).abs() < 1e-18);
        // digamma(1) is minus Euler's constant, digamma(1/2) that less 2 log 2; digamma(10) of R.
        let euler = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + euler).abs() < 1e-13);
        assert!((digamma(0.5) + euler + 2.0 * 2_f64.ln()).abs() < 1e-13);
        assert!((digamma(10.0) - 2.251_752_589_066_721).abs() < 1e-13);
        assert_eq!(quantile_type8(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.5);
    }
}
