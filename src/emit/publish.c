/*
 * Written or not written. Everything goes into a sibling folder first; then the two change places
 * in one step, or, where the folder holds what is not ours, file by file with plan.json last. A run
 * that was killed is healed by the next: plan.json tells what belongs together, and the sibling
 * that was left behind, by what is missing from it, which files had come in before.
 */
#include "emit/emit_int.h"

#define MANIFEST         "plan.json"
#define MARKER           ".connplan-tmp"
#define MAX_FOLDER_DEPTH 8

typedef struct Publisher {
	Arena *arena;
	const EmitTarget *target;
	Io *io;
	Str dir, temporary;
	bool exists, is_link; /* a folder stands there; a link, which is replaced */
	const EmitFiles *files;
	StrVec old, old_hashes; /* what the old manifest lists */
	Map old_names, new_names;
	bool has_manifest;
	StrVec came_in; /* hashes of files that a killed run had brought in already */
	Map came_names;
	EmitTrouble *trouble;
} Publisher;

static bool
failed(Publisher *publisher, IoStatus status, const char *step, Str path)
{
	if (status == IO_OK)
		return false;
	publisher->trouble->path = path;
	publisher->trouble->step = step;
	return true;
}

static IoStatus
ask_stop(const Publisher *publisher)
{
	return publisher->target->stop != NULL && publisher->target->stop() ? IO_INTERRUPTED
									    : IO_OK;
}

static Str
below(Publisher *publisher, Str dir, Str path)
{
	return str_format(publisher->arena, STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(path));
}

/* --- the old manifest ------------------------------------------------------------------------- */

/* A path that we could have written: relative, no dots to climb with, and none that the system
 * would cut off at a NUL. */
static bool
is_plain_path(Str path)
{
	size_t start = 0;

	if (path.len == 0 || path_is_absolute(path) || str_find_char(path, '\0', 0) < path.len)
		return false;
	while (start <= path.len) {
		size_t end = str_find_char(path, '/', start);
		Str name = str_slice(path, start, end);

		if (name.len == 0 || STR_EQ(name, ".") || STR_EQ(name, ".."))
			return false;
		start = end + 1;
	}
	return true;
}

static void
add_old(Publisher *publisher, Str path, Str hash)
{
	uint32_t number = (uint32_t)publisher->old.len;

	if (map_add(publisher->arena, &publisher->old_names, path, number) != MAP_NONE)
		return;
	VEC_PUSH(publisher->arena, &publisher->old, path);
	VEC_PUSH(publisher->arena, &publisher->old_hashes, hash);
}

/*
 * Whether the file holds just what an earlier run wrote there. A manifest can come from anybody,
 * and a file can have been edited since: only bytes with the listed hash are ours to remove.
 */
static bool
is_unchanged(Publisher *publisher, Str path, Str hash)
{
	Str found;

	return sha256_file(publisher->arena, publisher->io, below(publisher, publisher->dir, path),
		       &found) == IO_OK &&
	       str_equal(found, hash);
}

/* Reads what an earlier run wrote; a folder without a good manifest has no old files. */
static IoStatus
read_manifest(Publisher *publisher, Str dir)
{
	Arena *scratch = arena_create();
	Str path = below(publisher, dir, STR(MANIFEST));
	const Json *outputs;
	IoStatus status = emit_manifest_outputs(scratch, publisher->io, path, &outputs);
	size_t i;

	for (i = 0; outputs != NULL && i < outputs->items.len; i++) {
		Str name = json_get_text(outputs->items.items[i], STR("path"));
		Str hash = json_get_text(outputs->items.items[i], STR("sha256"));

		if (is_plain_path(name))
			add_old(publisher, str_copy(publisher->arena, name),
				str_copy(publisher->arena, hash));
	}
	arena_destroy(scratch);
	publisher->has_manifest = outputs != NULL;
	return status;
}

/* --- what is lost ----------------------------------------------------------------------------- */

#define EDITED  "which had been edited since the last build"
#define FOREIGN "which no build had written"

/* Whether the hash that some run wrote down for this name is that of the file. */
static bool
is_of_run(Publisher *publisher, const Map *names, const StrVec *hashes, Str path)
{
	uint32_t number = map_find(names, path);

	return number != MAP_NONE && is_unchanged(publisher, path, hashes->items[number]);
}

/* What of somebody else's goes when this file goes; NULL if nothing does. */
static const char *
loss_of(Publisher *publisher, Str path)
{
	IoKind kind;

	if (publisher->target->losses == NULL ||
		publisher->io->kind(publisher->io, below(publisher, publisher->dir, path), &kind) !=
			IO_OK ||
		kind == IO_KIND_NONE || kind == IO_KIND_DIR)
		return NULL;
	if (kind == IO_KIND_LINK)
		return "which was a link";
	if (STR_EQ(path, MANIFEST))
		return publisher->has_manifest ? NULL : FOREIGN;
	if (is_of_run(publisher, &publisher->old_names, &publisher->old_hashes, path) ||
		is_of_run(publisher, &publisher->came_names, &publisher->came_in, path))
		return NULL;
	return map_find(&publisher->old_names, path) != MAP_NONE ? EDITED : FOREIGN;
}

static void
add_loss(Publisher *publisher, Str path, const char *how, const char *what)
{
	if (what != NULL)
		VEC_PUSH(
			publisher->arena, publisher->target->losses, ((EmitLoss){path, how, what}));
}

/* --- removing what is ours -------------------------------------------------------------------- */

static IoStatus remove_tree(Publisher *publisher, Str dir, unsigned depth);

static IoStatus
remove_entry(Publisher *publisher, Str path, unsigned depth)
{
	IoKind kind;
	IoStatus status = publisher->io->kind(publisher->io, path, &kind);

	if (status != IO_OK)
		return status;
	if (kind == IO_KIND_DIR && depth < MAX_FOLDER_DEPTH)
		return remove_tree(publisher, path, depth + 1);
	return publisher->io->remove_file(publisher->io, path);
}

/* What tells that the folder is ours goes last, so that a killed removal can be taken up again. */
static bool
is_proof(Str name, unsigned depth)
{
	return depth == 0 && STR_EQ(name, MARKER);
}

/* Everything below a temporary folder of ours; its folders are at most as deep as our paths. */
static IoStatus
remove_tree(Publisher *publisher, Str dir, unsigned depth)
{
	Io *io = publisher->io;
	StrVec names = {0};
	IoStatus status = io->list(io, publisher->arena, dir, &names);
	size_t i, pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < names.len && status == IO_OK; i++) {
			if (is_proof(names.items[i], depth) == (pass == 1))
				status = remove_entry(
					publisher, below(publisher, dir, names.items[i]), depth);
		}
	}
	return status == IO_OK ? io->remove_dir(io, dir) : status;
}

static bool
holds_no_file(Publisher *publisher, Str dir, unsigned depth)
{
	StrVec names = {0};
	IoKind kind;
	size_t i;

	if (depth > MAX_FOLDER_DEPTH ||
		publisher->io->list(publisher->io, publisher->arena, dir, &names) != IO_OK)
		return false;
	for (i = 0; i < names.len; i++) {
		Str path = below(publisher, dir, names.items[i]);

		if (publisher->io->kind(publisher->io, path, &kind) != IO_OK ||
			kind != IO_KIND_DIR || !holds_no_file(publisher, path, depth + 1))
			return false;
	}
	return true;
}

static bool
has_marker(Publisher *publisher, Str dir)
{
	IoKind kind;

	return publisher->io->kind(publisher->io, below(publisher, dir, STR(MARKER)), &kind) ==
		       IO_OK &&
	       kind == IO_KIND_FILE;
}

/* Whether a folder in the way of ours is one. An output folder that somebody named so is none. */
static bool
is_leftover(Publisher *publisher, Str dir)
{
	return holds_no_file(publisher, dir, 0) || has_marker(publisher, dir);
}

/* A link on the way would lead out of the folder, to what was never ours. */
static bool
is_on_the_way_of_links(Publisher *publisher, Str path)
{
	size_t end;

	for (end = str_find_char(path, '/', 0); end < path.len;
		end = str_find_char(path, '/', end + 1)) {
		Str folder = below(publisher, publisher->dir, str_slice(path, 0, end));
		IoKind kind;

		if (publisher->io->kind(publisher->io, folder, &kind) != IO_OK ||
			kind != IO_KIND_DIR)
			return true;
	}
	return false;
}

/*
 * Takes a file of an earlier run out of the folder; folders that are empty now were ours. A run
 * that was killed half-way leaves files of other bytes than the manifest's: names that only our
 * outputs have are enough, for a zone or script that is out of date must not stay.
 */
static IoStatus
remove_ours(Publisher *publisher, Str path, Str hash)
{
	Io *io = publisher->io;
	Str place = below(publisher, publisher->dir, path);
	IoKind kind;
	IoStatus status;

	if (is_on_the_way_of_links(publisher, path))
		return IO_OK;
	status = io->kind(io, place, &kind);
	/* A folder or a link is nothing that we could have written under this name. */
	if (status != IO_OK || kind != IO_KIND_FILE ||
		(!emit_is_output(path) && !is_unchanged(publisher, path, hash)))
		return status;
	status = io->remove_file(io, place);
	while (status == IO_OK && str_find_char(path, '/', 0) < path.len) {
		path = path_dir(path);
		if (io->remove_dir(io, below(publisher, publisher->dir, path)) != IO_OK)
			break;
	}
	return status;
}

static void
add_came_in(Publisher *publisher, Str path, Str hash)
{
	map_add(publisher->arena, &publisher->came_names, path, (uint32_t)publisher->came_in.len);
	VEC_PUSH(publisher->arena, &publisher->came_in, hash);
}

/*
 * Files that came in one by one before their run was killed, and that no manifest in the folder
 * tells of: the one that was left beside lists them, and they are no longer beside it. Afterwards
 * that manifest goes, so that what is cleared next does not look as if it had come in.
 */
static IoStatus
remove_strays(Publisher *publisher)
{
	Publisher probe = {.arena = publisher->arena, .io = publisher->io};
	Io *io = publisher->io;
	Str manifest = below(publisher, publisher->temporary, STR(MANIFEST));
	IoStatus status;
	size_t i;

	if (!publisher->exists || !has_marker(publisher, publisher->temporary))
		return IO_OK;
	status = read_manifest(&probe, publisher->temporary);
	if (status != IO_OK || !probe.has_manifest)
		return status;
	for (i = 0; i < probe.old.len && status == IO_OK; i++) {
		Str path = probe.old.items[i];
		/* A later run knows it by its name; any other only this manifest knows. */
		bool stays = emit_is_output(path) &&
			     map_find(&publisher->old_names, path) != MAP_NONE &&
			     map_find(&publisher->new_names, path) != MAP_NONE;
		IoKind kind;

		status = io->kind(io, below(publisher, publisher->temporary, path), &kind);
		if (status != IO_OK || kind != IO_KIND_NONE)
			continue;
		if (!stays)
			status = remove_ours(publisher, path, probe.old_hashes.items[i]);
		else
			add_came_in(publisher, path, probe.old_hashes.items[i]);
	}
	return status == IO_OK ? io->remove_file(io, manifest) : status;
}

static IoStatus
clear_leftover(Publisher *publisher)
{
	IoKind kind;
	IoStatus status = publisher->io->kind(publisher->io, publisher->temporary, &kind);

	if (status != IO_OK || kind == IO_KIND_NONE)
		return status;
	if (kind != IO_KIND_DIR || !is_leftover(publisher, publisher->temporary))
		return IO_EXISTS;
	status = remove_strays(publisher);
	return status == IO_OK ? remove_tree(publisher, publisher->temporary, 0) : status;
}

/* --- writing beside --------------------------------------------------------------------------- */

/* Makes the folders of a path below `dir`; a link in their place is removed, not followed. */
static IoStatus
make_folders(Publisher *publisher, Str dir, Str path)
{
	Io *io = publisher->io;
	size_t end;
	IoStatus status;

	for (end = str_find_char(path, '/', 0); end < path.len;
		end = str_find_char(path, '/', end + 1)) {
		Str folder = below(publisher, dir, str_slice(path, 0, end));
		IoKind kind;

		status = io->kind(io, folder, &kind);
		if (status == IO_OK && kind != IO_KIND_DIR && kind != IO_KIND_NONE)
			status = io->remove_file(io, folder);
		if (status == IO_OK && kind != IO_KIND_DIR)
			status = io->make_dir(io, folder);
		if (failed(publisher, status, "cannot make", folder))
			return status;
	}
	return IO_OK;
}

static IoStatus
sync_folder(Publisher *publisher, Str dir)
{
	IoStatus status = publisher->io->sync_dir(publisher->io, dir);

	(void)failed(publisher, status, "cannot write", dir);
	return status;
}

/* Whether the file before it stands in the same folder, which then is there. */
static bool
follows_in_folder(const EmitFiles *files, size_t index)
{
	return index > 0 && str_equal(path_dir(files->items[index].path),
				    path_dir(files->items[index - 1].path));
}

static IoStatus
write_beside(Publisher *publisher)
{
	Io *io = publisher->io;
	Str marker = below(publisher, publisher->temporary, STR(MARKER));
	IoStatus status = io->make_dir(io, publisher->temporary);
	size_t i;

	if (status == IO_OK)
		status = io->write(io, marker, STR(""));
	if (failed(publisher, status, "cannot make", publisher->temporary))
		return status;
	for (i = 0; i < publisher->files->len && status == IO_OK; i++) {
		const EmitFile *file = &publisher->files->items[i];
		Str path = below(publisher, publisher->temporary, file->path);

		status = ask_stop(publisher);
		if (status == IO_OK && !follows_in_folder(publisher->files, i))
			status = make_folders(publisher, publisher->temporary, file->path);
		if (status == IO_OK) {
			status = emit_write_file(io, path, file);
			(void)failed(publisher, status, "cannot write",
				below(publisher, publisher->dir, file->path));
		}
	}
	return status == IO_OK ? sync_folder(publisher, publisher->temporary) : status;
}

/* --- swapping in ------------------------------------------------------------------------------ */

/* The manifest and the marker are ours by their names; any other file by what it holds. */
static bool
is_ours(Publisher *publisher, Str path)
{
	uint32_t number = map_find(&publisher->old_names, path);

	if (STR_EQ(path, MANIFEST) || STR_EQ(path, MARKER))
		return true;
	return number != MAP_NONE &&
	       is_unchanged(publisher, path, publisher->old_hashes.items[number]);
}

/* Whether everything in the folder is as an earlier run wrote it. */
static bool
holds_only_ours(Publisher *publisher, Str prefix, unsigned depth)
{
	Io *io = publisher->io;
	Str dir = prefix.len == 0 ? publisher->dir : below(publisher, publisher->dir, prefix);
	StrVec names = {0};
	size_t i;

	if (depth > MAX_FOLDER_DEPTH || io->list(io, publisher->arena, dir, &names) != IO_OK)
		return false;
	for (i = 0; i < names.len; i++) {
		Str path =
			prefix.len == 0 ? names.items[i] : below(publisher, prefix, names.items[i]);
		IoKind kind;

		if (io->kind(io, below(publisher, publisher->dir, path), &kind) != IO_OK)
			return false;
		if (kind == IO_KIND_DIR ? !holds_only_ours(publisher, path, depth + 1)
					: kind != IO_KIND_FILE || !is_ours(publisher, path))
			return false;
	}
	return true;
}

/* The shell that runs us may stand in the folder: it must not be swapped away under its feet. */
static bool
is_current_folder(Publisher *publisher)
{
	Str here;

	return publisher->io->resolve(publisher->io, publisher->arena, STR("."), &here) != IO_OK ||
	       str_equal(here, publisher->dir);
}

/*
 * Both folders carry the marker while they change places, so that whichever is left behind by a
 * killed run tells that it is ours. In the output folder it is the last thing to go.
 */
static IoStatus
swap_folder(Publisher *publisher)
{
	Io *io = publisher->io;
	Str marker = below(publisher, publisher->dir, STR(MARKER));
	IoStatus status =
		has_marker(publisher, publisher->dir) ? IO_OK : io->write(io, marker, STR(""));

	if (status == IO_OK)
		status = io->exchange(io, publisher->temporary, publisher->dir);
	if (status != IO_OK) {
		(void)io->remove_file(io, marker);
		return status;
	}
	(void)io->remove_file(io, marker);
	(void)io->sync_dir(io, path_dir(publisher->dir));
	/* The new files are in place; an old folder that cannot be removed is cleared next time. */
	(void)remove_tree(publisher, publisher->temporary, 0);
	return IO_OK;
}

/* Of those with names that only we use an edited one goes, too. */
static IoStatus
remove_stale_file(Publisher *publisher, Str path, Str hash)
{
	const char *loss = emit_is_output(path) ? loss_of(publisher, path) : NULL;
	Str place = below(publisher, publisher->dir, path);
	IoStatus status = remove_ours(publisher, path, hash);
	IoKind kind;

	if (loss != NULL && publisher->io->kind(publisher->io, place, &kind) == IO_OK &&
		kind == IO_KIND_NONE)
		add_loss(publisher, path, "removed", loss);
	return status;
}

static IoStatus
remove_stale(Publisher *publisher)
{
	IoStatus status = IO_OK;
	size_t i;

	for (i = 0; i < publisher->old.len && status == IO_OK; i++) {
		Str path = publisher->old.items[i];

		if (map_find(&publisher->new_names, path) != MAP_NONE)
			continue;
		status = remove_stale_file(publisher, path, publisher->old_hashes.items[i]);
		(void)failed(publisher, status, "cannot remove", path);
	}
	return status;
}

/* Links give way to our folders, and files that were ours do; nothing else that stands there. */
static IoStatus
check_way(Publisher *publisher, Str path)
{
	size_t end;

	for (end = str_find_char(path, '/', 0); end < path.len;
		end = str_find_char(path, '/', end + 1)) {
		Str name = str_slice(path, 0, end);
		Str folder = below(publisher, publisher->dir, name);
		IoKind kind;
		IoStatus status = publisher->io->kind(publisher->io, folder, &kind);

		if (status == IO_OK && (kind == IO_KIND_FILE || kind == IO_KIND_OTHER) &&
			map_find(&publisher->old_names, name) == MAP_NONE)
			status = IO_EXISTS;
		if (failed(publisher, status, "cannot make", folder))
			return status;
		if (kind != IO_KIND_DIR)
			break;
	}
	return IO_OK;
}

/* Before anything moves: what is in the way tomorrow too must not leave a mixture. */
static IoStatus
check_places(Publisher *publisher)
{
	IoStatus status = IO_OK;
	size_t i;

	for (i = 0; i < publisher->files->len && status == IO_OK; i++) {
		Str path = publisher->files->items[i].path;
		Str place = below(publisher, publisher->dir, path);
		IoKind kind;

		status = check_way(publisher, path);
		if (status != IO_OK)
			return status;
		status = publisher->io->kind(publisher->io, place, &kind);
		if (status == IO_OK && kind == IO_KIND_DIR)
			status = IO_EXISTS;
		(void)failed(publisher, status, "cannot write", place);
	}
	return status;
}

/* Somebody may have written the same. */
static bool
are_the_same(Publisher *publisher, Str beside, Str path)
{
	Str hash;

	return sha256_file(publisher->arena, publisher->io, beside, &hash) == IO_OK &&
	       is_unchanged(publisher, path, hash);
}

static IoStatus
move_file(Publisher *publisher, const EmitFile *file)
{
	Io *io = publisher->io;
	Str from = below(publisher, publisher->temporary, file->path);
	Str to = below(publisher, publisher->dir, file->path);
	IoStatus status = make_folders(publisher, publisher->dir, file->path);
	const char *loss;

	if (status != IO_OK)
		return status;
	loss = loss_of(publisher, file->path);
	if (loss != NULL && are_the_same(publisher, from, file->path))
		loss = NULL;
	status = io->rename(io, from, to);
	if (!failed(publisher, status, "cannot write", to))
		add_loss(publisher, file->path, "replaced", loss);
	return status;
}

/* File by file; plan.json, the last one, comes when nothing stale is left. */
static IoStatus
move_files(Publisher *publisher)
{
	size_t i, len = publisher->files->len;
	IoStatus status = check_places(publisher);

	for (i = 0; i + 1 < len && status == IO_OK; i++)
		status = move_file(publisher, &publisher->files->items[i]);
	if (status == IO_OK)
		status = remove_stale(publisher);
	/* The manifest must not reach the disk before what it lists. */
	if (status == IO_OK)
		status = sync_folder(publisher, publisher->dir);
	if (status == IO_OK && len > 0)
		status = move_file(publisher, &publisher->files->items[len - 1]);
	if (status == IO_OK)
		status = sync_folder(publisher, publisher->dir);
	if (status == IO_OK) {
		/* One that a killed swap left. */
		(void)publisher->io->remove_file(
			publisher->io, below(publisher, publisher->dir, STR(MARKER)));
		(void)remove_tree(publisher, publisher->temporary, 0);
	}
	return status;
}

/* The new folder takes the name; a link that had it is gone, what it pointed to is not touched. */
static IoStatus
put_in_place(Publisher *publisher)
{
	Io *io = publisher->io;
	IoStatus status = IO_OK;

	if (publisher->is_link)
		status = io->remove_file(io, publisher->dir);
	if (status == IO_OK)
		status = io->rename(io, publisher->temporary, publisher->dir);
	if (failed(publisher, status, "cannot make", publisher->dir))
		return status;
	(void)io->remove_file(io, below(publisher, publisher->dir, STR(MARKER)));
	(void)io->sync_dir(io, path_dir(publisher->dir));
	return IO_OK;
}

static IoStatus
swap_in(Publisher *publisher)
{
	if (!publisher->exists)
		return put_in_place(publisher);
	if (holds_only_ours(publisher, STR(""), 0) && !is_current_folder(publisher) &&
		swap_folder(publisher) == IO_OK)
		return IO_OK;
	return move_files(publisher);
}

/* --- finding the folder ----------------------------------------------------------------------- */

static IoStatus
make_parents(Publisher *publisher, Str dir)
{
	Io *io = publisher->io;
	IoKind kind;
	IoStatus status = io->kind(io, dir, &kind);

	if (status != IO_OK || kind != IO_KIND_NONE || STR_EQ(dir, ".") || STR_EQ(dir, "/"))
		return status;
	status = make_parents(publisher, path_dir(dir));
	if (status == IO_OK)
		status = io->make_dir(io, dir);
	(void)failed(publisher, status, "cannot make", dir);
	return status;
}

/* `.`, `..` and `/` name no entry of their parent: they are folders that exist. */
static bool
has_own_name(Str dir)
{
	Str name = path_name(dir);

	return name.len > 0 && !STR_EQ(name, ".") && !STR_EQ(name, "..");
}

/* The folder by its parent's real path, so that its sibling is on the same disk. */
static IoStatus
locate_folder(Publisher *publisher, Str dir, IoKind *ret_kind)
{
	Io *io = publisher->io;
	Str parent;
	IoStatus status;

	*ret_kind = IO_KIND_DIR;
	if (!has_own_name(dir))
		return io->resolve(io, publisher->arena, dir, &publisher->dir);
	status = make_parents(publisher, path_dir(dir));
	if (status == IO_OK)
		status = io->resolve(io, publisher->arena, path_dir(dir), &parent);
	if (status != IO_OK)
		return status;
	publisher->dir = path_join(publisher->arena, parent, path_name(dir));
	return io->kind(io, publisher->dir, ret_kind);
}

static IoStatus
find_folder(Publisher *publisher, Str dir)
{
	IoStatus status;
	IoKind kind;

	while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
		dir.len--;
	status = locate_folder(publisher, dir, &kind);
	publisher->exists = kind == IO_KIND_DIR;
	publisher->is_link = kind == IO_KIND_LINK;
	if (status == IO_OK && (kind == IO_KIND_FILE || kind == IO_KIND_OTHER))
		status = IO_EXISTS;
	if (!failed(publisher, status, "cannot write into", dir))
		publisher->temporary =
			str_format(publisher->arena, STR_FMT ".tmp", STR_ARG(publisher->dir));
	return status;
}

IoStatus
emit_publish(
	Arena *arena, const EmitTarget *target, const EmitFiles *files, EmitTrouble *ret_trouble)
{
	Publisher publisher = {.arena = arena,
		.target = target,
		.io = target->io,
		.files = files,
		.trouble = ret_trouble};
	IoStatus status;
	size_t i;

	for (i = 0; i < files->len; i++)
		map_add(arena, &publisher.new_names, files->items[i].path, 1);
	status = find_folder(&publisher, target->dir);
	if (status != IO_OK)
		return status;
	if (publisher.exists)
		status = read_manifest(&publisher, publisher.dir);
	if (failed(&publisher, status, "cannot read",
		    below(&publisher, publisher.dir, STR(MANIFEST))))
		return status;
	status = clear_leftover(&publisher);
	if (failed(&publisher, status, "cannot use", publisher.temporary))
		return status;
	status = write_beside(&publisher);
	if (status == IO_OK)
		status = ask_stop(&publisher);
	if (status == IO_OK)
		status = swap_in(&publisher);
	if (status != IO_OK)
		(void)clear_leftover(&publisher);
	return status;
}
