//! Forms beside the reference reader of XLSForms. `cargo xtask test` installs it from `PyPI` in `target/python`.

use std::process::Command;

use crate::program::{self, root};

#[test]
fn every_form_that_is_written_passes_pyxform() {
    let dir = tempfile::tempdir().unwrap();
    let form = dir.path().join("form.xlsx");
    let written = program::ijsberg().args(["assess", "form", "--out", form.to_str().unwrap()]).status();
    assert!(written.unwrap().success());
    let script = "
import sys
from pyxform.xls2xform import convert
made = convert(sys.argv[1])
print(made.xform.count('<select1'), made.warnings)
";
    let output = Command::new(root().join("target/python/bin/python"))
        .args(["-c", script, form.to_str().unwrap()])
        .output()
        .expect("target/python must be made by cargo xtask test");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let questions = ijsberg_signals::rules::Rules::shipped().questions.questions.len();
    assert_eq!(told.trim(), format!("{questions} []"));
}
