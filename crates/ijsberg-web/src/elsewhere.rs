//! Estimates from elsewhere that are entered in the form of an estimate: a row of fields for each.

use ijsberg_analysis::WrittenEstimate;
use ijsberg_mse::evidence::{Kind, NamedEstimate};
use ijsberg_report::text::Text;

use crate::setting::SettingTexts;
use crate::wrong::FieldErrors;

/// What is entered of each, as the words of its fields have it.
const PARTS: [&str; 8] = ["name", "kind", "source", "year", "estimate", "lower", "upper", "level"];

macro_rules! row {
    ($n:literal) => {
        [
            concat!("evidence_", $n, "_name"),
            concat!("evidence_", $n, "_kind"),
            concat!("evidence_", $n, "_source"),
            concat!("evidence_", $n, "_year"),
            concat!("evidence_", $n, "_estimate"),
            concat!("evidence_", $n, "_lower"),
            concat!("evidence_", $n, "_upper"),
            concat!("evidence_", $n, "_level"),
        ]
    };
}

/// The fields, a row for each estimate that can be entered.
pub(crate) const FIELDS: [[&str; 8]; 5] = [row!(1), row!(2), row!(3), row!(4), row!(5)];

/// Whether a field is one of them.
pub(crate) fn is_field(field: &str) -> bool {
    FIELDS.iter().flatten().any(|known| *known == field)
}

/// A field of a row.
pub(crate) struct Entry {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its label.
    pub(crate) label: String,
    /// Its value.
    pub(crate) value: String,
    /// The kinds to choose from, with whether each is chosen; none where it is typed in.
    pub(crate) kinds: Vec<(&'static str, String, bool)>,
}

/// The fields of one estimate.
pub(crate) struct Row {
    /// Its place, from 1.
    pub(crate) n: usize,
    /// Its fields.
    pub(crate) entries: Vec<Entry>,
}

fn value<'a>(asked: &'a SettingTexts, field: &str) -> &'a str {
    asked.get(field).map(|v| v.trim()).unwrap_or_default()
}

fn label(text: &Text, part: &str) -> String {
    text.say(&format!("web-evidence-{part}"))
}

/// The rows of the form.
pub(crate) fn rows(text: &Text, asked: &SettingTexts) -> Vec<Row> {
    let entry = |(name, part): (&'static str, &'static str)| {
        let value = value(asked, name).to_owned();
        let kind = |k: Kind| (k.id(), text.say(&format!("evidence-kind-{}", k.id())), k.id() == value);
        let kinds = if part == "kind" { Kind::ALL.map(kind).to_vec() } else { Vec::new() };
        Entry { name, label: label(text, part), value, kinds }
    };
    let row = |(i, fields): (usize, [&'static str; 8])| Row {
        n: i + 1,
        entries: fields.into_iter().zip(PARTS).map(entry).collect(),
    };
    FIELDS.into_iter().enumerate().map(row).collect()
}

/// The estimates that were entered; rows with nothing in them are passed over, and what does not fit is noted at its field.
pub(crate) fn read(text: &Text, asked: &SettingTexts, wrong: &mut FieldErrors) -> Vec<NamedEstimate> {
    let entered = |fields: &[&str; 8]| {
        // A kind alone is only chosen, and a level is of nothing.
        let mut own = fields.iter().zip(PARTS).filter(|(_, part)| !matches!(*part, "kind" | "level"));
        own.any(|(field, _)| !value(asked, field).is_empty())
    };
    let rows = FIELDS.iter().enumerate().filter(|(_, fields)| entered(fields));
    rows.filter_map(|(i, fields)| one(text, asked, (i + 1, fields), wrong)).collect()
}

fn one(
    text: &Text,
    asked: &SettingTexts,
    (n, fields): (usize, &[&str; 8]),
    wrong: &mut FieldErrors,
) -> Option<NamedEstimate> {
    let of = |part: usize| value(asked, fields[part]);
    let mut unfit = |part: usize, why: &str| {
        let place = [("n", n.to_string()), ("part", label(text, PARTS[part]))];
        // The words before it say which estimate it is; here its label does so.
        let why = why.split_once(": ").map_or(why, |(_, why)| why);
        wrong.add(fields[part], text.fill("web-evidence-field", &place), why.to_owned());
    };
    let mut numbers = [None; 3];
    let mut read = true;
    for (number, part) in numbers.iter_mut().zip(4..) {
        // Digits alone: a point or a comma could be of thousands or of a fraction.
        let said = of(part);
        if said.is_empty() {
            continue;
        }
        if let Ok(persons) = said.parse::<u32>() {
            *number = Some(f64::from(persons));
        } else {
            unfit(part, &text.say("web-evidence-number"));
            read = false;
        }
    }
    let level = Some(of(7)).filter(|said| !said.is_empty());
    let level = level.map(|said| said.replace(',', ".").parse().unwrap_or(f64::NAN));
    if !read {
        return None;
    }
    let [estimate, lower, upper] = numbers;
    let written = WrittenEstimate {
        name: of(0).to_owned(),
        kind: of(1).to_owned(),
        source: of(2).to_owned(),
        year: of(3).to_owned(),
        estimate: estimate.unwrap_or(f64::NAN),
        lower,
        upper,
        level,
    };
    let part = place(&written);
    match written.given(n, text) {
        Ok(given) => Some(given),
        Err(_) if part == 1 => {
            unfit(part, &text.say("web-choose-one"));
            None
        }
        Err(why) => {
            unfit(part, &why);
            None
        }
    }
}

/// The field that gets the focus when an estimate cannot be used.
fn place(written: &WrittenEstimate) -> usize {
    let positive = |x: f64| x.is_finite() && x > 0.0;
    match (written.lower, written.upper) {
        _ if Kind::named(&written.kind).is_none() => 1,
        (None, Some(_)) => 5,
        (Some(_), None) => 6,
        _ if written.name.is_empty() => 0,
        _ if !positive(written.estimate) => 4,
        _ if written.level.is_some_and(|level| !(0.5..1.0).contains(&level)) => 7,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;

    fn asked(set: &[(&str, &str)]) -> SettingTexts {
        set.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn rows_that_are_filled_in_are_read_and_empty_ones_are_not() {
        let text = Text::new(Language::English);
        let set = [
            ("evidence_1_kind", "survey"),
            ("evidence_3_name", "A survey"),
            ("evidence_3_kind", "survey"),
            ("evidence_3_year", "2019"),
            ("evidence_3_estimate", "7000"),
            ("evidence_3_lower", "5000"),
            ("evidence_3_upper", "9800"),
            ("evidence_3_level", "0,9"),
        ];
        let mut wrong = FieldErrors::default();
        let given = read(&text, &asked(&set), &mut wrong);
        assert!(wrong.is_empty() && given.len() == 1, "{given:?}");
        assert_eq!((given[0].name.as_str(), given[0].kind), ("A survey", Kind::Survey));
        assert_eq!((given[0].estimate, given[0].limits), (7000.0, Some((5000.0, 9800.0))));
        assert!((given[0].level - 0.9).abs() < 1e-12);
        let rows = rows(&text, &asked(&set));
        assert_eq!((rows.len(), rows[2].entries[0].value.as_str()), (5, "A survey"));
        assert!(rows[2].entries[1].kinds.iter().any(|(id, _, chosen)| *id == "survey" && *chosen));
    }

    #[test]
    fn what_does_not_fit_is_noted_at_its_field() {
        let text = Text::new(Language::English);
        let good = [
            ("evidence_2_name", "A survey"),
            ("evidence_2_kind", "survey"),
            ("evidence_2_estimate", "7000"),
            ("evidence_2_lower", "5000"),
            ("evidence_2_upper", "9800"),
        ];
        for (field, value) in [
            ("evidence_2_name", " "),
            ("evidence_2_kind", "guess"),
            ("evidence_2_estimate", "7.000"),
            ("evidence_2_estimate", "0"),
            ("evidence_2_lower", ""),
            ("evidence_2_upper", ""),
            ("evidence_2_lower", "8000"),
            ("evidence_2_level", "95"),
        ] {
            let mut set = asked(&good);
            set.insert(field.to_owned(), value.to_owned());
            let mut wrong = FieldErrors::default();
            assert!(read(&text, &set, &mut wrong).is_empty(), "{field}");
            let [only] = wrong.all() else { panic!("{field}: {}", wrong.all().len()) };
            assert_eq!(only.field, field, "{value}");
            assert!(only.label.starts_with("Estimate 2, ") && !only.expected.contains("estimate 2"));
        }
    }
}
