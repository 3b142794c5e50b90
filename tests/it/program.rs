//! The program itself, as the test command built it.

use std::path::Path;
use std::process::Command;
use std::sync::Once;

static BUILT: Once = Once::new();

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The program, to be given arguments. It is built as all tests are built, so that nothing is built twice.
pub(crate) fn ijsberg() -> Command {
    BUILT.call_once(|| {
        let status = Command::new(env!("CARGO"))
            .current_dir(root())
            .args(["build", "--quiet", "--locked", "--workspace", "--exclude", "xtask", "--tests"])
            .status()
            .unwrap();
        assert!(status.success());
    });
    // This test lies in `deps` beside it.
    let tests = std::env::current_exe().unwrap();
    let mut command = Command::new(tests.parent().unwrap().parent().unwrap().join("ijsberg"));
    command.current_dir(root()).stdout(std::process::Stdio::null());
    command
}
