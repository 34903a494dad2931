#include "diag/diag.h"

DiagSink *
diag_sink(Arena *arena, SourceSet *sources)
{
	DiagSink *sink = ARENA_NEW(arena, DiagSink);

	sink->arena = arena;
	sink->sources = sources;
	return sink;
}

Diag *
diag_report(DiagSink *sink, DiagCode code, Span span, const char *format, ...)
{
	Diag *diag = VEC_ADD(sink->arena, &sink->items);
	va_list args;

	/* After a verdict an item that was left out may have stood here. */
	*diag = (Diag){0};
	va_start(args, format);
	diag->message = str_vformat(sink->arena, format, args);
	va_end(args);
	diag->code = code;
	diag->severity = diag_code_severity(code);
	diag->span = span;
	diag->order = (uint32_t)sink->items.len;
	diag->scope = sink->scope;
	return diag;
}

void
diag_path(Diag *diag, Str path)
{
	diag->path = path;
}

void
diag_label(DiagSink *sink, Diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag->label = str_vformat(sink->arena, format, args);
	va_end(args);
}

void
diag_help(DiagSink *sink, Diag *diag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag->help = str_vformat(sink->arena, format, args);
	va_end(args);
}

void
diag_note(DiagSink *sink, Diag *diag, const char *format, ...)
{
	va_list args;

	if (diag->notes_len == DIAG_NOTES_MAX)
		return;
	if (diag->notes == NULL)
		diag->notes = ARENA_ARRAY(sink->arena, Str, DIAG_NOTES_MAX);
	va_start(args, format);
	diag->notes[diag->notes_len++] = str_vformat(sink->arena, format, args);
	va_end(args);
}

void
diag_related(DiagSink *sink, Diag *diag, Span span, const char *format, ...)
{
	DiagRelated *related;
	va_list args;

	if (diag->related_len == DIAG_RELATED_MAX || !span_is_set(span))
		return;
	if (diag->related == NULL)
		diag->related = ARENA_ARRAY(sink->arena, DiagRelated, DIAG_RELATED_MAX);
	related = &diag->related[diag->related_len++];
	related->span = span;
	va_start(args, format);
	related->message = str_vformat(sink->arena, format, args);
	va_end(args);
}

bool
diag_has_errors(const DiagSink *sink, size_t from)
{
	size_t i;

	for (i = from; i < sink->items.len; i++) {
		if (sink->items.items[i].severity == DIAG_SEVERITY_ERROR)
			return true;
	}
	return false;
}

void
diag_begin_spec(DiagSink *sink)
{
	sink->scope++;
}

void
diag_waive(DiagSink *sink, const DiagWaiver *waiver)
{
	DiagWaiver *own = ARENA_NEW(sink->arena, DiagWaiver);

	*own = *waiver;
	own->scope = sink->scope;
	VEC_PUSH(sink->arena, &sink->waivers, own);
}
