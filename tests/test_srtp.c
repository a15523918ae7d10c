/*
 * When a flow counts as opened: with a tag of 32 bits not before two packets in
 * a row. With tags that say by their first octet whether they are right; the
 * real ones are in tests/srtp.py.
 */
#include "engine/srtp/srtp.h"
#include "tests/rows.h"

#define RIGHT 0xaa

static bool
keystream(const uint8_t *key, size_t key_octets, const uint8_t iv[16],
    uint8_t *out, size_t n)
{
	(void)key;
	(void)key_octets;
	(void)iv;
	memset(out, 0, n);
	return true;
}

static struct sf_srtp_key *
key_new(
    const struct sf_srtp_profile *p, const uint8_t *key, const uint8_t *auth)
{
	(void)p;
	(void)key;
	(void)auth;
	return malloc(1);
}

static void
key_free(struct sf_srtp_key *k)
{
	free(k);
}

static bool
mac_is(struct sf_srtp_key *k, const struct sf_bytes *parts, size_t n_parts,
    const uint8_t *tag, size_t n)
{
	(void)k;
	(void)parts;
	return n_parts > 0 && n > 0 && tag[0] == RIGHT;
}

static bool
ctr(struct sf_srtp_key *k, const uint8_t iv[16], const struct sf_bytes *parts,
    size_t n_parts, uint8_t *out)
{
	(void)k;
	(void)iv;
	for (size_t i = 0; i < n_parts; i++) {
		memcpy(out, parts[i].p, parts[i].n);
		out += parts[i].n;
	}
	return true;
}

static const struct sf_srtp_crypto crypto = {
	.keystream = keystream,
	.key_new = key_new,
	.key_free = key_free,
	.mac_is = mac_is,
	.ctr = ctr,
};

/* clang-format off */
static const struct {
	const char *what, *profile, *tags; /* of packets one after the other: + is right */
	const char *want;   /* Held, Opened, opened with a held one Before it,
	                       Closed, Failed */
	uint64_t left;      /* held and never given out */
} rows[] = {
	{ "long tags",               "AES_CM_128_HMAC_SHA1_80", "++-+",  "OOFO",  0 },
	{ "long tags, none right",   "AES_CM_128_HMAC_SHA1_80", "---",   "CCC",   0 },
	{ "long tags, late",         "AES_CM_128_HMAC_SHA1_80", "-+-",   "COF",   0 },
	{ "short tags",              "AES_CM_128_HMAC_SHA1_32", "+++-+", "HBOFO", 0 },
	{ "short tags, by chance",   "AES_CM_128_HMAC_SHA1_32", "+--",   "HCC",   1 },
	{ "short tags, chance, then two", "AES_CM_128_HMAC_SHA1_32", "+-++", "HCOO", 1 },
	{ "one packet",              "AES_CM_128_HMAC_SHA1_32", "+",     "H",     1 },
};
/* clang-format on */

static enum sf_srtp_status
feed(struct sf_srtp *s, uint64_t number, bool right, struct sf_srtp_result *r)
{
	struct sf_bytes in =
	    hex_octets(right ? "806f 0001 00000000 00001234 55*8 aa*10"
			     : "806f 0001 00000000 00001234 55*8 bb*10");
	struct sf_packet pkt = { .place = { number, (int64_t)number, 0 },
		.octets = in,
		.wire_octets = in.n };
	struct sf_datagram dg = {
		.payload = in, .wire_octets = in.n, .records = 1
	};
	enum sf_srtp_status st = sf_srtp_open(s, &pkt, &dg, false, r);

	hex_free(in);
	return st;
}

static char
letter(const struct sf_srtp_result *r)
{
	switch (r->status) {
	case SF_SRTP_OPENED:
		return r->has_before ? 'B' : 'O';
	case SF_SRTP_HELD:
		return 'H';
	case SF_SRTP_FAILED:
		return 'F';
	case SF_SRTP_CLOSED:
		return 'C';
	case SF_SRTP_UNTRIED:
		break;
	}
	return 'U';
}

static void
two_in_a_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const char *p = rows[i].profile;
		struct sf_srtp *s = sf_srtp_new(&crypto, 100000);
		struct sf_srtp_entry e = { .profile = sf_srtp_profile_by_name(
					       sf_bytes(p, strlen(p))) };
		struct sf_srtp_result r;

		assert_non_null(s);
		assert_true(sf_srtp_add(s, &e));
		for (size_t n = 0; rows[i].tags[n] != '\0'; n++) {
			(void)feed(s, n + 1, rows[i].tags[n] == '+', &r);
			EXPECT(rows[i].what, letter(&r), rows[i].want[n]);
			if (r.has_before) {
				EXPECT(
				    rows[i].what, r.before.pkt.place.packet, n);
				EXPECT(rows[i].what, r.before.dg.payload.n,
				    r.out.dg.payload.n);
			}
		}
		EXPECT(rows[i].what, sf_srtp_finish(s), rows[i].left);
		sf_srtp_free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_in_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
