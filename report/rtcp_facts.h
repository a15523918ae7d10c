/*
 * rtcp_facts.h - what stands in one RTCP packet, as members of JSON or as words.
 */
#ifndef SF_REPORT_RTCP_FACTS_H
#define SF_REPORT_RTCP_FACTS_H

#include "engine/model.h"
#include "parsers/rtp/rtcp.h"
#include "report/emit.h"

/* As in the report; but tmmbr and tmmbn are told apart. */
const char *sf_rtcp_packet_name(
    enum sf_rtcp_kind kind, const struct sf_rtcp *r);

/* Members of the object that is open. */
void sf_rtcp_facts(
    struct sf_emit *e, enum sf_rtcp_kind kind, const struct sf_rtcp *r);

#endif
