//! The fields of a registration in words.

use ijsberg_register::registrations::Registration;

use super::{countries, parts, regions};
use crate::shell::Shell;

/// A field with its label and a value in words.
pub(super) type LabelledValue = (String, String);

/// The coded fields in words; what is not known is said to be so.
pub(super) fn shown(s: &Shell<'_>, r: &Registration) -> Vec<LabelledValue> {
    let year = r.birth_year.map(|y| y.to_string()).unwrap_or_default();
    let fields = [
        ("list", r.list.clone()),
        ("organisation", r.organisation.clone()),
        ("happened_on", s.text.day(&r.happened_on)),
        ("lane", s.code("lane", &r.lane)),
        ("basis", r.basis.clone()),
        ("sex", s.code("sex", &r.sex)),
        ("birth_year", year),
        ("minor", s.code("answer", &r.minor)),
        ("nationality", countries::all(s.text, &r.nationality)),
        ("form", s.code("form", &r.form)),
        ("sector", s.code("sector", &r.sector)),
        ("region", regions::name(s.text, &r.region)),
        ("article_part", parts::name(s.text, &r.article_part)),
    ];
    let known = |v: String| if v.is_empty() { s.t("web-not-known") } else { v };
    fields.into_iter().map(|(name, value)| (s.t(&format!("field-{name}")), known(value))).collect()
}
