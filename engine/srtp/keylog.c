#include "engine/srtp/keylog.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/text/keylog_line.h"

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* At most max octets; 0 when the digits are not those of octets. */
static size_t
read_hex(struct sf_bytes s, uint8_t *out, size_t max)
{
	if (s.n % 2 != 0 || s.n / 2 > max)
		return 0;
	for (size_t i = 0; i < s.n; i += 2) {
		int high = digit(s.p[i]), low = digit(s.p[i + 1]);

		if (high < 0 || low < 0)
			return 0;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return s.n / 2;
}

static bool
is(struct sf_bytes s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

static void
take(struct sf_keylog *k, const struct sf_keylog_line *l, bool exporter)
{
	struct sf_secret s = { .exporter = exporter };
	size_t n = read_hex(l->secret, s.octets, sizeof(s.octets));

	if (read_hex(l->random, s.random, sizeof(s.random)) !=
		sizeof(s.random) ||
	    (exporter ? n != 32 && n != 48 : n != 48)) {
		k->malformed++;
		return;
	}
	s.n = (uint8_t)n;
	if (k->n == SF_KEYLOG_SECRETS) {
		k->passed_over++;
		return;
	}
	k->exporters += exporter;
	k->v[k->n++] = s;
}

bool
sf_keylog_read(struct sf_keylog *k, struct sf_bytes text)
{
	struct sf_keylog_line l;
	struct sf_diag d;

	if (k->v == NULL)
		k->v = calloc(SF_KEYLOG_SECRETS, sizeof(*k->v));
	if (k->v == NULL)
		return false;
	/* Every line takes at least one octet. */
	for (struct sf_bytes r = text; r.n != 0; r = l.payload) {
		if (sf_keylog_line_parse(&l, r, &d) != SF_OK)
			break;
		if (is(l.label, "CLIENT_RANDOM"))
			take(k, &l, false);
		else if (is(l.label, "EXPORTER_SECRET"))
			take(k, &l, true);
		else
			k->others += l.label.n != 0;
	}
	return true;
}

const struct sf_secret *
sf_keylog_find(const struct sf_keylog *k, const uint8_t *random, bool exporter)
{
	for (size_t i = k->n; i-- > 0;)
		if (k->v[i].exporter == exporter &&
		    memcmp(k->v[i].random, random, SF_KEYLOG_RANDOM) == 0)
			return &k->v[i];
	return NULL;
}

void
sf_keylog_wipe(struct sf_keylog *k, const struct sf_crypto *c)
{
	if (k->v != NULL)
		c->wipe(k->v, SF_KEYLOG_SECRETS * sizeof(*k->v));
	free(k->v);
	*k = (struct sf_keylog){ 0 };
}
