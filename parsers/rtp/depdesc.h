/*
 * depdesc.h - the dependency descriptor in a header extension (AOM, RTP payload
 * format for AV1 v1.0.0, appendix A): where frames begin and end, whatever the
 * payload is.
 *
 * What a frame depends on is coded against a structure that came with an
 * earlier packet; that part is left in payload.
 */
#ifndef SF_DEPDESC_H
#define SF_DEPDESC_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* What the templates of a coded video sequence look like. */
struct sf_depdesc_structure {
	uint8_t template_offset;
	uint8_t templates; /* 1 to 64 */
	uint8_t targets;   /* decode targets, 1 to 32 */
	uint8_t chains;
	uint8_t spatial, temporal; /* layers, 1 or more */
	bool has_size;
	uint16_t width, height; /* of the highest layer, when has_size */
};

struct sf_depdesc {
	bool start, end; /* of a frame, in this packet */
	uint8_t template_id;
	uint16_t frame_number;
	bool extended;      /* more than the mandatory fields */
	bool has_structure; /* a coded video sequence begins: a key frame */
	bool has_active;    /* active_decode_targets_present_flag */
	bool custom_dtis, custom_fdiffs, custom_chains;
	struct sf_depdesc_structure structure; /* when has_structure */
	struct sf_bytes payload; /* octets behind the last that was read */
};

/* SF_LIMIT with more than 64 templates, of which none can be named. */
enum sf_status sf_depdesc_parse(
    struct sf_depdesc *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
