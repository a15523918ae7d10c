/*
 * elements.h - the elements of an RTP header extension, in whichever of the two
 * forms of RFC 8285 it is.
 */
#ifndef SF_ELEMENTS_H
#define SF_ELEMENTS_H

#include "parsers/rtp/hdrext.h"
#include "parsers/rtp/rtp.h"

struct sf_element {
	uint8_t id; /* 0: padding, and nothing else was left */
	struct sf_bytes data;
};

/* The next of rest, which begins as rtp->ext; false behind the last. */
static inline bool
sf_element_next(
    struct sf_element *e, struct sf_bytes *rest, const struct sf_rtp *rtp)
{
	struct sf_hdrext one;
	struct sf_hdrext2 two;
	struct sf_diag d;

	if (rest->n == 0)
		return false;
	if (rtp->ext_profile == 0xbede) {
		if (sf_hdrext_parse(&one, *rest, &d) != SF_OK)
			return false;
		*e = (struct sf_element){ one.id, one.data };
		*rest = one.payload;
		return true;
	}
	if ((rtp->ext_profile & 0xfff0) != 0x1000 ||
	    sf_hdrext2_parse(&two, *rest, &d) != SF_OK)
		return false;
	*e = (struct sf_element){ two.id, two.data };
	*rest = two.payload;
	return true;
}

#endif
