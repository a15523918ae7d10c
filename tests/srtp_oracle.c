/*
 * srtp_oracle.c - protects packets with libsrtp2, which shares no code with
 * the program under test. tests/srtpcap.py builds it and feeds it.
 *
 *	srtp_oracle SUITE KEY-AND-SALT [MKI] [ROC]	hexadecimal; "-" for none
 *
 * Standard input and output are records: 1 octet (0 RTP, 1 RTCP), 4 octets of
 * length, big-endian, and the packet. They come back in the same order.
 */
#include <srtp2/srtp.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM    4096
#define STREAMS 64

typedef void set_policy(srtp_crypto_policy_t *p);

static void
null_32(srtp_crypto_policy_t *p)
{
	srtp_crypto_policy_set_null_cipher_hmac_sha1_80(p);
	p->auth_tag_len = 4;
}

static void
cm_256_32(srtp_crypto_policy_t *p)
{
	srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32(p);
}

/* clang-format off */
static const struct {
	const char *name;
	set_policy *rtp, *rtcp;
} suites[] = {
	{ "AES_CM_128_HMAC_SHA1_80", srtp_crypto_policy_set_rtp_default, srtp_crypto_policy_set_rtcp_default },
	{ "AES_CM_128_HMAC_SHA1_32", srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32, srtp_crypto_policy_set_rtcp_default },
	{ "AES_192_CM_HMAC_SHA1_80", srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80, srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80 },
	{ "AES_192_CM_HMAC_SHA1_32", srtp_crypto_policy_set_aes_cm_192_hmac_sha1_32, srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80 },
	{ "AES_256_CM_HMAC_SHA1_80", srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ "AES_256_CM_HMAC_SHA1_32", cm_256_32, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ "NULL_HMAC_SHA1_80", srtp_crypto_policy_set_null_cipher_hmac_sha1_80, srtp_crypto_policy_set_null_cipher_hmac_sha1_80 },
	{ "NULL_HMAC_SHA1_32", null_32, srtp_crypto_policy_set_null_cipher_hmac_sha1_80 },
	{ "AEAD_AES_128_GCM", srtp_crypto_policy_set_aes_gcm_128_16_auth, srtp_crypto_policy_set_aes_gcm_128_16_auth },
	{ "AEAD_AES_256_GCM", srtp_crypto_policy_set_aes_gcm_256_16_auth, srtp_crypto_policy_set_aes_gcm_256_16_auth },
};
/* clang-format on */

static void
die(const char *what, int status)
{
	fprintf(stderr, "srtp_oracle: %s: %d\n", what, status);
	exit(1);
}

static size_t
unhex(const char *s, uint8_t *out, size_t max)
{
	size_t n = 0;
	unsigned v;

	while (s[0] != '\0' && s[0] != '-' && n < max &&
	       sscanf(s, "%2x", &v) == 1) {
		out[n++] = (uint8_t)v;
		s += 2;
	}
	return n;
}

struct oracle {
	srtp_t session;
	srtp_policy_t policy;
	srtp_master_key_t key, *keys[1];
	uint8_t octets[64], mki[128];
	unsigned roc;
	uint32_t known[STREAMS];
	unsigned n;
};

/* A stream of its own for each SSRC, so that its counter can be set. */
static void
meet(struct oracle *o, uint32_t ssrc)
{
	srtp_err_status_t st;

	for (unsigned i = 0; i < o->n; i++)
		if (o->known[i] == ssrc)
			return;
	if (o->n == STREAMS)
		die("streams", STREAMS);
	o->known[o->n++] = ssrc;
	o->policy.ssrc.type = ssrc_specific;
	o->policy.ssrc.value = ssrc;
	st = srtp_add_stream(o->session, &o->policy);
	if (st != srtp_err_status_ok)
		die("srtp_add_stream", (int)st);
	if (o->roc != 0)
		st = srtp_set_stream_roc(o->session, ssrc, o->roc);
	if (st != srtp_err_status_ok)
		die("srtp_set_stream_roc", (int)st);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void
run(struct oracle *o)
{
	static union {
		uint32_t align;
		uint8_t p[ROOM];
	} u;
	uint8_t head[5];
	bool with_mki = o->key.mki_size != 0;

	while (fread(head, 1, 5, stdin) == 5) {
		int n = (int)get32(head + 1);
		srtp_err_status_t st;

		if (n < 12 - 4 * head[0] || n > ROOM - 200 ||
		    fread(u.p, 1, (size_t)n, stdin) != (size_t)n)
			die("record", n);
		meet(o, get32(u.p + (head[0] ? 4 : 8)));
		st = head[0]
			 ? srtp_protect_rtcp_mki(
			       o->session, u.p, &n, with_mki, 0)
			 : srtp_protect_mki(o->session, u.p, &n, with_mki, 0);
		if (st != srtp_err_status_ok)
			die("protect", (int)st);
		head[1] = head[2] = 0;
		head[3] = (uint8_t)(n >> 8);
		head[4] = (uint8_t)n;
		fwrite(head, 1, 5, stdout);
		fwrite(u.p, 1, (size_t)n, stdout);
	}
}

int
main(int argc, char **argv)
{
	static struct oracle o;
	size_t i = 0;

	if (argc < 3)
		die("arguments", argc);
	while (i < sizeof(suites) / sizeof(suites[0]) &&
	       strcmp(suites[i].name, argv[1]) != 0)
		i++;
	if (i == sizeof(suites) / sizeof(suites[0]))
		die("no such suite", 0);
	(void)unhex(argv[2], o.octets, sizeof(o.octets));
	o.key.key = o.octets;
	o.key.mki_id = o.mki;
	o.key.mki_size =
	    argc > 3 ? (unsigned)unhex(argv[3], o.mki, sizeof(o.mki)) : 0;
	o.roc = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 0) : 0;
	o.keys[0] = &o.key;
	suites[i].rtp(&o.policy.rtp);
	suites[i].rtcp(&o.policy.rtcp);
	o.policy.keys = o.keys;
	o.policy.num_master_keys = 1;
	o.policy.window_size = 32767;
	o.policy.allow_repeat_tx = 1;
	if (srtp_init() != srtp_err_status_ok ||
	    srtp_create(&o.session, NULL) != srtp_err_status_ok)
		die("srtp_create", 0);
	run(&o);
	return 0;
}
