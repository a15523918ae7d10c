#include "report/json.h"

void
sf_json_rtcp(struct sf_emit *e, const struct sf_rtcp_facts *r)
{
	sf_emit_open(e, "rtcp_packets", '{');
	for (unsigned i = 0; i < SF_RTCP_KINDS; i++)
		if (r->packets[i] > 0)
			sf_emit_count(e,
			    sf_rtcp_kind_name((enum sf_rtcp_kind)i),
			    r->packets[i]);
	sf_emit_close(e, '{');
	if (r->twcc_packets == 0) {
		sf_emit_null(e, "transport_cc");
		return;
	}
	sf_emit_open(e, "transport_cc", '{');
	sf_emit_count(e, "packets", r->twcc_packets);
	sf_emit_count(e, "received", r->twcc_received);
	sf_emit_close(e, '{');
}

void
sf_json_feedback(struct sf_emit *e, const struct sf_feedback *f)
{
	if (f == NULL ||
	    f->nacks + f->plis + f->firs + f->rembs + f->reports == 0) {
		sf_emit_null(e, "feedback");
		return;
	}
	sf_emit_open(e, "feedback", '{');
	sf_emit_count(e, "nack", f->nacks);
	sf_emit_count(e, "nacked_packets", f->nacked);
	sf_emit_count(e, "pli", f->plis);
	sf_emit_count(e, "fir", f->firs);
	sf_emit_count(e, "remb", f->rembs);
	if (f->rembs > 0)
		sf_emit_u64(e, "bitrate", f->bitrate);
	else
		sf_emit_null(e, "bitrate");
	sf_emit_count(e, "reports", f->reports);
	if (f->reports > 0) {
		sf_emit_signed(e, "reported_lost", f->reported_lost);
		sf_emit_double(e, "worst_fraction", f->worst_fraction / 256.);
	} else {
		sf_emit_null(e, "reported_lost");
		sf_emit_null(e, "worst_fraction");
	}
	sf_emit_close(e, '{');
}

void
sf_json_boundaries(struct sf_emit *e, const struct sf_stream *s)
{
	if (s->dependency_id == 0) {
		sf_emit_null(e, "dependency_descriptor");
		return;
	}
	sf_emit_open(e, "dependency_descriptor", '{');
	sf_emit_count(e, "extension", s->dependency_id);
	sf_emit_bool(e, "inferred", s->dependency_inferred);
	if (s->spatial_layers != 0) {
		sf_emit_count(e, "spatial_layers", s->spatial_layers);
		sf_emit_count(e, "temporal_layers", s->temporal_layers);
	} else {
		sf_emit_null(e, "spatial_layers");
		sf_emit_null(e, "temporal_layers");
	}
	sf_emit_close(e, '{');
}

static void
put_id(struct sf_emit *e, const char *key, uint8_t id)
{
	if (id == 0)
		sf_emit_null(e, key);
	else
		sf_emit_count(e, key, id);
}

void
sf_json_name_ids(struct sf_emit *e, const struct sf_name_ids *ids)
{
	if (ids->mid == 0 && ids->rid == 0) {
		sf_emit_null(e, "name_extensions");
		return;
	}
	sf_emit_open(e, "name_extensions", '{');
	put_id(e, "mid", ids->mid);
	put_id(e, "rid", ids->rid);
	put_id(e, "repaired_rid", ids->repaired_rid);
	sf_emit_bool(e, "inferred", ids->inferred);
	sf_emit_close(e, '{');
}
