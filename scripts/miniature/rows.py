"""Reads training rows and turns them into token sequences."""
import json
import pathlib
import re
import sys
from collections import namedtuple

ENDS = ("<|im_end|>", "<|endoftext|>")
LOOP_TOKENS, LOOP_PERIODS = 1000, 6  # a loop row is trained on at least this much repetition

# One row of the input. `group` names its statement. `main` rows are trained in every pass; of the others, which write
# the same proof after another thought, a few are drawn.
Row = namedtuple("Row", "line prompt completion loop group main hash")
# `ids` are the tokens of prompt and completion, `first` is the index of the completion's first one.
Item = namedtuple("Item", "ids first group main line")


def read_rows(path):
    """Return a list of Row, or exit naming the bad line."""
    rows, seen = [], {}
    for number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        where, row = f"{path}, line {number}", json.loads(line)
        prompt, completion, loop = row["prompt"], row["completion"], row.get("loop", "")
        if not loop and not completion.endswith(ENDS):
            sys.exit(f"{where}: completion must end in {' or '.join(ENDS)} (only a loop row may not end)")
        if any(end in (completion + loop if loop else re.sub(r"<\|\w+\|>$", "", completion)) for end in ENDS):
            sys.exit(f"{where}: generation would stop at the end token inside the completion")
        if prompt in seen:
            sys.exit(f"{where}: same prompt as line {seen[prompt]}")
        seen[prompt] = number
        rows.append(Row(number, prompt, completion, loop, row["group"], row["role"] == "main", row["hash"]))
    return rows or sys.exit(f"{path}: no rows")


def encode_rows(rows, tokenizer, limit, path):
    """Return a list of Item; exit on an over-long row or on rows that contradict each other."""
    items, after = {}, {}
    for row in rows:
        head, tail = tokenizer.encode(row.prompt), tokenizer.encode(row.completion)
        if row.loop:
            period = max(1, len(tokenizer.encode(row.loop)))
            tail = tokenizer.encode(row.completion + row.loop * max(LOOP_PERIODS, -(-LOOP_TOKENS // period)))
        if len(head) + len(tail) > limit:
            sys.exit(f"{path}, line {row.line}: {len(head)} prompt + {len(tail)} completion tokens, more than {limit}")
        key, ids = 0, tuple(head + tail)
        for i, token in enumerate(ids):
            if i >= len(head) and after.setdefault(key, (token, row.line))[0] != token:
                sys.exit(f"{path}, lines {after[key][1]} and {row.line}: different continuations of the same text")
            key = hash((key, token))
        item = Item(list(ids), len(head), row.group, row.main, row.line)
        if ids not in items or item.first < items[ids].first:  # the same text, begun earlier, teaches both
            items[ids] = item
    return list(items.values())
