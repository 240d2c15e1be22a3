//! What `deploy` holds is accepted by whoever reads it, and names no command, option or setting that is not there.

use std::process::Command;

use crate::support::project;

#[test]
fn everything_in_deploy_is_accepted_by_its_checkers() {
    let mut check = Command::new(project().join("deploy/check"));
    let done = check.env("PURSER", env!("CARGO_BIN_EXE_purser")).output().expect("it starts");
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{out}{err}");
    println!("{out}");
}
