/* Text of SPF records: the parser ends, its terms are slices of the text, and what it takes
 * evaluates. */
#include "spf/spf.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_terms(const SpfRecord *record, Str text)
{
	size_t i;

	for (i = 0; i < record->len; i++) {
		Str term = record->terms[i].text;

		ASSERT(term.len > 0 && term.ptr >= text.ptr &&
			term.ptr + term.len <= text.ptr + text.len);
	}
}

/* The record as that of a domain in a world that holds nothing else. */
static void
evaluate(Arena *arena, Str text)
{
	DnsLock *lock = dns_lock_new(arena);
	Json *strings = json_list(arena), *data = json_list(arena);
	SpfRequest request = {.ip = net_prefix_of(NET_IP4, 0xc0000201, 32),
		.helo = STR("mx.example.com"),
		.mail_from = STR("a.b@contoso.com"),
		.want_steps = true};
	SpfCache *cache;
	SpfAnswer answer;
	size_t at;

	for (at = 0; at < text.len; at += 200)
		json_push(arena, strings,
			json_text(arena,
				str_slice(text, at, at + 200 < text.len ? at + 200 : text.len)));
	json_push(arena, data, strings);
	dns_lock_put(lock, STR("contoso.com"), DNS_TXT, dns_answer_json(arena, DNS_OK, 60, data));
	cache = spf_cache(arena, dns_lock_source(lock, true));
	spf_ask_record(cache, STR("contoso.com"));
	spf_evaluate(arena, cache, &request, &answer);
	ASSERT(answer.result != SPF_NONE && answer.result != SPF_UNDETERMINED);
	spf_cache_close(cache);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	Str text = str_copy(arena, (Str){(const char *)data, size});
	SpfProblem problem = {0};
	SpfRecord *record;

	if (spf_parse(arena, text, &record, &problem)) {
		check_terms(record, text);
		evaluate(arena, text);
	} else {
		ASSERT(problem.start <= problem.end && problem.end <= text.len &&
			problem.message.len > 0);
	}
	arena_destroy(arena);
	return 0;
}
