/* Names to objects: what may stand where, what was probably meant, where each finding points to. */
#include "model/model_int.h"

static Str
with_part(Arena *arena, Str path, Str part)
{
	Str escaped = schema_path(arena, &part, 1);

	return str_format(arena, STR_FMT "/" STR_FMT, STR_ARG(path), STR_ARG(escaped));
}

/* Keys need no escaping, and may lead through an object: `spf/also`. */
static Str
owner_path(const Model *model, const ModelOwner *owner, Str value)
{
	Arena *arena = model->sink->arena;
	Str path = str_from(owner->section);

	if (owner->name.ptr != NULL)
		path = with_part(arena, path, owner->name);
	if (owner->key != NULL)
		path = str_format(arena, STR_FMT "/%s", STR_ARG(path), owner->key);
	return value.ptr == NULL ? path : with_part(arena, path, value);
}

Diag *
model_report(
	Model *model, DiagCode code, const ModelOwner *owner, Span span, const char *format, ...)
{
	va_list args;
	Str message;
	Diag *diag;

	va_start(args, format);
	message = str_vformat(model->sink->arena, format, args);
	va_end(args);
	diag = diag_report(model->sink, code, span, STR_FMT, STR_ARG(message));
	diag_path(diag, owner_path(model, owner, (Str){0}));
	return diag;
}

/* --- one reference ---------------------------------------------------------------------------- */

/* What may stand in a place: names of these kinds, and words. */
typedef struct Wanted {
	const char *text; /* all of it, for the message */
	unsigned kinds;   /* a bit for each ModelKind */
	const char *words[2];
	bool addresses, ranges;
} Wanted;

#define KIND(kind) (1u << MODEL_KIND_##kind)

static bool
is_word(const Wanted *wanted, Str text)
{
	size_t i;

	for (i = 0; i < BASE_COUNT(wanted->words) && wanted->words[i] != NULL; i++) {
		if (str_equal(text, str_from(wanted->words[i])))
			return true;
	}
	return false;
}

void
model_item_path(
	const Model *model, Diag *diag, const ModelOwner *owner, const FieldItem *item, Span list)
{
	bool alone = list.start == item->span.start && list.end == item->span.end;

	diag_path(diag, owner_path(model, owner, alone ? (Str){0} : item->text));
}

static Diag *
report_unresolved(
	Model *model, const ModelOwner *owner, const FieldItem *item, const Wanted *wanted)
{
	Str nearest = model_suggest(model, item->text, wanted->kinds, wanted->words);
	Diag *diag = model_report(model, DIAG_UNRESOLVED_NAME, owner, item->span,
		"`" STR_FMT "` names nothing; `%s` wants %s", STR_ARG(item->text), owner->key,
		wanted->text);

	if (nearest.ptr != NULL)
		diag_help(model->sink, diag, "did you mean `" STR_FMT "`?", STR_ARG(nearest));
	else
		diag_help(model->sink, diag, "define it, or correct the name");
	return diag;
}

static Diag *
report_wrong_kind(Model *model, const ModelOwner *owner, const FieldItem *item, ModelRef ref,
	const Wanted *wanted)
{
	Diag *diag = model_report(model, DIAG_UNRESOLVED_NAME, owner, item->span,
		"`" STR_FMT "` is %s; `%s` wants %s", STR_ARG(item->text),
		model_kind_text(ref.kind), owner->key, wanted->text);

	diag_related(model->sink, diag, model_ref_span(model, ref), "defined here");
	if (ref.kind == MODEL_KIND_GATEWAY && str_equal(str_from(owner->key), STR("egress")))
		diag_help(model->sink, diag, "use `via` for a gateway");
	else if (ref.kind == MODEL_KIND_EGRESS && str_equal(str_from(owner->key), STR("via")))
		diag_help(model->sink, diag, "use `egress` for an egress object");
	return diag;
}

/* Where addresses may stand too; `*ret_bad` is why it is none, if it looks like one. */
static bool
is_address(const Wanted *wanted, Str text, NetAddressError *ret_bad)
{
	NetPrefix prefix;
	NetRange range;
	bool digit = text.ptr[0] >= '0' && text.ptr[0] <= '9';

	*ret_bad = NET_ADDRESS_OK;
	if (!wanted->addresses)
		return false;
	*ret_bad = wanted->ranges ? net_range_parse(text, &range) : net_prefix_parse(text, &prefix);
	if (*ret_bad == NET_ADDRESS_OK)
		return true;
	if (!digit && str_find_char(text, ':', 0) == text.len)
		*ret_bad = NET_ADDRESS_OK;
	return false;
}

static Diag *
report_address(Model *model, const ModelOwner *owner, const FieldItem *item, NetAddressError why)
{
	return model_report(model, DIAG_BAD_ADDRESS, owner, item->span,
		"`" STR_FMT "` is not an address: " STR_FMT, STR_ARG(item->text),
		STR_ARG(net_address_reason(model->sink->arena, why, item->text)));
}

/* The object, or MODEL_KIND_NONE for a word, an address, and for what was reported: false. */
static bool
resolve_item(Model *model, const ModelOwner *owner, const FieldItem *item, Span list,
	const Wanted *wanted, ModelRef *ret_ref)
{
	ModelRef ref = model_find_sender(model, item->text);
	NetAddressError why;
	Diag *diag;

	*ret_ref = ref;
	if (is_word(wanted, item->text) || (wanted->kinds & 1u << ref.kind) != 0)
		return true;
	if (ref.kind == MODEL_KIND_NONE && is_address(wanted, item->text, &why))
		return true;
	if (ref.kind != MODEL_KIND_NONE)
		diag = report_wrong_kind(model, owner, item, ref, wanted);
	else if (why != NET_ADDRESS_OK)
		diag = report_address(model, owner, item, why);
	else if (model->usable)
		diag = report_unresolved(model, owner, item, wanted);
	else /* with a file missing nobody knows what it would have defined */
		return false;
	model_item_path(model, diag, owner, item, list);
	return false;
}

static void
check_items(Model *model, const ModelOwner *owner, const FieldItems *list, const Wanted *wanted)
{
	ModelRef ref;
	uint32_t i;

	for (i = 0; i < list->len; i++)
		(void)resolve_item(model, owner, &list->items[i], list->span, wanted, &ref);
}

/* --- the way on ------------------------------------------------------------------------------- */

static int
by_number(const void *a, const void *b, void *context)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	(void)context;
	return (left > right) - (left < right);
}

/* What stands twice in a list leads nowhere else, and would be followed twice. */
static uint32_t
unique_numbers(uint32_t *numbers, uint32_t len)
{
	uint32_t i, kept = 0;

	base_sort(numbers, len, sizeof(*numbers), by_number, NULL);
	for (i = 0; i < len; i++) {
		if (kept == 0 || numbers[kept - 1] != numbers[i])
			numbers[kept++] = numbers[i];
	}
	return kept;
}

static bool
resolve_list(Model *model, const ModelOwner *owner, const FieldItems *list, const Wanted *wanted,
	ModelNumbers *ret_numbers)
{
	bool good = list->state == FIELD_SET || list->state == FIELD_ABSENT;
	uint32_t i;

	ret_numbers->items = list->len == 0 ? NULL : ARENA_ARRAY(model->arena, uint32_t, list->len);
	for (i = 0; i < list->len; i++) {
		ModelRef ref;

		good = resolve_item(model, owner, &list->items[i], list->span, wanted, &ref) &&
		       good;
		ret_numbers->items[i] = ref.index;
	}
	ret_numbers->len = good ? unique_numbers(ret_numbers->items, list->len) : 0;
	return good;
}

bool
model_resolve_next(Model *model, ModelOwner owner, const FieldItems *via, const FieldItems *egress,
	ModelNext *ret_next)
{
	static const Wanted gateway = {.text = "a gateway", .kinds = KIND(GATEWAY)};
	static const Wanted way_out = {.text = "an egress object", .kinds = KIND(EGRESS)};
	ModelNumbers gateways, ways_out;
	bool good;

	owner.key = "via";
	good = resolve_list(model, &owner, via, &gateway, &gateways);
	owner.key = "egress";
	good = resolve_list(model, &owner, egress, &way_out, &ways_out) && good;
	if (good)
		*ret_next = (ModelNext){gateways.items, ways_out.items, gateways.len, ways_out.len};
	return good;
}

/* --- all others ------------------------------------------------------------------------------- */

static void
check_direction(Model *model, const ModelOwner *owner, const FieldText *field, const Wanted *wanted)
{
	FieldItem item = {.text = field->text, .span = field->span};
	ModelRef ref;

	if (field->state == FIELD_SET)
		(void)resolve_item(model, owner, &item, field->span, wanted, &ref);
}

static void
check_domain(Model *model, const ModelDomain *domain)
{
	static const Wanted inbound = {.text = "`exchange`, `on-premises` or a gateway",
		.kinds = KIND(GATEWAY),
		.words = {"exchange", "on-premises"}};
	static const Wanted also = {
		.text = "an egress object or an address", .kinds = KIND(EGRESS), .addresses = true};
	ModelOwner owner = {"domains", "inbound", domain->head.name};

	check_direction(model, &owner, &domain->inbound, &inbound);
	owner.key = "spf/also";
	check_items(model, &owner, &domain->spf.also, &also);
}

static void
check_connector(Model *model, const ModelConnector *connector)
{
	static const Wanted accepted = {.text = "a relay host, a gateway or an egress object",
		.kinds = KIND(HOST) | KIND(GATEWAY) | KIND(EGRESS)};
	static const Wanted skipped = {.text = "addresses, an egress object, a gateway or `route`",
		.kinds = KIND(GATEWAY) | KIND(EGRESS),
		.words = {"route"},
		.addresses = true,
		.ranges = true};
	ModelOwner owner = {"connectors", "accepts", connector->head.name};

	check_items(model, &owner, &connector->accepts, &accepted);
	owner.key = "enhanced_filtering/skip";
	check_items(model, &owner, &connector->enhanced_filtering.skip, &skipped);
}

/* Connectors have names of their own, and the one that no spec names may be meant, too. */
static void
check_expectations(Model *model)
{
	static const Wanted wanted = {
		.text = "a connector or `none`", .kinds = KIND(CONNECTOR), .words = {"none"}};
	const ModelExpectation *expectations = model->spec->expect.items;
	Arena *scratch = arena_create();
	Str implied = model_implied_connector(model);
	Map names = {0};
	uint32_t i;

	for (i = 0; i < model->connectors_len; i++)
		map_add(scratch, &names, model->connectors[i].head.name, i);
	if (implied.ptr != NULL)
		map_add(scratch, &names, implied, 0);
	for (i = 0; i < model->spec->expect.len; i++) {
		const FieldText *name = &expectations[i].connector;
		FieldItem item = {.text = name->text, .span = name->span};
		ModelOwner owner = {"expect", "connector", str_format(scratch, "%u", (unsigned)i)};

		if (name->state == FIELD_SET && model->usable && !is_word(&wanted, name->text) &&
			map_find(&names, name->text) == MAP_NONE)
			(void)report_unresolved(model, &owner, &item, &wanted);
	}
	arena_destroy(scratch);
}

void
model_check_references(Model *model)
{
	static const Wanted outbound = {
		.text = "`exchange` or a gateway", .kinds = KIND(GATEWAY), .words = {"exchange"}};
	ModelOwner tenant = {"tenant", "outbound", {0}};
	uint32_t i;

	check_direction(model, &tenant, &model->spec->tenant.outbound, &outbound);
	for (i = 0; i < model->domains_len; i++)
		check_domain(model, &model->domains[i]);
	for (i = 0; i < model->connectors_len; i++)
		check_connector(model, &model->connectors[i]);
	check_expectations(model);
}
