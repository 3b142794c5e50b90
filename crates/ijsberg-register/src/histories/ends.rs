//! The first and the last year with registrations, which distinguish a year without people from a register without people.

use ijsberg_store::histories;

use super::HistoryTable;
use crate::error::RegisterError;
use crate::policy::Operation;
use crate::register::Register;
use crate::scope::Scope;

impl Register {
    /// The first and the last year with registrations; none in a register without people.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn registered_years(&mut self) -> Result<Option<[i16; 2]>, RegisterError> {
        self.read(Operation::Publish, &Scope::Everywhere, "registered years", |r| {
            let driver = r.driver.as_mut();
            let days = [histories::first_happened_on(driver)?, histories::last_happened_on(driver)?];
            let year = |day: String| day.get(..4)?.parse::<i16>().ok();
            let ends: Vec<i16> = days.into_iter().flatten().filter_map(year).collect();
            let detail = format!("{} rows", ends.len());
            Ok((<[i16; 2]>::try_from(ends).ok(), detail))
        })
    }

    /// The histories for a delivery: [`Register::histories_for_report`] of its years, or of the last year with registrations if these have
    /// none. The table is empty only if the register has no people.
    ///
    /// # Errors
    /// As for [`Register::histories`].
    pub fn histories_for_delivery(
        &mut self,
        from: i16,
        to: i16,
        signals: &[String],
    ) -> Result<HistoryTable, RegisterError> {
        let table = self.histories_for_report(from, to, signals)?;
        if !table.persons.is_empty() {
            return Ok(table);
        }
        match self.registered_years()? {
            Some([_, last]) => self.histories_for_report(last, last, signals),
            None => Ok(table),
        }
    }
}
