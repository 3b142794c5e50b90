//! The release of a measure: its counts, protected and attacked together with all earlier releases.

use ijsberg_disclosure::perturbation::Perturbation;

use super::{groups, nobody};
use crate::asked::{SdgCount, sdg_counts};
use crate::edition::fingerprint;
use crate::error::{PublishError, SHORTEST_KEY};
use crate::families::{Family, FamilyProtection};
use crate::gate::{self, ProtectionSettings, Refusal, ReleaseContents};
use crate::ledger::{Ledger, PublishedEstimate, Release};
use crate::legal::delays;
use crate::legal::delivery::{Outcome, Released, Request};
use crate::legal::measure::Measure;
use crate::legal::rows::total;
use crate::legal::tables::{MARKS, MORE, Reason};
use crate::linked::{GROUPS, IDENTIFIED};
use crate::persons::{KeptYears, behind, folded};
use crate::reporting_delay::{Days, Delays};
use crate::source::{Columns, DeliveredTable, Source};

/// Protects the counts of a measure and attacks them together with all earlier releases.
pub(super) fn release(
    request: &Request,
    measure: Measure,
    (columns, days): (&Columns<'_>, Option<&Days>),
    ledger: &Ledger,
) -> Result<Outcome, PublishError> {
    if request.secret.len() < SHORTEST_KEY {
        return Err(PublishError::ShortKey);
    }
    let noise = Perturbation::new(request.noise)?;
    let secret = request.secret_of(measure);
    let key = fingerprint(&secret);
    let settings = ProtectionSettings { noise: &request.noise, plain: request.plain, key: &key };
    gate::check_settings(settings, &noise, ledger)?;
    let last = ledger.releases.last().map_or(request.year, |r| r.year);
    let before = ledger.kept_years(&secret).ok_or(Refusal::Lost { year: last })?;
    let years = request.year..=request.year;
    let delivered = DeliveredTable::from_columns(columns, &years)?.with_years([request.year]);
    gate::check_lists(&delivered, &before, ledger, false)?;
    let attempt = |may_revise: bool| -> Result<Released, PublishError> {
        let mut kept = before.clone();
        let source = delivered.clone().into_source(Some(&years), &mut kept, &secret, may_revise);
        // A prosecution service states a count of 0 itself.
        if source.groups.is_empty() && measure == Measure::Registered {
            nobody::check_empty_year(request, columns, &before)?;
        }
        let made = protected_counts(request, measure, &noise, &source, &kept, ledger)?;
        let year = request.year.to_string();
        let held_back = source.held_back.values().sum();
        let of_year = (year.as_str(), made.vintage, held_back);
        let delays = delays::published_delays(days, made.family("list"), ledger, of_year);
        let release = Release {
            year: request.year,
            from: request.year,
            date: request.date.to_string(),
            embargo: request.embargo.map(|day| day.to_string()),
            key: key.clone(),
            delivery: Some("legal".to_owned()),
            noise: (request.noise.variance, request.noise.largest, request.noise.hidden),
            plain: request.plain,
            vintages: source.vintages.clone(),
            behind: behind(&source.held_back),
            delays: delays.clone(),
            families: gate::published_counts(&made.families, &made.sdg_counts, &[])
                .into_iter()
                .filter(|f| !f.1.is_empty())
                .collect(),
            estimate: PublishedEstimate {
                reported: total(&made).number().unwrap_or(0),
                lower: None,
                upper: None,
            },
        };
        let mut ledger = ledger.clone();
        ledger.persons = kept.sealed(&secret);
        if !ledger.releases.contains(&release) {
            ledger.releases.push(release);
        }
        Ok(Released { delays, ledger, ..made })
    };
    let refused = |why: &Refusal| {
        matches!(why, Refusal::Recovered { .. } | Refusal::Exhausted { .. } | Refusal::Impossible { .. })
    };
    match attempt(true) {
        Err(PublishError::Refused(why)) => match attempt(false) {
            Ok(made) => Ok(Outcome::Released(Box::new(made))),
            Err(_) if refused(&why) => Ok(Outcome::Missing(Reason::Refused(why))),
            Err(_) => Err(why.into()),
        },
        other => Ok(Outcome::Released(Box::new(other?))),
    }
}

/// The counts of a measure that passed the attack.
fn protected_counts(
    request: &Request,
    measure: Measure,
    noise: &Perturbation,
    source: &Source,
    kept: &KeptYears,
    ledger: &Ledger,
) -> Result<Released, PublishError> {
    let registered = measure == Measure::Registered;
    let mut numbers = if registered { sdg_counts(source, noise, request.plain) } else { Vec::new() };
    let parameters = &request.noise;
    let how = FamilyProtection { noise, parameters, plain: request.plain, sdg_counts: &numbers };
    let more = if registered { &MORE[..] } else { &[] };
    let wanted: Vec<&str> = measure.by().iter().map(|b| b.0).chain(more.iter().copied()).collect();
    // The published version of the year may lack a column that was added later: its persons then have no values in that column.
    let year = request.year.to_string();
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
    // Breakdowns in addition to the article, published only if no count of the article is suppressed for them.
    let mut extra = |name: &str| {
        let at = source.covariates.iter().position(|c| c == name).filter(|_| registered)?;
        if !has(of_year.map(|y| &y.covariates), name) {
            frozen.push(name.to_owned());
            return None;
        }
        Some(Family::by_covariate(source, how, at))
    };
    let extras = groups::ExtraBreakdowns { groups: extra(GROUPS), identified: extra(IDENTIFIED) };
    numbers.retain(|n| {
        let needs = [("form", n.series != "VC_HTF_DETV"), ("sex", n.sex != "_T"), ("age", n.age != "_T")];
        needs.iter().all(|(by, wanted)| !wanted || !frozen.iter().any(|f| f == by))
    });
    let before: Vec<[&'static str; 3]> = numbers.iter().map(|n| [n.series, n.sex, n.age]).collect();
    let attack = |families: &mut [Family], sdg_counts: &mut Vec<SdgCount>| {
        let contents = ReleaseContents { families, sdg_counts, histories: &[] };
        gate::attack(contents, &source.vintages, kept, &request.noise, ledger)
    };
    let (mut passed, [no_groups, no_identified]) =
        groups::check_with_both(&mut families, &mut numbers, extras, attack)?;
    passed.revised.clone_from(&source.revised);
    let shown = |codes: &[&'static str; 3]| numbers.iter().any(|n| [n.series, n.sex, n.age] == *codes);
    Ok(Released {
        has_no_persons: source.groups.is_empty(),
        withheld: before.into_iter().filter(|codes| !shown(codes)).collect(),
        sdg_protection: request.plain.for_sdg_counts(),
        families,
        sdg_counts: numbers,
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
