/* How much a mailbox is to submit, against what Exchange Online takes of one. */
#include "rules/rules_int.h"

/* How much of it a mailbox may do stands in src/data/limits.csv. */
typedef struct Limit {
	const char *key, *unit;
	NetLimit limit;
} Limit;

static const Limit limits[] = {
	{"volume/messages_per_minute", "messages a minute", NET_LIMIT_MESSAGES_PER_MINUTE},
	{"volume/recipients_per_day", "recipients a day", NET_LIMIT_RECIPIENTS_PER_DAY},
};
#define LIMITS BASE_COUNT(limits)

/* Of a limit: from here on a busy day meets it. */
#define NEAR_PER_CENT 80

/* The volumes that hosts of one mailbox state, of one kind. */
typedef struct Sum {
	uint64_t number;
	uint32_t hosts[1 + DIAG_RELATED_MAX]; /* the first of them */
	uint32_t len;                         /* of all */
} Sum;

typedef struct Load {
	Str mailbox; /* absent: the host names none */
	Sum sums[LIMITS];
} Load;

typedef struct Loads {
	VEC(Load) items;
	Map mailboxes; /* without regard to case → number */
} Loads;

static const FieldNumber *
volume_of(const RuleFacts *facts, uint32_t host, size_t limit)
{
	const ModelVolume *volume = &facts->model->hosts[host].volume;

	return limit == 0 ? &volume->messages_per_minute : &volume->recipients_per_day;
}

/* A host without a mailbox counts for itself: nobody knows what it shares. */
static Load *
load_of(const RuleFacts *facts, Loads *loads, uint32_t host)
{
	const FieldText *mailbox = &facts->model->hosts[host].mailbox;
	uint32_t number = (uint32_t)loads->items.len, known = MAP_NONE;

	if (mailbox->state == FIELD_SET)
		known = map_add(facts->scratch, &loads->mailboxes,
			str_lower(facts->scratch, mailbox->text), number);
	if (known != MAP_NONE)
		return &loads->items.items[known];
	VEC_PUSH(facts->scratch, &loads->items, ((Load){.mailbox = mailbox->text}));
	return &loads->items.items[number];
}

static void
add_volume(Sum *sum, uint32_t host, const FieldNumber *volume)
{
	if (volume->state != FIELD_SET)
		return;
	if (sum->len < BASE_COUNT(sum->hosts))
		sum->hosts[sum->len] = host;
	sum->len++;
	/* A volume may be as large as it likes. */
	if (volume->number > UINT64_MAX - sum->number)
		sum->number = UINT64_MAX;
	else
		sum->number += volume->number;
}

static Str
mailbox_text(const RuleFacts *facts, const Load *load, Str host)
{
	if (load->mailbox.ptr != NULL)
		return str_format(facts->arena, "mailbox `" STR_FMT "`", STR_ARG(load->mailbox));
	return str_format(facts->arena, "the mailbox of `" STR_FMT "`", STR_ARG(host));
}

static void
show_shares(const RuleFacts *facts, const Sum *sum, size_t limit, DiagSink *sink, Diag *diag)
{
	uint32_t i;

	diag_label(sink, diag, STR_FMT " of them",
		STR_ARG(rules_number(facts, volume_of(facts, sum->hosts[0], limit)->number)));
	for (i = 1; i < sum->len && i < BASE_COUNT(sum->hosts); i++) {
		const FieldNumber *volume = volume_of(facts, sum->hosts[i], limit);

		diag_related(sink, diag, volume->span, STR_FMT " of them",
			STR_ARG(rules_number(facts, volume->number)));
	}
	if (sum->len > BASE_COUNT(sum->hosts))
		diag_note(sink, diag, STR_FMT " relay hosts sign in as this mailbox",
			STR_ARG(rules_number(facts, sum->len)));
}

static void
report_sum(const RuleFacts *facts, const Load *load, size_t limit, DiagSink *sink)
{
	uint64_t most = net_limit(limits[limit].limit);
	const Sum *sum = &load->sums[limit];
	Str host = facts->model->hosts[sum->hosts[0]].head.name;
	bool over = sum->number > most, reaches = sum->number == most;
	Diag *diag = diag_report(sink, over ? DIAG_SUBMISSION_LIMIT : DIAG_SUBMISSION_LIMIT_NEAR,
		volume_of(facts, sum->hosts[0], limit)->span,
		STR_FMT " %s through " STR_FMT " %s the limit of " STR_FMT,
		STR_ARG(rules_number(facts, sum->number)), limits[limit].unit,
		STR_ARG(mailbox_text(facts, load, host)),
		over      ? "are over"
		: reaches ? "reach"
			  : "come near",
		STR_ARG(rules_number(facts, most)));

	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, host, limits[limit].key, (Str){0}));
	diag_label(sink, diag, "%s", over ? "more than a mailbox may submit" : "near the limit");
	if (sum->len > 1)
		show_shares(facts, sum, limit, sink, diag);
	diag_help(sink, diag, "%s",
		over ? "send more slowly, spread it over several mailboxes, or relay it through an "
		       "on-premises connector"
		     : "plan for a second mailbox or a connector before the volume grows");
}

/* Hosts that sign in as one mailbox share its limits. */
void
check_volumes(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Loads loads = {0};
	uint32_t i;
	size_t j;

	for (i = 0; i < model->hosts_len; i++) {
		Load *load;

		if (model->host_infos[i].method != MODEL_METHOD_SUBMISSION ||
			model->hosts[i].volume.head.state != FIELD_SET)
			continue;
		load = load_of(facts, &loads, i);
		for (j = 0; j < LIMITS; j++)
			add_volume(&load->sums[j], i, volume_of(facts, i, j));
	}
	for (j = 0; j < LIMITS; j++) {
		uint64_t near = net_limit(limits[j].limit) * NEAR_PER_CENT / 100;

		for (i = 0; i < loads.items.len; i++) {
			if (loads.items.items[i].sums[j].number >= near)
				report_sum(facts, &loads.items.items[i], j, sink);
		}
	}
}
