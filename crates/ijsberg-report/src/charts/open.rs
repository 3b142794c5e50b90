use crate::charts::{Chart, Part, series};
use crate::reports::OpenPopulationReport;
use crate::text::Text;

/// People on a list and in all, by year, with the interval.
pub fn open(text: &Text, o: &OpenPopulationReport) -> Option<Chart> {
    let parts = o.open.years.iter().map(|y| Part {
        label: y.year.clone(),
        seen: y.seen as f64,
        n_hat: y.people.estimate,
        limits: y.people.interval.map(|i| (i.lower, i.upper)),
    });
    series(text, &text.say("open-chart"), &parts.collect::<Vec<_>>())
}
