/*
 * target_srtp.c - sf_srtp_open(): hostile packets, with the cryptography of the
 * product and with one that says yes to every tag (or to every other one).
 *
 * Input: an octet (bit 0: yes to tags, bit 1: to every other tag), then
 * records: an octet (bit 0 RTCP, bit 1 cut, bits 2 and 3 addresses, bit 4 in
 * front of it are headers), two of length, the packet.
 */
#include "engine/srtp/srtp.h"
#include "fuzz/fuzz.h"

#include <string.h>

/* Every other tag: what was compared last decides, so that runs are alike. */
static bool
yes(const uint8_t *tag, size_t n)
{
	return n == 0 || (tag[n - 1] & 1) == 0;
}

static bool
fake_keystream(const uint8_t *key, size_t key_octets, const uint8_t iv[16],
    uint8_t *out, size_t n)
{
	(void)key_octets;
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(key[0] + iv[7] + i);
	return true;
}

/* Has something to free, so that a leak is seen. */
static struct sf_srtp_key *
fake_new(
    const struct sf_srtp_profile *p, const uint8_t *key, const uint8_t *auth)
{
	(void)p;
	(void)key;
	(void)auth;
	return malloc(1);
}

static void
fake_free(struct sf_srtp_key *k)
{
	free(k);
}

static bool
fake_mac(struct sf_srtp_key *k, const struct sf_bytes *parts, size_t n_parts,
    const uint8_t *tag, size_t n)
{
	uint8_t sum = 0;

	(void)k;
	for (size_t i = 0; i < n_parts; i++)
		for (size_t at = 0; at < parts[i].n; at++)
			sum ^= parts[i].p[at];
	return yes(tag, n) || sum == 0;
}

static void
copy(const struct sf_bytes *parts, size_t n_parts, uint8_t *out)
{
	for (size_t i = 0; i < n_parts; i++) {
		memcpy(out, parts[i].p, parts[i].n);
		out += parts[i].n;
	}
}

static bool
fake_ctr(struct sf_srtp_key *k, const uint8_t iv[16],
    const struct sf_bytes *parts, size_t n_parts, uint8_t *out)
{
	(void)k;
	(void)iv;
	copy(parts, n_parts, out);
	return true;
}

static enum sf_open_status
fake_gcm(struct sf_srtp_key *k, const uint8_t iv[12],
    const struct sf_bytes *aad, size_t n_aad, const struct sf_bytes *parts,
    size_t n_parts, const uint8_t tag[16], uint8_t *out)
{
	(void)iv;
	if (!fake_mac(k, aad, n_aad, tag, 16))
		return SF_FORGED;
	copy(parts, n_parts, out);
	return SF_OPENED;
}

static const struct sf_srtp_crypto fake = {
	.keystream = fake_keystream,
	.key_new = fake_new,
	.key_free = fake_free,
	.mac_is = fake_mac,
	.ctr = fake_ctr,
	.gcm = fake_gcm,
};

static struct sf_srtp *
make(bool real)
{
	struct sf_srtp *s =
	    sf_srtp_new(real ? &sf_srtp_crypto_ossl : &fake, 2000);

	FUZZ_CHECK(s != NULL);
	for (size_t i = 0; i < SF_SRTP_PROFILES; i++) {
		struct sf_srtp_entry e = { .profile = &sf_srtp_profiles[i],
			.mki = (uint8_t)(i % 3),
			.has_ssrc = i == 4,
			.has_roc = i == 5,
			.roc = UINT32_MAX };

		FUZZ_CHECK(sf_srtp_add(s, &e));
	}
	return s;
}

static void
expect_opened(const struct sf_srtp_opened *o, const struct sf_datagram *dg)
{
	FUZZ_CHECK(o->dg.payload.n < dg->payload.n);
	FUZZ_CHECK(!o->dg.cut && o->dg.payload.n == o->dg.wire_octets);
	FUZZ_CHECK((o->dg.removed & SF_REMOVED_SRTP) != 0);
	FUZZ_CHECK(o->pkt.octets.n == 0 ||
		   sf_bytes_inside(o->dg.payload, o->pkt.octets));
	for (size_t i = 0; i < o->dg.payload.n; i++) /* all of it is there */
		FUZZ_CHECK(o->dg.payload.p[i] <= 0xff);
}

static void
take(struct sf_srtp *s, uint8_t flags, struct sf_bytes in, uint64_t number)
{
	size_t front = flags & 0x10 && in.n > 14 ? 14 : 0;
	struct sf_packet pkt = { .place = { number, (int64_t)number << 24, 0 },
		.octets = in,
		.wire_octets = in.n };
	struct sf_datagram dg = { .payload =
				      sf_bytes(in.p + front, in.n - front),
		.wire_octets = in.n - front,
		.records = 1 };
	struct sf_srtp_result r;
	enum sf_srtp_status st;

	dg.src.port = flags >> 2 & 3;
	dg.cut = (flags & 2) != 0;
	st = sf_srtp_open(s, &pkt, &dg, (flags & 1) != 0, &r);
	FUZZ_CHECK(st == r.status && st <= SF_SRTP_HELD);
	if (st == SF_SRTP_OPENED)
		expect_opened(&r.out, &dg);
	if (r.has_before) {
		FUZZ_CHECK(st == SF_SRTP_OPENED);
		FUZZ_CHECK(r.before.dg.records == 1);
		FUZZ_CHECK(r.before.pkt.place.packet < number);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_srtp *s = make(size > 0 && (data[0] & 1) == 0);
	size_t at = 1;

	for (uint64_t n = 1; at + 3 <= size && n < 64; n++) {
		uint8_t flags = data[at];
		size_t octets = (size_t)data[at + 1] << 8 | data[at + 2];
		uint8_t *exact;

		at += 3;
		if (octets > size - at)
			octets = size - at;
		exact = malloc(octets == 0 ? 1 : octets);
		FUZZ_CHECK(exact != NULL);
		memcpy(exact, data + at, octets);
		take(s, flags, sf_bytes(exact, octets), n);
		free(exact);
		at += octets;
	}
	FUZZ_CHECK(sf_srtp_finish(s) < 64);
	sf_srtp_free(s);
	return 0;
}
