//! Whether the tables of a delivery tell one story.

use ijsberg_disclosure::protected::Protected;

use super::DeliveryError;
use crate::legal::delivery::{Delivery, Spine};
use crate::protection::How;

impl Delivery {
    /// How far a number may be from the true one.
    fn slack(&self, how: How) -> u64 {
        match how {
            How::Exact | How::Hidden => 0,
            How::Rounded => 2,
            How::Noise => self.asked.noise.largest.unsigned_abs(),
        }
    }

    /// Whether the totals of all tables agree: one total for a measure, however it is broken down, and parts that add up to it as far
    /// as their protection lets them.
    pub(super) fn agrees(&self) -> Result<(), DeliveryError> {
        for (measure, spine) in &self.spines {
            let Spine::Released(of) = spine else { continue };
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
            let how = of.families.first().map_or(How::Exact, |f| f.how);
            for a in &of.asked {
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
