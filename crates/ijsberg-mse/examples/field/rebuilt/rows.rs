//! The published results.
//!
//! Values of Binette and Steorts 2022 are those that their repository stores for the figure of estimates (`MSETools`,
//! `analyses/real_data`); those of Chan and others 2021 and of Silverman and others 2024 as the authors' package
//! `MultipleSystemsEstimation` quotes them; those of LCMCR and of the threshold rule from running the authors' packages.

use ijsberg_mse::loglinear::Criterion;

use super::data::Data;
use super::ours::{Limits, Rule};
use super::{Check, Figure, Row};

const BINETTE: &str = "Binette and Steorts 2022";
const CHAN: &str = "Chan and others 2021";
const BOOTSTRAP: &str = "Silverman and others 2024, table 6";
const THRESHOLD: &str = "Silverman 2020, section 6";
const LCMCR: &str = "Manrique-Vallier 2016; LCMCR 0.4.14";

/// Two runs of the same rule on the same table, both published, are as far apart at the limits.
const BCA: &str = "limits: other replicates";
const GRID: &str = "median and limits on their grid of 1,000 points";
const SAMPLED: &str = "theirs sampled, ours by Laplace's method";
const CHAINS: &str = "other chains; ours has no upper limit of 21 times the number seen";

const fn at(n_hat: f64, lower: f64, upper: f64) -> Figure {
    Figure { n_hat: Some(n_hat), limits: Some((lower, upper)) }
}

const fn point(n_hat: f64) -> Figure {
    Figure { n_hat: Some(n_hat), limits: None }
}

const fn row(
    source: &'static str,
    data: Data,
    how: Rule,
    published: Figure,
    check: Check,
    why: &'static str,
) -> Row {
    Row { source, data, how, published, check, why }
}

/// What takes less than a few seconds together.
pub(crate) fn quick() -> Vec<Row> {
    [studies(), chan(), of_2024(), threshold(), binette_classical(), binette_graphs()].concat()
}

/// What is sampled, or resampled on eight lists.
pub(crate) fn slow() -> Vec<Row> {
    let by = Rule::LatentClasses;
    vec![
        row(
            "Chan and others 2021, 4.1",
            Data::NewOrleans,
            Rule::Stepwise(Limits::Bca),
            at(1184.0, 717.0, 1657.0),
            Check::Near(0.001, 0.35),
            BCA,
        ),
        row(
            "Chan and others 2021, 4.1",
            Data::NewOrleans,
            Rule::Independence(Limits::Bca),
            at(997.0, 644.0, 1618.0),
            Check::Near(0.001, 0.2),
            BCA,
        ),
        row(LCMCR, Data::Kosovo, by, at(10_477.0, 9163.0, 14_048.0), Check::Near(0.03, 0.08), CHAINS),
        row(LCMCR, Data::Kingdom, by, at(22_790.0, 16_862.0, 34_502.0), Check::Near(0.03, 0.08), CHAINS),
        row(
            LCMCR,
            Data::Netherlands,
            by,
            at(54_767.0, 44_018.0, 166_401.0),
            Check::Open,
            "five seeds give means from 50,898 to 144,537; their chains do not converge, ours agree",
        ),
        row(BINETTE, Data::KingdomFive, by, at(20_232.0, 10_935.0, 32_842.0), Check::Near(0.2, 0.6), CHAINS),
        row(
            BINETTE,
            Data::NetherlandsFive,
            by,
            at(50_080.5, 25_312.0, 161_730.0),
            Check::Open,
            "the authors report an R-hat of 1.67 and two modes: their chains do not converge",
        ),
        row(BINETTE, Data::NewOrleansFive, by, at(830.0, 568.0, 1379.0), Check::Near(0.15, 0.3), CHAINS),
        row(BINETTE, Data::Western, by, at(1836.0, 1301.0, 2955.0), Check::Near(0.15, 0.3), CHAINS),
        row(BINETTE, Data::Australia, by, at(4093.5, 1531.0, 7905.0), Check::Near(0.25, 0.6), CHAINS),
    ]
}

/// What the studies themselves concluded.
fn studies() -> Vec<Row> {
    let british = Figure { n_hat: None, limits: Some((10_000.0, 13_000.0)) };
    let uk = "Silverman 2014; Bales and others 2015";
    let by = Rule::Stepwise(Limits::Profile);
    vec![
        row(uk, Data::Kingdom, by, british, Check::Near(0.0, 0.03), "published rounded to thousands"),
        row(uk, Data::KingdomFive, by, british, Check::Near(0.0, 0.03), "published rounded to thousands"),
        row(
            "Cruyff and others 2017",
            Data::Netherlands,
            Rule::BestOfPairs(Criterion::Aic),
            at(37_500.0, 30_000.0, 45_000.0),
            Check::Ours(41_561.0),
            "published 6,250 a year (5,000 to 7,500), with covariates that are not public; ours is without them, \
             and by BIC it is 116,667",
        ),
        row(
            "Australian Institute of Criminology 2019",
            Data::Australia,
            Rule::BestOfPairs(Criterion::Bic),
            Figure { n_hat: None, limits: Some((1342.0, 1897.0)) },
            Check::Ours(6496.0),
            "the model is not published; independence gives 827, and the best two-list model is far above the limits",
        ),
    ]
}

/// Sparse tables.
fn chan() -> Vec<Row> {
    let again = Rule::Stepwise(Limits::Bca);
    let (step, none) = (Rule::Stepwise(Limits::Without), Rule::Independence(Limits::Without));
    let of =
        |data, how, published, limit, why| row(CHAN, data, how, published, Check::Near(1e-3, limit), why);
    vec![
        of(Data::KingdomFive, step, point(11_313.0), 0.0, ""),
        of(Data::NewOrleans, step, point(1184.0), 0.0, ""),
        of(Data::NewOrleans, none, point(997.0), 0.0, ""),
        of(Data::NewOrleansFive, again, at(1034.0, 589.0, 1703.0), 0.35, BCA),
        of(Data::Western, again, at(2483.0, 1293.0, 3670.0), 0.35, BCA),
    ]
}

/// The choice of a model repeated in the bootstrap.
fn of_2024() -> Vec<Row> {
    let (all, pairs) = (Rule::BestBic(Limits::Bca), Rule::BestOfPairs(Criterion::Bic));
    let without = "limits of this rule are not reproduced: replicates here choose among all orders";
    let of = |data, how, published, check, why| row(BOOTSTRAP, data, how, published, check, why);
    vec![
        of(Data::Kosovo, all, at(10_357.0, 6947.0, 18_010.0), Check::Near(1e-4, 0.15), BCA),
        of(Data::Kosovo, pairs, at(14_342.0, 12_451.0, 16_273.0), Check::Near(1e-4, 0.0), without),
        of(Data::KingdomFive, all, at(25_311.0, 11_168.0, 56_052.0), Check::Near(1e-4, 0.15), BCA),
        of(Data::KingdomFive, pairs, at(22_991.0, 11_456.0, 43_894.0), Check::Near(1e-4, 0.0), without),
        of(Data::NewOrleansLaterFive, all, at(981.0, 397.0, 1511.0), Check::Near(1e-3, 0.4), BCA),
        of(Data::NewOrleansLaterFive, pairs, at(981.0, 397.0, 1505.0), Check::Near(1e-3, 0.0), without),
        of(Data::Korea, all, at(157.0, 128.0, 349.0), Check::Near(2e-3, 0.2), BCA),
        of(
            Data::KingdomFive,
            Rule::BestBic(Limits::Without),
            at(12_262.0, 9330.0, 32_115.0),
            Check::Ours(25_311.0),
            "theirs by a downhill search, which stops at a model with a BIC 1.6 higher; ours is the best of all",
        ),
        of(
            Data::Kingdom,
            Rule::BestBic(Limits::Without),
            at(12_350.0, 9622.0, 27_889.0),
            Check::Near(1e-4, 0.0),
            "theirs by a downhill search; ours is proven the best of all 7,785,061",
        ),
        row(
            "MultipleSystemsEstimation 1.3.2",
            Data::NewOrleansLater,
            Rule::Stepwise(Limits::Without),
            point(1110.0),
            Check::Near(1e-3, 0.0),
            "one person more on C and D than in the paper, which gave 1,184",
        ),
        row(
            "MultipleSystemsEstimation 1.3.2",
            Data::Korea,
            Rule::Stepwise(Limits::Without),
            point(268.8),
            Check::Near(1e-3, 0.0),
            "",
        ),
    ]
}

/// Bayesian thresholding.
fn threshold() -> Vec<Row> {
    let of = |data, published, check, why| row(THRESHOLD, data, Rule::Threshold, published, check, why);
    let near = Check::Near(0.02, 0.05);
    vec![
        of(Data::Kosovo, at(13_971.0, 12_236.0, 16_389.0), near, SAMPLED),
        of(Data::KingdomFive, at(12_400.0, 11_061.0, 14_240.0), near, SAMPLED),
        of(Data::NetherlandsFive, at(49_960.0, 44_879.0, 57_344.0), near, SAMPLED),
        of(
            Data::Netherlands,
            at(70_940.0, 55_371.0, 92_105.0),
            Check::Ours(53_675.0),
            "two pairs of lists do not overlap: their posteriors are skewed, and another term is kept",
        ),
    ]
}

/// Independence and the stepwise rule in the comparison of five tables.
fn binette_classical() -> Vec<Row> {
    let (none, step) = (Rule::Independence(Limits::Profile), Rule::Stepwise(Limits::Bca));
    let of = |data, how, published, check, why| row(BINETTE, data, how, published, check, why);
    let (exact, near) = (Check::Near(1e-4, 0.03), Check::Near(1e-4, 0.4));
    vec![
        of(Data::KingdomFive, none, at(13_444.1, 12_004.0, 15_160.3), exact, ""),
        of(Data::NetherlandsFive, none, at(52_923.9, 48_640.9, 57_776.9), exact, ""),
        of(Data::NewOrleansFive, none, at(1034.15, 673.5, 1771.3), exact, ""),
        of(Data::Western, none, at(2007.14, 1440.5, 2971.4), exact, ""),
        of(Data::Australia, none, at(827.17, 725.5, 964.0), exact, ""),
        of(Data::KingdomFive, step, at(11_313.0, 9366.9, 15_219.2), near, BCA),
        of(Data::NetherlandsFive, step, at(121_521.6, 48_001.9, 173_698.2), near, BCA),
        of(Data::NewOrleansFive, step, at(1034.15, 517.4, 1588.2), near, BCA),
        of(Data::Western, step, at(2483.38, 935.0, 3803.4), Check::Near(1e-4, 0.45), BCA),
        of(Data::Australia, step, at(6496.0, 2157.8, 16_062.2), near, BCA),
    ]
}

/// Decomposable graphs in the comparison of five tables.
fn binette_graphs() -> Vec<Row> {
    let of = |data, published, check| row(BINETTE, data, Rule::Decomposable, published, check, GRID);
    vec![
        of(Data::KingdomFive, at(23_016.0, 10_408.0, 33_481.0), Check::Near(0.02, 0.05)),
        of(Data::NetherlandsFive, at(50_270.0, 41_616.0, 203_328.0), Check::Near(0.03, 0.06)),
        of(Data::NewOrleansFive, at(869.0, 514.0, 1763.0), Check::Near(0.03, 0.1)),
        of(Data::Western, at(2128.0, 1340.0, 3868.0), Check::Near(0.03, 0.1)),
        of(Data::Australia, at(2255.0, 1186.0, 7314.0), Check::Near(0.1, 0.4)),
    ]
}
