//! The package for Debian: the program, its manual pages, completions and systemd unit. It starts nothing and has no scripts.

use std::path::Path;

use anyhow::Context;
use md5::{Digest, Md5};

use super::archive::{File, ar, gzip, read, tar};

/// Where Debian keeps what is to be read about a package.
const DOC: &str = "./usr/share/doc/ijsberg";

/// Where each shell looks for completions, and what it calls them.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "bash-completion/completions/ijsberg"),
    ("zsh", "zsh/vendor-completions/_ijsberg"),
    ("fish", "fish/vendor_completions.d/ijsberg.fish"),
];

/// The name of the package for a version.
pub(super) fn name(version: &str, architecture: &str) -> String {
    format!("ijsberg_{}_{architecture}.deb", debian_version(version))
}

/// A version before a release comes before it in Debian's order too.
fn debian_version(version: &str) -> String {
    version.replace('-', "~")
}

/// What is in the package, from what a release has written and from the tree.
pub(super) fn files(dist: &Path, root: &Path) -> anyhow::Result<Vec<File>> {
    let mut files = vec![
        File::program("./usr/bin/ijsberg", read(&dist.join("ijsberg"))?),
        File::plain("./usr/lib/systemd/system/ijsberg.service", read(&dist.join("ijsberg.service"))?),
        File::plain(format!("{DOC}/copyright"), copyright(&text(&root.join("LICENSE-MIT"))?)),
        File::plain(format!("{DOC}/changelog.gz"), gzip(&read(&root.join("CHANGELOG.md"))?)?),
        File::plain(format!("{DOC}/ijsberg.cdx.json"), read(&dist.join("ijsberg.cdx.json"))?),
    ];
    for (shell, place) in COMPLETIONS {
        let bytes = read(&dist.join("completions").join(shell))?;
        files.push(File::plain(format!("./usr/share/{place}"), bytes));
    }
    for entry in std::fs::read_dir(dist.join("man")).context("there are no manual pages")? {
        let path = entry.context("cannot read the manual pages")?.path();
        let page = path.file_name().and_then(|n| n.to_str()).context("a manual page without a name")?;
        files.push(File::plain(format!("./usr/share/man/man1/{page}.gz"), gzip(&read(&path)?)?));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn text(path: &Path) -> anyhow::Result<String> {
    String::from_utf8(read(path)?).with_context(|| path.display().to_string())
}

/// The licences in the form that Debian reads by machine.
fn copyright(mit: &str) -> String {
    let owner = mit.lines().find_map(|l| l.strip_prefix("Copyright (c) ")).unwrap_or_default();
    let line = |l: &str| if l.trim().is_empty() { " .\n".to_owned() } else { format!(" {l}\n") };
    let body = mit.lines().skip_while(|l| !l.starts_with("Permission is")).map(line);
    format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\
         Upstream-Name: ijsberg\n\
         Comment: The libraries that are built in, with version and licence, are in ijsberg.cdx.json.\n\n\
         Files: *\nCopyright: {owner}\nLicense: Expat or Apache-2.0\n\n\
         License: Expat\n{}\n\
         License: Apache-2.0\n On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n",
        body.collect::<String>()
    )
}

/// The package itself.
pub(super) fn package(
    version: &str,
    architecture: &str,
    depends: &[String],
    files: &[File],
) -> anyhow::Result<Vec<u8>> {
    let kibibytes: usize = files.iter().map(|f| f.bytes.len().div_ceil(1024)).sum();
    let depends =
        if depends.is_empty() { String::new() } else { format!("Depends: {}\n", depends.join(", ")) };
    let control = format!(
        "Package: ijsberg\nVersion: {}\nSection: science\nPriority: optional\nArchitecture: {architecture}\n\
         Maintainer: The ijsberg authors\nInstalled-Size: {kibibytes}\n{depends}\
         Description: estimate how many victims of human trafficking are on no list\n\
         \x20Assesses signals against the law, registers notifications in an encrypted register,\n\
         \x20links the lists of several organisations, estimates how many people are on none of\n\
         \x20them, and publishes with statistical disclosure control. The service that is\n\
         \x20installed starts only when it is enabled.\n",
        debian_version(version)
    );
    // So that `dpkg --verify` says whether a file was changed.
    let sums = files.iter().map(|f| {
        let sum = base16ct::lower::encode_string(&Md5::digest(&f.bytes));
        format!("{sum}  {}\n", f.path.trim_start_matches("./"))
    });
    let of_package = [File::plain("./control", control), File::plain("./md5sums", sums.collect::<String>())];
    let (control, data) = (gzip(&tar(&of_package)?)?, gzip(&tar(files)?)?);
    // The order is part of the format.
    Ok(ar(&[("debian-binary", b"2.0\n"), ("control.tar.gz", &control), ("data.tar.gz", &data)]))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const MIT: &str = "MIT License\n\nCopyright (c) 2026 Somebody\n\nPermission is granted\n\nTHE SOFTWARE\n";

    /// A release of a program that is three letters long.
    fn release(at: &Path) -> Vec<File> {
        for folder in ["completions", "man"] {
            std::fs::create_dir(at.join(folder)).unwrap();
        }
        let texts = ["ijsberg", "ijsberg.service", "ijsberg.cdx.json", "CHANGELOG.md", "man/ijsberg.1"];
        let completions = ["completions/bash", "completions/zsh", "completions/fish"];
        for name in texts.iter().chain(&completions) {
            std::fs::write(at.join(name), "abc").unwrap();
        }
        std::fs::write(at.join("LICENSE-MIT"), MIT).unwrap();
        files(at, at).unwrap()
    }

    #[test]
    fn everything_is_where_debian_looks_for_it() {
        let dir = tempfile::tempdir().unwrap();
        let files = release(dir.path());
        let paths: Vec<&str> = files.iter().map(|f| f.path.as_str()).collect();
        for path in [
            "./usr/bin/ijsberg",
            "./usr/lib/systemd/system/ijsberg.service",
            "./usr/share/bash-completion/completions/ijsberg",
            "./usr/share/doc/ijsberg/changelog.gz",
            "./usr/share/doc/ijsberg/copyright",
            "./usr/share/man/man1/ijsberg.1.gz",
            "./usr/share/zsh/vendor-completions/_ijsberg",
        ] {
            assert!(paths.contains(&path), "{path}: {paths:?}");
        }
        assert!(files.iter().all(|f| (f.mode == 0o755) == f.path.contains("/bin/")));
        let said = copyright(MIT);
        assert!(said.contains("Copyright: 2026 Somebody\n"), "{said}");
        assert!(said.contains("License: Expat\n Permission is granted\n .\n THE SOFTWARE\n"), "{said}");
    }

    #[test]
    fn dpkg_reads_the_package() {
        if Command::new("dpkg-deb").arg("--version").output().is_err() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let files = release(dir.path());
        let made = || package("0.4.0-rc1", "amd64", &["libc6 (>= 2.36)".to_owned()], &files).unwrap();
        let bytes = made();
        assert_eq!(bytes, made());
        let at = dir.path().join(name("0.4.0-rc1", "amd64"));
        assert!(at.ends_with("ijsberg_0.4.0~rc1_amd64.deb"));
        std::fs::write(&at, bytes).unwrap();
        let ask = |arguments: &[&str]| {
            let output = Command::new("dpkg-deb").arg(arguments[0]).arg(&at).args(&arguments[1..]).output();
            let output = output.unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!(ask(&["--field", "Version"]).trim(), "0.4.0~rc1");
        assert_eq!(ask(&["--field", "Depends"]).trim(), "libc6 (>= 2.36)");
        let listed = ask(&["--contents"]);
        assert!(listed.contains("-rwxr-xr-x root/root"), "{listed}");
        assert!(listed.contains("./usr/bin/ijsberg"), "{listed}");
        let out = dir.path().join("out").display().to_string();
        ask(&["--extract", &out]);
        assert_eq!(std::fs::read(format!("{out}/usr/bin/ijsberg")).unwrap(), b"abc");
    }
}
