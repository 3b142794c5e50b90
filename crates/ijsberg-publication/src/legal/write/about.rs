//! The description of the folder of a delivery.

use ijsberg_report::text::Text;

use super::notes::stage_note;
use crate::country::name;
use crate::legal::delivery::{Delivery, Kind};
use crate::legal::measure::Measure;
use crate::write::open_data::{FolderInfo, names};

/// The title, the publisher and a description.
pub(super) fn about(texts: [&Text; 2], d: &Delivery, kind: Kind) -> FolderInfo {
    let (country, year) = (&d.request.country, d.request.year);
    let stage = d.stage_of(measures(kind));
    let description = |t: &Text| {
        let synthetic = d.request.synthetic.then(|| t.say("report-synthetic"));
        let all = [stage_note(t, d, stage), t.say("legal-signs")].into_iter().chain(synthetic);
        all.collect::<Vec<_>>().join(" ")
    };
    FolderInfo {
        id: format!("{year}-{}", kind.code()),
        titles: names(texts, |t| t.fill(title_key(kind), &[("year", year.to_string())])),
        descriptions: names(texts, description),
        publishers: names(texts, |t| name(t, country.publisher.as_ref().unwrap_or(&country.name))),
        country: country.code.clone(),
        countries: names(texts, |t| name(t, &country.name)),
        years: [year, year],
        date: d.request.date,
        stage: Some(stage.code()),
        synthetic: d.request.synthetic,
        tables: "",
    }
}

/// The measures of a delivery.
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
