#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

static void
panic_default(const char *sentence)
{
	fprintf(stderr, "connplan: %s\n", sentence);
	exit(70);
}

static PanicHandler handler = panic_default;

void
panic_set_handler(PanicHandler new_handler)
{
	handler = new_handler != NULL ? new_handler : panic_default;
}

void
panic(const char *format, ...)
{
	char sentence[512];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	handler(sentence);
	abort();
}
