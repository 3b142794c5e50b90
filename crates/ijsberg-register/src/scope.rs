//! The organisations that a use case concerns. Every use case states them, and a role for one organisation reaches no further.

use std::collections::BTreeSet;

use ijsberg_store::Within;

use crate::policy::{Answer, Extent, Grant, Operation, roles};

/// The organisations that a use case concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// No organisation alone. Only a role for all organisations is sufficient.
    Everywhere,
    /// Every one of these organisations. Data of no organisation are not open to all: an empty set is as [`Scope::Everywhere`].
    Of(BTreeSet<String>),
    /// Beyond the user's own organisation, with a reason and notification of another user: the one exception, for an operation that says
    /// so. The entry in the log is visible to these organisations.
    Beyond(BTreeSet<String>),
    /// As [`Scope::Of`], with a restricted person among the people: refused at the gate even to users who may do it.
    Restricted(BTreeSet<String>),
}

impl Scope {
    /// That of one organisation.
    pub fn for_organisation(organisation: &str) -> Self {
        Self::Of(BTreeSet::from([organisation.to_owned()]))
    }

    /// That of every one of these.
    pub fn all<'a>(organisations: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Of(organisations.into_iter().map(str::to_owned).collect())
    }

    /// The organisations that it names.
    pub(crate) fn organisations(&self) -> &BTreeSet<String> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        match self {
            Self::Everywhere => &NONE,
            Self::Of(all) | Self::Beyond(all) | Self::Restricted(all) => all,
        }
    }

    /// The same of somebody whose data are only stored.
    pub(crate) fn restricted(self) -> Self {
        match self {
            Self::Of(all) => Self::Restricted(all),
            other => other,
        }
    }

    /// The same for what goes on though the data of a person are only stored.
    pub(crate) fn though_restricted(self) -> Self {
        match self {
            Self::Restricted(all) => Self::Of(all),
            other => other,
        }
    }
}

/// How far somebody reaches with an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Data of every organisation, and what is of none.
    Everywhere,
    /// Data of these organisations and of no other.
    Only(BTreeSet<String>),
}

impl Reach {
    /// How far these grants reach with an operation; none where no role of theirs may do it at all.
    pub fn from_grants(grants: &[Grant], operation: Operation) -> Option<Self> {
        let may = || grants.iter().filter(|g| roles(operation).contains(&g.role));
        if may().any(|g| g.organisation == EVERYWHERE) {
            return Some(Self::Everywhere);
        }
        let only: BTreeSet<String> = may().map(|g| g.organisation.clone()).collect();
        (!only.is_empty()).then_some(Self::Only(only))
    }

    /// As far as nothing.
    pub(crate) fn nowhere() -> Self {
        Self::Only(BTreeSet::new())
    }

    /// As far as both reach.
    pub(crate) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Everywhere, reach) | (reach, Self::Everywhere) => reach.clone(),
            (Self::Only(a), Self::Only(b)) => Self::Only(a.intersection(b).cloned().collect()),
        }
    }

    /// Whether it reaches the data of an organisation.
    pub fn holds(&self, organisation: &str) -> bool {
        match self {
            Self::Everywhere => true,
            // What is for all is not of one.
            Self::Only(only) => organisation != EVERYWHERE && only.contains(organisation),
        }
    }

    /// Whether it reaches all that a use case of that scope touches.
    pub fn covers(&self, operation: Operation, scope: &Scope) -> bool {
        let everywhere = *self == Self::Everywhere;
        match (operation.extent(), scope) {
            (Extent::Everywhere, _) | (_, Scope::Everywhere) => everywhere,
            (Extent::Beyond, Scope::Beyond(_)) => true,
            (_, Scope::Of(all) | Scope::Beyond(all) | Scope::Restricted(all)) => {
                everywhere || (!all.is_empty() && all.iter().all(|o| self.holds(o)))
            }
        }
    }

    /// The same for queries.
    pub(crate) fn within(&self) -> Within<'_> {
        match self {
            Self::Everywhere => Within::Everywhere,
            Self::Only(only) => Within::Only(only),
        }
    }
}

/// How a grant for all organisations is written.
pub const EVERYWHERE: &str = "*";

/// The check that every use case makes.
pub fn ask(grants: &[Grant], operation: Operation, scope: &Scope) -> Answer {
    match Reach::from_grants(grants, operation) {
        None => Answer::Denied,
        Some(reach) if reach.covers(operation, scope) => Answer::Allowed,
        Some(_) if operation.extent() == Extent::Everywhere || *scope == Scope::Everywhere => {
            Answer::NotEverywhere
        }
        Some(_) => Answer::OtherOrganisation,
    }
}
