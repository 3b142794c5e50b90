//! Arguments about a list that was drawn at random from the population.

use anyhow::{Context, bail};
use clap::Args;
use ijsberg_mse::anchor::{Anchor, Check, CheckAccuracy, DrawnFrom, Trial};
use ijsberg_report::text::Text;

/// A list that is a random sample, and what it was drawn from.
#[derive(Debug, Clone, Default, Args)]
#[allow(clippy::struct_field_names, reason = "each is called as its argument is")]
pub(crate) struct AnchorArguments {
    /// A list that was drawn at random from the whole population; the verdict then rests on it. Only you can know that.
    #[arg(long, value_name = "LIST")]
    anchor: Option<String>,
    /// The share of the population that was drawn for that list, if it is known, such as 0.05.
    #[arg(long, value_name = "SHARE", requires = "anchor", conflicts_with = "anchor_people")]
    anchor_share: Option<f64>,
    /// The number of people from whom that list was drawn, those on other lists among them.
    #[arg(long, value_name = "PEOPLE", requires = "anchor", requires = "anchor_cleared")]
    anchor_people: Option<u64>,
    /// How many of the people drawn are on no list and were found not to belong to the population.
    #[arg(long, value_name = "PEOPLE", requires = "anchor_people")]
    anchor_cleared: Option<u64>,
    /// Sensitivity and specificity of the check of who belongs to the population, such as 0.95,0.99.
    #[arg(long, value_name = "SENSITIVITY,SPECIFICITY", requires = "anchor_people")]
    anchor_check: Option<String>,
    /// What came of a trial of the check: people who belong, those of them found, people who do not belong, those of them cleared.
    #[arg(
        long,
        value_name = "BELONGING,FOUND,OTHERS,CLEARED",
        requires = "anchor_people",
        conflicts_with = "anchor_check"
    )]
    anchor_trial: Option<String>,
}

impl AnchorArguments {
    pub(crate) fn anchor(&self, text: &Text) -> anyhow::Result<Option<Anchor>> {
        let Some(list) = self.anchor.clone() else { return Ok(None) };
        let drawn = match (self.anchor_share, self.anchor_people.zip(self.anchor_cleared)) {
            (Some(share), _) if share > 0.0 && share < 1.0 => DrawnFrom::Share { share },
            (Some(share), _) => bail!(text.fill("argument-anchor-share", &[("value", share.to_string())])),
            (None, Some((people, cleared))) => {
                DrawnFrom::People { people, cleared, check: self.check(text)? }
            }
            (None, None) => DrawnFrom::Unknown,
        };
        Ok(Some(Anchor { list, drawn }))
    }

    fn check(&self, text: &Text) -> anyhow::Result<CheckAccuracy> {
        match (&self.anchor_trial, &self.anchor_check) {
            (Some(given), _) => Ok(trial(text, "--anchor-trial", given)?.into()),
            (None, Some(given)) => Ok(check(text, "--anchor-check", given)?.into()),
            (None, None) => Ok(Check::default().into()),
        }
    }
}

/// The sensitivity and specificity that are stated with the argument `name`.
pub(crate) fn check(text: &Text, name: &str, given: &str) -> anyhow::Result<Check> {
    let parts = given.split_once(',').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let share = |x: f64| x > 0.0 && x <= 1.0;
    parts
        .map(|(sensitivity, specificity)| Check { sensitivity, specificity })
        .filter(|c| share(c.sensitivity) && share(c.specificity) && c.sensitivity + c.specificity > 1.0)
        .with_context(|| {
            text.fill("argument-anchor-check", &[("name", name.to_owned()), ("value", given.to_owned())])
        })
}

/// The trial of a check that is stated with the argument `name`.
pub(crate) fn trial(text: &Text, name: &str, given: &str) -> anyhow::Result<Trial> {
    let numbers: Option<Vec<u64>> = given.split(',').map(|n| n.trim().parse().ok()).collect();
    numbers
        .and_then(|n| <[u64; 4]>::try_from(n).ok())
        .map(|[belonging, found, others, cleared]| Trial { belonging, found, others, cleared })
        .filter(|t| t.belonging > 0 && t.others > 0 && t.found <= t.belonging && t.cleared <= t.others)
        .with_context(|| {
            text.fill("argument-anchor-trial", &[("name", name.to_owned()), ("value", given.to_owned())])
        })
}
