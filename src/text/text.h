/*
 * text: one escaping function per language that a user's text may land in, and nothing else.
 *
 * Each function takes any valid UTF-8 (control characters, quotes, bidi marks, whatever) and
 * appends a form that the language reads back as that text and as nothing more; CSV and terminals,
 * which have no escapes, read it as a text for people. No other room escapes but json, its own.
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "diag/diag.h"

typedef enum TextLanguage {
	TEXT_PLAIN,
	TEXT_POWERSHELL,
	TEXT_ZONE,
	TEXT_MARKDOWN,
	TEXT_HTML,
	TEXT_XML,
	TEXT_CSV,
	TEXT_YAML,
	TEXT_WORKFLOW,
} TextLanguage;

typedef void (*TextEscape)(Buf *buf, Str text);
/* The escaping function of a language (TEXT_PLAIN: buf_str, the text as it is). */
TextEscape text_escape(TextLanguage language);

/*
 * A whole PowerShell expression of type string: 'it''s', or ('a' + [char]0x2019 + 'b'). The four
 * typographic single quotes, controls, bidi controls and zero-width characters by code point; pure
 * ASCII where the text is. Read the same by Windows PowerShell 5.1 and PowerShell 7.
 */
void text_powershell(Buf *buf, Str text);
/* One character-string of RFC 1035 section 5.1 in double quotes; the caller cuts at 255 octets. */
void text_zone(Buf *buf, Str text);
/*
 * Inline text of GitHub-flavoured Markdown, also inside a table cell or first on a line: no markup,
 * no HTML. A line end becomes a blank, NUL U+FFFD. (GitHub links e-mail addresses and @names in any
 * text, whatever escapes it.)
 */
void text_markdown(Buf *buf, Str text);
/* The same of a text of ours that marks values by backticks: those become code spans. */
void text_markdown_marked(Buf *buf, Str text);
/* The same as code spans with delimiters long enough; what cannot stand in one (the bar, controls)
 * stands between two. */
void text_markdown_code(Buf *buf, Str text);
/* Lines of commands as a fenced block of code that nothing in them can close; what does not show
 * becomes U+FFFD. No final line end. */
void text_markdown_block(Buf *buf, Str text);
/* A command inside a table cell: one code span with its bars escaped, as GitHub's tables take them;
 * what cannot be said so (a backslash before a bar, a control) as text_markdown. */
void text_markdown_cell_code(Buf *buf, Str text);
/* Text or a quoted attribute value. NUL, which HTML cannot hold, becomes U+FFFD. */
void text_html(Buf *buf, Str text);
/* As HTML, and characters that XML 1.0 forbids become U+FFFD. */
void text_xml(Buf *buf, Str text);
/*
 * One field, RFC 4180. A cell that a spreadsheet would run as a formula gets a leading apostrophe;
 * what does not show becomes a visible escape as on a terminal, since CSV has none of its own and a
 * spreadsheet would let it act. Line ends and tabs stay.
 */
void text_csv(Buf *buf, Str text);
/* One scalar, plain where YAML 1.2 core reads it back as that text, else quoted. */
void text_yaml(Buf *buf, Str text);
/* The message of a GitHub workflow command / of one of its properties. */
void text_workflow_message(Buf *buf, Str text);
void text_workflow_property(Buf *buf, Str text);
/* The same of a logging command of Azure Pipelines. */
void text_azure_message(Buf *buf, Str text);
void text_azure_property(Buf *buf, Str text);
/* The path of a URI reference (RFC 3986): slashes and unreserved characters, all else as %XX. */
void text_uri_path(Buf *buf, Str text);
/*
 * For a terminal or the log of a build: controls and invisible characters become visible escapes
 * such as \x1b, \u202e; so does the mark that runs the rest of a line as a command there.
 */
void text_terminal(Buf *buf, Str text);
/*
 * Whether the second `#` of such a mark stands at `at`: `##[` or `##vso[`, which GitHub Actions and
 * Azure Pipelines look for anywhere in a line.
 */
bool text_is_log_mark(Str text, size_t at);

#endif
