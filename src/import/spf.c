/*
 * From the SPF record that a domain publishes to `spf` of the spec. The record is composed from now
 * on where every term of it is somebody's: addresses of egress objects, the cloud's include, other
 * includes. Else it is checked alone.
 */
#include "import/import_int.h"

/* What a record holds, as far as a spec says it without `terms`. */
typedef struct Published {
	NetSet addresses;
	StrVec includes;
	bool cloud, has_all;
	ModelSpfAll all;
} Published;

static Str
cloud_include(const Importer *importer)
{
	const FieldChoice *cloud = &importer->spec->tenant.cloud;
	size_t value = cloud->state == FIELD_SET ? cloud->value : MODEL_CLOUD_WORLDWIDE;

	return net_endpoint(str_from(model_cloud_choices.texts[value]), NET_ENDPOINT_SPF)->name;
}

static bool
take_include(const Importer *importer, const SpfTerm *term, Published *published)
{
	Str name = str_slice(term->text, str_find_char(term->text, ':', 0) + 1, term->text.len);

	if (term->qualifier != SPF_PASS ||
		net_name_parse(importer->arena, name, NET_NAME_DNS, &name) != NET_NAME_OK)
		return false;
	if (str_equal(name, cloud_include(importer)))
		published->cloud = true;
	else
		VEC_PUSH(importer->arena, &published->includes, name);
	return true;
}

/* `+all` lets everybody in: no spec composes that. */
static bool
take_all(const SpfTerm *term, Published *published)
{
	published->has_all = true;
	published->all = term->qualifier == SPF_FAIL       ? MODEL_SPF_FAIL
			 : term->qualifier == SPF_SOFTFAIL ? MODEL_SPF_SOFTFAIL
							   : MODEL_SPF_NEUTRAL;
	return term->qualifier != SPF_PASS;
}

/* False: nobody knows whose it is. What stands behind `all` has no effect. */
static bool
take_term(const Importer *importer, const SpfTerm *term, Published *published)
{
	switch (term->kind) {
	case SPF_TERM_IP4:
	case SPF_TERM_IP6:
		net_set_add(importer->arena, &published->addresses, term->prefix);
		return term->qualifier == SPF_PASS && !published->has_all;
	case SPF_TERM_INCLUDE:
		return !published->has_all && take_include(importer, term, published);
	case SPF_TERM_ALL: return !published->has_all && take_all(term, published);
	case SPF_TERM_A:
	case SPF_TERM_MX:
	case SPF_TERM_PTR:
	case SPF_TERM_EXISTS:
	case SPF_TERM_REDIRECT:
	case SPF_TERM_EXP:
	case SPF_TERM_UNKNOWN:
	case SPF_TERMS: break;
	}
	return false;
}

/* Egress objects of ours whose addresses are all in the record; false: the record holds others. */
static bool
find_senders(const Importer *importer, const Published *published, StrVec *ret_names)
{
	NetSet ours = {0};
	size_t i;

	for (i = 0; i < importer->groups.len; i++) {
		const ImportGroup *group = &importer->groups.items[i];
		NetSet set =
			net_set_of(importer->arena, group->prefixes.items, group->prefixes.len);

		if (import_is_others(importer, group) ||
			!net_set_contains_set(&published->addresses, &set))
			continue;
		net_set_add_all(importer->arena, &ours, &set);
		VEC_PUSH(importer->arena, ret_names, group->name);
	}
	net_set_normalise(&ours);
	return net_set_equal(&ours, &published->addresses);
}

/* All of the record as keys; false, and nothing: a term is nobody's. */
static bool
compose(Importer *importer, Str text, ModelSpf *spf)
{
	SpfProblem problem;
	SpfRecord *record;
	Published published = {0};
	StrVec senders = {0};
	size_t i;

	if (!spf_parse(importer->arena, text, &record, &problem))
		return false;
	for (i = 0; i < record->len; i++) {
		if (!take_term(importer, &record->terms[i], &published))
			return false;
	}
	net_set_normalise(&published.addresses);
	if (!published.has_all || !find_senders(importer, &published, &senders))
		return false;
	import_set_choice(&spf->all, published.all);
	import_set_flag(&spf->exchange_online, published.cloud);
	if (published.includes.len > 0)
		import_set_items(importer, &spf->includes, &published.includes);
	if (senders.len > 0)
		import_set_items(importer, &spf->also, &senders);
	return true;
}

/* The SPF records at a name; their number. */
static size_t
find_record(const DnsAnswer *answer, Str *ret_record)
{
	size_t count = 0, i;

	for (i = 0; answer->status == DNS_OK && i < answer->texts.len; i++) {
		if (!spf_is_record(answer->texts.items[i]))
			continue;
		count++;
		*ret_record = answer->texts.items[i];
	}
	return count;
}

void
import_spf(Importer *importer, ModelDomain *domain, Buf *note)
{
	const DnsAnswer *answer;
	Str record = {0};
	size_t count;

	domain->spf.head.state = FIELD_SET;
	if (importer->dns == NULL) {
		import_set_choice(&domain->spf.manage, MODEL_SPF_OFF);
		return;
	}
	answer = dns_ask(importer->dns, domain->head.name, DNS_TXT);
	count = find_record(answer, &record);
	if (count == 1 && compose(importer, record, &domain->spf))
		return;
	import_set_choice(&domain->spf.manage, count > 0 ? MODEL_SPF_CHECK : MODEL_SPF_OFF);
	if (count > 1)
		buf_lit(note, "It publishes more than one SPF record: receivers use none.\n");
	else if (count == 1)
		buf_lit(note, "Its SPF record holds what belongs to no egress object or include: "
			      "say whose it is,\nand connplan can compose the record.\n");
	else if (answer->status == DNS_OK || answer->status == DNS_NODATA ||
		 answer->status == DNS_NXDOMAIN)
		buf_lit(note, "It publishes no SPF record.\n");
	else
		buf_lit(note, "The lock does not tell what it publishes.\n");
}
