/* SHA-256 of bytes and of files; the algorithm is libmd's. */
#include "base/base.h"

#include <sha256.h>

/* Lower case, as sha256sum and PowerShell's Get-FileHash | ToLower print it. */
static Str
hex_of(Arena *arena, SHA2_CTX *context)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char *hex = arena_alloc(arena, 2 * sizeof(digest) + 1);
	size_t i;

	SHA256Final(digest, context);
	for (i = 0; i < sizeof(digest); i++) {
		hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	return (Str){hex, 2 * sizeof(digest)};
}

static void
add(SHA2_CTX *context, Str bytes)
{
	SHA256Update(context, (const uint8_t *)bytes.ptr, bytes.len);
}

Str
sha256_hex(Arena *arena, Str bytes)
{
	SHA2_CTX context;

	SHA256Init(&context);
	add(&context, bytes);
	return hex_of(arena, &context);
}

/* How much of a file is held at a time. */
#define PART ((size_t)1 << 20)

static IoStatus
add_part(SHA2_CTX *context, Io *io, Str path, uint64_t from, IoPart *ret_part)
{
	Arena *scratch = arena_create();
	IoStatus status = io->read_part(io, scratch, path, from, PART, ret_part);

	if (status == IO_OK)
		add(context, ret_part->bytes);
	arena_destroy(scratch);
	return status;
}

IoStatus
sha256_file(Arena *arena, Io *io, Str path, Str *ret_hex)
{
	SHA2_CTX context;
	uint64_t from = 0;
	IoPart part;

	SHA256Init(&context);
	do {
		IoStatus status = add_part(&context, io, path, from, &part);

		if (status != IO_OK)
			return status;
		from += part.bytes.len;
	} while (part.bytes.len > 0 && from < part.size);
	*ret_hex = hex_of(arena, &context);
	return IO_OK;
}
