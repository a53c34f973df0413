//! Each file by its own tool or schema, and held against what Adda itself says.

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::TempDir;

use super::{read, root, runs, succeeds, texts};
use crate::support::{Installation, Storage};

/// Sockets and requests may take so long when a node stops.
const DRAIN_SECONDS: u64 = 10;

const IN_DOT_ENV: [(&str, &str); 4] = [
    ("ADDA_PUBLIC_URL", "https://chat.example.org"),
    ("SECRET_KEY", "7f0c1f4e5a9b4d2e8c6a3b1d9e7f5a2c"),
    ("POSTGRES_PASSWORD", "c35a1f"),
    ("REDIS_PASSWORD", "9e07bd"),
];

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Adda takes these settings, each of them, as they are.
async fn adda_takes(settings: &[(String, String)]) {
    let settings: Vec<_> = settings.iter().map(|(name, value)| (&**name, &**value)).collect();
    let output = Installation::new(Storage::Sqlite, &settings).await;
    let output = output.run(&["config", "check"], "").await;
    assert!(output.ended_well, "{settings:?}: {}", output.stderr);
    for (name, value) in settings.iter().filter(|(_, value)| !value.is_empty()) {
        let shown = output.stdout.lines().find(|line| line.split(' ').next() == Some(name));
        let shown = shown.unwrap_or_else(|| panic!("{name} ({value}) is no setting of Adda"));
        assert!(shown.ends_with("the environment"), "{shown}");
    }
}

#[tokio::test]
async fn the_dockerfile_pleases_its_linter_and_builds_with_our_rust() {
    succeeds("hadolint", &["--failure-threshold", "style", "Dockerfile"]).await;
    let dockerfile = text("Dockerfile");
    let toolchain = text("rust-toolchain.toml");
    let version = toolchain.split('"').nth(1).expect("a channel");
    assert!(dockerfile.contains(&format!("\nFROM rust:{version}-")), "not Rust {version}");
    // The checks above all work: the tool does find what is wrong.
    let folder = TempDir::new().unwrap();
    let wrong = folder.path().join("Dockerfile");
    std::fs::write(&wrong, dockerfile.replace("trixie-slim\n", "latest\n")).unwrap();
    let (is_content, said) = runs("hadolint", &[wrong.to_str().unwrap()]).await;
    assert!(!is_content && said.contains("DL3007"), "{said}");
}

#[tokio::test]
async fn the_files_of_compose_keep_to_its_schema() {
    for file in ["compose.yaml", "compose.sqlite.yaml"] {
        let schema = ["--builtin-schema", "vendor.compose-spec", file];
        succeeds("check-jsonschema", &schema).await;
        let compose = &read(file, &IN_DOT_ENV).await[0];
        let named = |part: &str| -> BTreeSet<String> {
            compose[part].as_object().map(|part| part.keys().cloned().collect()).unwrap_or_default()
        };
        for (name, service) in compose["services"].as_object().unwrap() {
            for needed in service["depends_on"].as_object().into_iter().flat_map(|all| all.keys()) {
                assert!(named("services").contains(needed), "{file}: {name} depends on {needed}");
            }
            for volume in service["volumes"].as_array().into_iter().flatten() {
                let from = volume.as_str().unwrap().split(':').next().unwrap();
                let is_there = match from.strip_prefix("./") {
                    Some(path) => root().join(path).exists(),
                    None => named("volumes").contains(from),
                };
                assert!(is_there, "{file}: {name} mounts {from}");
            }
            assert!(service["healthcheck"].is_object(), "{file}: {name} has no health check");
        }
    }
}

#[tokio::test]
async fn compose_says_what_is_not_set() {
    let script = "server/tests/it/tools/yaml_to_json.py";
    for (missing, _) in IN_DOT_ENV {
        let given: Vec<_> = IN_DOT_ENV.iter().filter(|(name, _)| *name != missing).collect();
        let given: Vec<_> = given.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut arguments = vec![script, "compose.yaml"];
        arguments.extend(given.iter().map(String::as_str));
        let (is_content, said) = runs("python", &arguments).await;
        assert!(!is_content, "{missing}");
        assert!(said.starts_with(&format!("{missing}: set {missing} in .env to ")), "{said}");
        let example = text(".env.example");
        assert!(example.lines().any(|line| line == format!("{missing}=")), "{missing}");
    }
}

#[tokio::test]
async fn whoever_has_the_file_of_compose_can_still_make_run() {
    let filled = IN_DOT_ENV.iter().fold(text(".env.example"), |example, (name, value)| {
        example.replace(&format!("{name}=\n"), &format!("{name}={value}\n"))
    });
    let filled = filled.replace("# HTTP_PORT", "HTTP_PORT").replace("# SUBNET", "SUBNET");
    let output = Installation::new(Storage::Sqlite, &[]).await;
    std::fs::write(output.folder.path().join(".env"), filled).unwrap();
    let output = output.run(&["config", "check"], "").await;
    assert!(output.ended_well, "{}", output.stderr);
}

#[tokio::test]
async fn adda_takes_what_compose_sets() {
    let compose = &read("compose.yaml", &IN_DOT_ENV).await[0];
    for node in ["adda-1", "adda-2"] {
        adda_takes(&texts(&compose["services"][node]["environment"])).await;
    }
    let compose = &read("compose.sqlite.yaml", &IN_DOT_ENV).await[0];
    adda_takes(&texts(&compose["services"]["adda"]["environment"])).await;
}

#[tokio::test]
async fn the_manifests_of_kubernetes_keep_to_its_schemas() {
    let files = ["deploy/kubernetes/adda.yaml", "deploy/kubernetes/secret.example.yaml"];
    succeeds("kubernetes-validate", &["--strict", files[0], files[1]]).await;
    let manifests = [read(files[0], &[]).await, read(files[1], &[]).await].concat();
    let of = |kind: &str| manifests.iter().find(|manifest| manifest["kind"] == kind).unwrap();

    let mut settings = texts(&of("ConfigMap")["data"]);
    for (name, value) in texts(&of("Secret")["stringData"]) {
        // What stands there is no value, and Adda says so of the key.
        assert!(value.contains('<') && value.contains('>'), "{name} looks real");
        let value = match name.as_str() {
            "SECRET_KEY" => IN_DOT_ENV[1].1.to_owned(),
            _ => value.replace("<access key>", "AKIA1").replace(['<', '>', ' '], ""),
        };
        settings.push((name, value));
    }
    adda_takes(&settings).await;

    let pod = &of("Deployment")["spec"]["template"];
    let container = &pod["spec"]["containers"][0];
    for probe in ["startupProbe", "livenessProbe"] {
        assert_eq!(container[probe]["httpGet"]["path"], "/livez", "{probe}");
    }
    assert_eq!(container["readinessProbe"]["httpGet"]["path"], "/readyz");
    let waits = container["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().unwrap();
    let grace = pod["spec"]["terminationGracePeriodSeconds"].as_u64().unwrap();
    assert!(grace > waits + DRAIN_SECONDS, "{grace} s end a node that drains");
    // Whatever selects the pods selects these.
    let labels = &pod["metadata"]["labels"];
    assert_eq!(&of("Service")["spec"]["selector"], labels);
    assert_eq!(&of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&of("Deployment")["spec"]["selector"]["matchLabels"], labels);
}

#[tokio::test]
async fn the_stack_of_amazon_pleases_its_linter() {
    succeeds("cfn-lint", &["deploy/aws/adda.yaml"]).await;
    let template = &read("deploy/aws/adda.yaml", &[]).await[0];
    let container = &template["Resources"]["Task"]["Properties"]["ContainerDefinitions"][0];
    // What the stack fills in, as it will look.
    let secret = |name: &str| match name {
        "DATABASE_URL" => {
            let url = &template["Resources"]["DatabaseUrl"]["Properties"]["SecretString"]["Sub"];
            let url = url
                .as_str()
                .unwrap()
                .replace("{{resolve:secretsmanager:${DatabasePassword}}}", "c35a1f");
            url.replace("${Database.Endpoint.Address}", "adda.abc.rds.amazonaws.com")
                .replace("${Database.Endpoint.Port}", "5432")
        }
        "REDIS_URL" => {
            let url = &template["Resources"]["RedisUrl"]["Properties"]["SecretString"]["Sub"];
            let url = url
                .as_str()
                .unwrap()
                .replace("{{resolve:secretsmanager:${RedisPassword}}}", "9e07bd");
            url.replace("${Redis.PrimaryEndPoint.Address}", "master.adda.cache.amazonaws.com")
                .replace("${Redis.PrimaryEndPoint.Port}", "6379")
        }
        _ => IN_DOT_ENV[1].1.to_owned(),
    };
    let mut settings: Vec<(String, String)> = vec![];
    for part in ["Environment", "Secrets"] {
        for entry in container[part].as_array().unwrap() {
            let name = entry["Name"].as_str().unwrap();
            let value = match name {
                "ADDA_PUBLIC_URL" => "https://chat.example.org".to_owned(),
                "ADDA_TRUSTED_PROXIES" => "10.0.0.0/16".to_owned(),
                "ADDA_MEDIA_URL" => "s3://adda-bucket-1x2y".to_owned(),
                "ADDA_MEDIA_S3_REGION" => "eu-central-1".to_owned(),
                "ADDA_MEDIA_S3_ACCESS_KEY" => "AKIA1".to_owned(),
                _ => secret(name),
            };
            assert!(!value.contains("${"), "{name}: {value}");
            settings.push((name.to_owned(), value));
        }
    }
    adda_takes(&settings).await;
    assert!(container["StopTimeout"].as_u64().unwrap() > DRAIN_SECONDS);
    assert_eq!(
        super::words(&container["HealthCheck"]["Command"])[1..],
        ["adda", "health", "--live"]
    );
}

/// No package carries the schema of Render: these are the fields that its reference has, of those used here.
#[tokio::test]
async fn the_blueprint_of_render_names_what_is_in_it() {
    const OF_WEB: [&str; 11] = [
        "type",
        "name",
        "runtime",
        "plan",
        "region",
        "dockerfilePath",
        "numInstances",
        "healthCheckPath",
        "maxShutdownDelaySeconds",
        "autoDeployTrigger",
        "envVars",
    ];
    const OF_KEYVALUE: [&str; 6] =
        ["type", "name", "plan", "region", "maxmemoryPolicy", "ipAllowList"];
    const OF_DATABASE: [&str; 7] =
        ["name", "plan", "region", "databaseName", "user", "postgresMajorVersion", "ipAllowList"];
    let has_only = |object: &Value, known: &[&str]| {
        for name in object.as_object().unwrap().keys() {
            assert!(known.contains(&name.as_str()), "{name} is no field of Render's");
        }
    };
    let blueprint = &read("render.yaml", &[]).await[0];
    has_only(blueprint, &["services", "databases"]);
    let [web, keyvalue] = &blueprint["services"].as_array().unwrap()[..] else { panic!("two") };
    let database = &blueprint["databases"][0];
    has_only(web, &OF_WEB);
    has_only(keyvalue, &OF_KEYVALUE);
    has_only(database, &OF_DATABASE);
    assert_eq!([&web["type"], &keyvalue["type"]], ["web", "keyvalue"]);
    assert!(root().join(web["dockerfilePath"].as_str().unwrap()).exists());
    assert!(web["maxShutdownDelaySeconds"].as_u64().unwrap() > DRAIN_SECONDS);
    // Within one region they reach each other by names that nobody outside can.
    assert_eq!([&keyvalue["region"], &database["region"]], [&web["region"], &web["region"]]);

    // What Render itself sets, and what stands for what it makes.
    let mut settings = vec![
        ("PORT".to_owned(), "10000".to_owned()),
        ("RENDER_EXTERNAL_URL".to_owned(), "https://adda-1x2y.onrender.com".to_owned()),
    ];
    for entry in web["envVars"].as_array().unwrap() {
        let key = entry["key"].as_str().unwrap();
        let value = if let Some(value) = entry["value"].as_str() {
            value
        } else if entry["generateValue"] == true {
            "pGcB1cZy0l8zq7Yk3fJ5vW2nX9tR4sHa6uDe1oMi0bQ="
        } else if entry["fromDatabase"]["name"] == database["name"] {
            "postgresql://adda:c35a1f@dpg-1x2y-a/adda"
        } else if entry["fromService"]["name"] == keyvalue["name"] {
            "redis://red-1x2y:6379"
        } else {
            assert_eq!(entry["sync"], false, "{key} comes from nowhere");
            match key {
                "ADDA_MEDIA_URL" => "s3://adda",
                "ADDA_MEDIA_S3_ENDPOINT" => "https://1x2y.r2.cloudflarestorage.com",
                _ => "AKIA1",
            }
        };
        settings.push((key.to_owned(), value.to_owned()));
    }
    adda_takes(&settings).await;
}

#[tokio::test]
async fn systemd_takes_the_unit_and_finds_it_safe() {
    let folder = TempDir::new().unwrap();
    let unit = folder.path().join("adda.service");
    let installed = "ExecStart=/usr/local/bin/adda\n";
    let written = text("deploy/systemd/adda.service");
    assert!(written.contains(installed));
    let built = format!("ExecStart={}\n", env!("CARGO_BIN_EXE_adda"));
    std::fs::write(&unit, written.replace(installed, &built)).unwrap();
    let unit = unit.to_str().unwrap();
    let said = succeeds("systemd-analyze", &["verify", "--man=no", unit]).await;
    assert!(!said.contains("adda.service"), "{said}");
    // Of 10, where 10 is a service without any bounds.
    succeeds(
        "systemd-analyze",
        &["security", "--offline=true", "--threshold=20", "--no-pager", unit],
    )
    .await;
    let stop = written.lines().find_map(|line| line.strip_prefix("TimeoutStopSec="));
    assert!(stop.unwrap().parse::<u64>().unwrap() > DRAIN_SECONDS);
}

#[tokio::test]
async fn the_time_that_a_node_is_given_to_stop_is_more_than_it_takes() {
    let app = text("server/src/app.rs");
    let drain = format!("const DRAIN_WITHIN: Duration = Duration::from_secs({DRAIN_SECONDS});");
    assert!(app.contains(&drain), "the drain takes another time than these tests think");
    let compose = &read("compose.yaml", &IN_DOT_ENV).await[0];
    let sqlite = &read("compose.sqlite.yaml", &IN_DOT_ENV).await[0];
    for service in [
        &compose["services"]["adda-1"],
        &compose["services"]["adda-2"],
        &sqlite["services"]["adda"],
    ] {
        let grace = service["stop_grace_period"].as_str().unwrap().strip_suffix('s').unwrap();
        assert!(grace.parse::<u64>().unwrap() > DRAIN_SECONDS);
    }
}
