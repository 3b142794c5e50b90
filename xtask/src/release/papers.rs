//! What is written about the files of a release: their checksums, and a description that is signed.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};

use super::archive::read;

/// What the key signs: no signature of something else counts for it.
const PURPOSE: &str = "ijsberg-release";

/// The sources and tools of a release.
#[derive(Debug)]
pub(super) struct ReleaseBuild {
    /// The version.
    pub(super) version: String,
    /// The commit; none outside of a clone.
    pub(super) commit: Option<String>,
    /// Whether the tree is that of the commit.
    pub(super) clean: bool,
    /// The compiler.
    pub(super) compiler: String,
    /// What it is built for.
    pub(super) target: String,
}

/// The sum of some bytes, in hexadecimal.
pub(super) fn sum(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// The files of a release in their order, with their sums: everything in the folder itself but what is written about it.
pub(super) fn sums(dist: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dist).context("there is no dist")? {
        let path = entry.context("cannot read dist")?.path();
        let name = path.file_name().and_then(|n| n.to_str()).context("a file without a name")?;
        if path.is_file() && !["SHA256SUMS", "RELEASE.md", "RELEASE.md.sig"].contains(&name) {
            found.push((name.to_owned(), sum(&read(&path)?)));
        }
    }
    found.sort();
    Ok(found)
}

/// The sums as `sha256sum --check` reads them.
pub(super) fn list(sums: &[(String, String)]) -> String {
    sums.iter().fold(String::new(), |mut text, (name, sum)| {
        let _ = writeln!(text, "{sum}  {name}");
        text
    })
}

/// What a file is, by its name.
fn what(name: &str) -> &'static str {
    let ends = |end: &str| name.ends_with(end);
    match name {
        "ijsberg" => "the program, for Linux; it needs no library",
        "ijsberg.cdx.json" => "what it is made of (CycloneDX)",
        "ijsberg.service" => "the systemd unit",
        "ijsberg.rb" => "the formula for Homebrew, which builds from source",
        "Containerfile" => "the image for a container, which is built from source",
        "LICENSE-MIT" | "LICENSE-APACHE" => "the licence, one of two of your choice",
        _ if ends(".deb") => "the package for Debian and Ubuntu",
        _ if ends(".whl") => "the package for Python",
        _ if ends("-src.tar.gz") => "the source",
        _ if name.starts_with("ijsberg_") && ends(".tar.gz") => "the package for R, from source",
        _ if ends(".tar.gz") => "the program with manual pages, completions, unit and licences",
        _ => "",
    }
}

/// The changes of a version, from the list of all.
fn changes<'a>(all: &'a str, version: &str) -> Option<&'a str> {
    let (_, after) = all.split_once(&format!("\n## {version} "))?;
    let (_, text) = after.split_once('\n')?;
    Some(text.split_once("\n## ").map_or(text, |t| t.0).trim())
}

/// The description of a release: from what, which files, how to check them, and what changed.
pub(super) fn description(
    made: &ReleaseBuild,
    sums: &[(String, String)],
    changelog: &str,
) -> anyhow::Result<String> {
    let ReleaseBuild { version, compiler, target, .. } = made;
    let commit = match (&made.commit, made.clean) {
        (Some(commit), true) => format!("commit `{commit}`"),
        (Some(commit), false) => format!("commit `{commit}` **with changes that are not committed**"),
        (None, _) => "a tree without its history".to_owned(),
    };
    let changes = changes(changelog, version).with_context(|| format!("CHANGELOG.md has no {version}"))?;
    let mut text = format!(
        "# ijsberg {version}\n\nMade from {commit} for {target} with {compiler}. `cargo xtask release` makes the \
         same bytes from the same source and compiler.\n\n| file | what it is |\n|---|---|\n"
    );
    for (name, _) in sums {
        writeln!(text, "| `{name}` | {} |", what(name))?;
    }
    let list = list(sums);
    write!(
        text,
        "\n## Checking\n\n`allowed` contains one line, `releases` and the public key. Get that key from somebody \
         you know, not from where the files are.\n\n```sh\n\
         ssh-keygen -Y verify -f allowed -I releases -n {PURPOSE} -s RELEASE.md.sig < RELEASE.md\n\
         sha256sum --check SHA256SUMS    # the same sums as below\n```\n\n```text\n{list}```\n\n\
         ## Changes\n\n{changes}\n"
    )?;
    Ok(text)
}

/// Signs the description with a key of SSH, which most who release have; `false` where no key is named.
pub(super) fn sign(description: &Path, key: Option<&OsStr>) -> anyhow::Result<bool> {
    let signature = PathBuf::from(format!("{}.sig", description.display()));
    // A signature of an earlier description is of another one.
    let _ = std::fs::remove_file(&signature);
    let Some(key) = key else { return Ok(false) };
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "sign", "-n", PURPOSE, "-f"]).arg(key).arg(description);
    ensure!(command.status().context("cannot run ssh-keygen")?.success(), "ssh-keygen did not sign");
    ensure!(signature.is_file(), "ssh-keygen wrote no signature");
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGES: &str = "# Changelog\n\n## 0.5.0 (a day)\n\n- New.\n\n## 0.4.0 (a day)\n\n- Old.\n";

    fn made(commit: Option<&str>, clean: bool) -> ReleaseBuild {
        let [compiler, target] = ["rustc 1.92.0", "x86_64-unknown-linux-gnu"].map(str::to_owned);
        ReleaseBuild {
            version: "0.5.0".to_owned(),
            commit: commit.map(str::to_owned),
            clean,
            compiler,
            target,
        }
    }

    #[test]
    fn the_sums_are_those_of_sha256sum() {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("b", "abc"), ("a", ""), ("RELEASE.md", "x"), ("SHA256SUMS", "x")] {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        std::fs::create_dir(dir.path().join("man")).unwrap();
        assert_eq!(
            list(&sums(dir.path()).unwrap()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n\
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n"
        );
    }

    #[test]
    fn the_description_names_every_file_and_the_changes_of_this_version_only() {
        let sums = [("ijsberg_0.5.0_amd64.deb".to_owned(), "00ff".to_owned())];
        let text = description(&made(Some("abc"), true), &sums, CHANGES).unwrap();
        for part in ["commit `abc` for", "| the package for Debian", "00ff  ijsberg_0.5.0", "- New."] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("- Old."), "{text}");
        let text = description(&made(Some("abc"), false), &sums, CHANGES).unwrap();
        assert!(text.contains("not committed"), "{text}");
        assert!(description(&made(None, true), &sums, "# Changelog\n").is_err());
    }

    #[test]
    fn every_file_of_a_release_is_described() {
        for name in [
            "ijsberg",
            "ijsberg.rb",
            "ijsberg-0.5.0-src.tar.gz",
            "ijsberg-0.5.0-x86_64-unknown-linux-gnu.tar.gz",
            "ijsberg-0.5.0-cp310-abi3-manylinux_2_34_x86_64.whl",
            "ijsberg_0.5.0.tar.gz",
            "ijsberg_0.5.0_amd64.deb",
        ] {
            assert!(!what(name).is_empty(), "{name}");
        }
        assert!(what("ijsberg_0.5.0.tar.gz").contains("for R"));
        assert!(what("ijsberg-0.5.0-src.tar.gz").contains("source"));
    }

    /// What the book tells readers to run: a signature of the description holds, and of another one it does not.
    #[test]
    fn a_signature_is_of_one_description_and_an_older_one_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let keygen = |arguments: &[&str]| {
            let mut command = Command::new("ssh-keygen");
            command.args(arguments).current_dir(dir.path()).stdin(std::process::Stdio::null()).output()
        };
        let Ok(made) = keygen(&["-q", "-t", "ed25519", "-N", "", "-f", "key"]) else {
            eprintln!("no description is signed: there is no ssh-keygen");
            return;
        };
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let public = std::fs::read_to_string(at("key.pub")).unwrap();
        std::fs::write(at("allowed"), format!("releases {public}")).unwrap();
        std::fs::write(at("RELEASE.md"), "# ijsberg\n").unwrap();
        let key = at("key");
        assert!(sign(&at("RELEASE.md"), Some(key.as_os_str())).unwrap());
        let holds = || {
            let mut command = Command::new("ssh-keygen");
            command.args("-Y verify -f allowed -I releases -s RELEASE.md.sig -n".split(' ')).arg(PURPOSE);
            let description = std::fs::File::open(at("RELEASE.md")).unwrap();
            command.current_dir(dir.path()).stdin(description).output().unwrap().status.success()
        };
        assert!(holds());
        std::fs::write(at("RELEASE.md"), "# iceberg\n").unwrap();
        assert!(!holds());
        assert!(!sign(&at("RELEASE.md"), None).unwrap());
        assert!(!at("RELEASE.md.sig").exists());
    }
}
