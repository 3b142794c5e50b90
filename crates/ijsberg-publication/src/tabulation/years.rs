//! How the years of a report were estimated, in words, and the table of what the lists of each year allow by themselves.

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::estimate::Sized;
use crate::labels::covariate;
use crate::tables::{Cell, Holds, PublicTable};

/// The name of the table in files; those of covariates begin otherwise.
pub(crate) const ALONE: &str = "years-alone";

/// What a verdict lets be published, in a few words.
fn allowed(text: &Text, verdict: Verdict) -> String {
    text.say(match verdict {
        Verdict::FitToPublish => "years-allow-number",
        Verdict::RangeOnly => "years-allow-range",
        Verdict::LowerBoundOnly => "years-allow-bound",
        Verdict::NoEstimate | Verdict::NotAssessed => "years-allow-nothing",
    })
}

/// What divided the estimate of all years over them; none where there is no estimate of any.
pub(crate) fn divided(e: &Edition) -> Option<&'static str> {
    let is_estimated = e.parts.iter().any(|p| p.covariate == "year" && p.limits.is_some());
    is_estimated.then(|| e.series.divided.key())
}

/// What to know of the estimates of years; none where there are none.
pub(crate) fn notes(text: &Text, e: &Edition) -> Option<Vec<String>> {
    let mut all = vec![text.say(&format!("note-years-{}", divided(e)?))];
    let less = e.series.less(e.whole.analysis.diagnostics.verdict);
    let less: Vec<String> = less.map(|y| format!("{} ({})", y.level, allowed(text, y.verdict))).collect();
    if !less.is_empty() {
        all.push(text.fill("note-years-less", &[("years", less.join(", "))]));
    }
    all.push(text.fill("note-years-see", &[("table", text.say("table-years-alone"))]));
    Some(all)
}

/// What the lists of each year allow by themselves; none where nothing is estimated.
pub(crate) fn alone(text: &Text, e: &Edition) -> Option<PublicTable> {
    divided(e)?;
    let mut t = PublicTable::new(
        ALONE,
        text.say("table-years-alone"),
        &[
            ("year", covariate(text, "year"), Holds::Text),
            ("allowed", text.say("column-allowed"), Holds::Text),
            ("lower", text.say("column-lower"), Holds::Number(0)),
            ("upper", text.say("column-upper"), Holds::Number(0)),
        ],
    );
    let row = |year: &Sized| {
        let limits = [year.limits.map(|l| l.0), year.limits.map(|l| l.1)].map(Cell::from);
        let words = [Cell::from(year.level.as_str()), allowed(text, year.verdict).into()];
        words.into_iter().chain(limits).collect::<Vec<Cell>>()
    };
    t.rows = e.series.alone.iter().map(row).collect();
    t.notes.extend(["note-years-alone", "note-parts"].map(|key| text.say(key)));
    Some(t)
}
