/*
 * pieces.h - runs of octets that come in any order, kept until they can be put
 * together: fragments of a datagram, segments of a TCP stream.
 *
 * Many lists share one pool of equal slots. What a list has it keeps: octets
 * that come again are compared, not stored.
 */
#ifndef SF_PIECES_H
#define SF_PIECES_H

#include "engine/base/arena.h"
#include "parsers/base/bytes.h"

#define SF_PIECE_OCTETS 2048

struct sf_piece {
	uint64_t at;   /* position of its first octet */
	uint32_t next; /* index + 1 */
	uint32_t n;    /* octets, 1..SF_PIECE_OCTETS */
};

struct sf_piece_pool {
	struct sf_piece *slots;
	uint8_t *octets;
	uint32_t free_list; /* index + 1 */
	size_t n, n_free;
};

/* One list, in order, without overlap. All zero is an empty one. */
struct sf_pieces {
	uint32_t first, last; /* index + 1 */
	uint32_t n;
};

/* Octets of memory for each slot. */
#define SF_PIECE_COST (sizeof(struct sf_piece) + SF_PIECE_OCTETS)

bool sf_pieces_init(struct sf_piece_pool *p, struct sf_arena *a, size_t n);

/*
 * A share of memory for a table of lists, their pieces, and the one that is put
 * together: an eighth of it for the table, and the rest for octets.
 */
struct sf_pieces_plan {
	size_t entry; /* octets of one entry of the table */
	size_t most;  /* entries, a power of two; 64 or more there are */
	size_t whole; /* octets of the largest that is put together */
	size_t least; /* pieces */
};

size_t sf_pieces_entries(const struct sf_pieces_plan *plan, size_t share);
size_t sf_pieces_count(const struct sf_pieces_plan *plan, size_t share);

/* What all of it takes out of an arena. */
size_t sf_pieces_octets(const struct sf_pieces_plan *plan, size_t share);

struct sf_put {
	size_t stored; /* octets that were not there before */
	bool differs;  /* octets that were there are others now */
	bool full;     /* there was no room for all of it */
};

struct sf_put sf_pieces_put(struct sf_piece_pool *p, struct sf_pieces *l,
    uint64_t at, struct sf_bytes in);

/* Position of the first octet held; the list must not be empty. */
uint64_t sf_pieces_first(
    const struct sf_piece_pool *p, const struct sf_pieces *l);

/* Copies what is there from at on without a gap, room octets at most. */
size_t sf_pieces_copy(const struct sf_piece_pool *p, const struct sf_pieces *l,
    uint64_t at, uint8_t *to, size_t room);

/* Gives back all that lies in front of at. */
void sf_pieces_drop(struct sf_piece_pool *p, struct sf_pieces *l, uint64_t at);

void sf_pieces_clear(struct sf_piece_pool *p, struct sf_pieces *l);

#endif
