//! Whether the tables of a delivery are consistent.

use ijsberg_disclosure::protected::Protected;

use super::DeliveryError;
use crate::legal::delivery::{Delivery, Outcome};
use crate::protection::CountProtection;

impl Delivery {
    /// The maximum difference between a protected number and the true one.
    fn slack(&self, how: CountProtection) -> u64 {
        match how {
            CountProtection::Exact | CountProtection::Hidden => 0,
            CountProtection::Rounded => 2,
            CountProtection::Noise => self.request.noise.largest.unsigned_abs(),
        }
    }

    /// Checks that the totals of all tables agree: a measure has the same total in every breakdown, and the levels add up to it within the
    /// limits of their protection.
    pub(super) fn agrees(&self) -> Result<(), DeliveryError> {
        for (measure, outcome) in &self.outcomes {
            let Outcome::Released(of) = outcome else { continue };
            let wrong = |by: &str| DeliveryError::Disagree { measure: measure.code(), by: by.to_owned() };
            let Some(total) = of.families.iter().find_map(|f| f.total) else { continue };
            for f in &of.families {
                if f.total.is_some_and(|t| t != total) {
                    return Err(wrong(&f.name));
                }
                let levels: Option<Vec<u64>> = f.by_level.iter().map(|n| n.map(Protected::get)).collect();
                let Some(levels) = levels.filter(|_| !f.overlapping) else { continue };
                let slack = self.slack(f.how) * (levels.len() as u64 + 1);
                if levels.iter().sum::<u64>().abs_diff(total.get()) > slack {
                    return Err(wrong(&f.name));
                }
            }
            let how = of.families.first().map_or(CountProtection::Exact, |f| f.how);
            for a in &of.sdg_counts {
                let slack = self.slack(a.how) + self.slack(how);
                let is_all = [a.series, a.sex, a.age] == ["VC_HTF_DETV", "_T", "_T"];
                let (n, all) = (a.persons.get(), total.get());
                if (is_all && n.abs_diff(all) > slack) || n > all + slack {
                    return Err(wrong(a.series));
                }
            }
        }
        Ok(())
    }
}
