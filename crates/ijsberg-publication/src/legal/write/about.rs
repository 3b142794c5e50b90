//! What the folder of a delivery is, for whoever finds it.

use ijsberg_report::text::Text;

use super::notes::stage_note;
use crate::country::name;
use crate::legal::delivery::{Delivery, Kind};
use crate::legal::measure::Measure;
use crate::write::open_data::{About, names};

/// The title, who publishes it, and what to know of it.
pub(super) fn about(texts: [&Text; 2], d: &Delivery, kind: Kind) -> About {
    let (country, year) = (&d.asked.country, d.asked.year);
    let stage = d.stage_of(measures(kind));
    let said = |t: &Text| {
        let synthetic = d.asked.synthetic.then(|| t.say("report-synthetic"));
        let all = [stage_note(t, d, stage), t.say("legal-signs")].into_iter().chain(synthetic);
        all.collect::<Vec<_>>().join(" ")
    };
    About {
        id: format!("{year}-{}", kind.code()),
        titles: names(texts, |t| t.fill(title_key(kind), &[("year", year.to_string())])),
        descriptions: names(texts, said),
        publishers: names(texts, |t| name(t, country.publisher.as_ref().unwrap_or(&country.name))),
        country: country.code.clone(),
        countries: names(texts, |t| name(t, &country.name)),
        years: [year, year],
        date: d.asked.date,
        stage: Some(stage.code()),
        synthetic: d.asked.synthetic,
        tables: "",
    }
}

/// What is counted in a delivery.
pub(super) fn measures(kind: Kind) -> &'static [Measure] {
    match kind {
        Kind::Sdg => &[Measure::Registered],
        Kind::Eu19a | Kind::Glotip => &Measure::ALL,
    }
}

/// The key of the title of a delivery.
pub(super) fn title_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Eu19a => "legal-title-eu",
        Kind::Sdg => "legal-title-sdg",
        Kind::Glotip => "legal-title-glotip",
    }
}
