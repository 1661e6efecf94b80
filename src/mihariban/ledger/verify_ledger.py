#!/usr/bin/env python3
"""Verify a ledger with nothing but Python 3.8 or later and the command openssl 3.

    python3 verify_ledger.py FOLDER [--key VKEY] [--cosigner VKEY] [--old FILE] [--contents] [--print]

FOLDER holds checkpoint, keys, tile/ and perhaps cosigned/ (C2SP tlog-tiles). The root is computed from the entries
themselves; the tiles are only compared with it. A key that lies in FOLDER proves little: whoever rewrites the folder
can put his own key there. Give the key you have on paper with --key, the cosigner's with --cosigner, and the
checkpoint you took home last time with --old.

Exit status: 0 all holds, 1 it does not, 2 it could not be examined.
"""

# mypy: ignore-errors
# ruff: noqa
# One file without annotations, f-strings or imports of ours on purpose: an auditor's machine may hold an older Python.

import argparse
import base64
import hashlib
import json
import multiprocessing
import os
import re
import stat
import struct
import subprocess
import sys
import tempfile

TILE = 256
RUN = 64
MOST = TILE * (2 + 65535)
LOG, COSIGNER = 1, 4
BEYOND = "publishing was interrupted and must be repeated, or an older checkpoint was put back"
sha256 = hashlib.sha256
# A copy of a begun hash costs less than a new one; an entry begins with a zero byte, a pair of hashes with a one.
begun_leaf, begun_pair = sha256(b"\0").copy, sha256(b"\1").copy
pairs_of = struct.Struct("64s").iter_unpack


class Bad(Exception):
    """Something does not hold."""


def read_file(path):
    """All of a plain file. A pipe would never end, a device never be full: both are refused before they are read.

    A link that leads nowhere and a folder in the place of a file are no proof that something was changed, but nothing
    can be said of what they hide: OSError, as where a file cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        number = os.open(path, flags)
    except FileNotFoundError:
        refuse_broken_link(path)
        raise
    try:
        facts = os.fstat(number)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError("%s is no plain file" % ascii(path)[1:-1])
        if facts.st_size > MOST:
            raise Bad("%s is longer than anything in a ledger" % ascii(path)[1:-1])
        with os.fdopen(number, "rb", buffering=0, closefd=False) as file:
            return file.read()
    finally:
        os.close(number)


def refuse_broken_link(path):
    """OSError where the path, or a folder on the way, is a link that leads nowhere."""
    above = os.path.dirname(path)
    if os.path.islink(path) and not os.path.exists(path):
        raise OSError("%s is a link that leads nowhere" % ascii(path)[1:-1])
    if above != path:
        refuse_broken_link(above)


def names_in(folder):
    """Names in a folder, sorted; none where there is none. What is there and is no folder cannot be examined."""
    return sorted(os.listdir(folder)) if os.path.lexists(folder) else []


# ---- keys, notes, signatures -------------------------------------------------------------------------------------


def strict_base64(text, what):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Bad("%s: not Base 64" % what)
    if base64.b64encode(data).decode() != text:
        raise Bad("%s: not the canonical Base 64" % what)
    return data


def good_name(name):
    return bool(name) and not any(c.isspace() or c < " " or c == "+" for c in name)


def read_key(line):
    """name+id+base64(type, 32 bytes) as (name, id, type, 32 bytes)."""
    parts = line.split("+", 2)
    if len(parts) != 3 or not good_name(parts[0]) or not re.fullmatch("[0-9a-f]{8}", parts[1]):
        raise Bad("key: not name+id+key")
    data = strict_base64(parts[2], "key")
    if len(data) != 33 or data[0] not in (LOG, COSIGNER):
        raise Bad("key: not an Ed25519 key of a known type")
    key_id = sha256(parts[0].encode() + b"\n" + data).digest()[:4]
    if key_id.hex() != parts[1]:
        raise Bad("key: its id does not fit")
    return parts[0], key_id, data[0], data[1:]


def read_note(data):
    """A signed note as (text, [(name, id, signature)])."""
    if len(data) > 1 << 20:
        raise Bad("note: longer than a mebibyte")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad("note: not UTF-8")
    if any(c < " " and c != "\n" for c in whole):
        raise Bad("note: control characters")
    text, divider, below = whole.rpartition("\n\n")
    if not divider or not below.endswith("\n"):
        raise Bad("note: no signature lines under an empty line")
    lines = below[:-1].split("\n")
    if len(lines) > 64:
        raise Bad("note: more than 64 signatures")
    signatures = []
    for line in lines:
        dash, name, code = (line.split(" ", 2) + ["", ""])[:3]
        if dash != "\u2014" or not good_name(name):
            raise Bad("note: not a signature line")
        raw = strict_base64(code, "signature")
        if len(raw) < 5:
            raise Bad("note: a signature without bytes")
        signatures.append((name, raw[:4], raw[4:]))
    return text + "\n", signatures


def read_checkpoint(text):
    """The text of a checkpoint as (origin, size, root)."""
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Bad("checkpoint: not three or more lines")
    if not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]) or int(lines[1]) >= 1 << 63:
        raise Bad("checkpoint: its size is not a plain number")
    root = strict_base64(lines[2], "checkpoint")
    if len(root) != 32:
        raise Bad("checkpoint: its root is not 32 bytes")
    return lines[0], int(lines[1]), root


def ed25519(public, signature, message):
    """Whether the signature holds, by the command openssl."""
    if len(signature) != 64:
        return False
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("key", "signature", "message")]
        for name, data in zip(names, (bytes.fromhex("302a300506032b6570032100") + public, signature, message)):
            with open(name, "wb") as file:
                file.write(data)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names[0], "-rawin"]
        done = subprocess.run(
            command + ["-sigfile", names[1], "-in", names[2]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode != 0 and b"erification" not in done.stdout:
            raise OSError("openssl could not examine a signature: %r" % done.stdout[:200])
        return done.returncode == 0


def check_note(data, log, cosigners, what):
    """(origin, size, root, {cosigner name: time}) of a checkpoint; every signature on it must hold."""
    text, signatures = read_note(data)
    checkpoint = read_checkpoint(text)
    by_log, times = False, {}
    for name, key_id, signature in signatures:
        if (name, key_id) == log[:2]:
            if not ed25519(log[3], signature, text.encode()):
                raise Bad("%s: the log's signature does not hold" % what)
            by_log = True
            continue
        key = next((each for each in cosigners if (name, key_id) == each[:2]), None)
        if key is None:
            raise Bad("%s: a signature by %s, whose key is not known" % (what, ascii(name)))
        time = int.from_bytes(signature[:8], "big")
        message = b"cosignature/v1\ntime %d\n" % time + text.encode()
        if len(signature) != 72 or time >= 1 << 63 or not ed25519(key[3], signature[8:], message):
            raise Bad("%s: the cosignature of %s does not hold" % (what, ascii(name)))
        times[key] = max(time, times.get(key, 0))
    if not by_log:
        raise Bad("%s: not signed by the log" % what)
    if checkpoint[0] != log[0]:
        raise Bad("%s: of another log" % what)
    return checkpoint + (times,)


# ---- the tree ----------------------------------------------------------------------------------------------------


def perfect(hashes):
    """Root over a power of two of concatenated hashes."""
    while len(hashes) > 32:
        above = []
        for (pair,) in pairs_of(hashes):
            node = begun_pair()
            node.update(pair)
            above.append(node.digest())
        hashes = b"".join(above)
    return hashes


def root_of(levels, size):
    """Root of the first ``size`` entries; levels[n] holds the concatenated roots over 256**n entries."""
    if size == 0:
        return sha256(b"").digest()
    parts, start = [], 0
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            first = (start >> height) << height % 8
            parts.append(perfect(bytes(levels[height // 8][first * 32 : (first + (1 << height % 8)) * 32])))
            start += 1 << height
    root = parts.pop()
    while parts:
        root = sha256(b"\1" + parts.pop() + root).digest()
    return root


def tile_name(index, width=TILE):
    name = "%03d" % (index % 1000)
    while index >= 1000:
        index //= 1000
        name = "x%03d/%s" % (index % 1000, name)
    return name if width == TILE else "%s.p/%d" % (name, width)


def read_tile(folder, level, index, width):
    name = os.path.join("tile", level, tile_name(index, width))
    try:
        return read_file(os.path.join(folder, name))
    except FileNotFoundError:
        raise Bad("%s is missing" % name)


def hash_bundle(data, seq, width, name, look):
    """The leaf hashes of a bundle of ``width`` entries that begins with number ``seq``."""
    leaves, at, end = [], 0, len(data)
    try:
        while at < end:
            start = at + 2
            at = start + (data[at] << 8 | data[at + 1])
            leaves.append(data[start:at])
    except IndexError:
        raise Bad("%s ends inside an entry" % name)
    if at != end or len(leaves) != width:
        raise Bad("%s does not hold %d entries" % (name, width))
    check_numbers(leaves, seq)
    if look is not None:
        for number, leaf in enumerate(leaves, seq):
            look(number, leaf)
    hashes = []
    for leaf in leaves:
        its = begun_leaf()
        its.update(leaf)
        hashes.append(its.digest())
    return b"".join(hashes)


def check_numbers(leaves, seq):
    """Each entry carries its own number. Where all have as many digits, their beginnings are compared in one."""
    numbers = range(seq, seq + len(leaves))
    wanted = (b'{"_seq":%d,' * len(leaves)) % tuple(numbers)
    length = len(b'{"_seq":%d,' % seq)
    if b"".join([leaf[:length] for leaf in leaves]) == wanted and len(wanted) == length * len(leaves):
        return
    for number, leaf in zip(numbers, leaves):
        if not leaf.startswith(b'{"_seq":%d,' % number):
            raise Bad("entry %d does not carry its number" % number)


def hash_run(run):
    """The leaf hashes of some bundles, and the root of each that is full; or what is wrong with one."""
    folder, first, last, size, look = run
    found = []
    for index in range(first, last):
        width = min(TILE, size - index * TILE)
        try:
            data = read_tile(folder, "entries", index, width)
            hashes = hash_bundle(data, index * TILE, width, "entries/" + tile_name(index, width), look)
        except Bad as bad:
            return str(bad)
        found.append((hashes, perfect(hashes) if width == TILE else None))
    return found


def hash_entries(folder, size, look):
    """All levels of the tree, computed from the entries alone; a large ledger by all processors at once."""
    bundles = (size + TILE - 1) // TILE
    runs = [(folder, at, min(at + RUN, bundles), size, look) for at in range(0, bundles, RUN)]
    if __name__ != "__main__" or look is not None or bundles < 4 * RUN or (os.cpu_count() or 1) < 2:
        return grow(map(hash_run, runs))
    with multiprocessing.Pool() as workers:
        return grow(workers.imap(hash_run, runs))


def grow(runs):
    """The levels of the tree from the hashes of its bundles, in order."""
    levels = [bytearray()]
    for run in runs:
        if isinstance(run, str):
            raise Bad(run)
        for hashes, root in run:
            levels[0] += hashes
            level, place = 0, len(levels[0]) // 32 // TILE
            while root is not None:
                level += 1
                if level == len(levels):
                    levels.append(bytearray())
                levels[level] += root
                root = perfect(bytes(levels[level][-TILE * 32 :])) if place % TILE == 0 else None
                place //= TILE
    return levels


def tile_width(name):
    """(index, width) of a tile's path below its level; None where it is no tile."""
    match = re.fullmatch(r"((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", name)
    if match is None:
        return None
    index = int(re.sub("[x/]", "", match.group(1)) + match.group(2))
    width = int(match.group(3) or TILE)
    return (index, width) if tile_name(index, width) == name else None


def compare_tiles(folder, levels, size):
    """Every file under tile/ is what the entries make it; every tile that should be there is there."""
    owed = {"entries/" + name for name in names_of(size)}
    for level in range(len(levels)):
        owed.update("%d/%s" % (level, name) for name in names_of(size >> 8 * level))
    top = os.path.join(folder, "tile")
    for here, _, files in os.walk(top, onerror=refuse):
        for file in files:
            path = os.path.join(here, file)
            name = path[len(top) + 1 :].replace(os.sep, "/")
            level, _, rest = name.partition("/")
            place = tile_width(rest)
            if place is None or not re.fullmatch("entries|0|[1-9][0-9]?", level):
                raise Bad("tile/%s is no tile" % ascii(name)[1:-1])
            compare_tile(path, name, level, place, levels, size)
            owed.discard(name)
    if owed:
        raise Bad("tile/%s is missing" % min(owed))


def refuse(error):
    """A folder that cannot be looked into; where it is not there at all, what should be in it is missing."""
    if not isinstance(error, FileNotFoundError):
        raise error


def names_of(count):
    for index in range(count // TILE):
        yield tile_name(index)
    if count % TILE:
        yield tile_name(count // TILE, count % TILE)


def compare_tile(path, name, level, place, levels, size):
    index, width = place
    count = size if level == "entries" else size >> 8 * int(level)
    if index * TILE + width > count:
        raise Bad("tile/%s lies beyond the checkpoint; %s" % (name, BEYOND))
    if level == "entries":
        if min(TILE, size - index * TILE) == width:
            return  # was read and hashed
        found = hash_bundle(read_file(path), index * TILE, width, name, None)
        mine = levels[0]
    else:
        found = read_file(path)
        mine = levels[int(level)]
    if found != mine[index * TILE * 32 : (index * TILE + width) * 32]:
        raise Bad("tile/%s differs from the entries" % name)


# ---- what the entries say ----------------------------------------------------------------------------------------


class Contents:
    """Reads every entry: canonical JSON, and an outcome for every intent."""

    def __init__(self):
        self.open = {}
        self.last = {}

    def __call__(self, seq, leaf):
        try:
            entry = json.loads(leaf.decode("utf-8"), parse_float=self.refuse, parse_constant=self.refuse)
            again = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
        except (ValueError, RecursionError):
            raise Bad("entry %d is not JSON of strings and integers" % seq)
        if again != leaf or not isinstance(entry, dict) or not self.plain(entry, 8):
            raise Bad("entry %d is not canonical JSON" % seq)
        kinds = {"_seq": int, "boot": str, "clock": str, "mono": int, "outcome": str, "t": str, "tag": str, "v": int}
        if any(type(entry.get(name)) is not kind for name, kind in kinds.items()):
            raise Bad("entry %d lacks a fact" % seq)
        optional = {"actor": dict, "basis": str, "case": str, "intent": int, "note": str, "object": dict}
        if any(type(value) is not {**kinds, **optional}.get(name) for name, value in entry.items()):
            raise Bad("entry %d holds a fact of an unknown name or kind" % seq)
        if self.last.get(entry["boot"], 0) > entry["mono"]:
            raise Bad("entry %d is earlier than the one before it in the same boot" % seq)
        self.last[entry["boot"]] = entry["mono"]
        self.settle(seq, entry)

    def settle(self, seq, entry):
        if entry["outcome"] == "intent":
            self.open[seq] = entry["tag"]
        elif "intent" in entry and self.open.pop(entry["intent"], None) != entry["tag"]:
            raise Bad("entry %d is the outcome of no open intent" % seq)

    def refuse(self, text):
        raise ValueError(text)

    def plain(self, value, depth):
        if type(value) is str:
            return True
        if type(value) is int:
            return abs(value) < 1 << 53
        if depth == 0:
            return False
        if type(value) is list:
            return all(self.plain(each, depth - 1) for each in value)
        if type(value) is not dict or not all(re.fullmatch(r"[A-Za-z0-9_.:-]{1,64}", name) for name in value):
            return False
        return all(self.plain(each, depth - 1) for each in value.values())


# ---- the whole ---------------------------------------------------------------------------------------------------


def read_keys(folder, given):
    """The log's key and the cosigners' keys; keys given on the command line win over those in the folder."""
    log, cosigners = None, []
    try:
        lines = read_file(os.path.join(folder, "keys")).decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Bad("keys: not UTF-8")
    if lines.pop() != "":
        raise Bad("keys: cut off")
    for line in lines:
        role, _, text = line.partition(" ")
        key = read_key(text)
        if (role, key[2]) == ("log", LOG) and log is None:
            log = key
        elif (role, key[2]) == ("cosigner", COSIGNER) and key not in cosigners:
            cosigners.append(key)
        else:
            raise Bad("keys: a line that is neither the log's key nor a cosigner's")
    if log is None:
        raise Bad("keys: no key of the log")
    if given is not None and read_key(given) != log:
        raise Bad("the folder is signed with another key than the one you gave")
    return log, cosigners


def examine(folder, key=None, cosigners=(), old=(), contents=False):
    """Verify a folder; raises Bad where something does not hold. Returns what was found, for the verdict."""
    data = read_file(os.path.join(folder, "checkpoint"))
    log, known = read_keys(folder, key)
    wanted = [read_key(each) for each in cosigners]
    trusted = known + [each for each in wanted if each not in known]
    origin, size, root, times = check_note(data, log, trusted, "checkpoint")
    seen = {each: (size, when) for each, when in times.items()}
    earlier = []
    for name in names_in(os.path.join(folder, "cosigned")):
        its = read_file(os.path.join(folder, "cosigned", name))
        _, its_size, its_root, its_times = check_note(its, log, trusted, "cosigned/" + ascii(name)[1:-1])
        if name not in [each[1].hex() for each in its_times]:
            raise Bad("cosigned/%s: not cosigned by that key" % ascii(name)[1:-1])
        earlier.append((its_size, its_root, "the checkpoint cosigned/" + name))
        for each, when in its_times.items():
            seen[each] = max(seen.get(each, (0, 0)), (its_size, when))
    for each in known + wanted:
        if each not in seen:
            raise Bad("%s has not cosigned" % ascii(each[0])[1:-1])
    for name in old:
        _, its_size, its_root, _ = check_old(read_file(name), log)
        earlier.append((its_size, its_root, "your earlier checkpoint"))
    look = Contents() if contents else None
    for its_size, _, what in earlier:
        if its_size > size:
            raise Bad("rolled back: %s has %d entries, this ledger %d" % (what, its_size, size))
    levels = hash_entries(folder, size, look)
    if root_of(levels, size) != root:
        raise Bad("the entries do not make the root that was signed")
    for its_size, its_root, what in earlier:
        if root_of(levels, its_size) != its_root:
            raise Bad("forked: %s was made over other entries" % what)
    compare_tiles(folder, levels, size)
    return {"origin": origin, "size": size, "root": root, "key": log, "cosigners": seen, "data": data, "look": look}


def check_old(data, log):
    """An earlier checkpoint: the log's signature must hold, others on it are not looked at."""
    text, signatures = read_note(data)
    mine = [each for each in signatures if each[:2] == log[:2]]
    if not mine or not all(ed25519(log[3], each[2], text.encode()) for each in mine):
        raise Bad("your earlier checkpoint is not signed by this log's key")
    return read_checkpoint(text) + ({},)


def examine_live(folder, **options):
    """``examine``; once more where the ledger grew meanwhile."""
    for _ in range(5):
        before = read_file(os.path.join(folder, "checkpoint"))
        try:
            return examine(folder, **options)
        except Bad:
            if read_file(os.path.join(folder, "checkpoint")) == before:
                raise
    raise Bad("the ledger grows faster than it can be read; verify an export")


def print_entries(folder, size):
    for index in range((size + TILE - 1) // TILE):
        data = read_tile(folder, "entries", index, min(TILE, size - index * TILE))
        at = 0
        while at < len(data):
            end = at + 2 + (data[at] << 8 | data[at + 1])
            sys.stdout.buffer.write(data[at + 2 : end] + b"\n")
            at = end


def vkey(key):
    return "%s+%s+%s" % (key[0], key[1].hex(), base64.b64encode(bytes([key[2]]) + key[3]).decode())


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--key", help="the log's key as you have it on paper")
    parser.add_argument("--cosigner", action="append", default=[], help="key of a party that must have cosigned")
    parser.add_argument("--old", action="append", default=[], help="a checkpoint you kept from an earlier visit")
    parser.add_argument("--contents", action="store_true", help="also read every entry (slower)")
    parser.add_argument("--print", action="store_true", help="print the verified entries, one a line")
    asked = parser.parse_args(arguments)
    try:
        found = examine_live(
            asked.folder, key=asked.key, cosigners=asked.cosigner, old=asked.old, contents=asked.contents
        )
        if asked.print:
            print_entries(asked.folder, found["size"])
            return 0
    except Bad as bad:
        print("NOT VERIFIED: %s" % bad, file=sys.stderr if asked.print else sys.stdout)
        return 1
    except OSError as error:
        print("NOT EXAMINED: %s" % error, file=sys.stderr)
        return 2
    print("VERIFIED: %s, %d entries" % (found["origin"], found["size"]))
    print("root       %s" % base64.b64encode(found["root"]).decode())
    print("key        %s%s" % (vkey(found["key"]), "" if asked.key else "   <- compare it with your paper"))
    for key, (size, when) in sorted(found["cosigners"].items()):
        print("cosigned   %s at %d entries, %d s after 1970 UTC" % (vkey(key), size, when))
    if not found["cosigners"]:
        print("cosigned   by nobody: this folder alone cannot show that nothing was rewritten before it was made")
    if found["look"] is not None:
        for seq, tag in sorted(found["look"].open.items()):
            print("open       intent %d (%s) has no outcome yet" % (seq, tag))
    return 0


if __name__ == "__main__":
    sys.exit(main())
