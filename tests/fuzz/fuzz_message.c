/*
 * Answers out of the network: each is refused with a reason, or becomes what a lock takes. The
 * first octet is the type that was asked for; what follows is the message, whose question is put in
 * so that not every message is one to something else.
 */
#include "dns/resolve/resolve.h"

#include <stdint.h>

#define QUESTION                                                                                   \
	"\x01x\x07"                                                                                \
	"example\x00\x00"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Type numbers in the order of DnsType. */
static const uint8_t numbers[] = {1, 28, 15, 16, 12, 5};

static void
take_reply(Arena *arena, DnsQuestion question, const ResolveReply *reply)
{
	DnsLock *lock = dns_lock_new(arena);
	size_t i;

	ASSERT(reply->aliases.len <= DNS_ALIASES_MAX + 1);
	for (i = 0; i < reply->aliases.len; i++) {
		Json *target = json_list(arena);

		json_push(arena, target, json_text(arena, reply->aliases.items[i].target));
		dns_lock_put(lock, reply->aliases.items[i].name, DNS_CNAME,
			dns_answer_json(arena, DNS_OK, reply->aliases.items[i].ttl, target));
	}
	if (!reply->is_open)
		dns_lock_put(lock, reply->name, question.type,
			dns_answer_json(arena, reply->status, reply->ttl, reply->data));
	ASSERT(reply->is_open || dns_lock_json(lock, reply->name, question.type) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	DnsQuestion question = {.name = STR("x.example")};
	Buf message = buf_make(arena);
	ResolveReply reply;

	if (size > 13) {
		question.type = (DnsType)(data[0] % DNS_TYPES);
		buf_bytes(&message, data + 1, 12);
		if (data[0] < 0x80) {
			buf_bytes(&message, QUESTION, sizeof(QUESTION) - 1);
			buf_char(&message, (char)numbers[question.type]);
			buf_bytes(&message, "\x00\x01", 2);
		}
		buf_bytes(&message, data + 13, size - 13);
	}
	if (resolve_read(arena, buf_text(&message), question, &reply))
		take_reply(arena, question, &reply);
	else
		ASSERT(reply.status == DNS_SERVFAIL && reply.reason.len > 0 &&
			reply.aliases.len == 0);
	arena_destroy(arena);
	return 0;
}
