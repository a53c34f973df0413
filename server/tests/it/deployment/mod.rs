//! The files that deploy Adda: each is checked by its own tool, each sets what Adda takes, and what compose.yaml
//! starts works.

mod compose;
mod files;

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tokio::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Runs a tool at the top of the project; answers what it said, and whether it was content.
async fn runs(program: &str, arguments: &[&str]) -> (bool, String) {
    let own = root().join(".venv/bin").join(program);
    let mut command = if own.exists() { Command::new(own) } else { Command::new(program) };
    command.args(arguments).current_dir(root()).kill_on_drop(true);
    let output = command.output().await;
    let output = output.unwrap_or_else(|_| panic!("{program} is missing: run `make test`"));
    let Output { status, stdout, stderr } = output;
    let said = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (status.success(), said)
}

async fn succeeds(program: &str, arguments: &[&str]) -> String {
    let (is_content, said) = runs(program, arguments).await;
    assert!(is_content, "{program} {arguments:?}: {said}");
    said
}

/// The documents of a file of YAML, with these values for what it leaves open.
async fn read(file: &str, values: &[(&str, &str)]) -> Vec<Value> {
    let values: Vec<_> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut arguments = vec!["server/tests/it/tools/yaml_to_json.py", file];
    arguments.extend(values.iter().map(String::as_str));
    serde_json::from_str(&succeeds("python", &arguments).await).unwrap()
}

/// What stands in an object of names and texts.
fn texts(object: &Value) -> Vec<(String, String)> {
    let object = object.as_object().expect("an object of names and values");
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    object.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|word| word.as_str().unwrap()).collect()
}
