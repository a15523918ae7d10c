/*
 * target_srtpkeys.c - sf_srtpkeys_read() and sf_sdes_read(): whatever the text,
 * either nothing is kept and a place is named, or each key is one that a
 * profile has. With an octet of v at the start it is a session description.
 */
#include "engine/config/srtpkeys.h"
#include "engine/srtp/sdes.h"
#include "fuzz/fuzz.h"

#include <string.h>

static void
expect_key(const struct sf_srtp_entry *e)
{
	FUZZ_CHECK(e->n_key == 16 || e->n_key == 24 || e->n_key == 32);
	FUZZ_CHECK(e->n_salt == 12 || e->n_salt == 14);
	FUZZ_CHECK(e->profile == NULL || (e->profile->key == e->n_key &&
					     e->profile->salt == e->n_salt));
	FUZZ_CHECK(e->mki <= SF_SRTP_MKI_MAX);
	FUZZ_CHECK(!e->has_src || e->src.family == 4 || e->src.family == 6);
	FUZZ_CHECK(!e->has_dst || e->dst.family == 4 || e->dst.family == 6);
	FUZZ_CHECK(e->has_ssrc || e->ssrc == 0);
}

static bool
all_zero(const void *v, size_t n)
{
	const uint8_t *p = v;

	return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_srtp_entries *e = calloc(1, sizeof(*e));
	uint8_t *exact = malloc(size == 0 ? 1 : size);
	struct sf_keyfile_error error;
	bool sdp = size > 0 && data[0] == 'v';

	FUZZ_CHECK(e != NULL && exact != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	if (sdp) {
		sf_sdes_read(e, sf_bytes(exact, size));
	} else if (!sf_srtpkeys_read(e, sf_bytes(exact, size), &error)) {
		FUZZ_CHECK(error.cause[0] != '\0' && error.remedy != NULL);
		FUZZ_CHECK(error.at <= size);
		FUZZ_CHECK(
		    memchr(error.place, '\0', sizeof(error.place)) != NULL);
		FUZZ_CHECK(all_zero(e, sizeof(*e)));
	}
	FUZZ_CHECK(e->n <= SF_SRTP_ENTRIES);
	for (size_t i = 0; i < e->n; i++)
		expect_key(&e->v[i]);
	free(exact);
	free(e);
	return 0;
}
