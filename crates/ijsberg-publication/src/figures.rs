//! Published figures in sentences. A figure is written as 0 only if it is exact: a protected count can be 0 where there are a few, and
//! a reader of a sentence sees no note below it.

use ijsberg_report::text::Text;

use crate::protection::How;

/// The least share that is written with its digits; a smaller one would be rounded to nothing.
const LEAST: f64 = 0.001;

/// A count.
pub(crate) fn count(text: &Text, n: u64, how: How) -> String {
    if n == 0 && how != How::Exact { text.say("monitor-few") } else { text.number(n as f64) }
}

/// A count as a sentence has it: about so many, or as few as it is.
pub(crate) fn about(text: &Text, n: u64, how: How) -> String {
    let said = count(text, n, how);
    if n == 0 { said } else { text.fill("monitor-about", &[("n", said)]) }
}

/// A share of all; none where there is nobody, or fewer in all than at the level, which noise can make of a few.
pub(crate) fn share(text: &Text, n: u64, all: u64, how: How) -> Option<String> {
    if all == 0 || n > all {
        return None;
    }
    let share = n as f64 / all as f64;
    Some(match (n, how) {
        (0, How::Exact) => none(text),
        (0, _) => text.say("monitor-few-share"),
        _ if share < LEAST => text.fill("monitor-share-below", &[("share", text.percent(LEAST))]),
        _ => text.percent(share),
    })
}

/// The share of nobody.
fn none(text: &Text) -> String {
    format!("{}%", text.number(0.0))
}

/// Whether a figure is nobody, or perhaps a few: “about” says nothing of it.
fn is_nobody(text: &Text, said: &str) -> bool {
    said == text.number(0.0)
        || said == none(text)
        || ["monitor-few", "monitor-few-share"].iter().any(|key| said == text.say(key))
}

/// Puts a figure behind the words of a sentence. A text is written once, and its figures change from year to year: where the words end
/// with “about” and the figure is nobody, that word goes.
pub(crate) fn put(text: &Text, words: &mut String, said: &str) {
    let about = text.fill("monitor-about", &[("n", String::new())]);
    let (about, before) = (about.trim(), words.trim_end());
    let at = before.len().checked_sub(about.len()).filter(|_| is_nobody(text, said));
    let last = at.and_then(|at| Some((at, before.get(at..)?)));
    let Some((at, last)) = last.filter(|(_, last)| last.eq_ignore_ascii_case(about)) else {
        words.push_str(said);
        return;
    };
    // Not the end of another word.
    if words[..at].ends_with(char::is_alphanumeric) {
        words.push_str(said);
        return;
    }
    let is_first = last.starts_with(char::is_uppercase);
    words.truncate(at);
    let mut rest = said.chars();
    match rest.next().filter(|_| is_first) {
        Some(first) => words.extend(first.to_uppercase().chain(rest)),
        None => words.push_str(said),
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
        for how in [How::Noise, How::Rounded, How::Hidden] {
            assert_eq!((count(&text, 0, how), about(&text, 0, how)), (few.to_owned(), few.to_owned()));
            assert_eq!(share(&text, 0, 40, how).unwrap(), "zero or a very small share");
        }
        assert_eq!((count(&text, 0, How::Exact), about(&text, 0, How::Exact)), ("0".into(), "0".into()));
        assert_eq!(share(&text, 0, 40, How::Exact).unwrap(), "0%");
        let said = (count(&text, 1234, How::Noise), about(&text, 12, How::Noise));
        assert_eq!(said, ("1,234".into(), "about 12".into()));
        // Somebody is not rounded to nobody.
        assert_eq!(share(&text, 3, 10_000, How::Noise).unwrap(), "less than 0.1%");
        assert_eq!(share(&text, 10, 10_000, How::Noise).unwrap(), "0.1%");
        assert_eq!(share(&text, 20, 40, How::Rounded).unwrap(), "50%");
        assert_eq!([share(&text, 0, 0, How::Exact), share(&text, 9, 8, How::Noise)], [None, None]);
        let dutch = Text::new(Language::Dutch);
        assert_eq!(count(&dutch, 0, How::Rounded), "geen of heel weinig");
        assert_eq!(share(&dutch, 0, 9, How::Noise).unwrap(), "nul of een heel klein deel");
        assert_eq!(share(&dutch, 3, 10_000, How::Noise).unwrap(), "minder dan 0,1%");
    }

    #[test]
    fn nobody_is_not_about_so_many() {
        let text = Text::new(Language::Dutch);
        let sentence = |words: &str, said: &str| {
            let mut words = words.to_owned();
            put(&text, &mut words, said);
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
        put(&text, &mut words, "the Netherlands");
        assert_eq!(words, "a report about the Netherlands");
    }
}
