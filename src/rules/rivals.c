/* Two connectors that would both take one sender's mail. */
#include "rules/sweep_int.h"

/* The senders that a connector is for. */
typedef struct Senders {
	bool known; /* worked out; else only on first use */
	bool all;
	StrVec exact, below; /* D; the part behind `*.` */
	Map exact_names, below_names;
} Senders;

typedef struct Rivals {
	const RuleFacts *facts;
	ModelConnectorType type;
	Senders *senders;        /* one for each of State.connectors */
	uint32_t *last_disjoint; /* the connector that each was last found disjoint from */
	uint64_t questions;
} Rivals;

/* --- senders ---------------------------------------------------------------------------------- */

static void
add_name(Rivals *rivals, StrVec *names, Map *map, Str name)
{
	Arena *scratch = rivals->facts->scratch;

	if (map_add(scratch, map, name, 1) == MAP_NONE)
		VEC_PUSH(scratch, names, name);
}

/* An accepted domain that stands for its subdomains does so on a connector as well. */
static void
add_accepted_domain(Rivals *rivals, Senders *senders, Str name)
{
	const ModelDomain *domain = model_find_domain(rivals->facts->model, name);

	add_name(rivals, &senders->exact, &senders->exact_names, name);
	if (domain != NULL && domain->accepted.state == FIELD_SET &&
		domain->accepted.value == MODEL_ACCEPTED_WITH_SUBDOMAINS)
		add_name(rivals, &senders->below, &senders->below_names, name);
}

static void
add_sender_domain(Rivals *rivals, Senders *senders, Str name)
{
	if (STR_EQ(name, "*"))
		senders->all = true;
	else if (str_starts(name, STR("*.")))
		add_name(rivals, &senders->below, &senders->below_names,
			str_slice(name, 2, name.len));
	else
		add_name(rivals, &senders->exact, &senders->exact_names, name);
}

static const Senders *
senders_of(Rivals *rivals, uint32_t connector)
{
	const ModelConnector *spec = rivals->facts->state->connectors.items[connector].spec;
	Senders *senders = &rivals->senders[connector];
	uint32_t i;

	if (senders->known)
		return senders;
	senders->known = true;
	if (spec == NULL ||
		(rivals->type == MODEL_ON_PREMISES && spec->accepted_domains.len == 0)) {
		senders->all = true;
		return senders;
	}
	for (i = 0; rivals->type == MODEL_ON_PREMISES && i < spec->accepted_domains.len; i++)
		add_accepted_domain(rivals, senders, spec->accepted_domains.items[i].text);
	for (i = 0; rivals->type == MODEL_PARTNER && i < spec->sender_domains.len; i++)
		add_sender_domain(rivals, senders, spec->sender_domains.items[i].text);
	return senders;
}

/* Whether a `*.parent` of `senders` covers what lies strictly below its parent. */
static bool
parent_is_below(const Senders *senders, Str name)
{
	size_t dot;

	while ((dot = str_find_char(name, '.', 0)) < name.len) {
		name = str_slice(name, dot + 1, name.len);
		if (map_find(&senders->below_names, name) != MAP_NONE)
			return true;
	}
	return false;
}

/* Whether a sender of `a` is one of `b`, as far as names or patterns of `b` lie around it. */
static bool
meets(Rivals *rivals, const Senders *a, const Senders *b)
{
	size_t i;

	rivals->questions += a->exact.len + a->below.len;
	for (i = 0; i < a->exact.len; i++) {
		if (map_find(&b->exact_names, a->exact.items[i]) != MAP_NONE ||
			parent_is_below(b, a->exact.items[i]))
			return true;
	}
	for (i = 0; i < a->below.len; i++) {
		if (map_find(&b->below_names, a->below.items[i]) != MAP_NONE ||
			parent_is_below(b, a->below.items[i]))
			return true;
	}
	return false;
}

static bool
restricts_to_addresses(const StateConnector *connector)
{
	return connector->record.values[CONNECTOR_RESTRICT_ADDRESSES].on;
}

static bool
are_rivals(void *context, const SweepEntry *outer, const SweepEntry *inner)
{
	Rivals *rivals = context;
	const StateConnector *connectors = rivals->facts->state->connectors.items;
	const Senders *a, *b;

	if (rivals->questions > RULES_MAX_QUESTIONS ||
		rivals->last_disjoint[inner->owner] == outer->owner)
		return false;
	rivals->questions++;
	if (rivals->type == MODEL_PARTNER && !restricts_to_addresses(&connectors[outer->owner]) &&
		!restricts_to_addresses(&connectors[inner->owner]))
		return false;
	a = senders_of(rivals, outer->owner);
	b = senders_of(rivals, inner->owner);
	if (a->all || b->all || meets(rivals, a, b) || meets(rivals, b, a))
		return true;
	rivals->last_disjoint[inner->owner] = outer->owner;
	return false;
}

/* --- CP203 ------------------------------------------------------------------------------------ */

static const StateAddress *
address_of(const RuleFacts *facts, const SweepEntry *entry)
{
	return &facts->state->connectors.items[entry->owner].addresses.items[entry->element];
}

/* By what a connector came to hold an address. */
static const StateSource *
source_of(const RuleFacts *facts, const SweepEntry *entry)
{
	const StateConnector *connector = &facts->state->connectors.items[entry->owner];

	return &connector->sources.items[address_of(facts, entry)->sources[0]];
}

static void
help_rivals(ModelConnectorType type, DiagSink *sink, Diag *diag)
{
	diag_help(sink, diag, "%s",
		type == MODEL_PARTNER
			? "keep it on one of them, or give them `sender_domains` that do not "
			  "overlap, or `restrict_to: certificate`"
			: "keep it on one of them, or give them `accepted_domains` with no domain "
			  "in common; if one replaces the other, set `enabled: false` on the old "
			  "one");
}

static void
report_rivals(const Rivals *rivals, const Sweep *sweep, uint32_t connector, DiagSink *sink)
{
	const RuleFacts *facts = rivals->facts;
	const SweepOverlap *overlap = &sweep->overlaps[connector];
	const SweepEntry *mine = &sweep->entries.items[overlap->mine];
	const SweepEntry *other = &sweep->entries.items[overlap->other];
	NetPrefix common = mine->network.len > other->network.len ? mine->network : other->network;
	Str name = rules_connector_name(facts, mine->owner),
	    text = rules_prefix_text(facts, common);
	Str second = rules_connector_name(facts, other->owner);
	bool partner = rivals->type == MODEL_PARTNER;
	Diag *diag = diag_report(sink, DIAG_OVERLAPPING_CONNECTORS, source_of(facts, mine)->span,
		"%s connectors `" STR_FMT "` and `" STR_FMT "` both hold `" STR_FMT
		"`, and %s: which of them takes its mail is undocumented",
		partner ? "partner" : "on-premises", STR_ARG(second), STR_ARG(name), STR_ARG(text),
		partner ? "their `sender_domains` overlap"
			: "no `accepted_domains` tell them apart");

	diag_path(diag, rules_accept_path(facts, mine->owner, source_of(facts, mine)));
	diag_label(
		sink, diag, "brings `" STR_FMT "` to `" STR_FMT "`", STR_ARG(text), STR_ARG(name));
	diag_related(sink, diag, source_of(facts, other)->span,
		"and this brings it to `" STR_FMT "`", STR_ARG(second));
	diag_related(sink, diag, address_of(facts, mine)->span, "the address");
	if (overlap->count > 1)
		diag_note(sink, diag, STR_FMT " more addresses of `" STR_FMT "` are shared so",
			STR_ARG(rules_number(facts, overlap->count - 1)), STR_ARG(name));
	help_rivals(rivals->type, sink, diag);
}

/* A list of domains that could not be read may be anything. */
static bool
takes_part(const Rivals *rivals, const StateConnector *connector)
{
	const ModelConnector *spec = connector->spec;

	if (!connector->enabled || connector->type != rivals->type)
		return false;
	return spec == NULL ||
	       (spec->type.state == FIELD_SET && spec->accepted_domains.state != FIELD_BAD &&
		       spec->sender_domains.state != FIELD_BAD);
}

void
rules_report_limit(const RuleFacts *facts, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_INPUT_LIMIT, facts->model->connectors[0].head.name_span,
		"connectors share addresses in more ways than can be compared");

	diag_path(diag, STR("connectors"));
	diag_help(sink, diag, "keep each address on one connector");
}

static void
check_type(const RuleFacts *facts, ModelConnectorType type, DiagSink *sink)
{
	uint32_t len = (uint32_t)facts->state->connectors.len, i, j;
	Rivals rivals = {.facts = facts, .type = type};
	Sweep sweep = {.scratch = facts->scratch, .conflict = are_rivals, .context = &rivals};

	rivals.senders = ARENA_ARRAY(facts->scratch, Senders, len);
	rivals.last_disjoint = ARENA_ARRAY(facts->scratch, uint32_t, len);
	for (i = 0; i < len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		rivals.last_disjoint[i] = STATE_NONE;
		for (j = 0; takes_part(&rivals, connector) && j < connector->addresses.len; j++)
			VEC_PUSH(facts->scratch, &sweep.entries,
				((SweepEntry){connector->addresses.items[j].range, i, j}));
	}
	if (!rules_sweep(&sweep, len, RULES_MAX_QUESTIONS) ||
		rivals.questions > RULES_MAX_QUESTIONS)
		rules_report_limit(facts, sink);
	for (i = 0; i < len; i++) {
		if (sweep.overlaps[i].count > 0)
			report_rivals(&rivals, &sweep, i, sink);
	}
}

/* Which connector wins is documented nowhere; reports say that the service warns. */
void
check_overlapping_connectors(const RuleFacts *facts, DiagSink *sink)
{
	check_type(facts, MODEL_ON_PREMISES, sink);
	check_type(facts, MODEL_PARTNER, sink);
}
