/*
 * json.h - the parts of the JSON report that other documents have as well.
 */
#ifndef SF_REPORT_JSON_H
#define SF_REPORT_JSON_H

#include "report/emit.h"
#include "report/report.h"

void sf_json_time(struct sf_emit *e, const char *key, int64_t ns);
/* "first", "last" as times; and as "first_packet", "last_packet". */
void sf_json_times(struct sf_emit *e, const struct sf_place *first,
    const struct sf_place *last);
void sf_json_packets(struct sf_emit *e, const struct sf_place *first,
    const struct sf_place *last);
/* A string, null when it is empty. */
void sf_json_text(struct sf_emit *e, const char *key, const char *s);

/* "tool": {...}; "inputs": [...]; "findings": [...] */
void sf_json_tool(struct sf_emit *e, const struct sf_tool_info *tool);
void sf_json_inputs(struct sf_emit *e, const struct sf_result *r);
void sf_json_findings(struct sf_emit *e, const struct sf_result *r);

/* The members of one stream, and of one finding. */
void sf_json_stream(struct sf_emit *e, const struct sf_stream *s);
void sf_json_finding(
    struct sf_emit *e, const struct sf_result *r, const struct sf_finding *f);

/* "diagnosis": why a frame with a key did not open; null when nothing that is
   known explains it. */
void sf_json_diagnosis(struct sf_emit *e, const struct sf_diagnosis *d);

/* What became of SRTP, of one stream; and the handshakes of all. */
void sf_json_srtp(struct sf_emit *e, const struct sf_srtp_facts *v);
void sf_json_dtls(struct sf_emit *e, const struct sf_dtls_facts *d);

/* Which session descriptions were used, and where they were found. */
void sf_json_sdp(struct sf_emit *e, const struct sf_sdp *sdp);

/* Packets of RTCP by what they are; and what receivers say of a stream. */
void sf_json_rtcp(struct sf_emit *e, const struct sf_rtcp_facts *r);
void sf_json_feedback(struct sf_emit *e, const struct sf_feedback *f);
/* What tells where its frames begin, beside the payload. */
void sf_json_boundaries(struct sf_emit *e, const struct sf_stream *s);
void sf_json_name_ids(struct sf_emit *e, const struct sf_name_ids *ids);

#endif
