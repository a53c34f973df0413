//! The settings as an operator meets them: files in a folder, variables, and the sentence that a
//! mistake is answered with. No test touches this process's own environment.
#![allow(clippy::unwrap_used, reason = "a failure of a test's own set-up ends the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::{Config, ConfigError, Registration};

const KEY: &str = "6f1d0c8a4b7e93525a1c0d9e8f7b6a43";
const OTHER_KEY: &str = "c0ffee4b7e935251d9e8f7b6a436f1d0";
const POSTGRES: (&str, &str) = ("DATABASE_URL", "postgres://adda:hunter22@db/adda");

/// A working directory with the given files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

fn load_in(dir: &Path, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load_from(dir, env)
}

fn load(files: &[(&str, &str)], env: &[(&str, &str)]) -> Config {
    load_in(folder(files).path(), env).unwrap()
}

/// The sentence that a mistake is answered with.
#[track_caller]
fn refusal(files: &[(&str, &str)], env: &[(&str, &str)]) -> String {
    let sentence = load_in(folder(files).path(), env).unwrap_err().to_string();
    assert!(!sentence.contains('\n'), "more than a line: {sentence}");
    sentence
}

#[test]
fn nothing_has_to_be_set() {
    let dir = folder(&[]);
    let config = load_in(dir.path(), &[]).unwrap();
    assert_eq!(config.listen_address().to_string(), "0.0.0.0:8000");
    assert_eq!(config.public_url(8000).as_str(), "http://localhost:8000");
    let expected = format!("sqlite://{}/data/adda.db", dir.path().display());
    assert_eq!(config.database_url.expose(), expected);
    assert_eq!(config.data_dir, dir.path().join("data"));
    assert_eq!(config.media_dir, dir.path().join("media"));
    assert!(config.media_bucket.is_none());
    assert_eq!(config.registration, Registration::Open);
    assert!(config.rate_limits && config.allowed_origins.is_empty() && config.log == "info");
}

#[test]
fn every_setting_can_stand_in_adda_toml() {
    let toml = r#"
        port = 9000
        secret_key = "6f1d0c8a4b7e93525a1c0d9e8f7b6a43"
        secret_key_previous = "c0ffee4b7e935251d9e8f7b6a436f1d0"
        database_url = "postgresql://db/adda"
        data_dir = "/var/lib/adda"
        media_dir = "uploads"
        media_url = "s3://adda/chat"
        media_s3_endpoint = "http://minio:9000/"
        media_s3_region = "garage"
        media_s3_access_key = "GK31c2f218a2e44f485b94239e"
        media_s3_secret_key = "b892c0665f0ada8a4755dae98baa3b13"
        media_s3_path_style = false
        bind = "::1"
        public_url = "https://Chat.Example.org:443/"
        allowed_origins = ["https://app.example.org", "http://localhost:5173"]
        trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]
        registration = "invite"
        rate_limits = false
        log = "warn,adda=debug"
    "#;
    let dir = folder(&[("adda.toml", toml)]);
    let config = load_in(dir.path(), &[]).unwrap();
    assert_eq!(config.listen_address().to_string(), "[::1]:9000");
    let keys = config.ensure_secret().unwrap();
    assert_eq!(keys.current.expose(), KEY);
    assert_eq!(keys.previous.unwrap().expose(), OTHER_KEY);
    assert!(config.database_url.expose().starts_with("postgres"));
    assert_eq!(config.data_dir, Path::new("/var/lib/adda"));
    assert_eq!(config.media_dir, dir.path().join("uploads"));
    let bucket = config.media_bucket.as_ref().unwrap();
    assert_eq!((bucket.name.as_str(), bucket.prefix.as_str()), ("adda", "chat"));
    assert_eq!((bucket.endpoint.as_str(), bucket.region.as_str()), ("http://minio:9000", "garage"));
    assert_eq!(bucket.access_key.expose(), "GK31c2f218a2e44f485b94239e");
    assert!(bucket.secret_key.expose().starts_with("b892c066") && !bucket.path_style);
    assert_eq!(config.public_url(9000).as_str(), "https://chat.example.org");
    let origins: Vec<_> = config.allowed_origins.iter().map(|origin| origin.as_str()).collect();
    assert_eq!(origins, ["https://app.example.org", "http://localhost:5173"]);
    let proxies: Vec<_> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["127.0.0.1/32", "10.0.0.0/8"]);
    assert_eq!(config.registration, Registration::Invite);
    assert!(!config.rate_limits);
    assert_eq!(config.log, "warn,adda=debug");
}

#[test]
fn trusted_proxies_are_addresses_and_networks() {
    let proxies = |value: &str| {
        let config = load(&[], &[("ADDA_TRUSTED_PROXIES", value)]);
        config.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(load(&[], &[]).trusted_proxies.is_empty());
    assert_eq!(proxies("127.0.0.1, 10.0.0.0/8,,::1"), ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]);
    assert_eq!(proxies("2001:DB8::/32,10.1.2.3/32,10.1.2.3"), ["2001:db8::/32", "10.1.2.3/32"]);
    // One of IPv4, however it is written.
    assert_eq!(proxies("::ffff:10.1.2.3,::ffff:10.0.0.0/104"), ["10.1.2.3/32", "10.0.0.0/8"]);
}

#[test]
fn a_proxy_that_is_no_address_and_no_network_is_refused() {
    for wrong in ["proxy.example.org", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "*", "fe80::1%eth0"] {
        assert_eq!(
            refusal(&[], &[("ADDA_TRUSTED_PROXIES", &format!("127.0.0.1,{wrong}"))]),
            format!(
                "ADDA_TRUSTED_PROXIES in the environment has an entry (number 2) that is {wrong:?}, but must be \
                 an address or a network such as 127.0.0.1, 10.0.0.0/8 or 2001:db8::/32"
            )
        );
    }
    assert_eq!(
        refusal(&[], &[("ADDA_TRUSTED_PROXIES", "10.0.0.1/8")]),
        "ADDA_TRUSTED_PROXIES in the environment has an entry (number 1) that is \"10.0.0.1/8\", which is an \
         address within a network, but must be either: 10.0.0.1 or 10.0.0.0/8"
    );
    for everybody in ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96"] {
        let sentence = refusal(&[], &[("ADDA_TRUSTED_PROXIES", everybody)]);
        assert!(sentence.contains("would believe everybody"), "{sentence}");
    }
    let sentence = refusal(&[("adda.toml", "trusted_proxies = [1]")], &[]);
    assert!(sentence.starts_with("trusted_proxies in adda.toml is not text"), "{sentence}");
}

const BUCKET: (&str, &str) = ("ADDA_MEDIA_URL", "s3://adda");
const BUCKET_KEYS: [(&str, &str); 2] =
    [("ADDA_MEDIA_S3_ACCESS_KEY", "AKIA1"), ("ADDA_MEDIA_S3_SECRET_KEY", "hunter2")];

#[test]
fn a_bucket_needs_its_keys_alone() {
    let [access, secret] = BUCKET_KEYS;
    let bucket = load(&[], &[BUCKET, access, secret]).media_bucket.unwrap();
    assert_eq!((bucket.name.as_str(), bucket.prefix.as_str()), ("adda", ""));
    assert_eq!(bucket.endpoint.as_str(), "https://s3.us-east-1.amazonaws.com");
    assert!(!bucket.path_style, "Amazon's hosts have the name of the bucket");
    // A server of one's own has one host.
    let own = ("ADDA_MEDIA_S3_ENDPOINT", "http://minio:9000");
    assert!(load(&[], &[BUCKET, access, secret, own]).media_bucket.unwrap().path_style);
    let far = ("ADDA_MEDIA_S3_REGION", "eu-central-1");
    let bucket = load(&[], &[BUCKET, access, secret, far]).media_bucket.unwrap();
    assert_eq!(bucket.endpoint.as_str(), "https://s3.eu-central-1.amazonaws.com");

    let dir = folder(&[("key", "hunter2\n")]);
    let from_file = ("ADDA_MEDIA_S3_SECRET_KEY_FILE", "key");
    let config = load_in(dir.path(), &[BUCKET, access, from_file]).unwrap();
    assert_eq!(config.media_bucket.as_ref().unwrap().secret_key.expose(), "hunter2");
    let described = format!("{}{config:?}", config.describe());
    assert!(described.contains("s3://adda"), "{described}");
    assert!(!described.contains("AKIA1") && !described.contains("hunter2"), "{described}");
}

#[test]
fn a_bucket_that_is_set_half_or_wrong_is_refused() {
    let [access, secret] = BUCKET_KEYS;
    assert_eq!(
        refusal(&[], &[BUCKET, access]),
        "ADDA_MEDIA_URL in the environment needs ADDA_MEDIA_S3_SECRET_KEY, which is not set; set it, or name the \
         file that holds it, as the bucket's server gave it to you"
    );
    assert_eq!(
        refusal(&[(".env", "ADDA_MEDIA_S3_SECRET_KEY=hunter2")], &[]),
        "ADDA_MEDIA_S3_SECRET_KEY in .env needs ADDA_MEDIA_URL, which is not set; set that as in s3://bucket or \
         s3://bucket/folder, or remove this one"
    );
    for wrong in [
        "adda",
        "https://s3.example.org/adda",
        "s3://",
        "s3:///a",
        "s3://a//b",
        "s3://a/../b",
        "s3://a?b",
    ] {
        let sentence = refusal(&[], &[("ADDA_MEDIA_URL", wrong), access, secret]);
        assert!(sentence.contains("must be as in s3://bucket or s3://bucket/folder"), "{sentence}");
    }
    let with_key = ("ADDA_MEDIA_URL", "s3://AKIA1:hunter2@adda");
    let sentence = refusal(&[], &[with_key, access, secret]);
    assert!(!sentence.contains("hunter2"), "{sentence}");
    for (name, value) in [
        ("ADDA_MEDIA_S3_ENDPOINT", "minio:9000"),
        ("ADDA_MEDIA_S3_REGION", "far away"),
        ("ADDA_MEDIA_S3_PATH_STYLE", "maybe"),
    ] {
        let sentence = refusal(&[], &[BUCKET, access, secret, (name, value)]);
        assert!(sentence.starts_with(&format!("{name} in the environment")), "{sentence}");
    }
    let spaced = ("ADDA_MEDIA_S3_SECRET_KEY", "hunter 2");
    let sentence = refusal(&[], &[BUCKET, access, spaced]);
    assert!(sentence.contains("spaces") && !sentence.contains("hunter"), "{sentence}");
}

#[test]
fn the_address_that_a_platform_gives_counts_unless_another_is_set() {
    let given = ("RENDER_EXTERNAL_URL", "https://adda-1x2y.onrender.com");
    let config = load(&[], &[given]);
    assert_eq!(config.public_url(10_000).as_str(), given.1);
    assert!(config.configured_public_url.is_some(), "pages of other origins are refused");
    let shown = config.describe();
    let row = |name: &str| {
        let line = shown.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row("ADDA_PUBLIC_URL"), format!("ADDA_PUBLIC_URL {} RENDER_EXTERNAL_URL", given.1));
    assert_eq!(
        row("RENDER_EXTERNAL_URL"),
        format!("RENDER_EXTERNAL_URL {} the environment", given.1)
    );

    let own = ("ADDA_PUBLIC_URL", "https://chat.example.org");
    assert_eq!(load(&[], &[given, own]).public_url(10_000).as_str(), own.1);
    // Nobody needs it then, whatever it says.
    let config = load(&[], &[("RENDER_EXTERNAL_URL", "adda"), own]);
    assert_eq!(config.public_url(10_000).as_str(), own.1);
    let sentence = refusal(&[], &[("RENDER_EXTERNAL_URL", "adda")]);
    assert!(sentence.starts_with("RENDER_EXTERNAL_URL in the environment"), "{sentence}");
}

#[test]
fn databases_are_taken_as_platforms_name_them() {
    for url in [
        // Render, within its network and from outside; Heroku and Fly say postgres.
        "postgresql://adda:hunter22@dpg-abc123-a/adda_x1y2",
        "postgresql://adda:hunter22@dpg-abc123-a.frankfurt-postgres.render.com/adda_x1y2?sslmode=require",
        "postgres://adda:hunter22@ec2-1-2-3-4.compute-1.amazonaws.com:5432/d1",
        "postgres://adda:hunter22@adda-db.flycast:5432/adda?sslmode=disable",
        // Amazon RDS, with the file of its authorities.
        "postgresql://adda:hunter22@adda.abc.eu-central-1.rds.amazonaws.com:5432/adda?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt",
        // Neon, DigitalOcean and Supabase.
        "postgresql://adda:hunter22@ep-a-b-123.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
        "postgresql://doadmin:hunter22@db-1.b.db.ondigitalocean.com:25060/defaultdb?sslmode=require",
        "postgresql://postgres.abc:hunter22@aws-0-eu-central-1.pooler.supabase.com:5432/postgres",
    ] {
        let config = load(&[], &[("DATABASE_URL", url), ("SECRET_KEY", KEY)]);
        assert_eq!(config.database_url.expose(), url);
    }
}

#[test]
fn the_environment_is_above_dot_env_and_that_above_adda_toml() {
    let toml = ("adda.toml", "port = 1001\nlog = \"warn\"\nregistration = \"closed\"");
    let dot_env =
        (".env", "PORT=1002\nADDA_LOG='error'\n# a comment\nexport ADDA_BIND=127.0.0.1\n");
    let config = load(&[toml, dot_env], &[("PORT", "1003")]);
    assert_eq!(config.port, 1003);
    assert_eq!(config.log, "error");
    assert_eq!(config.registration, Registration::Closed);
    assert_eq!(config.bind.to_string(), "127.0.0.1");
    assert_eq!(load(&[toml, dot_env], &[]).port, 1002);
    assert_eq!(load(&[toml], &[]).port, 1001);
    assert_eq!(load(&[], &[]).port, 8000);
}

#[test]
fn an_empty_variable_counts_as_absent() {
    let files = [("adda.toml", "port = 1001"), (".env", "PORT=\nADDA_LOG=\n")];
    let config = load(&files, &[("PORT", ""), ("SECRET_KEY_FILE", ""), ("DATABASE_URL", "")]);
    assert_eq!((config.port, config.log.as_str()), (1001, "info"));
    assert!(config.database_url.expose().starts_with("sqlite://"));
}

#[test]
fn a_key_of_digits_keeps_each_of_its_characters() {
    let key = "0070123948571029384756102938475600";
    let keys = load(&[], &[("SECRET_KEY", key)]).ensure_secret().unwrap();
    assert_eq!(keys.current.expose(), key);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    let files = [("adda.toml", "\u{feff}port = 1001\r\n"), (".env", "\u{feff}ADDA_LOG=warn\r\n")];
    let config = load(&files, &[]);
    assert_eq!((config.port, config.log.as_str()), (1001, "warn"));
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_known_one() {
    assert_eq!(
        refusal(&[], &[("ADDA_MEDIA_DRI", "x")]),
        "ADDA_MEDIA_DRI in the environment is not a setting of Adda; did you mean ADDA_MEDIA_DIR?"
    );
    assert_eq!(
        refusal(&[(".env", "ADDA_PORT=80")], &[]),
        "ADDA_PORT in .env is not a setting of Adda; did you mean PORT?"
    );
    assert_eq!(
        refusal(&[("adda.toml", "adda_bind = \"::\"")], &[]),
        "adda_bind in adda.toml is not a setting of Adda; did you mean bind?"
    );
    assert_eq!(
        refusal(&[(".env", "DATABSE_URL=postgres://u:hunter22@db/x")], &[]),
        "DATABSE_URL in .env is not a setting of Adda; did you mean DATABASE_URL?"
    );
}

#[test]
fn an_unknown_name_that_is_near_nothing_is_refused_with_all_known_ones() {
    let sentence = refusal(&[("adda.toml", "[server]\ncolour = 1")], &[]);
    assert!(
        sentence.starts_with(
            "server in adda.toml is not a setting of Adda; the settings are port, secret_key,"
        ),
        "{sentence}"
    );
    assert!(sentence.ends_with("media_s3_access_key_file, media_s3_secret_key_file"), "{sentence}");
}

#[test]
fn what_belongs_to_other_programs_is_left_alone() {
    let dot_env = "POSTGRES_PASSWORD=hunter22\nHOST=db\nCOMPOSE_PROJECT_NAME=adda\nADDA_TEST_X=1\n";
    let env =
        [("DATABSE_URL", "x"), ("PATH", "/bin"), ("ADDA_TEST_POSTGRES_URL", "postgres://x/y")];
    assert_eq!(load(&[(".env", dot_env)], &env).port, 8000);
}

#[test]
fn a_file_that_breaks_its_syntax_is_named_with_the_line_and_without_its_text() {
    let sentence = refusal(&[("adda.toml", "port = 1\n\nsecret_key = \"hunter22")], &[]);
    assert!(sentence.starts_with("adda.toml cannot be understood at line 3: "), "{sentence}");
    assert!(!sentence.contains("hunter22"), "{sentence}");
    assert_eq!(
        refusal(&[(".env", "PORT=1\nSECRET_KEY=hunter22 hunter23\n")], &[]),
        ".env cannot be understood at line 2: a line must be NAME=value, with quotes around a value that has spaces"
    );
    assert_eq!(
        refusal(&[(".env", "PORT=1\nPORT=2\n")], &[]),
        "PORT in .env stands there twice, but must be set once"
    );
}

#[test]
fn a_file_of_settings_that_cannot_be_read_stops_the_start() {
    let dir = folder(&[]);
    fs::create_dir(dir.path().join("adda.toml")).unwrap();
    let sentence = load_in(dir.path(), &[]).unwrap_err().to_string();
    assert!(sentence.starts_with("adda.toml cannot be read ("), "{sentence}");
}

#[test]
fn each_value_that_cannot_be_used_is_answered_in_one_sentence() {
    let cases = [
        ("PORT", "eighty", "is not a port, but must be a number from 0 to 65535"),
        ("PORT", "65536", "is not a port, but must be a number from 0 to 65535"),
        (
            "ADDA_BIND",
            "localhost",
            "is \"localhost\", but must be an IP address such as 0.0.0.0, 127.0.0.1 or ::",
        ),
        ("ADDA_REGISTRATION", "Open", "is \"Open\", but must be open, invite or closed"),
        ("ADDA_RATE_LIMITS", "false", "is \"false\", but must be on or off"),
        (
            "DATABASE_URL",
            "mysql://root:hunter22@db/adda",
            "is no database URL that Adda knows, but must begin with sqlite:, postgres: or postgresql:",
        ),
        (
            "DATABASE_URL",
            "postgres://",
            "names no database, but must be as in sqlite://data/adda.db or postgres://user:password@host/database",
        ),
        (
            "DATABASE_URL",
            "sqlite::memory:",
            "is in memory, where nothing is kept, but must be a file as in sqlite://data/adda.db",
        ),
        (
            "REDIS_URL",
            "http://localhost:6379",
            "is no Redis URL, but must be as in redis://user:password@host:6379, rediss://host:6379, \
             redis-cluster://host:6379?node=other:6379 or redis-sentinel://host:26379?sentinelServiceName=name",
        ),
        (
            "REDIS_URL",
            "localhost:6379",
            "is no Redis URL, but must be as in redis://user:password@host:6379, rediss://host:6379, \
             redis-cluster://host:6379?node=other:6379 or redis-sentinel://host:26379?sentinelServiceName=name",
        ),
    ];
    for (name, value, problem) in cases {
        let expected = format!("{name} in the environment {problem}");
        assert_eq!(refusal(&[], &[(name, value)]), expected);
    }
    assert_eq!(
        refusal(&[("adda.toml", "port = -1")], &[]),
        "port in adda.toml is not a port, but must be a number from 0 to 65535"
    );
    assert_eq!(
        refusal(&[("adda.toml", "data_dir = 7")], &[]),
        "data_dir in adda.toml is not text, but must be"
    );
    assert_eq!(
        refusal(&[("adda.toml", "media_dir = \"\"")], &[]),
        "media_dir in adda.toml is empty, but must be the path of a folder"
    );
}

#[test]
fn a_public_url_is_an_origin_and_nothing_more() {
    let good = [
        ("https://chat.example.org", "https://chat.example.org"),
        ("HTTP://LOCALHOST:8000/", "http://localhost:8000"),
        ("http://chat.example.org:80", "http://chat.example.org"),
        ("https://[2001:DB8:0::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://192.168.0.7:8000", "http://192.168.0.7:8000"),
        ("https://xn--mller-kva.de", "https://xn--mller-kva.de"),
    ];
    for (url, expected) in good {
        let config = load(&[], &[("ADDA_PUBLIC_URL", url)]);
        assert_eq!(config.public_url(1).as_str(), expected);
    }
    let bad = [
        ("chat.example.org", "has no scheme"),
        ("ftp://chat.example.org", "is neither http nor https"),
        ("https://mira:hunter22@chat.example.org", "holds a user name or password"),
        ("https://chat.example.org/adda", "has a path, a query or a fragment"),
        ("https://chat.example.org?x", "has a path, a query or a fragment"),
        ("https://chat.example.org#x", "has a path, a query or a fragment"),
        ("https://", "has no valid host"),
        ("https://a..b", "has no valid host"),
        ("https://a b", "has no valid host"),
        ("https://*.example.org", "has no valid host"),
        ("https://chat.example.org:", "has a port that is not 1 to 65535"),
        ("https://chat.example.org:+80", "has a port that is not 1 to 65535"),
        ("https://chat.example.org:0", "has a port that is not 1 to 65535"),
        ("https://[::g]", "has a host that is no IPv6 address"),
        ("https://müller.de", "has a host that is not ASCII (browsers send its xn-- form)"),
    ];
    for (url, wrong) in bad {
        let expected = format!(
            "ADDA_PUBLIC_URL in the environment {wrong}, but must be a scheme and a host as in \
             https://chat.example.org, perhaps with a port"
        );
        assert_eq!(refusal(&[], &[("ADDA_PUBLIC_URL", url)]), expected);
    }
}

#[test]
fn without_a_public_url_it_is_the_address_listened_on() {
    let url = |bind| load(&[], &[("ADDA_BIND", bind)]).public_url(8123).to_string();
    assert_eq!(url("0.0.0.0"), "http://localhost:8123");
    assert_eq!(url("::"), "http://localhost:8123");
    assert_eq!(url("127.0.0.1"), "http://localhost:8123");
    assert_eq!(url("192.168.0.7"), "http://192.168.0.7:8123");
    assert_eq!(url("2001:db8::1"), "http://[2001:db8::1]:8123");
}

#[test]
fn allowed_origins_are_a_list_without_repeats() {
    let list = "https://a.example.org, http://localhost:5173 ,,https://A.example.org:443";
    let config = load(&[], &[("ADDA_ALLOWED_ORIGINS", list)]);
    let origins: Vec<_> = config.allowed_origins.iter().map(|origin| origin.as_str()).collect();
    assert_eq!(origins, ["https://a.example.org", "http://localhost:5173"]);
    for wildcard in ["*", "null"] {
        let sentence =
            refusal(&[], &[("ADDA_ALLOWED_ORIGINS", &format!("https://a.example.org,{wildcard}"))]);
        assert!(
            sentence.starts_with(
                "ADDA_ALLOWED_ORIGINS in the environment has an entry (number 2) that has no scheme, but must be"
            ),
            "{sentence}"
        );
    }
}

#[test]
fn a_log_filter_must_name_levels() {
    for good in ["debug", "INFO", "info,adda=debug", "adda::gateway=trace"] {
        assert_eq!(load(&[], &[("ADDA_LOG", good)]).log, good);
    }
    assert_eq!(load(&[], &[("ADDA_LOG", "off, sqlx=warn")]).log, "off,sqlx=warn");
    for bad in ["inof", "info,adda=loud", "=", "adda"] {
        let sentence = refusal(&[], &[("ADDA_LOG", bad)]);
        assert!(
            sentence.starts_with(&format!(
                "ADDA_LOG in the environment is \"{bad}\", but must be levels"
            )),
            "{sentence}"
        );
    }
}

#[test]
fn a_weak_key_is_refused_without_being_shown() {
    let cases = [
        ("short-but-secret", "has 16 characters"),
        ("changeme-changeme-changeme-changeme!", "is a placeholder"),
        ("please_Change_Me_7d1f3b9a5c2e8f60a4b7", "is a placeholder"),
        ("insecure-dev-key-0123456789-qwertyuiop", "is a placeholder"),
        ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "repeats itself"),
        ("abcabcaabbccabcabcaabbccabbcaabcbcab", "repeats itself"),
        ("k3J9x0Qw7Zk3J9x0Qw7Zk3J9x0Qw7Zk3J9x0", "repeats itself"),
        ("0123456789abcdefghijklmnopqrstuvwxyz", "repeats itself"),
    ];
    for (key, wrong) in cases {
        for name in ["SECRET_KEY", "SECRET_KEY_PREVIOUS"] {
            assert_eq!(
                refusal(&[(".env", &format!("{name}='{key}'"))], &[]),
                format!(
                    "{name} in .env {wrong}, but must be at least 32 random characters, as \
                     `openssl rand -hex 32` makes them"
                )
            );
        }
    }
}

#[test]
fn a_secret_can_stand_in_a_file_of_its_own() {
    let files = [("key", &*format!("{KEY}\r\n")), ("url", "postgres://adda:hunter22@db/adda\n")];
    let config = load(
        &[files[0], files[1], ("adda.toml", "database_url_file = \"url\"")],
        &[("SECRET_KEY_FILE", "key")],
    );
    assert_eq!(config.ensure_secret().unwrap().current.expose(), KEY);
    assert_eq!(config.database_url.expose(), POSTGRES.1);
}

#[test]
fn a_file_of_a_secret_is_judged_and_named() {
    let dir = folder(&[("key", "too-short-for-a-key\n")]);
    let path = dir.path().join("key");
    assert_eq!(
        load_in(dir.path(), &[("SECRET_KEY_FILE", "key")]).unwrap_err().to_string(),
        format!(
            "SECRET_KEY_FILE in the environment names the file {}, whose content has 19 characters, but must be \
             at least 32 random characters, as `openssl rand -hex 32` makes them",
            path.display()
        )
    );
    let sentence = refusal(&[("adda.toml", "redis_url_file = \"missing\"")], &[]);
    assert!(sentence.starts_with("redis_url_file in adda.toml names the file "), "{sentence}");
    assert!(sentence.contains("missing, which cannot be read (No such file"), "{sentence}");
    assert_eq!(
        refusal(&[("adda.toml", "secret_key_file = 5")], &[]),
        "secret_key_file in adda.toml must be the name of a file"
    );
}

#[test]
fn a_secret_and_its_file_cannot_both_be_set() {
    assert_eq!(
        refusal(&[(".env", &format!("SECRET_KEY={KEY}"))], &[("SECRET_KEY_FILE", "key")]),
        "SECRET_KEY in .env and SECRET_KEY_FILE in the environment are both set, but only one of them may be"
    );
}

#[test]
fn several_nodes_need_postgresql() {
    assert_eq!(
        refusal(&[], &[("REDIS_URL", "redis://:hunter22@cache:6379")]),
        "REDIS_URL is set, but several servers that it connects need a PostgreSQL in common; set DATABASE_URL to it, \
         or remove REDIS_URL"
    );
}

#[test]
fn postgresql_needs_a_key_that_is_set() {
    assert_eq!(
        refusal(&[], &[POSTGRES]),
        "SECRET_KEY is not set, but is required when DATABASE_URL is PostgreSQL; set it to at least 32 random \
         characters, as `openssl rand -hex 32` makes them, the same on every node"
    );
    let config = load(&[], &[POSTGRES, ("SECRET_KEY", KEY)]);
    assert!(config.database_url.expose().starts_with("postgres"));
}

#[test]
fn the_embedded_default_makes_a_key_once_and_keeps_it() {
    let dir = folder(&[]);
    let first = load_in(dir.path(), &[]).unwrap();
    let made = first.ensure_secret().unwrap();
    assert_eq!(made.current.expose().len(), 64);
    assert!(made.previous.is_none());
    let again = first.ensure_secret().unwrap();
    let restarted = load_in(dir.path(), &[]).unwrap().ensure_secret().unwrap();
    assert_eq!(again.current.expose(), made.current.expose());
    assert_eq!(restarted.current.expose(), made.current.expose());

    let elsewhere = load(&[], &[]).ensure_secret().unwrap();
    assert_ne!(elsewhere.current.expose(), made.current.expose());
}

#[test]
fn only_its_owner_can_read_the_kept_key() {
    let dir = folder(&[]);
    load_in(dir.path(), &[]).unwrap().ensure_secret().unwrap();
    let mode = |name| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/secret_key"), 0o600);
    assert_eq!(fs::read_dir(dir.path().join("data")).unwrap().count(), 1);
}

#[test]
fn servers_that_start_at_once_get_the_same_key() {
    let dir = folder(&[]);
    let config = load_in(dir.path(), &[]).unwrap();
    let keys: Vec<String> = std::thread::scope(|scope| {
        let start = || config.ensure_secret().unwrap().current.expose().to_owned();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[test]
fn what_a_crash_left_of_a_key_is_written_anew() {
    let dir = folder(&[]);
    fs::create_dir(dir.path().join("data")).unwrap();
    fs::write(dir.path().join("data/secret_key.unfinished"), "6f1d").unwrap();
    let config = load_in(dir.path(), &[]).unwrap();
    assert_eq!(config.ensure_secret().unwrap().current.expose().len(), 64);
}

#[test]
fn a_key_that_is_set_wins_over_the_kept_one() {
    let dir = folder(&[]);
    load_in(dir.path(), &[]).unwrap().ensure_secret().unwrap();
    let config = load_in(dir.path(), &[("SECRET_KEY", KEY)]).unwrap();
    assert_eq!(config.ensure_secret().unwrap().current.expose(), KEY);
}

#[test]
fn a_kept_key_that_was_damaged_stops_the_start() {
    let dir = folder(&[]);
    fs::create_dir(dir.path().join("data")).unwrap();
    fs::write(dir.path().join("data/secret_key"), "damaged\n").unwrap();
    let path = dir.path().join("data/secret_key");
    assert_eq!(
        load_in(dir.path(), &[]).unwrap_err().to_string(),
        format!(
            "SECRET_KEY, kept in {}, has 7 characters, but must be at least 32 random characters, as \
             `openssl rand -hex 32` makes them",
            path.display()
        )
    );
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let dir = folder(&[("data", "a file in the way")]);
    let config = load_in(dir.path(), &[("SECRET_KEY", KEY)]).unwrap();
    assert!(config.ensure_secret().is_ok());
    let sentence = load_in(dir.path(), &[]).unwrap_err().to_string();
    assert!(sentence.starts_with("the secret key cannot be kept in "), "{sentence}");
}

#[test]
fn loading_and_describing_create_nothing() {
    let dir = folder(&[]);
    let shown = load_in(dir.path(), &[]).unwrap().describe();
    assert!(shown.contains("will be made at the first start and kept in "), "{shown}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_description_tells_values_and_sources_and_hides_secrets() {
    let files = [
        ("adda.toml", "log = \"warn\""),
        (".env", &*format!("SECRET_KEY_PREVIOUS={OTHER_KEY}")),
        ("url", "postgres://adda:hunter22@db/adda?sslpassword=hunter23&sslmode=require"),
    ];
    let dir = folder(&files);
    let env = [("SECRET_KEY", KEY), ("DATABASE_URL_FILE", "url"), ("PORT", "9000")];
    let config = load_in(dir.path(), &env).unwrap();
    let shown = config.describe();
    let line = |name: &str| {
        let line = shown.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("PORT"), "9000 the environment");
    assert_eq!(line("SECRET_KEY"), "[hidden] the environment");
    assert_eq!(line("SECRET_KEY_PREVIOUS"), "[hidden] .env");
    let file = dir.path().join("url");
    assert_eq!(
        line("DATABASE_URL"),
        format!(
            "postgres://adda:[hidden]@db/adda?sslpassword=[hidden]&sslmode=require the file {}",
            file.display()
        )
    );
    assert_eq!(line("REDIS_URL"), "-");
    assert_eq!(line("ADDA_LOG"), "warn adda.toml");
    assert_eq!(line("ADDA_BIND"), "0.0.0.0 the built-in defaults");
    assert_eq!(line("ADDA_PUBLIC_URL"), "http://localhost:9000 the built-in defaults");
    let everything = format!("{shown}{config:?}");
    for secret in [KEY, OTHER_KEY, "hunter22", "hunter23"] {
        assert!(!everything.contains(secret), "{everything}");
    }
}

#[test]
fn every_setting_is_described_and_stands_in_the_readme() {
    let shown = load(&[], &[]).describe();
    let described: Vec<_> =
        shown.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    let keys: Vec<_> = super::keys::ALL.iter().map(|key| key.env).collect();
    assert_eq!(described, keys);
    let readme = include_str!("../../../README.md");
    for key in keys {
        let has_row = readme.lines().any(|line| {
            line.starts_with("| ") && line.split('|').nth(1).unwrap().contains(&format!("`{key}`"))
        });
        assert!(has_row, "{key} has no row in the README's table of settings");
    }
}

#[test]
fn a_password_with_unescaped_signs_is_hidden_whole() {
    let url = ("DATABASE_URL", "postgres://adda:hunt:er@22@db/adda");
    let shown = load(&[], &[url, ("SECRET_KEY", KEY)]).describe();
    assert!(shown.contains("postgres://adda:[hidden]@db/adda"), "{shown}");
    assert!(!shown.contains("hunt") && !shown.contains("22@"), "{shown}");
    for url in ["postgres://adda:hunt?er@22@db/adda", "postgres://adda:hunt:er?22@db/adda"] {
        let sentence = refusal(&[], &[("DATABASE_URL", url)]);
        assert!(!sentence.contains("hunt") && !sentence.contains("22"), "{sentence}");
    }
}

#[test]
fn a_data_folder_with_signs_of_a_url_stays_a_path() {
    let config = load(&[], &[("ADDA_DATA_DIR", "/srv/100%?#")]);
    assert_eq!(config.database_url.expose(), "sqlite:///srv/100%25%3F%23/adda.db");
}

#[test]
fn a_database_url_that_cannot_be_read_is_refused_without_its_password() {
    let sentence = refusal(&[], &[("DATABASE_URL", "postgres://adda:hunt#er22@db/adda")]);
    assert!(sentence.starts_with("DATABASE_URL in the environment cannot be read"), "{sentence}");
    assert!(!sentence.contains("hunt"), "{sentence}");
    let sentence = refusal(&[], &[("DATABASE_URL", "sqlite://data/what?.db")]);
    assert!(sentence.contains("a ? in the file's name is written %3F"), "{sentence}");
}
