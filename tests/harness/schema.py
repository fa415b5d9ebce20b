"""Checks JSON values against the part of JSON Schema (2020-12) that our schemas use. A keyword that
is not known here is an error, so that nothing is believed to be checked that is not."""

import re

_IGNORED = {"$schema", "$id", "$defs", "title", "description", "examples", "default", "format",
            "$comment", "definitions", "deprecated"}
_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def _is(kind, value):
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, _TYPES[kind])


def _resolve(reference, root):
    assert reference.startswith("#"), f"only local references: {reference}"
    found = root
    for step in reference[1:].strip("/").split("/"):
        if step:
            found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def violations(value, schema, root=None, where="$"):
    """-> a list of sentences, empty if the value fits."""
    root = schema if root is None else root
    if schema is True:
        return []
    if schema is False:
        return [f"{where}: must not be there"]
    found = []

    def need(ok, text):
        if not ok:
            found.append(f"{where}: {text}")

    def inner(values, part, name):
        found.extend(violations(values, part, root, f"{where}{name}"))

    for keyword, rule in schema.items():
        if keyword in _IGNORED:
            continue
        if keyword == "$ref":
            inner(value, _resolve(rule, root), "")
        elif keyword == "type":
            kinds = rule if isinstance(rule, list) else [rule]
            need(any(_is(kind, value) for kind in kinds), f"{value!r:.60} is no {rule}")
        elif keyword == "enum":
            need(value in rule, f"{value!r} is none of {rule}")
        elif keyword == "const":
            need(value == rule, f"{value!r} is not {rule!r}")
        elif keyword in ("anyOf", "oneOf"):
            fits = [not violations(value, part, root, where) for part in rule]
            need(sum(fits) == 1 if keyword == "oneOf" else any(fits), f"fits {sum(fits)} of {keyword}")
        elif keyword == "allOf":
            for part in rule:
                inner(value, part, "")
        elif keyword == "not":
            need(violations(value, rule, root, where), "fits what is ruled out")
        elif keyword == "if":
            branch = "else" if violations(value, rule, root, where) else "then"
            if branch in schema:
                inner(value, schema[branch], "")
        elif keyword in ("then", "else", "additionalProperties", "patternProperties"):
            pass  # looked at with "if" and "properties"
        elif keyword in ("properties", "required", "propertyNames", "minProperties", "minLength",
                         "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "items",
                         "minItems", "maxItems", "uniqueItems", "prefixItems",
                         "dependentRequired"):
            pass
        else:
            raise AssertionError(f"{where}: the checker does not know the keyword {keyword!r}")
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            need(name in value, f"lacks {name}")
        for name, others in schema.get("dependentRequired", {}).items():
            for other in others if name in value else ():
                need(other in value, f"has {name} and lacks {other}")
        known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        rest = schema.get("additionalProperties", True)
        for name, item in value.items():
            parts = [part for pattern, part in patterns.items() if re.search(pattern, name)]
            if name in known:
                parts.append(known[name])
            for part in parts or [rest]:
                inner(item, part, f".{name}")
            if "propertyNames" in schema:
                inner(name, schema["propertyNames"], f".{name}")
        need(len(value) >= schema.get("minProperties", 0), "has too few members")
    if isinstance(value, list):
        for i, item in enumerate(value):
            if i < len(schema.get("prefixItems", ())):
                inner(item, schema["prefixItems"][i], f"[{i}]")
            else:
                inner(item, schema.get("items", True), f"[{i}]")
        need(len(value) >= schema.get("minItems", 0), "has too few items")
        need(len(value) <= schema.get("maxItems", len(value)), "has too many items")
        if schema.get("uniqueItems"):
            need(all(item not in value[:i] for i, item in enumerate(value)), "repeats an item")
    if isinstance(value, str):
        need(re.search(schema.get("pattern", ""), value), f"{value!r} does not match")
        need(len(value) >= schema.get("minLength", 0), "is too short")
        need(len(value) <= schema.get("maxLength", len(value)), "is too long")
    if _is("number", value):
        need(value >= schema.get("minimum", value), f"{value} is too small")
        need(value <= schema.get("maximum", value), f"{value} is too large")
        need("exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"],
             f"{value} is too small")
    return found
