//! The names that this server goes by.
//!
//! Whoever owns a name decides which address it leads to, and may say ours: a page of theirs then
//! talks to us from within our network, and to the browser it is one origin (DNS rebinding). So a
//! request is answered only under a name that nobody else can own: one that was configured, an address written as
//! numbers, `localhost`, and what this machine itself is called.

use std::net::IpAddr;

/// The names, without those that were configured.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    machine: Vec<String>,
}

impl Hosts {
    /// Of the machine that this runs on.
    #[must_use]
    pub(crate) fn of_this_machine() -> Self {
        let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
        // What is not there, or cannot be read, names nothing.
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        Self::of_machine(&name, &read("/etc/hosts"), &read("/etc/resolv.conf"))
    }

    fn of_machine(name: &str, hosts: &str, resolver: &str) -> Self {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let Some(short) = name.split('.').next().filter(|short| !short.is_empty()) else {
            return Self { machine: vec![] };
        };
        let mut machine = vec![name.clone(), short.to_owned(), format!("{short}.local")];
        // A line of /etc/hosts is an address and all names of it.
        for line in hosts.lines() {
            let line = line.split('#').next().unwrap_or_default().to_ascii_lowercase();
            let names: Vec<_> = line.split_whitespace().skip(1).collect();
            if names.iter().any(|other| *other == name || *other == short) {
                machine.extend(names.into_iter().map(str::to_owned));
            }
        }
        // Where a name without a domain is looked for.
        for line in resolver.lines().filter(|_| name == short) {
            let mut words = line.split_whitespace();
            if matches!(words.next(), Some("search" | "domain")) {
                let domains = words.map(|domain| domain.trim_matches('.').to_ascii_lowercase());
                let domains = domains.filter(|domain| !domain.is_empty());
                machine.extend(domains.map(|domain| format!("{short}.{domain}")));
            }
        }
        machine.sort();
        machine.dedup();
        Self { machine }
    }

    /// Whether this is a name of ours: in lower case, an IPv6 address without its brackets.
    #[must_use]
    pub(crate) fn knows(&self, host: &str) -> bool {
        host == "localhost" || is_number(host) || self.machine.iter().any(|name| name == host)
    }
}

/// Whether a host is an address and no name. Also the short forms of old (`127.1`), which no name
/// can look like: there is no top-level domain of digits.
fn is_number(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
        || host.contains(|c: char| c.is_ascii_digit())
            && host.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &str, hosts: &str, resolver: &str) -> Vec<String> {
        Hosts::of_machine(name, hosts, resolver).machine
    }

    #[test]
    fn a_machine_goes_by_its_name_alone_with_its_domain_and_with_local() {
        let hosts = "127.0.0.1 localhost\n127.0.1.1\tNAS.home.example nas # this\n::1 ip6-loopback";
        let resolver = "nameserver 192.0.2.1\nsearch fritz.box Lan.\n";
        assert_eq!(
            names("Nas", hosts, resolver),
            ["nas", "nas.fritz.box", "nas.home.example", "nas.lan", "nas.local"]
        );
        assert_eq!(
            names("nas.example.org", "", resolver),
            ["nas", "nas.example.org", "nas.local"],
            "it says its domain itself"
        );
        assert_eq!(names("", hosts, resolver), Vec::<String>::new());
    }

    #[test]
    fn numbers_localhost_and_the_machine_are_known_and_nothing_that_looks_like_them() {
        let hosts = Hosts::of_machine("nas", "", "");
        for own in
            ["localhost", "127.0.0.1", "192.168.1.5", "::1", "fe80::1", "127.1", "nas", "nas.local"]
        {
            assert!(hosts.knows(own), "{own}");
        }
        for foreign in [
            "evil.test",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "nas.evil.test",
            "evil-nas",
            "xn--nas",
            "",
            ".",
            "0x7f.1",
            "1.2.3.4.nip.io",
        ] {
            assert!(!hosts.knows(foreign), "{foreign}");
        }
    }
}
