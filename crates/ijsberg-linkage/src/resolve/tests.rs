use super::*;

/// Persons on three lists, of which a linkage lost one for each second and mixed up a few.
fn lists() -> (Vec<u32>, Vec<usize>, Vec<u32>) {
    let (mut groups, mut lists, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..900_u32 {
        truth.extend([i; 3]);
        lists.extend([0, 1, 2]);
        groups.extend(match i % 4 {
            0 | 1 => [2 * i, 2 * i, 2 * i + 1],
            2 if i % 8 == 2 => [2 * i, 2 * i, 2 * i + 2],
            3 if i % 8 == 3 => [2 * i, 2 * i, 2 * i + 1],
            _ => [2 * i; 3],
        });
    }
    (groups, lists, truth)
}

#[test]
fn with_every_group_resolved_the_totals_are_those_of_the_truth() {
    let (groups, lists, truth) = lists();
    let frame = Frame::from_groups(&groups, &lists);
    let all = draw_groups(&groups, &lists, usize::MAX, 1);
    assert_eq!(all.len() as u64, frame.groups.iter().sum::<u64>());
    let t = totals(&frame, &by_truth(&groups, &lists, &truth, &all));
    assert!((t.overlaps - 2700.0).abs() < 1e-9 && (t.persons - 900.0).abs() < 1e-9, "{t:?}");
    // Three in four persons lost two of three overlaps; in an eighth of the groups two of three are another's.
    assert!((t.recall - 0.5).abs() < 1e-3, "{t:?}");
    assert!((t.precision - 1350.0 / (1350.0 + 224.0)).abs() < 2e-3, "{t:?}");
}

/// Of the persons above, those with every link lost are of one kind, the others of another.
#[test]
fn recall_is_estimated_by_kind_of_person() {
    let (groups, lists, truth) = &lists();
    let frame = Frame::from_groups(groups, lists);
    let drawn = draw_groups(groups, lists, 400, 3);
    let of = |t: u32| (0..groups.len()).filter(move |i| truth[*i] == t).collect::<Vec<usize>>();
    let truth_of = |i: usize| i as u32 / 3;
    let kind = |i: usize| {
        let whole = of(truth_of(i)).iter().all(|j| groups[*j] == groups[i]);
        vec![("script".to_owned(), if whole { "Latin" } else { "Arabic" }.to_owned())]
    };
    let sample: Vec<Resolved> = drawn
        .iter()
        .map(|g| {
            let own: Vec<usize> = (0..groups.len()).filter(|i| groups[*i] == *g).collect();
            resolved(&own, |i| (of(truth_of(i)), None), kind, groups, lists)
        })
        .collect();
    let recall = recall_by(&frame, &sample, 10, 1);
    assert_eq!(recall.iter().map(|r| r.kind.1.as_str()).collect::<Vec<_>>(), ["Arabic", "Latin"]);
    // All others lost two of three overlaps.
    let [low, high] = recall[0].interval;
    for third in [recall[0].recall, low, high] {
        assert!((third - 1.0 / 3.0).abs() < 1e-9, "{recall:?}");
    }
    assert!((recall[1].recall - 1.0).abs() < 1e-12 && recall[1].interval[0] < 0.97, "{recall:?}");
    assert!(recall_by(&frame, &sample, 10_000, 1).is_empty());
}

/// Persons on one to four lists, of whom three records in ten were left alone.
#[test]
fn samples_are_right_on_average_and_the_bootstrap_knows_how_far_off() {
    let mut rng = stream(8, 0);
    let (mut groups, mut lists, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..900_u32 {
        for list in 0..=(i % 4) as usize {
            let lost = rng.random::<f64>() < 0.3;
            groups.push(if lost { 900 + 4 * i + list as u32 } else { i });
            lists.push(list);
            truth.push(i);
        }
    }
    let frame = Frame::from_groups(&groups, &lists);
    let all = draw_groups(&groups, &lists, usize::MAX, 1);
    let recall = totals(&frame, &by_truth(&groups, &lists, &truth, &all)).recall;
    let (mut sum, mut covered, mut covered_recall) = (0.0, 0, 0);
    for seed in 0..100 {
        let mut sample = by_truth(&groups, &lists, &truth, &draw_groups(&groups, &lists, 90, seed));
        let kind = || BTreeSet::from([("script".to_owned(), "Latin".to_owned())]);
        sample.iter_mut().flat_map(|r| &mut r.persons).for_each(|p| p.kinds = kind());
        let told = recall_by(&frame, &sample, 1, seed).remove(0);
        covered_recall += usize::from(told.interval[0] <= recall && recall <= told.interval[1]);
        sum += totals(&frame, &sample).persons;
        let mut again: Vec<f64> = (0..200).map(|d| redrawn(&frame, &sample, seed, d).persons).collect();
        again.sort_by(f64::total_cmp);
        covered += usize::from(again[5] <= 900.0 && 900.0 <= again[194]);
    }
    assert!((sum / 100.0 / 900.0 - 1.0).abs() < 0.02, "{sum}");
    assert!(covered >= 85 && covered_recall >= 85, "{covered} {covered_recall}");
}

/// The person who resolves is shown one match in four at first; for a third of the persons all lists are searched.
#[test]
fn matches_that_were_not_shown_are_made_up_for() {
    let (mut groups, mut lists, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..900_u32 {
        groups.extend(if i % 2 == 0 { [i, i] } else { [i, 900 + i] });
        lists.extend([0, 1]);
        truth.extend([i, i]);
    }
    let frame = Frame::from_groups(&groups, &lists);
    let drawn = draw_groups(&groups, &lists, usize::MAX, 2);
    let resolve = |searches: bool| -> Vec<Resolved> {
        let own = |g: u32| (0..groups.len()).filter(|i| groups[*i] == g).collect::<Vec<usize>>();
        drawn
            .iter()
            .map(|g| {
                let person = |i: usize| {
                    let all: Vec<usize> = (0..truth.len()).filter(|j| truth[*j] == truth[i]).collect();
                    let hidden = truth[i] % 8 != 1 && groups[all[0]] != groups[all[1]];
                    let shown = if hidden { vec![i] } else { all.clone() };
                    if searches && truth[i] % 3 == 0 { (all, Some(shown)) } else { (shown, None) }
                };
                resolved(&own(*g), person, |_| Vec::new(), &groups, &lists)
            })
            .collect()
    };
    let without = totals(&frame, &resolve(false));
    assert!(without.persons > 1150.0 && without.overlaps < 600.0, "{without:?}");
    let with = totals(&frame, &resolve(true));
    assert!((with.persons / 900.0 - 1.0).abs() < 0.06, "{with:?}");
    assert!((with.overlaps / 900.0 - 1.0).abs() < 0.12, "{with:?}");
}
