//! Microdata: records by covariates, of real or synthetic persons.

/// A level for each covariate; `None` if the value was suppressed.
pub type Record = Vec<Option<String>>;

/// Records by covariates, with the number of persons for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Microdata {
    /// The covariates.
    pub covariates: Vec<String>,
    /// The records, with their numbers of persons.
    pub records: Vec<(Record, u64)>,
}

impl Microdata {
    /// The total number of persons.
    pub fn persons(&self) -> u64 {
        self.records.iter().fold(0_u64, |all, r| all.saturating_add(r.1))
    }
}
