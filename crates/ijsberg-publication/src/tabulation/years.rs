//! Notes on how the years of a report were estimated, and the table of what the lists of each year support on their own.

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::estimate::PartEstimate;
use crate::labels::covariate;
use crate::tables::{Cell, ColumnType, PublicTable};

/// The name of the table in files; the names of covariate tables begin differently.
pub(crate) const ALONE: &str = "years-alone";

/// What a verdict allows to be published, in a few words.
fn allowed(text: &Text, verdict: Verdict) -> String {
    text.say(match verdict {
        Verdict::FitToPublish => "years-allow-number",
        Verdict::RangeOnly => "years-allow-range",
        Verdict::LowerBoundOnly => "years-allow-bound",
        Verdict::NoEstimate | Verdict::NotAssessed => "years-allow-nothing",
    })
}

/// The basis on which the estimate of all years is divided over them; `None` if no year has an estimate.
pub(crate) fn share_basis(e: &Edition) -> Option<&'static str> {
    let is_estimated = e.parts.iter().any(|p| p.covariate == "year" && p.limits.is_some());
    is_estimated.then(|| e.series.basis.key())
}

/// Notes on the estimates of years; `None` if there are none.
pub(crate) fn notes(text: &Text, e: &Edition) -> Option<Vec<String>> {
    let mut all = vec![text.say(&format!("note-years-{}", share_basis(e)?))];
    let less = e.series.years_with_less(e.whole.analysis.diagnostics.verdict);
    let less: Vec<String> = less.map(|y| format!("{} ({})", y.level, allowed(text, y.verdict))).collect();
    if !less.is_empty() {
        all.push(text.fill("note-years-less", &[("years", less.join(", "))]));
    }
    all.push(text.fill("note-years-see", &[("table", text.say("table-years-alone"))]));
    Some(all)
}

/// The table of what the lists of each year support on their own; `None` if nothing is estimated.
pub(crate) fn alone(text: &Text, e: &Edition) -> Option<PublicTable> {
    share_basis(e)?;
    let mut t = PublicTable::new(
        ALONE,
        text.say("table-years-alone"),
        &[
            ("year", covariate(text, "year"), ColumnType::Text),
            ("allowed", text.say("column-allowed"), ColumnType::Text),
            ("lower", text.say("column-lower"), ColumnType::Number(0)),
            ("upper", text.say("column-upper"), ColumnType::Number(0)),
        ],
    );
    let row = |year: &PartEstimate| {
        let limits = [year.limits.map(|l| l.0), year.limits.map(|l| l.1)].map(Cell::from);
        let words = [Cell::from(year.level.as_str()), allowed(text, year.verdict).into()];
        words.into_iter().chain(limits).collect::<Vec<Cell>>()
    };
    t.rows = e.series.alone.iter().map(row).collect();
    t.notes.extend(["note-years-alone", "note-parts"].map(|key| text.say(key)));
    Some(t)
}
