"""Prints the documents of a YAML file as a JSON array, for tests that read what others deploy.

    yaml_to_json.py FILE [NAME=VALUE...]

With values, `${NAME}`, `${NAME:-default}` and `${NAME:?sentence}` are replaced as Compose does it, in the text
of each value: a name without value ends the program with its sentence. The tags of CloudFormation become
objects, as in {"Ref": "Vpc"}.
"""

import json
import re
import sys

import yaml

path, *pairs = sys.argv[1:]
values = dict(pair.split("=", 1) for pair in pairs)


class Loader(yaml.SafeLoader):
    pass


def tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", tagged)


def replaced(match):
    name, kind, rest = match[1], match[2], match[3]
    if values.get(name):
        return values[name]
    if kind == ":?":
        sys.exit(f"{name}: {rest}")
    return rest or ""


def interpolated(value):
    if isinstance(value, dict):
        return {key: interpolated(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [interpolated(inner) for inner in value]
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}", replaced, value)
    return value


with open(path, encoding="utf-8") as file:
    documents = list(yaml.load_all(file, Loader))
print(json.dumps(interpolated(documents) if pairs else documents))
