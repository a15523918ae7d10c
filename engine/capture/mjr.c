#include "engine/capture/front.h"

#include <stdlib.h>
#include <string.h>

#include "engine/config/json.h"
#include "engine/sdp/sdp.h"
#include "parsers/file/mjr.h"
#include "parsers/rtp/rtp.h"

#define SECOND    INT64_C(1000000000)
#define HEAD_MOST (10 + 65535)

struct mjr {
	bool data;        /* of a data channel */
	int64_t start_ns; /* when the first record was written; 0: not told */
	int64_t time_ns;  /* of the newest record */
	bool began;
	uint32_t timestamp; /* RTP, of the newest record */
	uint8_t room[SF_BARE_ROOM];
};

static bool
knows(struct sf_bytes start)
{
	return start.n >= 8 && (memcmp(start.p, "MJR0000", 7) == 0 ||
				   memcmp(start.p, "MEETECHO", 8) == 0);
}

/* ---- what the head says --------------------------------------------------- */

static int64_t
microseconds(const struct sf_json *j, const char *name)
{
	const char *cause, *remedy;
	const struct cJSON *v = sf_json_member(j->root, name);
	uint64_t us;

	if (v == NULL ||
	    !sf_json_u64(j, v, SF_JSON_EXACT, &us, &cause, &remedy) ||
	    us > (uint64_t)(INT64_MAX / 1000))
		return 0;
	return (int64_t)us * 1000;
}

/* {"4": "urn:ietf:params:rtp-hdrext:sdes:mid"} */
static void
read_extensions(struct sf_media *m, const struct cJSON *x)
{
	const struct cJSON *v;

	for (v = sf_json_first(x); v != NULL; v = sf_json_next(v)) {
		const char *uri = sf_json_string(v), *name = sf_json_name(v);
		long id = name == NULL ? 0 : strtol(name, NULL, 10);

		if (uri == NULL || id < 1 || id > 14)
			continue;
		if (strcmp(uri, "urn:ietf:params:rtp-hdrext:sdes:mid") == 0)
			m->ext_mid = (uint8_t)id;
		if (strcmp(uri, "urn:ietf:params:rtp-hdrext:sdes:"
				"rtp-stream-id") == 0)
			m->ext_rid = (uint8_t)id;
	}
}

static uint32_t
clock_of(enum sf_codec codec)
{
	if (codec == SF_CODEC_OPUS || codec == SF_CODEC_RED)
		return 48000;
	if (codec == SF_CODEC_PCMU || codec == SF_CODEC_PCMA ||
	    codec == SF_CODEC_G722)
		return 8000;
	return codec >= SF_CODEC_VP8 && codec <= SF_CODEC_AV1 ? 90000 : 0;
}

static void
set_codec(struct sf_media *m, char medium, const char *codec)
{
	m->kind = medium == 'v' ? SF_KIND_VIDEO : SF_KIND_AUDIO;
	m->codec = sf_codec_named(sf_bytes(codec, strlen(codec)));
	if (m->codec == SF_CODEC_OTHER)
		m->codec = SF_CODEC_UNKNOWN; /* it is looked at all the same */
	m->clock = clock_of(m->codec);
}

static void
read_info(struct sf_reader *r, struct sf_bytes text)
{
	struct mjr *f = r->state;
	struct sf_media *m = &r->info.media;
	struct sf_json_error error;
	struct sf_json j;
	const char *medium, *codec, *cause, *remedy;
	uint64_t red;

	if (!sf_json_read(&j, text, &error))
		return; /* the packets are no worse for it */
	medium = sf_json_string(sf_json_member(j.root, "t"));
	codec = sf_json_string(sf_json_member(j.root, "c"));
	f->data = medium != NULL && medium[0] == 'd';
	f->start_ns = microseconds(&j, "u");
	if (f->start_ns == 0)
		f->start_ns = microseconds(&j, "s");
	if (!f->data && codec != NULL && medium != NULL)
		set_codec(m, medium[0], codec);
	if (sf_json_member(j.root, "x") != NULL)
		read_extensions(m, sf_json_member(j.root, "x"));
	m->declared_e2ee = sf_json_member(j.root, "e") != NULL &&
			   sf_json_true(sf_json_member(j.root, "e"));
	if (sf_json_member(j.root, "or") != NULL &&
	    sf_json_u64(&j, sf_json_member(j.root, "or"), SF_JSON_EXACT, &red,
		&cause, &remedy) &&
	    red < 128)
		m->red_pt = (uint8_t)red;
	sf_json_wipe(&j);
}

static enum sf_capture_status
refuse(struct sf_reader *r, enum sf_status st, size_t held)
{
	r->info.hint = "Janus recording: its head is damaged";
	if (st == SF_SHORT)
		r->info.hint = held == 8 ? "Janus recording: it is empty, "
					   "nothing came to be recorded"
					 : "Janus recording: it ends inside "
					   "its head";
	else if (st == SF_UNSUPPORTED)
		r->info.hint =
		    "Janus recording: of a version that is not known";
	return SF_CAPTURE_UNKNOWN;
}

static enum sf_capture_status
open_mjr(struct sf_reader *r)
{
	struct mjr *f = sf_reader_state(r, sizeof(*f));
	struct sf_mjr_head h;
	struct sf_bytes held;
	struct sf_diag d;
	enum sf_status st;

	if (f == NULL)
		return SF_CAPTURE_SYSTEM;
	(void)sf_source_hold(&r->source, HEAD_MOST);
	held = sf_source_held(&r->source);
	st = sf_mjr_head_parse(&h, held, &d);
	if (st != SF_OK)
		return refuse(r, st, held.n);
	r->info.recording = r->info.has_media = true;
	if (h.version == 0)
		set_codec(&r->info.media, (char)h.info.p[0],
		    h.info.p[0] == 'v' ? "VP8" : "opus");
	else
		read_info(r, h.info);
	if (f->start_ns == 0)
		r->info.clock = SF_CLOCK_NO_DATE;
	sf_source_take(&r->source, held.n - h.payload.n);
	return SF_CAPTURE_OK;
}

/* ---- records -------------------------------------------------------------- */

/* Without a time in the record, RTP timestamps tell how time goes on. */
static int64_t
time_of(struct sf_reader *r, const struct sf_mjr_record *rec,
    struct sf_bytes octets)
{
	struct mjr *f = r->state;
	uint32_t clock = r->info.media.clock;
	struct sf_rtp rtp;
	struct sf_diag d;

	if (rec->timed)
		return f->start_ns + (int64_t)rec->ms * 1000000;
	if (!f->began)
		f->time_ns = f->start_ns;
	if (sf_rtp_parse(&rtp, octets, &d) != SF_OK)
		return f->time_ns;
	if (f->began && clock != 0)
		f->time_ns +=
		    (int32_t)(rtp.timestamp - f->timestamp) * SECOND / clock;
	f->began = true;
	f->timestamp = rtp.timestamp;
	return f->time_ns;
}

static enum sf_capture_status
next_mjr(struct sf_reader *r, struct sf_packet *out)
{
	struct mjr *f = r->state;
	struct sf_source *s = &r->source;
	uint64_t at = sf_source_at(s);
	struct sf_mjr_record rec;
	struct sf_bare b = { .src = sf_wrap_far(),
		.dst = sf_wrap_near(),
		.data = f->data,
		.timed = true,
		.direction = SF_DIR_IN,
		.room = f->room };
	struct sf_diag d;
	size_t held;

	if (sf_source_hold(s, SF_MJR_RECORD_OCTETS) == 0)
		return SF_CAPTURE_END;
	if (sf_mjr_record_parse(&rec, sf_source_held(s), &d) != SF_OK)
		return sf_reader_stop(r, at, &d);
	held = sf_source_hold(s, SF_MJR_RECORD_OCTETS + (size_t)rec.octets) -
	       SF_MJR_RECORD_OCTETS;
	b.octets = sf_bytes(sf_source_held(s).p + SF_MJR_RECORD_OCTETS,
	    held < rec.octets ? held : rec.octets);
	b.original = rec.octets;
	b.time_ns = time_of(r, &rec, b.octets);
	sf_source_take(s, SF_MJR_RECORD_OCTETS + b.octets.n);
	if (held < rec.octets) {
		d = (struct sf_diag){ SF_SHORT, SF_MJR_RECORD_OCTETS + held,
			rec.octets - held, "packet", "janus-gateway record.c" };
		return sf_reader_bare_cut(r, out, &b, at, &d);
	}
	sf_reader_bare(r, out, &b);
	return SF_CAPTURE_OK;
}

const struct sf_front sf_front_mjr = { "mjr", knows, open_mjr, next_mjr };
