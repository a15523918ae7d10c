#include "report/rtcp_facts.h"

#include <inttypes.h>

#include "parsers/rtp/rtcpfacts.h"
#include "parsers/rtp/rtcpfb.h"
#include "report/time.h"

/* ---- values --------------------------------------------------------------- */

static uint32_t
word_at(struct sf_bytes in, size_t i)
{
	const uint8_t *at = in.p + 4 * i;

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static void
put_ssrc(struct sf_emit *e, const char *key, uint32_t ssrc)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08" PRIx32, ssrc);
	sf_emit_string(e, key, text);
}

#define NTP_TO_1970 2208988800u /* seconds */

/* RFC 3550 4: 0 says that the sender has no such clock. Below 1968 are those of
   after 2036. */
static void
put_ntp(struct sf_emit *e, const char *key, uint64_t ntp)
{
	int64_t seconds = (int64_t)(ntp >> 32) - NTP_TO_1970;
	uint64_t ns = (ntp & 0xffffffff) * UINT64_C(1000000000) >> 32;
	char text[SF_TIME_MAX];

	if (ntp == 0) {
		sf_emit_null(e, key);
		return;
	}
	if ((ntp >> 63) == 0)
		seconds += INT64_C(1) << 32;
	sf_time_rfc3339(text, seconds * 1000000000 + (int64_t)ns);
	sf_emit_string(e, key, text);
}

/* A time in 65536ths of a second. */
static void
put_delay(struct sf_emit *e, const char *key, uint32_t delay)
{
	sf_emit_double(e, key, delay / 65.536);
}

static void
put_ssrcs(struct sf_emit *e, const char *key, struct sf_bytes in, size_t n)
{
	sf_emit_open(e, key, '[');
	for (size_t i = 0; i < n && (i + 1) * 4 <= in.n; i++)
		put_ssrc(e, NULL, word_at(in, i));
	sf_emit_close(e, '[');
}

/* What could not be read of the packet; NULL: all could. */
static void
put_fault(struct sf_emit *e, const struct sf_diag *d)
{
	sf_emit_string(e, "fault", d->field);
}

/* ---- reports -------------------------------------------------------------- */

static void
put_block(struct sf_emit *e, const struct sf_rtcp_block *b)
{
	sf_emit_open(e, NULL, '{');
	put_ssrc(e, "ssrc", b->ssrc);
	sf_emit_double(e, "fraction_lost", b->fraction / 256.);
	sf_emit_signed(e, "lost", b->lost);
	sf_emit_count(e, "highest_sequence", b->highest);
	sf_emit_count(e, "jitter", b->jitter);
	sf_emit_count(e, "last_sr", b->lsr);
	put_delay(e, "delay_ms", b->delay);
	sf_emit_close(e, '{');
}

static void
put_blocks(struct sf_emit *e, unsigned n, struct sf_bytes in)
{
	struct sf_diag d = { 0 };
	struct sf_rtcp_block b;

	sf_emit_open(e, "reports", '[');
	for (unsigned i = 0; i < n && sf_rtcp_block_parse(&b, in, &d) == SF_OK;
	     i++) {
		put_block(e, &b);
		in = b.payload;
	}
	sf_emit_close(e, '[');
	put_fault(e, &d);
}

static void
put_sender(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_rtcp_sender s;
	struct sf_diag d;

	if (sf_rtcp_sender_parse(&s, r->body, &d) != SF_OK) {
		put_fault(e, &d);
		return;
	}
	put_ntp(e, "ntp", s.ntp);
	sf_emit_count(e, "rtp_timestamp", s.rtp);
	sf_emit_count(e, "sent_packets", s.packets);
	sf_emit_count(e, "sent_octets", s.octets);
	put_blocks(e, r->count, s.payload);
}

static void
put_receiver(struct sf_emit *e, const struct sf_rtcp *r)
{
	size_t front = r->has_ssrc ? 4 : 0;

	put_blocks(e, r->count, sf_bytes(r->body.p + front, r->body.n - front));
}

/* ---- names and goodbyes --------------------------------------------------- */

static void
put_item(struct sf_emit *e, const struct sf_rtcp_item *i)
{
	static const char *const names[] = { /* IANA, RTCP SDES item types */
		[1] = "cname",
		[2] = "name",
		[3] = "email",
		[4] = "phone",
		[5] = "location",
		[6] = "tool",
		[7] = "note",
		[8] = "private",
		[12] = "rid",
		[13] = "repaired-rid",
		[15] = "mid"
	};
	const char *name = NULL;

	if (i->type < sizeof(names) / sizeof(names[0]))
		name = names[i->type];
	sf_emit_open(e, NULL, '{');
	sf_emit_string(e, "item", name == NULL ? "other" : name);
	sf_emit_text(e, "text", i->text);
	sf_emit_close(e, '{');
}

static void
put_items(struct sf_emit *e, struct sf_bytes in)
{
	struct sf_rtcp_item i;
	struct sf_diag d;

	sf_emit_open(e, "items", '[');
	while (in.n > 0 && sf_rtcp_item_parse(&i, in, &d) == SF_OK) {
		put_item(e, &i);
		in = i.payload;
	}
	sf_emit_close(e, '[');
}

static void
put_names(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_bytes in = r->body;
	struct sf_rtcp_sdes x;
	struct sf_diag d = { 0 };

	sf_emit_open(e, "sources", '[');
	for (unsigned i = 0;
	     i < r->count && sf_rtcp_sdes_parse(&x, in, &d) == SF_OK; i++) {
		sf_emit_open(e, NULL, '{');
		put_ssrc(e, "ssrc", x.ssrc);
		put_items(e, x.items);
		sf_emit_close(e, '{');
		in = x.payload;
	}
	sf_emit_close(e, '[');
	put_fault(e, &d);
}

static void
put_bye(struct sf_emit *e, const struct sf_rtcp *r)
{
	size_t front = (size_t)r->count * 4;
	struct sf_rtcp_reason why;
	struct sf_diag d = { 0 };

	put_ssrcs(e, "sources", r->body, r->count);
	if (r->body.n <= front) {
		sf_emit_null(e, "reason");
		sf_emit_string(
		    e, "fault", r->body.n < front ? "sources" : NULL);
		return;
	}
	if (sf_rtcp_reason_parse(&why,
		sf_bytes(r->body.p + front, r->body.n - front), &d) == SF_OK)
		sf_emit_text(e, "reason", why.text);
	else
		sf_emit_null(e, "reason");
	put_fault(e, &d);
}

static void
put_app(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_rtcp_app a;
	struct sf_diag d;

	sf_emit_count(e, "subtype", r->count);
	if (sf_rtcp_app_parse(&a, r->body, &d) == SF_OK) {
		sf_emit_text(e, "name", a.name);
		sf_emit_count(e, "data_octets", a.payload.n);
	}
	put_fault(e, &d);
}

/* ---- feedback ------------------------------------------------------------- */

/* Whom it is about; false, and told, when even that is not there. */
static bool
put_media(struct sf_emit *e, const struct sf_rtcp *r, struct sf_bytes *fci)
{
	struct sf_rtcp_feedback f;
	struct sf_diag d;

	if (sf_rtcp_feedback_parse(&f, r->body, &d) != SF_OK) {
		put_fault(e, &d);
		return false;
	}
	put_ssrc(e, "media_ssrc", f.media);
	*fci = f.payload;
	return true;
}

/* No more of it is read. */
static void
put_about(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_bytes fci;

	if (put_media(e, r, &fci))
		sf_emit_null(e, "fault");
}

static void
put_nack(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_bytes in;
	struct sf_rtcp_nack n;
	struct sf_diag d = { 0 };

	if (!put_media(e, r, &in))
		return;
	sf_emit_open(e, "missing", '[');
	for (; in.n > 0 && sf_rtcp_nack_parse(&n, in, &d) == SF_OK;
	     in = n.payload) {
		sf_emit_count(e, NULL, n.seq);
		for (unsigned i = 0; i < 16; i++)
			if (n.mask >> i & 1)
				sf_emit_count(
				    e, NULL, (uint16_t)(n.seq + i + 1));
	}
	sf_emit_close(e, '[');
	put_fault(e, &d);
}

static void
put_fir(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_bytes in;
	struct sf_rtcp_fir f;
	struct sf_diag d = { 0 };

	if (!put_media(e, r, &in))
		return;
	sf_emit_open(e, "requests", '[');
	for (; in.n > 0 && sf_rtcp_fir_parse(&f, in, &d) == SF_OK;
	     in = f.payload) {
		sf_emit_open(e, NULL, '{');
		put_ssrc(e, "ssrc", f.ssrc);
		sf_emit_count(e, "number", f.number);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
	put_fault(e, &d);
}

static void
put_tmmb(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_bytes in;
	struct sf_rtcp_tmmb t;
	struct sf_diag d = { 0 };

	if (!put_media(e, r, &in))
		return;
	sf_emit_open(e, "limits", '[');
	for (; in.n > 0 && sf_rtcp_tmmb_parse(&t, in, &d) == SF_OK;
	     in = t.payload) {
		sf_emit_open(e, NULL, '{');
		put_ssrc(e, "ssrc", t.ssrc);
		sf_emit_u64(e, "bitrate", t.bitrate);
		sf_emit_count(e, "overhead", t.overhead);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
	put_fault(e, &d);
}

/* RFC 8888 3.1: sources, and at the very end the time of the report. */
static void
put_ccfb(struct sf_emit *e, const struct sf_rtcp *r)
{
	size_t front = r->has_ssrc ? 4 : 0;
	struct sf_bytes in = sf_bytes(r->body.p + front, r->body.n - front);
	struct sf_rtcp_ccfb f;
	struct sf_diag d = { 0 };

	sf_emit_open(e, "sources", '[');
	for (; in.n > 4 && sf_rtcp_ccfb_parse(&f, in, &d) == SF_OK;
	     in = f.payload) {
		sf_emit_open(e, NULL, '{');
		put_ssrc(e, "ssrc", f.ssrc);
		sf_emit_count(e, "base_sequence", f.first);
		sf_emit_count(e, "status_count", f.packets);
		sf_emit_count(e, "received", f.received);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
	if (d.status == SF_OK && in.n != 4)
		d.field = "report timestamp";
	put_fault(e, &d);
}

static void
put_transport(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_bytes in;
	struct sf_rtcp_twcc t;
	struct sf_diag d;

	if (!put_media(e, r, &in))
		return;
	if (sf_rtcp_twcc_parse(&t, in, &d) == SF_OK) {
		sf_emit_count(e, "feedback_number", t.number);
		sf_emit_signed(e, "reference_ms", (int64_t)t.reference * 64);
		sf_emit_count(e, "base_sequence", t.base);
		sf_emit_count(e, "status_count", t.packets);
		sf_emit_count(e, "received", t.received);
	}
	put_fault(e, &d);
}

static void
put_remb(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_bytes in;
	struct sf_rtcp_remb b;
	struct sf_diag d;

	if (!put_media(e, r, &in))
		return;
	if (sf_rtcp_remb_parse(&b, in, &d) == SF_OK) {
		sf_emit_u64(e, "bitrate", b.bitrate);
		put_ssrcs(e, "sources", b.ssrcs, b.count);
	}
	put_fault(e, &d);
}

static void
put_afb(struct sf_emit *e, const struct sf_rtcp *r)
{
	struct sf_bytes in;

	if (!put_media(e, r, &in))
		return;
	sf_emit_count(e, "data_octets", in.n);
	sf_emit_null(e, "fault");
}

/* ---- extended reports ----------------------------------------------------- */

static void
put_dlrr(struct sf_emit *e, struct sf_bytes in)
{
	struct sf_rtcp_dlrr l;
	struct sf_diag d;

	sf_emit_open(e, "reports", '[');
	for (; sf_rtcp_dlrr_parse(&l, in, &d) == SF_OK; in = l.payload) {
		sf_emit_open(e, NULL, '{');
		put_ssrc(e, "ssrc", l.ssrc);
		sf_emit_count(e, "last_rr", l.lrr);
		put_delay(e, "delay_ms", l.delay);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
}

#define XR_REFERENCE 4
#define XR_DLRR      5

static const char *
xr_name(uint8_t type)
{
	static const char *const names[] = { /* IANA, RTCP XR block types */
		[1] = "loss-rle",
		[2] = "duplicate-rle",
		[3] = "receipt-times",
		[XR_REFERENCE] = "receiver-reference-time",
		[XR_DLRR] = "dlrr",
		[6] = "statistics-summary",
		[7] = "voip-metrics",
		[42] = "target-bitrate"
	};
	const char *name = NULL;

	if (type < sizeof(names) / sizeof(names[0]))
		name = names[type];
	return name == NULL ? "other" : name;
}

static void
put_extended(struct sf_emit *e, const struct sf_rtcp *r)
{
	size_t front = r->has_ssrc ? 4 : 0;
	struct sf_bytes in = sf_bytes(r->body.p + front, r->body.n - front);
	struct sf_rtcp_xr x;
	struct sf_diag d = { 0 };

	sf_emit_open(e, "blocks", '[');
	for (; in.n > 0 && sf_rtcp_xr_parse(&x, in, &d) == SF_OK;
	     in = x.payload) {
		sf_emit_open(e, NULL, '{');
		sf_emit_string(e, "block", xr_name(x.type));
		sf_emit_count(e, "block_type", x.type);
		sf_emit_count(e, "octets", x.body.n);
		if (x.type == XR_REFERENCE && x.body.n >= 8)
			put_ntp(e, "ntp",
			    (uint64_t)word_at(x.body, 0) << 32 |
				word_at(x.body, 1));
		if (x.type == XR_DLRR)
			put_dlrr(e, x.body);
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
	put_fault(e, &d);
}

/* ---- which is which ------------------------------------------------------- */

static void
put_nothing(struct sf_emit *e, const struct sf_rtcp *r)
{
	(void)r;
	sf_emit_null(e, "fault");
}

const char *
sf_rtcp_packet_name(enum sf_rtcp_kind kind, const struct sf_rtcp *r)
{
	if (kind == SF_RTCP_TMMB)
		return r->count == 3 ? "tmmbr" : "tmmbn";
	return sf_rtcp_kind_name(kind);
}

void
sf_rtcp_facts(
    struct sf_emit *e, enum sf_rtcp_kind kind, const struct sf_rtcp *r)
{
	static void (*const put[SF_RTCP_KINDS])(
	    struct sf_emit * e, const struct sf_rtcp *r) = {
		[SF_RTCP_SR] = put_sender,
		[SF_RTCP_RR] = put_receiver,
		[SF_RTCP_SDES] = put_names,
		[SF_RTCP_BYE] = put_bye,
		[SF_RTCP_APP] = put_app,
		[SF_RTCP_NACK] = put_nack,
		[SF_RTCP_TMMB] = put_tmmb,
		[SF_RTCP_CCFB] = put_ccfb,
		[SF_RTCP_TWCC] = put_transport,
		[SF_RTCP_PLI] = put_about,
		[SF_RTCP_SLI] = put_about,
		[SF_RTCP_RPSI] = put_about,
		[SF_RTCP_FIR] = put_fir,
		[SF_RTCP_LRR] = put_about,
		[SF_RTCP_REMB] = put_remb,
		[SF_RTCP_AFB] = put_afb,
		[SF_RTCP_XR] = put_extended,
		[SF_RTCP_OTHER] = put_nothing,
	};

	put[kind](e, r);
}
