/* The reader's state, shared by doc.c (events to nodes), maps.c (keys) and read.c (the loop). */
#ifndef DOC_DOC_INT_H
#define DOC_DOC_INT_H

#include "doc/doc.h"

#include <yaml.h>

/* As many bits as DocNode has for its count; no file is long enough to need more. */
#define DOC_COUNT_MASK 0x1fffffffu

/* What a subtree amounts to once its aliases are expanded. */
typedef struct DocSize {
	uint64_t nodes, bytes;
} DocSize;

/* `open`: the node has begun but not ended, so that an alias to it would hold itself. */
typedef struct DocAnchor {
	DocNode node;
	DocSize size;
	bool open;
} DocAnchor;

/* A list or map that has begun; `before` is the size of the document at its start. */
typedef struct DocOpen {
	DocKind kind;
	Span span;
	size_t first; /* of its children in `pending` */
	DocSize before;
	Str anchor;
} DocOpen;

typedef struct DocReader {
	DiagSink *sink;
	Arena *arena, *scratch;
	uint32_t file;
	Str text;
	size_t start; /* of the text after a byte order mark */
	bool is_ascii;
	size_t cursor_index, cursor_byte;
	uint32_t last_end;    /* of the last thing that has an end of its own */
	VEC(DocNode) pending; /* children of the open containers, innermost last */
	DocOpen open[DOC_MAX_DEPTH];
	size_t depth, documents;
	VEC(DocAnchor) anchors;
	Map anchor_names;
	DocSize size, aliased;
	DocNode root;
	bool has_root, failed;
} DocReader;

/* Bytes from libyaml's marks; cheap as long as calls come roughly in the order of the text. */
Span doc_span(DocReader *reader, yaml_mark_t start, yaml_mark_t end);
/* A finding with the path of what is being read; and of a key in it, unless that is NULL. */
Diag *doc_report(DocReader *reader, DiagCode code, Span span, const DocNode *key,
	const char *format, ...) BASE_PRINTF(5, 6);
/* Remembers that the document is not to be used; gives false. */
bool doc_fail(DocReader *reader);
/* The event stays the caller's to delete; nothing in the tree points into it. */
bool doc_take_event(DocReader *reader, const yaml_event_t *event);
/* Checks the keys of the map on top of `pending` and applies its merge keys; false: not a map. */
bool doc_finish_map(DocReader *reader, const DocOpen *open);

#endif
