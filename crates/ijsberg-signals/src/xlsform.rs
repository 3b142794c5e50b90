//! Forms for KoBo and ODK: the short form as an XLSForm, other XLSForms read, and what was filled in.
//!
//! A workbook is its sheets as rows of texts; reading and writing files is for others. <https://xlsform.org/en/ref-table/>

mod export;
mod htcds;
mod import;
mod questions;
mod submissions;
mod table;
mod types;

pub use export::workbook;
pub use htcds::standard_name;
pub use import::{Choice, Field, Finding, Form, FormError, Kind};
pub use submissions::{RowError, Submissions, submissions};

/// A sheet: its name and its rows.
pub type Sheet = (String, Vec<Vec<String>>);
