/* SHA-256 of bytes and of files; the algorithm is libmd's. */
#include "base/base.h"

#include <sha256.h>

struct Sha256 {
	SHA2_CTX context;
};

Sha256 *
sha256_start(Arena *arena)
{
	Sha256 *sha256 = ARENA_NEW(arena, Sha256);

	SHA256Init(&sha256->context);
	return sha256;
}

void
sha256_add(Sha256 *sha256, Str part)
{
	SHA256Update(&sha256->context, (const uint8_t *)part.ptr, part.len);
}

/* Lower case, as sha256sum and PowerShell's Get-FileHash | ToLower print it. */
Str
sha256_end(Arena *arena, Sha256 *sha256)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char *hex = arena_alloc(arena, 2 * sizeof(digest) + 1);
	size_t i;

	SHA256Final(digest, &sha256->context);
	for (i = 0; i < sizeof(digest); i++) {
		hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	return (Str){hex, 2 * sizeof(digest)};
}

Str
sha256_hex(Arena *arena, Str bytes)
{
	Sha256 *sha256 = sha256_start(arena);

	sha256_add(sha256, bytes);
	return sha256_end(arena, sha256);
}

/* How much of a file is held at a time. */
#define PART ((size_t)1 << 20)

static IoStatus
add_part(Sha256 *sha256, Io *io, Str path, uint64_t from, IoPart *ret_part)
{
	Arena *scratch = arena_create();
	IoStatus status = io->read_part(io, scratch, path, from, PART, ret_part);

	if (status == IO_OK)
		sha256_add(sha256, ret_part->bytes);
	arena_destroy(scratch);
	return status;
}

IoStatus
sha256_file(Arena *arena, Io *io, Str path, Str *ret_hex)
{
	Sha256 *sha256 = sha256_start(arena);
	uint64_t from = 0;
	IoPart part;

	do {
		IoStatus status = add_part(sha256, io, path, from, &part);

		if (status != IO_OK)
			return status;
		from += part.bytes.len;
	} while (part.bytes.len > 0 && from < part.size);
	*ret_hex = sha256_end(arena, sha256);
	return IO_OK;
}
