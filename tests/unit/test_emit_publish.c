/*
 * Publishing to a folder. Runs are killed at every call of their Io, alone and one after another,
 * over folders of every make; whatever the point, files are whole, nothing foreign is touched, and
 * a run that is left alone puts everything right. What hangs on links is tried on the machine's
 * files.
 */
#include "test_base_random.h"

#include "emit/emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OUT "/site/out"

/* --- files ------------------------------------------------------------------------------------ */

/* What a run of a given number writes at a path: nobody else writes it. */
static Str
content_of(Arena *arena, unsigned run, Str path)
{
	return str_format(arena, "run %u, " STR_FMT ", the whole of it", run, STR_ARG(path));
}

static EmitFile
manifest_of(Arena *arena, unsigned run, const EmitFiles *files)
{
	Json *plan = json_object(arena), *outputs = json_list(arena);
	size_t i;

	for (i = 0; i < files->len; i++) {
		Json *output = json_object(arena);

		json_set(arena, output, STR("path"), json_text(arena, files->items[i].path));
		json_set(arena, output, STR("sha256"),
			json_text(arena, sha256_hex(arena, files->items[i].bytes)));
		json_push(arena, outputs, output);
	}
	json_set(arena, plan, STR("format"), json_text(arena, STR("connplan-plan")));
	json_set(arena, plan, STR("run"), json_number(arena, run));
	json_set(arena, plan, STR("outputs"), outputs);
	return emit_plan(plan);
}

/* The files of a run: a subset of names, with plan.json last. */
static EmitFiles
files_of(Arena *arena, unsigned run, unsigned set)
{
	static const char *const names[] = {"connectors.ps1", "summary.md", "dns/1-add/a.zone",
		"dns/2-final/a.zone", "dns/2-final/b.zone", "dns/ptr.zone", "extra.csv"};
	EmitFiles files = {0};
	size_t i;

	for (i = 0; i < BASE_COUNT(names); i++) {
		Str path = str_from(names[i]);

		if ((set >> i & 1) != 0)
			VEC_PUSH(arena, &files,
				((EmitFile){.path = path, .bytes = content_of(arena, run, path)}));
	}
	VEC_PUSH(arena, &files, manifest_of(arena, run, &files));
	return files;
}

static IoStatus
publish(Arena *arena, Io *io, const char *dir, const EmitFiles *files)
{
	EmitTarget target = {.io = io, .dir = str_from(dir)};
	EmitTrouble trouble = {0};
	IoStatus status = emit_publish(arena, &target, files, &trouble);

	/* What is refused is named. */
	assert_true(status == IO_OK || trouble.step != NULL);
	return status;
}

/* --- what stands in a folder ------------------------------------------------------------------ */

/* Every file below a folder, by its path from there; a folder without anything in it ends in `/`.
 */
static void
gather(Arena *arena, Io *io, Str dir, Str prefix, EmitFiles *ret_files)
{
	StrVec names = {0};
	size_t i;

	assert_int_equal(io->list(io, arena, dir, &names), IO_OK);
	if (names.len == 0)
		VEC_PUSH(arena, ret_files,
			((EmitFile){.path = str_format(arena, STR_FMT "/", STR_ARG(prefix))}));
	for (i = 0; i < names.len; i++) {
		Str path = path_join(arena, dir, names.items[i]), bytes = STR("");
		Str name =
			prefix.len == 0 ? names.items[i] : path_join(arena, prefix, names.items[i]);
		IoKind kind;

		assert_int_equal(io->kind(io, path, &kind), IO_OK);
		if (kind == IO_KIND_DIR) {
			gather(arena, io, path, name, ret_files);
			continue;
		}
		if (kind == IO_KIND_FILE)
			assert_int_equal(io->read(io, arena, path, SIZE_MAX, &bytes), IO_OK);
		VEC_PUSH(arena, ret_files, ((EmitFile){.path = name, .bytes = bytes}));
	}
}

static EmitFiles
below(Arena *arena, Io *io, const char *dir)
{
	EmitFiles files = {0};
	IoKind kind;

	assert_int_equal(io->kind(io, str_from(dir), &kind), IO_OK);
	if (kind == IO_KIND_DIR)
		gather(arena, io, str_from(dir), STR(""), &files);
	return files;
}

static const EmitFile *
find_file(const EmitFiles *files, Str path)
{
	size_t i;

	for (i = 0; i < files->len; i++) {
		if (str_equal(files->items[i].path, path))
			return &files->items[i];
	}
	return NULL;
}

/* What the file holds once it is written. */
static Str
text_of(Arena *arena, const EmitFile *file)
{
	Buf text = buf_make(arena);

	if (file->json == NULL)
		return file->bytes;
	json_write_pretty(&text, file->json);
	return buf_text(&text);
}

static bool
holds(const EmitFiles *files, const EmitFile *file)
{
	const EmitFile *found = find_file(files, file->path);
	Arena *arena = arena_create();
	bool same = found != NULL && str_equal(text_of(arena, found), text_of(arena, file));

	arena_destroy(arena);
	return same;
}

static void
assert_all_in(const EmitFiles *some, const EmitFiles *all)
{
	size_t i;

	for (i = 0; i < some->len; i++) {
		if (!holds(all, &some->items[i]))
			fail_msg("`" STR_FMT "` is missing or another",
				STR_ARG(some->items[i].path));
	}
}

static bool
is_folder(const EmitFile *file)
{
	return str_ends(file->path, STR("/"));
}

/* What a run that is killed while folders change places leaves; the next one takes it out. */
static bool
is_marker(const EmitFile *file)
{
	return STR_EQ(file->path, ".connplan-tmp");
}

/* Exactly the new files and the foreign ones. A kill may leave a folder without a file: that could
 * be anybody's, and stays. */
static void
assert_healed(const EmitFiles *found, const EmitFiles *wanted, const EmitFiles *foreign)
{
	size_t i;

	assert_all_in(wanted, found);
	assert_all_in(foreign, found);
	for (i = 0; i < found->len; i++) {
		if (!is_folder(&found->items[i]) && !is_marker(&found->items[i]) &&
			!holds(wanted, &found->items[i]) && !holds(foreign, &found->items[i]))
			fail_msg("`" STR_FMT "` is left over", STR_ARG(found->items[i].path));
	}
}

/* --- the worlds that a run finds -------------------------------------------------------------- */

typedef struct World {
	const char *name;
	bool folder;                /* there is an output folder */
	bool ours;                  /* with the files of run 0 */
	const char *const *foreign; /* files of others in it */
	size_t foreign_len;
} World;

static const char *const foreign_names[] = {"notes.txt", "dns/mine.zone", "other/deep/er/file"};

static const World worlds[] = {
	{"no folder", false, false, NULL, 0},
	{"an empty folder", true, false, NULL, 0},
	{"our files", true, true, NULL, 0},
	{"foreign files", true, false, foreign_names, BASE_COUNT(foreign_names)},
	{"our files and foreign ones", true, true, foreign_names, BASE_COUNT(foreign_names)},
	{"our files and one of others", true, true, foreign_names, 1},
};

#define OLD_SET 0x5fu /* of run 0; not dns/ptr.zone */

static EmitFiles
foreign_files(Arena *arena, const World *world)
{
	EmitFiles files = {0};
	size_t i;

	for (i = 0; i < world->foreign_len; i++) {
		Str path = str_from(world->foreign[i]);

		VEC_PUSH(arena, &files,
			((EmitFile){.path = path,
				.bytes = str_format(arena, "mine: " STR_FMT, STR_ARG(path))}));
	}
	return files;
}

static void
put_all(Arena *arena, Io *io, const EmitFiles *files)
{
	size_t i;

	for (i = 0; i < files->len; i++)
		io_memory_put(io, path_join(arena, STR(OUT), files->items[i].path),
			text_of(arena, &files->items[i]));
}

static Io *
world_make(Arena *arena, const World *world)
{
	Io *io = io_memory(arena);
	EmitFiles old = files_of(arena, 0, OLD_SET), foreign = foreign_files(arena, world);

	io_memory_put(io, STR("/site/mailflow.yaml"), STR("version: 1\n"));
	io_memory_put(io, STR("/secret"), STR("nobody's business"));
	if (world->folder)
		assert_int_equal(io->make_dir(io, STR(OUT)), IO_OK);
	if (world->ours)
		put_all(arena, io, &old);
	put_all(arena, io, &foreign);
	return io;
}

static void
assert_rest_untouched(Arena *arena, Io *io)
{
	Str bytes = {0};

	assert_int_equal(io->read(io, arena, STR("/site/mailflow.yaml"), 99, &bytes), IO_OK);
	assert_str(bytes, "version: 1\n");
	assert_int_equal(io->read(io, arena, STR("/secret"), 99, &bytes), IO_OK);
	assert_str(bytes, "nobody's business");
}

/* Beside the folder stand the spec and, after a stop, at most the temporary folder. */
static void
assert_siblings(Arena *arena, Io *io, bool temporary_allowed)
{
	StrVec names = {0};
	size_t i;

	assert_int_equal(io->list(io, arena, STR("/site"), &names), IO_OK);
	for (i = 0; i < names.len; i++)
		assert_true(STR_EQ(names.items[i], "mailflow.yaml") ||
			    STR_EQ(names.items[i], "out") ||
			    (temporary_allowed && STR_EQ(names.items[i], "out.tmp")));
}

/* The run that wrote the manifest found in the folder, or -1. */
static int
run_of_manifest(Arena *arena, const EmitFiles *found)
{
	const EmitFile *manifest = find_file(found, STR("plan.json"));
	Json *plan;
	JsonError error;

	if (manifest == NULL)
		return -1;
	assert_true(json_read(arena, manifest->bytes, &plan, &error));
	return (int)json_get(plan, STR("run"))->number;
}

/*
 * After a stop: each file of ours is whole, of one of the runs so far; and a manifest speaks of
 * what is there, unless files of a later run have begun to come in.
 */
static void
assert_whole(Arena *arena, Io *io, const EmitFiles *runs, size_t runs_len, const EmitFiles *foreign)
{
	EmitFiles found = below(arena, io, OUT);
	int last = run_of_manifest(arena, &found);
	size_t i, run;

	for (i = 0; i < found.len; i++) {
		const EmitFile *file = &found.items[i];
		bool known = holds(foreign, file) || is_folder(file) || is_marker(file);

		for (run = 0; run < runs_len && !known; run++)
			known = holds(&runs[run], file);
		if (!known)
			fail_msg("`" STR_FMT "` is half a file", STR_ARG(file->path));
	}
	assert_all_in(foreign, &found);
	/* plan.json comes last: with the newest one, all is there and nothing stale is. */
	if (last >= 0 && (size_t)last + 1 == runs_len)
		assert_healed(&found, &runs[last], foreign);
	assert_rest_untouched(arena, io);
	assert_siblings(arena, io, true);
}

/* --- laws ------------------------------------------------------------------------------------- */

/* Memory without the exchange of two names: the way of most file systems. */

static IoStatus
no_exchange(Io *io, Str a, Str b)
{
	(void)io, (void)a, (void)b;
	return IO_UNSUPPORTED;
}

/* One stop at call k and a run that is left alone; false once k is past the last call. */
static bool
stop_once(const World *world, size_t k, bool exchange, unsigned set)
{
	Arena *arena = arena_create();
	Io *io = world_make(arena, world);
	EmitFiles foreign = foreign_files(arena, world), found;
	EmitFiles runs[3] = {files_of(arena, 0, OLD_SET), files_of(arena, 1, set),
		files_of(arena, 2, set ^ 0x2a)};
	Io *stopping;
	bool stopped;

	if (!exchange)
		io->exchange = no_exchange;
	stopping = io_stopping(arena, io, k);
	stopped = publish(arena, stopping, OUT, &runs[1]) != IO_OK;
	assert_whole(arena, io, runs, 2, &foreign);
	found = below(arena, io, OUT);
	/* Whoever is told that it worked finds the new files. */
	if (!stopped)
		assert_healed(&found, &runs[1], &foreign);
	assert_int_equal(publish(arena, io, OUT, &runs[2]), IO_OK);
	found = below(arena, io, OUT);
	assert_healed(&found, &runs[2], &foreign);
	assert_siblings(arena, io, false);
	assert_rest_untouched(arena, io);
	stopped = io_stopping_calls(stopping) >= k;
	arena_destroy(arena);
	return stopped;
}

static void
a_stop_at_any_call_leaves_whole_files(void **state)
{
	static const unsigned sets[] = {0x7f, 0x25, 0x00};
	size_t i, k;

	(void)state;
	for (i = 0; i < 2 * BASE_COUNT(worlds) * BASE_COUNT(sets); i++) {
		const World *world = &worlds[i / 2 % BASE_COUNT(worlds)];
		unsigned set = sets[i / 2 / BASE_COUNT(worlds)];

		for (k = 1; stop_once(world, k, i % 2 == 0, set); k++)
			;
		assert_true(k > 10);
	}
}

#define STOPS 5

/* Runs that are killed one after another, each with other files, over what the last one left. */
static void
stops_after_stops_heal(void **state)
{
	Random random = {71};
	size_t round, i;

	(void)state;
	for (round = 0; round < 400; round++) {
		Arena *arena = arena_create();
		const World *world = &worlds[random_below(&random, BASE_COUNT(worlds))];
		Io *io = world_make(arena, world);
		EmitFiles foreign = foreign_files(arena, world), found;
		EmitFiles runs[STOPS + 2] = {files_of(arena, 0, OLD_SET)};

		if (random_below(&random, 2) == 0)
			io->exchange = no_exchange;
		for (i = 1; i <= STOPS; i++) {
			runs[i] =
				files_of(arena, (unsigned)i, (unsigned)random_below(&random, 128));
			(void)publish(arena, io_stopping(arena, io, 1 + random_below(&random, 90)),
				OUT, &runs[i]);
			assert_whole(arena, io, runs, i + 1, &foreign);
		}
		runs[i] = files_of(arena, (unsigned)i, (unsigned)random_below(&random, 128));
		assert_int_equal(publish(arena, io, OUT, &runs[i]), IO_OK);
		found = below(arena, io, OUT);
		assert_healed(&found, &runs[i], &foreign);
		assert_siblings(arena, io, false);
		arena_destroy(arena);
	}
}

static size_t renames_left;
static IoStatus (*true_rename)(Io *io, Str from, Str to);

static IoStatus
rename_once_refused(Io *io, Str from, Str to)
{
	return renames_left-- == 0 ? IO_NO_SPACE : true_rename(io, from, to);
}

/* One refusal in the middle, by a disk that works otherwise: the run tidies up behind itself. */
static void
a_refused_move_leaves_no_strays(void **state)
{
	size_t k, moved;

	(void)state;
	for (k = 0; k < 8; k++) {
		Arena *arena = arena_create();
		Io *io = world_make(arena, &worlds[4]);
		EmitFiles foreign = foreign_files(arena, &worlds[4]), found;
		EmitFiles runs[2] = {files_of(arena, 0, OLD_SET), files_of(arena, 1, 0x7f)};

		true_rename = io->rename;
		io->rename = rename_once_refused;
		renames_left = k;
		assert_int_equal(publish(arena, io, OUT, &runs[1]), IO_NO_SPACE);
		assert_whole(arena, io, runs, 2, &foreign);
		assert_siblings(arena, io, false);
		found = below(arena, io, OUT);
		for (moved = 0; moved < runs[1].len; moved++)
			assert_true(find_file(&runs[0], runs[1].items[moved].path) != NULL ||
				    find_file(&found, runs[1].items[moved].path) == NULL);
		arena_destroy(arena);
	}
}

/* The user's wish to stop: nothing has changed, and nothing is left over. */
static size_t questions_left;

static bool
ask_until(void)
{
	return questions_left-- == 0;
}

static void
a_wish_to_stop_changes_nothing(void **state)
{
	size_t world, questions;

	(void)state;
	for (world = 0; world < BASE_COUNT(worlds); world++) {
		for (questions = 0; questions < 5; questions++) {
			Arena *arena = arena_create();
			Io *io = world_make(arena, &worlds[world]);
			EmitFiles before = below(arena, io, OUT), after, files;
			EmitTarget target = {.io = io, .dir = STR(OUT), .stop = ask_until};
			EmitTrouble trouble = {0};

			files = files_of(arena, 1, 0x0f);
			questions_left = questions;
			assert_int_equal(
				emit_publish(arena, &target, &files, &trouble), IO_INTERRUPTED);
			after = below(arena, io, OUT);
			assert_all_in(&before, &after);
			assert_int_equal(after.len, before.len);
			assert_siblings(arena, io, false);
			arena_destroy(arena);
		}
	}
}

static void
a_foreign_temporary_folder_is_refused(void **state)
{
	Arena *arena = arena_create();
	Io *io = world_make(arena, &worlds[2]);
	EmitFiles files = files_of(arena, 1, 0x7f), before, after;

	(void)state;
	io_memory_put(io, STR(OUT ".tmp/a/thesis.txt"), STR("years of work"));
	before = below(arena, io, "/site");
	assert_int_equal(publish(arena, io, OUT, &files), IO_EXISTS);
	after = below(arena, io, "/site");
	assert_all_in(&before, &after);
	assert_int_equal(before.len, after.len);
	io = world_make(arena, &worlds[0]);
	io_memory_put(io, STR(OUT ".tmp"), STR("a file"));
	assert_int_equal(publish(arena, io, OUT, &files), IO_EXISTS);
	arena_destroy(arena);
}

/* What stands in the way is not ours to remove, and it is found before anything has moved. */
static void
a_foreign_thing_in_the_way_is_refused(void **state)
{
	static const char *const in_the_way[] = {"dns", "dns/2-final", "summary.md/deep/file"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(in_the_way); i++) {
		Arena *arena = arena_create();
		Io *io = world_make(arena, &worlds[0]);
		EmitFiles old = files_of(arena, 0, 0x01), files = files_of(arena, 1, 0x1f);
		EmitFiles before, after;

		put_all(arena, io, &old);
		io_memory_put(io, path_join(arena, STR(OUT), str_from(in_the_way[i])), STR("mine"));
		before = below(arena, io, OUT);
		assert_int_not_equal(publish(arena, io, OUT, &files), IO_OK);
		after = below(arena, io, OUT);
		assert_all_in(&before, &after);
		assert_int_equal(after.len, before.len);
		assert_siblings(arena, io, false);
		arena_destroy(arena);
	}
}

/* --- hostile manifests ------------------------------------------------------------------------ */

#define PLAN(outputs) "{\"format\":\"connplan-plan\",\"outputs\":" outputs "}"

static const char *const hostile_manifests[] = {
	PLAN("[{\"path\":\"../mailflow.yaml\"},{\"path\":\"../../secret\"}]"),
	PLAN("[{\"path\":\"/secret\"},{\"path\":\"//secret\"},{\"path\":\"/site/mailflow.yaml\"}]"),
	PLAN("[{\"path\":\"other/../notes.txt\"},{\"path\":\"./notes.txt\"}]"),
	PLAN("[{\"path\":\"other//deep/er/file\"},{\"path\":\"other/deep/er/file/\"}]"),
	PLAN("[{\"path\":\"notes.txt\"},{\"path\":\"other/deep/er/file\",\"sha256\":\"x\"}]"),
	PLAN("[{\"path\":\"\"},{\"path\":\".\"},{\"path\":\"..\"},{\"path\":\"/\"}]"),
	PLAN("[{\"path\":\"notes.txt\\u0000\"},{\"path\":\"\\u0000\"}]"),
	PLAN("[{\"path\":\"other\"},{\"path\":\"dns\"},{\"path\":\"other/deep\"}]"),
	PLAN("[{\"path\":7},{\"path\":null},{},[],null,\"notes.txt\",{\"Path\":\"notes.txt\"}]"),
	PLAN("{\"path\":\"notes.txt\"}"),
	PLAN("\"notes.txt\""),
	PLAN("null"),
	"{\"format\":\"connplan-export\",\"outputs\":[{\"path\":\"notes.txt\"}]}",
	"{\"format\":[\"connplan-plan\"],\"outputs\":[{\"path\":\"notes.txt\"}]}",
	"[" PLAN("[{\"path\":\"notes.txt\"}]") "]",
	PLAN("[{\"path\":\"notes.txt\"}]") " trailing",
	"{\"outputs\":[{\"path\":\"notes.txt\"}]}",
	"not JSON",
	"",
	"\xff\xfe",
};

static void
a_hostile_manifest_reaches_nothing(void **state)
{
	const World *world = &worlds[3];
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(hostile_manifests); i++) {
		Arena *arena = arena_create();
		Io *io = world_make(arena, world);
		EmitFiles foreign = foreign_files(arena, world), found;
		EmitFiles files = files_of(arena, 1, 0x7f);

		io_memory_put(io, STR(OUT "/plan.json"), str_from(hostile_manifests[i]));
		assert_int_equal(publish(arena, io, OUT, &files), IO_OK);
		found = below(arena, io, OUT);
		assert_healed(&found, &files, &foreign);
		assert_rest_untouched(arena, io);
		assert_siblings(arena, io, false);
		arena_destroy(arena);
	}
}

/* A good manifest is believed: what it lists was ours, and goes, with the folders that it filled.
 */
static void
stale_files_go_with_their_folders(void **state)
{
	Arena *arena = arena_create();
	Io *io = world_make(arena, &worlds[5]);
	EmitFiles files = files_of(arena, 1, 0x01), foreign = foreign_files(arena, &worlds[5]),
		  found;
	IoKind kind;

	(void)state;
	assert_int_equal(publish(arena, io, OUT, &files), IO_OK);
	found = below(arena, io, OUT);
	assert_healed(&found, &files, &foreign);
	assert_int_equal(io->kind(io, STR(OUT "/dns"), &kind), IO_OK);
	assert_int_equal(kind, IO_KIND_NONE);
	arena_destroy(arena);
}

static void
spellings_of_the_folder(void **state)
{
	static const char *const spellings[] = {"/site/out", "/site/out/", "/site/out///",
		"site/out", "./site/out", "/site/../site/out"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(spellings); i++) {
		Arena *arena = arena_create();
		Io *io = world_make(arena, &worlds[2]);
		EmitFiles files = files_of(arena, 1, 0x13), none = {0}, found;

		assert_int_equal(publish(arena, io, spellings[i], &files), IO_OK);
		found = below(arena, io, OUT);
		assert_healed(&found, &files, &none);
		assert_siblings(arena, io, false);
		arena_destroy(arena);
	}
}

/* --- the machine's files, for links ----------------------------------------------------------- */

static char machine[64];

static int
machine_make(void **state)
{
	(void)state;
	snprintf(machine, sizeof(machine), "%s/connplan-publish-XXXXXX", P_tmpdir);
	return mkdtemp(machine) == NULL ? -1 : 0;
}

static void
remove_below(Arena *arena, Io *io, Str dir)
{
	StrVec names = {0};
	size_t i;

	(void)io->list(io, arena, dir, &names);
	for (i = 0; i < names.len; i++) {
		Str path = path_join(arena, dir, names.items[i]);
		IoKind kind;

		if (io->kind(io, path, &kind) == IO_OK && kind == IO_KIND_DIR)
			remove_below(arena, io, path);
		else
			(void)io->remove_file(io, path);
	}
	(void)io->remove_dir(io, dir);
}

static int
machine_remove(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	remove_below(arena, io_system(arena), str_from(machine));
	arena_destroy(arena);
	return 0;
}

static const char *
inside(Arena *arena, const char *name)
{
	return str_c(arena, str_format(arena, "%s/%s", machine, name));
}

/* `elsewhere/kept` is what a link leads to; it must survive everything. */
static Io *
machine_reset(Arena *arena)
{
	Io *io = io_system(arena);

	remove_below(arena, io, str_from(machine));
	(void)io->make_dir(io, str_from(machine));
	(void)io->make_dir(io, str_from(inside(arena, "elsewhere")));
	assert_int_equal(
		io->write(io, str_from(inside(arena, "elsewhere/kept")), STR("kept")), IO_OK);
	return io;
}

static void
assert_elsewhere_kept(Arena *arena, Io *io)
{
	EmitFiles found = below(arena, io, inside(arena, "elsewhere"));
	EmitFile kept = {.path = STR("kept"), .bytes = STR("kept")};

	assert_true(found.len == 1 && holds(&found, &kept));
}

/* The link gives way to a folder, or stands; what it points to is not touched. */
static bool
stop_at_link(size_t k)
{
	Arena *arena = arena_create();
	Io *io = machine_reset(arena), *stopping = io_stopping(arena, io, k);
	EmitFiles files = files_of(arena, 1, 0x1b), none = {0}, found;
	const char *out = inside(arena, "out");
	bool stopped;

	assert_int_equal(symlink("elsewhere", out), 0);
	stopped = publish(arena, stopping, out, &files) != IO_OK;
	assert_elsewhere_kept(arena, io);
	assert_int_equal(publish(arena, io, out, &files), IO_OK);
	assert_elsewhere_kept(arena, io);
	found = below(arena, io, out);
	assert_healed(&found, &files, &none);
	assert_int_equal(below(arena, io, machine).len, files.len + 1);
	arena_destroy(arena);
	return stopped;
}

static void
a_link_in_the_folders_place_is_replaced(void **state)
{
	size_t k;

	(void)state;
	for (k = 1; stop_at_link(k); k++)
		;
	assert_true(k > 10);
}

/* A link at an output's path, or on the way to it, is replaced and never followed. */
static void
links_inside_are_not_followed(void **state)
{
	static const char *const places[] = {
		"out/dns", "out/dns/2-final", "out/summary.md", "out/plan.json"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(places); i++) {
		Arena *arena = arena_create();
		Io *io = machine_reset(arena);
		EmitFiles files = files_of(arena, 1, 0x1b), found;

		assert_int_equal(io->make_dir(io, str_from(inside(arena, "out"))), IO_OK);
		if (i == 1)
			assert_int_equal(
				io->make_dir(io, str_from(inside(arena, "out/dns"))), IO_OK);
		assert_int_equal(symlink(inside(arena, i < 2 ? "elsewhere" : "elsewhere/kept"),
					 inside(arena, places[i])),
			0);
		assert_int_equal(publish(arena, io, inside(arena, "out"), &files), IO_OK);
		assert_elsewhere_kept(arena, io);
		found = below(arena, io, inside(arena, "out"));
		assert_all_in(&files, &found);
		assert_int_equal(found.len, files.len);
		arena_destroy(arena);
	}
}

/* Stale paths are plain, but a link in the folder would lead them out of it. */
static void
a_manifest_does_not_reach_through_links(void **state)
{
	static const char *const manifests[] = {PLAN("[{\"path\":\"way/kept\"}]"),
		PLAN("[{\"path\":\"way/kept\"},{\"path\":\"way\"}]"),
		PLAN("[{\"path\":\"way\"},{\"path\":\"way/kept\"}]"),
		PLAN("[{\"path\":\"inner/way/kept\"},{\"path\":\"mine\"}]")};
	size_t i, foreign;

	(void)state;
	for (i = 0; i < 2 * BASE_COUNT(manifests); i++) {
		Arena *arena = arena_create();
		Io *io = machine_reset(arena);
		EmitFiles files = files_of(arena, 1, 0x03), found;

		foreign = i % 2;
		assert_int_equal(io->make_dir(io, str_from(inside(arena, "out"))), IO_OK);
		assert_int_equal(io->make_dir(io, str_from(inside(arena, "out/inner"))), IO_OK);
		if (foreign == 1)
			assert_int_equal(
				io->write(io, str_from(inside(arena, "out/notes")), STR("mine")),
				IO_OK);
		assert_int_equal(io->write(io, str_from(inside(arena, "out/plan.json")),
					 str_from(manifests[i / 2])),
			IO_OK);
		assert_int_equal(symlink(inside(arena, "elsewhere"), inside(arena, "out/way")), 0);
		assert_int_equal(
			symlink(inside(arena, "elsewhere"), inside(arena, "out/inner/way")), 0);
		assert_int_equal(publish(arena, io, inside(arena, "out"), &files), IO_OK);
		assert_elsewhere_kept(arena, io);
		found = below(arena, io, inside(arena, "out"));
		assert_all_in(&files, &found);
		assert_true(foreign == 0 || find_file(&found, STR("notes")) != NULL);
		arena_destroy(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stop_at_any_call_leaves_whole_files),
		cmocka_unit_test(stops_after_stops_heal),
		cmocka_unit_test(a_refused_move_leaves_no_strays),
		cmocka_unit_test(a_wish_to_stop_changes_nothing),
		cmocka_unit_test(a_foreign_temporary_folder_is_refused),
		cmocka_unit_test(a_foreign_thing_in_the_way_is_refused),
		cmocka_unit_test(a_hostile_manifest_reaches_nothing),
		cmocka_unit_test(stale_files_go_with_their_folders),
		cmocka_unit_test(spellings_of_the_folder),
		cmocka_unit_test_setup_teardown(
			a_link_in_the_folders_place_is_replaced, machine_make, machine_remove),
		cmocka_unit_test_setup_teardown(
			links_inside_are_not_followed, machine_make, machine_remove),
		cmocka_unit_test_setup_teardown(
			a_manifest_does_not_reach_through_links, machine_make, machine_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
