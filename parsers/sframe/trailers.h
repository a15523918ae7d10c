/*
 * trailers.h - what other formats than LiveKit's put behind the ciphertext.
 * All are read from the end of a frame; payload is what stands in front.
 */
#ifndef SF_SFRAME_TRAILERS_H
#define SF_SFRAME_TRAILERS_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* Key id and DE AD BE EF: the webrtc samples and what was made from them.
   SF_MALFORMED without these four. */
struct sf_xor_demo {
	uint8_t kid;
	struct sf_bytes payload;
};

enum sf_status sf_xor_demo_parse(
    struct sf_xor_demo *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Discord DAVE: tag of 8, nonce, pairs of offset and size of the octets that
   stay in the clear, size of all this, FA FA. SF_MALFORMED when it does not
   end so, or the parts do not fill the size, or ranges overlap. */
struct sf_dave {
	struct sf_bytes tag;
	uint32_t nonce;
	struct sf_bytes ranges; /* as sent: pairs of ULEB128 */
	unsigned n_ranges;
	uint64_t clear;          /* octets in all ranges */
	uint64_t end;            /* of the last range, in the frame */
	uint64_t first;          /* octets of a range at offset 0; else 0 */
	struct sf_bytes payload; /* the frame, clear octets in their places */
};

enum sf_status sf_dave_parse(
    struct sf_dave *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* The next pair of a range list; the rest of the list is payload. */
struct sf_dave_range {
	uint32_t offset, octets;
	struct sf_bytes payload;
};

enum sf_status sf_dave_range_parse(struct sf_dave_range *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Stream Video: counter, IV prefix, key index, octets in the clear, 01
   E2 EE FE ED. SF_MALFORMED without these five. */
struct sf_stream_e2ee {
	uint32_t counter;
	struct sf_bytes prefix; /* 8 octets of the IV */
	uint8_t index;
	uint16_t clear;
	bool escaped; /* as H.264 wants it */
	struct sf_bytes payload;
};

enum sf_status sf_stream_e2ee_parse(struct sf_stream_e2ee *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Signal group calls: ratchet counter, frame counter, tag of 16. */
struct sf_ringrtc {
	uint8_t ratchet;
	uint32_t counter;
	struct sf_bytes tag;
	struct sf_bytes payload;
};

enum sf_status sf_ringrtc_parse(
    struct sf_ringrtc *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* Threema group calls: key epoch, ratchet counter, frame number LE. */
struct sf_threema {
	uint8_t epoch, ratchet;
	uint32_t number;
	struct sf_bytes payload;
};

enum sf_status sf_threema_parse(
    struct sf_threema *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/* WhatsApp calls: two ULEB128, counter and key id, and the octets of the
   trailer. SF_MALFORMED when the two do not fill it. */
struct sf_whatsapp {
	uint64_t counter, kid;
	uint8_t octets; /* of the trailer, 3..19 */
	struct sf_bytes payload;
};

enum sf_status sf_whatsapp_parse(
    struct sf_whatsapp *out, struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
