//! What a program needs of the machine that it runs on, in Debian's words.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail, ensure};

/// The packages of Debian without which a program does not start: none for one that carries its libraries.
pub(super) fn packages(program: &Path) -> anyhow::Result<Vec<String>> {
    let mut command = Command::new("objdump");
    let output = command.arg("-p").arg(program).env("LC_ALL", "C").output();
    let output = output.context("cannot run objdump (package binutils)")?;
    ensure!(output.status.success(), "objdump cannot read {}", program.display());
    packages_from_objdump(&String::from_utf8_lossy(&output.stdout))
}

/// The same from what `objdump -p` says: the libraries, and the newest version of the C library that a symbol is asked of.
fn packages_from_objdump(said: &str) -> anyhow::Result<Vec<String>> {
    let (mut c, mut packages) = (false, Vec::new());
    for library in said.lines().filter_map(|l| l.trim().strip_prefix("NEEDED")).map(str::trim) {
        match library {
            "libgcc_s.so.1" => packages.push("libgcc-s1".to_owned()),
            "libc.so.6" | "libm.so.6" | "libdl.so.2" | "libpthread.so.0" | "librt.so.1" => c = true,
            _ if library.starts_with("ld-linux") => c = true,
            _ => bail!("the program needs {library}, and no package of Debian is known for it"),
        }
    }
    if c {
        let asked = said.lines().filter_map(|l| l.split_whitespace().next_back()?.strip_prefix("GLIBC_"));
        let numbers = |v: &str| v.split('.').map(|n| n.parse().ok()).collect::<Option<Vec<u32>>>();
        // This name is not a version: compact relocations need the version that introduced them.
        let newest = asked.filter_map(|v| numbers(if v == "ABI_DT_RELR" { "2.36" } else { v })).max();
        let newest = newest.context("the program names no version of the C library")?;
        let newest: Vec<String> = newest.iter().map(u32::to_string).collect();
        packages.push(format!("libc6 (>= {})", newest.join(".")));
    }
    packages.sort();
    Ok(packages)
}

/// What Debian calls the processor of a target; `None` where it is not Linux.
pub(super) fn architecture(target: &str) -> Option<&'static str> {
    if !target.contains("-linux-") {
        return None;
    }
    Some(match target.split('-').next()? {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "armv7" => "armhf",
        "i686" => "i386",
        "powerpc64le" => "ppc64el",
        "riscv64gc" => "riscv64",
        "s390x" => "s390x",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_of_the_c_library_counts_by_its_numbers() {
        let said = "Dynamic Section:\n  NEEDED    libgcc_s.so.1\n  NEEDED    libc.so.6\n\
            Version References:\n  required from libgcc_s.so.1:\n    0x0b792650 0x00 04 GCC_3.0\n\
            \x20 required from libc.so.6:\n    0x06969189 0x00 09 GLIBC_2.9\n\
            \x20   0x069691b4 0x00 03 GLIBC_2.34\n";
        assert_eq!(packages_from_objdump(said).unwrap(), ["libc6 (>= 2.34)", "libgcc-s1"]);
        let compact = format!("{said}    0x0963cf85 0x00 10 GLIBC_ABI_DT_RELR\n");
        assert_eq!(packages_from_objdump(&compact).unwrap()[0], "libc6 (>= 2.36)");
    }

    #[test]
    fn a_program_that_carries_its_libraries_needs_nothing_and_an_unknown_library_is_an_error() {
        assert!(
            packages_from_objdump("Dynamic Section:\n  FLAGS_1              0x08000001\n")
                .unwrap()
                .is_empty()
        );
        assert!(packages_from_objdump("  NEEDED               libunheard.so.9\n").is_err());
    }

    #[test]
    fn processors_have_the_names_of_debian() {
        assert_eq!(architecture("x86_64-unknown-linux-gnu"), Some("amd64"));
        assert_eq!(architecture("aarch64-unknown-linux-musl"), Some("arm64"));
        assert_eq!(architecture("aarch64-apple-darwin"), None);
    }
}
