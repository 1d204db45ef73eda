"""Python values written as Lua: {"a": 1, 1: "x"} becomes { "x", a = 1 }."""

import json
import re


def lua_text(value):
    """The Lua expression for None, booleans, numbers, text, lists and dicts."""
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(_field(k, v) for k, v in value.items()) + " }"
    return "{ " + ", ".join(lua_text(v) for v in value) + " }"


def _field(key, value):
    if isinstance(key, int):
        return lua_text(value)
    name = key if re.fullmatch(r"[a-z_]+", key) else f"[{json.dumps(key)}]"
    return f"{name} = {lua_text(value)}"
