//! What an edition says first, as it is held beside the last one: published numbers only.

use ijsberg_mse::diagnostics::Verdict;
use serde_json::Value;

use crate::edition::Edition;
use crate::ledger::{Ledger, Release};
use crate::protection::How;

/// What an edition says first.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The first year of its window.
    pub from: i16,
    /// The year that it is of.
    pub year: i16,
    /// The day it was made.
    pub date: String,
    /// Persons reported in the window.
    pub reported: u64,
    /// The estimate, where the verdict lets a number be published and the files of the edition are there.
    pub number: Option<f64>,
    /// At least; none where no estimate was published.
    pub lower: Option<f64>,
    /// At most; none where no more than a lower bound was published.
    pub upper: Option<f64>,
    /// The verdict as machines write it; none where the files of the edition are not there.
    pub verdict: Option<String>,
    /// Counts that are published.
    pub shown: usize,
    /// Counts that are not, so that nobody can work them out.
    pub suppressed: usize,
}

impl Said {
    /// By an edition that was computed.
    pub fn from_edition(e: &Edition) -> Self {
        let d = &e.whole.analysis.diagnostics;
        let verdict = serde_json::to_value(d.verdict).ok().and_then(|v| v.as_str().map(str::to_owned));
        let number = d.headline.as_ref().map(|h| h.n_hat).filter(|_| d.verdict == Verdict::FitToPublish);
        Self { number, verdict, ..Self::logged(&e.release()) }
    }

    /// By the last edition for everybody, none before the first; `file` has its `en.json`, which tells what the log of releases does not.
    pub fn last(ledger: &Ledger, file: impl FnOnce(&Release) -> Option<Value>) -> Option<Self> {
        let is_edition = |r: &&Release| r.embargo.is_none() && r.delivery.is_none();
        let last = ledger.releases.iter().rev().find(is_edition)?;
        let of_it = |v: &Value| v["year"] == last.year && v["from"] == last.from && v["date"] == last.date;
        let file = file(last).filter(of_it).unwrap_or_default();
        let verdict = file["analysis"]["verdict"]["verdict"].as_str().map(str::to_owned);
        let number = file["analysis"]["diagnostics"]["headline"]["n_hat"].as_f64();
        let number = number.filter(|_| verdict.as_deref() == Some("fit-to-publish"));
        Some(Self { number, verdict, ..Self::logged(last) })
    }

    fn logged(r: &Release) -> Self {
        let all = r.families.values().map(Vec::len).sum::<usize>();
        let suppressed = r.families.values().flatten().filter(|t| t.how == How::Hidden).count();
        Self {
            from: r.from,
            year: r.year,
            date: r.date.clone(),
            reported: r.estimate.reported,
            number: None,
            lower: r.estimate.lower,
            upper: r.estimate.upper,
            verdict: None,
            shown: all - suppressed,
            suppressed,
        }
    }
}
