//! Turns an analysis into text for a terminal, JSON, CSV, SVG charts and one self-contained HTML page, in Dutch and
//! English. Pure: it takes values and gives strings.

#[cfg(feature = "register")]
pub mod assessment;
pub mod audit;
pub mod beside;
mod changes;
pub mod charts;
pub mod counts;
pub mod covariates;
pub mod delays;
pub mod design;
pub mod errors;
pub mod evidence;
pub mod families;
pub mod findings;
pub mod granted;
pub mod headline;
pub mod html;
pub mod late;
pub mod linkage;
pub mod machine;
mod markup;
pub mod methods;
pub mod named;
pub mod open;
mod reports;
pub mod sample;
mod screen;
mod sizes;
mod small;
pub mod study;
pub mod terminal;
pub mod text;
pub mod words;

use ijsberg_mse::diagnostics::Diagnostics;
use ijsberg_mse::estimate::Estimate;
use ijsberg_mse::evidence::SideBySide;
use ijsberg_mse::histories::Histories;
use ijsberg_mse::identification::Identification;
use ijsberg_mse::linkage::LinkageShare;
use ijsberg_mse::methods::Settings;
use ijsberg_tables::Layout;
use serde::Serialize;

/// A finished run: the input, the results, and what is needed to run it again.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The table.
    pub histories: Histories,
    /// How the columns were read.
    pub layout: Layout,
    /// The estimates in the order in which to show them.
    pub estimates: Vec<Estimate>,
    /// What to know first.
    pub diagnostics: Diagnostics,
    /// The assumptions of the estimates.
    pub identification: Identification,
    /// Sizes by level of each covariate, for a table with covariates.
    pub covariates: Option<covariates::Covariates>,
    /// The share of the uncertainty that comes from linkage, for tables that are draws of one.
    pub linkage: Vec<LinkageShare>,
    /// Estimates from elsewhere beside that of the table; `None` where none were given.
    pub evidence: Option<SideBySide>,
    /// The settings and versions needed to run it again.
    pub provenance: Provenance,
}

/// Enough to repeat a run.
#[derive(Debug, Clone, Serialize)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// Name of the input, without its folder.
    pub input: String,
    /// SHA-256 of the input's bytes.
    pub sha256: String,
    /// The settings, seed included.
    pub settings: Settings,
}
