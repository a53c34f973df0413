//! The modules of the server and which of them use each other, read from their sources.
//!
//! A name that a module hands on (`pub use`) is used where it is made: whoever takes a service from its
//! feature uses the file of the service, and the feature uses nothing by handing it on.

use std::collections::{BTreeMap, BTreeSet};

/// A module: the names on the way to it.
type Path = Vec<String>;

/// The modules of a crate.
pub(super) struct Modules {
    /// What each takes from others, as it is written there.
    taken: BTreeMap<Path, Vec<Path>>,
    /// What each hands on, by the name it has there.
    handed_on: BTreeMap<Path, BTreeMap<String, Path>>,
}

/// Files or folders beside each other of which each uses the next one, and the last one the first.
pub(super) type Circle = Vec<String>;

impl Modules {
    /// From the code of files by their path in `src`.
    pub(super) fn read(sources: &BTreeMap<String, String>) -> Self {
        let (mut taken, mut handed_on) = (BTreeMap::new(), BTreeMap::new());
        for (file, code) in sources {
            let mut uses = Uses::default();
            uses.read(code);
            let path = module_of(file);
            taken.insert(path.clone(), uses.taken);
            handed_on.insert(path, uses.handed_on);
        }
        Self { taken, handed_on }
    }

    /// The modules that one uses.
    pub(super) fn used_by(&self, module: &Path) -> BTreeSet<Path> {
        let taken = self.taken[module].iter().filter_map(|path| self.find(module, path, 0));
        taken.filter(|used| used != module).collect()
    }

    /// Where a name that is written in a module is made; nothing for those of other crates.
    fn find(&self, module: &Path, written: &[String], depth: usize) -> Option<Path> {
        let mut path = self.absolute(module, written)?;
        let mut rest = Vec::new();
        while !self.taken.contains_key(&path) {
            rest.insert(0, path.pop()?);
        }
        // Handed on in a circle it would be nowhere.
        match rest.first().and_then(|name| self.handed_on[&path].get(name)).filter(|_| depth < 8) {
            Some(origin) => {
                let written: Vec<_> = origin.iter().chain(&rest[1..]).cloned().collect();
                self.find(&path, &written, depth + 1)
            }
            None => Some(path),
        }
    }

    fn absolute(&self, module: &Path, written: &[String]) -> Option<Path> {
        let first = written.first()?.as_str();
        let (mut path, rest) = match first {
            "crate" => (Path::new(), &written[1..]),
            "self" => (module.clone(), &written[1..]),
            "super" => {
                let ups = written.iter().take_while(|name| *name == "super").count();
                (module[..module.len().checked_sub(ups)?].to_vec(), &written[ups..])
            }
            _ => (module.clone(), written),
        };
        let is_child = |name: &str| {
            let child: Path = module.iter().cloned().chain([name.to_owned()]).collect();
            self.taken.contains_key(&child)
        };
        if !matches!(first, "crate" | "self" | "super") && !is_child(first) {
            return None;
        }
        path.extend(rest.iter().cloned());
        Some(path)
    }

    /// The circles within each folder. A folder is one with all that is in it; what stands in its own
    /// file (`mod.rs`) counts beside that, as `.`.
    pub(super) fn circles(&self) -> Vec<(String, Circle)> {
        let folders: BTreeSet<&[String]> =
            self.taken.keys().flat_map(|path| (0..path.len()).map(|end| &path[..end])).collect();
        let in_folder = |folder: &[String]| {
            let mut uses: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
            for module in self.taken.keys() {
                let Some(user) = below(folder, module) else { continue };
                let used = self.used_by(module);
                let used = used.iter().filter_map(|used| below(folder, used));
                let used = used.filter(|used| *used != user).map(str::to_owned);
                uses.entry(user).or_default().extend(used);
            }
            circle(&uses).map(|circle| (folder.join("/"), circle))
        };
        folders.into_iter().filter_map(in_folder).collect()
    }
}

/// The file or folder right below this one in which a module is.
fn below<'a>(folder: &[String], module: &'a [String]) -> Option<&'a str> {
    let rest = module.strip_prefix(folder)?;
    Some(rest.first().map_or(".", String::as_str))
}

/// One circle, if there is any: what uses nothing, or only such, is in none.
fn circle(uses: &BTreeMap<&str, BTreeSet<String>>) -> Option<Circle> {
    let mut left = uses.clone();
    loop {
        let names: BTreeSet<String> = left.keys().map(|name| (*name).to_owned()).collect();
        left.retain(|_, used| !used.is_disjoint(&names));
        if left.len() == names.len() {
            break;
        }
    }
    let mut at = (*left.keys().next()?).to_owned();
    let mut walked = Circle::new();
    while !walked.contains(&at) {
        let next = left[at.as_str()].iter().find(|used| left.contains_key(used.as_str()))?;
        walked.push(std::mem::replace(&mut at, next.clone()));
    }
    let begin = walked.iter().position(|name| *name == at)?;
    Some(walked.split_off(begin))
}

/// The module that a file is.
fn module_of(file: &str) -> Path {
    let path = file.trim_end_matches(".rs");
    let names = path.split('/').filter(|name| !matches!(*name, "mod" | "lib"));
    names.map(str::to_owned).collect()
}

#[derive(Default)]
struct Uses {
    taken: Vec<Path>,
    handed_on: BTreeMap<String, Path>,
}

impl Uses {
    fn read(&mut self, code: &str) {
        let mut rest = code;
        while let Some((before, after)) = split_at_use(rest) {
            self.read_paths(before);
            let Some((tree, after)) = after.split_once(';') else { break };
            let line = before.rsplit('\n').next().unwrap_or_default().trim();
            for (path, name) in expand(tree) {
                match line.starts_with("pub") {
                    true => drop(self.handed_on.insert(name, path)),
                    false => self.taken.push(path),
                }
            }
            rest = after;
        }
        self.read_paths(rest);
    }

    /// The paths that stand in other code.
    fn read_paths(&mut self, code: &str) {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        for written in code.split(|c: char| !is_word(c) && c != ':') {
            let names: Vec<_> = written.split("::").filter(|name| !name.is_empty()).collect();
            let is_path = names.len() > 1 && !written.starts_with(':');
            // `pub(in crate::db)` and the like name a module without using it.
            if is_path && !code.contains(&format!("(in {written})")) {
                self.taken.push(names.into_iter().map(str::to_owned).collect());
            }
        }
    }
}

/// The code before the next `use` at the beginning of a line, and after the word.
fn split_at_use(code: &str) -> Option<(&str, &str)> {
    let begins_line = |at: usize| {
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim();
        line.is_empty() || line == "pub" || (line.starts_with("pub(") && line.ends_with(')'))
    };
    let at = code.match_indices("use ").map(|(at, _)| at).find(|at| begins_line(*at))?;
    Some((&code[..at], &code[at + "use ".len()..]))
}

/// The paths of a tree such as `crate::db::{self, rows::{parse, query}}`, each with its name here.
fn expand(tree: &str) -> Vec<(Path, String)> {
    let tree = tree.trim();
    let Some((before, list)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut path: Path = path.split("::").map(|name| name.trim().to_owned()).collect();
        if path.len() > 1 && path.last().is_some_and(|name| name == "self") {
            path.pop();
        }
        let name = if name.is_empty() {
            path.last().cloned().unwrap_or_default()
        } else {
            name.trim().to_owned()
        };
        return if tree.is_empty() { vec![] } else { vec![(path, name)] };
    };
    let list = list.rsplit_once('}').map_or(list, |(list, _)| list);
    let (mut depth, mut begin, mut parts) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[begin..]);
    let whole = |part: &&str| !part.trim().is_empty();
    parts
        .into_iter()
        .filter(whole)
        .flat_map(|part| expand(&format!("{before}{}", part.trim())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<(String, Circle)> {
        let files = files.iter().map(|(file, code)| ((*file).to_owned(), (*code).to_owned()));
        Modules::read(&files.collect()).circles()
    }

    fn circle_of(names: &[&str]) -> Circle {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_circle_is_found_however_its_parts_name_each_other() {
        let lib = ("lib.rs", "mod db;\nmod tea;");
        let tea = ("tea/mod.rs", "mod cup;\nmod pot;\npub use pot::{Lid, Pot};");
        let pot = ("tea/pot.rs", "pub(in crate::tea) struct Pot;");
        for code in
            ["use super::Pot;", "use crate::tea::{pot, Cup};", "fn f() -> super::pot::Pot {}"]
        {
            let round =
                [lib, tea, ("tea/pot.rs", "use crate::tea::cup::Cup;"), ("tea/cup.rs", code)];
            assert_eq!(circles(&round), [("tea".to_owned(), circle_of(&["cup", "pot"]))], "{code}");
            assert_eq!(circles(&[lib, tea, pot, ("tea/cup.rs", code)]), [], "{code}");
        }
    }

    #[test]
    fn a_folder_is_one_with_what_is_in_it() {
        let files = [
            ("lib.rs", "mod db;\nmod tea;"),
            ("db/mod.rs", "mod rows;\npub use rows::query;"),
            ("db/rows.rs", "use crate::tea::{\n    pot::{self, Lid},\n};"),
            ("tea/mod.rs", "pub mod pot;"),
            ("tea/pot.rs", "fn f() { crate::db::query(); }"),
        ];
        assert_eq!(circles(&files), [(String::new(), circle_of(&["db", "tea"]))]);
    }

    #[test]
    fn what_stands_in_the_folders_own_file_counts_beside_its_parts() {
        let files = [
            ("lib.rs", "mod tea;"),
            ("tea/mod.rs", "mod pot;\npub struct Tea;\nfn f() { pot::boil() }"),
            ("tea/pot.rs", "use super::Tea;"),
        ];
        assert_eq!(circles(&files), [("tea".to_owned(), circle_of(&[".", "pot"]))]);
    }
}
