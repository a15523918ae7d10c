/*
 * make.c - writes a pcap of SFrame packets over 20 streams, reproducibly.
 *
 *	make PACKETS SEED > capture.pcap
 *	make PACKETS SEED keys.json > capture.pcap	sealed; the keys go there
 *	make PACKETS SEED -				opens frames of those sizes with bare
 *							OpenSSL and tells how long that takes
 *
 * Half of the streams are audio (Opus-sized frames, one packet each), half are
 * VP8 video (frames of one to four packets of up to 1,100 octets); each stream
 * has a KID and a counter of its own. Without keys the ciphertext is noise: what
 * is measured is reading and judging, and noise is what ciphertext looks like.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/crypto/bare.h"
#include "engine/crypto/kdf.h"
#include "parsers/sframe/header.h"

#define STREAMS 20
#define SUITE   4
#define FRAME   4096 /* octets; no frame is larger */

struct stream {
	uint64_t ctr;
	uint32_t timestamp;
	size_t at, n; /* of frame: sent, and in all */
	uint16_t seq, picture;
	struct sf_aead *key; /* NULL: noise */
	uint8_t salt[SF_NONCE];
	uint8_t frame[FRAME];
};

static uint64_t
noise(uint64_t *s)
{
	uint64_t z = *s += 0x9e3779b97f4a7c15ULL; /* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static uint8_t *
put(uint8_t *p, uint64_t v, unsigned octets)
{
	while (octets-- > 0)
		*p++ = (uint8_t)(v >> 8 * octets);
	return p;
}

static uint8_t *
put_noise(uint8_t *p, size_t n, uint64_t *seed)
{
	for (; n >= 8; n -= 8, p += 8) {
		uint64_t v = noise(seed);

		memcpy(p, &v, 8);
	}
	return put(p, noise(seed), (unsigned)n);
}

static uint8_t *
put_headers(uint8_t *p, size_t payload, unsigned i)
{
	memcpy(p, "\0\0\0\0\0\1\0\0\0\0\0\2\x08\0", 14);
	p += 14;
	p = put(p, 0x4500, 2);
	p = put(p, 28 + payload, 2);
	p = put(p, 0x0000400040110000ULL, 8);
	p = put(p, 0x0a000001 + i, 4);
	p = put(p, 0x0a0000fe, 4);
	p = put(p, 40000 + i, 2);
	p = put(p, 50000, 2);
	p = put(p, 8 + payload, 2);
	return put(p, 0, 2);
}

static uint8_t *
put_rtp(uint8_t *p, const struct stream *s, unsigned i, int video, int marker)
{
	p = put(p, 0x80, 1);
	p = put(p, (marker ? 0x80u : 0u) | (video ? 96u : 111u), 1);
	p = put(p, s->seq, 2);
	p = put(p, s->timestamp, 4);
	return put(p, 0x10000000 + i, 4);
}

static size_t
frame_octets(int video, uint64_t *seed)
{
	return video ? 400 + (size_t)(noise(seed) % 3600)
	             : 60 + (size_t)(noise(seed) % 60);
}

/* A frame of s->n octets: the header, and ciphertext and tag or noise. */
static void
make_frame(struct stream *s, unsigned i, uint64_t *seed)
{
	size_t h = sf_sframe_header_write(s->frame, 300 + i, s->ctr);
	uint8_t plain[FRAME], nonce[SF_NONCE];
	size_t n = s->n - h - SF_TAG_MAX;

	if (s->key == NULL) {
		put_noise(s->frame + h, s->n - h, seed);
	} else {
		put_noise(plain, n, seed);
		sf_kdf_nonce(nonce, s->salt, s->ctr);
		if (!sf_crypto_ossl.seal(s->key, nonce, sf_bytes(s->frame, h),
		        sf_bytes(NULL, 0), sf_bytes(plain, n), s->frame + h))
			exit(1);
	}
	s->ctr++;
}

/* A packet's payload; a frame begins when the last one has been sent. */
static size_t
make_payload(uint8_t *out, struct stream *s, unsigned i, uint64_t *seed)
{
	int video = i % 2, start = s->at == s->n;
	uint8_t *p = out;
	size_t n;

	if (start) {
		s->n = frame_octets(video, seed);
		s->at = 0;
		s->timestamp += video ? 3000 : 960;
		s->picture++;
		make_frame(s, i, seed);
	}
	n = s->n - s->at > 1100 ? 1100 : s->n - s->at;
	p = put_rtp(p, s, i, video, video && s->at + n == s->n);
	if (video) {
		p = put(p, start ? 0x9080 : 0x8080, 2);
		p = put(p, 0x8000u | (s->picture & 0x7fff), 2);
	}
	memcpy(p, s->frame + s->at, n);
	s->at += n;
	s->seq++;
	return (size_t)(p - out) + n;
}

static void
write_packet(const uint8_t *frame, size_t n, uint64_t number)
{
	uint64_t us = number * 50;
	uint32_t head[4] = { (uint32_t)(1700000000 + us / 1000000),
		(uint32_t)(us % 1000000), (uint32_t)n, (uint32_t)n };

	fwrite(head, sizeof(head), 1, stdout);
	fwrite(frame, n, 1, stdout);
}

static int
write_capture(struct stream *streams, uint64_t packets, uint64_t seed)
{
	static const uint32_t file[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 65535,
		1 };
	uint8_t frame[2048], payload[1600];

	fwrite(file, sizeof(file), 1, stdout);
	for (uint64_t k = 0; k < packets; k++) {
		unsigned i = (unsigned)(noise(&seed) % STREAMS);
		size_t n = make_payload(payload, &streams[i], i, &seed);
		uint8_t *p = put_headers(frame, n, i);

		memcpy(p, payload, n);
		write_packet(frame, (size_t)(p - frame) + n, k);
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

/* Each stream a key of its own; the key file has the same. */
static int
make_keys(struct stream *streams, const char *path)
{
	const struct sf_suite *suite = sf_suite_by_id(SUITE);
	FILE *f = fopen(path, "w");
	struct sf_schedule s;

	if (f == NULL)
		return 1;
	fprintf(f, "{\"schema\": \"sframe-tool/keys/v1\", \"keys\": [");
	for (unsigned i = 0; i < STREAMS; i++) {
		uint8_t base[16] = { (uint8_t)i, 1 };

		if (!sf_kdf_schedule(&s, &sf_crypto_ossl, suite,
		        sf_bytes(base, 16), 300 + i))
			return 1;
		streams[i].key = sf_crypto_ossl.aead_new(suite, s.key);
		memcpy(streams[i].salt, s.salt, SF_NONCE);
		fprintf(f, "%s{\"kid\": \"%u\", \"suite\": %d, \"base_key\": "
		           "\"%02x01%028d\"}",
		    i == 0 ? "" : ", ", 300 + i, SUITE, i, 0);
	}
	fprintf(f, "]}\n");
	return fclose(f) == 0 ? 0 : 1;
}

/* As many frames, of the same sizes, with nothing but the library's calls. */
static int
open_bare(uint64_t packets, uint64_t seed)
{
	static uint8_t sealed[STREAMS][FRAME], out[FRAME + SF_TAG_MAX];
	struct sf_bare *b = sf_bare_new(sf_suite_by_id(SUITE));
	size_t left[STREAMS] = { 0 }, *sizes = calloc(packets, sizeof(*sizes));
	struct timespec from, to;
	uint64_t n = 0;

	if (b == NULL || sizes == NULL)
		return 1;
	for (uint64_t k = 0; k < packets; k++) {
		unsigned i = (unsigned)(noise(&seed) % STREAMS);

		if (left[i] == 0)
			left[i] = sizes[n++] = frame_octets(i % 2, &seed);
		left[i] -= left[i] > 1100 ? 1100 : left[i];
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (uint64_t k = 0; k < n; k++)
		(void)sf_bare_open(b, sealed[k % STREAMS], sizes[k] - 5, out);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	printf("%" PRIu64 " frames, %.6f s\n", n,
	    (double)(to.tv_sec - from.tv_sec) +
	        (double)(to.tv_nsec - from.tv_nsec) / 1e9);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct stream streams[STREAMS];
	uint64_t packets = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;

	if (argc > 3 && strcmp(argv[3], "-") == 0)
		return open_bare(packets, seed);
	if (argc > 3 && make_keys(streams, argv[3]) != 0)
		return 1;
	return write_capture(streams, packets, seed);
}
