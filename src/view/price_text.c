/* The price of the SPF records for people: what view_price() counts, in lines. */
#include "view/view_int.h"

#include "text/text.h"

/* Domains and terms that are told one by one; of all there is a count in plan.json. */
#define DOMAINS_SHOWN 20u
#define TERMS_SHOWN   10u
#define NAMES_SHOWN   8u

typedef struct Writer {
	Buf *out;
	Arena *arena;
	const State *state;
	bool markdown;
} Writer;

/* Terms come out of the DNS, names out of the spec. */
static void
write_text(Writer *writer, Str text)
{
	if (writer->markdown)
		text_markdown_code(writer->out, text);
	else
		text_terminal(writer->out, text);
}

static void
write_counts(Writer *writer, const NetSet *set)
{
	buf_printf(writer->out, STR_FMT " IPv4, " STR_FMT " IPv6",
		STR_ARG(net_bits_grouped(writer->arena, net_set_count4(set))),
		STR_ARG(net_bits_grouped(writer->arena, net_set_count6(set))));
}

static void
write_term(Writer *writer, const StateSpf *spf, const SpfShare *share)
{
	StrVec names;
	size_t i;

	buf_lit(writer->out, writer->markdown ? "- " : "    ");
	write_text(writer, view_octets(writer->arena, share->term));
	buf_lit(writer->out, ": ");
	write_counts(writer, &share->pass);
	view_term_names(writer->arena, writer->state, spf, share, &names);
	for (i = 0; i < names.len && i < NAMES_SHOWN; i++) {
		buf_lit(writer->out, i == 0 ? "  by " : ", ");
		write_text(writer, names.items[i]);
	}
	if (names.len > NAMES_SHOWN)
		buf_printf(writer->out, " and %zu more", names.len - NAMES_SHOWN);
	buf_char(writer->out, '\n');
}

static void
write_terms(Writer *writer, const StateSpf *spf, const SpfExpansion *sets)
{
	size_t shown = 0, i;

	for (i = 0; i < sets->terms.len; i++) {
		if (net_set_is_empty(&sets->terms.items[i].pass))
			continue;
		if (shown++ < TERMS_SHOWN)
			write_term(writer, spf, &sets->terms.items[i]);
	}
	if (shown > TERMS_SHOWN)
		buf_printf(writer->out, "%s%zu more terms\n", writer->markdown ? "- " : "    ",
			shown - TERMS_SHOWN);
}

/* Where not every answer is known all counts are lower bounds. */
static void
write_domain(Writer *writer, const StatePrice *price)
{
	StateSpf *spf = &writer->state->spf.items[price->spf];
	const SpfExpansion *sets = state_spf_sets(writer->state, spf);
	bool known = view_spf_is_known(sets);

	buf_lit(writer->out, writer->markdown ? "\n" : "");
	buf_lit(writer->out, "Addresses that may send as ");
	write_text(writer, price->domain);
	buf_lit(writer->out, known ? ": " : ": at least ");
	write_counts(writer, &sets->results[SPF_PASS]);
	if (known)
		buf_printf(writer->out, "; %u of %d look-ups, %u of %d voids", sets->worst_lookups,
			SPF_LOOKUPS_MAX, sets->worst_voids, SPF_VOIDS_MAX);
	else
		buf_printf(writer->out, "; at least %u of %d look-ups", price->lookup_terms,
			SPF_LOOKUPS_MAX);
	buf_printf(writer->out, ", %zu octets\n", state_spf_text(spf).len);
	buf_lit(writer->out, writer->markdown ? "\n" : "");
	write_terms(writer, spf, sets);
}

void
view_spf_price(Buf *out, const State *state, bool markdown)
{
	Writer writer = {out, arena_create(), state, markdown};
	size_t i;

	for (i = 0; i < state->prices.len && i < DOMAINS_SHOWN; i++)
		write_domain(&writer, &state->prices.items[i]);
	if (i < state->prices.len)
		buf_printf(out, "%sand %zu more domains\n", markdown ? "\n" : "",
			state->prices.len - i);
	arena_destroy(writer.arena);
}
