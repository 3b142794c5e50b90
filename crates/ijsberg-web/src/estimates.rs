//! Runs of estimates.

use ijsberg_analysis::{AnalysisError, Outcome, Request, Source, of_source};
use ijsberg_mse::methods::Progress;
use ijsberg_report::text::Text;

use crate::app::App;
use crate::ask::{in_form, label};
use crate::jobs::Kind;
use crate::queue::{Jobs, Work};

/// One run of the studio.
pub(crate) type Job = crate::queue::Job<Request, Outcome>;

/// Runs of the studio.
pub(crate) struct Estimates;

impl Kind for Estimates {
    const AT: &'static str = "/estimate";
    type Request = Request;
    type Result = Outcome;
    const WORK: Work<Request, Outcome> = work;

    fn jobs(app: &App) -> &Jobs<Request, Outcome> {
        &app.jobs
    }

    fn kept(asked: &mut Request) -> Request {
        // Only the run needs the table of inhabitants.
        let inhabitants = asked.covariates.population.take();
        let kept = asked.clone();
        asked.covariates.population = inhabitants;
        kept
    }
}

/// Estimates from a table; what is warned of names settings as the form does.
fn work(
    source: &Source,
    input: &str,
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Outcome, String> {
    let made = of_source(source, input, request, text, progress, &mut |said: String| {
        warn(in_form(text, &said));
    });
    made.map_err(|e| {
        let said = e.in_words(text);
        // Inhabitants are a table of their own.
        let of_inhabitants = matches!(e, AnalysisError::Population(_));
        if of_inhabitants { format!("{}: {said}", label(text, "population")) } else { said }
    })
}
