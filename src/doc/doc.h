/*
 * doc: a YAML text as a located tree.
 *
 * Reads exactly one document, checks what libyaml lets through (duplicate keys, directives, depth,
 * alias bombs, custom tags), expands aliases and merge keys, and gives every node its place as byte
 * offsets. Types of scalars are left to the fields: a node says only whether its text was plain.
 * Ownership: nodes live in the arena; texts point into the source where they stand there unchanged,
 * else into the sink's arena, so that they outlive the tree. Failure: everything wrong is a finding
 * (CP001 CP002 CP004 CP010 CP012) and `false`; but after a duplicate key alone, which leaves
 * both pairs in the tree, true.
 */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "diag/diag.h"

/* Levels, bytes of a file, bytes of a scalar, nodes of a document; then what all its aliases
 * together may add. Whoever reads a file holds it to DOC_MAX_FILE: offsets in a Span have 32 bits.
 * A spec has a node for every ten bytes; this many make one of eight bytes each in the largest
 * file, and bound what a list of nothing but digits and commas costs in memory. */
#define DOC_MAX_DEPTH       64
#define DOC_MAX_FILE        ((size_t)32 << 20)
#define DOC_MAX_SCALAR      ((size_t)64 << 10)
#define DOC_MAX_NODES       ((uint64_t)4000000)
#define DOC_MAX_ALIAS_BYTES ((uint64_t)16 << 20)
#define DOC_MAX_ALIAS_NODES ((uint64_t)1000000)

typedef enum DocKind { DOC_SCALAR, DOC_LIST, DOC_MAP } DocKind;

/*
 * A node by value; an alias is a shallow copy of its anchor, so that its span is the anchor's.
 * A list has `count` items; a map has `count` pairs, key before value, in the order of the text.
 */
typedef struct DocNode {
	unsigned kind : 2;
	unsigned plain : 1;  /* a scalar without quotes and without !!str */
	unsigned count : 29; /* no more than bytes in a file */
	Span span;
	union {
		const char *text; /* of a scalar, `count` bytes */
		struct DocNode *items;
	};
} DocNode;

/* False if the text is no single good document; what was wrong has been reported. */
bool doc_read(DiagSink *sink, Arena *arena, uint32_t file, DocNode *ret_root);

/* The kind must fit and the index must lie inside: anything else ends the program. */
Str doc_text(const DocNode *node);
const DocNode *doc_item(const DocNode *list, size_t index);
const DocNode *doc_key(const DocNode *map, size_t index);
const DocNode *doc_value(const DocNode *map, size_t index);
/* The value under a key, or NULL; linear, for small maps. */
const DocNode *doc_find(const DocNode *map, Str key);
/* A plain empty text, `~` or `null` (YAML 1.2 core). */
bool doc_is_null(const DocNode *node);

/* A JSON Pointer without its leading slash: `/` in a part is `~1`, `~` is `~0`. */
Str doc_path(Arena *arena, const Str *parts, size_t len);

/* Of libyaml, for --version. */
const char *doc_library_version(void);

#endif
