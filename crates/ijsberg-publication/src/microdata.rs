//! Microdata: records by covariates, of people or synthetic.

/// A level of each covariate; none where it was taken out.
pub type Record = Vec<Option<String>>;

/// Records of microdata by covariates, and how many persons have each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Microdata {
    /// The covariates.
    pub covariates: Vec<String>,
    /// The records.
    pub records: Vec<(Record, u64)>,
}

impl Microdata {
    /// Persons.
    pub fn persons(&self) -> u64 {
        self.records.iter().fold(0_u64, |all, r| all.saturating_add(r.1))
    }
}
