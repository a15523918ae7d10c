/*
 * source.h - the octets of an input, from a file or from memory, through one
 * buffer. Internal to the capture reader.
 *
 * p[at] up to p[end] is held and not yet taken. sf_source_hold() makes room and
 * reads on; that may move what is held, so slices are cut after it.
 */
#ifndef SF_SOURCE_H
#define SF_SOURCE_H

#include <sys/types.h>

#include "engine/digest.h"
#include "parsers/base/bytes.h"

struct sf_source {
	const uint8_t *p;  /* buffer, or the memory itself */
	size_t at, end;
	uint64_t base;     /* octets of the input in front of p[0] */
	bool eof;          /* nothing more to be read */
	int error;         /* errno when reading failed; eof is then set */
	struct sf_digest *digest; /* of all that was read; may be NULL */

	/* Reads up to n octets: how many, 0 at the end, -1 and errno. */
	ssize_t (*read)(struct sf_source *s, uint8_t *to, size_t n);
	int fd;            /* -1: none */
	bool close_fd;
	struct sf_bytes memory; /* what of it is not read yet */
	size_t piece;      /* octets that one read of memory gives at most */
	uint8_t *buffer;   /* owned; NULL when p is the memory itself */
	size_t size;       /* of buffer */
};

/* Standard input when path is "-". False: out of memory, or s->error. */
bool sf_source_file(struct sf_source *s, const char *path, bool digest);

/*
 * Octets in memory, which must outlive the source. With piece 0 they are used
 * in place, else they come through a small buffer, piece octets at a time.
 */
bool sf_source_memory(
    struct sf_source *s, struct sf_bytes memory, size_t piece, bool digest);

/* Reads until n octets are held, or the end. See sf_source_hold(). */
void sf_source_fill(struct sf_source *s, size_t n);

/* How many octets are held, after trying for n. Fewer: the input ended. */
static inline size_t
sf_source_hold(struct sf_source *s, size_t n)
{
	if (s->end - s->at < n && !s->eof)
		sf_source_fill(s, n);
	return s->end - s->at;
}

/* What is held. */
static inline struct sf_bytes
sf_source_held(const struct sf_source *s)
{
	return sf_bytes(s->p + s->at, s->end - s->at);
}

/* Offset in the input of the next octet to be taken. */
static inline uint64_t
sf_source_at(const struct sf_source *s)
{
	return s->base + s->at;
}

/* Takes n octets that are held. */
static inline void
sf_source_take(struct sf_source *s, size_t n)
{
	s->at += n;
}

/* Passes over n octets, held or not; returns how many there were. */
uint64_t sf_source_skip(struct sf_source *s, uint64_t n);

/* Octets read from the input so far. */
static inline uint64_t
sf_source_read(const struct sf_source *s)
{
	return s->base + s->end;
}

void sf_source_wipe(struct sf_source *s);

#endif
