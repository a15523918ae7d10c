#include "engine/srtp/dtls.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto/exporter.h"
#include "engine/srtp/keylog.h"
#include "parsers/dtls/hello.h"
#include "parsers/dtls/record.h"

#define PAIRS       64   /* of addresses with a handshake, at once */
#define MESSAGE_MAX 8192 /* octets of a hello */
#define CLIENT      1
#define SERVER      2
#define DTLS13      0xfefc
#define LOOSE       16 /* secrets of 1.3 that are used without a handshake */
#define CROSSED     8  /* answers that are tried with a hello from elsewhere */

/* One hello that is put together from fragments. */
struct message {
	bool any, whole;
	uint16_t seq;
	uint32_t octets, missing;
	uint8_t have[MESSAGE_MAX / 8]; /* a bit for each octet */
	uint8_t text[MESSAGE_MAX];
};

/* What a server answered. */
struct answer {
	uint8_t random[SF_DTLS_RANDOM];
	uint16_t suite, profile; /* profile 0: not told in the clear */
	bool dtls13;
};

struct pair {
	bool used;
	uint64_t touched;
	struct sf_addr client, server; /* told by who sent which hello */
	struct message hello[2];       /* of the client, of the server */
	bool has_client, has_answer;
	uint8_t client_random[SF_DTLS_RANDOM];
	struct answer answer;
	bool unsure; /* the answer stands in front of the client's hello: out of
	                  order, or its own hello is not in the capture */
	bool has_next; /* an answer to a hello that is still to come */
	struct answer next;
	bool keyed, counted;
};

struct sf_dtls {
	struct sf_srtp *srtp;
	struct sf_keylog log;
	struct pair *pairs;
	uint64_t datagrams;
	struct sf_dtls_facts facts;
	bool loose_done;
};

struct sf_dtls *
sf_dtls_new(struct sf_srtp *srtp)
{
	struct sf_dtls *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->srtp = srtp;
	d->pairs = calloc(PAIRS, sizeof(*d->pairs));
	if (d->pairs != NULL)
		return d;
	free(d);
	return NULL;
}

void
sf_dtls_free(struct sf_dtls *d)
{
	if (d == NULL)
		return;
	sf_keylog_wipe(&d->log, &sf_crypto_ossl);
	free(d->pairs);
	free(d);
}

/* ---- keys ---------------------------------------------------------------- */

/* Suites whose PRF is of SHA-384 (RFC 5288, 5289, 5487, 6209, 6367). Of all
   others of DTLS 1.2 it is SHA-256. */
static enum sf_hash_name
hash_of(uint16_t suite)
{
	static const uint16_t sha384[] = { 0x009d, 0x009f, 0x00a1, 0x00a3,
		0x00a5, 0x00a7, 0x00a9, 0x00ab, 0x00ad, 0x00af, 0x00b1, 0x00b3,
		0x00b5, 0x00b7, 0x00b9, 0xc024, 0xc026, 0xc028, 0xc02a, 0xc02c,
		0xc02e, 0xc030, 0xc032, 0xc038, 0xc03b, 0xc03d, 0xc03f, 0xc041,
		0xc043, 0xc045, 0xc047, 0xc049, 0xc04b, 0xc04d, 0xc04f, 0xc051,
		0xc053, 0xc055, 0xc057, 0xc059, 0xc05b, 0xc05d, 0xc05f, 0xc061,
		0xc063, 0xc065, 0xc067, 0xc069, 0xc06b, 0xc06d, 0xc06f, 0xc071,
		0xc073, 0xc075, 0xc077, 0xc079, 0xc07b, 0xc07d, 0xc07f, 0xc081,
		0xc083, 0xc085, 0xc087, 0xc089, 0xc08b, 0xc08d, 0xc08f, 0xc091,
		0xc093, 0xc095, 0xc097, 0xc099, 0xc09b };

	for (size_t i = 0; i < sizeof(sha384) / sizeof(sha384[0]); i++)
		if (sha384[i] == suite)
			return SF_SHA384;
	return SF_SHA256;
}

/* Where the handshake was; NULL addresses in it: not known. */
static void
add_side(struct sf_dtls *d, const struct sf_srtp_profile *p,
    const uint8_t *material, bool server, const struct pair *at)
{
	size_t times = p->doubled ? 2 : 1;
	size_t key = times * p->key, salt = times * p->salt;
	struct sf_srtp_entry e = { .profile = p,
		.n_key = p->key,
		.n_salt = p->salt,
		.origin = SF_SRTP_FROM_DTLS,
		.number = (uint32_t)d->facts.keyed };

	if (at != NULL) {
		e.src = server ? at->server : at->client;
		e.dst = server ? at->client : at->server;
	}
	/* client key, server key, client salt, server salt (RFC 5764 4.2);
	   of a double profile the outer half is the second (RFC 8723 5) */
	memcpy(e.key, material + (server ? 2u : 1u) * key - p->key, p->key);
	memcpy(e.salt, material + 2 * key + (server ? 2u : 1u) * salt - p->salt,
	    p->salt);
	if (!sf_srtp_add(d->srtp, &e))
		d->facts.no_room++;
	sf_crypto_ossl.wipe(&e, sizeof(e));
}

static bool
add_profile(struct sf_dtls *d, const struct sf_srtp_profile *p,
    const struct sf_secret *s, const struct pair *at)
{
	uint8_t material[4 * (SF_SRTP_KEY + SF_SRTP_SALT)];
	size_t n = 2u * (p->doubled ? 2u : 1u) * ((size_t)p->key + p->salt);
	struct sf_bytes secret = sf_bytes(s->octets, s->n);
	bool done;

	if (s->exporter)
		done = sf_exporter_dtls13(&sf_crypto_ossl,
		    s->n == 48 ? SF_SHA384 : SF_SHA256, secret, material, n);
	else
		done = sf_exporter_dtls12(&sf_crypto_ossl,
		    hash_of(at->answer.suite), secret,
		    sf_bytes(at->client_random, SF_DTLS_RANDOM),
		    sf_bytes(at->answer.random, SF_DTLS_RANDOM), material, n);
	if (done) {
		add_side(d, p, material, false, at);
		add_side(d, p, material, true, at);
	}
	sf_crypto_ossl.wipe(material, sizeof(material));
	return done;
}

/* The profile that was agreed on, or each of those usual; false when it is one
   that nobody here knows. */
static bool
add_keys(struct sf_dtls *d, const struct sf_secret *s, const struct pair *at)
{
	static const uint16_t usual[] = { 2, 1, 8, 7 };
	uint16_t agreed = at == NULL ? 0 : at->answer.profile;
	const struct sf_srtp_profile *p = sf_srtp_profile_by_id(agreed);
	bool any = p != NULL && add_profile(d, p, s, at);

	for (size_t i = 0; agreed == 0 && i < 4; i++)
		any |= add_profile(d, sf_srtp_profile_by_id(usual[i]), s, at);
	d->facts.keyed += any;
	return any;
}

static bool
is_without_srtp(const struct pair *p)
{
	return !p->answer.dtls13 && p->answer.profile == 0;
}

/* A handshake of which both hellos are there. */
static void
key_pair(struct sf_dtls *d, struct pair *p)
{
	const struct sf_secret *s;

	if (!p->has_client || !p->has_answer || p->keyed)
		return;
	if (!p->counted) {
		d->facts.handshakes++;
		d->facts.without_srtp += is_without_srtp(p);
	}
	p->counted = true;
	if (is_without_srtp(p))
		return;
	s = sf_keylog_find(&d->log, p->client_random, p->answer.dtls13);
	p->keyed = s != NULL && add_keys(d, s, p);
}

/* The keys of 1.3 follow from the secret alone: where a log is short enough
   to be that of a call they serve a capture that begins after the handshake. */
static void
key_loose(struct sf_dtls *d)
{
	if (d->loose_done || d->log.exporters == 0 || d->log.exporters > LOOSE)
		return;
	d->loose_done = true;
	for (size_t i = 0; i < d->log.n; i++)
		if (d->log.v[i].exporter)
			(void)add_keys(d, &d->log.v[i], NULL);
	d->facts.keyed = 0;
}

bool
sf_dtls_secrets(struct sf_dtls *d, struct sf_bytes text)
{
	if (!sf_keylog_read(&d->log, text))
		return false;
	sf_srtp_expect(d->srtp);
	key_loose(d);
	for (size_t i = 0; i < PAIRS; i++)
		if (d->pairs[i].used)
			key_pair(d, &d->pairs[i]);
	return true;
}

/* ---- hellos -------------------------------------------------------------- */

static void
read_client(struct pair *p, struct sf_bytes text)
{
	struct sf_dtls_client_hello h;
	struct sf_diag d;

	if (sf_dtls_client_hello_parse(&h, text, &d) != SF_OK)
		return;
	/* the same again, with a cookie: nothing is new */
	if (p->has_client &&
	    memcmp(p->client_random, h.random.p, SF_DTLS_RANDOM) == 0)
		return;
	memcpy(p->client_random, h.random.p, SF_DTLS_RANDOM);
	if (p->has_client) { /* a new handshake */
		p->has_answer = p->has_next;
		p->answer = p->next;
		p->has_next = false;
	}
	p->has_client = true;
	p->unsure = p->has_answer;
	p->keyed = p->counted = false;
}

/* RFC 8446 4.1.3: a HelloRetryRequest has this for its random. */
static bool
is_retry(struct sf_bytes random)
{
	static const uint8_t retry[SF_DTLS_RANDOM] = { 0xcf, 0x21, 0xad, 0x74,
		0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65,
		0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
		0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c };

	return memcmp(random.p, retry, sizeof(retry)) == 0;
}

static void
read_extension(struct answer *a, const struct sf_tls_extension *e)
{
	struct sf_use_srtp u;
	struct sf_diag d;

	if (e->type == SF_TLS_USE_SRTP &&
	    sf_use_srtp_parse(&u, e->data, &d) == SF_OK)
		a->profile = (uint16_t)(u.profiles.p[0] << 8 | u.profiles.p[1]);
	if (e->type == SF_TLS_SUPPORTED_VERSIONS && e->data.n == 2)
		a->dtls13 = (e->data.p[0] << 8 | e->data.p[1]) == DTLS13;
}

static bool
read_answer(struct answer *a, struct sf_bytes text)
{
	struct sf_dtls_server_hello h;
	struct sf_tls_extension e;
	struct sf_diag d;

	if (sf_dtls_server_hello_parse(&h, text, &d) != SF_OK ||
	    is_retry(h.random))
		return false;
	*a = (struct answer){ .suite = h.suite };
	memcpy(a->random, h.random.p, SF_DTLS_RANDOM);
	while (h.payload.n > 0 &&
	       sf_tls_extension_parse(&e, h.payload, &d) == SF_OK) {
		read_extension(a, &e);
		h.payload = e.payload;
	}
	return true;
}

/* As if the answer in place had not been there. */
static void
take_back(struct sf_dtls *d, struct pair *p)
{
	if (p->counted) {
		d->facts.handshakes--;
		d->facts.without_srtp -= is_without_srtp(p);
	}
	d->facts.keyed -= p->keyed;
	p->counted = p->keyed = false;
}

static void
read_server(struct sf_dtls *d, struct pair *p, struct sf_bytes text)
{
	struct answer a;

	if (!read_answer(&a, text) ||
	    (p->has_answer &&
		memcmp(p->answer.random, a.random, SF_DTLS_RANDOM) == 0))
		return;
	if (p->has_client && p->has_answer && !p->unsure) {
		p->next = a;
		p->has_next = true;
		return;
	}
	take_back(d, p);
	p->answer = a;
	p->has_answer = true;
	p->unsure = false;
}

/* ---- fragments ----------------------------------------------------------- */

/* True when the message became whole by this. */
static bool
put_together(
    struct sf_dtls *d, struct message *m, const struct sf_dtls_fragment *f)
{
	if (f->octets > MESSAGE_MAX) {
		d->facts.too_large++;
		return false;
	}
	if (!m->any || m->seq != f->seq || m->octets != f->octets) {
		memset(m->have, 0, sizeof(m->have));
		m->any = true;
		m->whole = false;
		m->seq = f->seq;
		m->octets = m->missing = f->octets;
	}
	/* A whole message of the same number that comes again may be that of
	   a new handshake: it replaces what was there. */
	if (f->at == 0 && f->body.n == f->octets) {
		memcpy(m->text, f->body.p, f->body.n);
		m->missing = 0;
		m->whole = true;
		return true;
	}
	for (size_t i = 0; i < f->body.n; i++) {
		size_t at = f->at + i;
		uint8_t bit = (uint8_t)(1u << at % 8);

		m->text[at] = f->body.p[i];
		m->missing -= (m->have[at / 8] & bit) == 0;
		m->have[at / 8] |= bit;
	}
	if (m->missing != 0)
		return false;
	m->whole = true;
	m->any = false; /* the next fragment begins anew */
	return true;
}

static bool
same(const struct sf_addr *a, const struct sf_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* The pair that a hello belongs to; the one not used for longest makes room. */
static struct pair *
pair_of(struct sf_dtls *d, const struct sf_addr *client,
    const struct sf_addr *server)
{
	struct pair *oldest = &d->pairs[0];

	for (size_t i = 0; i < PAIRS; i++) {
		struct pair *p = &d->pairs[i];

		if (p->used && same(&p->client, client) &&
		    same(&p->server, server))
			return p;
		if (!p->used || (oldest->used && p->touched < oldest->touched))
			oldest = p;
	}
	memset(oldest, 0, sizeof(*oldest));
	oldest->used = true;
	oldest->client = *client;
	oldest->server = *server;
	return oldest;
}

static void
take_fragment(struct sf_dtls *d, const struct sf_datagram *dg,
    const struct sf_dtls_fragment *f)
{
	bool server = f->type == SERVER;
	struct pair *p;
	struct message *m;

	if (f->type != CLIENT && f->type != SERVER)
		return;
	p = server ? pair_of(d, &dg->dst, &dg->src)
		   : pair_of(d, &dg->src, &dg->dst);
	p->touched = d->datagrams;
	m = &p->hello[server];
	if (!put_together(d, m, f))
		return;
	if (server)
		read_server(d, p, sf_bytes(m->text, m->octets));
	else
		read_client(p, sf_bytes(m->text, m->octets));
	key_pair(d, p);
}

void
sf_dtls_feed(struct sf_dtls *d, const struct sf_datagram *dg)
{
	struct sf_bytes rest = dg->payload;
	struct sf_dtls_fragment f;
	struct sf_dtls_record r;
	struct sf_diag diag;

	d->datagrams++;
	/* Each round takes a header's octets at least. */
	while (rest.n > 0 && sf_dtls_record_parse(&r, rest, &diag) == SF_OK) {
		rest = r.payload;
		if (r.type != SF_DTLS_HANDSHAKE || r.epoch != 0)
			continue;
		while (r.body.n > 0 &&
		       sf_dtls_fragment_parse(&f, r.body, &diag) == SF_OK) {
			take_fragment(d, dg, &f);
			r.body = f.payload;
		}
	}
}

/* Every answer without a hello may be that to this one. What does not belong
   together gives keys that open nothing. */
static void
try_answers(struct sf_dtls *d, struct pair *p)
{
	unsigned tried = 0;

	for (size_t i = 0; i < PAIRS && tried < CROSSED; i++) {
		const struct pair *q = &d->pairs[i];

		if (!q->used || q->has_client || !q->has_answer)
			continue;
		take_back(d, p);
		p->answer = q->answer;
		p->has_answer = p->unsure = true;
		key_pair(d, p);
		tried++;
	}
}

void
sf_dtls_finish(struct sf_dtls *d)
{
	for (size_t i = 0; i < PAIRS; i++) {
		struct pair *p = &d->pairs[i];

		if (p->used && p->has_client && (!p->has_answer || p->unsure) &&
		    sf_keylog_find(&d->log, p->client_random, false) != NULL)
			try_answers(d, p);
	}
}

struct sf_dtls_facts
sf_dtls_facts_of(const struct sf_dtls *d)
{
	struct sf_dtls_facts f = d->facts;

	f.secrets = d->log.n;
	f.bad_secrets = d->log.malformed;
	f.no_room += d->log.passed_over;
	f.unkeyed = f.handshakes - f.without_srtp - f.keyed;
	return f;
}
