//! What a partition says of the lists: a capture history for each person.

/// Persons by capture history of the lists, from the group and the list of each record. Bit `j` of a history is list `j`.
pub fn histories(groups: &[u32], lists: &[usize]) -> Vec<(u32, u64)> {
    let most = groups.iter().max().map_or(0, |g| *g as usize + 1);
    let mut masks = vec![0_u32; most];
    groups.iter().zip(lists).for_each(|(g, l)| masks[*g as usize] |= 1 << l);
    let mut counts = std::collections::BTreeMap::new();
    masks.into_iter().filter(|m| *m > 0).for_each(|m| *counts.entry(m).or_insert(0) += 1);
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_on_every_list_that_holds_a_record() {
        assert_eq!(histories(&[0, 0, 1, 1, 3], &[0, 1, 1, 1, 2]), [(2, 1), (3, 1), (4, 1)]);
    }
}
