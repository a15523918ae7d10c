#include "engine/capture/front.h"

#include <stdlib.h>
#include <string.h>

#include "engine/capture/logclock.h"
#include "engine/capture/textline.h"
#include "parsers/net/ether.h"
#include "parsers/net/ipv4.h"
#include "parsers/rtp/rtcp.h"
#include "parsers/rtp/rtp.h"
#include "parsers/text/log_process.h"
#include "parsers/text/scan.h"

#define LOOK_AHEAD ((size_t)4 << 20) /* for a report that tells the date */
#define REDACTED   5 /* octets of a payload that old Firefox did not zero */
#define SURE       8 /* packets alike before that is believed */
#define ALONE      8 /* octets of a line that begins a packet in a log */

enum link { LINK_ETHER = 1, LINK_RAW = 101 };

/* The packet in the making. Headers are put in front of its octets. */
struct pending {
	bool any;
	bool cut;    /* octets are missing behind those that are here */
	bool closed; /* no more of it is taken */
	enum sf_dump_tag tag;
	enum sf_direction direction;
	int64_t time_ns;
	bool timed;
	bool timed_itself; /* its line has a time of its own */
	uint32_t process;
	uint64_t line; /* offset of its newest line */
	size_t n;
};

struct text {
	enum sf_dump_tag tag; /* of the first tagged dump: whose log it is */
	bool redacted;    /* payloads are zeros but for their first octets */
	bool is_log;      /* lines with stamps: no dump begins without a time */
	uint32_t process; /* that wrote the newest line; 0: not told */
	struct sf_logclock clock;
	struct sf_dump_line
	    ahead; /* a line in front of a dump that tells of it */
	char direction;
	bool preamble;
	struct pending p;
	uint8_t octets[SF_BARE_ROOM];
};

/* ---- what a line says ----------------------------------------------------- */

static bool
cut_short(const struct text *t, const struct sf_dump_line *l)
{
	/* These logs write their word behind the octets: without it, the
	   line does not end where it should. */
	bool tag_last = t->tag == SF_DUMP_CHROMIUM ||
			t->tag == SF_DUMP_CHROMIUM_SCTP ||
			t->tag == SF_DUMP_JANUS || t->tag == SF_DUMP_JANUS_DATA;

	return l->half || (tag_last && l->timed && l->tag == SF_DUMP_NO_TAG);
}

/* An offset and octets, and nothing in front of them: text2pcap's form, which
   may stand in a log as well. */
static bool
stands_alone(const struct sf_dump_line *l)
{
	return l->has_offset && l->octets >= ALONE &&
	       sf_scan_blanks(l->before, 0) == l->before.n;
}

/* Does a packet begin with this line? */
static bool
begins(const struct text *t, const struct sf_dump_line *l)
{
	if (l->hex.n == 0 || l->offset != 0)
		return false;
	return l->tag != SF_DUMP_NO_TAG || l->timed || stands_alone(l) ||
	       (!t->is_log && t->tag == SF_DUMP_NO_TAG);
}

/* The line carries the pending packet on. */
static bool
continues(const struct text *t, const struct sf_dump_line *l)
{
	return t->p.any && !t->p.closed && t->p.tag == SF_DUMP_NO_TAG &&
	       l->hex.n != 0 && !l->timed && l->tag == SF_DUMP_NO_TAG &&
	       l->offset != 0;
}

static void
add_octets(struct pending *p, struct text *t, const struct sf_dump_line *l)
{
	struct sf_dump_line some = *l;
	size_t room = SF_WRAP_MOST - p->n;

	if (some.octets > room) {
		some.octets = room;
		p->cut = p->closed = true;
	}
	sf_dump_line_decode(&some, t->octets + SF_WRAP_UDP4 + p->n);
	p->n += some.octets;
	p->cut |= cut_short(t, l);
}

static enum sf_direction
direction_of(char c)
{
	if (c == 'I')
		return SF_DIR_IN;
	return c == 'O' ? SF_DIR_OUT : SF_DIR_UNKNOWN;
}

static void
begin_packet(struct text *t, const struct sf_dump_line *l)
{
	char direction = l->direction;

	if (t->tag == SF_DUMP_NO_TAG)
		t->tag = l->tag;
	if (direction == 0 && t->preamble)
		direction = t->direction;
	t->p = (struct pending){ .any = true,
		.closed = l->tag != SF_DUMP_NO_TAG || l->half,
		.tag = l->tag,
		.direction = direction_of(direction),
		.process = t->process,
		.timed_itself = l->timed,
		.timed = l->timed || t->clock.stamped || t->clock.ticked,
		.time_ns = sf_logclock_dump(&t->clock, l) };
	t->preamble = false;
	add_octets(&t->p, t, l);
}

/* A further line of a dump. What was taken from a column of characters behind
   the octets of the line before is given back. */
static void
carry_on(struct text *t, const struct sf_dump_line *l)
{
	struct pending *p = &t->p;

	if (l->offset > p->n || l->offset <= p->line) {
		p->cut |= l->offset > p->n; /* lines are missing */
		p->closed = true;
		return;
	}
	p->n = (size_t)l->offset;
	p->line = l->offset;
	add_octets(p, t, l);
	p->closed |= l->half;
}

/* A line that is no dump may tell when the next one was, and which way. */
static void
hear_line(struct text *t, const struct sf_dump_line *l)
{
	struct sf_bytes text = l->text;
	struct sf_log_process process;
	struct sf_log_stamp s;
	struct sf_diag d;

	if (text.n > 2 && (text.p[0] == 'I' || text.p[0] == 'O') &&
	    text.p[1] == ' ')
		text = sf_bytes(text.p + 2, text.n - 2);
	if (sf_log_stamp_parse(&s, text, &d) == SF_OK) {
		if (s.process != 0)
			t->process = s.process;
		else if (sf_log_process_parse(&process, s.payload, &d) == SF_OK)
			t->process = process.id;
		sf_logclock_stamp(&t->clock, &s);
		t->is_log |= !s.has_year || s.utc;
	} else if (l->timed && l->hex.n == 0 && !t->clock.stamped) {
		(void)sf_logclock_dump(&t->clock, l);
	} else if (l->timed && l->hex.n == 0 && l->direction != 0) {
		sf_logclock_time(&t->clock, l);
	} else if (text.n > 0 && text.p[0] == '[' &&
		   sf_log_process_parse(&process, text, &d) == SF_OK) {
		t->process = process.id; /* MOZ_LOG without timestamps */
	}
	if (l->hex.n == 0 && l->direction != 0) {
		t->direction = l->direction;
		t->preamble = true;
	}
}

/* ---- packets -------------------------------------------------------------- */

/* A frame of Ethernet or an IP packet, as Wireshark exports them, and no bare
   datagram: the lengths inside tell. */
static bool
is_ip(struct sf_bytes in)
{
	struct sf_ipv4 ip;
	struct sf_diag d;

	if (in.n >= 40 && in.p[0] >> 4 == 6)
		return (size_t)(in.p[4] << 8 | in.p[5]) + 40 <= in.n;
	return sf_ipv4_parse(&ip, in, &d) == SF_OK &&
	       (size_t)(in.p[2] << 8 | in.p[3]) <= in.n &&
	       (size_t)(in.p[2] << 8 | in.p[3]) >= 20;
}

static bool
is_ether(struct sf_bytes in)
{
	struct sf_ether e;
	struct sf_diag d;

	return sf_ether_parse(&e, in, &d) == SF_OK &&
	       (e.of.type == 0x0800 || e.of.type == 0x86dd) && is_ip(e.payload);
}

/*
 * Old versions of Firefox wrote zeros in place of all but the first octets of
 * a payload. How many octets of the packet are real? *asked tells whether this
 * packet could show it; padding is zeros anyway.
 */
static size_t
real_octets(struct sf_bytes in, bool *asked)
{
	struct sf_rtp rtp;
	struct sf_diag d;
	size_t n;

	*asked = false;
	if (sf_rtp_parse(&rtp, in, &d) != SF_OK ||
	    (rtp.has_padding && !rtp.bad_padding) ||
	    rtp.payload.n < 3 * REDACTED)
		return in.n;
	*asked = true;
	n = rtp.payload.n;
	while (n > 0 && rtp.payload.p[n - 1] == 0)
		n--;
	if (n > REDACTED)
		return in.n;
	return (size_t)(rtp.payload.p - in.p) + REDACTED;
}

/* A whole frame or IP packet, as it is. */
static void
deliver_as(struct sf_reader *r, struct sf_packet *out, struct sf_bytes in,
    enum link link)
{
	const struct pending *p = &((struct text *)r->state)->p;
	struct sf_record record = { .data = in,
		.captured = in.n,
		.original = in.n + (p->cut ? 1 : 0),
		.link_type = (uint16_t)link,
		.timed = p->timed,
		.time_ns = p->time_ns,
		.direction = p->direction };

	sf_reader_link(r, record.link_type);
	sf_reader_deliver(r, out, &record);
}

/* The number of a process among those of this log. */
static unsigned
number_of(struct sf_capture_info *info, uint32_t process)
{
	unsigned i = 0;

	while (i < info->processes && info->process_ids[i] != process)
		i++;
	if (i < info->processes)
		return i;
	if (i == SF_CAPTURE_PROCESSES) {
		info->processes_lost++;
		return i - 1;
	}
	info->process_ids[i] = process;
	info->processes++;
	return i;
}

/*
 * Octets without a word or a time in a log, and no RTP: what they were, and
 * between whom, nobody tells. They are between addresses of their own, so that
 * nothing of it is taken for a fact about the media of the log.
 */
static bool
is_apart(const struct text *t, struct sf_bytes in)
{
	bool in_log = t->is_log || t->tag != SF_DUMP_NO_TAG;

	return in_log && t->p.tag == SF_DUMP_NO_TAG && !t->p.timed_itself &&
	       in.n > 0 && in.p[0] >> 6 != 2;
}

static unsigned
number_for(struct sf_reader *r, struct sf_bytes in)
{
	const struct text *t = r->state;

	if (is_apart(t, in))
		return SF_WRAP_WHO - 1;
	return t->p.process == 0 ? 0 : number_of(&r->info, t->p.process);
}

/* A datagram alone. */
static void
deliver_bare(struct sf_reader *r, struct sf_packet *out, struct sf_bytes in)
{
	struct text *t = r->state;
	bool inward = t->p.direction == SF_DIR_IN;
	unsigned who = number_for(r, in);
	struct sf_bare b = { .octets = in,
		.original = in.n + (t->p.cut ? 1 : 0),
		.src = inward ? sf_wrap_far_of(who) : sf_wrap_near_of(who),
		.dst = inward ? sf_wrap_near_of(who) : sf_wrap_far_of(who),
		.data = t->p.tag == SF_DUMP_CHROMIUM_SCTP ||
			t->p.tag == SF_DUMP_JANUS_DATA,
		.timed = t->p.timed,
		.time_ns = t->p.time_ns,
		.direction = t->p.direction,
		.room = t->octets };
	bool asked;

	if (t->redacted) {
		b.octets.n = real_octets(in, &asked);
		r->info.redacted += b.octets.n < in.n;
	}
	sf_reader_bare(r, out, &b);
}

static enum sf_capture_status
deliver(struct sf_reader *r, struct sf_packet *out)
{
	struct text *t = r->state;
	struct sf_bytes in = sf_bytes(t->octets + SF_WRAP_UDP4, t->p.n);
	bool untold = t->p.tag == SF_DUMP_NO_TAG;

	t->p.any = false;
	if (untold && is_ether(in))
		deliver_as(r, out, in, LINK_ETHER);
	else if (untold && is_ip(in))
		deliver_as(r, out, in, LINK_RAW);
	else
		deliver_bare(r, out, in);
	return SF_CAPTURE_OK;
}

/* Takes a line, once it was looked at for a session description. */
static void
pass_line(struct sf_reader *r, struct sf_bytes line)
{
	if (r->sdplog != NULL)
		sf_sdplog_line(r->sdplog, line);
	sf_textline_take(&r->source, line);
}

/* Takes lines up to the end of a packet; true when there is one. */
static bool
gather(struct sf_reader *r)
{
	struct text *t = r->state;
	struct sf_bytes line;
	struct sf_dump_line l;
	struct sf_diag d;

	while (sf_textline_hold(&r->source, 0, &line) != 0) {
		if (sf_dump_line_parse(&l, line, &d) != SF_OK)
			break;
		if (begins(t, &l)) {
			if (t->p.any)
				return true; /* the line is for next time */
			hear_line(t, &l);
			begin_packet(t, &l);
		} else if (continues(t, &l)) {
			carry_on(t, &l);
		} else {
			hear_line(t, &l);
		}
		pass_line(r, line);
		if (t->p.any && t->p.tag != SF_DUMP_NO_TAG)
			return true;
	}
	return t->p.any;
}

static enum sf_capture_status
next_text(struct sf_reader *r, struct sf_packet *out)
{
	struct text *t = r->state;

	if (!t->p.any && !gather(r)) {
		if (r->sdplog != NULL)
			sf_sdplog_end(r->sdplog);
		return SF_CAPTURE_END;
	}
	return deliver(r, out);
}

/* ---- opening -------------------------------------------------------------- */

/* The NTP seconds of a sender report, or 0. */
static uint32_t
report_seconds(const struct sf_dump_line *l)
{
	uint8_t o[12];
	struct sf_dump_line head = *l;

	if (l->octets < 28)
		return 0;
	head.octets = sizeof(o);
	sf_dump_line_decode(&head, o);
	if (o[0] >> 6 != 2 || o[1] != 200)
		return 0;
	return (uint32_t)o[8] << 24 | (uint32_t)o[9] << 16 |
	       (uint32_t)o[10] << 8 | o[11];
}

/* Looks ahead for a report that tells what the log does not: the date. */
static void
find_date(struct sf_reader *r)
{
	struct text *t = r->state;
	struct text *look = malloc(sizeof(*look));
	struct sf_dump_line l;
	struct sf_bytes line;
	struct sf_diag d;
	size_t at = 0, n;

	if (look == NULL)
		return;
	*look = *t;
	while (at < LOOK_AHEAD &&
	       (n = sf_textline_hold(&r->source, at, &line)) != 0 &&
	       sf_dump_line_parse(&l, line, &d) == SF_OK) {
		at += n;
		hear_line(look, &l);
		if (look->clock.year != 0)
			break; /* the log tells it itself */
		if (!begins(look, &l))
			continue;
		if (look->tag == SF_DUMP_NO_TAG)
			look->tag = l.tag;
		(void)sf_logclock_dump(&look->clock, &l);
		if (report_seconds(&l) != 0 &&
		    sf_logclock_learn(
			&look->clock, report_seconds(&l), &t->clock))
			break;
	}
	if (look->clock.year != 0)
		r->info.clock = look->clock.utc ? SF_CLOCK_UTC : SF_CLOCK_LOCAL;
	else if (!t->clock.utc)
		r->info.clock = SF_CLOCK_NO_DATE;
	free(look);
}

/* Looks ahead whether packets are whole in this log: an odd one of zeros is
   somebody's probe. */
static void
find_redaction(struct sf_reader *r)
{
	struct text *t = r->state;
	struct sf_dump_line l;
	struct sf_bytes line;
	struct sf_diag d;
	size_t at = 0, n;
	unsigned alike = 0, others = 0;

	while (at < LOOK_AHEAD && alike + others < 20 * SURE &&
	       (n = sf_textline_hold(&r->source, at, &line)) != 0 &&
	       sf_dump_line_parse(&l, line, &d) == SF_OK) {
		bool asked, less;

		at += n;
		if (l.tag != SF_DUMP_FIREFOX || l.octets > SF_WRAP_MOST)
			continue;
		sf_dump_line_decode(&l, t->octets);
		less = real_octets(sf_bytes(t->octets, l.octets), &asked) <
		       l.octets;
		alike += asked && less;
		others += asked && !less;
	}
	t->redacted = alike >= SURE && others * 10 < alike;
}

static const char *
name_of(enum sf_dump_tag tag)
{
	switch (tag) {
	case SF_DUMP_CHROMIUM:
	case SF_DUMP_CHROMIUM_SCTP:
		return "chromium-log";
	case SF_DUMP_FIREFOX:
		return "firefox-log";
	case SF_DUMP_JANUS:
	case SF_DUMP_JANUS_DATA:
		return "janus-text";
	case SF_DUMP_NO_TAG:
		break;
	}
	return "text2pcap";
}

/* Reads on to the first dump, however much of other lines stands before. */
static enum sf_capture_status
open_text(struct sf_reader *r)
{
	struct text *t = sf_reader_state(r, sizeof(*t));
	struct sf_dump_line l;
	struct sf_bytes line;
	struct sf_diag d;

	if (t == NULL)
		return SF_CAPTURE_SYSTEM;
	while (sf_textline_hold(&r->source, 0, &line) != 0 &&
	       sf_dump_line_parse(&l, line, &d) == SF_OK) {
		if (begins(t, &l)) {
			find_date(r);
			if (l.tag == SF_DUMP_FIREFOX)
				find_redaction(r);
			r->info.format = name_of(l.tag);
			return SF_CAPTURE_OK;
		}
		hear_line(t, &l);
		pass_line(r, line);
	}
	r->info.hint = "text without a packet in it: no RTP dump of a browser "
		       "(WebRTC-Debugging-RtpDump, RtpLogger:5), no text2pcap";
	return SF_CAPTURE_UNKNOWN;
}

const struct sf_front sf_front_text = { "text2pcap", sf_textline_knows,
	open_text, next_text };
