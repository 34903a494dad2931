/* Messages of the service in a text that somebody pasted: a bounce, a log, an error of a cmdlet. */
#include "rules/rules.h"

extern const Embedded rules_embedded[];
extern const size_t rules_embedded_len;

#define ERRORS_MAX    32
#define ADDRESSES_MAX 8
/* Longer than any address with a length. */
#define ADDRESS_LEN_MAX 64

static RulesError errors[ERRORS_MAX];
static size_t errors_len;

/* --- the table -------------------------------------------------------------------------------- */

/* Takes what stands before the next `divider` off *rest; false at the end. `-` is nothing. */
static bool
next_part(Str *rest, char divider, Str *ret_part)
{
	size_t at = str_find_char(*rest, divider, 0);

	if (rest->ptr == NULL)
		return false;
	*ret_part = str_trim(str_slice(*rest, 0, at));
	*rest = at < rest->len ? str_slice(*rest, at + 1, rest->len) : (Str){0};
	return true;
}

static Str
column(Str *rest)
{
	Str part = {0};

	ASSERT(next_part(rest, '|', &part));
	return STR_EQ(part, "-") ? STR("") : part;
}

static void
read_rules(RulesError *error, Str codes)
{
	Str code;

	while (codes.len > 0 && next_part(&codes, ' ', &code)) {
		ASSERT(error->rules_len < RULES_ERROR_CODES_MAX);
		ASSERT(diag_code_find(code, &error->rules[error->rules_len]));
		error->rules_len++;
	}
}

static void
read_row(RulesError *error, Str line)
{
	error->key = column(&line);
	error->group = column(&line);
	error->codes = column(&line);
	error->words = column(&line);
	read_rules(error, column(&line));
	error->candidates = column(&line);
	error->says = column(&line);
	error->evidence = column(&line);
	error->date = column(&line);
	error->source = column(&line);
	ASSERT(line.ptr == NULL);
}

static void
read_table(void)
{
	Str rest = embedded_find(
		rules_embedded, rules_embedded_len, STR("src/data/service-errors.txt"));
	Str line;

	while (str_next_line(&rest, &line)) {
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		ASSERT(errors_len < ERRORS_MAX);
		read_row(&errors[errors_len++], line);
	}
}

const RulesError *
rules_errors(size_t *ret_len)
{
	if (errors_len == 0)
		read_table();
	*ret_len = errors_len;
	return errors;
}

/* --- reading a text --------------------------------------------------------------------------- */

/* Blanks of other alphabets, that mail programs put in: no-break and full-width. */
static size_t
wide_blank(Str text, size_t at)
{
	static const char *const blanks[] = {"\xc2\xa0", "\xe3\x80\x80", "\xe2\x80\x8b"};
	size_t i;

	for (i = 0; i < BASE_COUNT(blanks); i++) {
		Str blank = str_from(blanks[i]);

		if (str_starts(str_slice(text, at, text.len), blank))
			return blank.len;
	}
	return 0;
}

/* A line that quoted-printable broke: `=` and the end of the line. */
static size_t
soft_break(Str text, size_t at)
{
	if (text.ptr[at] != '=')
		return 0;
	if (at + 1 < text.len && text.ptr[at + 1] == '\n')
		return 2;
	return at + 2 < text.len && text.ptr[at + 1] == '\r' && text.ptr[at + 2] == '\n' ? 3 : 0;
}

/*
 * Lower case, one blank between words, nothing that mail programs quote or break lines with: so the
 * same message reads the same from a bounce, a log or a console.
 */
static Str
plain_text(Arena *arena, Str text)
{
	Buf plain = buf_make(arena);
	bool blank = true;
	size_t at = 0;

	while (at < text.len) {
		unsigned char byte = (unsigned char)text.ptr[at];
		size_t wide = wide_blank(text, at), skip = soft_break(text, at);

		if (skip > 0) {
			at += skip;
			continue;
		}
		if (wide > 0 || byte <= 0x20 || byte == 0x7f || byte == '<' || byte == '>' ||
			byte == '|') {
			if (!blank)
				buf_char(&plain, ' ');
			blank = true;
			at += wide > 0 ? wide : 1;
			continue;
		}
		blank = false;
		buf_char(&plain, (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte));
		at++;
	}
	return str_trim(buf_text(&plain));
}

/* An enhanced status code, RFC 3463: class, subject, detail. */
typedef struct Status {
	uint64_t parts[3];
} Status;

static bool
is_digit(Str text, size_t at)
{
	return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
}

/* Reads one at `*at`, and leaves `*at` behind its digits. */
static bool
read_status(Str text, size_t *at, Status *ret_status)
{
	size_t i;

	for (i = 0; i < 3; i++) {
		size_t start = *at;

		while (is_digit(text, *at))
			(*at)++;
		if (*at == start || *at - start > 3 ||
			!base_parse_number(str_slice(text, start, *at), 999, &ret_status->parts[i]))
			return false;
		if (i < 2 && (*at >= text.len || text.ptr[(*at)++] != '.'))
			return false;
	}
	return true;
}

typedef VEC(Status) Statuses;

/* Numbers and dots in a row: a longer number, or an address, is no status. */
static Statuses
find_statuses(Arena *arena, Str text)
{
	Statuses statuses = {0};
	size_t at = 0;

	while (at < text.len) {
		size_t start = at, end, read = 0;
		Status status = {{0}};

		while (is_digit(text, at) || (at < text.len && text.ptr[at] == '.'))
			at++;
		/* The end of a sentence is no part of it. */
		for (end = at; end > start && text.ptr[end - 1] == '.';)
			end--;
		if (read_status(str_slice(text, start, end), &read, &status) && read == end - start)
			VEC_PUSH(arena, &statuses, status);
		if (at == start)
			at++;
	}
	return statuses;
}

/* `5.7.64`, or `4.7.500-699`. */
static bool
has_status(const Statuses *statuses, Str code)
{
	Status wanted = {{0}};
	uint64_t last;
	size_t at = 0, i;

	ASSERT(read_status(code, &at, &wanted));
	last = wanted.parts[2];
	if (at < code.len)
		ASSERT(code.ptr[at] == '-' &&
			base_parse_number(str_slice(code, at + 1, code.len), 999, &last));
	for (i = 0; i < statuses->len; i++) {
		const uint64_t *parts = statuses->items[i].parts;

		if (parts[0] == wanted.parts[0] && parts[1] == wanted.parts[1] &&
			parts[2] >= wanted.parts[2] && parts[2] <= last)
			return true;
	}
	return false;
}

static bool
is_met(const RulesError *error, Str text, const Statuses *statuses)
{
	Str codes = error->codes, words = error->words, part;

	while (codes.len > 0 && next_part(&codes, ' ', &part)) {
		if (has_status(statuses, part))
			return true;
	}
	while (words.len > 0 && next_part(&words, ';', &part)) {
		if (str_starts(part, STR("=")) ? str_equal(text, str_slice(part, 1, part.len))
					       : str_find(text, part) < text.len)
			return true;
	}
	return false;
}

RulesErrors
rules_find_errors(Arena *arena, Str text)
{
	Str plain = plain_text(arena, text);
	Statuses statuses = find_statuses(arena, plain);
	RulesErrors found = {0};
	size_t len, i;
	const RulesError *rows = rules_errors(&len);

	for (i = 0; i < len; i++) {
		bool taken = found.len > 0 &&
			     str_equal(found.items[found.len - 1]->group, rows[i].group);

		if (!taken && is_met(&rows[i], plain, &statuses))
			VEC_PUSH(arena, &found, &rows[i]);
	}
	return found;
}

/* --- addresses -------------------------------------------------------------------------------- */

static bool
is_of_address(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
	       (byte >= 'A' && byte <= 'F') || byte == '.' || byte == ':' || byte == '/';
}

static void
add_address(Arena *arena, Str word, NetPrefixVec *found)
{
	NetPrefix prefix;
	size_t i;

	/* The end of a sentence is no part of it. */
	while (word.len > 0 && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == '/'))
		word.len--;
	if (word.len > ADDRESS_LEN_MAX || net_prefix_parse(word, &prefix) != NET_ADDRESS_OK)
		return;
	for (i = 0; i < found->len; i++) {
		if (net_prefix_compare(found->items[i], prefix) == 0)
			return;
	}
	VEC_PUSH(arena, found, prefix);
}

NetPrefixVec
rules_find_addresses(Arena *arena, Str text)
{
	NetPrefixVec found = {0};
	size_t at = 0;

	while (at < text.len && found.len < ADDRESSES_MAX) {
		size_t start = at;

		while (at < text.len && is_of_address(text.ptr[at]))
			at++;
		if (at > start)
			add_address(arena, str_slice(text, start, at), &found);
		else
			at++;
	}
	return found;
}
