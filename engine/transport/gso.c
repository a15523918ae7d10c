#include "engine/transport/gso.h"

#include <string.h>

#include "parsers/rtp/rtp.h"

#define HEADER 12
#define MOST   128 /* datagrams: UDP_MAX_SEGMENTS of Linux */

#define NEAR 450000 /* ticks of a media clock: 5 s of video */

static uint16_t
seq_of(const uint8_t *p)
{
	return (uint16_t)(p[2] << 8 | p[3]);
}

static uint32_t
timestamp_of(const uint8_t *p)
{
	return (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 |
	       (uint32_t)p[6] << 8 | p[7];
}

/*
 * The header at octet at is that of the packet n places behind the first. What
 * LiveKit and Jitsi put behind a frame begins with the SSRC: once in 2^18 frames
 * the octets in front of that have the version and the number of a header, and
 * the timestamp tells.
 */
static bool
follows(struct sf_bytes in, size_t at, unsigned n)
{
	const uint8_t *p = in.p + at;

	return p[0] >> 6 == 2 && memcmp(p + 8, in.p + 8, 4) == 0 &&
	       seq_of(p) == (uint16_t)(seq_of(in.p) + n) &&
	       timestamp_of(p) - timestamp_of(in.p) + NEAR <= 2 * NEAR;
}

/* Does the whole of it fall into packets of that size? */
static bool
falls(struct sf_bytes in, size_t each)
{
	struct sf_rtp r;
	struct sf_diag d;
	unsigned n = 0;

	for (size_t at = 0; at < in.n; at += each) {
		size_t left = in.n - at;

		if (left < HEADER || n == MOST || !follows(in, at, n) ||
		    sf_rtp_parse(&r,
			sf_bytes(in.p + at, left < each ? left : each),
			&d) != SF_OK)
			return false;
		n++;
	}
	return n > 1;
}

/* Where the SSRC stands again, from at on; NULL: nowhere. */
static const uint8_t *
ssrc_again(struct sf_bytes in, const uint8_t *at)
{
	const uint8_t *end = in.p + in.n - 3;

	while (at < end) {
		at = memchr(at, in.p[8], (size_t)(end - at));
		if (at == NULL || memcmp(at, in.p + 8, 4) == 0)
			return at;
		at++;
	}
	return NULL;
}

size_t
sf_gso_octets(struct sf_bytes in)
{
	const uint8_t *at;

	if (in.n < 2 * HEADER || in.p[0] >> 6 != 2)
		return 0;
	/* of any number of datagrams, the last begins in the second half */
	if (ssrc_again(in, in.p + (in.n + 1) / 2 + 8) == NULL)
		return 0;
	for (at = in.p + HEADER + 8; (at = ssrc_again(in, at)) != NULL; at++) {
		size_t each = (size_t)(at - in.p) - 8;

		if (follows(in, each, 1) && falls(in, each))
			return each;
	}
	return 0;
}
