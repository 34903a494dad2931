/* Sorting the maps, one namespace for what lists mix, and looking names up. */
#include "model/model_int.h"

#include <string.h>

/* --- sorting ---------------------------------------------------------------------------------- */

static int
by_name(const void *a, const void *b, void *context)
{
	const FieldObject *left = *(const FieldObject *const *)a;
	const FieldObject *right = *(const FieldObject *const *)b;

	(void)context;
	return str_compare(left->name, right->name);
}

static bool
names_are_sorted(const FieldObjects *objects, size_t size)
{
	const char *items = objects->items;
	size_t i;

	for (i = 1; i < objects->len; i++) {
		const FieldObject *before =
			(const FieldObject *)(const void *)(items + (i - 1) * size);
		const FieldObject *after = (const FieldObject *)(const void *)(items + i * size);

		if (str_compare(before->name, after->name) >= 0)
			return false;
	}
	return true;
}

/* Twice in one file is the document's finding, unless it is one domain in two spellings. */
static void
report_twice(Model *model, const char *section, const FieldObject *first, const FieldObject *second)
{
	bool one_file = first->name_span.file == second->name_span.file;
	Diag *diag;

	if (one_file && !str_equal(str_from(section), STR("domains")))
		return;
	diag = diag_report(model->sink, DIAG_DUPLICATE_KEY, second->name_span,
		"`" STR_FMT "` is defined %s", STR_ARG(second->name),
		one_file ? "twice, in two spellings" : "in two files");

	diag_path(diag, model_path(model, section, second->name, NULL));
	diag_label(model->sink, diag, "second");
	diag_related(model->sink, diag, first->name_span, "first");
	diag_help(model->sink, diag, "keep one of them, or give one another name");
}

/*
 * Puts the structs into the order of `order` in place, cycle by cycle: a second array of the
 * largest structs of the run would be most of its memory.
 */
static void
permute(char *items, size_t size, uint32_t *order, size_t len, char *spare)
{
	size_t start, at;

	for (start = 0; start < len; start++) {
		if (order[start] == start)
			continue;
		memcpy(spare, items + start * size, size);
		for (at = start; order[at] != start;) {
			size_t from = order[at];

			memcpy(items + at * size, items + from * size, size);
			order[at] = (uint32_t)at;
			at = from;
		}
		memcpy(items + at * size, spare, size);
		order[at] = (uint32_t)at;
	}
}

static FieldObject *
object_at(const FieldObjects *objects, size_t size, size_t index)
{
	return (FieldObject *)(void *)((char *)objects->items + index * size);
}

/* Of equal names, which now are neighbours, the first is kept. */
static void
drop_twins(Model *model, const char *section, FieldObjects *objects, size_t size)
{
	uint32_t i, len = 0;

	for (i = 0; i < objects->len; i++) {
		FieldObject *object = object_at(objects, size, i);

		if (len > 0 && str_equal(object_at(objects, size, len - 1)->name, object->name)) {
			report_twice(model, section, object_at(objects, size, len - 1), object);
			continue;
		}
		if (len < i)
			memcpy(object_at(objects, size, len), object, size);
		len++;
	}
	objects->len = len;
}

/* Of domains that stand twice in one file as they are written, keeps the first: the document's
 * finding, too. What then is equal differs in its spelling. */
static void
drop_repeated(FieldObjects *objects, size_t size)
{
	Arena *scratch = arena_create();
	Map seen = {0};
	uint32_t i, len = 0;

	for (i = 0; i < objects->len; i++) {
		FieldObject *object = object_at(objects, size, i);
		uint32_t first = map_add(scratch, &seen, object->name, len);

		if (first != MAP_NONE &&
			object_at(objects, size, first)->name_span.file == object->name_span.file)
			continue;
		if (len < i)
			memcpy(object_at(objects, size, len), object, size);
		len++;
	}
	objects->len = len;
	arena_destroy(scratch);
}

static void
sort_objects(Model *model, const char *section, FieldObjects *objects, size_t size)
{
	Arena *scratch;
	FieldObject **sorted;
	uint32_t *order;
	size_t i;

	if (objects->len == 0 || names_are_sorted(objects, size))
		return;
	scratch = arena_create();
	sorted = ARENA_ARRAY(scratch, FieldObject *, objects->len);
	order = ARENA_ARRAY(scratch, uint32_t, objects->len);
	for (i = 0; i < objects->len; i++)
		sorted[i] = object_at(objects, size, i);
	base_sort(sorted, objects->len, sizeof(*sorted), by_name, NULL);
	for (i = 0; i < objects->len; i++)
		order[i] = (uint32_t)((size_t)((char *)sorted[i] - (char *)objects->items) / size);
	permute(objects->items, size, order, objects->len, arena_alloc(scratch, size));
	drop_twins(model, section, objects, size);
	arena_destroy(scratch);
}

/* Keys of `domains` are domain names: checked, and written in their normal form. */
static void
normalise_domains(Model *model)
{
	ModelDomain *domains = model->spec->domains.items;
	size_t i;

	drop_repeated(&model->spec->domains, sizeof(ModelDomain));
	for (i = 0; i < model->spec->domains.len; i++) {
		FieldObject *head = &domains[i].head;
		NetNameError error;
		Diag *diag;

		if (head->name.len == 0)
			continue;
		error = net_name_parse(model->arena, head->name, NET_NAME_HOST, &head->name);
		if (error == NET_NAME_OK)
			continue;
		diag = diag_report(model->sink, DIAG_BAD_VALUE, head->name_span,
			"`" STR_FMT "` is not a domain name: %s", STR_ARG(head->name),
			net_name_reason(error));
		diag_path(diag, model_path(model, "domains", head->name, NULL));
		head->state = FIELD_BAD;
	}
}

void
model_sort_objects(Model *model)
{
	ModelSpec *spec = model->spec;

	normalise_domains(model);
	sort_objects(model, "domains", &spec->domains, sizeof(ModelDomain));
	sort_objects(model, "egress", &spec->egress, sizeof(ModelEgress));
	sort_objects(model, "gateways", &spec->gateways, sizeof(ModelGateway));
	sort_objects(model, "relay_hosts", &spec->relay_hosts, sizeof(ModelRelayHost));
	sort_objects(model, "connectors", &spec->connectors, sizeof(ModelConnector));
	model->domains = spec->domains.items;
	model->domains_len = spec->domains.len;
	model->egress = spec->egress.items;
	model->egress_len = spec->egress.len;
	model->gateways = spec->gateways.items;
	model->gateways_len = spec->gateways.len;
	model->hosts = spec->relay_hosts.items;
	model->hosts_len = spec->relay_hosts.len;
	model->connectors = spec->connectors.items;
	model->connectors_len = spec->connectors.len;
}

/* --- the namespace of hosts, gateways and egress objects -------------------------------------- */

const char *
model_kind_text(ModelKind kind)
{
	switch (kind) {
	case MODEL_KIND_HOST: return "a relay host";
	case MODEL_KIND_GATEWAY: return "a gateway";
	case MODEL_KIND_EGRESS: return "an egress object";
	case MODEL_KIND_CONNECTOR: return "a connector";
	case MODEL_KIND_DOMAIN: return "a domain";
	case MODEL_KIND_NONE: return "an object";
	}
	return "an object";
}

static const char *
section_of(ModelKind kind)
{
	switch (kind) {
	case MODEL_KIND_HOST: return "relay_hosts";
	case MODEL_KIND_GATEWAY: return "gateways";
	case MODEL_KIND_EGRESS: return "egress";
	case MODEL_KIND_CONNECTOR: return "connectors";
	case MODEL_KIND_DOMAIN: return "domains";
	case MODEL_KIND_NONE: return "";
	}
	return "";
}

/* Words that stand among names, and what they mean there; NULL: any other word. */
static const char *
reserved_meaning(Str name)
{
	if (STR_EQ(name, "route"))
		return "under `skip` it means the gateways on the way";
	if (STR_EQ(name, "none"))
		return "where a connector is expected it means none of them";
	if (STR_EQ(name, "exchange"))
		return "under `inbound` and `outbound` it means Exchange Online";
	if (STR_EQ(name, "on-premises"))
		return "under `inbound` it means a server of your own";
	return NULL;
}

static Diag *
ambiguous(Model *model, ModelKind kind, const FieldObject *head, const char *why)
{
	Diag *diag = diag_report(model->sink, DIAG_AMBIGUOUS_NAME, head->name_span,
		"`" STR_FMT "` cannot be the name of %s: %s", STR_ARG(head->name),
		model_kind_text(kind), why);

	diag_path(diag, model_path(model, section_of(kind), head->name, NULL));
	diag_help(model->sink, diag, "give it another name");
	return diag;
}

/* Only what begins with a digit or holds a colon can be one: most names are not looked at closer.
 */
static bool
reads_as_address(Str name)
{
	NetRange range;
	bool digit = name.ptr[0] >= '0' && name.ptr[0] <= '9';

	return (digit || str_find_char(name, ':', 0) < name.len) &&
	       net_range_parse(name, &range) == NET_ADDRESS_OK;
}

static void
add_sender(Model *model, ModelKind kind, uint32_t index, const FieldObject *head)
{
	uint32_t number = (uint32_t)model->refs.len, other;

	if (head->name.len == 0)
		return;
	if (reserved_meaning(head->name) != NULL)
		ambiguous(model, kind, head, reserved_meaning(head->name));
	else if (reads_as_address(head->name))
		ambiguous(model, kind, head, "it reads as an address");
	other = map_add(model->arena, &model->senders, head->name, number);
	if (other != MAP_NONE) {
		ModelRef ref = model->refs.items[other];
		Diag *diag = ambiguous(
			model, kind, head, "hosts, gateways and egress objects share their names");

		diag_related(model->sink, diag, model_ref_span(model, ref), "%s of the same name",
			model_kind_text(ref.kind));
		return;
	}
	VEC_PUSH(model->arena, &model->refs, ((ModelRef){kind, index}));
}

void
model_build_names(Model *model)
{
	size_t len = (size_t)model->egress_len + model->gateways_len + model->hosts_len;
	uint32_t i;

	/* Tables of this size would leave as much garbage as they take if they had to grow. */
	map_reserve(model->arena, &model->senders, len);
	map_reserve(model->arena, &model->domain_names, model->domains_len);
	model->refs.items = ARENA_ARRAY(model->arena, ModelRef, len);
	model->refs.cap = len;
	for (i = 0; i < model->egress_len; i++)
		add_sender(model, MODEL_KIND_EGRESS, i, &model->egress[i].head);
	for (i = 0; i < model->gateways_len; i++)
		add_sender(model, MODEL_KIND_GATEWAY, i, &model->gateways[i].head);
	for (i = 0; i < model->hosts_len; i++)
		add_sender(model, MODEL_KIND_HOST, i, &model->hosts[i].head);
	for (i = 0; i < model->domains_len; i++)
		map_add(model->arena, &model->domain_names, model->domains[i].head.name, i);
}

/* Hosts, gateways and egress objects alone: connectors and domains have namespaces of their own. */
ModelRef
model_find_sender(const Model *model, Str name)
{
	uint32_t index = map_find(&model->senders, name);

	return index == MAP_NONE ? (ModelRef){MODEL_KIND_NONE, 0} : model->refs.items[index];
}

static const FieldObject *
ref_head(const Model *model, ModelRef ref)
{
	static const FieldObject nothing = {.name = STR_CONST("")};

	switch (ref.kind) {
	case MODEL_KIND_HOST: return &model->hosts[ref.index].head;
	case MODEL_KIND_GATEWAY: return &model->gateways[ref.index].head;
	case MODEL_KIND_EGRESS: return &model->egress[ref.index].head;
	case MODEL_KIND_CONNECTOR: return &model->connectors[ref.index].head;
	case MODEL_KIND_DOMAIN: return &model->domains[ref.index].head;
	case MODEL_KIND_NONE: return &nothing;
	}
	return &nothing;
}

Str
model_ref_name(const Model *model, ModelRef ref)
{
	return ref_head(model, ref)->name;
}

Span
model_ref_span(const Model *model, ModelRef ref)
{
	return ref_head(model, ref)->name_span;
}

const ModelDomain *
model_find_domain(const Model *model, Str name)
{
	uint32_t index = map_find(&model->domain_names, name);

	return index == MAP_NONE ? NULL : &model->domains[index];
}

static bool
is_accepted_as(const ModelDomain *domain, ModelAccepted least)
{
	ModelAccepted value = domain->accepted.state == FIELD_SET
				      ? (ModelAccepted)domain->accepted.value
				      : MODEL_ACCEPTED;

	if (value == MODEL_NOT_ACCEPTED)
		return false;
	return least == MODEL_ACCEPTED || value == MODEL_ACCEPTED_WITH_SUBDOMAINS;
}

const ModelDomain *
model_domain_above(const Model *model, Str name)
{
	const ModelDomain *domain;
	size_t dot;

	for (dot = str_find_char(name, '.', 0); dot < name.len; dot = str_find_char(name, '.', 0)) {
		name = str_slice(name, dot + 1, name.len);
		domain = model_find_domain(model, name);
		if (domain != NULL && is_accepted_as(domain, MODEL_ACCEPTED_WITH_SUBDOMAINS))
			return domain;
	}
	return NULL;
}

/* A domain that is listed counts as it is stated; of another the one above it decides. */
bool
model_domain_is_accepted(const Model *model, Str name)
{
	const ModelDomain *domain = model_find_domain(model, name);

	if (domain != NULL)
		return is_accepted_as(domain, MODEL_ACCEPTED);
	return model_domain_above(model, name) != NULL;
}

Str
model_path(const Model *model, const char *section, Str name, const char *key)
{
	Str parts[2] = {str_from(section), name};
	Str path = schema_path(model->sink->arena, parts, 2);

	/* Keys need no escaping, and may lead through an object: `spf/also`. */
	if (key == NULL)
		return path;
	return str_format(model->sink->arena, STR_FMT "/%s", STR_ARG(path), key);
}

/* The nearest of the first so many names: a suggestion must not cost more than the check. */
#define SUGGESTION_NAMES 5000
#define SUGGESTIONS      10

static void
add_candidates(const Model *model, Arena *scratch, unsigned kinds, StrVec *names)
{
	size_t i;

	for (i = 0; i < model->refs.len && names->len < SUGGESTION_NAMES; i++) {
		ModelRef ref = model->refs.items[i];

		if ((kinds & 1u << ref.kind) != 0)
			VEC_PUSH(scratch, names, model_ref_name(model, ref));
	}
	for (i = 0; (kinds & 1u << MODEL_KIND_CONNECTOR) != 0 && i < model->connectors_len; i++)
		VEC_PUSH(scratch, names, model->connectors[i].head.name);
}

Str
model_suggest(Model *model, Str name, unsigned kinds, const char *const words[2])
{
	Arena *scratch;
	StrVec names = {0};
	size_t i;
	Str nearest;

	if (model->suggestions++ >= SUGGESTIONS)
		return (Str){0};
	scratch = arena_create();
	for (i = 0; i < 2 && words[i] != NULL; i++)
		VEC_PUSH(scratch, &names, str_from(words[i]));
	add_candidates(model, scratch, kinds, &names);
	nearest = str_nearest(
		name, names.items, names.len < SUGGESTION_NAMES ? names.len : SUGGESTION_NAMES);
	arena_destroy(scratch);
	return nearest;
}
