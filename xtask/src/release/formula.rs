//! The formula for Homebrew: filled from its template, for the source that is released beside it.

use anyhow::{Context, ensure};

use super::papers;

/// What the template leaves open: the version, where the files are, and the sum of the source.
const OPEN: [&str; 3] = ["@VERSION@", "@ADDRESS@", "@SHA256@"];

/// The formula, from its template.
pub(super) fn filled(template: &str, version: &str, address: &str, source: &[u8]) -> anyhow::Result<String> {
    let sum = papers::sum(source);
    let mut text = template.to_owned();
    for (open, value) in OPEN.into_iter().zip([version, address.trim_end_matches('/'), sum.as_str()]) {
        ensure!(text.contains(open), "the formula has no place for {open}");
        text = text.replace(open, value);
    }
    Ok(text)
}

/// Whether a formula is of the source in the list of sums of its release.
pub(super) fn is_of_release(formula: &str, sums: &[(String, String)]) -> anyhow::Result<()> {
    let source = sums.iter().find(|(name, _)| name.ends_with("-src.tar.gz"));
    let (name, sum) = source.context("there is a formula and no source")?;
    ensure!(formula.contains(&format!("/{name}\"")), "the formula is not of {name}");
    ensure!(formula.contains(&format!("sha256 \"{sum}\"")), "the formula has another sum than {name}");
    for open in OPEN {
        ensure!(!formula.contains(open), "the formula still has {open}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::process::{Command, Output};

    use super::super::archive::{File, gzip, tar};
    use super::*;

    const TEMPLATE: &str = include_str!("../../../packaging/ijsberg.rb");

    /// What Homebrew's `cargo` would compile, as a script of a few lines: the steps of the formula are tried in a second.
    const CARGO: &str = r#"#!/bin/sh
for word; do case $word in --root=*) root=${word#--root=} ;; --path=*) path=${word#--path=} ;; esac; done
[ "$1" = install ] && [ -f "$path/Cargo.toml" ] && mkdir -p "$root/bin" || exit 1
cat > "$root/bin/ijsberg" <<'END'
#!/bin/sh
case $1 in
    completions) echo "complete for $2" ;;
    man) mkdir -p "$3" && echo page > "$3/ijsberg.1" ;;
    estimate) [ -f "$2" ] && echo "156 people" ;;
    demo) mkdir demo ;;
esac
END
chmod +x "$root/bin/ijsberg"
"#;

    fn one_sum(name: &str, sum: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), sum.to_owned())]
    }

    #[test]
    fn the_formula_is_filled() {
        let text = filled(TEMPLATE, "0.5.0", "https://example.org/ijsberg/", b"abc").unwrap();
        assert!(text.contains("url \"https://example.org/ijsberg/ijsberg-0.5.0-src.tar.gz\""), "{text}");
        assert!(text.contains("sha256 \"ba7816bf"), "{text}");
        assert!(!text.contains('@'), "{text}");
        assert!(filled("class Ijsberg < Formula\nend\n", "0.5.0", "https://example.org", b"abc").is_err());
    }

    #[test]
    fn a_formula_of_another_source_is_found() {
        let text = filled(TEMPLATE, "0.5.0", "https://example.org", b"abc").unwrap();
        let (name, sum) = ("ijsberg-0.5.0-src.tar.gz", papers::sum(b"abc"));
        is_of_release(&text, &one_sum(name, &sum)).unwrap();
        for (sums, why) in [
            (one_sum("ijsberg-0.5.1-src.tar.gz", &sum), "is not of"),
            (one_sum(name, &papers::sum(b"abd")), "another sum"),
            (one_sum("ijsberg", &sum), "no source"),
        ] {
            let said = is_of_release(&text, &sums).unwrap_err().to_string();
            assert!(said.contains(why), "{said}");
        }
        assert!(is_of_release(&format!("{text}@ADDRESS@"), &one_sum(name, &sum)).is_err());
    }

    /// Runs a formula on a source as `packaging/try-ways.sh` does, with a cargo that compiles nothing; `None` where there is no Ruby.
    fn installed(formula: &str, source: &[u8], place: &Path) -> Option<Output> {
        let cargo = place.join("cargo");
        std::fs::write(&cargo, CARGO).unwrap();
        std::fs::set_permissions(&cargo, PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::write(place.join("ijsberg.rb"), formula).unwrap();
        std::fs::write(place.join("ijsberg-0.5.0-src.tar.gz"), source).unwrap();
        let path = format!("{}:{}", place.display(), std::env::var("PATH").unwrap());
        let brew = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/brew.rb");
        let mut command = Command::new("ruby");
        command.arg(brew).args(["ijsberg.rb", "ijsberg-0.5.0-src.tar.gz", "cellar"]);
        let output = command.current_dir(place).env("PATH", path).output().ok();
        if output.is_none() {
            eprintln!("the steps of the formula are not tried: there is no ruby");
        }
        output
    }

    #[test]
    fn the_steps_of_the_formula_install_the_program_with_what_belongs_to_it() {
        let dir = tempfile::tempdir().unwrap();
        let manifest = File::plain("ijsberg-0.5.0/crates/ijsberg/Cargo.toml", "");
        let source = gzip(&tar(&[manifest]).unwrap()).unwrap();
        let text = filled(TEMPLATE, "0.5.0", "https://example.org", &source).unwrap();
        let Some(output) = installed(&text, &source, dir.path()) else { return };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        let cellar = dir.path().join("cellar/ijsberg/0.5.0");
        for part in [
            "bin/ijsberg",
            "share/man/man1/ijsberg.1",
            "etc/bash_completion.d/ijsberg",
            "share/zsh/site-functions/_ijsberg",
            "share/fish/vendor_completions.d/ijsberg.fish",
        ] {
            assert!(cellar.join(part).is_file(), "{part}: {said}");
        }
        for (from, to) in
            [("\"156\"", "\"157\""), ("sha256 \"", "sha256 \"0"), ("man1.install", "man9.install")]
        {
            assert!(text.contains(from));
            let output = installed(&text.replace(from, to), &source, dir.path()).unwrap();
            assert!(!output.status.success(), "{to}");
        }
    }
}
