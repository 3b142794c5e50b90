//! A comparison with draws of `OpenDP`, made by its own mechanisms in `tests/opendp/make.py` and stored with it.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::geometric::{Epsilon, private};

const DRAWS: &str = include_str!("../opendp/draws.csv");

/// The number of draws of each mechanism, and of ours.
const EACH: usize = 200_000;

/// The number of draws of each value.
type Counts = BTreeMap<i64, u64>;

fn theirs(mechanism: &str, epsilon: f64) -> Counts {
    let prefix = format!("{mechanism},{epsilon:?},");
    let row = |line: &str| {
        let (value, count) = line.strip_prefix(prefix.as_str())?.split_once(',')?;
        Some((value.parse().unwrap(), count.parse().unwrap()))
    };
    DRAWS.lines().filter_map(row).collect()
}

fn ours(epsilon: f64) -> Counts {
    let epsilon = Epsilon::new(epsilon).unwrap();
    let mut all = Counts::new();
    for value in private(&vec![0; EACH], epsilon, b"a key for draws beside those of others", "opendp") {
        *all.entry(value).or_default() += 1;
    }
    all
}

/// The chi-square statistic of two samples of the same size, with neighbouring values merged until they have at least twenty draws, and
/// its number of cells.
fn chi_square(one: &Counts, other: &Counts) -> (f64, usize) {
    let values: BTreeSet<i64> = one.keys().chain(other.keys()).copied().collect();
    let mut cells: Vec<[u64; 2]> = Vec::new();
    let mut open = [0, 0];
    for value in values {
        for (sum, of) in open.iter_mut().zip([one, other]) {
            *sum += of.get(&value).copied().unwrap_or(0);
        }
        if open[0] + open[1] >= 20 {
            cells.push(std::mem::take(&mut open));
        }
    }
    if let Some(last) = cells.last_mut() {
        last[0] += open[0];
        last[1] += open[1];
    }
    let square = |cell: &[u64; 2]| cell[0].abs_diff(cell[1]).pow(2) as f64 / (cell[0] + cell[1]) as f64;
    (cells.iter().map(square).sum(), cells.len())
}

/// The value that chi-square exceeds with probability 1 in 10,000 (Wilson and Hilferty 1931).
fn beyond(degrees: usize) -> f64 {
    let of = degrees as f64;
    of * (1.0 - 2.0 / (9.0 * of) + 3.719 * (2.0 / (9.0 * of)).sqrt()).powi(3)
}

fn alike(one: &Counts, other: &Counts) -> bool {
    let (squares, cells) = chi_square(one, other);
    squares < beyond(cells - 1)
}

#[test]
fn noise_is_that_of_opendp_and_other_noise_is_not() {
    assert!(DRAWS.starts_with("# opendp 0.16.0, 200000 draws each\n"));
    // The values of published tables.
    assert!((beyond(20) - 52.4).abs() < 0.5 && (beyond(40) - 82.1).abs() < 0.5);
    for epsilon in [2.0, 1.0, 0.25] {
        let (own, laplace) = (ours(epsilon), theirs("laplace", epsilon));
        for counts in [&own, &laplace, &theirs("gaussian", epsilon)] {
            assert_eq!(counts.values().sum::<u64>(), EACH as u64, "{epsilon}");
        }
        assert!(alike(&own, &laplace), "{epsilon}: {:?}", chi_square(&own, &laplace));
        // Noise of the same variance and another shape is detected, and so is an epsilon that is 5% larger.
        assert!(!alike(&own, &theirs("gaussian", epsilon)), "{epsilon}");
        assert!(!alike(&ours(1.05 * epsilon), &laplace), "{epsilon}");
    }
}
