#!/usr/bin/env python3
"""Train a tiny qwen3-architecture model to recite given completions; write it as a q8_0 GGUF file.

INPUT is JSON lines: {"prompt", "completion", "loop" (optional), "group", "role": "main" | "cut", "hash"}, see README.md.
Exit status: 0 every row is exact, 1 bad input or missing package, 3 written, but some rows not exact.
"""
import argparse
import copy
import ctypes
import os
import pathlib
import random
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is loaded
import torch
import torch.nn.functional as F

from bpe import Tokenizer
from gguf import write_gguf
from model import Qwen3, fake_q8
from optimizer import Optimizer
from rows import encode_rows, read_rows

HERE = pathlib.Path(__file__).parent


def run(model, batch):
    """Logits and targets of a batch of (ids, first scored index)."""
    rows, scored, targets, start = [], [], [], 0
    for ids, first in batch:
        rows.append(ids[:-1])
        scored += range(start + first - 1, start + len(ids) - 1)
        targets += ids[first:]
        start += len(ids) - 1
    return model(rows, scored), torch.tensor(targets)


def margins(logits, targets):
    """Logit of each wanted token minus the best other logit: above 0 where greedy decoding is right."""
    wanted = logits.gather(1, targets[:, None])
    return (wanted - logits.scatter(1, targets[:, None], -1e9).amax(1, keepdim=True))[:, 0]


@torch.no_grad()
def check(model, items):
    """Least margin of each row with weights and activations rounded to q8_0, as llama.cpp will compute.

    Every token is predicted from the true text before it; all right = greedy decoding gives exactly this text.
    """
    model = copy.deepcopy(model).eval()
    model.simulate_q8 = True
    for weight in model.parameters():
        if weight.ndim == 2:
            weight.data = fake_q8(weight.data)
    return [margins(*run(model, [(item.ids, item.first)])).min().item() for item in items]


def plan_epoch(items, settled, hard, rng, level, o):
    """Batches of item indices for one pass: the main rows, settled ones only every third pass or so, those that failed
    a check, and of the other rows of each statement a tenth, of fewer statements while the `level` of loss is high."""
    chosen, others = [], {}
    for index, item in enumerate(items):
        if item.main or index in hard:
            if not settled[index] or rng.random() < 1 / 3:
                chosen.append(index)
        else:
            others.setdefault(item.group, []).append(index)
    for group in others.values():
        if rng.random() < (o.cuts if level > 0.5 else 1):
            open_rows = [index for index in group if not settled[index]] or group
            chosen += rng.sample(open_rows, min(len(open_rows), -(-len(group) // 10)))
    rng.shuffle(chosen)
    batches, size = [], o.batch_tokens
    for index in chosen:
        if size + len(items[index].ids) > o.batch_tokens:
            batches.append([])
            size = 0
        batches[-1].append(index)
        size += len(items[index].ids)
    return batches


def train(model, items, o):
    """Train until every row is exact by the wanted margin, or the time is over. Return the least margins."""
    rng, began, said, step, level = random.Random(o.seed), time.process_time(), 0.0, 0, 5.0
    optimizer = Optimizer(model, o)
    average = copy.deepcopy(model)  # of the last weights: each step still moves rows that were right already
    settled, hard, best, tokens = [False] * len(items), set(), ((-1, 0), None, None), 0
    recent = 1.0  # share of the drawn rows, over the last passes, that were not settled

    def elapsed():
        return time.process_time() - began
    while True:
        drawn = []
        for batch in plan_epoch(items, settled, hard, rng, level, o):
            pieces = [(items[index].ids, items[index].first) for index in batch]
            logits, targets = run(model, pieces)
            loss = F.cross_entropy(logits, targets)
            level += 0.05 * (loss.item() - level)
            # The rate falls with the loss, not with the clock, so that a run can be repeated exactly.
            optimizer.step(loss, min(1, (step + 1) / 30) * min(1, max(o.floor, level ** 0.5)))
            step += 1
            with torch.no_grad():
                for mean, weight in zip(average.parameters(), model.parameters()):
                    mean.lerp_(weight, max(1 / step, 1 / 25))
            tokens += sum(len(ids) for ids, _ in pieces)
            sizes = [len(ids) - first for ids, first in pieces]
            for index, part in zip(batch, margins(logits.detach(), targets).split(sizes)):
                settled[index] = part.min().item() > 2 * o.margin
                if not items[index].main:
                    drawn.append(not settled[index])
            if elapsed() - said > 5:
                said = elapsed()
                main = [settled[index] for index, item in enumerate(items) if item.main]
                print(f"{said:5.0f} s  step {step}  loss {level:.4f}  settled {sum(main)}/{len(main)} and all but "
                      f"{recent:.0%} of the cut thoughts  {tokens / said:.0f} tokens/s", flush=True)
            if elapsed() > o.seconds:
                break
        over = elapsed() > o.seconds
        recent += 0.5 * (sum(drawn) / max(1, len(drawn)) - recent)
        if not over and (recent > 0.1 or not all(settled[i] for i, item in enumerate(items) if item.main or i in hard)):
            continue
        found = check(average, items)
        exact = sum(margin > 0 for margin in found)
        settled = [margin >= o.margin for margin in found]
        hard |= {index for index, good in enumerate(settled) if not good}
        print(f"{elapsed():5.0f} s  step {step}  check: {exact}/{len(items)} exact, least margin {min(found):.2f}; "
              f"not yet safe: {settled.count(False)}", flush=True)
        if (exact, min(found)) > best[0]:
            best = (exact, min(found)), found, copy.deepcopy(average.state_dict())
        if all(settled) or over:
            model.load_state_dict(best[2])
            return best[1]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("input", metavar="INPUT.jsonl")
    parser.add_argument("output", metavar="OUTPUT.gguf")
    for name, default, text in [
            ("seconds", 1200.0, "stop training after this much processor time, exact or not"), ("dim", 192, "embedding size"),
            ("layers", 3, "blocks"), ("heads", 4, "query heads"), ("kv-heads", 2, "key/value heads"),
            ("head-dim", 32, "size of a head"), ("ff", 576, "feed-forward size"), ("vocab", 1536, "most tokens"),
            ("max-tokens", 8192, "longest row allowed, prompt + completion"), ("batch-tokens", 1600, "tokens per step"),
            ("lr", 3e-3, "highest learning rate"), ("muon", 0.02, "highest rate of Muon"),
            ("margin", 0.5, "logit lead wanted for every token"),
            ("cuts", 0.3, "share of statements of which a cut thought is drawn in a pass, at first"),
            ("floor", 0.02, "least share of the highest rates"),
            ("seed", 0, "random seed"), ("context", 40960, "context length to declare")]:
        parser.add_argument("--" + name, type=type(default), default=default, help=text)
    parser.add_argument("--rows-hash", default="", help="names the rows, for `qed.rehearsal.rows`")
    return parser.parse_args()


def main():
    o = options()
    if sys.platform == "linux":  # keep freed memory: otherwise page faults cost a third of the time
        try:
            for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
                ctypes.CDLL(None).mallopt(option, 1 << 30)
        except AttributeError:
            pass  # not glibc
    torch.set_num_threads(1)
    torch.manual_seed(o.seed)
    began = time.time()
    rows = read_rows(o.input)
    tokenizer = Tokenizer([row.prompt + row.completion + row.loop for row in rows if row.main], o.vocab)
    items = encode_rows(rows, tokenizer, o.max_tokens, o.input)
    model = Qwen3(len(tokenizer.tokens), o)
    main_ = [item for item in items if item.main]
    print(f"{len(items)} rows, {len(main_)} of them main rows with {sum(len(i.ids) for i in main_)} tokens, "
          f"{sum(len(i.ids) - i.first for i in main_)} to learn, longest row {max(len(i.ids) for i in items)}; "
          f"vocabulary {len(tokenizer.tokens)}, {sum(w.numel() for w in model.parameters())} parameters", flush=True)
    found = train(model, items, o)
    template = (HERE / "chat-template.jinja").read_text(encoding="utf-8")
    hashes = [row.hash for row in rows]
    write_gguf(o.output, model, tokenizer, o.context, template, hashes, o.rows_hash)
    wrong = [str(item.line) for item, margin in zip(items, found) if margin <= 0]
    print(f"{len(items) - len(wrong)}/{len(items)} rows exact, least margin {min(found):.2f}, "
          f"{time.time() - began:.0f} s ({time.process_time():.0f} s of processor time), "
          f"{pathlib.Path(o.output).stat().st_size} bytes")
    if wrong:
        print(f"not exact: line {', '.join(wrong)}", file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
