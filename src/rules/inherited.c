/*
 * CP706: an error about something that stands in the tenant already, against our rules. The change
 * does not bring it, so it does not block the change. Runs after all other rules.
 */
#include "rules/rules_int.h"

#define BIT(property) (1u << CONNECTOR_##property)
#define ADDRESSES     BIT(SENDER_ADDRESSES)
#define CERTIFICATES  (BIT(CERTIFICATE) | BIT(REQUIRE_TLS))
#define TRUST         (BIT(INTERNAL) | BIT(HYBRID) | BIT(TYPE))

/* Errors about what a connector holds, and the properties that each is about. */
static const struct {
	const char *code;
	uint32_t properties;
} inherited[] = {
	{"CP102", ADDRESSES},
	{"CP103", ADDRESSES},
	{"CP104", ADDRESSES},
	{"CP106", ADDRESSES},
	{"CP108", ADDRESSES},
	{"CP109", ADDRESSES},
	{"CP114", ADDRESSES},
	{"CP203", ADDRESSES | BIT(ENABLED) | BIT(ACCEPTED_DOMAINS) | BIT(SENDER_DOMAINS) |
			  BIT(RESTRICT_ADDRESSES)},
	{"CP401", ADDRESSES | CERTIFICATES | BIT(TYPE)},
	{"CP402", CERTIFICATES},
	{"CP403", ADDRESSES | BIT(RESTRICT_ADDRESSES)},
	{"CP404", CERTIFICATES | BIT(RESTRICT_CERTIFICATE)},
	{"CP406", TRUST},
	{"CP408", CERTIFICATES},
	{"CP410", BIT(SENDER_DOMAINS)},
	{"CP415", BIT(SKIP) | BIT(SKIP_LAST)},
};

/* The key in a path that begins with SECTION/NAME/KEY, or nothing. */
static Str
key_of(Str path)
{
	size_t name = str_find_char(path, '/', 0);
	size_t key = name < path.len ? str_find_char(path, '/', name + 1) : path.len;

	return key == path.len ? STR("")
			       : str_slice(path, key + 1, str_find_char(path, '/', key + 1));
}

/* The properties that an error is about; none: it is not about a connector alone. */
static uint32_t
properties_of(const Diag *diag)
{
	size_t i;

	if (diag->severity != DIAG_SEVERITY_ERROR)
		return 0;
	/* The same error in a skip list is about that list. */
	if (str_find(diag->path, STR("/enhanced_filtering/skip")) < diag->path.len)
		return BIT(SKIP);
	/* Other names that lead nowhere are what only the spec has. */
	if (diag->code == DIAG_UNRESOLVED_NAME)
		return STR_EQ(key_of(diag->path), "accepted_domains") ? BIT(ACCEPTED_DOMAINS) : 0;
	for (i = 0; i < BASE_COUNT(inherited); i++) {
		if (str_equal(str_from(diag_code_text(diag->code)), str_from(inherited[i].code)))
			return inherited[i].properties;
	}
	return 0;
}

/* Takes the next name off a path, `~1` and `~0` undone. */
static Str
next_name(Arena *arena, Str *rest)
{
	size_t slash = str_find_char(*rest, '/', 0), i;
	Str raw = str_slice(*rest, 0, slash);
	Buf name = buf_make(arena);

	*rest = slash < rest->len ? str_slice(*rest, slash + 1, rest->len) : STR("");
	for (i = 0; i < raw.len; i++) {
		bool escaped = raw.ptr[i] == '~' && i + 1 < raw.len;

		buf_char(&name, !escaped ? raw.ptr[i] : raw.ptr[i + 1] == '1' ? '/' : '~');
		i += escaped;
	}
	return buf_text(&name);
}

/* Whose property an error is about: by the object that its path names. */
typedef struct Subject {
	bool is_connector;
	Str name;
	ModelRef sender;
} Subject;

static Subject
subject_of(const RuleFacts *facts, Str path)
{
	Str section = next_name(facts->scratch, &path);
	Subject subject = {.is_connector = STR_EQ(section, "connectors"),
		.name = next_name(facts->scratch, &path)};

	if (STR_EQ(section, "egress") || STR_EQ(section, "gateways") ||
		STR_EQ(section, "relay_hosts"))
		subject.sender = model_find_sender(facts->model, subject.name);
	return subject;
}

static bool
source_is(const StateSource *source, ModelRef sender)
{
	switch (sender.kind) {
	case MODEL_KIND_HOST: return source->host == sender.index;
	case MODEL_KIND_GATEWAY: return source->last_hop == sender.index;
	case MODEL_KIND_EGRESS: return source->egress == sender.index;
	case MODEL_KIND_NONE:
	case MODEL_KIND_CONNECTOR:
	case MODEL_KIND_DOMAIN: break;
	}
	return false;
}

static bool
is_affected(const StateConnector *connector, const Subject *subject)
{
	size_t i;

	if (subject->is_connector)
		return str_equal(connector->name, subject->name);
	for (i = 0; connector->by_address && i < connector->sources.len; i++) {
		if (source_is(&connector->sources.items[i], subject->sender))
			return true;
	}
	return false;
}

/* On an on-premises connector scope and restrictions have no say in who may hold an address. */
#define WITHOUT_EFFECT (BIT(SENDER_DOMAINS) | BIT(RESTRICT_ADDRESSES) | BIT(RESTRICT_CERTIFICATE))

static bool
equals_live(const Plan *plan, const PlanConnector *connector, uint32_t properties)
{
	size_t i;

	if (connector->before == NULL)
		return false;
	if (connector->before->type == MODEL_ON_PREMISES &&
		connector->after->type == MODEL_ON_PREMISES && (properties & ADDRESSES) != 0)
		properties &= ~WITHOUT_EFFECT;
	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		if ((properties & 1u << i) != 0 &&
			plan_property_differs(plan, connector, (ConnectorProperty)i))
			return false;
	}
	return true;
}

/* Whether a connector that shares an address with it is not what the tenant holds. */
static bool
has_new_rival(const Plan *plan, const StateConnector *connector, uint32_t properties)
{
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		const PlanConnector *other = &plan->connectors.items[i];

		if (other->after != connector &&
			net_set_overlaps(&other->after->set, &connector->set) &&
			!equals_live(plan, other, properties))
			return true;
	}
	return false;
}

static bool
is_inherited(const RuleFacts *facts, const Diag *diag, uint32_t properties)
{
	const Plan *plan = facts->input->plan;
	Subject subject = subject_of(facts, diag->path);
	bool any = false;
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		const PlanConnector *connector = &plan->connectors.items[i];

		if (!is_affected(connector->after, &subject))
			continue;
		any = true;
		if (!equals_live(plan, connector, properties) ||
			(diag->code == DIAG_OVERLAPPING_CONNECTORS &&
				has_new_rival(plan, connector->after, properties)))
			return false;
	}
	return any;
}

/* The finding stays what it is but for its code: place, routes and help are the same. */
static void
make_inherited(Diag *diag, DiagSink *sink)
{
	const char *code = diag_code_text(diag->code), *name = diag_code_name(diag->code);

	diag->code = DIAG_LIVE_INHERITED;
	diag->severity = diag_code_severity(DIAG_LIVE_INHERITED);
	diag->message =
		str_format(sink->arena, "stands in the tenant: " STR_FMT, STR_ARG(diag->message));
	diag_note(sink, diag, "%s %s: an error where a change brings it", code, name);
}

void
check_live_inherited(const RuleFacts *facts, DiagSink *sink)
{
	size_t i;

	if (facts->input->plan->before == NULL)
		return;
	for (i = 0; i < sink->items.len; i++) {
		Diag *diag = &sink->items.items[i];
		uint32_t properties = properties_of(diag);

		if (properties != 0 && is_inherited(facts, diag, properties))
			make_inherited(diag, sink);
	}
}
