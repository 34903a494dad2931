/*
 * The yardstick of script/bench: pulls the libyaml events of one file and throws them away.
 * Reads the whole file first, as connplan does.
 */
#include <stdio.h>
#include <stdlib.h>

#include <yaml.h>

static unsigned char *
read_whole(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "rb");
	unsigned char *bytes = NULL;
	long size;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0) {
		rewind(file);
		bytes = malloc((size_t)size + 1);
		*ret_size = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
	}
	fclose(file);
	return bytes;
}

int
main(int argc, char **argv)
{
	yaml_parser_t parser;
	yaml_event_t event;
	yaml_event_type_t type;
	size_t size = 0;
	unsigned long events = 0;
	unsigned char *bytes = argc == 2 ? read_whole(argv[1], &size) : NULL;

	if (!bytes || !yaml_parser_initialize(&parser)) {
		fprintf(stderr, "usage: pull FILE\n");
		return 1;
	}
	yaml_parser_set_input_string(&parser, bytes, size);
	do {
		if (!yaml_parser_parse(&parser, &event)) {
			fprintf(stderr, "line %zu: %s\n", parser.problem_mark.line + 1,
				parser.problem);
			return 1;
		}
		type = event.type;
		yaml_event_delete(&event);
		events++;
	} while (type != YAML_STREAM_END_EVENT);
	yaml_parser_delete(&parser);
	free(bytes);
	printf("%lu events\n", events);
	return 0;
}
