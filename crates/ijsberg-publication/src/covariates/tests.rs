use ijsberg_disclosure::perturbation::Noise;
use ijsberg_mse::methods::Silent;
use ijsberg_tables::{Choices, read};

use super::*;
use crate::families::{Family, FamilyProtection};
use crate::protection::TableProtection;

/// Synthetic persons, on the six lists of the Dutch study.
const TABLE: &str = include_str!("../../../../data/netherlands-synthetic.csv");

fn persons() -> Source {
    let table = read(TABLE.as_bytes(), &Choices::default()).unwrap();
    Source::from_table(&table, 2010..=2015, b"a key that is kept from year to year").unwrap()
}

/// The choice of the model and the estimate use the protected margins only: other margins of the same persons give another choice.
#[test]
fn the_model_is_chosen_by_protected_margins_and_nothing_else() {
    let noise = Perturbation::new(Noise::default()).unwrap();
    let mut ready = protected_margins(&persons(), &noise).unwrap();
    let settings = Settings { replicates: 4, ..Settings::default() };
    let estimate = |r: &ProtectedMargins| r.estimate(None, &noise, &settings, |_, _| true, &Silent);
    assert!(estimate(&ready).is_ok());
    // The same persons, with margins in which no list depends on a covariate.
    let (mut strata, mut lists) = (Vec::new(), Vec::new());
    let _ = ready.margins.map(|cell, n| {
        match cell {
            Cell::Stratum(levels) => strata.push((levels.to_vec(), n)),
            Cell::On(term, _) if term.covariate.is_none() => lists.push((term.lists, n)),
            Cell::On(..) => {}
        }
        n
    });
    let all: f64 = strata.iter().map(|s| s.1).sum();
    let share = |c: usize, l: usize| strata.iter().filter(|s| s.0[c] == l).map(|s| s.1).sum::<f64>() / all;
    let on = |mask: u32| lists.iter().find(|l| l.0 == mask).map_or(0.0, |l| l.1);
    let even = ready.margins.map(|cell, n| match cell {
        Cell::On(term, l) => term.covariate.map_or(n, |c| on(term.lists) * share(c, l)),
        Cell::Stratum(_) => n,
    });
    ready.margins = even;
    assert_eq!(estimate(&ready), Err(NoEstimateReason::Terms));
}

/// A count used in the estimate and published in a table has the same noise in both.
#[test]
fn counts_in_the_estimate_equal_those_in_the_tables() {
    let (source, of) = (persons(), Noise::default());
    let noise = Perturbation::new(of).unwrap();
    let ready = protected_margins(&source, &noise).unwrap();
    let plain = TableProtection::Noise;
    let how = FamilyProtection { noise: &noise, parameters: &of, plain, sdg_counts: &[] };
    let table = Family::by_list(&source, how);
    let (lists, years) = (&ready.lists, &ready.covariates[0].levels);
    let mut same = 0;
    let _ = ready.margins.map(|cell, n| {
        if let Cell::On(term, y) = cell
            && term.covariate == Some(0)
            && term.lists.is_power_of_two()
        {
            let l =
                table.levels.iter().position(|l| *l == lists[term.lists.trailing_zeros() as usize]).unwrap();
            let y = table.years.iter().position(|year| *year == years[y]).unwrap();
            assert_eq!(Some(n as u64), table.cells[l][y].map(crate::Protected::get), "{l} {y}");
            same += 1;
        }
        n
    });
    assert_eq!(same, 36);
}

/// Estimates add up: the total minus one of two levels is the other.
#[test]
fn what_is_hidden_does_not_follow_from_what_is_shown() {
    let noise = Perturbation::new(Noise::default()).unwrap();
    let settings = Settings { replicates: 4, ..Settings::default() };
    let shown = |name: &str, level: &str| (name, level) != ("nationality", "foreign");
    let ready = protected_margins(&persons(), &noise).unwrap();
    let found = ready.estimate(None, &noise, &settings, shown, &Silent).unwrap();
    let has = |name: &str| found.parts.iter().any(|p| p.part.iter().any(|of| of.0 == name));
    assert!(has("sex") && has("form") && has("year") && !has("nationality"));
    // For two covariates, all pairs are published or none.
    let pairs = |a: &str, b: &str| {
        let of = |p: &&CovariateEstimate| p.part.len() == 2 && p.part[0].0 == a && p.part[1].0 == b;
        found.parts.iter().filter(of).count()
    };
    for (a, b) in [("sex", "age"), ("sex", "form"), ("age", "form")] {
        assert!([0, 4].contains(&pairs(a, b)), "{a} {b}");
    }
}

/// The number of strata decides what is left out; whether strata of one or two persons count depends on their noise.
#[test]
fn strata_are_counted_by_what_is_protected() {
    let (source, noise) = (persons(), Perturbation::new(Noise::default()).unwrap());
    let of = |a: &PersonGroup| (a.year.clone(), a.levels.clone());
    let all: BTreeSet<_> = source.groups.iter().map(of).collect();
    let shown = all.iter().filter(|s| source.protected(&noise, |a| of(a) == **s).get() > 0).count();
    assert_eq!(source.count_groups(&noise, of), shown);
    assert!((all.len() / 2..all.len()).contains(&shown), "{shown} {}", all.len());
}
