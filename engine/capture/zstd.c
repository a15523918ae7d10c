#include "engine/capture/unpack.h"

#include <stdlib.h>

#include <zstd.h>
#include <zstd_errors.h>

#define REF          "RFC 8878"
#define WINDOW       27 /* 128 MiB: the most that zstd takes without being asked */
#define BLOCK_HEADER 3 /* octets; 3.1.1.2 */

struct zstd {
	ZSTD_DStream *z;
	bool inside; /* of a frame */
	size_t
	    wanted;   /* octets that it asks for next; 0: none, a frame ended */
	bool full;    /* there was no room: it may hold octets back */
	size_t error; /* of libzstd, kept behind what was unpacked before it */
};

static void
close_zstd(void *state)
{
	struct zstd *s = state;

	if (s != NULL)
		(void)ZSTD_freeDStream(s->z);
	free(s);
}

static void *
open_zstd(void)
{
	struct zstd *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->z = ZSTD_createDStream();
	if (s->z == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(
				s->z, ZSTD_d_windowLogMax, WINDOW))) {
		close_zstd(s);
		return NULL;
	}
	return s;
}

/*
 * How much to give it at once: no more than it needs to give something, as what
 * it unpacked in the call in which it errs is lost. It asks for a block with
 * the header of the one behind, which is left for the next call; and what it
 * holds back comes out alone.
 */
static size_t
portion(const struct zstd *s)
{
	if (s->full)
		return 0;
	if (s->wanted > BLOCK_HEADER)
		return s->wanted - BLOCK_HEADER;
	return s->wanted > 0 ? s->wanted : 1; /* of a frame that begins */
}

/* One block, or less. False: nothing came of it. */
static bool
run_block(
    struct zstd *s, ZSTD_inBuffer *from, size_t whole, ZSTD_outBuffer *out)
{
	size_t in = from->pos, done = out->pos, n = portion(s);
	bool full = s->full;
	size_t left;

	from->size = n < whole - in ? in + n : whole;
	left = ZSTD_decompressStream(s->z, out, from);
	if (ZSTD_isError(left)) {
		s->error = left;
		return false;
	}
	s->full = out->pos == out->size;
	if (from->pos == in && out->pos == done)
		return full;
	s->wanted = left;
	s->inside = left != 0;
	return true;
}

static void
explain(const struct zstd *s, struct sf_diag *d)
{
	bool window = ZSTD_getErrorCode(s->error) ==
		      ZSTD_error_frameParameter_windowTooLarge;

	*d = (struct sf_diag){ window ? SF_LIMIT : SF_MALFORMED, 0, 0,
		window ? "zstd window above 128 MiB" : "zstd data", REF };
}

static ssize_t
run_zstd(void *state, struct sf_bytes *in, bool last, uint8_t *to, size_t room,
    struct sf_diag *d)
{
	struct zstd *s = state;
	ZSTD_outBuffer out = { to, room, 0 };
	ZSTD_inBuffer from = { in->p, in->n, 0 };

	while (s->error == 0 && out.pos < out.size &&
	       run_block(s, &from, in->n, &out)) {
	}
	*in = sf_bytes(in->p + from.pos, in->n - from.pos);
	if (out.pos > 0)
		return (ssize_t)out.pos;
	if (s->error != 0) {
		explain(s, d);
		return -1;
	}
	if (!last || in->n != 0 || !s->inside)
		return 0;
	*d = (struct sf_diag){ SF_SHORT, 0, 1, "zstd data", REF };
	return -1;
}

static const uint8_t magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };

const struct sf_unpacker sf_unpacker_zstd = { "zstd", magic, sizeof(magic),
	open_zstd, run_zstd, close_zstd };
