//! Published figures in sentences. A figure is written as 0 only if it is exact: a protected count of 0 can stand for a few persons, and
//! a sentence has no note that says so.

use ijsberg_report::text::Text;

use crate::protection::CountProtection;

/// The smallest share that is written in digits; a smaller one would be rounded to 0.
const LEAST: f64 = 0.001;

/// A count in words.
pub(crate) fn count(text: &Text, n: u64, how: CountProtection) -> String {
    if n == 0 && how != CountProtection::Exact { text.say("monitor-few") } else { text.number(n as f64) }
}

/// A count in a sentence: "about" before the number, unless it is 0.
pub(crate) fn about(text: &Text, n: u64, how: CountProtection) -> String {
    let figure = count(text, n, how);
    if n == 0 { figure } else { text.fill("monitor-about", &[("n", figure)]) }
}

/// A share of the total. `None` if the total is 0 or smaller than the count, which noise can cause in small counts.
pub(crate) fn share(text: &Text, n: u64, all: u64, how: CountProtection) -> Option<String> {
    if all == 0 || n > all {
        return None;
    }
    let share = n as f64 / all as f64;
    Some(match (n, how) {
        (0, CountProtection::Exact) => zero_share(text),
        (0, _) => text.say("monitor-few-share"),
        _ if share < LEAST => text.fill("monitor-share-below", &[("share", text.percent(LEAST))]),
        _ => text.percent(share),
    })
}

/// A share of exactly 0.
fn zero_share(text: &Text) -> String {
    format!("{}%", text.number(0.0))
}

/// Whether a figure stands for 0 or possibly a few persons, so that "about" does not fit it.
fn is_zero_or_few(text: &Text, figure: &str) -> bool {
    figure == text.number(0.0)
        || figure == zero_share(text)
        || ["monitor-few", "monitor-few-share"].iter().any(|key| figure == text.say(key))
}

/// Appends a figure to the words of a sentence. The text stays the same while its figures change from year to year: if the words end with
/// "about" and the figure is 0 or possibly a few, that word is removed.
pub(crate) fn append(text: &Text, words: &mut String, figure: &str) {
    let about = text.fill("monitor-about", &[("n", String::new())]);
    let (about, before) = (about.trim(), words.trim_end());
    let at = before.len().checked_sub(about.len()).filter(|_| is_zero_or_few(text, figure));
    let last = at.and_then(|at| Some((at, before.get(at..)?)));
    let Some((at, last)) = last.filter(|(_, last)| last.eq_ignore_ascii_case(about)) else {
        words.push_str(figure);
        return;
    };
    // The match must not be the end of another word.
    if words[..at].ends_with(char::is_alphanumeric) {
        words.push_str(figure);
        return;
    }
    let is_first = last.starts_with(char::is_uppercase);
    words.truncate(at);
    let mut rest = figure.chars();
    match rest.next().filter(|_| is_first) {
        Some(first) => words.extend(first.to_uppercase().chain(rest)),
        None => words.push_str(figure),
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;

    #[test]
    fn zero_is_written_only_where_it_is_exact() {
        let text = Text::new(Language::English);
        let few = "zero or very few";
        for how in [CountProtection::Noise, CountProtection::Rounded, CountProtection::Hidden] {
            assert_eq!((count(&text, 0, how), about(&text, 0, how)), (few.to_owned(), few.to_owned()));
            assert_eq!(share(&text, 0, 40, how).unwrap(), "zero or a very small share");
        }
        let exact = CountProtection::Exact;
        assert_eq!((count(&text, 0, exact), about(&text, 0, exact)), ("0".into(), "0".into()));
        assert_eq!(share(&text, 0, 40, exact).unwrap(), "0%");
        let figure = (count(&text, 1234, CountProtection::Noise), about(&text, 12, CountProtection::Noise));
        assert_eq!(figure, ("1,234".into(), "about 12".into()));
        // A share above 0 is not rounded to 0.
        assert_eq!(share(&text, 3, 10_000, CountProtection::Noise).unwrap(), "less than 0.1%");
        assert_eq!(share(&text, 10, 10_000, CountProtection::Noise).unwrap(), "0.1%");
        assert_eq!(share(&text, 20, 40, CountProtection::Rounded).unwrap(), "50%");
        assert_eq!([share(&text, 0, 0, exact), share(&text, 9, 8, CountProtection::Noise)], [None, None]);
        let dutch = Text::new(Language::Dutch);
        assert_eq!(count(&dutch, 0, CountProtection::Rounded), "geen of heel weinig");
        assert_eq!(share(&dutch, 0, 9, CountProtection::Noise).unwrap(), "nul of een heel klein deel");
        assert_eq!(share(&dutch, 3, 10_000, CountProtection::Noise).unwrap(), "minder dan 0,1%");
    }

    #[test]
    fn about_is_removed_before_zero_or_few() {
        let text = Text::new(Language::Dutch);
        let sentence = |words: &str, figure: &str| {
            let mut words = words.to_owned();
            append(&text, &mut words, figure);
            words
        };
        let few = text.say("monitor-few");
        assert_eq!(sentence("Er zijn ongeveer ", "12"), "Er zijn ongeveer 12");
        assert_eq!(sentence("Er zijn ongeveer ", &few), "Er zijn geen of heel weinig");
        assert_eq!(sentence("Er zijn ongeveer ", "0"), "Er zijn 0");
        assert_eq!(sentence("Ongeveer ", &few), "Geen of heel weinig");
        assert_eq!(sentence("Er zijn ", &few), "Er zijn geen of heel weinig");
        assert_eq!(sentence("é", &few), "égeen of heel weinig");
        let text = Text::new(Language::English);
        let mut words = "a report about ".to_owned();
        append(&text, &mut words, "the Netherlands");
        assert_eq!(words, "a report about the Netherlands");
    }
}
