//! A newer stamp says nothing else of a list that an older one knows.
use super::*;

#[test]
fn the_newest_stamp_stands_for_the_lists_as_they_are() {
    let now = systems(stamp());
    for name in ["form", "sex", "sector", "article_part"] {
        let list = code_list(name).unwrap();
        assert!(now.contains(&format!("{name} {} {}", list.system, list.version)), "{name}");
    }
    let answers = code_list("answer").unwrap();
    assert!(now.contains(&format!("minor {} {}", answers.system, answers.version)));
}

/// A list of another version would need a stamp of its own for registrations of which a part was corrected.
#[test]
fn a_correction_of_a_code_gives_the_newest_stamp_which_says_all_that_earlier_ones_do() {
    let newest: Vec<&str> = parts_of(stamp()).collect();
    for (earlier, _) in STAMPS {
        assert!(parts_of(earlier).all(|part| newest.contains(&part)), "{earlier}");
    }
    let oldest = STAMPS[0].0;
    let after = |fields: &[&'static str]| stamp_after(oldest, fields.iter().copied());
    assert_ne!(oldest, stamp());
    assert_eq!([after(&[]), after(&["region", "happened_on", "birth_year"])], [oldest; 2]);
    for field in ["article_part", "form", "sex", "minor", "sector", "nationality"] {
        assert_eq!(after(&["region", field]), stamp(), "{field}");
    }
}

#[test]
fn lists_have_each_code_once_and_dates_their_precision() {
    for l in LISTS {
        let mut seen = std::collections::HashSet::new();
        assert!(l.codes.iter().all(|c| seen.insert(c)), "{}", l.name);
    }
    assert!(is_country("NA") && !is_country("na") && !is_country("NLD"));
    assert!(is_country("XK") && !is_country("QQ") && !is_country("") && !is_country("NA NL"));
    assert_eq!(COUNTRIES.split_whitespace().count(), 249);
    assert!(INDUSTRIES.iter().all(|i| has("sector", isic_section(i))));
    assert_eq!(
        ["C_Manufacturing", "C", "V_None", "C_Nonsense", "C_", "UNKNOWN"].map(isic_section),
        ["C", "C", "V_None", "C_Nonsense", "C_", "UNKNOWN"]
    );
    for (text, day) in [
        ("2016", true),
        ("2016-02", true),
        ("2016-02-30", false),
        ("2016-2-3", false),
        ("+016", false),
        ("", false),
    ] {
        assert_eq!(is_partial_day(text), day, "{text}");
    }
}
