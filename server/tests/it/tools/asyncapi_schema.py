"""Holds the AsyncAPI document against the official schema of AsyncAPI 3.

Usage: asyncapi_schema.py SCHEMA DOCUMENT. Says every fault and fails when there is one.
"""

import json
import sys

import jsonschema_rs

with open(sys.argv[1]) as schema, open(sys.argv[2]) as document:
    validator = jsonschema_rs.validator_for(json.load(schema))
    faults = [f"{fault.instance_path}: {fault.message}" for fault in validator.iter_errors(json.load(document))]
sys.exit("\n".join(faults) if faults else None)
