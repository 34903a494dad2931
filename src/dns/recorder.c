/* A source that keeps what it is asked: how others find out what an evaluation depends on. */
#include "dns/dns_int.h"

/* Behind a pointer: asking does not change a source, but it does change this. */
typedef struct Record {
	Arena *arena;
	Map names[DNS_TYPES];
	DnsQuestionVec *questions;
} Record;

typedef struct Recorder {
	DnsSource source; /* first: a pointer to it is a pointer to this */
	const DnsSource *inner;
	Record *record;
} Recorder;

static void
keep_question(Record *record, Str name, DnsType type)
{
	Map *names = &record->names[type];

	if (map_find(names, name) != MAP_NONE)
		return;
	/* The name may live in memory that is soon used for another. */
	name = str_copy(record->arena, name);
	map_add(record->arena, names, name, 0);
	VEC_PUSH(record->arena, record->questions, ((DnsQuestion){name, type}));
}

static const DnsAnswer *
ask_recorder(const DnsSource *self, Str name, DnsType type)
{
	const Recorder *recorder = (const Recorder *)(const void *)self;

	keep_question(recorder->record, name, type);
	return dns_ask(recorder->inner, name, type);
}

const DnsSource *
dns_recorder(Arena *arena, const DnsSource *inner, DnsQuestionVec *ret_questions)
{
	Recorder *recorder = ARENA_NEW(arena, Recorder);

	recorder->source = (DnsSource){ask_recorder, inner->closed, inner->clients, inner->fails};
	recorder->inner = inner;
	recorder->record = ARENA_NEW(arena, Record);
	recorder->record->arena = arena;
	recorder->record->questions = ret_questions;
	return &recorder->source;
}
