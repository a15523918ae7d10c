/*
 * source.h - the octets of an input, from a file or from memory, through one
 * buffer, and unpacked on the way if need be. Internal to the capture reader.
 *
 * p[at] up to p[end] is held and not yet taken. sf_source_hold() makes room and
 * reads on; that may move what is held, so slices are cut after it.
 */
#ifndef SF_SOURCE_H
#define SF_SOURCE_H

#include <sys/types.h>

#include "engine/base/digest.h"
#include "engine/capture/unpack.h"
#include "parsers/base/bytes.h"

struct sf_source;

#define SF_SOURCE_LAYERS 4 /* of compression around each other */

/* An input that is compressed: its octets before they are unpacked. */
struct sf_packed {
	const struct sf_unpacker *kind;
	void *state;
	struct sf_packed
	    *under;           /* the layer that gives them; NULL: the input */
	unsigned depth;       /* layers under it */
	struct sf_bytes held; /* read, and not unpacked */
	bool eof;
	uint64_t in, out; /* octets read, octets unpacked */
	struct sf_diag damage;
	size_t size;
	uint8_t buffer[];
};

struct sf_source {
	const uint8_t *p; /* buffer, or the memory itself */
	size_t at, end;
	uint64_t base; /* octets of the input in front of p[0] */
	bool eof;      /* nothing more to be read */
	int error;     /* errno when reading failed; eof is then set */
	struct sf_digest *digest; /* of all that was read; may be NULL */
	struct sf_packed *packed; /* the innermost; NULL: the octets are as they
	                             come */

	/* Reads up to n octets of the input: how many, 0 at the end, -1 and errno. */
	ssize_t (*read)(struct sf_source *s, uint8_t *to, size_t n);
	int fd; /* -1: none */
	bool close_fd;
	struct sf_bytes memory; /* what of it is not read yet */
	size_t piece;    /* octets that one read of memory gives at most */
	uint8_t *buffer; /* owned; NULL when p is the memory itself */
	size_t size;     /* of buffer */
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

/* The layer that is around all others; NULL: there is none. */
static inline struct sf_packed *
sf_source_outermost(const struct sf_source *s)
{
	struct sf_packed *k = s->packed;

	while (k != NULL && k->under != NULL)
		k = k->under;
	return k;
}

/* Octets read from the input so far. */
static inline uint64_t
sf_source_read(const struct sf_source *s)
{
	const struct sf_packed *k = sf_source_outermost(s);

	return k != NULL ? k->in : s->base + s->end;
}

/*
 * When what is held begins as gzip or zstd does: from here on the source gives
 * what is inside, which may be compressed again. Returns the name, or NULL when
 * it is neither, or the last layer that is taken off; s->error tells of a lack
 * of memory.
 */
const char *sf_source_unpack(struct sf_source *s);

/* Why unpacking stopped; NULL when it did not. */
const struct sf_diag *sf_source_damage(const struct sf_source *s);

/* Reads to the end and gives nothing: for the sake of the digest. */
void sf_source_drain(struct sf_source *s);

void sf_source_wipe(struct sf_source *s);

#endif
