//! The description of the folder of a yearly report.

use ijsberg_report::text::Text;

use super::FolderInfo;
use super::languages::names;
use crate::country::{Country, Name, name};
use crate::document::{summary, title};
use crate::edition::Edition;
use crate::stage::Stage;

/// The title, the publisher, and the summary.
pub fn describe_edition(texts: [&Text; 2], e: &Edition) -> FolderInfo {
    let o = &e.options;
    let country = e.profile.as_ref();
    let description = |t: &Text| {
        let synthetic = o.synthetic.then(|| t.say("report-synthetic"));
        synthetic.into_iter().chain(summary(t, e)).collect::<Vec<_>>().join(" ")
    };
    // Without a country profile only its number is known.
    let country_name = |t: &Text, which: fn(&Country) -> &Name| {
        country.map_or_else(|| o.country.clone(), |c| name(t, which(c)))
    };
    FolderInfo {
        id: format!("report-{}", o.year),
        titles: names(texts, |t| title(t, e)),
        descriptions: names(texts, description),
        publishers: names(texts, |t| country_name(t, |c| c.publisher.as_ref().unwrap_or(&c.name))),
        country: country.map_or_else(|| o.country.clone(), |c| c.code.clone()),
        countries: names(texts, |t| country_name(t, |c| &c.name)),
        years: [e.from(), o.year],
        date: o.date,
        stage: e.stage(o.year).map(Stage::code),
        synthetic: o.synthetic,
        tables: "tables/",
    }
}
