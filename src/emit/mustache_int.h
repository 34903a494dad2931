/* The nodes between parsing (mustache_parse.c) and rendering (mustache.c). */
#ifndef EMIT_MUSTACHE_INT_H
#define EMIT_MUSTACHE_INT_H

#include "emit/mustache.h"

typedef enum NodeKind {
	NODE_TEXT,
	NODE_VALUE,
	NODE_RAW,
	NODE_SECTION,
	NODE_INVERTED,
	NODE_PARTIAL,
} NodeKind;

/* A name as it was written, and its parts between the points; `.` has none. */
typedef struct NodeName {
	Str whole;
	VEC(Str) parts;
} NodeName;

typedef struct Node {
	NodeKind kind;
	/* The first node of a line that is written: the indentation of a partial goes before it. */
	bool begins_line;
	uint32_t end;  /* section: the index past its last node; partial: its unit */
	size_t offset; /* of the tag in the text */
	Str text; /* text: itself; partial: the blanks before a tag that has a line to itself */
	NodeName name;
} Node;

/* One text: the template, or one of its partials. */
typedef struct Unit {
	MustacheSource source;
	VEC(Node) nodes;
} Unit;

struct MustacheTemplate {
	VEC(Unit *) units; /* the template itself first */
};

/* Fills an error, without help, about a place of a unit; gives false. */
bool mustache_refuse(MustacheError *error, const Unit *unit, size_t offset, Str message);

#endif
