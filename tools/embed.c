/*
 * embed OUT.c TABLE FILE... writes the files as one C table of name, bytes and length
 * (struct Embedded in base/base.h), in the order given. Used by the build alone.
 */
#include <stdio.h>
#include <stdlib.h>

static void
fail(const char *what, const char *name)
{
	fprintf(stderr, "embed: %s: %s\n", what, name);
	exit(1);
}

static void
write_bytes(FILE *out, const char *path, int index)
{
	FILE *in = fopen(path, "rb");
	int byte;
	unsigned long count = 0;

	if (in == NULL)
		fail("cannot read", path);
	fprintf(out, "static const unsigned char file_%d[] = {", index);
	while ((byte = fgetc(in)) != EOF)
		fprintf(out, "%s%d,", count++ % 24 == 0 ? "\n" : "", byte);
	fprintf(out, "0};\n");
	fclose(in);
}

int
main(int argc, char **argv)
{
	FILE *out;
	int i;

	if (argc < 3)
		fail("usage", "embed OUT.c TABLE FILE...");
	out = fopen(argv[1], "wb");
	if (out == NULL)
		fail("cannot write", argv[1]);
	fprintf(out, "#include \"base/base.h\"\n");
	for (i = 3; i < argc; i++)
		write_bytes(out, argv[i], i);
	fprintf(out, "extern const Embedded %s[];\nextern const size_t %s_len;\n", argv[2],
		argv[2]);
	fprintf(out, "const Embedded %s[] = {\n", argv[2]);
	for (i = 3; i < argc; i++)
		fprintf(out, "{\"%s\", file_%d, sizeof(file_%d) - 1},\n", argv[i], i, i);
	fprintf(out, "{0, 0, 0}};\nconst size_t %s_len = %d;\n", argv[2], argc - 3);
	if (fclose(out) != 0)
		fail("cannot write", argv[1]);
	return 0;
}
