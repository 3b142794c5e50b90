//! Cases that cannot be assessed.

use ijsberg_signals::assess::{Case, CaseError, Wording, assess, day_of};
use ijsberg_signals::ilo::State;
use ijsberg_signals::rules::Rules;
use jiff::civil::{Date, date};

use crate::{TODAY, assess_today, case, state};

#[test]
fn facts_of_a_day_to_come_are_refused() {
    let rules = Rules::shipped();
    let on = |day: Date| {
        let c = Case { facts_on: Some(day), ..case(&["form_crime"], &["minor"]) };
        assess(&rules, &c, TODAY).map(|a| a.wording)
    };
    assert_eq!(on(TODAY), Ok(Wording::Indication));
    let tomorrow = TODAY.tomorrow().unwrap();
    assert_eq!(on(tomorrow), Err(CaseError::Future(tomorrow)));
    assert!(CaseError::Future(tomorrow).to_string().contains("facts_on"));
    assert_eq!(on(date(2099, 1, 1)), Err(CaseError::Future(date(2099, 1, 1))));
    // Summer time is two hours ahead.
    let at = |t: &str| day_of(t.parse().unwrap());
    assert_eq!(at("2026-06-30T21:59:59Z"), date(2026, 6, 30));
    assert_eq!(at("2026-06-30T22:00:00Z"), date(2026, 7, 1));
}

#[test]
fn what_is_no_question_or_out_of_range_is_refused() {
    let rules = Rules::shipped();
    assert_eq!(
        assess(&rules, &case(&["debts"], &[]), TODAY).unwrap_err(),
        CaseError::UnknownQuestion("debts".into())
    );
    let mut c = Case::default();
    c.facts.hours_a_week = Some(200.0);
    assert_eq!(assess(&rules, &c, TODAY).unwrap_err(), CaseError::OutOfRange("hours_a_week"));
    c.facts.hours_a_week = Some(f64::NAN);
    assert!(assess(&rules, &c, TODAY).is_err());
    // Indicators beyond the short form have a name of their own.
    let a =
        assess_today(&case(&["ilo.D1.travel", "ilo.D1.family_reunification", "told_other_pay"], &["minor"]));
    assert_eq!(state(&a, "D1"), State::Positive);
}
