//! The delay between an event and its registration: months and counts, and nothing about a person.

use std::collections::BTreeMap;

use ijsberg_store::delays;

use crate::error::RegisterError;
use crate::policy::Operation;
use crate::register::Register;
use crate::scope::Scope;

/// How many registrations there are by the month in which something happened and the month in which it was registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lags {
    /// Registrations by both months, such as `2016-05`.
    pub counts: BTreeMap<(String, String), u64>,
    /// Registrations of which only the year of what happened is known.
    pub without_month: u64,
}

/// Characters of a month, as a day begins with it.
const MONTH: usize = 7;

impl Register {
    /// How long after something happened it was registered, of all organisations together.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn lags(&mut self) -> Result<Lags, RegisterError> {
        self.read(Operation::Publish, &Scope::Everywhere, "lags", |r| {
            let mut lags = Lags::default();
            delays::each_registration(r.driver.as_mut(), &mut |delay| {
                let months = (delay.happened_on.get(..MONTH), delay.recorded_at.get(..MONTH));
                if let (Some(happened), Some(recorded)) = months {
                    *lags.counts.entry((happened.to_owned(), recorded.to_owned())).or_default() += 1;
                } else {
                    lags.without_month += 1;
                }
            })?;
            let detail = format!("{} months", lags.counts.len());
            Ok((lags, detail))
        })
    }
}
