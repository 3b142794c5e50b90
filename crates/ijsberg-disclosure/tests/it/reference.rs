//! Comparisons with the definitions of other programs.

use ijsberg_disclosure::geometric::{Epsilon, private};
use ijsberg_disclosure::perturbation::{Noise, Perturbation};

/// The sets of parameters of the documentation of R's `ptable` 1.0.0 (vignette: D = 2, V = 1; `pt_ex_cnts`: D = 2, V = 1.05, js = 1;
/// `plot`: D = 3, V = 1.05, js = 1). The probabilities have the largest entropy for these moments; they were found in R by optimising the
/// free probabilities themselves, without assuming a form.
#[test]
fn perturbation_tables_are_those_of_largest_entropy_for_the_parameters_of_ptable() {
    type Row<'a> = (u64, &'a [(i64, f64)]);
    let tables: [(Noise, &[Row<'_>]); 3] = [
        (
            Noise { variance: 1.0, largest: 2, hidden: 0 },
            &[
                (1, &[(-1, 0.39806), (0, 0.30581), (1, 0.19419), (2, 0.10194)]),
                (2, &[(-2, 0.06383), (-1, 0.24469), (0, 0.38296), (1, 0.24469), (2, 0.06383)]),
                (3, &[(-2, 0.06383), (-1, 0.24469), (0, 0.38296), (1, 0.24469), (2, 0.06383)]),
            ],
        ),
        (
            Noise { variance: 1.05, largest: 2, hidden: 1 },
            &[
                (1, &[(-1, 0.50833), (1, 0.47500), (2, 0.01667)]),
                (2, &[(-2, 0.16156), (0, 0.55565), (1, 0.24247), (2, 0.04033)]),
                (3, &[(-1, 0.41231), (0, 0.28806), (1, 0.18694), (2, 0.11269)]),
            ],
        ),
        (
            Noise { variance: 1.05, largest: 3, hidden: 1 },
            &[
                (2, &[(-2, 0.16023), (0, 0.56143), (1, 0.23846), (2, 0.03768), (3, 0.00221)]),
                (3, &[(-3, 0.02183), (-1, 0.30669), (0, 0.37833), (1, 0.22247), (2, 0.06236), (3, 0.00833)]),
                (4, &[(-2, 0.06576), (-1, 0.24780), (0, 0.38072), (1, 0.23848), (2, 0.06090), (3, 0.00634)]),
            ],
        ),
    ];
    for (noise, rows) in tables {
        let table = Perturbation::new(noise).unwrap();
        for (count, wanted) in rows {
            let found = table.distribution(*count);
            assert_eq!(found.len(), wanted.len(), "{noise:?} {count}");
            for ((d, p), (e, q)) in found.iter().zip(*wanted) {
                assert!(d == e && (p - q).abs() < 2e-5, "{noise:?} {count}: {found:?}");
            }
        }
    }
}

/// For each number of degrees of freedom, a value that chi-square exceeds with probability below 1 in 10,000.
const BEYOND: [(usize, f64); 2] = [(20, 52.4), (40, 82.1)];

/// The discrete Laplace distribution of `OpenDP` (`make_geometric`, scale 1 / epsilon): `(1 - a) / (1 + a) a^|d|` with `a = e^-epsilon`,
/// by a chi-square test over all values with enough expected draws.
#[test]
fn geometric_noise_has_the_chances_of_the_discrete_laplace_distribution() {
    for (epsilon, half, most) in [(2.0, 10_i64, BEYOND[0].1), (0.25, 20, BEYOND[1].1)] {
        let draws = 400_000_usize;
        let epsilon = Epsilon::new(epsilon).unwrap();
        let a = (-epsilon.get()).exp();
        let key = b"a key for a test of the distribution";
        let noisy = private(&vec![0; draws], epsilon, key, "chi-square");
        // The first and last cells include everything beyond them.
        let chance = |d: i64| (1.0 - a) / (1.0 + a) * a.powi(d.unsigned_abs() as i32);
        let (mut squares, mut seen, mut cells) = (0.0, 0.0, 0_usize);
        for d in -half..=half {
            let expected = draws as f64 * if d.abs() == half { chance(d) / (1.0 - a) } else { chance(d) };
            let of = |x: &&i64| {
                if d == half {
                    **x >= d
                } else if d == -half {
                    **x <= d
                } else {
                    **x == d
                }
            };
            let observed = noisy.iter().filter(of).count() as f64;
            seen += observed;
            if expected >= 5.0 {
                squares += (observed - expected).powi(2) / expected;
                cells += 1;
            }
        }
        assert_eq!(seen, draws as f64);
        assert!(cells > 8 && squares < most, "{epsilon:?}: {squares} over {cells}");
    }
}

/// For neighbouring tables, every result is at most `e^epsilon` times as probable with one more person.
#[test]
fn no_value_discloses_more_than_epsilon() {
    for epsilon in [0.1, 1.0, 3.0] {
        let a = (-f64::from((epsilon * 1000.0) as u32) / 1000.0).exp();
        let chance =
            |seen: i64, count: i64| (1.0 - a) / (1.0 + a) * a.powi((seen - count).unsigned_abs() as i32);
        for seen in -30..30 {
            let ratio: f64 = (chance(seen, 5) / chance(seen, 6)).ln();
            assert!(ratio.abs() <= epsilon + 1e-9, "{seen}: {ratio}");
        }
    }
}

/// The probability that a published count, and the difference of two, are within 1.96 standard deviations of the noise from the true
/// value: the sum of probabilities, for every count. The wording of a report depends on the latter.
#[test]
fn intervals_of_counts_hold_the_true_ones() {
    let noise = Noise::default();
    let table = Perturbation::new(noise).unwrap();
    let within = 1.959_964 * noise.variance.sqrt();
    let one = |count: u64| -> f64 {
        table.distribution(count).iter().filter(|d| (d.0 as f64).abs() <= within).map(|d| d.1).sum()
    };
    let two = |before: u64, now: u64| -> f64 {
        let of = |count| table.distribution(count);
        let pairs =
            of(before).into_iter().flat_map(|a| of(now).into_iter().map(move |b| (a.0 - b.0, a.1 * b.1)));
        pairs.filter(|d| (d.0 as f64).abs() <= within * 2_f64.sqrt()).map(|d| d.1).sum()
    };
    assert!(
        (one(4) - 0.9227).abs() < 1e-4 && (one(1) - 0.9802).abs() < 1e-4 && (one(500) - 0.9756).abs() < 1e-4
    );
    assert!((1..20).all(|count| one(count) > 0.92));
    let least =
        (1..20).flat_map(|a| (1..20).map(move |b| (a, b))).map(|(a, b)| two(a, b)).fold(1.0, f64::min);
    assert!((two(500, 600) - 0.9576).abs() < 1e-4 && (least - 0.9406).abs() < 1e-4, "{least}");
}
