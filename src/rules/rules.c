/* The list of rules, and the run over all of them. */
#include "rules/rules_int.h"

typedef void (*RuleCheck)(const RuleFacts *facts, DiagSink *sink);

/* With the codes that each may report. The verdict sorts findings: but for the last one the order
 * here is for readers. */
static const RuleCheck checks[] = {
	check_spf_terms,              /* CP006 */
	check_limits,                 /* CP010 */
	check_unused_objects,         /* CP009 */
	check_gateway_clients,        /* CP014 */
	check_host_bits,              /* CP102 */
	check_address_classes,        /* CP103 CP104 CP105 CP110 */
	check_connector_identity,     /* CP106 CP401 */
	check_connector_ranges,       /* CP107 CP108 CP113 CP114 */
	check_shared_sources,         /* CP109 */
	check_repeated_addresses,     /* CP201 CP204 */
	check_overlapping_egress,     /* CP202 */
	check_overlapping_connectors, /* CP203 */
	check_coverage,               /* CP301 CP320 */
	check_spf_reach,              /* CP302 CP312 CP317 */
	check_spf_limits,             /* CP303 CP304 CP305 CP322 */
	check_spf_records,            /* CP006 CP306 to CP311 CP321 */
	check_spf_unknown,            /* CP313 CP314 CP323 */
	check_lock_age,               /* CP315 */
	check_no_lock,                /* CP316 */
	check_spf_published,          /* CP318 CP319 CP324 */
	check_certificate_tls,        /* CP402 */
	check_relay,                  /* CP412 CP413 CP418 */
	check_dynamic,                /* CP112 CP115 */
	check_width,                  /* CP111 CP207 CP208 */
	check_vendor_ranges,          /* CP116 */
	check_relay_neighbours,       /* CP205 */
	check_idle_settings,          /* CP405 */
	check_address_only_relay,     /* CP414 */
	check_restrictions,           /* CP403 CP404 CP416 CP430 */
	check_trust,                  /* CP406 CP407 CP426 */
	check_certificate_names,      /* CP408 CP409 */
	check_names_and_comments,     /* CP411 CP417 */
	check_skip_lists,             /* CP415 */
	check_last_hops,              /* CP419 CP420 CP431 */
	check_lockout,                /* CP421 */
	check_accepted_domains,       /* CP007 */
	check_sender_limits,          /* CP423 */
	check_relay_pool,             /* CP425 */
	check_enhanced_filtering,     /* CP427 */
	check_mail_exchangers,        /* CP428 CP429 */
	check_domain_records,         /* CP006 CP501 CP505 CP507 */
	check_reverse,                /* CP006 CP502 */
	check_published_names,        /* CP503 */
	check_mx_host,                /* CP504 */
	check_volumes,                /* CP601 CP612 */
	check_basic_auth,             /* CP602 CP611 */
	check_endpoints,              /* CP603 */
	check_direct_send,            /* CP604 CP605 */
	check_anonymous_ip6,          /* CP506 */
	check_weak_tls,               /* CP606 */
	check_submission,             /* CP607 CP608 CP609 */
	check_third_parties,          /* CP610 */
	check_expiry,                 /* CP013 CP016 CP017 */
	check_waivers,                /* CP006 CP801 CP802 CP804 CP806 */
	check_live_connectors,        /* CP701 CP702 CP703 CP704 */
	check_live_others,            /* CP705 CP709 */
	check_blast_radius,           /* CP707 */
	check_live_age,               /* CP708 CP710 */
	check_live_inherited,         /* CP706, in place of others: last */
};

void
rules_run(const RuleInput *input, DiagSink *sink)
{
	RuleFacts facts = {.input = input,
		.model = input->model,
		.state = input->state,
		.arena = sink->arena,
		.scratch = arena_create(),
		.sample = rules_is_sample(input->model)};
	uint64_t witness_steps = 0;
	unsigned suggestions = 0;
	size_t i;

	facts.witness_steps = &witness_steps;
	facts.suggestions = &suggestions;
	rules_find_facts(&facts);
	rules_find_failed_spf(&facts);
	for (i = 0; i < BASE_COUNT(checks) && !diag_is_full(sink); i++)
		checks[i](&facts, sink);
	arena_destroy(facts.scratch);
}
