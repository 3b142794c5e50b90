//! The forms in which an edition is given out.

pub mod csvw;
pub mod html;
pub mod ods;
pub mod overview;
pub mod sdmx;
mod tables;
pub mod xlsx;

pub use tables::tables;

use ijsberg_report::machine;
use ijsberg_report::text::Text;
use serde_json::{Value, json};

use crate::edition::Edition;
use crate::tables::{Cell, PublicTable};

/// What stands on the first sheet of a workbook.
#[derive(Debug, Clone)]
pub struct Cover {
    /// The title.
    pub title: String,
    /// Lines below it.
    pub about: Vec<String>,
    /// The day of the edition.
    pub date: jiff::civil::Date,
}

impl Cover {
    /// That of a yearly report with these tables.
    pub fn of(text: &Text, e: &Edition, tables: &[PublicTable]) -> Self {
        let window = [("from", e.from().to_string()), ("to", e.options.year.to_string())];
        let date = e.options.date;
        let mut about =
            vec![text.fill("report-subtitle", &window), date.to_string(), text.say("sheet-marks")];
        let mut cells = tables.iter().flat_map(|t| t.rows.iter().flatten());
        about.extend(cells.any(|c| *c == Cell::NotRecorded).then(|| text.say("sheet-not-recorded")));
        about.extend(e.options.synthetic.then(|| text.say("report-synthetic")));
        Self { title: crate::document::title(text, e), about, date }
    }
}

/// The edition for machines: every table, the estimates, and what is needed to make it again.
pub fn json(text: &Text, e: &Edition) -> Value {
    let cell = |c: &Cell| match c {
        Cell::Text(text) => json!(text),
        Cell::Count(count) => json!(count.get()),
        Cell::Number(x) => json!(x),
        Cell::Confidential | Cell::NotAvailable | Cell::NotApplicable | Cell::NotRecorded => Value::Null,
    };
    let table = |t: &PublicTable| {
        let names: Vec<&str> = t.columns.iter().map(|c| c.name.as_str()).collect();
        let rows: Vec<Vec<Value>> = t.rows.iter().map(|r| r.iter().map(cell).collect()).collect();
        json!({ "id": t.id, "title": t.title, "notes": t.notes, "columns": names, "rows": rows })
    };
    let o = &e.options;
    json!({
        "schema": "ijsberg-edition-1",
        "year": o.year,
        "from": e.from(),
        "date": o.date.to_string(),
        "synthetic": o.synthetic,
        "summary": crate::document::summary(text, e),
        "noise": { "variance": o.noise.variance, "largest": o.noise.largest, "hidden": o.noise.hidden },
        "noise_sd_log_unseen": e.whole.noise_sd,
        "estimate_withheld": e.whole.withheld.map(crate::estimate::Withheld::key),
        "model": e.whole.model,
        "with_covariates": match &e.with_covariates {
            Ok(c) => json!({
                "covariates": c.used, "left_out": c.left_out, "model": c.model, "noise_sd_log_unseen": c.noise_sd,
            }),
            Err(why) => json!({ "none": why.key() }),
        },
        "tables": tables(text, e).iter().map(table).collect::<Vec<_>>(),
        "analysis": machine::to_json(&e.whole.analysis),
    })
}
