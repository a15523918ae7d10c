#include "engine/capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER       ((size_t)256 << 10)
#define SMALL_BUFFER ((size_t)64) /* for memory in pieces */

static ssize_t
read_file(struct sf_source *s, uint8_t *to, size_t n)
{
	ssize_t got;

	do {
		got = read(s->fd, to, n);
	} while (got < 0 && errno == EINTR);
	return got;
}

static ssize_t
read_memory(struct sf_source *s, uint8_t *to, size_t n)
{
	if (n > s->piece)
		n = s->piece;
	if (n > s->memory.n)
		n = s->memory.n;
	memcpy(to, s->memory.p, n);
	s->memory = sf_bytes(s->memory.p + n, s->memory.n - n);
	return (ssize_t)n;
}

static bool
start(struct sf_source *s, size_t size, bool digest)
{
	if (digest) {
		s->digest = sf_digest_new();
		if (s->digest == NULL)
			return false;
	}
	if (size == 0)
		return true;
	s->buffer = malloc(size);
	s->size = size;
	s->p = s->buffer;
	return s->buffer != NULL;
}

bool
sf_source_file(struct sf_source *s, const char *path, bool digest)
{
	*s = (struct sf_source){ .read = read_file, .fd = -1 };
	if (!start(s, BUFFER, digest)) {
		s->error = ENOMEM;
		return false;
	}
	if (strcmp(path, "-") == 0) {
		s->fd = STDIN_FILENO;
		return true;
	}
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	s->close_fd = s->fd >= 0;
	if (s->fd < 0)
		s->error = errno;
	return s->fd >= 0;
}

bool
sf_source_memory(
    struct sf_source *s, struct sf_bytes memory, size_t piece, bool digest)
{
	*s = (struct sf_source){
		.read = read_memory, .fd = -1, .memory = memory, .piece = piece
	};
	if (!start(s, piece == 0 ? 0 : SMALL_BUFFER, digest)) {
		s->error = ENOMEM;
		return false;
	}
	if (piece == 0) {
		s->p = memory.p;
		s->end = memory.n;
		s->eof = true;
		if (s->digest != NULL)
			sf_digest_feed(s->digest, memory);
	}
	return true;
}

/* Makes the buffer n octets large or more. */
static bool
grow(struct sf_source *s, size_t n)
{
	size_t size = n > s->size * 2 ? n : s->size * 2;
	uint8_t *larger = realloc(s->buffer, size);

	if (larger == NULL)
		return false;
	s->buffer = larger;
	s->size = size;
	s->p = larger;
	return true;
}

static ssize_t read_on(struct sf_source *s, uint8_t *to, size_t n);

void
sf_source_fill(struct sf_source *s, size_t n)
{
	memmove(s->buffer, s->buffer + s->at, s->end - s->at);
	s->base += s->at;
	s->end -= s->at;
	s->at = 0;
	if (n > s->size && !grow(s, n)) {
		s->error = ENOMEM;
		s->eof = true;
		return;
	}
	while (s->end < n && !s->eof) {
		ssize_t got = read_on(s, s->buffer + s->end, s->size - s->end);

		if (got < 0)
			s->error = errno;
		if (got <= 0) {
			s->eof = true;
			return;
		}
		if (s->digest != NULL && s->packed == NULL)
			sf_digest_feed(s->digest,
			    sf_bytes(s->buffer + s->end, (size_t)got));
		s->end += (size_t)got;
	}
}

uint64_t
sf_source_skip(struct sf_source *s, uint64_t n)
{
	uint64_t left = n;

	while (left != 0) {
		size_t held = sf_source_hold(s, 1);

		if (held == 0)
			break;
		if (held > left)
			held = (size_t)left;
		sf_source_take(s, held);
		left -= held;
	}
	return n - left;
}

/* ---- unpacking ------------------------------------------------------------ */

/* Nothing that was captured packs as well as this; a bomb does. */
#define BOMB_OCTETS ((uint64_t)256 << 20)
#define BOMB_RATIO  200

static ssize_t read_layer(
    struct sf_source *s, struct sf_packed *k, uint8_t *to, size_t n);

/* Reads on when all that was read is unpacked; false when that failed. */
static bool
feed(struct sf_source *s, struct sf_packed *k)
{
	ssize_t got;

	if (k->held.n != 0 || k->eof)
		return true;
	got = k->under != NULL ? read_layer(s, k->under, k->buffer, k->size)
			       : s->read(s, k->buffer, k->size);
	if (got < 0)
		return false;
	k->eof = got == 0;
	k->held = sf_bytes(k->buffer, (size_t)got);
	k->in += (size_t)got;
	if (s->digest != NULL && k->under == NULL)
		sf_digest_feed(s->digest, k->held);
	return true;
}

/* As much comes out of a layer as of no capture. */
static bool
is_bomb(const struct sf_packed *k)
{
	const struct sf_packed *outer = k;

	while (outer->under != NULL)
		outer = outer->under;
	return k->out > BOMB_OCTETS && k->out / BOMB_RATIO > outer->in;
}

/* Unpacks up to n octets: how many, 0 at an end, -1 and errno. */
static ssize_t
read_layer(struct sf_source *s, struct sf_packed *k, uint8_t *to, size_t n)
{
	ssize_t got = 0;

	if (k->damage.status != SF_OK)
		return 0;
	if (is_bomb(k)) {
		k->damage = (struct sf_diag){ SF_LIMIT, 0, 0,
			"far too much comes out of the compressed data", "" };
		return 0;
	}
	while (got == 0) {
		size_t before;

		if (!feed(s, k))
			return -1;
		before = k->held.n;
		got =
		    k->kind->run(k->state, &k->held, k->eof, to, n, &k->damage);
		if (got == 0 && (before == 0 ? k->eof : k->held.n == before))
			return 0;
	}
	if (got < 0)
		return 0; /* an end that k->damage explains */
	k->out += (size_t)got;
	return got;
}

static ssize_t
read_on(struct sf_source *s, uint8_t *to, size_t n)
{
	return s->packed != NULL ? read_layer(s, s->packed, to, n)
				 : s->read(s, to, n);
}

static const struct sf_unpacker *
unpacker_for(struct sf_bytes start)
{
	static const struct sf_unpacker *const all[] = { &sf_unpacker_gzip,
		&sf_unpacker_zstd };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (start.n >= all[i]->magic_octets &&
		    memcmp(start.p, all[i]->magic, all[i]->magic_octets) == 0)
			return all[i];
	return NULL;
}

/* What is held was read: it is the first that is unpacked. */
static struct sf_packed *
new_packed(struct sf_source *s, const struct sf_unpacker *kind)
{
	size_t held = s->end - s->at;
	size_t size = s->buffer == NULL ? 0 : BUFFER;
	struct sf_packed *k = calloc(1, sizeof(*k) + size);

	if (k == NULL)
		return NULL;
	k->kind = kind;
	k->state = kind->open();
	k->under = s->packed;
	k->depth = s->packed == NULL ? 0 : s->packed->depth + 1;
	k->eof = s->eof;
	k->in = s->base + s->end;
	k->size = size;
	k->held = sf_source_held(s);
	if (size != 0) {
		memcpy(k->buffer, k->held.p, held);
		k->held.p = k->buffer;
	}
	return k;
}

const char *
sf_source_unpack(struct sf_source *s)
{
	const struct sf_unpacker *kind = unpacker_for(sf_source_held(s));
	struct sf_packed *k;

	if (kind == NULL ||
	    (s->packed != NULL && s->packed->depth + 1 == SF_SOURCE_LAYERS))
		return NULL;
	k = new_packed(s, kind);
	if (s->buffer == NULL && !start(s, BUFFER, false))
		s->error = ENOMEM;
	if (k == NULL || k->state == NULL)
		s->error = ENOMEM;
	if (k != NULL)
		s->packed = k;
	s->base = 0;
	s->at = s->end = 0;
	s->eof = s->error != 0;
	return kind->name;
}

const struct sf_diag *
sf_source_damage(const struct sf_source *s)
{
	const struct sf_diag *damage = NULL;

	/* what is outside comes first, and explains what is inside */
	for (const struct sf_packed *k = s->packed; k != NULL; k = k->under)
		if (k->damage.status != SF_OK)
			damage = &k->damage;
	return damage;
}

void
sf_source_drain(struct sf_source *s)
{
	struct sf_packed *k = sf_source_outermost(s);

	while (k == NULL && !s->eof)
		(void)sf_source_skip(s, UINT64_MAX);
	while (k != NULL && !k->eof) {
		k->held.n = 0;
		if (!feed(s, k)) {
			s->error = errno;
			return;
		}
	}
}

static void
free_packed(struct sf_packed *k)
{
	while (k != NULL) {
		struct sf_packed *under = k->under;

		k->kind->close(k->state);
		free(k);
		k = under;
	}
}

void
sf_source_wipe(struct sf_source *s)
{
	free_packed(s->packed);
	if (s->close_fd)
		(void)close(s->fd);
	sf_digest_free(s->digest);
	free(s->buffer);
	*s = (struct sf_source){ .fd = -1 };
}
