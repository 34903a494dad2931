/* The list of outputs in a plan.json: read from its end alone, and the same as from all of it. */
#include "test_base_random.h"

#include "emit/emit_int.h"

#include <stdio.h>

#define PATH STR("/out/plan.json")

static Json *
outputs_of(Arena *arena, size_t len)
{
	Json *outputs = json_list(arena);
	size_t i;

	for (i = 0; i < len; i++) {
		Json *output = json_object(arena);

		json_set(arena, output, STR("path"),
			json_text(arena, str_format(arena, "dns/2-final/d%zu.zone", i)));
		json_set(arena, output, STR("sha256"),
			json_text(arena, sha256_hex(arena, str_format(arena, "%zu", i))));
		json_push(arena, outputs, output);
	}
	return outputs;
}

/* A plan whose other members take so many bytes, lines that look like members among them. */
static Str
plan_of(Arena *arena, size_t other, size_t outputs, const char *last)
{
	Json *plan = json_object(arena);
	Buf filler = buf_make(arena), text = buf_make(arena);

	buf_repeat(&filler, ' ', other);
	buf_lit(&filler, "  \"outputs\": [");
	json_set(arena, plan, STR("format"), json_text(arena, STR("connplan-plan")));
	json_set(arena, plan, STR("other"), json_text(arena, buf_text(&filler)));
	json_set(arena, plan, str_from(last), outputs_of(arena, outputs));
	json_write_pretty(&text, emit_plan(plan).json);
	return buf_text(&text);
}

static void
check_outputs(const Json *outputs, size_t len)
{
	size_t i;

	assert_non_null(outputs);
	assert_int_equal(outputs->items.len, len);
	for (i = 0; i < len; i++) {
		char path[64];

		snprintf(path, sizeof(path), "dns/2-final/d%zu.zone", i);
		assert_true(str_equal(
			json_get_text(outputs->items.items[i], STR("path")), str_from(path)));
	}
}

/* Lists that end before, at and after the places where more of the file is fetched. */
static void
the_list_is_whole(void **state)
{
	static const size_t lens[] = {0, 1, 2, 400, 430, 440, 460, 3500, 3600};
	Random random = {1};
	size_t i, round;

	(void)state;
	for (i = 0; i < BASE_COUNT(lens); i++) {
		for (round = 0; round < 40; round++) {
			Arena *arena = arena_create();
			Io *io = io_memory(arena);
			size_t other = random_below(&random, round % 2 == 0 ? 200 : 700000);
			const Json *outputs = NULL;

			io_memory_put(io, PATH, plan_of(arena, other, lens[i], "outputs"));
			assert_int_equal(emit_manifest_outputs(arena, io, PATH, &outputs), IO_OK);
			check_outputs(outputs, lens[i]);
			arena_destroy(arena);
		}
	}
}

/* An Io that counts the bytes that are asked for. */
typedef struct CountingIo {
	Io io;
	Io *inner;
	uint64_t bytes;
} CountingIo;

static IoStatus
counting_read(Io *io, Arena *arena, Str path, size_t limit, Str *ret_bytes)
{
	CountingIo *counting = (CountingIo *)(void *)io;
	IoStatus status = counting->inner->read(counting->inner, arena, path, limit, ret_bytes);

	counting->bytes += status == IO_OK ? ret_bytes->len : 0;
	return status;
}

static IoStatus
counting_read_part(Io *io, Arena *arena, Str path, uint64_t from, size_t len, IoPart *ret_part)
{
	CountingIo *counting = (CountingIo *)(void *)io;

	counting->bytes += len;
	return counting->inner->read_part(counting->inner, arena, path, from, len, ret_part);
}

/* Of two megabytes before the list nothing is read; of a foreign layout all is, and understood. */
static void
only_the_end_is_read(void **state)
{
	Arena *arena = arena_create();
	CountingIo counting = {.io = {.read = counting_read, .read_part = counting_read_part},
		.inner = io_memory(arena)};
	Str plan = plan_of(arena, (size_t)2 << 20, 10, "outputs");
	const Json *outputs = NULL;
	Buf moved = buf_make(arena);

	(void)state;
	io_memory_put(counting.inner, PATH, plan);
	assert_int_equal(emit_manifest_outputs(arena, &counting.io, PATH, &outputs), IO_OK);
	check_outputs(outputs, 10);
	assert_true(counting.bytes < (size_t)100 << 10);

	buf_char(&moved, ' ');
	buf_str(&moved, plan);
	io_memory_put(counting.inner, PATH, buf_text(&moved));
	assert_int_equal(emit_manifest_outputs(arena, &counting.io, PATH, &outputs), IO_OK);
	check_outputs(outputs, 10);
	assert_true(counting.bytes > plan.len);
	arena_destroy(arena);
}

/* A last member of another name, cut files, foreign ones: no list, and no error. */
static void
other_files_have_no_list(void **state)
{
	Random random = {2};
	size_t round;

	(void)state;
	for (round = 0; round < 60; round++) {
		Arena *arena = arena_create();
		Io *io = io_memory(arena);
		Str plan = plan_of(arena, random_below(&random, 100000),
			random_below(&random, 2000), round % 2 == 0 ? "others" : "outputs");
		const Json *outputs = NULL;

		if (round % 2 == 1)
			plan.len = 1 + random_below(&random, plan.len - 3);
		io_memory_put(io, PATH, plan);
		assert_int_equal(emit_manifest_outputs(arena, io, PATH, &outputs), IO_OK);
		assert_null(outputs);
		assert_int_equal(
			emit_manifest_outputs(arena, io, STR("/nowhere"), &outputs), IO_OK);
		assert_null(outputs);
		arena_destroy(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_whole),
		cmocka_unit_test(only_the_end_is_read),
		cmocka_unit_test(other_files_have_no_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
