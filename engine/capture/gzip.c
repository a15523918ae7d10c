#include "engine/capture/unpack.h"

#include <limits.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#define REF  "RFC 1952"
#define GZIP (MAX_WBITS + 16) /* a gzip header, and no other */

struct gzip {
	z_stream z;
	bool between; /* members: at the end of one, before the next */
};

static void *
open_gzip(void)
{
	struct gzip *g = calloc(1, sizeof(*g));

	if (g != NULL && inflateInit2(&g->z, GZIP) != Z_OK) {
		free(g);
		return NULL;
	}
	return g;
}

/* True when a further member begins. Zeros pad a tape, and mean nothing. */
static bool
next_member(struct gzip *g, struct sf_bytes *in)
{
	while (in->n > 0 && in->p[0] == 0)
		*in = sf_bytes(in->p + 1, in->n - 1);
	if (in->n == 0 || in->p[0] != 0x1f || inflateReset(&g->z) != Z_OK)
		return false;
	g->between = false;
	return true;
}

static ssize_t
run_gzip(void *state, struct sf_bytes *in, bool last, uint8_t *to, size_t room,
    struct sf_diag *d)
{
	struct gzip *g = state;
	int status = Z_OK;

	if (room > UINT_MAX)
		room = UINT_MAX;
	g->z.next_out = to;
	g->z.avail_out = (uInt)room;
	while (g->z.avail_out != 0 && status == Z_OK) {
		if (g->between && !next_member(g, in)) {
			if (in->n == 0)
				break;
			*d = (struct sf_diag){ SF_MALFORMED, 0, 0,
				"octets behind the gzip data", REF };
			return g->z.avail_out < room
				   ? (ssize_t)(room - g->z.avail_out)
				   : -1;
		}
		/* without input as well: it may hold octets back */
		g->z.next_in = in->p;
		g->z.avail_in = in->n > UINT_MAX ? UINT_MAX : (uInt)in->n;
		status = inflate(&g->z, Z_NO_FLUSH);
		*in = sf_bytes(
		    g->z.next_in, in->n - (size_t)(g->z.next_in - in->p));
		if (status == Z_STREAM_END) {
			g->between = true;
			status = Z_OK;
		}
	}
	if (g->z.avail_out < room)
		return (ssize_t)(room - g->z.avail_out); /* it errs again */
	if (status != Z_OK && status != Z_BUF_ERROR)
		*d = (struct sf_diag){ SF_MALFORMED, 0, 0, "gzip data", REF };
	else if (last && in->n == 0 && !g->between)
		*d = (struct sf_diag){ SF_SHORT, 0, 1, "gzip data", REF };
	else
		return 0;
	return -1;
}

static void
close_gzip(void *state)
{
	struct gzip *g = state;

	if (g != NULL)
		(void)inflateEnd(&g->z);
	free(g);
}

static const uint8_t magic[2] = { 0x1f, 0x8b };

const struct sf_unpacker sf_unpacker_gzip = { "gzip", magic, sizeof(magic),
	open_gzip, run_gzip, close_gzip };
