/*
 * sdp_crypto.h - the value of a=crypto (RFC 4568 9.1), and one of its keys.
 */
#ifndef SF_SDP_CRYPTO_H
#define SF_SDP_CRYPTO_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/* <tag> <suite> <key-params> [<session-param> ...] */
struct sf_sdp_crypto {
	uint32_t tag;            /* of nine digits at most */
	struct sf_bytes suite;
	struct sf_bytes keys;    /* for sf_sdp_inline_parse() */
	struct sf_bytes payload; /* session parameters, blanks between */
};

enum sf_status sf_sdp_crypto_parse(struct sf_sdp_crypto *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

/*
 * inline:<key and salt in base64>[|<lifetime>][|<MKI>:<octets>]; call again on
 * payload until that is empty. SF_UNSUPPORTED for a key method that is not
 * inline.
 */
struct sf_sdp_inline {
	struct sf_bytes key;      /* base64, with its padding or without */
	struct sf_bytes lifetime; /* "2^20" or a number; empty when not told */
	struct sf_bytes mki;      /* a number; empty when there is none */
	uint8_t mki_octets;       /* 1..128, or 0 */
	struct sf_bytes payload;  /* the keys that follow */
};

enum sf_status sf_sdp_inline_parse(struct sf_sdp_inline *out,
    struct sf_bytes in, struct sf_diag *d) SF_MUST_USE;

#endif
