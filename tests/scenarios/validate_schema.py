"""Every ready scenario fits scenarios/schema.json, and some mistakes do not. Run from the root of the project."""
import copy
import json
import pathlib
import sys

import jsonschema

SCHEMA = json.loads(pathlib.Path("scenarios/schema.json").read_text(encoding="utf-8"))


def patched(document, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value)
    return result


def main():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    failures, files = 0, 0
    for path in sorted(pathlib.Path("scenarios").glob("*.json")):
        if path.name == "schema.json":
            continue
        files += 1
        base = json.loads(path.read_text(encoding="utf-8"))
        variants = base.get("variants", {})
        plain = {key: value for key, value in base.items() if key != "variants"}
        for name, document in [("", base)] + [(name, patched(plain, patch)) for name, patch in variants.items()]:
            for error in validator.iter_errors(document):
                failures += 1
                print(f"{path} {name}: /{'/'.join(map(str, error.absolute_path))}: {error.message}")
    base = json.loads(pathlib.Path("scenarios/xyz-corporation.json").read_text(encoding="utf-8"))
    mistakes = [("run", "measured", 3600), ("run", "sed", 1), ("network", "profile", "aws"),
                ("workload", "office_pool", 0)]
    for part, key, value in mistakes:
        document = copy.deepcopy(base)
        document[part][key] = value
        if validator.is_valid(document):
            failures += 1
            print(f"the schema accepts {part}.{key} = {value!r}")
    print(f"{files} scenarios, {failures} failures")
    return 1 if failures or files < 2 else 0


sys.exit(main())
