/*
 * fronts.h - what other formats than SFrame put in front of the ciphertext.
 * Codec octets left in the clear before it are gone already.
 */
#ifndef SF_SFRAME_FRONTS_H
#define SF_SFRAME_FRONTS_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* Wire calling: version and E, then S, length, X and K, KID, frame id, and with
   E an extension that holds an SSRC. SF_MALFORMED for another version, S, or
   an extension of another kind. */
struct sf_wire {
	uint64_t kid;
	uint64_t frame; /* id */
	uint8_t kid_octets, frame_octets;
	bool has_ssrc;
	uint32_t ssrc;
	struct sf_bytes aad; /* all of this */
	struct sf_bytes payload;
};

enum sf_status sf_wire_parse(
    struct sf_wire *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Sora: a header of the first drafts, its KID never inline, then the 26
   letters and digits of a connection id. SF_MALFORMED without. */
struct sf_sora {
	uint64_t kid, ctr;
	struct sf_bytes connection;
	struct sf_bytes payload;
};

enum sf_status sf_sora_parse(
    struct sf_sora *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* An MLS 1.0 private message (RFC 9420 6, 6.3): group, epoch, content type.
   SF_MALFORMED for any other message. */
struct sf_mls_private {
	struct sf_bytes group;
	uint64_t epoch;
	uint8_t content;
	struct sf_bytes payload;
};

enum sf_status sf_mls_private_parse(struct sf_mls_private *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Telegram group calls: how many epochs there are, and the hash of the first.
   SF_MALFORMED unless that is 1 to 15. */
struct sf_telegram {
	uint8_t epochs;
	struct sf_bytes hash; /* 32 octets */
	struct sf_bytes payload;
};

enum sf_status sf_telegram_parse(
    struct sf_telegram *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
