//! The tables of published studies.

use ijsberg_mse::histories::{Histories, Mask};

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Data {
    /// Three lists that show when no estimate exists.
    Artificial,
    /// Australia, four lists.
    Australia,
    /// Korea, three lists.
    Korea,
    /// Kosovo, four lists.
    Kosovo,
    /// The Netherlands, six lists.
    Netherlands,
    /// The same, two lists merged.
    NetherlandsFive,
    /// New Orleans, eight lists and 185 people.
    NewOrleans,
    /// The same, the four smallest lists merged.
    NewOrleansFive,
    /// The later edition with 186 people.
    NewOrleansLater,
    /// The later edition, the four smallest lists merged.
    NewOrleansLaterFive,
    /// The United Kingdom, six lists.
    Kingdom,
    /// The same, two lists merged.
    KingdomFive,
    /// A site in the west of the United States, five lists.
    Western,
}

impl Data {
    /// Its name in the chapter.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Artificial => "artificial, 3 lists",
            Self::Australia => "Australia, 4 lists",
            Self::Korea => "Korea, 3 lists",
            Self::Kosovo => "Kosovo, 4 lists",
            Self::Netherlands => "Netherlands, 6 lists",
            Self::NetherlandsFive => "Netherlands, 5 lists",
            Self::NewOrleans => "New Orleans, 8 lists",
            Self::NewOrleansFive => "New Orleans, 5 lists",
            Self::NewOrleansLater => "New Orleans (186), 8 lists",
            Self::NewOrleansLaterFive => "New Orleans (186), 5 lists",
            Self::Kingdom => "United Kingdom, 6 lists",
            Self::KingdomFive => "United Kingdom, 5 lists",
            Self::Western => "US western site, 5 lists",
        }
    }

    /// The table itself.
    pub(crate) fn histories(self) -> Histories {
        read(match self {
            Self::Artificial => "artificial-three-lists",
            Self::Australia => "field/australia-2015-2017",
            Self::Korea => "field/korea-palembang",
            Self::Kosovo => "kosovo-1999",
            Self::Netherlands => "netherlands-2010-2015",
            Self::NetherlandsFive => "netherlands-2010-2015-five-lists",
            Self::NewOrleans => "new-orleans-2016",
            Self::NewOrleansFive => return smallest_merged(&Self::NewOrleans.histories()),
            Self::NewOrleansLater => return one_more(&Self::NewOrleans.histories()),
            Self::NewOrleansLaterFive => return smallest_merged(&Self::NewOrleansLater.histories()),
            Self::Kingdom => "united-kingdom-2013",
            Self::KingdomFive => "united-kingdom-2013-five-lists",
            Self::Western => "field/western-site-2016",
        })
    }
}

/// Lists in zeros and ones with the count last.
fn read(file: &str) -> Histories {
    let path = format!("{}/../../data/{file}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Vec<String> = lines.next().unwrap().split(',').map(String::from).collect();
    let t = header.len() - 1;
    let cells = lines.map(|line| {
        let v: Vec<u64> = line.split(',').map(|x| x.parse().unwrap()).collect();
        ((0..t).fold(0, |m: Mask, j| m | (v[j] as Mask) << j), v[t])
    });
    Histories::new(header[..t].to_vec(), cells).unwrap()
}

/// B, E, F and G of New Orleans as one list. Each merger moves the next of them to the fifth place.
fn smallest_merged(h: &Histories) -> Histories {
    let once = h.merged(1, 4).unwrap();
    once.merged(1, 4).unwrap().merged(1, 4).unwrap()
}

/// The later edition has two people on C and D where the first has one.
fn one_more(h: &Histories) -> Histories {
    let on_both: Mask = 1 << 2 | 1 << 3;
    Histories::new(h.lists().to_vec(), h.cells().iter().copied().chain([(on_both, 1)])).unwrap()
}
