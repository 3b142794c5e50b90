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
struct RegisterCommands<'a> {
    place: &'a Place,
    at: &'a str,
    url: Option<&'a str>,
}

impl RegisterCommands<'_> {
    fn works(&self, arguments: &[&str]) -> String {
        let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().to_string();
        let o = self.place.run_at(self.at, self.url, &[arguments, &["--today", &today]].concat());
        assert!(o.status.success(), "{arguments:?}: {}", out(&o));
        out(&o)
    }

    /// The registration of a person who has one, as the program shows it.
    fn registration(&self, person: &str) -> serde_json::Value {
        let said = self.works(&["show", person]);
        let shown = &said[said.find('{').unwrap()..];
        let shown = serde_json::Deserializer::from_str(shown).into_iter::<serde_json::Value>().next();
        shown.unwrap().unwrap()["registrations"][0].clone()
    }

    /// A correction takes codes from the lists of now, and the registration says so; what has no codes leaves it as it was.
    fn says_of_which_lists_its_codes_are(&self, person: &str) {
        let before = self.registration(person);
        let lists = |r: &serde_json::Value| r["codes"].as_str().unwrap().to_owned();
        assert!(lists(&before).contains("form ijsberg 2026-11"), "{before}");
        assert!(!lists(&before).contains("article_part"), "{before}");
        let id = before["id"].as_str().unwrap();
        self.works(&["correct", id, "--version", "1", "region=NL-UT"]);
        assert_eq!(self.registration(person)["codes"], before["codes"]);
        self.works(&["correct", id, "--version", "2", "article_part=sub3"]);
        let after = self.registration(person);
        assert_eq!((&after["article_part"], &after["version"]), (&"sub3".into(), &3.into()));
        assert!(lists(&after).contains("article_part nl_sr_273f_1"), "{after}");
        assert!(lists(&after).starts_with(&lists(&before)), "{after}");
    }

    /// Everything that the older version wrote, and what this one writes beside it.
    fn holds_all_and_goes_on(&self) {
        assert!(self.works(&["audit", "verify"]).contains("intact"));
        assert!(self.works(&["status"]).contains("3 registration"));
        let person = self.works(&["find", "shelter", "1"]);
        let person = person.trim();
        assert!(self.works(&["identity", "show", person]).contains("Kanarie"));
        self.says_of_which_lists_its_codes_are(person);
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
        RegisterCommands { place: &place, at: "register", url: None }.holds_all_and_goes_on();
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
            let restored = RegisterCommands { place: &place, at, url };
            restored.works(&["restore", "copy"]);
            assert!(bytes() == before, "restoring changes no copy: {at}");
            restored.holds_all_and_goes_on();
        }
    }
}
