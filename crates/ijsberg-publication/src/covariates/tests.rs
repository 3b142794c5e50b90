use ijsberg_disclosure::perturbation::Noise;
use ijsberg_mse::methods::Silent;
use ijsberg_tables::{Choices, read};

use super::*;
use crate::families::{Family, Protection};
use crate::protection::Plain;

/// Synthetic persons, on the six lists of the Dutch study.
const TABLE: &str = include_str!("../../../../data/netherlands-synthetic.csv");

fn persons() -> Source {
    let table = read(TABLE.as_bytes(), &Choices::default()).unwrap();
    Source::from_table(&table, 2010..=2015, b"a key that is kept from year to year").unwrap()
}

/// Choice and estimate know the persons by their protected margins: whatever these say is chosen, of the same persons.
#[test]
fn the_model_is_chosen_by_protected_margins_and_nothing_else() {
    let noise = Perturbation::new(Noise::default()).unwrap();
    let mut ready = ready(&persons(), &noise).unwrap();
    let settings = Settings { replicates: 4, ..Settings::default() };
    let estimate = |r: &Ready| r.estimate(None, &noise, &settings, |_, _| true, &Silent);
    assert!(estimate(&ready).is_ok());
    // The same persons, and margins in which no list has more of one level than of another.
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
    assert_eq!(estimate(&ready), Err(Without::Terms));
}

/// Where a table shows a count that the estimate is based on, it is the same count with the same noise.
#[test]
fn counts_of_an_estimate_are_those_of_the_tables_wherever_they_stand_there() {
    let (source, of) = (persons(), Noise::default());
    let noise = Perturbation::new(of).unwrap();
    let ready = ready(&source, &noise).unwrap();
    let how = Protection { noise: &noise, of: &of, plain: Plain::Noise, asked: &[] };
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

/// Estimates add up: everybody less one of two levels is the other.
#[test]
fn what_is_hidden_does_not_follow_from_what_is_shown() {
    let noise = Perturbation::new(Noise::default()).unwrap();
    let settings = Settings { replicates: 4, ..Settings::default() };
    let shown = |name: &str, level: &str| (name, level) != ("nationality", "foreign");
    let ready = ready(&persons(), &noise).unwrap();
    let found = ready.estimate(None, &noise, &settings, shown, &Silent).unwrap();
    let tells = |name: &str| found.parts.iter().any(|p| p.part.iter().any(|of| of.0 == name));
    assert!(tells("sex") && tells("form") && tells("year") && !tells("nationality"));
    // Of two covariates all pairs are there or none.
    let pairs = |a: &str, b: &str| {
        let of = |p: &&Explained| p.part.len() == 2 && p.part[0].0 == a && p.part[1].0 == b;
        found.parts.iter().filter(of).count()
    };
    for (a, b) in [("sex", "age"), ("sex", "form"), ("age", "form")] {
        assert!([0, 4].contains(&pairs(a, b)), "{a} {b}");
    }
}

/// How many strata there are decides what is left out: those of a person or two may be there or not, by their noise.
#[test]
fn strata_are_counted_by_what_is_protected() {
    let (source, noise) = (persons(), Perturbation::new(Noise::default()).unwrap());
    let of = |a: &Alike| (a.year.clone(), a.levels.clone());
    let all: BTreeSet<_> = source.alike.iter().map(of).collect();
    let shown = all.iter().filter(|s| source.protected(&noise, |a| of(a) == **s).get() > 0).count();
    assert_eq!(source.groups(&noise, of), shown);
    assert!((all.len() / 2..all.len()).contains(&shown), "{shown} {}", all.len());
}
