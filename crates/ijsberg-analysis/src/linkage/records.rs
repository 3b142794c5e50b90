//! Records linked: the single path from compared pairs to draws, for the command line, the pages, Python and R.

use ijsberg_linkage::blocking::Pair;
use ijsberg_linkage::codes::score::CodeLists;
use ijsberg_linkage::link::{Linked, Scored, Taught, link_codes, link_scored, score};
use ijsberg_linkage::partition::{Decisions, Sampling};
use ijsberg_linkage::schema::Records;
use ijsberg_mse::methods::Progress;
use ijsberg_report::linkage::LinkageReport;

use super::examples;

/// Records that were linked.
#[derive(Debug, Clone)]
pub struct LinkedRecords {
    /// The linkage.
    pub linked: Linked,
    /// Pairs that people judged and the weights were learned from; none where codes were linked.
    pub judged: Option<usize>,
    /// Example pairs and the judged pairs; the rest is filled in later.
    pub told: LinkageReport,
}

/// Links records. `scored` are their pairs if they were compared before; otherwise they are compared here. `judged` are pairs on which
/// people decided, and whether they are one person: the weights are learned from them, and every draw holds to them.
pub fn link_records(
    records: &Records,
    scored: Option<Scored>,
    judged: &[(Pair, bool)],
    sampling: &Sampling,
    progress: &dyn Progress,
) -> LinkedRecords {
    begin(sampling, progress);
    let scored = scored.unwrap_or_else(|| score(&records.records, sampling.seed));
    let Taught { calibration, judged: sure } = scored.taught(judged);
    let told =
        LinkageReport { examples: examples(&scored, &calibration), judged: sure, ..LinkageReport::default() };
    let decisions = Decisions::new(judged);
    let sampling = Sampling { calibration, decisions, ..sampling.clone() };
    let linked = link_scored(&records.records, scored, &sampling, &|| progress.tick());
    LinkedRecords { linked, judged: Some(calibration.judged), told }
}

/// Links lists in codes, whose pairs cannot be judged.
pub fn link_coded(codes: &CodeLists, sampling: &Sampling, progress: &dyn Progress) -> LinkedRecords {
    begin(sampling, progress);
    let linked = link_codes(codes, sampling, &|| progress.tick());
    LinkedRecords { linked, judged: None, told: LinkageReport::default() }
}

/// Announces the sweeps of all chains.
fn begin(sampling: &Sampling, progress: &dyn Progress) {
    let sweeps = sampling.chains * (sampling.burn_in + sampling.draws * sampling.thin);
    progress.stage("link", sweeps as u64);
}

#[cfg(test)]
mod tests {
    use ijsberg_linkage::generate::{Design, generate};
    use ijsberg_linkage::link::link;
    use ijsberg_mse::methods::Silent;

    use super::*;

    /// Linking without judged pairs, as Python and R do, gives the same result.
    #[test]
    fn the_one_way_is_that_of_every_caller() {
        let made = generate(&Design { persons: 120, ..Design::default() }, 4);
        let sampling = Sampling { draws: 20, seed: 9, ..Sampling::default() };
        let records = Records { records: made.records, ..Records::default() };
        let bare = link(&records.records, &sampling, &|| ());
        let whole = link_records(&records, None, &[], &sampling, &Silent);
        assert_eq!(whole.linked.groups, bare.groups);
        assert_eq!(whole.linked.draws.persons, bare.draws.persons);
        assert_eq!((whole.judged, whole.told.judged.len()), (Some(0), 0));
        // What was compared before is not compared again, and what people decided holds.
        let scored = score(&records.records, sampling.seed);
        let pair = scored.edges[0].0;
        let apart = link_records(&records, Some(scored), &[(pair, false)], &sampling, &Silent);
        let group = |i: u32| apart.linked.groups[i as usize];
        assert!(group(pair.0) != group(pair.1), "{pair:?}");
        assert_eq!((apart.judged, apart.told.judged.len()), (Some(1), 1));
    }
}
