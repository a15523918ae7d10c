/*
 * serve_parts.c - what a request says, and what is said of it.
 */
#include "engine/shim/serve_parts.h"

/* ---- what a request says ------------------------------------------------- */

bool
sf_serve_number(const struct sf_serve *s, const char *key, uint64_t *v)
{
	struct sf_bytes value;

	return sf_shim_value(s->words, key, &value) && sf_shim_number(value, v);
}

bool
sf_serve_octets(const struct sf_serve *s, const char *key, uint8_t *to,
    struct sf_bytes *out)
{
	struct sf_bytes value;
	size_t n;

	if (!sf_shim_value(s->words, key, &value) ||
	    !sf_shim_octets(value, to, &n))
		return false;
	*out = sf_bytes(to, n);
	return true;
}

const struct sf_suite *
sf_serve_suite(const struct sf_serve *s)
{
	uint64_t id;

	return sf_serve_number(s, "suite", &id) && id <= UINT16_MAX
		   ? sf_suite_by_id((uint16_t)id)
		   : NULL;
}

bool
sf_serve_use(const struct sf_serve *s, enum sf_use *use)
{
	struct sf_bytes value;

	if (!sf_shim_value(s->words, "use", &value))
		return false;
	*use = sf_shim_is(value, "recv") ? SF_USE_RECEIVE : SF_USE_SEND;
	return *use == SF_USE_RECEIVE || sf_shim_is(value, "send");
}

/* ---- what is said of it -------------------------------------------------- */

struct sf_answer
sf_serve_ok(void)
{
	return (struct sf_answer){ "ok", NULL };
}

struct sf_answer
sf_serve_bad(void)
{
	return (struct sf_answer){ "bad", NULL };
}

struct sf_answer
sf_serve_no(const char *why)
{
	return (struct sf_answer){ "no", why };
}

struct sf_answer
sf_serve_said(enum sf_said what)
{
	static const char *const why[] = {
		[SF_SAID_HEADER] = "header",
		[SF_SAID_SHORT] = "short",
		[SF_SAID_KID] = "kid",
		[SF_SAID_AUTH] = "auth",
		[SF_SAID_REPLAY] = "replay",
		[SF_SAID_USAGE] = "usage",
		[SF_SAID_EXHAUSTED] = "exhausted",
		[SF_SAID_PARAM] = "param",
		[SF_SAID_LIMIT] = "limit",
		[SF_SAID_FAILED] = "other",
	};

	return what == SF_SAID_OK ? sf_serve_ok() : sf_serve_no(why[what]);
}

struct sf_answer
sf_serve_ct(struct sf_serve *s, enum sf_said what, size_t n)
{
	if (what == SF_SAID_OK)
		sf_line_word_hex(&s->reply, "ct", sf_bytes(s->out, n));
	return sf_serve_said(what);
}
