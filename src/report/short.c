/* One line a finding, as compilers print it, for editors and for expected findings in tests. */
#include "report/report_int.h"

void
report_line(Buf *out, const Report *report, const Diag *diag)
{
	if (span_is_set(diag->span))
		report_place(out, report->sources, diag->span);
	else
		buf_lit(out, "connplan");
	buf_printf(out, ": %s: ", diag_severity_text(diag->severity));
	report_terminal(out, diag->message);
	buf_printf(out, " [%s]\n", diag_code_text(diag->code));
}

void
report_short(Buf *out, const Report *report)
{
	size_t i;

	for (i = 0; i < report->verdict->len; i++)
		report_line(out, report, &report->verdict->items[i]);
}
