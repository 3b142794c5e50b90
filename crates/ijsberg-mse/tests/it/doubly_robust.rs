//! The doubly robust estimator against drpop 0.0.3, and on a population of known size.

use ijsberg_mse::doubly_robust::{Person, against_the_rest, cross_fitted, from_chances};
use ijsberg_mse::strata::table::{Covariate, Row, Scale, StratifiedTable};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::tables::{close, golden};

#[test]
fn from_the_chances_that_drpop_used() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/drpop_sim_n3000.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let persons: Vec<Person> = text
        .lines()
        .skip(1)
        .map(|line| {
            // Two lists, two numbers and a factor, then the fold and the chances of both, the first and the second.
            let v: Vec<&str> = line.split(',').collect();
            let q = [7, 8, 6].map(|i| v[i].parse().unwrap());
            Person { on: [v[0] == "1", v[1] == "1"], fold: v[5].parse::<usize>().unwrap() - 1, q }
        })
        .collect();
    let ours = from_chances(&persons).unwrap();
    let reference = golden("drpop_sim");
    let theirs = &reference["from_given_nuisances"]["result"];
    let n = persons.len() as f64;
    assert_eq!((n, &theirs[0]["method"], &theirs[1]["method"]), (2879.0, &"DR".into(), &"PI".into()));
    close(n / ours.n_hat, theirs[0]["psi"].as_f64().unwrap(), 1e-9, "psi");
    close(n / ours.plug_in, theirs[1]["psi"].as_f64().unwrap(), 1e-9, "plug-in psi");
    close(ours.se, theirs[0]["sigman"].as_f64().unwrap(), 1e-9, "standard error");
}

#[test]
fn covariates_make_dependent_lists_independent() {
    // Two groups, seen often and seldom: without the covariate the lists depend on each other.
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    let mut rows = Vec::new();
    for (group, size, chances) in [(0, 20_000, [0.6, 0.5]), (1, 20_000, [0.1, 0.15])] {
        for _ in 0..size {
            let on = chances.map(|p| rng.random_bool(p));
            let history = u32::from(on[0]) | u32::from(on[1]) << 1;
            if history > 0 {
                rows.push((history, vec![Some(group)], 1));
            }
        }
    }
    let lists = vec!["a".to_owned(), "b".to_owned()];
    let group = Covariate::from_values("group", ["x", "y"].into_iter());
    let table = StratifiedTable::new(lists, vec![group], rows, Vec::new()).unwrap();
    let estimate = against_the_rest(&table, 0, 4).unwrap();
    assert!((estimate.n_hat - 40_000.0).abs() < 3.0 * estimate.se, "{estimate:?}");
    // Lincoln-Petersen, which knows no groups, misses a quarter.
    let count =
        |mask: u32| table.rows().iter().filter(|r| r.history & mask == mask).map(|r| r.count).sum::<f64>();
    assert!(count(1) * count(2) / count(3) < 0.8 * 40_000.0);
}

/// The table that drpop drew, with two numbers and a factor as covariates, and the fold of each of its rows.
fn drawn() -> (StratifiedTable, Vec<usize>, Vec<[f64; 3]>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/drpop_sim_n3000.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let covariates: Vec<Covariate> = [(2, "x1"), (3, "x2"), (4, "catcov")]
        .into_iter()
        .map(|(i, name)| {
            let mut c = Covariate::from_values(name, lines.iter().map(|l| l[i]));
            if i < 4 {
                c.scale = Scale::Number;
            }
            c
        })
        .collect();
    let level = |c: usize, l: &[&str]| covariates[c].levels.iter().position(|v| v == l[2 + c]);
    let rows = lines.iter().map(|l| {
        let history = u32::from(l[0] == "1") | u32::from(l[1] == "1") << 1;
        (history, (0..3).map(|c| level(c, l)).collect::<Vec<_>>(), 1)
    });
    let lists = vec!["y1".to_owned(), "y2".to_owned()];
    let table = StratifiedTable::new(lists, covariates.clone(), rows, Vec::new()).unwrap();
    // The table is sorted; each person has values of their own, which find the row of the file again.
    let place: std::collections::HashMap<_, _> =
        lines.iter().enumerate().map(|(i, l)| ((l[2], l[3]), i)).collect();
    let of = |r: &Row| {
        let value = |c: usize| covariates[c].levels[r.levels[c].unwrap()].as_str();
        &lines[place[&(value(0), value(1))]]
    };
    let folds = table.rows().iter().map(|r| of(r)[5].parse::<usize>().unwrap() - 1).collect();
    let chances =
        table.rows().iter().map(|r| [of(r)[7], of(r)[8], of(r)[6]].map(|x| x.parse().unwrap())).collect();
    (table, folds, chances)
}

#[test]
fn with_numbers_the_chances_on_the_same_folds_are_those_of_drpop() {
    let (table, folds, theirs) = drawn();
    let persons = cross_fitted(&table, 0, 2, &mut |row| folds[row]).unwrap();
    assert_eq!(persons.len(), 2879);
    let farthest = persons
        .iter()
        .zip(&theirs)
        .flat_map(|(p, q)| {
            // drpop cuts the second chance off where all three would add up to more than one, as the estimator does.
            let second = p.q[1].max(p.q[2] / p.q[0]).min(1.0 + p.q[2] - p.q[0]);
            [p.q[0] - q[0], second - q[1], p.q[2] - q[2]]
        })
        .fold(0.0, |most: f64, d| most.max(d.abs()));
    // Our slight ridge is all that differs.
    assert!(farthest < 2e-3, "{farthest}");
    let (ours, reference) = (from_chances(&persons).unwrap(), golden("drpop_sim"));
    let [dr, plug_in] = [0, 1].map(|i| reference["result"][i]["psi"].as_f64().unwrap());
    let n = persons.len() as f64;
    close(n / ours.n_hat, dr, 2e-4, "psi");
    close(n / ours.plug_in, plug_in, 2e-4, "plug-in psi");
    close(ours.se, reference["result"][0]["sigman"].as_f64().unwrap(), 1e-2, "standard error");
}

#[test]
fn with_numbers_the_estimate_on_folds_of_our_own_is_near_that_of_drpop() {
    let (table, _, _) = drawn();
    let ours = against_the_rest(&table, 0, 1).unwrap();
    // 3,000 persons; drpop says 2,996 with a standard error of 19.
    assert!((ours.n_hat - 2996.0).abs() < 15.0 && (ours.se / 19.1 - 1.0).abs() < 0.15, "{ours:?}");
}
