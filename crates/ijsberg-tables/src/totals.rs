//! Rows of sums: which rows they are.

use std::collections::HashSet;

use crate::values::{canonical, filled, is_word_of_lists};

/// A row with its line.
type Line = (u64, Vec<String>);

pub(crate) fn is_total(cell: &str) -> bool {
    let cell = cell.trim().trim_end_matches(':').to_lowercase();
    let words = [
        "totaal",
        "total",
        "totals",
        "totalen",
        "eindtotaal",
        "grand total",
        "subtotaal",
        "subtotal",
        "sum",
        "som",
        "overall",
        "alle",
        "all",
        "alles",
        "samen",
        "tezamen",
        "together",
        "summe",
        "gesamt",
        "insgesamt",
        "ensemble",
        "somme",
        "tot.",
        "σ",
        "∑",
    ];
    words.contains(&cell.as_str())
}

/// Whether a row holds a total with a word more, such as "Totaal 2023" or "Subtotaal Noord", beside blanks and one number.
fn names_a_total(row: &[String]) -> bool {
    let (texts, numbers): (Vec<&String>, Vec<&String>) =
        row.iter().filter(|c| !c.is_empty()).partition(|c| c.chars().any(char::is_alphabetic));
    let total = |cell: &str| {
        let words: Vec<&str> = cell.split_whitespace().collect();
        let word = |w: Option<&&str>| w.is_some_and(|w| is_total_word(w));
        (2..=4).contains(&words.len()) && (word(words.first()) || word(words.last()))
    };
    texts.len() == 1 && numbers.len() == 1 && row.len() > 2 && total(texts[0])
}

/// Whether a word says by itself that a row is a sum.
pub(crate) fn is_total_word(word: &str) -> bool {
    TOTALS.contains(&word.trim_matches(':').to_lowercase().as_str())
}

/// Words that say by themselves that a row is a sum, whatever stands beside them.
const TOTALS: [&str; 7] = ["totaal", "total", "totals", "totalen", "eindtotaal", "subtotaal", "subtotal"];

/// Sets rows of sums apart: those that say so, a last row that is the sum of those above it, and sums of groups that name no list.
pub(crate) fn set_apart(rows: &mut Vec<(u64, Vec<String>)>) -> Vec<(u64, Vec<String>)> {
    let is_sum = |row: &(u64, Vec<String>)| row.1.iter().any(|c| is_total(c)) || names_a_total(&row.1);
    let mut apart: Vec<_> = rows.iter().filter(|r| is_sum(r)).cloned().collect();
    if apart.len() < rows.len() {
        rows.retain(|r| !is_sum(r));
    } else {
        apart.clear();
    }
    // A last row of one number that is the sum of those above it, whatever word stands beside it.
    if let Some((_, last)) = rows.last()
        && last.len() > 2
        && rows.len() > 1
    {
        let number = |c: &String| c.parse::<u64>().ok();
        let word =
            |c: &&String| c.chars().count() > 1 && c.chars().any(char::is_alphabetic) && !is_word_of_lists(c);
        let numbers = last.iter().filter(|c| number(c).is_some()).count();
        let words = last.iter().filter(word).count();
        if numbers == 1 && words < 2 && filled(last) == 1 + words {
            let at = last.iter().position(|c| number(c).is_some()).unwrap_or(0);
            let above = rows[..rows.len() - 1].iter().map(|r| number(&r.1[at]));
            let sum = above.into_iter().try_fold(0_u64, |s, n| s.checked_add(n?));
            if sum.is_some() && sum == number(&last[at]) && sum != Some(0) {
                apart.extend(rows.pop());
            }
        }
    }
    if apart.is_empty() && sums_of_lists(rows) {
        apart.extend(rows.pop());
    }
    let groups = sums_of_groups(rows);
    if !groups.is_empty() {
        let mut i = 0;
        rows.retain(|row| {
            i += 1;
            let gone = groups.contains(&(i - 1));
            if gone {
                apart.push(row.clone());
            }
            !gone
        });
        apart.sort_by_key(|r| r.0);
    }
    apart
}

/// Whether the last row has, without a word, the sum of a column of counts and how many are on each list.
fn sums_of_lists(rows: &[Line]) -> bool {
    let Some(((_, last), above)) = rows.split_last() else { return false };
    let number = |c: &String| c.parse::<u64>().ok();
    let zero_one = |j: usize| above.iter().all(|r| matches!(canonical(&r.1[j]).as_str(), "0" | "1"));
    let filled: Vec<usize> = (0..last.len()).filter(|j| !last[*j].is_empty()).collect();
    let (lists, others): (Vec<usize>, Vec<usize>) = filled.into_iter().partition(|j| zero_one(*j));
    let [count] = others.as_slice() else { return false };
    let weighted = |j: Option<usize>| {
        let on = above.iter().filter(|r| j.is_none_or(|j| canonical(&r.1[j]) == "1"));
        on.map(|r| number(&r.1[*count])).try_fold(0_u64, |s, n| s.checked_add(n?))
    };
    let rows_on = |j: usize| above.iter().filter(|r| canonical(&r.1[j]) == "1").count() as u64;
    let said = |j: usize| number(&last[j]);
    // A history has no number above 1.
    above.len() > 2
        && lists.iter().any(|j| said(*j).is_some_and(|n| n > 1))
        && said(*count).is_some()
        && said(*count) == weighted(None)
        && lists.iter().all(|j| said(*j).is_some_and(|n| Some(n) == weighted(Some(*j)) || n == rows_on(*j)))
}

/// Rows that are blank in every column of 0 and 1, where most of them hold the sum of the rows up to the next or from the last.
fn sums_of_groups(rows: &[Line]) -> HashSet<usize> {
    let none = HashSet::new();
    let Some(first) = rows.first() else { return none };
    let list = |j: &usize| {
        let (mut zero, mut one) = (false, false);
        let known = rows.iter().all(|r| match canonical(&r.1[*j]).as_str() {
            "0" => {
                zero = true;
                true
            }
            "1" => {
                one = true;
                true
            }
            other => other.is_empty(),
        });
        known && zero && one
    };
    let lists: Vec<usize> = (0..first.1.len()).filter(list).collect();
    let blank = |r: &Line| lists.iter().filter(|j| r.1[**j].is_empty()).count();
    let apart: Vec<usize> = (0..rows.len()).filter(|i| blank(&rows[*i]) > 0).collect();
    let all = apart.iter().all(|i| blank(&rows[*i]) == lists.len());
    if lists.len() < 2 || apart.is_empty() || !all || apart.len() * 2 >= rows.len() {
        return none;
    }
    let is_sum_in = |j: usize| {
        let number = |i: usize| rows[i].1[j].parse::<u64>().ok();
        let sum = |from: usize, to: usize| (from..to).try_fold(0_u64, |s, i| s.checked_add(number(i)?));
        let mut fit = [0, 0];
        for (k, i) in apart.iter().enumerate() {
            let before = if k == 0 { 0 } else { apart[k - 1] + 1 };
            let after = apart.get(k + 1).copied().unwrap_or(rows.len());
            let same =
                |from: usize, to: usize| from < to && number(*i).is_some() && sum(from, to) == number(*i);
            fit[0] += usize::from(same(before, *i));
            fit[1] += usize::from(same(*i + 1, after));
        }
        fit.iter().any(|n| n * 2 > apart.len())
    };
    let found = (0..first.1.len()).filter(|j| !lists.contains(j)).any(is_sum_in);
    if found { apart.into_iter().collect() } else { none }
}
