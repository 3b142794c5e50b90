//! Tables b to g from the records of a register: each suspect counts once per year in each measure, and each decision and judgment once.

use ijsberg_register::proceedings::{Stage, Step, Suspect};
use jiff::civil::Date;

use super::{Justice, Numbers};
use crate::country::Country;
use crate::eu;
use crate::legal::measure::{Measure, UNKNOWN};

/// The register's code of the offence of trafficking.
const TRAFFICKING: &str = "article_2";

/// The register's code of the offence of using the services of a victim.
const USE: &str = "article_18a";

/// The stage and the offence that a measure counts; `None` for registered victims.
fn stage_and_offence(measure: Measure) -> Option<(Stage, &'static str)> {
    match measure {
        Measure::Registered => None,
        Measure::Suspected => Some((Stage::Suspicion, TRAFFICKING)),
        Measure::Prosecuted | Measure::Decisions => Some((Stage::Prosecution, TRAFFICKING)),
        Measure::Convicted | Measure::Judgments => Some((Stage::Judgment, TRAFFICKING)),
        Measure::UseSuspected => Some((Stage::Suspicion, USE)),
        Measure::UseProsecuted => Some((Stage::Prosecution, USE)),
        Measure::UseConvicted => Some((Stage::Judgment, USE)),
    }
}

/// The steps of a suspect that a measure counts: at most one if the measure counts persons.
fn counted(measure: Measure, steps: &[Step]) -> Vec<&Step> {
    let Some((stage, offence)) = stage_and_offence(measure) else { return Vec::new() };
    let of: Vec<&Step> = steps.iter().filter(|s| s.stage == stage && s.offence == offence).collect();
    let first = |outcome: &str| of.iter().copied().find(|s| s.outcome == outcome);
    let one = match measure {
        Measure::Registered | Measure::Decisions | Measure::Judgments => return of,
        Measure::Suspected | Measure::UseSuspected => {
            let formed = of.iter().copied().find(|s| !s.form.eq_ignore_ascii_case(UNKNOWN));
            formed.or(of.first().copied())
        }
        // A charge with this offence takes precedence over a charge with another one, in any order.
        Measure::Prosecuted => first("charged").or_else(|| first("charged_other")),
        Measure::UseProsecuted => first("charged"),
        Measure::Convicted | Measure::UseConvicted => first("conviction"),
    };
    one.into_iter().collect()
}

impl Numbers {
    /// Counts a step at its level of each breakdown. A value that is not a level counts at the last level: unknown, or other.
    fn count(&mut self, measure: Measure, suspect: &Suspect, group: Option<&str>, step: &Step) {
        self.total += 1;
        for (by, levels) in measure.by() {
            let code = match *by {
                "sex" => suspect.sex.as_str(),
                "age" => step.age,
                "citizenship" => group.unwrap_or(UNKNOWN),
                "form" => step.form.as_str(),
                _ => step.outcome.as_str(),
            };
            let level = levels.iter().copied().find(|level| *level == code).or(levels.last().copied());
            if let Some(level) = level {
                *self.by.entry(*by).or_default().entry(level).or_default() += 1;
            }
        }
    }
}

impl Justice {
    /// The numbers of a year from the steps of suspects in it; `None` if there are none. If no step of a stage was recorded, such as
    /// judgments, its measures are absent: it is not known that there were none.
    pub fn of_suspects(suspects: &[Suspect], country: &Country, year: i16) -> Option<Self> {
        let on = Date::new(year, 12, 31).unwrap_or_default();
        let mut all = Self { from_records: true, ..Self::default() };
        let recorded = |stage: Stage| suspects.iter().any(|s| s.steps.iter().any(|step| step.stage == stage));
        let is_recorded = |m: &Measure| stage_and_offence(*m).is_some_and(|(stage, _)| recorded(stage));
        let there = Measure::ALL.into_iter().filter(is_recorded);
        for measure in there {
            let numbers = all.numbers.entry((year, measure)).or_default();
            for suspect in suspects {
                let citizenships: Vec<&str> = suspect.citizenships.iter().map(String::as_str).collect();
                let group = eu::group(&citizenships, &country.code, on);
                for step in counted(measure, &suspect.steps) {
                    numbers.count(measure, suspect, group, step);
                }
            }
        }
        (!all.numbers.is_empty()).then_some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(stage: Stage, offence: &str, form: &str, outcome: &str) -> Step {
        Step {
            stage,
            offence: offence.to_owned(),
            form: form.to_owned(),
            age: "adult",
            outcome: outcome.to_owned(),
        }
    }

    fn suspect(sex: &str, citizenship: &str, steps: &[Step]) -> Suspect {
        let citizenships = Some(citizenship.to_owned()).filter(|c| !c.is_empty()).into_iter().collect();
        Suspect { sex: sex.to_owned(), citizenships, steps: steps.to_vec() }
    }

    fn numbers(suspects: &[Suspect], measure: Measure) -> Option<(u64, String)> {
        let all = Justice::of_suspects(suspects, &Country::shipped("528").unwrap(), 2025)?;
        assert!(all.is_from_records() && all.numbers(2024, measure).is_none());
        let of = all.numbers(2025, measure)?;
        let by = of.by.values().map(|levels| {
            assert_eq!(levels.values().sum::<u64>(), of.total);
            levels.iter().map(|(l, n)| format!("{l} {n}")).collect::<Vec<_>>().join(" ")
        });
        Some((of.total, by.collect::<Vec<_>>().join(", ")))
    }

    #[test]
    fn each_suspect_and_each_decision_counts_once() {
        use Stage::{Judgment, Prosecution, Suspicion};
        let all = [
            suspect(
                "M",
                "RO",
                &[
                    step(Suspicion, TRAFFICKING, "UNKNOWN", ""),
                    step(Suspicion, TRAFFICKING, "LABOUR", ""),
                    step(Prosecution, TRAFFICKING, "LABOUR", "charged_other"),
                    step(Prosecution, TRAFFICKING, "LABOUR", "charged"),
                    step(Judgment, TRAFFICKING, "LABOUR", "acquittal"),
                    step(Judgment, TRAFFICKING, "LABOUR", "conviction"),
                ],
            ),
            suspect("", "", &[step(Prosecution, TRAFFICKING, "SEXUAL", "not_charged")]),
            suspect("F", "NL", &[step(Suspicion, USE, "UNKNOWN", "")]),
            suspect("F", "NL", &[step(Prosecution, USE, "UNKNOWN", "charged_other")]),
        ];
        let of = |measure| numbers(&all, measure);
        let counts = |n, by: &str| Some((n, by.to_owned()));
        assert_eq!(of(Measure::Suspected), counts(1, "adult 1, other_eu 1, LABOUR 1, M 1"));
        assert_eq!(of(Measure::Prosecuted), counts(1, "adult 1, other_eu 1, charged 1, LABOUR 1, M 1"));
        assert_eq!(of(Measure::Decisions), counts(3, "charged 1 charged_other 1 not_charged 1"));
        assert_eq!(of(Measure::Convicted), counts(1, "adult 1, other_eu 1, M 1"));
        assert_eq!(of(Measure::Judgments), counts(2, "acquittal 1 conviction 1"));
        assert_eq!(of(Measure::UseSuspected), counts(1, "adult 1, F 1"));
        // A charge with another offence does not count.
        assert_eq!(of(Measure::UseProsecuted), counts(0, ""));
        assert_eq!((of(Measure::UseConvicted), of(Measure::Registered)), (counts(0, ""), None));
    }

    #[test]
    fn unrecorded_stages_are_absent_and_not_zero() {
        let one = suspect("X", "SY", &[step(Stage::Suspicion, TRAFFICKING, "OTHER", "")]);
        let all = [one];
        assert_eq!(numbers(&all, Measure::Suspected), Some((1, "adult 1, other 1, OTHER 1, X 1".to_owned())));
        assert_eq!(numbers(&all, Measure::UseSuspected), Some((0, String::new())));
        assert!(numbers(&all, Measure::Prosecuted).is_none() && numbers(&all, Measure::Judgments).is_none());
        assert!(numbers(&[], Measure::Suspected).is_none());
    }
}
