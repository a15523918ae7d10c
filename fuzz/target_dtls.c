/*
 * target_dtls.c - sf_dtls_feed() and sf_dtls_secrets(): hostile handshakes and
 * key logs.
 *
 * Input: records of an octet (bit 0: from the server, bit 1: a key log, bits 2
 * and 3: which pair), two of length, and the datagram or the text.
 */
#include "engine/srtp/dtls.h"
#include "fuzz/fuzz.h"

#include <string.h>

static void
take(struct sf_dtls *d, uint8_t flags, struct sf_bytes in)
{
	struct sf_datagram dg = { .payload = in, .wire_octets = in.n };

	if (flags & 2) {
		FUZZ_CHECK(sf_dtls_secrets(d, in));
		return;
	}
	dg.src.port = (uint16_t)(1 + (flags & 1) + (flags & 12));
	dg.dst.port = (uint16_t)(1 + ((flags & 1) ^ 1) + (flags & 12));
	sf_dtls_feed(d, &dg);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_srtp *s = sf_srtp_new(&sf_srtp_crypto_ossl, 0);
	struct sf_dtls *d = s == NULL ? NULL : sf_dtls_new(s);
	struct sf_dtls_facts f;
	size_t at = 0;

	FUZZ_CHECK(d != NULL);
	for (unsigned n = 0; at + 3 <= size && n < 64; n++) {
		uint8_t flags = data[at];
		size_t octets = (size_t)data[at + 1] << 8 | data[at + 2];
		uint8_t *exact;

		at += 3;
		if (octets > size - at)
			octets = size - at;
		exact = malloc(octets == 0 ? 1 : octets);
		FUZZ_CHECK(exact != NULL);
		memcpy(exact, data + at, octets);
		take(d, flags, sf_bytes(exact, octets));
		free(exact);
		at += octets;
	}
	f = sf_dtls_facts_of(d);
	FUZZ_CHECK(f.keyed <= f.handshakes);
	FUZZ_CHECK(f.without_srtp + f.keyed + f.unkeyed == f.handshakes);
	FUZZ_CHECK(f.keyed == 0 || sf_srtp_has_keys(s));
	sf_dtls_free(d);
	sf_srtp_free(s);
	return 0;
}
