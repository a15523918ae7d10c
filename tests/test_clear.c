#include "engine/classify/clear.h"

#include "tests/noise.h"
#include "tests/rows.h"

#define MOST 120

/* How the octets behind a TOC octet are made. */
enum body { BIASED, EVEN, NO_TOC, SAMPLES, TINY };

/*
 * One Opus-sized frame: the TOC octet, then noise whose first octet is drawn
 * from few values when BIASED, as a codec's own side information is.
 */
static void
make(struct sf_record *r, unsigned i, uint8_t toc, enum body body,
    enum sf_codec codec, uint64_t *seed)
{
	uint8_t octets[160];
	size_t n = body == TINY && i % 3 != 0 ? 1 : 60 + noise_next(seed) % 60;
	struct sf_frame f = { .seq = i,
		.timestamp = i * 960,
		.packets = 1,
		.codec = codec,
		.complete = true };

	noise_fill(octets, sizeof(octets), seed);
	if (body != NO_TOC)
		octets[0] = toc;
	if (body == BIASED || body == TINY)
		octets[1] &= 0x13;
	for (size_t k = 0; body == SAMPLES && k < n; k++)
		octets[k] |= 0xd0;
	f.octets = sf_bytes(octets, n);
	sf_record_of(r, &f);
	sf_record_prove(r, &f);
}

static const struct {
	const char *what;
	uint8_t toc;
	enum body body;
	unsigned n;
	enum sf_codec codec;
	bool whole;
	enum sf_clear answer;
} rows[] = {
	{ "clear Opus, wideband",         0x48, BIASED, 100, SF_CODEC_OPUS, false, SF_CLEAR_PLAIN },
	{ "clear Opus, TOC reads as RED", 0x68, BIASED, 100, SF_CODEC_OPUS, false, SF_CLEAR_PLAIN },
	{ "clear Opus, fullband",         0x78, BIASED, 100, SF_CODEC_OPUS, false, SF_CLEAR_PLAIN },
	{ "clear Opus, stereo music",     0xfc, BIASED, 100, SF_CODEC_OPUS, false, SF_CLEAR_PLAIN },
	{ "clear Opus with silence",      0x78, TINY,   100, SF_CODEC_OPUS, false, SF_CLEAR_PLAIN },
	{ "the TOC alone in the clear",   0x78, EVEN,   120, SF_CODEC_OPUS, false, SF_CLEAR_HEAD },
	{ "the same where whole frames are protected at other times",
	                                  0x78, EVEN,    20, SF_CODEC_OPUS, true,  SF_CLEAR_PLAIN },
	{ "noise",                        0x00, NO_TOC, 120, SF_CODEC_OPUS, false, SF_CLEAR_UNIFORM },
	{ "noise where frames are protected",
	                                  0x00, NO_TOC, 120, SF_CODEC_OPUS, true,  SF_CLEAR_UNIFORM },
	{ "four frames of anything",      0x78, BIASED,   4, SF_CODEC_OPUS, false, SF_CLEAR_FEW },
	{ "A-law samples",                0x00, SAMPLES, 30, SF_CODEC_PCMA, false, SF_CLEAR_PLAIN },
	{ "noise said to be A-law",       0x00, NO_TOC,  60, SF_CODEC_PCMA, false, SF_CLEAR_UNIFORM },
	{ "a codec that is not rebuilt",  0x78, BIASED, 100, SF_CODEC_H264, false, SF_CLEAR_UNSURE },
};

static void
tells_clear_from_other(void **state)
{
	struct sf_record recs[MOST];
	struct sf_clear_found f;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		for (uint64_t seed = 1; seed < 40; seed++) {
			uint64_t s = seed * 1000 + i;

			for (unsigned k = 0; k < rows[i].n; k++)
				make(&recs[k], k, rows[i].toc, rows[i].body,
				    rows[i].codec, &s);
			sf_clear_judge(&f, recs, rows[i].n,
			    (struct sf_clear_stream){ .codec = rows[i].codec,
				.whole = rows[i].whole });
			EXPECT(rows[i].what, f.what, rows[i].answer);
		}
}

/* Incomplete frames are as if they were not there. */
static void
passes_over_incomplete(void **state)
{
	struct sf_record recs[MOST];
	struct sf_clear_found f;
	uint64_t seed = 77;

	(void)state;
	for (unsigned k = 0; k < MOST; k++) {
		make(&recs[k], k, 0x78, BIASED, SF_CODEC_OPUS, &seed);
		recs[k].complete = k < 4;
	}
	sf_clear_judge(&f, recs, MOST,
	    (struct sf_clear_stream){ .codec = SF_CODEC_OPUS });
	assert_int_equal(f.what, SF_CLEAR_FEW);
	assert_int_equal(f.asked, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_clear_from_other),
		cmocka_unit_test(passes_over_incomplete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
