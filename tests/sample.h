/*
 * sample.h - a result made by hand, for the tests of the reports: the largest
 * numbers, hostile strings, every kind of null.
 */
#ifndef SF_SAMPLE_H
#define SF_SAMPLE_H

#include <math.h>
#include <string.h>

#include "checks/result.h"

#define SAMPLE_HOSTILE "\"a\\b\n\033[2J\x7f\xff\xc2\x9b\xe2\x80\xae\xc3\xa9\t"
#define SAMPLE_T0      INT64_C(1772397300123456789) /* 2026-03-01T20:35:00 */

struct sample {
	struct sf_result result;
	struct sf_model model;
	struct sf_stream streams[5];
	struct sf_key_use uses[2];
	struct sf_interval intervals[3];
	struct sf_finding findings[3];
	struct sf_input inputs[2];
	struct sf_capture_info infos[2];
};

static inline struct sf_place
sample_place(uint64_t packet)
{
	return (struct sf_place){ packet,
		SAMPLE_T0 + (int64_t)(packet - 1) * 20000000, 0 };
}

static inline void
sample_stream(struct sample *s, unsigned i, uint32_t ssrc, enum sf_kind kind,
    enum sf_codec codec, enum sf_protection protection)
{
	struct sf_stream *t = &s->streams[i];

	*t = (struct sf_stream){ .id = i + 1,
		.ssrc = ssrc,
		.kind = kind,
		.codec = codec,
		.codec_from = SF_FROM_SDP,
		.pts = { 111 },
		.n_pts = 1,
		.packets = 602,
		.frames = 600,
		.protection = protection,
		.clear_octets = -1,
		.clear_octets_key = -1 };
	t->src = (struct sf_addr){ { 10, 1, 1, 1 }, 1000, 4, 0 };
	t->dst = (struct sf_addr){ { 10, 2, 2, 2 }, 2000, 4, 0 };
	t->first = sample_place(1 + i);
	t->last = sample_place(602);
	t->evidence.header_chance = 1e-300;
	if (i > 0)
		s->streams[i - 1].next = t;
}

static inline void
sample_streams(struct sample *s)
{
	sample_stream(
	    s, 0, 0x5a438dd3, SF_KIND_AUDIO, SF_CODEC_OPUS, SF_PROT_CONSISTENT);
	sample_stream(
	    s, 1, 0x1b31e4f0, SF_KIND_VIDEO, SF_CODEC_VP8, SF_PROT_MIXED);
	sample_stream(s, 2, 0x00000001, SF_KIND_REPAIR, SF_CODEC_RTX,
	    SF_PROT_UNDECIDABLE);
	sample_stream(
	    s, 3, 0xffffffff, SF_KIND_UNKNOWN, SF_CODEC_UNKNOWN, SF_PROT_SRTP);
	sample_stream(s, 4, 0x00000002, SF_KIND_VIDEO, SF_CODEC_VP9,
	    SF_PROT_PARTLY_CLEAR);
	s->streams[0].dialect = SF_DIALECT_RFC9605;
	s->streams[0].keys = &s->uses[0];
	s->streams[0].suite = 4;
	s->streams[0].clear_octets = 0;
	s->streams[0].by_state[SF_STATE_ENCRYPTED] = 600;
	strcpy(s->streams[0].mid, "0");
	strcpy(s->streams[0].cname, SAMPLE_HOSTILE);
	s->streams[1].dialect = SF_DIALECT_RFC9605;
	s->streams[1].intervals = &s->intervals[0];
	s->streams[1].lost = 3;
	s->streams[1].by_state[SF_STATE_ENCRYPTED] = 543;
	s->streams[1].by_state[SF_STATE_PLAINTEXT] = 57;
	s->streams[1].evidence.sprt_llr = -HUGE_VAL;
	s->streams[1].evidence.p_head = nan("");
	s->streams[2].repairs = 2;
	s->streams[2].why = SF_WHY_NOT_MEDIA;
	s->streams[3].codec_from = SF_FROM_NOTHING;
	s->streams[3].dst = (struct sf_addr){ { 0xfd }, 5004, 6, 0 };
	s->streams[3].src.family = 0;
	s->streams[4].dialect = SF_DIALECT_RFC9605_PREFIXED;
	s->streams[4].clear_octets = 3;
	s->streams[4].clear_octets_key = 10;
	s->streams[4].incomplete_frames = 2;
	strcpy(s->streams[4].rid, "h");
	s->uses[0] = (struct sf_key_use){ UINT64_MAX, 0, UINT64_MAX, 300,
		sample_place(1), sample_place(300), -1, 0, 0, 0, &s->uses[1], false };
	s->uses[1] = (struct sf_key_use){ (UINT64_C(1) << 53) + 1,
		(UINT64_C(1) << 53) + 1, (UINT64_C(1) << 53) + 300, 300,
		sample_place(301), sample_place(602), -1, 0, 1, 2, NULL, false };
	for (unsigned i = 0; i < 3; i++)
		s->intervals[i] = (struct sf_interval){
			.state =
			    i == 1 ? SF_STATE_PLAINTEXT : SF_STATE_ENCRYPTED,
			.frames = i == 1 ? 57 : 300,
			.first = sample_place(1 + 200 * i),
			.last = sample_place(200 + 200 * i),
			.next = i < 2 ? &s->intervals[i + 1] : NULL,
		};
}

static inline void
sample_findings(struct sample *s)
{
	s->findings[0] = (struct sf_finding){ .rule = SFP003,
		.severity = SF_CRITICAL,
		.streams = { 2 },
		.n_streams = 1,
		.count = 1,
		.first = sample_place(201),
		.last = sample_place(400),
		.n_examples = 2,
		.fingerprint = 0x0123 };
	s->findings[0].frames = 57;
	s->findings[0].lag_ns = 3980000000;
	s->findings[0].examples[0] =
	    (struct sf_example){ .place = sample_place(201) };
	s->findings[0].examples[1] =
	    (struct sf_example){ .place = sample_place(202),
		    .has_header = true,
		    .kid = UINT64_MAX,
		    .ctr = (UINT64_C(1) << 53) + 1,
		    .at = 42,
		    .end = 60 };
	s->findings[1] = (struct sf_finding){ .rule = SFK003,
		.severity = SF_WARNING,
		.streams = { 1, 5 },
		.n_streams = 2,
		.count = 12,
		.first = sample_place(7),
		.last = sample_place(7),
		.fingerprint = UINT64_MAX };
	s->findings[2] = (struct sf_finding){
		.rule = SFX001, .severity = SF_NOTE, .count = 1
	};
	s->result.rules[SFP003] = (struct sf_rule_state){ SF_FAILED, 5, 1 };
	s->result.rules[SFK003] = (struct sf_rule_state){ SF_FAILED, 5, 12 };
	s->result.rules[SFN001] =
	    (struct sf_rule_state){ SF_CANNOT_TELL, 600, 0 };
	s->result.rules[SFH001] =
	    (struct sf_rule_state){ SF_NOT_EXERCISED, 0, 0 };
}

/* s holds pointers into itself: it may not be copied. */
static inline void
sample_make(struct sample *s)
{
	static const char *const limits[] = {
		"No keys were given: consistent is not proof.", SAMPLE_HOSTILE
	};

	memset(s, 0, sizeof(*s));
	sample_streams(s);
	sample_findings(s);
	s->model.streams = &s->streams[0];
	s->model.n_streams = 5;
	s->model.accounting =
	    (struct sf_accounting){ 3100, 3000, 1, 90, 9, 0, 0, 0, 0, 0, 0 };
	s->model.possible = 1;
	s->model.possible_packets = 2;
	s->infos[0] = (struct sf_capture_info){ .format = "pcap",
		.links = { 1, 65000 },
		.n_links = 2,
		.packets = 3100,
		.octets = 123456,
		.first_ns = SAMPLE_T0,
		.last_ns = sample_place(602).time_ns,
		.has_sha256 = true };
	s->infos[0].sha256[31] = 0xab;
	s->inputs[0] = (struct sf_input){ "call.pcap", &s->infos[0] };
	s->inputs[1] = (struct sf_input){ SAMPLE_HOSTILE, &s->infos[1] };
	s->result.inputs = s->inputs;
	s->result.n_inputs = 2;
	s->result.model = &s->model;
	s->result.verdict = SF_FAIL;
	s->result.fail_on = SF_ERROR;
	s->result.findings = s->findings;
	s->result.n_findings = 3;
	s->result.limits = limits;
	s->result.n_limits = 2;
	s->result.media = 4;
	s->result.in_clear = 1;
	s->result.decided = 3;
	s->result.undecided = 1;
}

#endif
