/*
 * keylog.h - the secrets of a key log that give SRTP keys: CLIENT_RANDOM for
 * DTLS 1.2, EXPORTER_SECRET for 1.3.
 */
#ifndef SF_KEYLOG_H
#define SF_KEYLOG_H

#include "engine/crypto/crypto.h"

#define SF_KEYLOG_SECRETS    8192
#define SF_KEYLOG_SECRET_MAX 48
#define SF_KEYLOG_RANDOM     32

struct sf_secret {
	bool exporter; /* of 1.3; else a master secret of 1.2 */
	uint8_t n;
	uint8_t random[SF_KEYLOG_RANDOM]; /* of the client */
	uint8_t octets[SF_KEYLOG_SECRET_MAX];
};

struct sf_keylog {
	struct sf_secret *v; /* SF_KEYLOG_SECRETS, once there is one */
	size_t n, exporters;
	uint64_t passed_over; /* for want of room */
	uint64_t malformed;   /* lines of one of the two labels, and damaged */
	uint64_t others;      /* lines with another label */
};

/* Adds the secrets of a text; false without memory. */
bool sf_keylog_read(struct sf_keylog *k, struct sf_bytes text) SF_MUST_USE;

/* NULL when there is none of that kind for the handshake. */
const struct sf_secret *sf_keylog_find(
    const struct sf_keylog *k, const uint8_t *random, bool exporter);

void sf_keylog_wipe(struct sf_keylog *k, const struct sf_crypto *c);

#endif
