"""Markdown as a reader sees it: rendered by cmark-gfm, then taken apart."""

import html.parser

from lib import run

VOID = {"br", "hr", "img", "input"}


def rendered(markdown):
    """The HTML of a page of Markdown, with raw HTML shown as such: `--unsafe` lets nothing hide."""
    result = run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "strikethrough", "-e", "autolink",
                  "-e", "tasklist"], stdin=markdown if isinstance(markdown, bytes) else markdown.encode())
    if result.status != 0 or result.err:
        raise AssertionError(f"cmark-gfm failed\n{result}")
    return result.out.decode()


class Page(html.parser.HTMLParser):
    """Headings in order, each with the paragraphs, tables, code blocks and items below it."""

    def __init__(self, markdown):
        super().__init__()
        self.outline = []       # every tag with the names of its attributes, in order
        self.sections = {"": []}
        self.level = []
        self.below = self.sections[""]
        self.text = None
        self.feed(rendered(markdown))
        self.close()
        if self.level:
            raise AssertionError(f"open tags: {self.level}")

    def handle_starttag(self, tag, attrs):
        if tag != "code":       # what cannot be code is text
            self.outline.append((tag, tuple(name for name, _value in attrs)))
        if tag not in VOID:
            self.level.append(tag)
        if tag == "table":
            self.below.append(("table", []))
        elif tag == "tr":
            self.below[-1][1].append([])
        elif tag in ("p", "pre", "td", "th", "li", "h1", "h2", "h3"):
            self.text = ""

    def handle_endtag(self, tag):
        if tag != "code":
            self.outline.append(("/" + tag,))
        if not self.level or self.level.pop() != tag:
            raise AssertionError(f"</{tag}> closes nothing")
        text, done = self.text or "", True
        if tag in ("td", "th"):
            self.below[-1][1][-1].append(text)
        elif tag in ("h1", "h2", "h3"):
            self.below = self.sections.setdefault(text, [])
        elif tag in ("p", "pre", "li"):
            self.below.append((tag, text))
        else:
            done = False
        if done:
            self.text = None

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_comment(self, data):
        self.outline.append(("comment",))

    def handle_decl(self, decl):
        self.outline.append(("declaration",))

    def tables(self, heading):
        return [rows for kind, rows in self.sections[heading] if kind == "table"]

    def texts(self, heading, kind="p"):
        return [text for found, text in self.sections[heading] if found == kind]

    def titles(self):
        return [title for title in self.sections if title]
