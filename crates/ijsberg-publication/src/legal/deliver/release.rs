//! The release of a measure: its counts, protected and attacked with everything that was given out before.

use ijsberg_disclosure::perturbation::Perturbation;

use super::{groups, nobody};
use crate::asked::{Asked as Number, asked as numbers_of};
use crate::edition::fingerprint;
use crate::error::{PublishError, SHORTEST_KEY};
use crate::families::{Family, Protection};
use crate::gate::{self, Refused, Telling, Ways};
use crate::ledger::{Given, Ledger, Release};
use crate::legal::delays;
use crate::legal::delivery::{Asked, Released, Spine};
use crate::legal::measure::Measure;
use crate::legal::rows::total;
use crate::legal::tables::{MARKS, MORE, Why};
use crate::linked::{GROUPS, IDENTIFIED};
use crate::persons::{Kept, behind, folded};
use crate::protection::{How, Plain};
use crate::reporting_delay::{Days, Delays};
use crate::source::{Columns, Delivered, Source};

/// Protects the counts of a measure and has them attacked with everything that was given out before.
pub(super) fn released(
    asked: &Asked,
    measure: Measure,
    (columns, days): (&Columns<'_>, Option<&Days>),
    ledger: &Ledger,
) -> Result<Spine, PublishError> {
    if asked.secret.len() < SHORTEST_KEY {
        return Err(PublishError::ShortKey);
    }
    let noise = Perturbation::new(asked.noise)?;
    let secret = asked.secret_of(measure);
    let key = fingerprint(&secret);
    gate::agrees(Ways { noise: &asked.noise, plain: asked.plain, key: &key }, &noise, ledger)?;
    let last = ledger.releases.last().map_or(asked.year, |r| r.year);
    let before = ledger.kept(&secret).ok_or(Refused::Lost { year: last })?;
    let delivered = Delivered::counted(columns, &(asked.year..=asked.year))?.counting([asked.year]);
    gate::same_lists(&delivered, &before, ledger, false)?;
    let attempt = |may_revise: bool| -> Result<Released, PublishError> {
        let mut kept = before.clone();
        let years = asked.year..=asked.year;
        let source = delivered.clone().published(Some(&years), &mut kept, &secret, may_revise);
        // A prosecution service says itself that there was nobody.
        if source.alike.is_empty() && measure == Measure::Registered {
            nobody::may_be_told(asked, columns, &before)?;
        }
        let made = told(asked, measure, &noise, &source, &kept, ledger)?;
        let year = asked.year.to_string();
        let held_back = source.held_back.values().sum();
        let of_year = (year.as_str(), made.vintage, held_back);
        let delays = delays::told(days, made.family("list"), ledger, of_year);
        let release = Release {
            year: asked.year,
            from: asked.year,
            date: asked.date.to_string(),
            embargo: asked.embargo.map(|day| day.to_string()),
            key: key.clone(),
            delivery: Some("legal".to_owned()),
            noise: (asked.noise.variance, asked.noise.largest, asked.noise.hidden),
            plain: asked.plain,
            vintages: source.vintages.clone(),
            behind: behind(&source.held_back),
            delays: delays.clone(),
            families: gate::told(&made.families, &made.asked, &[])
                .into_iter()
                .filter(|f| !f.1.is_empty())
                .collect(),
            estimate: Given { reported: total(&made).number().unwrap_or(0), lower: None, upper: None },
        };
        let mut ledger = ledger.clone();
        ledger.persons = kept.sealed(&secret);
        if !ledger.releases.contains(&release) {
            ledger.releases.push(release);
        }
        Ok(Released { delays, ledger, ..made })
    };
    let refused = |why: &Refused| {
        matches!(why, Refused::Recovered { .. } | Refused::Exhausted { .. } | Refused::Impossible { .. })
    };
    match attempt(true) {
        Err(PublishError::Refused(why)) => match attempt(false) {
            Ok(made) => Ok(Spine::Released(Box::new(made))),
            Err(_) if refused(&why) => Ok(Spine::Missing(Why::Refused(why))),
            Err(_) => Err(why.into()),
        },
        other => Ok(Spine::Released(Box::new(other?))),
    }
}

/// The counts of a measure, attacked.
fn told(
    asked: &Asked,
    measure: Measure,
    noise: &Perturbation,
    source: &Source,
    kept: &Kept,
    ledger: &Ledger,
) -> Result<Released, PublishError> {
    let registered = measure == Measure::Registered;
    let mut numbers = if registered { numbers_of(source, noise, asked.plain) } else { Vec::new() };
    let how = Protection { noise, of: &asked.noise, plain: asked.plain, asked: &numbers };
    let more = if registered { &MORE[..] } else { &[] };
    let wanted: Vec<&str> = measure.by().iter().map(|b| b.0).chain(more.iter().copied()).collect();
    // The year as it is published may be from before a column was there: nothing of that column is known of its persons then.
    let year = asked.year.to_string();
    let vintage = source.vintages.get(&year).copied().unwrap_or(0);
    let of_year = kept.years.get(&year).and_then(|v| v.get(vintage.checked_sub(1)?));
    let has = |names: Option<&Vec<String>>, name: &str| {
        names.is_some_and(|all| all.iter().any(|n| folded(n) == folded(name)))
    };
    let mut families = vec![Family::by_list(source, how)];
    let mut frozen = Vec::new();
    for name in wanted {
        let Some(at) = source.covariates.iter().position(|c| folded(c) == folded(name)) else { continue };
        if has(of_year.map(|y| &y.covariates), name) {
            families.push(Family::by_covariate(source, how, at));
        } else {
            frozen.push(name.to_owned());
        }
    }
    for marks in source.marks.iter().filter(|m| registered && MARKS.contains(&m.name.as_str())) {
        let all =
            marks.each.iter().all(|m| has(of_year.map(|y| &y.marks), &format!("{}.{}", marks.name, m.0)));
        if all {
            families.push(Family::by_mark(source, how, marks));
        } else {
            frozen.push(marks.name.clone());
        }
    }
    // What is told beside the article as far as it costs nothing that the article asks for.
    let mut beside = |name: &str| {
        let at = source.covariates.iter().position(|c| c == name).filter(|_| registered)?;
        if !has(of_year.map(|y| &y.covariates), name) {
            frozen.push(name.to_owned());
            return None;
        }
        Some(Family::by_covariate(source, how, at))
    };
    let (groups, identified) = (beside(GROUPS), beside(IDENTIFIED));
    numbers.retain(|n| {
        let needs = [("form", n.series != "VC_HTF_DETV"), ("sex", n.sex != "_T"), ("age", n.age != "_T")];
        needs.iter().all(|(by, wanted)| !wanted || !frozen.iter().any(|f| f == by))
    });
    let before: Vec<[&'static str; 3]> = numbers.iter().map(|n| [n.series, n.sex, n.age]).collect();
    let attack = |families: &mut [Family], asked_for: &mut Vec<Number>| {
        let telling = Telling { families, asked: asked_for, histories: &[] };
        gate::attack(telling, &source.vintages, kept, &asked.noise, ledger)
    };
    let beside = groups::Beside { groups, identified };
    let (mut passed, [no_groups, no_identified]) =
        groups::all_attacked(&mut families, &mut numbers, beside, attack)?;
    passed.revised.clone_from(&source.revised);
    let shown = |codes: &[&'static str; 3]| numbers.iter().any(|n| [n.series, n.sex, n.age] == *codes);
    Ok(Released {
        nobody: source.alike.is_empty(),
        withheld: before.into_iter().filter(|codes| !shown(codes)).collect(),
        asked_how: if asked.plain == Plain::Rounded { How::Rounded } else { How::Noise },
        families,
        asked: numbers,
        frozen,
        no_groups,
        no_identified,
        delays: Delays::new(),
        vintage,
        passed,
        held_back: source.held_back.values().sum(),
        without_year: source.without_year,
        ledger: Ledger::default(),
    })
}
