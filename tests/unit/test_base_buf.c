/* The growing text, digests, embedded files. */
#include "test_base_random.h"

#include <stdio.h>

typedef struct Model {
	char text[20000];
	size_t len, limit;
	bool failed;
} Model;

/* What the model takes, whole or not at all. */
static void
model_add(Model *model, const char *text, size_t len)
{
	if (len == 0)
		return;
	if (model->failed || (model->limit > 0 && model->len + len > model->limit)) {
		model->failed = true;
		return;
	}
	memcpy(model->text + model->len, text, len);
	model->len += len;
}

static void
random_addition(Random *random, Arena *arena, Buf *buf, Model *model)
{
	Str text = random_text(random, arena, "abc\\%\n", random_below(random, 40) == 0 ? 500 : 9);
	uint64_t number = random_next(random) >> random_below(random, 64);
	char digits[400];
	int len;

	switch (random_below(random, 6)) {
	case 0: buf_str(buf, text); break;
	case 1: buf_bytes(buf, text.ptr, text.len); break;
	case 2: buf_lit(buf, text.ptr); break;
	case 3:
		buf_char(buf, 'x');
		model_add(model, "x", 1);
		return;
	case 4:
		buf_number(buf, number);
		len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
		model_add(model, digits, (size_t)len);
		return;
	default:
		buf_printf(buf, "%s:" STR_FMT, "%", STR_ARG(text));
		len = snprintf(digits, sizeof(digits), "%%:");
		text = str_format(arena, "%s" STR_FMT, digits, STR_ARG(text));
	}
	model_add(model, text.ptr, text.len);
}

/* Random additions under every small limit, and without one. */
static void
a_limit_is_kept_to_the_byte(void **state)
{
	static Model model;
	Random random = {31};
	size_t limit, i;

	(void)state;
	for (limit = 0; limit < 400; limit++) {
		Arena *arena = arena_create();
		Buf buf = buf_make(arena);

		model = (Model){.limit = limit};
		buf.limit = limit;
		for (i = 0; i < 60; i++) {
			random_addition(&random, arena, &buf, &model);
			assert_int_equal(buf.failed, model.failed);
			assert_int_equal(buf_text(&buf).len, model.len);
			assert_memory_equal(buf_text(&buf).ptr, model.text, model.len);
		}
		arena_destroy(arena);
	}
}

static void
print_filler(Buf *buf, size_t len)
{
	static const char filler[] = "............................................................";

	buf_printf(buf, "%.*s", (int)len, filler);
}

static void
printing_up_to_the_limit(void **state)
{
	Arena *arena = arena_create();
	size_t len;

	(void)state;
	for (len = 1; len < 50; len++) {
		Buf exact = buf_make(arena), tight = buf_make(arena);

		exact.limit = len;
		print_filler(&exact, len);
		assert_false(exact.failed);
		assert_int_equal(exact.len, len);
		buf_lit(&exact, "");
		assert_false(exact.failed);
		tight.limit = len - 1;
		print_filler(&tight, len);
		assert_int_equal(tight.failed, len > 1); /* a limit of 0 is none */
		assert_int_equal(tight.len, len > 1 ? 0 : 1);
	}
	arena_destroy(arena);
}

static void
printing_more_than_fits_at_first(void **state)
{
	Arena *arena = arena_create();
	char *filler = arena_alloc(arena, 3001);
	int len;

	(void)state;
	memset(filler, 'y', 3000);
	for (len = 0; len < 3000; len += 7) {
		Buf buf = buf_make(arena);

		buf_lit(&buf, "<");
		buf_printf(&buf, "%.*s", len, filler);
		buf_lit(&buf, ">");
		assert_int_equal(buf.len, len + 2);
		assert_memory_equal(buf.data + 1, filler, (size_t)len);
		assert_int_equal(buf.data[len + 1], '>');
	}
	arena_destroy(arena);
}

static void
repeating_and_growing(void **state)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	size_t i;

	(void)state;
	assert_str(buf_text(&buf), "");
	assert_non_null(buf_text(&buf).ptr);
	buf_repeat(&buf, '-', 0);
	buf_repeat(&buf, '-', 3);
	assert_str(buf_text(&buf), "---");
	/* A buffer may be put behind itself. */
	for (i = 0; i < 12; i++)
		buf_str(&buf, buf_text(&buf));
	assert_int_equal(buf.len, 3 << 12);
	for (i = 0; i < buf.len; i++)
		assert_int_equal(buf.data[i], '-');
	assert_true(PANICS(buf_repeat(&buf, '-', SIZE_MAX - 5)));
	assert_true(PANICS(buf_code_point(&buf, 0x110000)));
	arena_destroy(arena);
}

/* FIPS 180-4, the examples of its authors. */
static void
digests(void **state)
{
	Arena *arena = arena_create();
	char *million = arena_alloc(arena, 1000000);

	(void)state;
	memset(million, 'a', 1000000);
	assert_str(sha256_hex(arena, (Str){0}),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_str(sha256_hex(arena, STR("abc")),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_str(
		sha256_hex(arena, STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	assert_str(sha256_hex(arena, (Str){million, 1000000}),
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	arena_destroy(arena);
}

/* Sizes about those at which a file is read in one part more. */
static void
files_are_digested_in_parts(void **state)
{
	static const size_t sizes[] = {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 19};
	Arena *arena = arena_create();
	Io *io = io_memory(arena);
	char *bytes = arena_alloc(arena, 5 << 19);
	Str found;
	size_t i;

	(void)state;
	for (i = 0; i < 5 << 19; i++)
		bytes[i] = (char)(i * 31 >> 3);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		io_memory_put(io, STR("/file"), (Str){bytes, sizes[i]});
		assert_int_equal(sha256_file(arena, io, STR("/file"), &found), IO_OK);
		assert_true(str_equal(found, sha256_hex(arena, (Str){bytes, sizes[i]})));
	}
	assert_int_equal(sha256_file(arena, io, STR("/none"), &found), IO_NOT_FOUND);
	arena_destroy(arena);
}

static void
embedded_files_are_found_by_name(void **state)
{
	static const unsigned char bytes[] = {1, 0, 2};
	static const Embedded files[] = {{"a/b", bytes, 3}, {"a/bc", bytes, 0}};

	(void)state;
	assert_memory_equal(embedded_find(files, 2, STR("a/b")).ptr, bytes, 3);
	assert_int_equal(embedded_find(files, 2, STR("a/b")).len, 3);
	assert_non_null(embedded_find(files, 2, STR("a/bc")).ptr);
	assert_null(embedded_find(files, 2, STR("a/")).ptr);
	assert_null(embedded_find(files, 0, STR("a/b")).ptr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_is_kept_to_the_byte),
		cmocka_unit_test(printing_up_to_the_limit),
		cmocka_unit_test(printing_more_than_fits_at_first),
		cmocka_unit_test(repeating_and_growing),
		cmocka_unit_test(digests),
		cmocka_unit_test(files_are_digested_in_parts),
		cmocka_unit_test(embedded_files_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
