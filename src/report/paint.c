/* Colours of a terminal: ECMA-48, select graphic rendition. */
#include "report/report_int.h"

static const char *const renditions[] = {
	[REPORT_STYLE_ERROR] = "1;31",
	[REPORT_STYLE_WARNING] = "1;33",
	[REPORT_STYLE_NOT_CHECKED] = "1;35",
	[REPORT_STYLE_INFO] = "1;36",
	[REPORT_STYLE_STRONG] = "1",
	[REPORT_STYLE_FRAME] = "1;34",
};

ReportStyle
report_style(DiagSeverity severity)
{
	switch (severity) {
	case DIAG_SEVERITY_ERROR: return REPORT_STYLE_ERROR;
	case DIAG_SEVERITY_WARNING: return REPORT_STYLE_WARNING;
	case DIAG_SEVERITY_NOT_CHECKED: return REPORT_STYLE_NOT_CHECKED;
	case DIAG_SEVERITY_INFO: return REPORT_STYLE_INFO;
	}
	panic("no such severity: %d", (int)severity);
}

void
paint_begin(Painter *painter, ReportStyle style)
{
	if (painter->color)
		buf_printf(painter->out, "\x1b[%sm", renditions[style]);
}

void
paint_end(Painter *painter)
{
	if (painter->color)
		buf_lit(painter->out, "\x1b[0m");
}

void
paint(Painter *painter, ReportStyle style, const char *text)
{
	paint_begin(painter, style);
	buf_lit(painter->out, text);
	paint_end(painter);
}
