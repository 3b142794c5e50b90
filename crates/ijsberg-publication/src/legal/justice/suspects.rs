//! Tables b to g from the records of a register: each suspect counts once a year in each measure, each decision and judgment once.

use ijsberg_register::proceedings::{Stage, Step, Suspect};
use jiff::civil::Date;

use super::{Justice, Numbers};
use crate::country::Country;
use crate::eu;
use crate::legal::measure::{Measure, UNKNOWN};

/// Trafficking, as the register codes it.
const TRAFFICKING: &str = "article_2";

/// Use of services of a victim, likewise.
const USE: &str = "article_18a";

/// Of which steps a measure is, and for which offence; nothing of victims.
fn asked(measure: Measure) -> Option<(Stage, &'static str)> {
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

/// The steps of a suspect that a measure counts: one at most where persons are counted.
fn counted(measure: Measure, steps: &[Step]) -> Vec<&Step> {
    let Some((stage, offence)) = asked(measure) else { return Vec::new() };
    let of: Vec<&Step> = steps.iter().filter(|s| s.stage == stage && s.offence == offence).collect();
    let first = |outcome: &str| of.iter().copied().find(|s| s.outcome == outcome);
    let one = match measure {
        Measure::Registered | Measure::Decisions | Measure::Judgments => return of,
        Measure::Suspected | Measure::UseSuspected => {
            let formed = of.iter().copied().find(|s| !s.form.eq_ignore_ascii_case(UNKNOWN));
            formed.or(of.first().copied())
        }
        // Charged with this offence counts before another one, whichever came first.
        Measure::Prosecuted => first("charged").or_else(|| first("charged_other")),
        Measure::UseProsecuted => first("charged"),
        Measure::Convicted | Measure::UseConvicted => first("conviction"),
    };
    one.into_iter().collect()
}

impl Numbers {
    /// One more, at the levels that it is of. What is at none of them is at the last: not known, or another decision.
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
    /// The numbers of a year from what happened to suspects in it; nothing where nothing did. Where nothing of a kind was recorded, such
    /// as judgments, what it would count is not there: nobody knows that there were none.
    pub fn of_suspects(suspects: &[Suspect], country: &Country, year: i16) -> Option<Self> {
        let on = Date::new(year, 12, 31).unwrap_or_default();
        let mut all = Self { from_records: true, ..Self::default() };
        let recorded = |stage: Stage| suspects.iter().any(|s| s.steps.iter().any(|step| step.stage == stage));
        let there = Measure::ALL.into_iter().filter(|m| asked(*m).is_some_and(|(stage, _)| recorded(stage)));
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
    fn a_suspect_counts_once_and_each_decision_once() {
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
        let told = |n, by: &str| Some((n, by.to_owned()));
        assert_eq!(of(Measure::Suspected), told(1, "adult 1, other_eu 1, LABOUR 1, M 1"));
        assert_eq!(of(Measure::Prosecuted), told(1, "adult 1, other_eu 1, charged 1, LABOUR 1, M 1"));
        assert_eq!(of(Measure::Decisions), told(3, "charged 1 charged_other 1 not_charged 1"));
        assert_eq!(of(Measure::Convicted), told(1, "adult 1, other_eu 1, M 1"));
        assert_eq!(of(Measure::Judgments), told(2, "acquittal 1 conviction 1"));
        assert_eq!(of(Measure::UseSuspected), told(1, "adult 1, F 1"));
        // Charged with something else is not charged with this.
        assert_eq!(of(Measure::UseProsecuted), told(0, ""));
        assert_eq!((of(Measure::UseConvicted), of(Measure::Registered)), (told(0, ""), None));
    }

    #[test]
    fn what_was_not_recorded_is_not_nobody() {
        let one = suspect("X", "SY", &[step(Stage::Suspicion, TRAFFICKING, "OTHER", "")]);
        let all = [one];
        assert_eq!(numbers(&all, Measure::Suspected), Some((1, "adult 1, other 1, OTHER 1, X 1".to_owned())));
        assert_eq!(numbers(&all, Measure::UseSuspected), Some((0, String::new())));
        assert!(numbers(&all, Measure::Prosecuted).is_none() && numbers(&all, Measure::Judgments).is_none());
        assert!(numbers(&[], Measure::Suspected).is_none());
    }
}
