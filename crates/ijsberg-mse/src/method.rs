//! Every method by name: its family, what it assumes, and what it costs. A new estimator needs a line here.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Methods of one kind, which a reader compares with each other before comparing kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// The average over all models of the space: the headline.
    Headline,
    /// Log-linear models of the lists, chosen by a criterion or given.
    LogLinear,
    /// Bayesian averages over log-linear models and graphs.
    Bayesian,
    /// Persons fall into classes with chances of their own.
    LatentClasses,
    /// Closed-population models in which the chances differ between persons.
    Heterogeneity,
    /// Closed-population models in which all persons have the same chances.
    Homogeneous,
    /// Chances change after the first time.
    Behaviour,
    /// From how often persons were seen.
    TimesSeen,
    /// One list is a random sample, as the person who drew it states.
    ByDesign,
    /// Closed forms: two lists, lower bounds, sample coverage.
    ClosedForm,
    /// Methods that take covariates.
    Covariates,
}

impl Family {
    /// All families, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Headline,
        Self::ByDesign,
        Self::Covariates,
        Self::LogLinear,
        Self::Bayesian,
        Self::LatentClasses,
        Self::Heterogeneity,
        Self::Homogeneous,
        Self::Behaviour,
        Self::TimesSeen,
        Self::ClosedForm,
    ];
}

/// The kinds of assumption that make an estimate possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assumption {
    /// Lists are independent.
    Independence,
    /// One list was drawn at random from the population, so that it is independent of all others.
    RandomSample,
    /// No interaction beyond those in the model, and none of all lists together.
    NoHighestInteraction,
    /// Among persons on no other list, the chosen lists have no interaction of all of them given the covariates.
    NoInteractionOfChosen,
    /// Lists are independent given the covariates, beyond the terms of the model.
    IndependenceGivenCovariates,
    /// Lists are independent within latent classes.
    IndependenceWithinClasses,
    /// The chance of being seen varies between persons in this given form.
    FormOfHeterogeneity,
    /// Dependence is positive on balance, so that the number is a lower bound.
    PositiveDependence,
    /// Chances change after the first time in this given form; the lists have an order in time.
    FormOfBehaviour,
}

/// When a method runs that was not named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Always.
    Usual,
    /// When thoroughness is asked for: it takes seconds to minutes.
    Slow,
    /// Never: it needs a model, or lists, that the user gives.
    Given,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $family:ident, $assumption:ident, $cost:ident;)*) => {
        /// A method.
        ///
        /// ```
        /// use ijsberg_mse::method::{Family, Method};
        ///
        /// let method: Method = "loglinear.best-bic".parse().unwrap();
        /// assert_eq!(method, Method::BestBic);
        /// assert_eq!(method.family(), Family::LogLinear);
        /// assert_eq!(method.to_string(), "loglinear.best-bic");
        /// assert!("best".parse::<Method>().is_err());
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Method {
            $($(#[$doc])* $name,)*
        }

        impl Method {
            /// All methods, in the order in which they are run and listed.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable identifier, such as `loglinear.best-bic`.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// Its family.
            pub const fn family(self) -> Family {
                match self { $(Self::$name => Family::$family,)* }
            }

            /// What makes its estimate possible.
            pub const fn assumption(self) -> Assumption {
                match self { $(Self::$name => Assumption::$assumption,)* }
            }

            /// What it costs.
            pub const fn cost(self) -> Cost {
                match self { $(Self::$name => Cost::$cost,)* }
            }
        }
    };
}

methods! {
    /// The average over all families of models, on which the verdict rests.
    ModelSpace = "models.averaged", Headline, NoHighestInteraction, Usual;
    /// Chapman's estimator for a random sample and all other lists together.
    AnchorChapman = "anchor.chapman", ByDesign, RandomSample, Usual;
    /// A random sample of a known share of the population.
    AnchorShare = "anchor.share", ByDesign, RandomSample, Usual;
    /// A random sample of counted people, each of whom was checked.
    AnchorPeople = "anchor.people", ByDesign, RandomSample, Usual;
    /// Lincoln and Petersen's estimator for two lists.
    LincolnPetersen = "lincoln-petersen", ClosedForm, Independence, Usual;
    /// Chapman's correction of it.
    Chapman = "chapman", ClosedForm, Independence, Usual;
    /// Chao's lower bound.
    Chao = "chao", ClosedForm, PositiveDependence, Usual;
    /// Chao's lower bound, corrected for bias.
    ChaoCorrected = "chao.bc", ClosedForm, PositiveDependence, Usual;
    /// Chao's lower bound from pairs of lists.
    ChaoPairs = "chao.pairs", ClosedForm, PositiveDependence, Usual;
    /// Zelterman's estimator.
    Zelterman = "zelterman", ClosedForm, PositiveDependence, Usual;
    /// Sample coverage, the estimate for high coverage.
    CoverageLow = "coverage.low", ClosedForm, PositiveDependence, Usual;
    /// Sample coverage, the one-step estimate for low coverage.
    CoverageHigh = "coverage.high", ClosedForm, PositiveDependence, Usual;
    /// One chance for all lists and persons.
    M0 = "m0", Homogeneous, Independence, Usual;
    /// A chance for each list.
    Mt = "mt", Homogeneous, Independence, Usual;
    /// Chances differ between persons; Chao's form.
    MhChao = "mh.chao", Heterogeneity, PositiveDependence, Usual;
    /// Chances differ between persons; Poisson form.
    MhPoisson = "mh.poisson", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Chances differ between persons; Darroch's form.
    MhDarroch = "mh.darroch", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Chances differ between persons; gamma form.
    MhGamma = "mh.gamma", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Chances differ between persons, normally on the logit.
    MhNormal = "mh.normal", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Chances differ between lists and persons; Chao's form.
    MthChao = "mth.chao", Heterogeneity, PositiveDependence, Usual;
    /// Chances differ between lists and persons; Poisson form.
    MthPoisson = "mth.poisson", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Chances differ between lists and persons; Darroch's form.
    MthDarroch = "mth.darroch", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Chances differ between lists and persons; gamma form.
    MthGamma = "mth.gamma", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Chances differ between lists and persons, normally on the logit.
    MthNormal = "mth.normal", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Chances change after the first time.
    Mb = "mb", Behaviour, FormOfBehaviour, Usual;
    /// Chances change after the first time and differ between persons.
    Mbh = "mbh", Behaviour, FormOfBehaviour, Usual;
    /// M0, corrected for bias.
    M0Corrected = "m0.bc", Homogeneous, Independence, Usual;
    /// Mt, corrected for bias.
    MtCorrected = "mt.bc", Homogeneous, Independence, Usual;
    /// Mh in the Poisson form, corrected for bias.
    MhPoissonCorrected = "mh.poisson.bc", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Mh in Darroch's form, corrected for bias.
    MhDarrochCorrected = "mh.darroch.bc", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Mh in the gamma form, corrected for bias.
    MhGammaCorrected = "mh.gamma.bc", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Mth in Chao's form, corrected for bias.
    MthChaoCorrected = "mth.chao.bc", Heterogeneity, PositiveDependence, Usual;
    /// Mth in the Poisson form, corrected for bias.
    MthPoissonCorrected = "mth.poisson.bc", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Mth in Darroch's form, corrected for bias.
    MthDarrochCorrected = "mth.darroch.bc", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Mth in the gamma form, corrected for bias.
    MthGammaCorrected = "mth.gamma.bc", Heterogeneity, FormOfHeterogeneity, Usual;
    /// Zero-truncated Poisson regression on the number of times seen.
    TruncatedPoisson = "truncated.poisson", TimesSeen, FormOfHeterogeneity, Usual;
    /// Zero-truncated geometric regression.
    TruncatedGeometric = "truncated.geometric", TimesSeen, FormOfHeterogeneity, Usual;
    /// Zero-truncated negative binomial regression.
    TruncatedNegativeBinomial = "truncated.negative-binomial", TimesSeen, FormOfHeterogeneity, Usual;
    /// Poisson regression on the persons seen more than once.
    TruncatedPoissonRobust = "truncated.poisson.robust", TimesSeen, FormOfHeterogeneity, Usual;
    /// Lists are independent.
    Independence = "loglinear.independence", LogLinear, Independence, Usual;
    /// All two-list terms.
    AllPairs = "loglinear.all-pairs", LogLinear, NoHighestInteraction, Usual;
    /// The published stepwise rule.
    Stepwise = "loglinear.stepwise", LogLinear, NoHighestInteraction, Usual;
    /// The best hierarchical model by Akaike's criterion.
    BestAic = "loglinear.best-aic", LogLinear, NoHighestInteraction, Usual;
    /// The best hierarchical model by Schwarz's criterion.
    BestBic = "loglinear.best-bic", LogLinear, NoHighestInteraction, Usual;
    /// The best hierarchical model by Schwarz's criterion, its small-sample bias taken away by the generalised Chapman estimator.
    BestBicChapman = "loglinear.chapman", LogLinear, NoHighestInteraction, Usual;
    /// The average over the models near the best.
    LogLinearAveraged = "loglinear.averaged", LogLinear, NoHighestInteraction, Usual;
    /// A model that the user gives.
    Formula = "loglinear.formula", LogLinear, NoHighestInteraction, Given;
    /// Posterior average over models with two-list terms.
    LogLinearBayes = "loglinear.bayes", Bayesian, NoHighestInteraction, Usual;
    /// Terms kept above a threshold of their posterior.
    Threshold = "loglinear.threshold", Bayesian, NoHighestInteraction, Usual;
    /// Posterior average over all hierarchical models.
    HierarchicalAveraged = "hierarchical.averaged", Bayesian, NoHighestInteraction, Usual;
    /// Posterior average over decomposable graphs.
    DecomposableAveraged = "decomposable.averaged", Bayesian, NoHighestInteraction, Usual;
    /// Latent classes by maximum likelihood.
    LatentClassMl = "latent-class.ml", LatentClasses, IndependenceWithinClasses, Slow;
    /// Latent classes, their number unknown, by a sampler.
    LatentClassNonparametric = "latent-class.nonparametric", LatentClasses, IndependenceWithinClasses, Slow;
    /// Posterior average with covariates.
    BayesCovariates = "loglinear.bayes.covariates", Covariates, IndependenceGivenCovariates, Slow;
    /// Latent classes with covariates.
    LatentClassCovariates = "latent-class.ml.covariates", Covariates, IndependenceWithinClasses, Slow;
    /// Two lists, independent given covariates.
    DoublyRobust = "doubly-robust", Covariates, IndependenceGivenCovariates, Usual;
    /// Three or four lists, no interaction of all given covariates.
    DoublyRobustLists = "doubly-robust.lists", Covariates, NoHighestInteraction, Usual;
    /// Lists that the user chooses, no interaction of all of them given covariates among persons on no other list.
    DoublyRobustChosen = "doubly-robust.chosen", Covariates, NoInteractionOfChosen, Given;
    /// The search with covariates.
    LogLinearCovariates = "loglinear.covariates", Covariates, IndependenceGivenCovariates, Usual;
}

impl Method {
    /// Whether it takes covariates.
    pub fn takes_covariates(self) -> bool {
        self.family() == Family::Covariates
    }

    /// The identifiers that a user may name, separated by commas.
    pub fn known() -> String {
        let named = Self::ALL.iter().filter(|m| m.cost() != Cost::Given);
        named.map(|m| m.id()).collect::<Vec<_>>().join(", ")
    }

    /// The methods that a user names.
    ///
    /// # Errors
    /// The first name that is no method's.
    pub fn parse_all<S: AsRef<str>>(names: &[S]) -> Result<Vec<Self>, UnknownMethod> {
        names.iter().map(|name| name.as_ref().parse()).collect()
    }
}

/// A name that is no method's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no method is called `{0}`")]
pub struct UnknownMethod(pub String);

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        let named = Self::ALL.iter().find(|m| m.id() == name && m.cost() != Cost::Given);
        named.copied().ok_or_else(|| UnknownMethod(name.to_owned()))
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_unique_and_lead_back() {
        let mut ids: Vec<&str> = Method::ALL.iter().map(|m| m.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Method::ALL.len());
        for method in Method::ALL {
            let read: Result<Method, _> = method.id().parse();
            assert_eq!(read.is_ok(), method.cost() != Cost::Given, "{method}");
            assert!(Family::ALL.contains(&method.family()));
        }
    }
}
