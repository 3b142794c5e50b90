//! What would give a better answer: changes of the lists, tried out on populations that the table may have come from.
//!
//! A population is drawn from the model space ([`crate::space`]): a model by its weight, and a number of unseen persons from the
//! distribution that it gives. In that population a change is carried out: one list more, independent or not, lists that reach more persons,
//! two lists joined or made independent, one kept as two, a random sample, links resolved. The table that follows is judged as any table is ([`crate::verdict`]).
//! Done for many populations, this says how wide the interval would be and which verdict would follow (preposterior analysis; Raiffa and
//! Schlaifer 1961). The result is valid only if one of the models of the space is: where none is right about the unseen, neither is this.

mod asked;
mod change;
mod plan;
mod sample;

pub use asked::{Dependent, PlanSettings};
pub use change::Change;
pub use plan::{MOST_LISTS, NoPlan, Outlook, Plan, Range, Shares, plan};
pub use sample::{CERTAIN, RequiredSample, expected_limits};
