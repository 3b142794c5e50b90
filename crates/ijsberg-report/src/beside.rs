//! Two runs compared: the headline of each, then every method of either, and the differences.

use std::fmt::Write;

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::estimate::Estimate;
use ijsberg_mse::method::Method;

use crate::charts::{WIDE, escape};
use crate::families::basis;
use crate::html::verdict;
use crate::text::{Text, key_of};
use crate::{Analysis, headline, methods};

/// What verdicts allow to be said, as rows of the table.
const ALLOWED: [&str; 3] = ["beside-number", "beside-at-least", "beside-at-most"];

/// Estimates of one method, one of each run.
type Pair<'a> = [Option<&'a Estimate>; 2];

/// Compares two runs, each with its name.
pub fn beside(text: &Text, runs: [(&str, &Analysis); 2]) -> String {
    let called = [format!("A: {}", runs[0].0), format!("B: {}", runs[1].0)];
    let mut out = String::from("<div class=\"versus\">\n");
    for (name, (_, a)) in called.iter().zip(runs) {
        let _ = writeln!(out, "<div><h2>{}</h2>", escape(name));
        verdict(&mut out, text, &key_of(a.diagnostics.verdict), &headline::card(text, a));
        out.push_str("</div>\n");
    }
    let [first, second] = called;
    let _ = write!(out, "</div>\n{WIDE}<table>\n<thead><tr>");
    for h in [text.say("col-method"), first, second, text.say("beside-difference")] {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(&h));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let mut row = |heading: &str, cells: [String; 2], numbers: [Option<f64>; 2]| {
        let [a, b] = cells;
        let between = difference(text, numbers);
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{heading}</th><td>{a}</td><td>{b}</td><td>{between}</td></tr>"
        );
    };
    let said = runs.map(|(_, a)| allowed(a));
    for (i, key) in ALLOWED.iter().enumerate() {
        let numbers = said.map(|s| s[i]);
        if numbers.iter().any(Option::is_some) {
            let cells = numbers.map(|n| n.map_or_else(|| "–".to_owned(), |n| text.number(n)));
            row(&escape(&text.say(key)), cells, numbers);
        }
    }
    let estimates = runs.map(|(_, a)| a.estimates.as_slice());
    for pair in pairs(estimates) {
        let Some(one) = pair[0].or(pair[1]) else { continue };
        let mut heading = methods::named(text, one.method);
        if let Some(model) = one.model.as_ref().filter(|_| by_model(estimates, one.method)) {
            let _ = write!(heading, " {}", escape(&basis(text, model)));
        }
        let cells = pair.map(|e| e.map_or_else(|| "–".to_owned(), |e| in_short(text, e)));
        row(&heading, cells, pair.map(|e| e.and_then(|e| e.n_hat)));
    }
    let _ = writeln!(out, "</tbody>\n</table>\n</div>\n<p>{}</p>", escape(&text.say("beside-note")));
    methods::panel(&mut out, text, estimates.into_iter().flatten());
    out
}

/// The number, the lower bound and the upper limit that a verdict allows to be said.
fn allowed(a: &Analysis) -> [Option<f64>; 3] {
    let d = &a.diagnostics;
    let number = d.headline.as_ref().map(|h| h.n_hat);
    match d.verdict {
        Verdict::FitToPublish => [number, d.at_least, d.at_most],
        Verdict::RangeOnly => [None, d.at_least, d.at_most],
        Verdict::LowerBoundOnly => [None, d.at_least, None],
        Verdict::NoEstimate | Verdict::NotAssessed => [None; 3],
    }
}

/// Whether a method is compared model by model: one that is given models, or that has several estimates in a run.
fn by_model(runs: [&[Estimate]; 2], method: Method) -> bool {
    let several = |run: &[Estimate]| run.iter().filter(|e| e.method == method).count() > 1;
    method == Method::Formula || runs.into_iter().any(several)
}

/// The estimates of both runs by method, in the order of the first.
fn pairs(runs: [&[Estimate]; 2]) -> Vec<Pair<'_>> {
    let same = |x: &Estimate, y: &Estimate| {
        x.method == y.method && (x.model == y.model || !by_model(runs, x.method))
    };
    let [first, second] = runs;
    let both = first.iter().map(|a| [Some(a), second.iter().find(|b| same(a, b))]);
    let alone = second.iter().filter(|b| !first.iter().any(|a| same(a, b))).map(|b| [None, Some(b)]);
    both.chain(alone).collect()
}

/// `+5,940 (+19.2%)`: how far the second is above the first.
fn difference(text: &Text, numbers: [Option<f64>; 2]) -> String {
    let [Some(a), Some(b)] = numbers.map(|n| n.filter(|n| n.is_finite())) else { return "–".to_owned() };
    // A difference below ten has one decimal, since both numbers are shown to the nearest whole.
    let small = (0.05..10.0).contains(&(b - a).abs()) && (a.fract(), b.fract()) != (0.0, 0.0);
    let by = signed(if small { text.decimal(b - a, 1) } else { text.number(b - a) });
    if a > 0.0 { format!("{by} ({}%)", signed(text.decimal(100.0 * (b - a) / a, 1))) } else { by }
}

/// A number with its sign; none has none.
fn signed(number: String) -> String {
    let some = number.contains(|c: char| matches!(c, '1'..='9'));
    if some && !number.starts_with('-') { format!("+{number}") } else { number }
}

/// `36,860 (30,711 – 45,660)`, or why there is no estimate.
fn in_short(text: &Text, e: &Estimate) -> String {
    let limits = e.interval.map(|i| format!("({} – {})", text.number(i.lower), text.number(i.upper)));
    match (e.n_hat, limits) {
        (Some(n), Some(limits)) => format!("{} {limits}", text.number(n)),
        (Some(n), None) => text.number(n),
        (None, Some(limits)) => limits,
        (None, None) => text.say(&format!("outcome-{}", key_of(e.outcome))),
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_mse::estimate::Basis;
    use ijsberg_mse::methods::counts;
    use ijsberg_mse::truncated::CountRow;

    use super::*;
    use crate::text::Language;

    #[test]
    fn a_difference_has_a_sign_and_a_share() {
        let (english, dutch) = (Text::new(Language::English), Text::new(Language::Dutch));
        let of = |text: &Text, a, b| difference(text, [Some(a), Some(b)]);
        assert_eq!(of(&english, 30_920.0, 36_860.0), "+5,940 (+19.2%)");
        assert_eq!(of(&dutch, 36_860.0, 30_920.0), "-5.940 (-16,1%)");
        assert_eq!(of(&english, 500.0, 500.0), "0 (0.0%)");
        assert_eq!(of(&english, 100.4, 100.6), "+0.2 (+0.2%)");
        assert_eq!(of(&english, 500.0, f64::INFINITY), "–");
        assert_eq!(difference(&english, [Some(500.0), None]), "–");
    }

    #[test]
    fn estimates_of_different_models_are_not_compared() {
        let row = |times, persons| CountRow { times, x: vec![1.0], persons };
        let mut of_run = counts::run(&[row(1, 90.0), row(2, 30.0), row(3, 9.0)], 0.95);
        of_run.truncate(1);
        let given = |formula: &str| Estimate {
            method: Method::Formula,
            model: Some(Basis::Model(formula.to_owned())),
            ..of_run[0].clone()
        };
        let (a, b) = ([of_run[0].clone(), given("[A,B]")], [of_run[0].clone(), given("[A,C]")]);
        let found = pairs([&a, &b]);
        assert_eq!(found.len(), 3);
        let both: Vec<bool> = found.iter().map(|p| p.iter().all(Option::is_some)).collect();
        assert_eq!(both, [true, false, false]);
        assert_eq!(pairs([&a, &a]).len(), 2);
    }
}
