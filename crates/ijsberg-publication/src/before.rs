//! The key figures of an edition, for comparison with the last one: published figures only.

use ijsberg_mse::diagnostics::Verdict;
use serde_json::Value;

use crate::edition::Edition;
use crate::ledger::{Ledger, Release};
use crate::protection::CountProtection;

/// The key figures of an edition.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFigures {
    /// The first year of the window.
    pub from: i16,
    /// The year of the report.
    pub year: i16,
    /// The date of the edition.
    pub date: String,
    /// The number of persons reported in the window.
    pub reported: u64,
    /// The estimate, if the verdict allows a single figure and the files of the edition are available.
    pub number: Option<f64>,
    /// The lower limit; `None` if no estimate was published.
    pub lower: Option<f64>,
    /// The upper limit; `None` if at most a lower bound was published.
    pub upper: Option<f64>,
    /// The code of the verdict; `None` if the files of the edition are not available.
    pub verdict: Option<String>,
    /// The number of published counts.
    pub shown: usize,
    /// The number of suppressed counts.
    pub suppressed: usize,
}

impl KeyFigures {
    /// The key figures of a computed edition.
    pub fn from_edition(e: &Edition) -> Self {
        let d = &e.whole.analysis.diagnostics;
        let verdict = serde_json::to_value(d.verdict).ok().and_then(|v| v.as_str().map(str::to_owned));
        let number = d.headline.as_ref().map(|h| h.n_hat).filter(|_| d.verdict == Verdict::FitToPublish);
        Self { number, verdict, ..Self::logged(&e.release()) }
    }

    /// The key figures of the last public edition; `None` before the first. `file` returns its `en.json`, for figures that the release log
    /// does not contain.
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
        let suppressed = r.families.values().flatten().filter(|t| t.how == CountProtection::Hidden).count();
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
