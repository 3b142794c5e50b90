//! Reporting delays as a table.

use ijsberg_report::text::Text;

use super::columns::{level_of, public, remark, why};
use super::notes::stage_note;
use crate::legal::delays::DelayRow;
use crate::legal::delivery::Delivery;
use crate::legal::measure::Measure;
use crate::legal::tables::Cell;
use crate::reporting_delay::{DelayQuantile, PERCENT, STEP, least_known, least_people};
use crate::tables::{self, ColumnType, PublicTable};

/// Delays by registering organisation, with the reason if there are none.
pub fn delays(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("code", ColumnType::Text),
        ("organisation", ColumnType::Text),
        ("persons", ColumnType::Count),
        ("median", ColumnType::Number(0)),
        ("p90", ColumnType::Number(0)),
        ("remark", ColumnType::Text),
        ("stage", ColumnType::Text),
    ];
    let named: Vec<(&str, String, ColumnType)> =
        columns.iter().map(|(n, h)| (*n, text.say(&format!("legal-column-{n}")), *h)).collect();
    let title = text.fill("legal-table-delays", &[("year", d.request.year.to_string())]);
    let mut t = PublicTable::new("delays", title, &named);
    let stage = d.stage(Measure::Registered);
    t.notes = vec![
        text.say("legal-note-delays"),
        text.fill("legal-note-delays-late", &[("year", d.request.year.to_string())]),
        stage_note(text, d, stage),
    ];
    let row = |of: &DelayRow| {
        vec![
            of.row.code.clone().into(),
            level_of(text, d, &of.row).into(),
            public(&of.row.cell),
            days(of, 0),
            days(of, 1),
            reason(text, of).into(),
            stage.code().into(),
        ]
    };
    t.rows = d.delays().iter().map(row).collect();
    t
}

/// The cell of a percentile, by its position in [`PERCENT`].
fn days(of: &DelayRow, place: usize) -> tables::Cell {
    match (&of.row.cell, &of.quantiles) {
        (_, Err(_)) => tables::Cell::NotAvailable,
        (Cell::Zero, Ok(_)) => tables::Cell::NotApplicable,
        (Cell::Count(..), Ok(quantiles)) => match quantiles[place] {
            DelayQuantile::Days(n) => tables::Cell::Number(n as f64),
            DelayQuantile::Hidden => tables::Cell::Confidential,
            DelayQuantile::Earlier => tables::Cell::NotAvailable,
            DelayQuantile::NotRecorded => tables::Cell::NotRecorded,
        },
        (_, Ok(_)) => tables::Cell::Confidential,
    }
}

/// How the delays are protected, or why there are none.
fn reason(text: &Text, of: &DelayRow) -> String {
    let limits = |percent: u64| {
        [
            ("step", STEP.get().to_string()),
            ("people", least_people(percent).to_string()),
            ("known", least_known(percent).to_string()),
        ]
    };
    match (&of.row.cell, &of.quantiles) {
        (_, Err(reason)) => why(text, reason),
        (Cell::Count(..), Ok([DelayQuantile::Days(_), DelayQuantile::Days(_)])) => {
            text.fill("legal-delays-shown", &limits(PERCENT[1]))
        }
        (Cell::Count(..), Ok([DelayQuantile::Days(_), _])) => {
            text.fill("legal-delays-median", &limits(PERCENT[1]))
        }
        (Cell::Count(..), Ok([DelayQuantile::Hidden, _])) => {
            text.fill("legal-delays-suppressed", &limits(PERCENT[0]))
        }
        (Cell::Count(..), Ok([DelayQuantile::Earlier, _])) => text.say("legal-delays-earlier"),
        (Cell::Count(..), Ok([DelayQuantile::NotRecorded, _])) => text.say("legal-delays-not-recorded"),
        (cell, Ok(_)) => remark(text, cell),
    }
}
