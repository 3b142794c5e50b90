//! Registers and copies that earlier versions of the program made, and this one opens. `tests/older/make.sh` made them.

use std::path::{Path, PathBuf};

use crate::custody::{Place, database, out};

/// By the commit of the version that made each.
const OLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/older");

fn versions() -> Vec<PathBuf> {
    let all = std::fs::read_dir(OLDER).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir());
    let all: Vec<PathBuf> = all.collect();
    assert!(!all.is_empty());
    all
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for file in std::fs::read_dir(from).unwrap().map(|e| e.unwrap().path()) {
        std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

/// The commands of a user of a register, in one place; the clock is right though the log is old.
struct Opened<'a> {
    place: &'a Place,
    at: &'a str,
    url: Option<&'a str>,
}

impl Opened<'_> {
    fn works(&self, arguments: &[&str]) -> String {
        let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().to_string();
        let o = self.place.run_at(self.at, self.url, &[arguments, &["--today", &today]].concat());
        assert!(o.status.success(), "{arguments:?}: {}", out(&o));
        out(&o)
    }

    /// Everything that the older version wrote, and what this one writes beside it.
    fn holds_all_and_goes_on(&self) {
        assert!(self.works(&["audit", "verify"]).contains("intact"));
        assert!(self.works(&["status"]).contains("3 registration"));
        let person = self.works(&["find", "shelter", "1"]);
        let person = person.trim();
        assert!(self.works(&["identity", "show", person]).contains("Kanarie"));
        let histories = |out: &str| {
            self.works(&["histories", "--from", "2016", "--to", "2016", "--out", out]);
            std::fs::read_to_string(self.place.path(out)).unwrap()
        };
        let table = histories("before.csv");
        assert!(table.contains("1,1,2016,F,adult,other,LABOUR"), "{table}");
        assert!(table.contains("1,0,2016,M,minor,NL,CRIMINAL_ACTIVITY"), "{table}");
        assert!(self.works(&["status", "--user", "ada"]).contains("registration"));
        let more = "organisation,case,date,sex,minor,nationality,form,first name,surname\n\
                    shelter,2,2016-08-01,F,no,RO,LABOUR,Kanarina,Kanariescu\n";
        std::fs::write(self.place.path("more.csv"), more).unwrap();
        let said = self.works(&["import", "more.csv", "--lane", "help"]);
        assert!(said.contains("new: 1"), "{said}");
        self.works(&["keys", "rotate"]);
        assert!(self.works(&["identity", "show", person]).contains("Kanarie"));
        assert!(self.works(&["audit", "verify"]).contains("intact"));
        assert_eq!(histories("after.csv").lines().count(), table.lines().count() + 1);
        let copy = format!("copy-of-{}", self.at);
        assert!(self.works(&["backup", "--out", &copy]).contains("opened there"));
    }
}

#[test]
fn a_register_of_an_earlier_version_opens_with_all_that_is_in_it() {
    for version in versions() {
        let place = Place::bare(None);
        copied(&version.join("register"), &place.path("register"));
        Opened { place: &place, at: "register", url: None }.holds_all_and_goes_on();
    }
}

#[test]
fn a_copy_of_an_earlier_version_is_restored_and_stays_as_it_is() {
    for version in versions() {
        let place = Place::bare(None);
        copied(&version.join("copy"), &place.path("copy"));
        let bytes = || std::fs::read(place.path("copy/register.db")).unwrap();
        let before = bytes();
        let database = database();
        for (at, url) in [("file", None), ("server", Some(database.as_str()))] {
            let restored = Opened { place: &place, at, url };
            restored.works(&["restore", "copy"]);
            assert!(bytes() == before, "restoring changes no copy: {at}");
            restored.holds_all_and_goes_on();
        }
    }
}
