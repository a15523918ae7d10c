#include "engine/capture/front.h"

#include <string.h>

#include "parsers/file/rtpdump.h"

struct rtpdump {
	struct sf_addr src, dst;
	int64_t start_ns;
	uint8_t room[SF_BARE_ROOM];
};

static bool
knows(struct sf_bytes start)
{
	return start.n >= 11 && memcmp(start.p, "#!rtpplay1.", 11) == 0;
}

static struct sf_addr
address(const uint8_t ip[4], uint16_t port)
{
	struct sf_addr a = { .port = port, .family = 4 };

	memcpy(a.ip, ip, 4);
	return a;
}

/* Wireshark puts the receiver into the first line and the sender behind it;
   rtptools put one address, that of the group, into both. */
static void
set_addresses(struct rtpdump *f, const struct sf_rtpdump_head *h)
{
	static const uint8_t none[4];
	struct sf_addr from = address(h->from, h->from_port);
	struct sf_addr to = address(h->to, h->to_port);

	f->src = sf_wrap_far();
	f->dst = sf_wrap_near();
	if (h->has_to && memcmp(h->to, none, 4) != 0)
		f->dst = to;
	if (memcmp(h->from, none, 4) != 0 &&
	    memcmp(&from, &to, sizeof(to)) != 0)
		f->src = from;
}

static enum sf_capture_status
open_rtpdump(struct sf_reader *r)
{
	struct rtpdump *f = sf_reader_state(r, sizeof(*f));
	struct sf_rtpdump_head h;
	struct sf_bytes held;
	struct sf_diag d;
	enum sf_status st;

	if (f == NULL)
		return SF_CAPTURE_SYSTEM;
	(void)sf_source_hold(&r->source, SF_RTPDUMP_HEAD_MOST);
	held = sf_source_held(&r->source);
	st = sf_rtpdump_head_parse(&h, held, &d);
	if (st != SF_OK) {
		r->info.hint = st == SF_SHORT
				   ? "rtpdump: it ends inside its head"
				   : "rtpdump: its head is damaged";
		return SF_CAPTURE_UNKNOWN;
	}
	set_addresses(f, &h);
	f->start_ns =
	    (int64_t)h.seconds * 1000000000 + (int64_t)h.microseconds * 1000;
	if (h.seconds == 0)
		r->info.clock = SF_CLOCK_NO_DATE;
	sf_source_take(&r->source, held.n - h.payload.n);
	return SF_CAPTURE_OK;
}

static enum sf_capture_status
next_rtpdump(struct sf_reader *r, struct sf_packet *out)
{
	struct rtpdump *f = r->state;
	struct sf_source *s = &r->source;
	uint64_t at = sf_source_at(s);
	struct sf_rtpdump_record rec;
	struct sf_bare b = {
		.src = f->src, .dst = f->dst, .timed = true, .room = f->room
	};
	struct sf_diag d;
	size_t held;

	if (sf_source_hold(s, SF_RTPDUMP_RECORD_OCTETS) == 0)
		return SF_CAPTURE_END;
	if (sf_rtpdump_record_parse(&rec, sf_source_held(s), &d) != SF_OK)
		return sf_reader_stop(r, at, &d);
	held =
	    sf_source_hold(s, SF_RTPDUMP_RECORD_OCTETS + (size_t)rec.octets) -
	    SF_RTPDUMP_RECORD_OCTETS;
	b.octets = sf_bytes(sf_source_held(s).p + SF_RTPDUMP_RECORD_OCTETS,
	    held < rec.octets ? held : rec.octets);
	b.original = rec.original > rec.octets ? rec.original : rec.octets;
	b.time_ns = f->start_ns + (int64_t)rec.ms * 1000000;
	sf_source_take(s, SF_RTPDUMP_RECORD_OCTETS + b.octets.n);
	if (held < rec.octets) {
		d = (struct sf_diag){ SF_SHORT, SF_RTPDUMP_RECORD_OCTETS + held,
			rec.octets - held, "packet", "rtptools rtpdump(1)" };
		return sf_reader_bare_cut(r, out, &b, at, &d);
	}
	sf_reader_bare(r, out, &b);
	return SF_CAPTURE_OK;
}

const struct sf_front sf_front_rtpdump = { "rtpdump", knows, open_rtpdump,
	next_rtpdump };
