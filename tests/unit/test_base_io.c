/*
 * Files. The Io in memory is held against the machine's: the same random calls, the same answers,
 * the same files. The Io that stops does what was done before, and nothing after.
 */
#include "test_base_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- paths ------------------------------------------------------------------------------------ */

/* The names of a path without empty ones and `.`, each after a slash unless it is the first. */
static Str
naive_path(Arena *arena, Str path)
{
	Buf buf = buf_make(arena);
	size_t at = 0, end;

	for (; at < path.len; at = end + 1) {
		Str name;

		end = str_find_char(path, '/', at);
		name = str_slice(path, at, end);
		if (name.len == 0 || STR_EQ(name, "."))
			continue;
		if (buf.len > 0 || path.ptr[0] == '/')
			buf_char(&buf, '/');
		buf_str(&buf, name);
	}
	return buf_text(&buf);
}

static void
the_parts_of_a_path_make_the_path(void **state)
{
	Random random = {51};
	Arena *arena = arena_create();
	size_t round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		Str path = random_text(&random, arena, "ab./", 9);
		Str dir = path_dir(path), name = path_name(path);

		assert_int_equal(str_find_char(name, '/', 0), name.len);
		assert_true(dir.len > 0);
		if (str_find_char(path, '/', 0) == path.len)
			assert_str(dir, ".");
		assert_true(dir.len == 1 || dir.ptr[dir.len - 1] != '/');
		assert_true(str_equal(
			naive_path(arena, path_join(arena, dir, name)), naive_path(arena, path)));
		assert_int_equal(path_is_absolute(path), path.len > 0 && path.ptr[0] == '/');
		assert_int_equal(path_is_absolute(dir), path_is_absolute(path));
	}
	arena_destroy(arena);
}

static void
joining_paths(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	assert_str(path_join(arena, STR("sites"), STR("a.yaml")), "sites/a.yaml");
	assert_str(path_join(arena, STR("sites/"), STR("a.yaml")), "sites/a.yaml");
	assert_str(path_join(arena, STR("."), STR("a.yaml")), "a.yaml");
	assert_str(path_join(arena, STR(""), STR("a.yaml")), "a.yaml");
	assert_str(path_join(arena, STR("/"), STR("a.yaml")), "/a.yaml");
	assert_str(path_join(arena, STR("sites"), STR("/etc/a.yaml")), "/etc/a.yaml");
	assert_str(path_dir(STR("/a")), "/");
	assert_str(path_dir(STR("/")), "/");
	assert_str(path_dir(STR("a/b/c")), "a/b");
	assert_str(path_dir(STR("a//b")), "a");
	assert_str(path_dir(STR("//b")), "/");
	assert_str(path_name(STR("a/b/c")), "c");
	assert_str(path_name(STR("a/")), "");
	arena_destroy(arena);
}

static void
every_status_has_words(void **state)
{
	IoStatus status;

	(void)state;
	for (status = IO_OK; status <= IO_FAILED; status++) {
		Str text = str_from(io_status_text(status));

		assert_true(text.len > 0 && text.ptr[text.len - 1] != '.');
	}
}

/* --- a folder of the machine ------------------------------------------------------------------ */

static char folder[64];

static int
folder_make(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "%s/connplan-io-XXXXXX", P_tmpdir);
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static void
remove_below(Io *io, Arena *arena, Str path)
{
	StrVec names;
	IoKind kind;
	size_t i;

	if (io->list(io, arena, path, &names) != IO_OK)
		return;
	for (i = 0; i < names.len; i++) {
		Str inner = path_join(arena, path, names.items[i]);

		assert_int_equal(io->kind(io, inner, &kind), IO_OK);
		if (kind == IO_KIND_DIR)
			remove_below(io, arena, inner);
		else
			io->remove_file(io, inner);
	}
	io->remove_dir(io, path);
}

static int
folder_remove(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	remove_below(io_system(arena), arena, str_from(folder));
	arena_destroy(arena);
	return 0;
}

static Str
inside(Arena *arena, const char *name)
{
	return str_format(arena, "%s/%s", folder, name);
}

/* --- memory against the machine --------------------------------------------------------------- */

typedef struct Twins {
	Random random;
	Arena *arena;
	Io *memory, *machine;
	bool exchanges; /* the machine's file system can; in memory it always goes */
} Twins;

/* A path below the folder, of few names, so that calls meet each other; with detours at times. */
static Str
random_path(Twins *twins)
{
	static const char *const names[] = {"a", "b", "c"};
	Buf buf = buf_make(twins->arena);
	size_t depth = 1 + random_below(&twins->random, 3);

	buf_lit(&buf, folder);
	while (depth-- > 0) {
		buf_lit(&buf, random_below(&twins->random, 9) == 0 ? "//" : "/");
		if (random_below(&twins->random, 9) == 0)
			buf_lit(&buf, "./");
		buf_lit(&buf, names[random_below(&twins->random, BASE_COUNT(names))]);
	}
	return buf_text(&buf);
}

static void
same_listing(Twins *twins, Str path)
{
	Io *memory = twins->memory, *machine = twins->machine;
	StrVec ours = {0}, theirs = {0};
	size_t i;

	assert_int_equal(memory->list(memory, twins->arena, path, &ours),
		machine->list(machine, twins->arena, path, &theirs));
	assert_int_equal(ours.len, theirs.len);
	for (i = 0; i < ours.len; i++)
		assert_true(str_equal(ours.items[i], theirs.items[i]));
}

static void
same_content(Twins *twins, Str path)
{
	Io *memory = twins->memory, *machine = twins->machine;
	size_t limit = random_below(&twins->random, 20);
	Str ours = {0}, theirs = {0};

	assert_int_equal(memory->read(memory, twins->arena, path, limit, &ours),
		machine->read(machine, twins->arena, path, limit, &theirs));
	assert_true(str_equal(ours, theirs));
}

static void
same_part(Twins *twins, Str path)
{
	Io *memory = twins->memory, *machine = twins->machine;
	uint64_t from = random_below(&twins->random, 8) == 0 ? UINT64_MAX - 3
							     : random_below(&twins->random, 20);
	size_t len = random_below(&twins->random, 20);
	IoPart ours = {0}, theirs = {0};
	Str whole;

	assert_int_equal(memory->read_part(memory, twins->arena, path, from, len, &ours),
		machine->read_part(machine, twins->arena, path, from, len, &theirs));
	assert_true(str_equal(ours.bytes, theirs.bytes));
	assert_int_equal(ours.size, theirs.size);
	if (machine->read(machine, twins->arena, path, 100, &whole) == IO_OK) {
		assert_int_equal(theirs.size, whole.len);
		assert_true(from >= whole.len
				    ? theirs.bytes.len == 0
				    : str_starts(str_slice(whole, (size_t)from, whole.len),
					      theirs.bytes));
	}
}

static void
same_place(Twins *twins, Str path)
{
	Io *memory = twins->memory, *machine = twins->machine;
	IoKind our_kind, their_kind;
	Str ours = {0}, theirs = {0};

	assert_int_equal(
		memory->kind(memory, path, &our_kind), machine->kind(machine, path, &their_kind));
	assert_int_equal(our_kind, their_kind);
	assert_int_equal(memory->resolve(memory, twins->arena, path, &ours),
		machine->resolve(machine, twins->arena, path, &theirs));
	/* The machine's folder for such things may itself be a link. */
	assert_true(ours.len == 0 ? theirs.len == 0
				  : str_ends(theirs, str_slice(ours, strlen(P_tmpdir), ours.len)));
}

static IoStatus
give_two(void *context, IoPut *put, void *sink)
{
	IoStatus status = put(sink, STR("1234"));

	(void)context;
	return status == IO_OK ? put(sink, STR("5678")) : status;
}

static void
same_change(Twins *twins, Str a, Str b)
{
	Io *ours = twins->memory, *theirs = twins->machine;
	Str bytes = random_text(&twins->random, twins->arena, "xyz\n", 19);

	switch (random_below(&twins->random, 9)) {
	case 0:
	case 1:
		assert_int_equal(ours->write(ours, a, bytes), theirs->write(theirs, a, bytes));
		break;
	case 2:
	case 3: assert_int_equal(ours->make_dir(ours, a), theirs->make_dir(theirs, a)); break;
	case 4: assert_int_equal(ours->rename(ours, a, b), theirs->rename(theirs, a, b)); break;
	case 5:
		if (twins->exchanges)
			assert_int_equal(
				ours->exchange(ours, a, b), theirs->exchange(theirs, a, b));
		break;
	case 7:
		assert_int_equal(ours->write_parts(ours, a, give_two, NULL),
			theirs->write_parts(theirs, a, give_two, NULL));
		break;
	case 6: assert_int_equal(ours->remove_file(ours, a), theirs->remove_file(theirs, a)); break;
	default: assert_int_equal(ours->remove_dir(ours, a), theirs->remove_dir(theirs, a));
	}
}

/* Whether the file system below the folder can swap two names at all. */
static bool
can_exchange(Io *io)
{
	char a[80], b[80];
	bool can;

	snprintf(a, sizeof(a), "%s/a", folder);
	snprintf(b, sizeof(b), "%s/b", folder);
	assert_int_equal(io->make_dir(io, str_from(a)), IO_OK);
	assert_int_equal(io->make_dir(io, str_from(b)), IO_OK);
	can = io->exchange(io, str_from(a), str_from(b)) == IO_OK;
	io->remove_dir(io, str_from(a));
	io->remove_dir(io, str_from(b));
	return can;
}

static void
memory_answers_as_the_machine_does(void **state)
{
	Arena *arena = arena_create();
	Twins twins = {.random = {52},
		.arena = arena,
		.memory = io_memory(arena),
		.machine = io_system(arena)};
	size_t round;

	(void)state;
	twins.exchanges = can_exchange(twins.machine);
	/* Putting a file makes the folders above it. */
	io_memory_put(twins.memory, inside(arena, "a"), STR(""));
	assert_int_equal(twins.memory->remove_file(twins.memory, inside(arena, "a")), IO_OK);
	for (round = 0; round < 2500; round++) {
		Str path = random_path(&twins);

		same_change(&twins, path, random_path(&twins));
		same_place(&twins, path);
		same_content(&twins, path);
		same_part(&twins, path);
		same_listing(&twins, random_below(&twins.random, 2) == 0 ? path : path_dir(path));
		assert_int_equal(twins.memory->sync_dir(twins.memory, path),
			twins.machine->sync_dir(twins.machine, path));
	}
	arena_destroy(arena);
}

static void
paths_in_memory(void **state)
{
	Arena *arena = arena_create();
	Io *io = io_memory(arena);
	Str text;
	IoKind kind;

	(void)state;
	io_memory_put(io, STR("a/b/c.yaml"), STR("one"));
	io_memory_put(io, STR("./a//b/../b/c.yaml"), STR("two"));
	assert_int_equal(io->read(io, arena, STR("/a/../../a/b/c.yaml"), 100, &text), IO_OK);
	assert_str(text, "two");
	assert_int_equal(io->resolve(io, arena, STR("a/./b/.."), &text), IO_OK);
	assert_str(text, "/a");
	assert_int_equal(io->resolve(io, arena, STR("a/.."), &text), IO_OK);
	assert_str(text, "/");
	assert_int_equal(io->resolve(io, arena, STR("a/x"), &text), IO_NOT_FOUND);
	assert_int_equal(io->kind(io, STR("a/b"), &kind), IO_OK);
	assert_int_equal(kind, IO_KIND_DIR);
	assert_int_equal(io->read(io, arena, STR(""), 100, &text), IO_NOT_FOUND);
	assert_int_equal(io->read(io, arena, STR("a\0b"), 100, &text), IO_NOT_FOUND);
	assert_int_equal(io->remove_dir(io, STR("/")), IO_FAILED);
	assert_int_equal(io->rename(io, STR("/"), STR("/x")), IO_FAILED);
	arena_destroy(arena);
}

/* --- the machine alone ------------------------------------------------------------------------ */

static void
links_and_pipes(void **state)
{
	Arena *arena = arena_create();
	Io *io = io_system(arena);
	Str text, real, link = inside(arena, "link"), loop = inside(arena, "loop");
	Str pipe = inside(arena, "pipe");
	IoKind kind;

	(void)state;
	assert_int_equal(io->write(io, inside(arena, "real"), STR("x")), IO_OK);
	assert_int_equal(symlink("real", str_c(arena, link)), 0);
	assert_int_equal(symlink("loop", str_c(arena, loop)), 0);
	assert_int_equal(mkfifo(str_c(arena, pipe), 0600), 0);
	assert_int_equal(io->kind(io, link, &kind), IO_OK);
	assert_int_equal(kind, IO_KIND_LINK);
	assert_int_equal(io->read(io, arena, link, 1, &text), IO_OK);
	assert_int_equal(io->resolve(io, arena, link, &text), IO_OK);
	assert_int_equal(io->resolve(io, arena, inside(arena, "real"), &real), IO_OK);
	assert_true(str_equal(text, real));
	assert_int_equal(io->write(io, link, STR("y")), IO_EXISTS);
	assert_int_equal(io->read(io, arena, loop, 1, &text), IO_NOT_FOUND);
	assert_int_equal(io->kind(io, pipe, &kind), IO_OK);
	assert_int_equal(kind, IO_KIND_OTHER);
	/* A pipe without a writer must not make us wait. */
	assert_int_equal(io->read(io, arena, pipe, 1, &text), IO_NOT_A_FILE);
	assert_int_equal(io->read(io, arena, str_from(folder), 1, &text), IO_NOT_A_FILE);
	arena_destroy(arena);
}

static void
paths_that_cannot_be(void **state)
{
	static char endless[5000];
	Arena *arena = arena_create();
	Io *io = io_system(arena);
	Str bad[3] = {STR_CONST("a\0b"), STR_CONST(""), {endless, sizeof(endless)}}, text;
	IoStatus why[3] = {IO_NOT_FOUND, IO_NOT_FOUND, IO_NAME_TOO_LONG};
	StrVec names;
	size_t i;

	(void)state;
	memset(endless, 'x', sizeof(endless));
	for (i = 0; i < BASE_COUNT(bad); i++) {
		assert_int_equal(io->read(io, arena, bad[i], 1, &text), why[i]);
		assert_int_equal(io->list(io, arena, bad[i], &names), why[i]);
		assert_int_equal(io->resolve(io, arena, bad[i], &text), why[i]);
		assert_int_equal(io->write(io, bad[i], STR("")), why[i]);
		assert_int_equal(io->make_dir(io, bad[i]), why[i]);
		assert_int_equal(io->rename(io, bad[i], STR("x")), why[i]);
		assert_int_equal(io->rename(io, STR("x"), bad[i]), why[i]);
		assert_int_equal(io->remove_file(io, bad[i]), why[i]);
		assert_int_equal(io->remove_dir(io, bad[i]), why[i]);
		assert_int_equal(io->sync_dir(io, bad[i]), why[i]);
	}
	arena_destroy(arena);
}

/* A path that leads through a file, and a name of more octets than any file system takes. */
static void
why_a_path_leads_to_nothing(void **state)
{
	static char many[300];
	Arena *arena = arena_create();
	Io *io = io_system(arena);
	Str through = inside(arena, "plain/x"), named, text;
	IoKind kind;

	(void)state;
	memset(many, 'x', sizeof(many) - 1);
	named = inside(arena, many);
	assert_int_equal(io->write(io, inside(arena, "plain"), STR("")), IO_OK);
	assert_int_equal(io->read(io, arena, through, 1, &text), IO_NOT_A_FOLDER);
	assert_int_equal(io->write(io, through, STR("")), IO_NOT_A_FOLDER);
	assert_int_equal(io->make_dir(io, through), IO_NOT_A_FOLDER);
	assert_int_equal(io->read(io, arena, named, 1, &text), IO_NAME_TOO_LONG);
	assert_int_equal(io->write(io, named, STR("")), IO_NAME_TOO_LONG);
	assert_int_equal(io->make_dir(io, named), IO_NAME_TOO_LONG);
	assert_int_equal(io->kind(io, named, &kind), IO_NAME_TOO_LONG);
	assert_true(io_is_absent(IO_NOT_FOUND) && io_is_absent(IO_NOT_A_FOLDER) &&
		    io_is_absent(IO_NAME_TOO_LONG));
	assert_false(
		io_is_absent(IO_OK) || io_is_absent(IO_NOT_PERMITTED) || io_is_absent(IO_FAILED));
	arena_destroy(arena);
}

static void
a_large_file_comes_back(void **state)
{
	Arena *arena = arena_create();
	Io *io = io_system(arena);
	Str path = inside(arena, "large"), text;
	size_t size = (size_t)3 << 20, i;
	char *bytes = arena_alloc(arena, size);

	(void)state;
	for (i = 0; i < size; i++)
		bytes[i] = (char)(i * i >> 7);
	assert_int_equal(io->write(io, path, (Str){bytes, size}), IO_OK);
	assert_int_equal(io->read(io, arena, path, size - 1, &text), IO_TOO_BIG);
	assert_int_equal(io->read(io, arena, path, size, &text), IO_OK);
	assert_int_equal(text.len, size);
	assert_memory_equal(text.ptr, bytes, size);
	arena_destroy(arena);
}

/* --- stopping --------------------------------------------------------------------------------- */

#define CALLS 14

/* Every member of an Io once, some twice; gives the statuses. */
static void
call_all(Io *io, Arena *arena, IoStatus ret_statuses[CALLS])
{
	StrVec names;
	IoPart part;
	IoKind kind;
	Str text;

	ret_statuses[0] = io->make_dir(io, STR("d"));
	ret_statuses[1] = io->write(io, STR("d/new"), STR("1234567"));
	ret_statuses[2] = io->read(io, arena, STR("d/new"), 100, &text);
	ret_statuses[3] = io->list(io, arena, STR("d"), &names);
	ret_statuses[4] = io->resolve(io, arena, STR("d"), &text);
	ret_statuses[5] = io->kind(io, STR("d"), &kind);
	ret_statuses[6] = io->rename(io, STR("d/new"), STR("d/other"));
	ret_statuses[7] = io->exchange(io, STR("d/other"), STR("d/other"));
	ret_statuses[8] = io->sync_dir(io, STR("d"));
	ret_statuses[9] = io->remove_file(io, STR("d/other"));
	ret_statuses[10] = io->remove_dir(io, STR("d"));
	ret_statuses[11] = io->write(io, STR("last"), STR("123"));
	ret_statuses[12] = io->read_part(io, arena, STR("last"), 1, 1, &part);
	ret_statuses[13] = io->write_parts(io, STR("parts"), give_two, NULL);
}

/* What is there after the first `done` of these calls. */
static void
check_after(Io *memory, Arena *arena, size_t done)
{
	IoKind kind;
	Str text = {0};

	memory->kind(memory, STR("d"), &kind);
	assert_int_equal(kind, done >= 1 && done < 11 ? IO_KIND_DIR : IO_KIND_NONE);
	memory->kind(memory, STR("d/other"), &kind);
	assert_int_equal(kind, done >= 7 && done < 10 ? IO_KIND_FILE : IO_KIND_NONE);
	memory->read(memory, arena, STR("d/new"), 100, &text);
	/* A write that was cut short leaves half a file, the calls after it nothing. */
	assert_str(text, done == 1 ? "123" : done >= 2 && done < 7 ? "1234567" : "");
	text = (Str){0};
	memory->read(memory, arena, STR("last"), 100, &text);
	assert_str(text, done == 11 ? "1" : done >= 12 ? "123" : "");
	text = (Str){0};
	memory->read(memory, arena, STR("parts"), 100, &text);
	assert_str(text, done == 13 ? "1234" : done == 14 ? "12345678" : "");
}

static void
stopping_at_every_call(void **state)
{
	size_t k, i;

	(void)state;
	for (k = 1; k <= CALLS + 1; k++) {
		Arena *arena = arena_create();
		Io *memory = io_memory(arena), *io = io_stopping(arena, memory, k);
		IoStatus statuses[CALLS];

		call_all(io, arena, statuses);
		assert_int_equal(io_stopping_calls(io), CALLS);
		for (i = 0; i < CALLS; i++)
			assert_int_equal(statuses[i], i + 1 < k ? IO_OK : IO_FAILED);
		check_after(memory, arena, k - 1);
		arena_destroy(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parts_of_a_path_make_the_path),
		cmocka_unit_test(joining_paths),
		cmocka_unit_test(every_status_has_words),
		cmocka_unit_test_setup_teardown(
			memory_answers_as_the_machine_does, folder_make, folder_remove),
		cmocka_unit_test(paths_in_memory),
		cmocka_unit_test_setup_teardown(links_and_pipes, folder_make, folder_remove),
		cmocka_unit_test(paths_that_cannot_be),
		cmocka_unit_test_setup_teardown(
			why_a_path_leads_to_nothing, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_large_file_comes_back, folder_make, folder_remove),
		cmocka_unit_test(stopping_at_every_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
