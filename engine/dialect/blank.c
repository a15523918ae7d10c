/* blank.c - LiveKit: pkg/sfu/downtrack.go; Discord: dave-protocol protocol.md */
#include "engine/dialect/blank.h"

#include <string.h>

#define G711 160 /* octets of 20 ms */

/* A VP8 key frame of 8 by 8 pixels. */
static const uint8_t vp8[31] = { 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x08, 0x00,
	0x08, 0x00, 0x00, 0x47, 0x08, 0x85, 0x85, 0x88, 0x85, 0x84, 0x88, 0x02,
	0x02, 0x00, 0x0c, 0x0d, 0x60, 0x00, 0xfe, 0xff, 0xab, 0x50, 0x80 };

static bool
all_are(const struct sf_record *r, size_t from, uint8_t octet)
{
	for (size_t i = from; i < r->head_n; i++)
		if (r->head[i] != octet)
			return false;
	for (size_t i = 0; r->octets > r->head_n && i < r->tail_n; i++)
		if (r->tail[i] != octet)
			return false;
	return true;
}

bool
sf_dialect_blank(const struct sf_record *r)
{
	if (!r->complete)
		return false;
	if (r->octets == sizeof(vp8))
		return memcmp(r->head, vp8, sizeof(vp8)) == 0;
	/* silence of Opus, alone or filled up with zeros */
	if (r->octets == 3 || r->octets == 80)
		return memcmp(r->head, "\xf8\xff\xfe", 3) == 0 &&
		       all_are(r, 3, 0);
	return r->octets == G711 &&
	       (all_are(r, 0, 0xff) || all_are(r, 0, 0xd5));
}
