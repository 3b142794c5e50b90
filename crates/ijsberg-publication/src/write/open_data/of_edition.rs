//! What the folder of a yearly report is, for whoever finds it.

use ijsberg_report::text::Text;

use super::About;
use super::languages::names;
use crate::country::{Country, Name, name};
use crate::document::{summary, title};
use crate::edition::Edition;
use crate::stage::Stage;

/// The title, who publishes it, and what it says first.
pub fn about_edition(texts: [&Text; 2], e: &Edition) -> About {
    let o = &e.options;
    let country = e.profile.as_ref();
    let said = |t: &Text| {
        let synthetic = o.synthetic.then(|| t.say("report-synthetic"));
        synthetic.into_iter().chain(summary(t, e)).collect::<Vec<_>>().join(" ")
    };
    // Without a profile of the country its number is all that is known.
    let called = |t: &Text, which: fn(&Country) -> &Name| {
        country.map_or_else(|| o.country.clone(), |c| name(t, which(c)))
    };
    About {
        id: format!("report-{}", o.year),
        titles: names(texts, |t| title(t, e)),
        descriptions: names(texts, said),
        publishers: names(texts, |t| called(t, |c| c.publisher.as_ref().unwrap_or(&c.name))),
        country: country.map_or_else(|| o.country.clone(), |c| c.code.clone()),
        countries: names(texts, |t| called(t, |c| &c.name)),
        years: [e.from(), o.year],
        date: o.date,
        stage: e.stage(o.year).map(Stage::code),
        synthetic: o.synthetic,
        tables: "tables/",
    }
}
