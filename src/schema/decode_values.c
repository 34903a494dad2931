/* Single values. The type of a scalar comes from its field, never from its look. */
#include "schema/schema_int.h"
#include "schema/values_int.h"

static bool
report_control(SchemaDecoder *decoder, const DocNode *node, uint32_t code_point)
{
	Diag *diag = schema_report(decoder, DIAG_CONTROL_CHARACTER, node->span,
		"control character U+%04X in a text", (unsigned)code_point);

	diag_help(decoder->sink, diag,
		code_point == '\n' || code_point == '\t'
			? "line breaks and tabs are for `comment`, `reason` and `change` alone"
			: "remove it");
	return false;
}

/* LF, TAB and the Unicode line separators are text where a text may have several lines. */
static bool
check_controls(SchemaDecoder *decoder, const DocNode *node, bool free_text)
{
	Str text = doc_text(node);
	size_t at = 0;

	while (at < text.len) {
		unsigned char byte = (unsigned char)text.ptr[at];
		uint32_t code_point;

		if (byte >= 0x20 && byte < 0x7f) {
			at++;
			continue;
		}
		/* An escape ("\a") brings in what doc refuses where it stands unescaped. */
		code_point = utf8_next(text, &at);
		if (free_text && (code_point == '\n' || code_point == '\t' ||
					 utf8_is_line_separator(code_point)))
			continue;
		if (utf8_is_control(code_point) || utf8_is_line_separator(code_point))
			return report_control(decoder, node, code_point);
	}
	return true;
}

static bool
is_free(const Field *field)
{
	return field->kind == FIELD_FREE_TEXT || field->kind == FIELD_FREE_TEXTS;
}

/* Nothing is no text, but a quoted 'null' is one. Whatever looks like a number or a boolean keeps
 * its spelling: `007` stays three characters. */
bool
schema_scalar(SchemaDecoder *decoder, const Field *field, const DocNode *node, Str *ret_text)
{
	*ret_text = (Str){0};
	if (node->kind != DOC_SCALAR || doc_is_null(node))
		return schema_wrong_type(decoder, node, "a text",
			"write one value; in quotes, where it holds `: `, `#` or brackets");
	*ret_text = doc_text(node);
	return check_controls(decoder, node, is_free(field));
}

/* Unlike a value, a plain `null` is good as a name. */
bool
schema_name(SchemaDecoder *decoder, const DocNode *key, Str *ret_name)
{
	*ret_name = doc_text(key);
	if (ret_name->len == 0) {
		schema_report(decoder, DIAG_BAD_VALUE, key->span, "a name is empty");
		return false;
	}
	return check_controls(decoder, key, false);
}

/* An empty text is usually a value that was forgotten; of a comment it can be meant. */
bool
decode_text(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldText *text = value;

	if (!schema_scalar(decoder, field, node, &text->text))
		return false;
	if (text->text.len == 0 && field->kind != FIELD_FREE_TEXT) {
		schema_report(decoder, DIAG_BAD_VALUE, node->span, "`%s` is empty", field->key);
		return false;
	}
	return true;
}

bool
schema_domain(SchemaDecoder *decoder, const DocNode *node, NetNameKind kind, Str *ret_name)
{
	Str text = doc_text(node);
	NetNameError error = net_name_parse(decoder->arena, text, kind, ret_name);
	Diag *diag;

	if (error == NET_NAME_OK)
		return true;
	diag = schema_report(decoder, DIAG_BAD_VALUE, node->span,
		"`" STR_FMT "` is not a domain name: %s", STR_ARG(text), net_name_reason(error));
	diag_help(decoder->sink, diag, "%s",
		str_find(text, STR("%{")) < text.len
			? "a name with macros is not known beforehand: as a term of an SPF record "
			  "it stands under `terms`, such as `include:%{ir}.spf.vendor.example`"
			: "write the name alone, such as `contoso.com`");
	return false;
}

bool
decode_domain(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldText *text = value;

	if (!schema_scalar(decoder, field, node, &text->text))
		return false;
	return schema_domain(decoder, node, NET_NAME_HOST, &text->text);
}

bool
decode_time(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldText *text = value;
	int64_t seconds;
	Diag *diag;

	if (!schema_scalar(decoder, field, node, &text->text))
		return false;
	if (time_parse(text->text, &seconds))
		return true;
	diag = schema_report(decoder, DIAG_BAD_VALUE, node->span,
		"`" STR_FMT "` is not a date and time", STR_ARG(text->text));
	diag_help(decoder->sink, diag, "write it like 2026-12-05T22:00+09:00");
	return false;
}

/* Two spellings, where YAML 1.2 core has six (`True`, `TRUE` …). The `yes` and `on` of YAML 1.1
 * get a help of their own. */
bool
decode_flag(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldFlag *flag = value;
	Str text;
	Diag *diag;

	if (!schema_scalar(decoder, field, node, &text))
		return false;
	flag->on = STR_EQ(text, "true");
	if (flag->on || STR_EQ(text, "false"))
		return true;
	diag = schema_report(decoder, DIAG_WRONG_TYPE, node->span,
		"`%s` must be `true` or `false`, not `" STR_FMT "`", field->key, STR_ARG(text));
	if (str_equal_nocase(text, STR("yes")) || str_equal_nocase(text, STR("on")) ||
		str_equal_nocase(text, STR("true")))
		diag_help(decoder->sink, diag, "write `true`");
	else if (str_equal_nocase(text, STR("no")) || str_equal_nocase(text, STR("off")) ||
		 str_equal_nocase(text, STR("false")))
		diag_help(decoder->sink, diag, "write `false`");
	return false;
}

/* No sign and no leading zero: `010` is eight to YAML 1.1 and ten to 1.2. */
static void
report_number(SchemaDecoder *decoder, const Field *field, const DocNode *node, Str text)
{
	unsigned long long min = field->min, max = field->max;
	Str range = max == 0     ? str_format(decoder->arena, "a whole number from %llu on", min)
		    : min == max ? str_format(decoder->arena, "%llu", min)
				 : str_format(decoder->arena, "a whole number from %llu to %llu",
					   min, max);
	Diag *diag = schema_report(decoder, DIAG_BAD_VALUE, node->span,
		"`%s` must be " STR_FMT ", not `" STR_FMT "`", field->key, STR_ARG(range),
		STR_ARG(text));

	diag_help(decoder->sink, diag,
		"write it in digits alone, without signs, separators or leading zeros");
}

bool
schema_number(SchemaDecoder *decoder, const Field *field, const DocNode *node, uint64_t *ret_number)
{
	uint64_t max = field->max == 0 ? (uint64_t)INT64_MAX : field->max;
	Str text;

	if (!schema_scalar(decoder, field, node, &text))
		return false;
	if (base_parse_number(text, max, ret_number) && *ret_number >= field->min)
		return true;
	report_number(decoder, field, node, text);
	return false;
}

bool
decode_number(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	return schema_number(decoder, field, node, &((FieldNumber *)value)->number);
}

bool
decode_date(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldDate *date = value;
	Str text;
	Diag *diag;

	if (!schema_scalar(decoder, field, node, &text))
		return false;
	if (date_parse(text, &date->days))
		return true;
	diag = schema_report(
		decoder, DIAG_BAD_VALUE, node->span, "`" STR_FMT "` is not a date", STR_ARG(text));
	diag_help(decoder->sink, diag, "write it as YYYY-MM-DD");
	return false;
}

void
schema_push_item(SchemaDecoder *decoder, const DocNode *list, size_t index)
{
	const DocNode *item;

	if (list->kind != DOC_LIST)
		return;
	item = doc_item(list, index);
	schema_push(decoder, item->kind == DOC_SCALAR && !doc_is_null(item)
				     ? doc_text(item)
				     : str_format(decoder->arena, "%zu", index));
}

static void
report_choice(SchemaDecoder *decoder, const Field *field, const DocNode *node)
{
	StrVec known = {0};
	Buf list = buf_make(decoder->sink->arena);
	Str nearest;
	Diag *diag;
	size_t i;

	for (i = 0; i < field->choices->len; i++) {
		VEC_PUSH(decoder->arena, &known, str_from(field->choices->texts[i]));
		buf_lit(&list, i > 0 ? ", " : "");
		buf_lit(&list, field->choices->texts[i]);
	}
	diag = schema_report(decoder, DIAG_BAD_VALUE, node->span,
		"`" STR_FMT "` is not a value of `%s`", STR_ARG(doc_text(node)), field->key);
	nearest = str_nearest(doc_text(node), known.items, known.len);
	if (nearest.ptr != NULL)
		diag_help(decoder->sink, diag, "did you mean `" STR_FMT "`? allowed: " STR_FMT,
			STR_ARG(nearest), STR_ARG(buf_text(&list)));
	else
		diag_help(decoder->sink, diag, "allowed: " STR_FMT, STR_ARG(buf_text(&list)));
}

/* With regard to case: one way to write a word. The near miss is proposed by report_choice. */
static bool
find_choice(SchemaDecoder *decoder, const Field *field, const DocNode *node, uint8_t *ret_choice)
{
	Str text;
	size_t i;

	if (!schema_scalar(decoder, field, node, &text))
		return false;
	for (i = 0; i < field->choices->len; i++) {
		if (str_equal(text, str_from(field->choices->texts[i]))) {
			*ret_choice = (uint8_t)i;
			return true;
		}
	}
	report_choice(decoder, field, node);
	return false;
}

bool
decode_choice(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	return find_choice(decoder, field, node, &((FieldChoice *)value)->value);
}

/* The first choice means none of the others and cannot stand beside one. */
bool
decode_choices(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldChoice *choice = value;
	const DocNode *items = node->kind == DOC_LIST ? node->items : node;
	size_t count = node->kind == DOC_LIST ? node->count : 1, i;
	size_t depth = decoder->path.len;
	bool good = true;

	for (i = 0; i < count; i++) {
		uint8_t index;

		schema_push_item(decoder, node, i);
		if (!find_choice(decoder, field, &items[i], &index))
			good = false;
		else
			choice->set |= (uint8_t)(1u << index);
		decoder->path.len = depth;
	}
	if (good && (choice->set & 1) != 0 && choice->set != 1) {
		schema_report(decoder, DIAG_BAD_VALUE, node->span,
			"`%s` excludes the other values of `%s`", field->choices->texts[0],
			field->key);
		good = false;
	}
	/* "None" and nothing chosen are the same from here on. */
	choice->set &= (uint8_t)~1u;
	return good;
}
