/*
 * run.h - a wrapper of one type for each row of parsers.def, so that no function
 * pointer is cast: for the table of parsers.c, and for a fuzz target, which
 * links the parser that it runs and no other.
 */
#ifndef SF_PARSERS_RUN_H
#define SF_PARSERS_RUN_H

#include "parsers/dtls/hello.h"
#include "parsers/dtls/record.h"
#include "parsers/file/carried.h"
#include "parsers/file/mjr.h"
#include "parsers/file/pcap.h"
#include "parsers/file/pcapng.h"
#include "parsers/file/rtpdump.h"
#include "parsers/media/av1.h"
#include "parsers/media/h264.h"
#include "parsers/media/h265.h"
#include "parsers/media/nal.h"
#include "parsers/media/opus.h"
#include "parsers/media/red.h"
#include "parsers/media/sframe_payload.h"
#include "parsers/media/vp8.h"
#include "parsers/media/vp9.h"
#include "parsers/net/capturing.h"
#include "parsers/net/ether.h"
#include "parsers/net/gre.h"
#include "parsers/net/ipv4.h"
#include "parsers/net/ipv6.h"
#include "parsers/net/mpls.h"
#include "parsers/net/null.h"
#include "parsers/net/overudp.h"
#include "parsers/net/ppp.h"
#include "parsers/net/sctp.h"
#include "parsers/net/sll.h"
#include "parsers/net/tcp.h"
#include "parsers/net/udp.h"
#include "parsers/net/vxlan.h"
#include "parsers/net/wifi.h"
#include "parsers/rtp/demux.h"
#include "parsers/rtp/depdesc.h"
#include "parsers/rtp/flexfec.h"
#include "parsers/rtp/flexfec_rfc.h"
#include "parsers/rtp/framing.h"
#include "parsers/rtp/hdrext.h"
#include "parsers/rtp/ohb.h"
#include "parsers/rtp/rtcp.h"
#include "parsers/rtp/rtcpfacts.h"
#include "parsers/rtp/rtcpfb.h"
#include "parsers/rtp/rtp.h"
#include "parsers/rtp/sap.h"
#include "parsers/rtp/stun.h"
#include "parsers/rtp/ulpfec.h"
#include "parsers/sframe/fronts.h"
#include "parsers/sframe/header.h"
#include "parsers/sframe/livekit.h"
#include "parsers/sframe/trailers.h"
#include "parsers/text/dump_line.h"
#include "parsers/text/keylog_line.h"
#include "parsers/text/log_process.h"
#include "parsers/text/log_sdp.h"
#include "parsers/text/log_stamp.h"
#include "parsers/text/sdp_attr.h"
#include "parsers/text/sdp_crypto.h"
#include "parsers/text/sdp_line.h"
#include "parsers/text/shim_line.h"

#define PARSER(name, field, reads, ref)                                        \
	static inline enum sf_status sf_run_##name(                            \
	    struct sf_bytes in, struct sf_bytes *payload, struct sf_diag *d)   \
	{                                                                      \
		struct sf_##name out;                                          \
		enum sf_status st = sf_##name##_parse(&out, in, d);            \
                                                                               \
		if (st == SF_OK)                                               \
			*payload = out.field;                                  \
		return st;                                                     \
	}
#include "parsers/parsers.def"
#undef PARSER

#endif
