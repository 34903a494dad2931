#!/usr/bin/env python3
"""Checks the rule book's prose and the documents' strings in both languages.

Usage: check_prose.py [REPOSITORY]

Prints one line a check, `ok ...` or `not ok ...`, and at the end `N passed, N failed`.
Exit status: 0 when nothing failed, 1 otherwise.
"""

import pathlib
import re
import sys

LANGUAGES = ("en", "ja")
HEADER_KEYS = ["title", "help", "source", "date"]
SECTIONS = ["Why", "What to do", "Fires", "Does not fire"]
LIMITS = {"title": 70, "help": 160}
EVIDENCE = ("documented; ", "reported; ", "ours; ")

PROSE_NAME = re.compile(r"^(CP[0-9]{3})\.([a-z]+)\.md$")
HEADER_LINE = re.compile(r"^([a-z]+): (\S.*)$")
DATE = re.compile(r"^20[0-9]{2}-(0[1-9]|1[0-2])$")
# Exactly two parts, so that no key is at the same time a group and a text.
STRING_LINE = re.compile(r"^([a-z]+\.[a-z][a-z0-9_]*) = (\S.*)$")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
PLACEHOLDER_NAME = re.compile(r"^\{[a-z][a-z0-9_]*\}$")
FENCED_YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
# The polite form is the rule book's; the plain copula at the end of a sentence is a slip.
PLAIN_FORM = re.compile(r"(?:である|だった|だ)。")
# One thing has one name: what not to write, and what stands for it.
OTHER_NAMES = {"ダイレクト送信": "Direct Send (直接送信)", "テストメール": "テスト メール", "規則": "ルール",
               "本ツール": "connplan", "。 ": "。"}


class Tally:
    """Counts the checks and prints each."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, faults):
        """One check: passes when `faults` is empty, otherwise names each of them."""
        if not faults:
            self.passed += 1
            print(f"ok {name}")
            return
        self.failed += 1
        for fault in faults:
            print(f"not ok {name}: {fault}")


def read_text(path):
    """The file's text, and what is wrong with its bytes."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return "", [f"not UTF-8 at octet {error.start}"]
    faults = []
    if data.startswith(b"\xef\xbb\xbf"):
        faults.append("begins with a byte order mark")
    if "\r" in text:
        faults.append("holds a carriage return")
    if not text.endswith("\n") or text.endswith("\n\n"):
        faults.append("must end with exactly one line feed")
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            faults.append(f"line {number} ends with a blank")
        if "\t" in line:
            faults.append(f"line {number} holds a tab")
    return text, faults


def split_prose(text):
    """A prose file as (header list, section list, faults)."""
    head, separator, rest = text.partition("\n\n")
    faults = [] if separator else ["no empty line after the header"]
    header = []
    for line in head.split("\n"):
        match = HEADER_LINE.match(line)
        if match:
            header.append((match.group(1), match.group(2)))
        else:
            faults.append(f"header line is not `key: value`: {line!r}")
    parts = re.split(r"^## (.+)\n", rest, flags=re.MULTILINE)
    if parts[0].strip():
        faults.append("text between the header and the first section")
    return header, list(zip(parts[1::2], parts[2::2])), faults


def check_header(header):
    """Faults of one header: keys, lengths, evidence, date."""
    keys = [key for key, _ in header]
    if keys != HEADER_KEYS:
        return [f"header keys are {keys}, expected {HEADER_KEYS}"]
    values = dict(header)
    faults = []
    for key, limit in LIMITS.items():
        if len(values[key]) > limit:
            faults.append(f"{key} has {len(values[key])} characters, at most {limit}")
        if values[key][-1] in ".。":
            faults.append(f"{key} ends with a full stop")
    if not values["source"].startswith(EVIDENCE):
        faults.append("source begins with none of documented, reported, ours")
    if not DATE.match(values["date"]):
        faults.append(f"date is not YYYY-MM: {values['date']}")
    return faults


def check_sections(sections):
    """Faults of the sections: names, order, contents."""
    names = [name for name, _ in sections]
    if names != SECTIONS:
        return [f"sections are {names}, expected {SECTIONS}"]
    faults = [f"section {name!r} is empty" for name, body in sections if not body.strip()]
    for name, body in sections[2:]:
        rest = FENCED_YAML.sub("", body).strip()
        if rest:
            faults.append(f"section {name!r} holds more than YAML: {rest[:40]!r}")
        for block in FENCED_YAML.findall(body):
            if "version: 1" not in block:
                faults.append(f"an example of {name!r} is not a complete spec")
    return faults


def other_names(text):
    """Names in a Japanese text for what has another everywhere else."""
    return [f"{name!r}: write {right!r}" for name, right in OTHER_NAMES.items() if name in text]


def check_language(language, header, sections):
    """Faults of the language itself, as far as a pattern can tell."""
    prose = [value for key, value in header if key in LIMITS]
    faults = other_names("\n".join([value for _key, value in header] + [body for _name, body in sections])) \
        if language == "ja" else []
    prose += [body for name, body in sections if name in SECTIONS[:2]]
    for text in prose:
        if language == "ja" and not JAPANESE.search(text):
            faults.append(f"not Japanese: {text[:40]!r}")
        if language == "ja" and PLAIN_FORM.search(text):
            faults.append(f"plain form: {PLAIN_FORM.search(text).group(0)!r}")
        if language == "en" and JAPANESE.search(text.replace("`", "")):
            # Only an example of full-width text may stand in the English prose.
            faults.append(f"not English: {JAPANESE.search(text).group(0)!r}")
    return faults


def examples(sections):
    """The YAML blocks by section, for comparison between the languages."""
    return [(name, FENCED_YAML.findall(body)) for name, body in sections if name in SECTIONS[2:]]


def check_code(tally, code, paths):
    """All checks of one rule's files."""
    missing = [language for language in LANGUAGES if language not in paths]
    tally.check(f"{code}: both languages exist", [f"no {code}.{one}.md" for one in missing])
    read = {}
    for language in LANGUAGES:
        if language not in paths:
            continue
        text, faults = read_text(paths[language])
        header, sections, more = split_prose(text)
        faults += more + check_header(header) + check_sections(sections)
        tally.check(f"{code}.{language}.md: form", faults)
        tally.check(f"{code}.{language}.md: language", check_language(language, header, sections))
        read[language] = (dict(header), examples(sections))
    if missing:
        return
    (en, en_yaml), (ja, ja_yaml) = read["en"], read["ja"]
    faults = []
    if list(en) != list(ja):
        faults.append("header keys differ")
    if en.get("date") != ja.get("date"):
        faults.append("dates differ")
    if en.get("source", "").split(";")[0] != ja.get("source", "").split(";")[0]:
        faults.append("the kind of evidence differs")
    tally.check(f"{code}: headers agree", faults)
    tally.check(f"{code}: examples agree", [] if en_yaml == ja_yaml else ["YAML differs"])
    fires, quiet = (blocks for _, blocks in (en_yaml + [("", []), ("", [])])[:2])
    tally.check(f"{code}: the near miss differs", ["it is the same text"] if fires == quiet else [])


def check_prose(tally, folder):
    """Every file of the rule book."""
    codes = {}
    strangers = []
    for path in sorted(folder.iterdir()):
        match = PROSE_NAME.match(path.name)
        if match and match.group(2) in LANGUAGES:
            codes.setdefault(match.group(1), {})[match.group(2)] = path
        else:
            strangers.append(f"unexpected file {path.name}")
    tally.check("rules: only CODE.LANGUAGE.md", strangers)
    tally.check("rules: not empty", [] if codes else ["no file found"])
    for code, paths in sorted(codes.items()):
        check_code(tally, code, paths)
    titles = {}
    for code, paths in sorted(codes.items()):
        for language, path in paths.items():
            title = path.read_text(encoding="utf-8").split("\n", 1)[0]
            titles.setdefault((language, title), []).append(code)
    twice = [f"{title!r} of {', '.join(same)}" for (_, title), same in titles.items() if same[1:]]
    tally.check("rules: every title is used once", twice)


def read_strings(path):
    """A strings file as (ordered list of key and text, faults)."""
    text, faults = read_text(path)
    pairs = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        match = STRING_LINE.match(line)
        if match:
            pairs.append((match.group(1), match.group(2)))
        else:
            faults.append(f"line {number} is not `key = text`")
    seen = set()
    for key, value in pairs:
        if key in seen:
            faults.append(f"{key} is defined twice")
        seen.add(key)
        for placeholder in PLACEHOLDER.findall(value):
            if not PLACEHOLDER_NAME.match(placeholder):
                faults.append(f"{key}: bad placeholder {placeholder}")
        if re.search(r"[{}]", PLACEHOLDER.sub("", value)):
            faults.append(f"{key}: a brace without its partner")
    return pairs, faults


def check_order(pairs):
    """Keys stand in groups (their first word), sorted within; a group is not split."""
    faults = []
    groups = []
    for key, _ in pairs:
        group = key.split(".")[0]
        if not groups or groups[-1] != group:
            if group in groups:
                faults.append(f"group {group} is split at {key}")
            groups.append(group)
    for (before, _), (after, _) in zip(pairs, pairs[1:]):
        if before.split(".")[0] == after.split(".")[0] and before > after:
            faults.append(f"{after} must stand before {before}")
    return faults


def check_strings(tally, folder):
    """Both strings files, and that they agree."""
    read = {}
    for language in LANGUAGES:
        path = folder / f"strings.{language}"
        if not path.is_file():
            tally.check(f"strings.{language}: exists", ["no such file"])
            continue
        pairs, faults = read_strings(path)
        tally.check(f"strings.{language}: form", faults + ([] if pairs else ["no strings"]))
        tally.check(f"strings.{language}: order", check_order(pairs))
        read[language] = pairs
    if len(read) != len(LANGUAGES):
        return
    keys = {language: [key for key, _ in pairs] for language, pairs in read.items()}
    only = [f"only in one file: {key}" for key in sorted(set(keys["en"]) ^ set(keys["ja"]))]
    if not only and keys["en"] != keys["ja"]:
        only = ["the order differs"]
    tally.check("strings: same keys, same order", only)
    ja = dict(read["ja"])
    tally.check("strings.ja: one name for one thing", other_names("\n".join(ja.values())))
    faults = []
    for key, text in read["en"]:
        here, there = sorted(PLACEHOLDER.findall(text)), sorted(PLACEHOLDER.findall(ja.get(key, "")))
        if key in ja and here != there:
            faults.append(f"{key}: {here} and {there}")
    tally.check("strings: same placeholders", faults)


def main(arguments):
    """Runs every check on the repository given, or on the one this file belongs to."""
    root = pathlib.Path(__file__).resolve().parents[2]
    if arguments:
        root = pathlib.Path(arguments[0])
    data = root / "src" / "data"
    tally = Tally()
    if (data / "rules").is_dir():
        check_prose(tally, data / "rules")
    else:
        tally.check("rules: folder exists", [f"no {data / 'rules'}"])
    check_strings(tally, data)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
