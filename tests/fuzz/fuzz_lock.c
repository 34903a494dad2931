/* The lock: what is read is written as a text that is read as the same. */
#include "dns/dns.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every answer is there, be the world open or closed; a question is never asked without end. */
static void
ask_all(Arena *arena, const DnsLock *lock, const DnsChangeVec *all)
{
	size_t i, type;

	for (i = 0; i < all->len; i++) {
		for (type = 0; type < DNS_TYPES; type++) {
			DnsQuestion question = {all->items[i].question.name, (DnsType)type};
			const DnsAnswer *open =
				dns_ask(dns_lock_source(lock, false), question.name, question.type);
			const DnsAnswer *closed =
				dns_ask(dns_lock_source(lock, true), question.name, question.type);
			bool lacks = dns_lock_lacks(lock, question, &question.name);

			ASSERT(lacks == (open->status == DNS_NOT_ASKED));
			ASSERT(closed->status != DNS_NOT_ASKED);
			ASSERT(lacks || open->status == closed->status);
		}
	}
	(void)arena;
}

static void
check_written(Arena *arena, const DnsLock *lock)
{
	DnsLock *none = dns_lock_new(arena), *again;
	Buf text = buf_make(arena), twice = buf_make(arena);
	DnsLockError error;
	DnsChangeVec changes;

	dns_lock_compare(arena, none, lock, &changes);
	ask_all(arena, lock, &changes);
	dns_lock_write(arena, lock, STR("2026-12-01T00:00:00Z"), STR("192.0.2.53:53"), &text);
	ASSERT(dns_lock_read(arena, buf_text(&text), &again, &error));
	dns_lock_compare(arena, lock, again, &changes);
	ASSERT(changes.len == 0 && dns_lock_len(lock) == dns_lock_len(again));
	dns_lock_write(arena, again, STR("2026-12-01T00:00:00Z"), STR("192.0.2.53:53"), &twice);
	ASSERT(str_equal(buf_text(&text), buf_text(&twice)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	Str text = str_copy(arena, (Str){(const char *)data, size});
	DnsLockError error;
	DnsLock *lock;

	if (dns_lock_read(arena, text, &lock, &error))
		check_written(arena, lock);
	else
		ASSERT(error.offset <= text.len && error.message.len > 0);
	arena_destroy(arena);
	return 0;
}
