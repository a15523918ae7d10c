#include "report/rtcp.h"

#include <inttypes.h>

#include "engine/streams/rtcp.h"
#include "report/address.h"
#include "report/emit.h"
#include "report/rtcp_facts.h"
#include "report/time.h"

/* One packet of a compound, and how much of that can be read. */
struct part {
	const struct sf_compound *of;
	const char *state;
	enum sf_rtcp_kind kind;
	struct sf_rtcp packet;
	unsigned number; /* from 1 */
	size_t octets;
	bool readable;
};

typedef bool put_part(
    FILE *f, const struct part *p, const struct sf_report_style *style);

static bool
json_part(FILE *f, const struct part *p, const struct sf_report_style *style)
{
	struct sf_emit e = sf_emit(f, false);
	char text[SF_ADDRESS_MAX];

	(void)style;
	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "type", "rtcp");
	sf_emit_count(&e, "input", p->of->place.input);
	sf_emit_count(&e, "packet", p->of->place.packet);
	sf_time_rfc3339(text, p->of->place.time_ns);
	sf_emit_string(&e, "time", text);
	sf_address_text(text, &p->of->src);
	sf_emit_string(&e, "src", text);
	sf_address_text(text, &p->of->dst);
	sf_emit_string(&e, "dst", text);
	sf_emit_count(&e, "part", p->number);
	sf_emit_string(&e, "rtcp", sf_rtcp_packet_name(p->kind, &p->packet));
	sf_emit_count(&e, "packet_type", p->packet.type);
	sf_emit_count(&e, "count", p->packet.count);
	sf_emit_string(&e, "state", p->state);
	sf_emit_count(&e, "octets", p->octets);
	snprintf(text, sizeof(text), "0x%08" PRIx32, p->packet.ssrc);
	sf_emit_string(&e, "ssrc", p->packet.has_ssrc ? text : NULL);
	if (p->readable)
		sf_rtcp_facts(&e, p->kind, &p->packet);
	sf_emit_close(&e, '{');
	return sf_emit_end(&e);
}

/* The columns of frames, as far as there are such. */
static bool
text_part(FILE *f, const struct part *p, const struct sf_report_style *style)
{
	struct sf_emit e = sf_emit_words(f);
	char packet[40], clock[SF_TIME_MAX], ssrc[16] = "-";

	(void)style;
	sf_frame_packet(packet, sizeof(packet), &p->of->place);
	sf_time_clock(clock, p->of->place.time_ns);
	if (p->packet.has_ssrc)
		snprintf(ssrc, sizeof(ssrc), "0x%08" PRIx32, p->packet.ssrc);
	fprintf(f, "%7s  %s  %-10s  rtcp   %-12s", packet, clock, ssrc,
	    sf_rtcp_packet_name(p->kind, &p->packet));
	fprintf(f, "  %s", p->readable ? "" : p->state);
	if (p->readable)
		sf_rtcp_facts(&e, p->kind, &p->packet);
	fputc('\n', f);
	return !ferror(f);
}

/* What is left of a compound that the capture cut, or its front where it is
   SRTCP: eight octets of that are in the clear (RFC 3711 3.4). */
static struct part
front_of(const struct sf_compound *c, struct sf_bytes in, unsigned number)
{
	const uint8_t *p = in.p;
	struct part out = { .of = c,
		.state = c->cut ? "cut" : "unreadable",
		.number = number,
		.octets = in.n };

	out.packet.body = sf_bytes(NULL, 0);
	if (in.n >= 4) {
		out.packet.count = p[0] & 0x1f;
		out.packet.type = p[1];
	}
	out.kind = in.n >= 4 ? sf_rtcp_kind_of(&out.packet) : SF_RTCP_OTHER;
	out.packet.has_ssrc = in.n >= 8;
	if (in.n >= 8)
		out.packet.ssrc = (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 |
				  (uint32_t)p[6] << 8 | p[7];
	return out;
}

static bool
put_compound(FILE *f, const struct sf_compound *c,
    const struct sf_report_style *style, put_part *put)
{
	bool whole = sf_rtcp_ends_exactly(c->octets);
	struct sf_bytes in = c->octets;
	struct part p = { .of = c, .state = "whole", .readable = true };
	struct sf_diag d;
	bool good = true;

	while (good && in.n > 0 && (whole || c->cut) &&
	       sf_rtcp_parse(&p.packet, in, &d) == SF_OK) {
		p.number++;
		p.kind = sf_rtcp_kind_of(&p.packet);
		p.octets = in.n - p.packet.payload.n;
		in = p.packet.payload;
		good = put(f, &p, style);
	}
	if (good && !whole && in.n > 0) {
		p = front_of(c, in, p.number + 1);
		good = put(f, &p, style);
	}
	return good;
}

bool
sf_rtcp_text(
    FILE *f, const struct sf_compound *c, const struct sf_report_style *style)
{
	return put_compound(f, c, style, text_part);
}

bool
sf_rtcp_json(FILE *f, const struct sf_compound *c)
{
	return put_compound(f, c, NULL, json_part);
}
