#include "engine/source.h"

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
		ssize_t got = s->read(s, s->buffer + s->end, s->size - s->end);

		if (got < 0)
			s->error = errno;
		if (got <= 0) {
			s->eof = true;
			return;
		}
		if (s->digest != NULL)
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

void
sf_source_wipe(struct sf_source *s)
{
	if (s->close_fd)
		(void)close(s->fd);
	sf_digest_free(s->digest);
	free(s->buffer);
	*s = (struct sf_source){ .fd = -1 };
}
