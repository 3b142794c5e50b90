//! How long it took until people were reported, as a table.

use ijsberg_report::text::Text;

use super::columns::{level_of, public, remark, why};
use super::notes::stage_note;
use crate::legal::delays::Delayed;
use crate::legal::delivery::Delivery;
use crate::legal::measure::Measure;
use crate::legal::tables::Cell;
use crate::reporting_delay::{PERCENT, STEP, Within, least_known, least_people};
use crate::tables::{self, Holds, PublicTable};

/// Days by registering organisation, and why there are none where there are none.
pub fn delays(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("code", Holds::Text),
        ("organisation", Holds::Text),
        ("persons", Holds::Count),
        ("median", Holds::Number(0)),
        ("p90", Holds::Number(0)),
        ("remark", Holds::Text),
        ("stage", Holds::Text),
    ];
    let named: Vec<(&str, String, Holds)> =
        columns.iter().map(|(n, h)| (*n, text.say(&format!("legal-column-{n}")), *h)).collect();
    let title = text.fill("legal-table-delays", &[("year", d.asked.year.to_string())]);
    let mut t = PublicTable::new("delays", title, &named);
    let stage = d.stage(Measure::Registered);
    t.notes = vec![
        text.say("legal-note-delays"),
        text.fill("legal-note-delays-late", &[("year", d.asked.year.to_string())]),
        stage_note(text, d, stage),
    ];
    let row = |of: &Delayed| {
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

/// The days within which a share of the people was reported, by its place.
fn days(of: &Delayed, place: usize) -> tables::Cell {
    match (&of.row.cell, &of.within) {
        (_, Err(_)) => tables::Cell::NotAvailable,
        (Cell::Zero, Ok(_)) => tables::Cell::NotApplicable,
        (Cell::Count(..), Ok(within)) => match within[place] {
            Within::Days(n) => tables::Cell::Number(n as f64),
            Within::Hidden => tables::Cell::Confidential,
            Within::Earlier => tables::Cell::NotAvailable,
            Within::NotRecorded => tables::Cell::NotRecorded,
        },
        (_, Ok(_)) => tables::Cell::Confidential,
    }
}

/// How the days are protected, or why they are not there.
fn reason(text: &Text, of: &Delayed) -> String {
    let limits = |percent: u64| {
        [
            ("step", STEP.get().to_string()),
            ("people", least_people(percent).to_string()),
            ("known", least_known(percent).to_string()),
        ]
    };
    match (&of.row.cell, &of.within) {
        (_, Err(reason)) => why(text, reason),
        (Cell::Count(..), Ok([Within::Days(_), Within::Days(_)])) => {
            text.fill("legal-delays-shown", &limits(PERCENT[1]))
        }
        (Cell::Count(..), Ok([Within::Days(_), _])) => text.fill("legal-delays-median", &limits(PERCENT[1])),
        (Cell::Count(..), Ok([Within::Hidden, _])) => {
            text.fill("legal-delays-suppressed", &limits(PERCENT[0]))
        }
        (Cell::Count(..), Ok([Within::Earlier, _])) => text.say("legal-delays-earlier"),
        (Cell::Count(..), Ok([Within::NotRecorded, _])) => text.say("legal-delays-not-recorded"),
        (cell, Ok(_)) => remark(text, cell),
    }
}
