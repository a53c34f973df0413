//! Makes cargo embed the web app anew whenever that was built anew.
#![allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]

fn main() -> std::io::Result<()> {
    let dist = "../frontend/dist";
    // Of a folder that is not there cargo thinks that it has just changed, at each build.
    std::fs::create_dir_all(dist)?;
    println!("cargo:rerun-if-changed={dist}");
    Ok(())
}
