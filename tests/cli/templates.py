"""Templates of the user's own: what is read, what is refused, and what a mistake is told as."""

import os

from lib import connplan, each, equal
from specs import findings, folder, smallest, text_of


def spec():
    return smallest(documents={"templates": "tpl"})


def place_files(place, files):
    """Writes FILES, path to text; a text of `-> X` makes a link to X."""
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            path.symlink_to(text[3:])
        else:
            path.write_text(text, encoding="utf-8")


def refused(place):
    """The error findings of a build, which check gives too; nothing may be written."""
    result = connplan("build", "a.yaml", "-o", "out", "--format", "short", cwd=place, status=1)
    checked = connplan("check", "a.yaml", "--format", "short", cwd=place, status=1)
    equal(checked.out, result.err, "what check and what build say")
    equal((place / "out").exists(), False, "the folder exists")
    return [one for one in findings(checked) if one[2] == "error"], checked


SECRET = "root:precious:0:0\n"


@each([
    ("a link out of the root", {"tpl/leak.md.mustache": "-> ../../secret"}),
    ("an absolute link", {"tpl/leak.md.mustache": "-> /etc/passwd"}),
    ("a link to a link", {"tpl/leak.md.mustache": "-> ../hop", "hop": "-> ../secret"}),
    ("a linked partial", {"tpl/a.md.mustache": "{{> leak.md}}", "tpl/leak.md.mustache": "-> ../../secret"}),
    ("a linked partial without output", {"tpl/a.md.mustache": "{{> _l.md}}",
                                         "tpl/_l.md.mustache": "-> ../../secret"}),
    ("a linked folder", {"tpl": "-> ../elsewhere"}),
])
def test_no_file_outside_the_root_is_read(_name, files):
    with folder() as above:
        place = above / "project"
        (place / ".connplan").mkdir(parents=True)
        place_files(above, {"secret": SECRET, "elsewhere/leak.md.mustache": SECRET})
        place_files(place, {"a.yaml": text_of(spec()).decode(), **files})
        errors, result = refused(place)
        if not any(code == "CP011" and "outside the import root" in text for _, _, _, text, code in errors):
            raise AssertionError(f"{result}")
        # What may be read is said on the command line.
        if not files.get("tpl/leak.md.mustache", "").startswith("-> /"):
            connplan("build", "a.yaml", "-o", "out", "--import-root", above, cwd=place, status=0)


def test_a_link_inside_the_root_is_followed():
    with folder(a=spec()) as place:
        place_files(place, {"shared/t.md": "{{tenant.name}}\n", "tpl/t.md.mustache": "-> ../shared/t.md"})
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        equal((place / "out/t.md").read_text(), "Contoso\n")


@each([
    ("a blank", "a b.md.mustache", "CP006"),
    ("a newline", "a\nb.md.mustache", "CP006"),
    ("an escape", "a\x1b[31m.md.mustache", "CP006"),
    ("another script", "\u8868.md.mustache", "CP006"),
    ("a colon", "a:b.md.mustache", "CP006"),
    ("a backslash", "a\\b.md.mustache", "CP006"),
    ("no known kind", "a.txt.mustache", "CP006"),
    ("a script", "connectors.ps1.mustache", "CP006"),
    ("no kind", "a.mustache", "CP006"),
    ("no template at all", "ticket.md", "CP011"),
])
def test_names_that_no_output_can_have(_name, name, code):
    with folder(a=spec()) as place:
        place_files(place, {f"tpl/{name}": "x"})
        errors, result = refused(place)
        equal([one[4] for one in errors], [code], f"{result}")


def test_bytes_of_a_name_that_are_not_utf8():
    with folder(a=spec()) as place:
        (place / "tpl").mkdir()
        with open(os.fsencode(place / "tpl") + b"/\xff.md.mustache", "wb") as file:
            file.write(b"x")
        errors, _ = refused(place)
        equal([one[4] for one in errors], ["CP006"])


def test_what_is_no_template_is_passed_by():
    with folder(a=spec()) as place:
        place_files(place, {"tpl/a.md.mustache": "x\n", "tpl/README.md": "{{nothing}}",
                            "tpl/.#a.md.mustache": "-> user@host.1", "tpl/.b.md.mustache": "{{nothing}}"})
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        equal((place / "out/a.md").read_text(), "x\n")
        equal({one.name for one in (place / "out").glob(".*")}, set())


@each([
    ("a slip", "{{tenant.nme}}", 1, "`tenant.nme` names nothing here", "did you mean `name`?"),
    ("a name of nothing", "\n  {{zzzqqq}}", 2, "`zzzqqq` names nothing here", "what can stand here: `format`"),
    ("a list", "{{connectors}}", 1, "is a list, not a text", "`{{#connectors}}`"),
    ("an object", "{{tenant}}", 1, "is an object, not a text", "`{{#tenant}}`"),
    ("below a text", "{{tenant.name.x}}", 1, "names nothing here", "nothing stands below a text"),
    ("raw", "{{{tenant.name}}}", 1, "may not stand without escaping", "write `{{tenant.name}}`"),
    ("no end", "a\n{{#connectors}}\n", 2, "has no end", "`{{/connectors}}`"),
    ("another end", "{{#connectors}}{{/x}}", 1, "ends the section", "`{{/connectors}}`"),
    ("no beginning", "{{/x}}", 1, "no section `x` is open here", "`{{#x}}`"),
    ("no partial", "{{> x.md}}", 1, "no partial is named `x.md`", "without `.mustache`"),
    ("an open tag", "a\n\n{{x", 3, "a tag without `}}`", "mustache(5)"),
    ("our partial in a strange place", "{{#summary}}{{#connectors}}{{> summary.md}}{{/connectors}}{{/summary}}",
     1, "", ""),
])
def test_a_mistake_is_told_with_its_place(_name, text, line, message, help_text):
    with folder(a=spec()) as place:
        place_files(place, {"tpl/t.md.mustache": text})
        result = connplan("build", "a.yaml", "-o", "out", cwd=place)
        if not message and result.status == 0:
            return
        equal(result.status, 1, f"{result}")
        equal((place / "out").exists(), False, "the folder exists")
        if f"--> tpl/t.md.mustache:{line}:" not in result.errors:
            raise AssertionError(f"not at line {line}\n{result}")
        for wanted in ("error[CP006]: this template makes no document: ", message, help_text):
            if wanted not in result.errors:
                raise AssertionError(f"without {wanted!r}\n{result}")
        connplan("check", "a.yaml", cwd=place, status=1)


def test_all_mistakes_in_one_run():
    with folder(a=spec()) as place:
        place_files(place, {f"tpl/{name}.md.mustache": "{{nothing}}" for name in "abc"})
        errors, result = refused(place)
        equal(len(errors), 3, f"{result}")


def test_a_mistake_in_a_partial_stands_there():
    with folder(a=spec()) as place:
        place_files(place, {"tpl/a.md.mustache": "{{> _p.md}}", "tpl/_p.md.mustache": "\n{{nothing}}",
                            "tpl/table.md.mustache": "{{nothing}}"})
        _, result = refused(place)
        for wanted in ("tpl/_p.md.mustache:2:1", "tpl/table.md.mustache:1:1"):
            if wanted not in result.text:
                raise AssertionError(f"{wanted} is not named\n{result}")


def test_what_is_only_a_part_makes_no_output():
    """A name with an underscore, and ours that stand in summary.md."""
    with folder(a=spec()) as place:
        place_files(place, {"tpl/a.md.mustache": "{{> _p.md}}!", "tpl/_p.md.mustache": "part",
                            "tpl/table.md.mustache": "TABLE {{title}}\n"})
        result = connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        equal((place / "out/a.md").read_text(), "part!")
        if "_p.md" in result.text or "table.md" in result.text:
            raise AssertionError(f"{result}")
        if "TABLE Connector Relay for Contoso" not in (place / "out/summary.md").read_text():
            raise AssertionError((place / "out/summary.md").read_text())


@each([("Markdown", "summary.md"), ("CSV", "summary.csv")])
def test_an_output_of_ours_can_be_replaced(_name, name):
    with folder(a=spec()) as place:
        place_files(place, {f"tpl/{name}.mustache": "mine: {{tenant.name}}\n"})
        result = connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        equal((place / "out" / name).read_text(), "mine: Contoso\n")
        equal(result.text.split().count(f"out/{name}"), 1, "times that it is written")


def test_standard_input_has_templates_where_it_stands():
    with folder(a=spec()) as place:
        place_files(place, {"tpl/t.md.mustache": "{{tenant.name}}"})
        text = (place / "a.yaml").read_bytes()
        result = connplan("build", "-", "-o", "out", "--format", "short", stdin=text, cwd=place, status=1)
        if "[CP011]" not in result.errors:
            raise AssertionError(f"{result}")
        connplan("build", "-", "-o", "out", "--stdin-filename", "a.yaml", stdin=text, cwd=place, status=0)
        equal((place / "out/t.md").read_text(), "Contoso")


@each([
    ("too large", {"tpl/t.md.mustache": "x" * ((1 << 20) + 1)}, "larger than 1 MiB"),
    ("too many", {f"tpl/t{number}.md.mustache": "x" for number in range(101)}, "more than 100 templates"),
    ("too much output", {"tpl/t.md.mustache": "{{#connectors}}" + 65 * "{{> _p.md}}" + "{{/connectors}}",
                         "tpl/_p.md.mustache": "x" * (1 << 20)}, "more output than is allowed"),
    ("a loop of partials", {"tpl/t.md.mustache": "{{> t.md}}"}, "inside each other"),
])
def test_limits(_name, files, message):
    with folder(a=spec()) as place:
        place_files(place, files)
        errors, result = refused(place)
        if not any(message in one[3] for one in errors):
            raise AssertionError(f"{result}")
