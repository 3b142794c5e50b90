//! What the folder of a delivery is, for whoever finds it.

use ijsberg_report::text::Text;

use super::{measures, name, stage_note, title_key};
use crate::legal::deliver::{Delivery, Kind};
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
