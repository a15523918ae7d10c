/*
 * target_sdplog.c - session descriptions in the lines of a log. What is found
 * is one: lines that end in LF, the first two v= and o=, and media among them;
 * and written as JSON into one line it is found again.
 */
#include "engine/sdp/sdp.h"
#include "engine/sdp/sdplog.h"
#include "fuzz/fuzz.h"

#include <string.h>

struct all {
	unsigned n;
	uint64_t last;
	size_t octets;
	uint8_t *first; /* the text of the first one */
	size_t first_n;
};

static void
take(void *ctx, const struct sf_sdplog_found *f)
{
	struct all *a = ctx;
	const char *text = (const char *)f->text.p;

	if (f->too_large) {
		FUZZ_CHECK(f->text.n == 0);
		return;
	}
	FUZZ_CHECK(f->text.n >= 9 && f->text.n <= SF_SDPLOG_OCTETS);
	FUZZ_CHECK(memcmp(text, "v=0\no=", 6) == 0);
	FUZZ_CHECK(text[f->text.n - 1] == '\n');
	FUZZ_CHECK(f->line >= a->last && f->line >= 1);
	a->last = f->line;
	a->octets += f->text.n;
	if (a->n++ == 0) {
		a->first = malloc(f->text.n);
		FUZZ_CHECK(a->first != NULL);
		memcpy(a->first, f->text.p, f->text.n);
		a->first_n = f->text.n;
	}
}

static void
run(struct all *a, const uint8_t *data, size_t size)
{
	struct sf_sdplog *l = calloc(1, sizeof(*l));

	FUZZ_CHECK(l != NULL);
	l->sink = take;
	l->ctx = a;
	*a = (struct all){ 0 };
	while (size != 0) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t n = end == NULL ? size : (size_t)(end - data) + 1;
		/* of its own, so that no line is read past its end */
		uint8_t *line = malloc(n);

		FUZZ_CHECK(line != NULL);
		memcpy(line, data, n);
		sf_sdplog_line(l, sf_bytes(line, n));
		free(line);
		data += n;
		size -= n;
	}
	sf_sdplog_end(l);
	free(l);
}

/* Text of fields alone and without marks that JSON escapes, once more as
   JSON. */
static void
again(const struct all *a)
{
	uint8_t *json = malloc(2 * a->first_n + 2);
	struct all b;
	size_t n = 0;

	FUZZ_CHECK(json != NULL);
	json[n++] = '"';
	for (size_t i = 0; i < a->first_n; i++) {
		uint8_t c = a->first[i];

		if ((i == 0 || a->first[i - 1] == '\n') &&
		    (c < 'a' || c > 'z' || a->first[i + 1] != '='))
			goto out;
		if (c == '"' || c == '\\' || (c < ' ' && c != '\n'))
			goto out;
		if (c == '\n')
			json[n++] = '\\';
		json[n++] = c == '\n' ? 'n' : c;
	}
	json[n++] = '"';
	run(&b, json, n);
	if (b.n == 1 && b.first_n == a->first_n)
		FUZZ_CHECK(memcmp(a->first, b.first, b.first_n) == 0);
	FUZZ_CHECK(b.n >= 1);
	free(b.first);
out:
	free(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct all a;

	run(&a, data, size);
	FUZZ_CHECK(a.octets <= size + a.n);
	if (a.n != 0)
		again(&a);
	free(a.first);
	return 0;
}
