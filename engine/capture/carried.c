#include "engine/capture/carried.h"

#include <string.h>

#include "parsers/base/cursor.h"
#include "parsers/file/carried.h"

_Static_assert(sizeof(struct sf_carried_totals) % 8 == 0 &&
		   sizeof(struct sf_accounting) % 8 == 0 &&
		   sizeof(struct sf_dtls_facts) % 8 == 0,
    "totals are numbers of 64 bits");

static uint8_t *
put(uint8_t *to, uint64_t v, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++)
		to[i] = (uint8_t)(v >> 8 * (octets - 1 - i));
	return to + octets;
}

/* ---- one packet ----------------------------------------------------------- */

size_t
sf_carried_put(
    uint8_t out[SF_CARRIED_MAX], uint64_t number, const struct sf_carried *c)
{
	const struct sf_media *m = &c->media;
	uint8_t *p = put(out, SF_CARRIED_MAGIC, 4);

	p = put(p, number, 8);
	p = put(p, c->records, 4);
	p = put(p, c->removed, 1);
	p = put(p, c->beside, 1);
	p = put(p, c->has_media, 1);
	p = put(p, m->kind, 1);
	p = put(p, m->codec, 1);
	p = put(p, m->clock, 4);
	p = put(p, m->red_pt, 1);
	p = put(p, m->ext_mid, 1);
	p = put(p, m->ext_rid, 1);
	p = put(p, m->declared_e2ee, 1);
	p = put(p, c->via.n, 1);
	for (unsigned i = 0; i < c->via.n; i++) {
		p = put(p, c->via.of[i].kind, 1);
		p = put(p, c->via.of[i].id, 4);
	}
	return (size_t)(p - out);
}

/* Kinds that are not known are left out: their names could not be told. */
static void
take_vias(struct sf_via *via, struct sf_bytes vias)
{
	struct sf_cursor c = sf_cursor(vias);

	while (sf_left(&c) >= SF_CARRIED_VIA && via->n < SF_VIA_MAX) {
		uint8_t kind = sf_u8(&c);
		uint32_t id = sf_u32(&c);

		if (kind >= SF_VIA_KINDS)
			continue;
		via->of[via->n].kind = kind;
		via->of[via->n++].id = id;
	}
}

bool
sf_carried_take(struct sf_carried_read *out, struct sf_bytes value)
{
	struct sf_carried_packet p;
	struct sf_diag d;

	*out = (struct sf_carried_read){ 0 };
	if (sf_carried_packet_parse(&p, value, &d) != SF_OK ||
	    p.kind > SF_KIND_REPAIR || p.codec >= SF_CODECS)
		return false;
	out->number = p.packet;
	out->is.records = p.records;
	out->is.removed = p.removed;
	out->is.beside = p.beside;
	take_vias(&out->is.via, p.vias);
	out->is.has_media = p.has_media;
	out->is.media = (struct sf_media){ .kind = (enum sf_kind)p.kind,
		.codec = (enum sf_codec)p.codec,
		.clock = p.clock,
		.red_pt = p.red_pt,
		.ext_mid = p.ext_mid,
		.ext_rid = p.ext_rid,
		.declared_e2ee = p.declared_e2ee != 0 };
	return true;
}

void
sf_carried_keep(struct sf_packet *pkt, struct sf_carried *room)
{
	if (pkt->carried == NULL)
		return;
	*room = *pkt->carried;
	if (pkt->media == &pkt->carried->media)
		pkt->media = &room->media;
	pkt->carried = room;
}

/* ---- totals: numbers of 64 bits that are added -------------------------- */

/* clang-format off */
static const struct {
	size_t totals, model, n;
} runs[] = {
#define RUN(t, m, type)                                                        \
	{ offsetof(struct sf_carried_totals, t), offsetof(struct sf_model, m), \
	    sizeof(type) / 8 }
	RUN(accounting, accounting, struct sf_accounting),
	RUN(dtls, dtls, struct sf_dtls_facts),
	RUN(unsupported_links, unsupported_links, uint64_t),
	RUN(data_packets, data.packets, uint64_t),
	RUN(data_messages, data.messages, uint64_t),
	RUN(pieces, wrappings.pieces, uint64_t),
	RUN(peeled, wrappings.peeled, uint64_t[SF_VIA_KINDS]),
#undef RUN
};
/* clang-format on */

static uint64_t
number_at(const void *base, size_t at, size_t i)
{
	uint64_t v;

	memcpy(&v, (const uint8_t *)base + at + 8 * i, 8);
	return v;
}

static void
set_number(void *base, size_t at, size_t i, uint64_t v)
{
	memcpy((uint8_t *)base + at + 8 * i, &v, 8);
}

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t
sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* ---- totals: tallies ------------------------------------------------------ */

#define PLAIN (SF_CARRIED_TALLIES - SF_LIMITS)

/* Where those are that are tallies in the model as well: the first PLAIN. */
static size_t
plain_at(unsigned i)
{
	static const size_t more[PLAIN - SF_OPAQUES] = {
		offsetof(struct sf_model, wrappings.fragments_lost),
		offsetof(struct sf_model, wrappings.fragments_differ),
		offsetof(struct sf_model, wrappings.tcp_holes),
		offsetof(struct sf_model, data.text),
	};

	if (i >= SF_OPAQUES)
		return more[i - SF_OPAQUES];
	return offsetof(struct sf_model, wrappings.opaque) +
	       i * sizeof(struct sf_tally);
}

/* Tally i of a model; of a limit, where it was reached first is all there is. */
static struct sf_tally
tally_at(const struct sf_model *m, unsigned i)
{
	struct sf_tally t = { 0 };

	if (i < PLAIN)
		memcpy(&t, (const uint8_t *)m + plain_at(i), sizeof(t));
	else
		t = (struct sf_tally){ m->limits[i - PLAIN],
			m->limit_first[i - PLAIN], m->limit_first[i - PLAIN] };
	return t;
}

static void
set_tally(struct sf_model *m, unsigned i, const struct sf_tally *t)
{
	if (i < PLAIN) {
		memcpy((uint8_t *)m + plain_at(i), t, sizeof(*t));
	} else {
		m->limits[i - PLAIN] = t->n;
		m->limit_first[i - PLAIN] = t->first;
	}
}

void
sf_carried_count(struct sf_carried_totals *out, const struct sf_model *whole,
    const struct sf_model *written)
{
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		for (size_t k = 0; k < runs[i].n; k++)
			set_number(out, runs[i].totals, k,
			    less(number_at(whole, runs[i].model, k),
				number_at(written, runs[i].model, k)));
	for (unsigned i = 0; i < SF_CARRIED_TALLIES; i++) {
		struct sf_tally t = tally_at(whole, i);

		out->tallies[i] = (struct sf_carried_tally){
			less(t.n, tally_at(written, i).n), t.first.packet,
			t.last.packet, t.first.time_ns, t.last.time_ns
		};
	}
}

static struct sf_place
place_of(uint64_t packet, int64_t ns, uint32_t input)
{
	if (ns > SF_TIME_MOST)
		ns = SF_TIME_MOST;
	return (struct sf_place){ packet,
		ns < SF_TIME_LEAST ? SF_TIME_LEAST : ns, input };
}

static void
add_tally(struct sf_tally *to, const struct sf_carried_tally *t, uint32_t input)
{
	struct sf_place first = place_of(t->first, t->first_ns, input);
	struct sf_place last = place_of(t->last, t->last_ns, input);

	if (t->n == 0)
		return;
	if (to->n == 0 || first.time_ns < to->first.time_ns)
		to->first = first;
	if (to->n == 0 || last.time_ns > to->last.time_ns)
		to->last = last;
	to->n = sum(to->n, t->n);
}

void
sf_carried_add(
    struct sf_model *m, const struct sf_carried_totals *totals, uint32_t input)
{
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		for (size_t k = 0; k < runs[i].n; k++)
			set_number(m, runs[i].model, k,
			    sum(number_at(m, runs[i].model, k),
				number_at(totals, runs[i].totals, k)));
	for (unsigned i = 0; i < SF_CARRIED_TALLIES; i++) {
		struct sf_tally t = tally_at(m, i);

		add_tally(&t, &totals->tallies[i], input);
		set_tally(m, i, &t);
	}
}

/* ---- totals: files -------------------------------------------------------- */

void
sf_carried_note_file(
    struct sf_carried_totals *out, const struct sf_capture_info *info)
{
	const struct sf_carried_totals *t = &info->totals;

	if (info->clock > out->clock)
		out->clock = info->clock;
	out->data = sum(out->data, info->data_packets);
	out->redacted = sum(out->redacted, info->redacted);
	out->crowded = sum(out->crowded, info->processes_lost);
	if (out->damaged == 0)
		out->damaged = info->damaged ? info->packets : t->damaged;
}

/* What a report says of the files is of those that this one was made from. */
static void
tell_of_files(struct sf_capture_info *info)
{
	const struct sf_carried_totals *t = &info->totals;

	info->clock = t->clock > SF_CLOCK_NO_DATE ? SF_CLOCK_NO_DATE
						  : (enum sf_clock)t->clock;
	info->data_packets = t->data;
	info->redacted = t->redacted;
	info->processes_lost = t->crowded;
}

void
sf_carried_totals_put(uint8_t out[SF_CARRIED_TOTALS_OCTETS],
    const struct sf_carried_totals *totals)
{
	uint8_t *p = put(out, SF_CARRIED_MAGIC, 4);

	p = put(p, SF_CARRIED_TOTALS, 4);
	for (size_t i = 0; i < SF_CARRIED_TOTALS; i++)
		p = put(p, number_at(totals, 0, i), 8);
}

void
sf_carried_totals_take(struct sf_capture_info *info, struct sf_bytes body)
{
	struct sf_carried_counts t;
	struct sf_cursor c;
	struct sf_diag d;

	if (sf_carried_counts_parse(&t, body, &d) != SF_OK ||
	    t.n != SF_CARRIED_TOTALS)
		return;
	c = sf_cursor(t.values);
	for (size_t i = 0; i < SF_CARRIED_TOTALS; i++)
		set_number(&info->totals, 0, i, sf_uint(&c, 8));
	tell_of_files(info);
}
