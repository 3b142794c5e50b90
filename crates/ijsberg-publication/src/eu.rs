//! Citizenship groups as the European Union asks for them: own, other member state, or other, on a given day.

use std::sync::LazyLock;

use ijsberg_register::citizenships::{STATELESS, UNKNOWN};
use jiff::civil::Date;
use serde::Deserialize;

/// Groups of known citizenship.
pub const GROUPS: [&str; 4] = ["own", "other_eu", "other", "stateless"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    member: Vec<Member>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    from: Date,
    until: Option<Date>,
    codes: Vec<String>,
}

static MEMBERS: LazyLock<Vec<Member>> = LazyLock::new(|| {
    let text = include_str!("../../../countries/eu.toml");
    toml::from_str::<Members>(text).map(|m| m.member).unwrap_or_default()
});

/// Whether a country is a member state on a given day.
pub fn is_member(country: &str, on: Date) -> bool {
    let of = |m: &&Member| m.codes.iter().any(|c| c == country);
    MEMBERS.iter().filter(of).any(|m| m.from <= on && m.until.is_none_or(|until| on < until))
}

/// The group of a person with these citizenships. One citizenship is enough: the country's own takes precedence over that of another
/// member state, and that over others. `None` if no citizenship is known.
pub fn group(citizenships: &[&str], own: &str, on: Date) -> Option<&'static str> {
    let known = || citizenships.iter().copied().filter(|c| !c.is_empty() && *c != UNKNOWN);
    if known().any(|c| c == own) {
        Some("own")
    } else if known().any(|c| is_member(c, on)) {
        Some("other_eu")
    } else if known().any(|c| c != STATELESS) {
        Some("other")
    } else {
        known().next().map(|_| "stateless")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn citizenship_depends_on_the_day_and_one_of_several_is_enough() {
        assert_eq!(MEMBERS.iter().map(|m| m.codes.len()).sum::<usize>(), 28);
        let day = date(2019, 7, 1);
        assert_eq!(group(&["GB"], "NL", day), Some("other_eu"));
        assert_eq!(group(&["GB"], "NL", date(2020, 1, 31)), Some("other_eu"));
        assert_eq!(group(&["GB"], "NL", date(2020, 2, 1)), Some("other"));
        assert_eq!(group(&["HR"], "NL", date(2013, 6, 30)), Some("other"));
        assert_eq!(group(&["MA", "NL"], "NL", day), Some("own"));
        assert_eq!(group(&["MA", "RO"], "NL", day), Some("other_eu"));
        assert_eq!(group(&["XX"], "NL", day), Some("stateless"));
        assert_eq!(group(&["XX", "SY"], "NL", day), Some("other"));
        assert_eq!([group(&[], "NL", day), group(&["ZZ", ""], "NL", day)], [None, None]);
    }
}
