/* The result of `plan` for people, on a terminal or in a comment. */
#include "view/view_int.h"

#include "text/text.h"

/* A form of text: how a user's text, and a line of a depth, are written. */
typedef struct Writer {
	Buf *out;
	Arena *arena;
	const Plan *plan;
	bool markdown;
} Writer;

/* --- words ------------------------------------------------------------------------------------ */

static void
user_text(Writer *writer, Str text)
{
	if (writer->markdown)
		text_markdown_code(writer->out, text);
	else
		text_terminal(writer->out, text);
}

/* What is not code in Markdown. */
static void
plain_text(Writer *writer, Str text)
{
	if (writer->markdown)
		text_markdown(writer->out, text);
	else
		text_terminal(writer->out, text);
}

static void
begin_line(Writer *writer, unsigned depth)
{
	buf_repeat(writer->out, ' ', (size_t)depth * (writer->markdown ? 2 : 4));
	if (writer->markdown)
		buf_lit(writer->out, "- ");
}

static const char *
arrow(const Writer *writer)
{
	return writer->markdown ? " → " : " -> ";
}

static void
empty_value(Writer *writer)
{
	buf_lit(writer->out, "(nothing)");
}

static void
scalar(Writer *writer, ConnectorProperty property, const ConnectorValue *value)
{
	if (connector_property_kind(property) == CONNECTOR_KIND_FLAG)
		user_text(writer, value->on ? STR("true") : STR("false"));
	else if (value->text.len == 0)
		empty_value(writer);
	else
		user_text(writer, value->text);
}

/* --- what stands behind an address ------------------------------------------------------------ */

Str
view_source_owner(const Model *model, const StateSource *source)
{
	const FieldText *owner = NULL;

	if (source->host != STATE_NONE)
		owner = &model->hosts[source->host].owner;
	if ((owner == NULL || owner->state != FIELD_SET) && source->egress != MODEL_SELF)
		owner = &model->egress[source->egress].owner;
	return owner != NULL && owner->state == FIELD_SET ? owner->text : (Str){0};
}

#define SOURCES_SHOWN 3

static void
write_sources(Writer *writer, const StateConnector *connector, const StateAddress *address)
{
	const Model *model = writer->plan->model;
	uint32_t i;

	for (i = 0; i < address->sources_len && i < SOURCES_SHOWN; i++) {
		const StateSource *source = &connector->sources.items[address->sources[i]];
		Str owner = view_source_owner(model, source);

		buf_lit(writer->out, i == 0 ? "  " : ", ");
		plain_text(writer, state_source_text(writer->arena, model, source));
		if (owner.len == 0)
			continue;
		buf_lit(writer->out, " (");
		plain_text(writer, owner);
		buf_char(writer->out, ')');
	}
	if (i < address->sources_len)
		buf_printf(writer->out, " and %u more", (unsigned)(address->sources_len - i));
}

/* The entry of the spec behind an element of SenderIPAddresses: they are sorted. */
static const StateAddress *
find_address(const StateConnector *connector, Str text)
{
	size_t low = 0, high = connector->addresses.len;
	NetPrefix prefix;

	if (net_prefix_parse(text, &prefix) != NET_ADDRESS_OK)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const StateAddress *address = &connector->addresses.items[middle];
		int order = net_prefix_compare(address->range, prefix);

		if (order == 0)
			return address;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* --- one connector ---------------------------------------------------------------------------- */

static void
write_elements(Writer *writer, const StateConnector *after, const PlanChange *change,
	const StrVec *elements, const char *sign)
{
	size_t i;

	for (i = 0; i < elements->len; i++) {
		const StateAddress *address = NULL;
		Buf signed_text = buf_make(writer->arena);

		/* Inside the code: a sign before it would begin a list in Markdown. */
		buf_lit(&signed_text, sign);
		buf_str(&signed_text, elements->items[i]);
		begin_line(writer, 2);
		user_text(writer, buf_text(&signed_text));
		if (change->property == CONNECTOR_SENDER_ADDRESSES && after != NULL)
			address = find_address(after, elements->items[i]);
		if (address != NULL)
			write_sources(writer, after, address);
		buf_char(writer->out, '\n');
	}
}

static void
write_change(Writer *writer, const StateConnector *after, const PlanChange *change)
{
	begin_line(writer, 1);
	user_text(writer, str_from(connector_property_name(change->property)));
	switch (connector_property_kind(change->property)) {
	case CONNECTOR_KIND_TEXTS:
	case CONNECTOR_KIND_DOMAINS:
	case CONNECTOR_KIND_ADDRESSES:
		buf_lit(writer->out, "\n");
		write_elements(writer, after, change, &change->added, "+ ");
		write_elements(writer, after, change, &change->removed, "- ");
		return;
	case CONNECTOR_KIND_FLAG:
	case CONNECTOR_KIND_TEXT: break;
	}
	buf_lit(writer->out, ": ");
	if (change->before != NULL) {
		scalar(writer, change->property, change->before);
		buf_lit(writer->out, arrow(writer));
	}
	scalar(writer, change->property, change->after);
	buf_char(writer->out, '\n');
}

/* A new connector: all that it gets, less what is nothing. */
static void
write_new(Writer *writer, const PlanConnector *connector)
{
	size_t i;

	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		const ConnectorValue *value = &connector->final.values[i];
		PlanChange change = {.property = (ConnectorProperty)i, .after = value};

		change.added = value->list;
		if (value->on || value->text.len > 0 || value->list.len > 0 ||
			i == CONNECTOR_REQUIRE_TLS || i == CONNECTOR_ENABLED)
			write_change(writer, connector->after, &change);
	}
}

static void
write_heading(Writer *writer, const char *action, Str name)
{
	begin_line(writer, 0);
	buf_printf(writer->out, writer->markdown ? "**%s** " : "%-8s ", action);
	user_text(writer, name);
}

static void
write_connector(Writer *writer, const PlanConnector *connector)
{
	size_t i;

	if (connector->action == PLAN_UNCHANGED || connector->action == PLAN_UNMANAGED)
		return;
	write_heading(writer, plan_action_text(connector->action),
		connector->after != NULL ? connector->after->name : connector->before->name);
	if (connector->action == PLAN_RENAME) {
		buf_lit(writer->out, ", was ");
		user_text(writer, connector->was);
	}
	buf_char(writer->out, '\n');
	if (connector->action == PLAN_CREATE)
		write_new(writer, connector);
	for (i = 0; i < connector->changes.len; i++)
		write_change(writer, connector->after, &connector->changes.items[i]);
}

/* --- what is left alone, and the sums --------------------------------------------------------- */

static size_t
count_action(const Plan *plan, PlanAction action)
{
	size_t count = 0, i;

	for (i = 0; i < plan->connectors.len; i++)
		count += plan->connectors.items[i].action == action;
	return count;
}

static void
write_left_alone(Writer *writer)
{
	const Plan *plan = writer->plan;
	size_t unchanged = count_action(plan, PLAN_UNCHANGED);
	size_t unmanaged = count_action(plan, PLAN_UNMANAGED), i;

	for (i = 0; i < plan->others.len; i++) {
		if (plan->others.items[i].action != PLAN_UNMANAGED)
			continue;
		write_heading(writer, "not in the spec", plan->others.items[i].before->name);
		buf_lit(writer->out, ": left alone\n");
	}
	if (unchanged > 0) {
		begin_line(writer, 0);
		buf_printf(writer->out, "%zu unchanged\n", unchanged);
	}
	if (unmanaged > 0) {
		begin_line(writer, 0);
		buf_printf(writer->out, "%zu not managed\n", unmanaged);
	}
}

static Str
count_of(Writer *writer, const NetSet *a, const NetSet *b)
{
	NetSet rest = net_set_subtract(writer->arena, a, b);

	return net_bits_grouped(writer->arena, net_set_count4(&rest));
}

/* What the change costs: addresses that may relay through the tenant. */
static void
write_price(Writer *writer)
{
	const Plan *plan = writer->plan;
	NetSet none = {0};
	Str before = count_of(writer, &plan->relay_before, &none);
	Str after = count_of(writer, &plan->relay_after, &none);
	Str more = count_of(writer, &plan->relay_after, &plan->relay_before);
	Str fewer = count_of(writer, &plan->relay_before, &plan->relay_after);

	buf_printf(writer->out,
		"\nAddresses that may relay: " STR_FMT " (" STR_FMT " before: " STR_FMT
		" new, " STR_FMT " gone)\n",
		STR_ARG(after), STR_ARG(before), STR_ARG(more), STR_ARG(fewer));
}

/* Which calls come first is the script's business; that some cannot come first is not. */
static void
write_order(Writer *writer)
{
	const Plan *plan = writer->plan;
	size_t adding = 0, i;

	if (plan->calls.len == 0)
		return;
	for (i = 0; i < plan->calls.len; i++)
		adding += plan->calls.items[i].phase == PLAN_PHASE_ADD;
	buf_printf(writer->out, "Calls: %zu that only add, then a wait, then %zu that take away\n",
		adding, plan->calls.len - adding);
	if (plan->has_gap)
		buf_lit(writer->out,
			"No order of these calls keeps everything accepted: certificates or TLS "
			"change hands in a circle\n");
}

void
view_difference(Buf *out, const Plan *plan, bool markdown)
{
	Writer writer = {out, arena_create(), plan, markdown};
	size_t i;

	for (i = 0; i < plan->connectors.len; i++)
		write_connector(&writer, &plan->connectors.items[i]);
	for (i = 0; i < plan->others.len; i++)
		write_connector(&writer, &plan->others.items[i]);
	write_left_alone(&writer);
	if (plan->differences > 0) {
		write_price(&writer);
		view_spf_price(out, plan->after, markdown);
		write_order(&writer);
	}
	buf_printf(out, "%s%zu difference%s: compared %zu connector%s, %zu propert%s\n",
		out->len > 0 ? "\n" : "", plan->differences, plan->differences == 1 ? "" : "s",
		plan->compared_connectors, plan->compared_connectors == 1 ? "" : "s",
		plan->compared, plan->compared == 1 ? "y" : "ies");
	arena_destroy(writer.arena);
}
