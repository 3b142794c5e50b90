//! The file formats in which an edition is published.

pub mod csvw;
pub mod html;
mod licence;
pub mod ods;
pub mod open_data;
pub mod overview;
pub mod pictures;
pub mod readable;
mod room;
pub mod sdmx;
pub mod typeface;
pub mod xlsx;

use ijsberg_report::machine;
use ijsberg_report::text::Text;
use serde_json::{Value, json};

use crate::edition::Edition;
use crate::stage::Stage;
use crate::tables::{Cell, PublicTable};
use crate::tabulation::years;

pub use crate::tabulation::tables;

/// A file: its name in a folder, and its contents.
pub type File = (String, Vec<u8>);

/// The first sheet of a workbook.
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
    /// The cover of a yearly report with these tables.
    pub fn for_report(text: &Text, e: &Edition, tables: &[PublicTable]) -> Self {
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

/// The machine-readable edition: these tables, the estimates, and the information needed to reproduce it.
pub fn json(text: &Text, e: &Edition, tables: &[PublicTable]) -> Value {
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
        "stage": e.stage(o.year).map(Stage::code),
        "summary": crate::document::summary(text, e),
        "nobody": e.empty_years,
        "noise": { "variance": o.noise.variance, "largest": o.noise.largest, "hidden": o.noise.hidden },
        "noise_sd_log_unseen": e.whole.noise_sd,
        "linkage": e.whole.linked.map(|l| json!({ "draws": l.draws, "sd_log_unseen": l.sd })),
        "estimate_withheld": e.whole.withheld.map(crate::estimate::WithheldReason::key),
        "model": e.whole.model,
        "years_divided_by": years::share_basis(e),
        "with_covariates": match &e.with_covariates {
            Ok(c) => json!({
                "covariates": c.used, "left_out": c.left_out, "model": c.model, "noise_sd_log_unseen": c.noise_sd,
                "linkage_sd_log_unseen": c.linked_sd,
            }),
            Err(why) => json!({ "none": why.key() }),
        },
        "tables": tables.iter().map(table).collect::<Vec<_>>(),
        "analysis": machine::to_json(&e.whole.analysis),
    })
}
