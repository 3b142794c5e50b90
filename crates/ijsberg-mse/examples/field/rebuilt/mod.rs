//! Published results beside ours: what is compared, how far it may be apart, and how it is printed.

pub(crate) mod data;
pub(crate) mod existence;
pub(crate) mod ours;
pub(crate) mod rows;

use data::Data;
use ours::Rule;

/// A number with its 95% limits, where there are any.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Figure {
    pub(crate) n_hat: Option<f64>,
    pub(crate) limits: Option<(f64, f64)>,
}

/// What is asked of our number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Check {
    /// The number and the limits are no further from the published ones than these shares.
    Near(f64, f64),
    /// They are known to differ; ours is this, to a hundredth.
    Ours(f64),
    /// Nothing: what was published did not converge, so that there is nothing to be near to.
    Open,
}

/// One published result.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) source: &'static str,
    pub(crate) data: Data,
    pub(crate) how: Rule,
    pub(crate) published: Figure,
    pub(crate) check: Check,
    pub(crate) why: &'static str,
}

/// One published result beside ours.
pub(crate) struct Rebuilt {
    row: Row,
    ours: Figure,
}

/// Works all of them out.
pub(crate) fn rebuilt(rows: &[Row]) -> Vec<Rebuilt> {
    rows.iter().map(|row| Rebuilt { row: *row, ours: row.how.rebuild(row.data) }).collect()
}

/// The table of the chapter.
pub(crate) fn table(all: &[Rebuilt]) -> String {
    let head =
        "| source | table | method | published | ours | difference | note |\n|---|---|---|---|---|---|---|";
    let lines = all.iter().map(Rebuilt::line);
    std::iter::once(head.to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

impl Row {
    /// What is known without working anything out: the beginning of its line.
    pub(crate) fn known(&self) -> String {
        let (data, how, published) = (self.data.name(), self.how.name(), self.published.shown());
        format!("| {} | {data} | {how} | {published} |", self.source)
    }
}

impl Rebuilt {
    fn line(&self) -> String {
        let difference = match (self.ours.n_hat, self.row.published.n_hat) {
            (Some(ours), Some(theirs)) if ours.is_finite() => percent(ours / theirs - 1.0),
            _ => "-".to_owned(),
        };
        format!("{} {} | {difference} | {} |", self.row.known(), self.ours.shown(), self.row.why)
    }

    /// What is further away than recorded.
    pub(crate) fn deviation(&self) -> Option<String> {
        let near = |ours: f64, theirs: f64, share: f64| (ours / theirs - 1.0).abs() <= share;
        let Figure { n_hat, limits } = self.ours;
        let agrees = match self.row.check {
            Check::Open => true,
            Check::Ours(known) => n_hat.is_some_and(|ours| near(ours, known, 0.01)),
            Check::Near(number, limit) => {
                let published = self.row.published.n_hat;
                let numbers = published.is_none_or(|t| n_hat.is_some_and(|ours| near(ours, t, number)));
                // Where we make no limits there is nothing to compare.
                let within = self.row.published.limits.zip(limits);
                numbers && within.is_none_or(|(t, o)| near(o.0, t.0, limit) && near(o.1, t.1, limit))
            }
        };
        (!agrees).then(|| format!("{} ours {}: {:?}", self.row.known(), self.ours.shown(), self.row.check))
    }
}

impl Figure {
    fn shown(&self) -> String {
        match (self.n_hat, self.limits) {
            (Some(n_hat), Some((lower, upper))) => {
                format!("{} ({} to {})", whole(n_hat), whole(lower), whole(upper))
            }
            (Some(n_hat), None) => whole(n_hat),
            (None, Some((lower, upper))) => format!("{} to {}", whole(lower), whole(upper)),
            (None, None) => "no estimate".to_owned(),
        }
    }
}

fn percent(share: f64) -> String {
    if share.abs() < 0.0005 { "0.0%".to_owned() } else { format!("{:+.1}%", 100.0 * share) }
}

fn whole(x: f64) -> String {
    if !x.is_finite() {
        return "no limit".to_owned();
    }
    let digits = format!("{x:.0}");
    let mut shown = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}
