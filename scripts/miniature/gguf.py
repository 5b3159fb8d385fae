"""Writes the trained model as a q8_0 GGUF file (format version 3)."""
import pathlib
import re
import struct

import numpy as np
import torch

from model import EPS, ROPE_BASE, q8


def text_field(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def field(key, value):
    """One metadata entry; the GGUF type follows from the Python type."""
    if isinstance(value, bool):
        body = struct.pack("<IB", 7, value)
    elif isinstance(value, int):
        body = struct.pack("<II", 4, value)
    elif isinstance(value, float):
        body = struct.pack("<If", 6, value)
    elif isinstance(value, str):
        body = struct.pack("<I", 8) + text_field(value)
    elif isinstance(value[0], str):
        body = struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text_field, value))
    else:
        body = struct.pack("<IIQ", 9, 5, len(value)) + np.array(value, np.int32).tobytes()
    return text_field(key) + body


def tensor_bytes(weight):
    """(GGUF type, data): matrices as q8_0, vectors as f32."""
    if weight.ndim == 1:
        return 0, weight.numpy().tobytes()
    values, scale = q8(weight)
    return 8, np.hstack([scale.half().numpy().view(np.uint8), values.to(torch.int8).numpy().view(np.uint8)]).tobytes()


def write_gguf(path, model, tokenizer, context, template, hashes, rows_hash):
    o = model.o
    meta = {"general.architecture": "qwen3", "general.name": "qed-rehearsal", "general.file_type": 7,
            "general.quantization_version": 2, "qed.rehearsal.prompts": hashes,
            "qed.rehearsal.rows": rows_hash}
    meta.update({"qwen3." + key: value for key, value in {
        "block_count": o.layers, "context_length": context, "embedding_length": o.dim, "feed_forward_length": o.ff,
        "attention.head_count": o.heads, "attention.head_count_kv": o.kv_heads, "attention.key_length": o.head_dim,
        "attention.value_length": o.head_dim, "attention.layer_norm_rms_epsilon": EPS,
        "rope.freq_base": ROPE_BASE}.items()})
    # Without a bos id llama.cpp would assume token 11; as in the real model, an id is named but never added.
    meta.update({"tokenizer." + key: value for key, value in {
        "ggml.model": "gpt2", "ggml.pre": "qwen2", "ggml.tokens": tokenizer.tokens, "ggml.token_type": tokenizer.types,
        "ggml.merges": [" ".join(pair) for pair in tokenizer.merges], "ggml.eos_token_id": tokenizer.id["<|im_end|>"],
        "ggml.padding_token_id": tokenizer.id["<|endoftext|>"], "ggml.bos_token_id": tokenizer.id["<|endoftext|>"],
        "ggml.add_bos_token": False, "chat_template": template}.items()})
    info, data = b"", b""
    for name, weight in model.w.items():
        kind, body = tensor_bytes(weight.detach())
        name = re.sub(r"blk_(\d+)_", r"blk.\1.", name) + ".weight"
        info += text_field(name) + struct.pack("<I", weight.ndim) + struct.pack(f"<{weight.ndim}Q", *weight.shape[::-1])
        info += struct.pack("<IQ", kind, len(data))
        data += body + bytes(-len(body) % 32)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(model.w), len(meta))
    head += b"".join(field(*entry) for entry in meta.items()) + info
    pathlib.Path(path).write_bytes(head + bytes(-len(head) % 32) + data)
