//! From evidence to a wording: one pure rule, small enough to be tried whole.

use serde::{Deserialize, Serialize};

use crate::answer::Truth;

/// Wording to propose to the person who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wording {
    /// Too little was asked to say.
    InsufficientInformation,
    /// No indication yet. Never: not a victim.
    NoneYet,
    /// An indication.
    Indication,
    /// Exploitation or serious disadvantage, and every means is excluded.
    ExploitationWithoutMeans,
    /// A presumed victim.
    PresumedVictim,
    /// Strongly supported.
    StronglySupported,
}

impl Wording {
    /// All of them, the weakest first.
    pub const ALL: [Self; 6] = [
        Self::InsufficientInformation,
        Self::NoneYet,
        Self::Indication,
        Self::ExploitationWithoutMeans,
        Self::PresumedVictim,
        Self::StronglySupported,
    ];

    /// How much it says, 0 to 4. Exploitation without means says no more than an indication: it says something else.
    pub fn rank(self) -> u8 {
        match self {
            Self::InsufficientInformation => 0,
            Self::NoneYet => 1,
            Self::Indication | Self::ExploitationWithoutMeans => 2,
            Self::PresumedVictim => 3,
            Self::StronglySupported => 4,
        }
    }
}

/// What the wording rests on, for a person whose age is taken as known. More of any of it never makes the wording say less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Evidence {
    /// The person is a child.
    pub child: bool,
    /// An answer is an indication by itself.
    pub indication: bool,
    /// At least half of the published signals and means are answered.
    pub asked: bool,
    /// A means of coercion.
    pub means: Truth,
    /// Different means, each by an answer of its own, that rest on the text or on case law; two count as much as more.
    pub sure_means: u8,
    /// Exploitation, or removal of organs, as the law has it.
    pub exploitation: bool,
    /// The ILO's dimension of exploitation is positive.
    pub conditions: bool,
    /// Some indicator of that dimension.
    pub some_condition: bool,
    /// That dimension may still be positive.
    pub conditions_possible: bool,
    /// A form of exploitation, sex work that another gains by, or work that something ties the person to.
    pub form: bool,
    /// Deceptive recruitment is positive.
    pub deceived: bool,
    /// Coercion at recruitment or at destination is positive.
    pub coerced: bool,
    /// Abuse of vulnerability is positive, at recruitment or at destination.
    pub pressed: bool,
    /// Any other dimension is positive, or with the age open one by the weights for a child.
    pub other_dimension: bool,
    /// An item of the law is complete.
    pub complete: bool,
    /// An item is complete, and all that it needs rests on the text or on settled case law.
    pub settled: bool,
    /// The ILO's dimensions of exploitation and of coercion at destination are both positive.
    pub forced: bool,
    /// Another gains, has proceeds handed over, or holds the person.
    pub held: bool,
}

impl Evidence {
    /// What the evidence is enough for.
    ///
    /// *Strongly supported* asks for a complete item of the law and for something besides it: the ILO's two dimensions at
    /// destination, or two means and gain or hold; for a child, who needs no means, any means or gain. *Presumed* asks for both
    /// sides of trafficking, what was done to the person and what for, each supported; for a child exploitation is enough. Bad
    /// conditions alone are not, nor are broken promises about pay without anything that ties the person to the work: child labour is an offence of its own, and trafficking only with what makes it exploitation.
    pub fn wording(&self) -> Wording {
        let beside = if self.child {
            self.sure_means > 0 || self.held
        } else {
            self.forced || (self.sure_means > 1 && self.held)
        };
        if self.settled && (beside || (self.child && self.forced)) {
            return Wording::StronglySupported;
        }
        let what_for = self.exploitation || self.conditions;
        let presumed = self.complete
            || (self.exploitation && self.child)
            || (what_for && (self.means == Truth::Yes || self.coerced))
            || (self.conditions && self.deceived)
            || (self.coerced && self.conditions_possible && (self.some_condition || self.form))
            || (self.deceived && self.conditions_possible && self.some_condition && self.form);
        if presumed {
            return Wording::PresumedVictim;
        }
        // Not beside a dimension of abuse, which says the contrary.
        if !self.child && self.conditions && self.means == Truth::No && !self.pressed {
            return Wording::ExploitationWithoutMeans;
        }
        let indicated = self.indication
            || self.means == Truth::Yes
            || what_for
            || self.deceived
            || self.coerced
            || self.other_dimension;
        match (indicated, self.asked) {
            (true, _) => Wording::Indication,
            (false, true) => Wording::NoneYet,
            (false, false) => Wording::InsufficientInformation,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All evidence there is: 5 x 2^16.
    fn all() -> impl Iterator<Item = Evidence> {
        (0..1_u32 << 16).flat_map(|bits| {
            let b = move |k: u32| bits >> k & 1 == 1;
            let means = [(Truth::No, 0), (Truth::Open, 0), (Truth::Yes, 0), (Truth::Yes, 1), (Truth::Yes, 2)];
            means.map(move |(means, sure_means)| Evidence {
                child: b(0),
                indication: b(1),
                asked: b(2),
                means,
                sure_means,
                exploitation: b(4),
                conditions: b(5),
                some_condition: b(6) || b(5),
                conditions_possible: b(7) || b(5),
                form: b(8),
                deceived: b(9),
                coerced: b(10),
                pressed: b(3),
                other_dimension: b(11) || b(3),
                complete: b(12) || b(13),
                settled: b(13),
                forced: b(14),
                held: b(15),
            })
        })
    }

    #[test]
    fn no_evidence_is_overlooked_and_none_is_invented() {
        for e in all() {
            let w = e.wording();
            let positive = e.conditions || e.deceived || e.coerced || e.other_dimension;
            if e.complete || positive || e.means == Truth::Yes || e.exploitation {
                assert!(w.rank() >= Wording::Indication.rank(), "{e:?}");
            }
            if e.complete {
                assert!(w >= Wording::PresumedVictim, "{e:?}");
            }
            if w == Wording::StronglySupported {
                assert!(e.settled, "{e:?}");
            }
            if w == Wording::ExploitationWithoutMeans {
                assert!(!e.child && e.means == Truth::No && e.conditions, "{e:?}");
                assert!(!(e.deceived || e.coerced || e.pressed), "{e:?}");
            }
        }
    }

    #[test]
    fn more_evidence_never_says_less() {
        for e in all() {
            let before = e.wording().rank();
            let more = |change: &dyn Fn(&mut Evidence)| {
                let mut more = e;
                change(&mut more);
                assert!(more.wording().rank() >= before, "{e:?} {more:?}");
            };
            more(&|e| e.indication = true);
            more(&|e| e.asked = true);
            more(&|e| e.means = if e.means == Truth::No { Truth::Open } else { Truth::Yes });
            more(&|e| (e.means, e.sure_means) = (Truth::Yes, 2.min(e.sure_means + 1)));
            more(&|e| e.exploitation = true);
            more(&|e| (e.conditions, e.some_condition, e.conditions_possible) = (true, true, true));
            more(&|e| e.some_condition = true);
            more(&|e| e.conditions_possible = true);
            more(&|e| e.form = true);
            more(&|e| e.deceived = true);
            more(&|e| e.coerced = true);
            more(&|e| e.other_dimension = true);
            more(&|e| (e.pressed, e.other_dimension) = (true, true));
            more(&|e| e.complete = true);
            more(&|e| (e.complete, e.settled) = (true, true));
            more(&|e| e.forced = true);
            more(&|e| e.held = true);
        }
    }

    /// The wording for a child is never weaker than for an adult with the same evidence.
    #[test]
    fn a_child_is_protected_at_least_as_much() {
        for e in all().filter(|e| !e.child) {
            let child = Evidence { child: true, ..e };
            assert!(child.wording().rank() >= e.wording().rank(), "{e:?}");
        }
    }
}
