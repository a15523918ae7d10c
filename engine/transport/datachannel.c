#include "engine/transport/datachannel.h"

#include "parsers/net/sctp.h"

#define PORT  5000 /* of WebRTC (RFC 8841 5) */
#define SHORT 16   /* octets: a message below is text when all of it is */

/* Letters, digits, signs and blanks; other alphabets in UTF-8 as well. */
static bool
is_text(struct sf_bytes in)
{
	size_t printed = 0, high = 0;

	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];

		printed += (c >= 0x20 && c < 0x7f) || (c >= 9 && c <= 13);
		high += c >= 0x80;
	}
	if (in.n < 4)
		return false;
	if (in.n < SHORT)
		return printed == in.n;
	/* random octets: 40 of 100 print */
	return printed * 4 >= in.n * 3 ||
	       (printed + high == in.n && printed * 5 >= in.n);
}

static void
note(struct sf_data_facts *f, const struct sf_place *place, struct sf_bytes in)
{
	f->messages++;
	if (!is_text(in))
		return;
	if (f->text.n++ == 0)
		f->text.first = *place;
	f->text.last = *place;
}

/* True when the chunks end where the packet does. */
static bool
walk(struct sf_data_facts *f, const struct sf_place *place, struct sf_bytes in)
{
	struct sf_sctp s;
	struct sf_sctp_chunk c;
	struct sf_diag d;
	struct sf_bytes rest;

	if (sf_sctp_parse(&s, in, &d) != SF_OK || s.payload.n == 0)
		return false;
	for (rest = s.payload; rest.n != 0; rest = c.payload) {
		if (sf_sctp_chunk_parse(&c, rest, &d) != SF_OK)
			return false;
		if (f != NULL && c.is_data && c.first && c.user.n > 0 &&
		    c.ppid != SF_SCTP_CONTROL)
			note(f, place, c.user);
	}
	return true;
}

void
sf_data_packet(
    struct sf_model *m, const struct sf_place *place, struct sf_bytes in)
{
	m->data.packets++;
	if (walk(NULL, place, in))
		(void)walk(&m->data, place, in);
	else if (in.n > 0)
		note(&m->data, place, in);
}

bool
sf_data_is_sctp(struct sf_bytes in)
{
	struct sf_sctp s;
	struct sf_diag d;

	return sf_sctp_parse(&s, in, &d) == SF_OK && s.src_port == PORT &&
	       s.dst_port == PORT && walk(NULL, NULL, in);
}
