"""JSON that comes from outside: read so that it can also be written again, kept and shown."""

import json


def read_json(content: str | bytes) -> object:
    """Read JSON; raises ValueError for what is none, and for what Python's reader takes beyond it.

    That is half of a surrogate pair, a number that is none or endless, and nesting without an end.
    """
    try:
        body: object = json.loads(content)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return body
