/*
 * test_opener.c - frames put to keys: the places where a header may be, what
 * a wrong key gives, and the negative control when a cipher says yes to all.
 */
#include "engine/keys/opener.h"

#include "tests/sealed.h"

static enum sf_tried
try(struct sf_opener *o, const struct sf_unlock *u, const uint8_t *p, size_t n,
    struct sf_record *r)
{
	struct sf_frame f = {
		.packets = 1, .complete = true, .octets = sf_bytes(p, n)
	};
	struct sf_placing placing;

	sf_record_of(r, &f);
	sf_opener_try(o, u, r, f.octets, 1, &placing);
	return r->tried;
}

static const struct {
	const char *what;
	size_t at;
	bool prefix_too;
	uint64_t kid;
	uint8_t first;
	enum sf_tried tried;
} rows[] = {
	{ "in front", 0, false, 9, 7, SF_TRIED_OPENED },
	{ "behind one octet", 1, false, 9, 7, SF_TRIED_OPENED },
	{ "behind ten", 10, false, 9, 7, SF_TRIED_OPENED },
	{ "behind ten that are metadata", 10, true, 9, 7, SF_TRIED_OPENED },
	{ "behind sixty-four", 64, true, 9, 7, SF_TRIED_OPENED },
	{ "another key", 0, false, 9, 8, SF_TRIED_FORGED },
	{ "no key of that KID", 0, false, 8, 7, SF_TRIED_NO_KEY },
};

static void
opens_where_the_header_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sf_keyfile *file =
		    sealed_key(rows[i].kid, rows[i].first);
		struct sf_unlock u = { .file = file,
			.crypto = &sf_crypto_ossl };
		struct sf_opener o = { .settled = false };
		struct sf_record r;
		uint8_t frame[256];

		u.keys = sf_keys_new(&sf_crypto_ossl, file);
		assert_non_null(u.keys);
		for (unsigned k = 0; k < 6; k++) {
			size_t n = sealed_frame(
			    frame, 8 + k, rows[i].at, rows[i].prefix_too);

			EXPECT(rows[i].what, try(&o, &u, frame, n, &r),
			    rows[i].tried);
			if (rows[i].tried != SF_TRIED_OPENED)
				continue;
			EXPECT(rows[i].what, r.header.at, rows[i].at);
			EXPECT(rows[i].what, r.header.ctr, 8 + k);
			EXPECT(rows[i].what, r.suite, 4);
		}
		EXPECT(rows[i].what, o.controls > 0,
		    rows[i].tried != SF_TRIED_NO_KEY);
		EXPECT(rows[i].what, o.controls_opened, 0);
		sf_keys_free(u.keys);
		sf_keyfile_wipe(file, &sf_crypto_ossl);
		free(file);
	}
}

/* Frames of one stream: octets in front of the header, and behind it. */
static const struct {
	const char *what;
	struct {
		size_t at, plain;
	} frames[6];
} changing[] = {
	{ "frames that are shorter than what is left clear",
	    { { 10, 20 }, { 10, 1 }, { 3, 0 }, { 0, 0 }, { 10, 20 },
		{ 9, 0 } } },
	{ "nothing to encrypt at first",
	    { { 0, 0 }, { 0, 0 }, { 1, 20 }, { 0, 0 }, { 1, 20 }, { 1, 4 } } },
	{ "another prefix from one frame to the next",
	    { { 5, 20 }, { 7, 20 }, { 0, 20 }, { 33, 20 }, { 5, 20 },
		{ 1, 20 } } },
};

static void
opens_where_the_header_moves(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(changing); i++) {
		struct sf_keyfile *file = sealed_key(9, 7);
		struct sf_unlock u = { .file = file,
			.crypto = &sf_crypto_ossl };
		struct sf_opener o = { .settled = false };
		struct sf_record r;
		uint8_t frame[256];

		u.keys = sf_keys_new(&sf_crypto_ossl, file);
		assert_non_null(u.keys);
		for (unsigned k = 0; k < 60; k++) {
			size_t at = changing[i].frames[k % 6].at;
			size_t n = sealed_frame_of(frame, 8 + k, at, true,
			    changing[i].frames[k % 6].plain);

			EXPECT(changing[i].what, try(&o, &u, frame, n, &r),
			    SF_TRIED_OPENED);
			EXPECT(changing[i].what, r.header.at, at);
			EXPECT(changing[i].what, r.header.ctr, 8 + k);
		}
		EXPECT(changing[i].what, o.controls_opened, 0);
		sf_keys_free(u.keys);
		sf_keyfile_wipe(file, &sf_crypto_ossl);
		free(file);
	}
}

static enum sf_open_status
open_all(struct sf_aead *a, const uint8_t nonce[SF_NONCE], struct sf_bytes aad1,
    struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	(void)a;
	(void)nonce;
	(void)aad1;
	(void)aad2;
	(void)ct;
	(void)pt;
	return SF_OPENED;
}

/* A cipher that says yes to everything: the control must find it out. */
static unsigned opens; /* how often open_later() was asked */

/* Says no to the first, and yes to the next. */
static enum sf_open_status
open_later(struct sf_aead *a, const uint8_t nonce[SF_NONCE],
    struct sf_bytes aad1, struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	return ++opens > 2 ? open_all(a, nonce, aad1, aad2, ct, pt) : SF_FORGED;
}

/* The same, of a frame that its own key does not open. */
static void
sees_it_without_a_frame_that_opens(void **state)
{
	struct sf_crypto yes = sf_crypto_ossl;
	struct sf_keyfile *file = sealed_key(9, 7);
	struct sf_unlock u = { .file = file, .crypto = &yes };
	struct sf_opener o = { .settled = false };
	struct sf_record r;
	uint8_t frame[256];
	size_t n = sealed_frame(frame, 8, 0, false);

	(void)state;
	yes.open = open_later;
	opens = 0; /* its own key, once more for the control, and changed */
	u.keys = sf_keys_new(&yes, file);
	assert_non_null(u.keys);
	o.scans = 1000;
	EXPECT("no", try(&o, &u, frame, n, &r), SF_TRIED_FORGED);
	assert_int_equal(o.controls, 1);
	assert_int_equal(o.controls_opened, 1);
	sf_keys_free(u.keys);
	sf_keyfile_wipe(file, &sf_crypto_ossl);
	free(file);
}

static void
sees_a_check_that_is_void(void **state)
{
	struct sf_crypto yes = sf_crypto_ossl;
	struct sf_keyfile *file = sealed_key(9, 7);
	struct sf_unlock u = { .file = file, .crypto = &yes };
	struct sf_opener o = { .settled = false };
	struct sf_record r;
	uint8_t frame[256];
	size_t n = sealed_frame(frame, 8, 0, false);

	(void)state;
	yes.open = open_all;
	u.keys = sf_keys_new(&yes, file);
	assert_non_null(u.keys);
	EXPECT("yes", try(&o, &u, frame, n, &r), SF_TRIED_OPENED);
	assert_int_equal(o.controls, 1);
	assert_int_equal(o.controls_opened, 1);
	sf_keys_free(u.keys);
	sf_keyfile_wipe(file, &sf_crypto_ossl);
	free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_where_the_header_is),
		cmocka_unit_test(opens_where_the_header_moves),
		cmocka_unit_test(sees_a_check_that_is_void),
		cmocka_unit_test(sees_it_without_a_frame_that_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
