/*
 * What the files of `connplan lock` share: one run of it, and how a change is told.
 */
#ifndef CLI_LOCK_INT_H
#define CLI_LOCK_INT_H

#include "cli/cli_int.h"
#include "dns/resolve/resolve.h"

/* A question without an answer; the old one stays where there is one. */
typedef struct LockFailure {
	DnsQuestion question;
	Str reason;
	bool kept;
} LockFailure;

/* What a change of answers does to one SPF policy: addresses that pass now, and that passed. */
typedef struct LockEffect {
	Str domain;
	NetSet more, fewer;
} LockEffect;

typedef struct LockRun {
	Cli *cli;
	const Model *model;
	Str path;
	bool is_new;              /* there was no lock */
	DnsLock *old, *lock;      /* never NULL */
	DnsQuestionVec questions; /* that the spec relies on */
	DnsChangeVec changes;
	VEC(LockFailure) failures;
	VEC(LockEffect) effects;
	Str resolver, resolved_at;        /* of what stands in the file at the end */
	bool is_lost, is_cut, is_written; /* nobody answers; the spec asks for too much */
	const DiagVerdict *verdict;
} LockRun;

/* Asks all that the spec relies on, what the answers lead to, too; false when it was broken off. */
bool cli_lock_ask(LockRun *run);
/* The result in the form that is wanted. */
Str cli_lock_result(Cli *cli, CliResultForm form, const void *context);

/* What one side has that the other has not: addresses, hosts, texts, the terms of SPF records. */
typedef struct LockItems {
	StrVec added, removed;
} LockItems;

void cli_lock_items(Arena *arena, const DnsChange *change, LockItems *ret_items);
/* "+2 /24, −1 /20; 3,584 addresses fewer" */
Str cli_lock_words(Arena *arena, const DnsChange *change);
/* "contoso.com: 512 IPv4 addresses more pass, 4,096 fewer" without the name. */
Str cli_lock_effect_words(Arena *arena, const LockEffect *effect);

#endif
