//! Labels: cut to what fits, broken into lines, and the room that they need.

/// Lines of at most so many letters, broken between words.
pub(crate) fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The longest label that leaves room for a chart, in characters.
const LONGEST_LABEL: usize = 40;

/// A label cut to what fits, with an ellipsis for the rest.
pub(crate) fn shortened(label: &str) -> String {
    if label.chars().count() <= LONGEST_LABEL {
        return label.to_owned();
    }
    label.chars().take(LONGEST_LABEL - 1).chain(['…']).collect()
}

/// Where a chart may begin to the right of its labels of size 12, in the units of the picture.
pub(crate) fn margin_for(labels: &[String]) -> f64 {
    // Wide letters take eight units each; narrower ones leave a little room.
    let longest = labels.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    (20.0 + 8.0 * longest as f64).max(120.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrapped("incomprehensibly long", 5), ["incomprehensibly", "long"]);
        assert!(wrapped("", 5).is_empty());
    }
}
