//! A wheel as its users get it: for every Python from one version on, and for every Linux system that its name promises.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

/// Compares what the name of a wheel promises with what its library asks of a machine, which auditwheel finds; `python` has that.
pub(crate) fn check(python: &Path, wheel: &Path) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        eprintln!("{} is not checked: auditwheel reads libraries for Linux", wheel.display());
        return Ok(());
    }
    let name = wheel.file_name().and_then(|n| n.to_str()).context("a wheel without a name")?;
    let mut command = Command::new(python);
    let output = command.args(["-m", "auditwheel", "show", "--json"]).arg(wheel).output();
    let output = output.with_context(|| format!("cannot run {}", python.display()))?;
    ensure!(output.status.success(), "auditwheel: {}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).context("auditwheel gave no JSON")?;
    let wrong = faults(name, &found);
    ensure!(wrong.is_empty(), "{name}: {}", wrong.join("; "));
    eprintln!("{name}: auditwheel says {}", found["overall_tag"]);
    Ok(())
}

/// What keeps a wheel from running where its name says that it does, by what auditwheel found in it.
fn faults(name: &str, found: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if !name.contains("-abi3-") {
        wrong.push("it is for one version of Python".to_owned());
    }
    let (said, asked) = (library(name), found["overall_tag"].as_str().and_then(library));
    if said.is_none() || asked.is_none() || asked > said {
        wrong.push(format!("it asks for {}", found["overall_tag"]));
    }
    if found["external_libs"].as_object().is_none_or(|libraries| !libraries.is_empty()) {
        wrong.push(format!("it needs other libraries: {}", found["external_libs"]));
    }
    if found["unsupported_isa"] != false {
        wrong.push("it needs a newer processor".to_owned());
    }
    wrong
}

/// The version of the C library that a tag such as `manylinux_2_34_x86_64` asks for; `None` where it promises nothing.
fn library(tag: &str) -> Option<(u32, u32)> {
    let (_, rest) = tag.split_once("manylinux_")?;
    let mut numbers = rest.split('_').map_while(|n| n.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NAME: &str = "ijsberg-0.5.0-cp310-abi3-manylinux_2_34_x86_64.whl";

    #[test]
    fn a_wheel_that_asks_for_more_than_its_name_says_is_found() {
        let found = |tag: &str| json!({ "overall_tag": tag, "external_libs": {}, "unsupported_isa": false });
        for tag in ["manylinux_2_34_x86_64", "manylinux_2_5_x86_64"] {
            assert!(faults(NAME, &found(tag)).is_empty(), "{tag}");
        }
        for tag in ["manylinux_2_36_x86_64", "manylinux_3_1_x86_64", "linux_x86_64"] {
            assert_eq!(faults(NAME, &found(tag)), [format!("it asks for \"{tag}\"")]);
        }
        let fine = found("manylinux_2_34_x86_64");
        assert_eq!(faults("ijsberg-0.5.0-cp310-abi3-linux_x86_64.whl", &fine).len(), 1);
        assert_eq!(faults(&NAME.replace("abi3", "cp310"), &fine).len(), 1);
        let mut other = fine.clone();
        other["external_libs"]["libssl.so.3"] = json!("/lib");
        other["unsupported_isa"] = json!(true);
        assert_eq!(faults(NAME, &other).len(), 2);
        assert_eq!(faults(NAME, &json!({})).len(), 3);
    }
}
