#include "parsers/text/keylog_line.h"

#include <string.h>

#include "parsers/base/cursor.h"

#define REF "draft-ietf-tls-keylogfile 2"

/* The octets up to a blank, which is taken. */
static struct sf_bytes
word(struct sf_cursor *c)
{
	size_t n = 0;
	struct sf_bytes w;

	while (n < sf_left(c) && c->in.p[c->at + n] != ' ')
		n++;
	w = sf_slice(c, n);
	if (sf_left(c) > 0)
		(void)sf_u8(c);
	return w;
}

enum sf_status
sf_keylog_line_parse(
    struct sf_keylog_line *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_keylog_line l = { 0 };
	const uint8_t *end;
	struct sf_cursor words;
	struct sf_bytes line;

	*d = (struct sf_diag){ 0 };
	if (in.n == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "line", REF);
	}
	end = memchr(in.p, '\n', in.n);
	line = sf_slice(&c, end == NULL ? in.n : (size_t)(end - in.p));
	if (end != NULL)
		(void)sf_u8(&c);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	words = sf_cursor(line);
	l.label = word(&words);
	l.random = word(&words);
	l.secret = word(&words);
	if (sf_left(&words) != 0 || l.secret.n == 0 || l.label.p[0] == '#')
		l.label = l.random = l.secret = sf_bytes(NULL, 0);
	l.payload = sf_rest(&c);
	*out = l;
	return SF_OK;
}
