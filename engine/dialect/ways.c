/* ways.c - the formats that are told by their own marks, in a table. */
#include "engine/dialect/way.h"

/* clang-format off */
const struct sf_way sf_ways[] = {
	{ SF_DIALECT_STREAM,     sf_read_stream,     sf_follow_steady,    40, 3 },
	{ SF_DIALECT_TELEGRAM,   sf_read_telegram,   sf_follow_steady,    40, 3 },
	{ SF_DIALECT_SORA,       sf_read_sora,       sf_follow_steady,     8, 3 },
	{ SF_DIALECT_ORANGE_MLS, sf_read_mls,        sf_follow_steady,    32, 3 },
	{ SF_DIALECT_XOR_DEMO,   sf_read_xor,        sf_follow_steady,    32, 3 },
	{ SF_DIALECT_WIRE,       sf_read_wire,       sf_follow_wire,      16, 4 },
	{ SF_DIALECT_WIRE,       sf_read_wire_bare,  sf_follow_wire_bare,  0, 8 },
	{ SF_DIALECT_LIVEKIT,    sf_read_livekit,    sf_follow_iv,        24, 3 },
	{ SF_DIALECT_JITSI,      sf_read_jitsi,      sf_follow_iv,        28, 3 },
	{ SF_DIALECT_DAVE,       sf_read_dave,       sf_follow_dave,      24, 3 },
	{ SF_DIALECT_JITSI_V0,   sf_read_jitsi_v0,   sf_follow_iv,        20, 4 },
	{ SF_DIALECT_LIVEKIT_GO, sf_read_livekit_go, sf_follow_kid,        8, 6 },
	{ SF_DIALECT_THREEMA,    sf_read_threema,    sf_follow_threema,    0, 6 },
	{ SF_DIALECT_RINGRTC,    sf_read_ringrtc,    sf_follow_ringrtc,    0, 6 },
	{ SF_DIALECT_DOUBLE_SRTP, sf_read_double,    sf_follow_double,     0, 10 },
	{ SF_DIALECT_WHATSAPP,   sf_read_whatsapp,   sf_follow_whatsapp,   4, 14 },
	{ SF_DIALECT_JITSI_CTR,  sf_read_jitsi_ctr,  sf_follow_jitsi_ctr,  0, 10 },
	{ SF_DIALECT_GBP_SFRAME, sf_read_gbp,        sf_follow_gbp,        0, 8 },
	{ SF_DIALECT_COUNTED_IV, sf_read_counted_iv, sf_follow_counted_iv, 0, 8 },
	{ SF_DIALECT_COUNTED_IV, sf_read_iv_ends,    sf_follow_iv_count,   0, 8 },
	{ SF_DIALECT_COUNTED_IV, sf_read_iv_begins,  sf_follow_iv_count,   0, 8 },
	{ SF_DIALECT_COUNTED_IV, sf_read_iv_ends_low, sf_follow_iv_count,  0, 8 },
	{ SF_DIALECT_COUNTED_IV, sf_read_iv_begins_low, sf_follow_iv_count, 0, 8 },
	{ SF_DIALECT_COUNTED_IV, sf_read_iv_behind,  sf_follow_iv_count,   0, 8 },
	{ SF_DIALECT_COUNTED_IV, sf_read_iv_behind_begins, sf_follow_iv_count, 0, 8 },
	{ SF_DIALECT_COUNTED_IV, sf_read_iv_behind_low, sf_follow_iv_count, 0, 8 },
	{ SF_DIALECT_COUNTED_IV, sf_read_iv_behind_begins_low, sf_follow_iv_count, 0, 8 },
	/* never looked for: what xor-demo finds may turn out as this */
	{ SF_DIALECT_XOR_JANUS,  sf_read_xor_janus,  sf_follow_steady,    32, 0 },
	/* nor this: a key shows it */
	{ SF_DIALECT_RANDOM_IV,  sf_read_random_iv,  NULL,                 0, 0 },
	{ SF_DIALECT_NONE,       NULL,               NULL,                 0, 0 },
};
/* clang-format on */

const struct sf_way *
sf_way_of(enum sf_dialect d)
{
	const struct sf_way *w = sf_ways;

	while (w->read != NULL && w->dialect != d)
		w++;
	return w;
}
