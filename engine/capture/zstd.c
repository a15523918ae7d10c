#include "engine/capture/unpack.h"

#include <stdlib.h>

#include <zstd.h>
#include <zstd_errors.h>

#define REF    "RFC 8878"
#define WINDOW 27 /* 128 MiB: the most that zstd takes without being asked */

struct zstd {
	ZSTD_DStream *z;
	bool inside; /* of a frame */
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

static ssize_t
run_zstd(void *state, struct sf_bytes *in, bool last, uint8_t *to, size_t room,
    struct sf_diag *d)
{
	struct zstd *s = state;
	ZSTD_outBuffer out = { to, room, 0 };
	ZSTD_inBuffer from = { in->p, in->n, 0 };
	size_t left = 0;

	/* Once more without input: it may hold octets back. */
	do {
		left = ZSTD_decompressStream(s->z, &out, &from);
		if (ZSTD_isError(left))
			break;
		if (from.pos != 0 || out.pos != 0)
			s->inside = left != 0;
	} while (out.pos < out.size && from.pos < from.size);
	*in = sf_bytes(in->p + from.pos, in->n - from.pos);
	if (out.pos > 0)
		return (ssize_t)out.pos; /* it errs again */
	if (ZSTD_isError(left)) {
		bool window = ZSTD_getErrorCode(left) ==
			      ZSTD_error_frameParameter_windowTooLarge;

		*d = (struct sf_diag){ window ? SF_LIMIT : SF_MALFORMED, 0, 0,
			window ? "zstd window above 128 MiB" : "zstd data",
			REF };
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
