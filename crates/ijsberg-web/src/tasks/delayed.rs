//! Counts by month with the registrations that are still to come.

use ijsberg_analysis::{COUNT_COLUMNS, DelaysRequest, Source, completed};
use ijsberg_mse::delays::DelaySettings as Usual;
use ijsberg_mse::methods::Progress;
use ijsberg_report::charts;
use ijsberg_report::delays::{DelayReport, body, page, to_json};
use ijsberg_report::text::Text;
use ijsberg_tables::Cells;

use super::{Example, Renderers, SentForm, Task};
use crate::app::App;
use crate::ask::{Columns, in_form};
use crate::error::WebError;
use crate::jobs::Kind;
use crate::queue::{Jobs, Work};
use crate::requests::CompletionRequest as Request;

/// The runs of estimates from delays.
pub(crate) struct DelayRuns;

impl Kind for DelayRuns {
    const AT: &'static str = "/delays";
    type Request = Request;
    type Result = DelayReport;
    const WORK: Work<Request, DelayReport> = work;

    fn jobs(app: &App) -> &Jobs<Request, DelayReport> {
        &app.delays
    }
}

/// Completes the counts.
fn work(
    source: &Source,
    input: &str,
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    _: &mut dyn FnMut(String),
) -> Result<DelayReport, String> {
    let found = completed(source.clone(), input, &request.wanted, request.asked, progress);
    found.map_err(|e| in_form(text, &e.in_words(text)))
}

impl Task for DelayRuns {
    const NAME: &'static str = "delays";
    const SHOWN: &'static [&'static str] = &["happened", "registered", "most"];
    const FOLDED: &'static [&'static str] = &["since", "until", "delays_tables", "level", "seed"];
    const EXAMPLE: Example = Example {
        name: "delays-synthetic",
        content: include_str!("../../../../data/delays-synthetic.csv"),
        settings: &[],
    };

    const RENDERED: Renderers<DelayReport> =
        Renderers { body, document: page, json: to_json, chart: charts::delays };

    fn usual(field: &str) -> String {
        let of = Usual::default();
        match field {
            "happened" | "registered" => field.to_owned(),
            "most" => of.most.to_string(),
            "delays_tables" => of.replicates.to_string(),
            "level" => of.level.to_string(),
            "seed" => of.seed.to_string(),
            _ => String::new(),
        }
    }

    fn request(sent: &mut SentForm<'_>) -> Result<Request, WebError> {
        let usual = Usual::default();
        let wanted = DelaysRequest {
            happened: sent.value("happened").unwrap_or_else(|| Self::usual("happened")),
            registered: sent.value("registered").unwrap_or_else(|| Self::usual("registered")),
            most: sent.number("most", usual.most),
            since: sent.value("since"),
            until: sent.value("until"),
            replicates: sent.simulated("delays_tables", usual.replicates),
            level: sent.number("level", usual.level),
            seed: sent.number("seed", usual.seed),
        };
        let asked = match wanted.asked(sent.text) {
            Ok(asked) => asked,
            Err((setting, _)) => {
                sent.unfit(if setting == "replicates" { "delays_tables" } else { setting });
                usual
            }
        };
        Ok(Request { wanted, asked })
    }

    fn columns(_: &Request, cells: Cells) -> Option<Columns> {
        Some(Columns { others: cells.grid().header, ..Columns::default() })
    }

    fn named(request: &Request, columns: &Columns, sent: &mut SentForm<'_>) {
        let there = |name: &str| columns.others.iter().any(|c| c.trim().eq_ignore_ascii_case(name));
        // No setting names the columns of a table of counts.
        if COUNT_COLUMNS.into_iter().all(there) {
            return;
        }
        let DelaysRequest { happened, registered, .. } = &request.wanted;
        for (field, name) in [("happened", happened), ("registered", registered)] {
            if !there(name) {
                let parts = [("value", name.clone()), ("columns", columns.others.join(", "))];
                let why = sent.text.fill("web-column-unknown", &parts);
                sent.wrong(field, why);
            }
        }
    }
}
