#include "engine/model.h"

static const char *const states[SF_STATES] = { "verified", "encrypted",
	"failed", "plaintext", "unknown" };

static const char *const protections[SF_PROTS] = { "verified", "consistent",
	"partly-clear", "mixed", "plaintext", "other-dialect", "srtp",
	"undecidable" };

static const char *const kinds[] = { NULL, "audio", "video", "repair" };

static const char *const codecs[SF_CODECS] = { NULL, "opus", "red", "pcmu",
	"pcma", "g722", "vp8", "vp9", "h264", "h265", "av1", "rtx", "ulpfec",
	"flexfec", "other" };

static const char *const origins[] = { NULL, "sdp", "static-pt", "payload",
	"recording" };

static const char *const srtp_origins[SF_SRTP_ORIGINS] = { "file", "sdes",
	"dtls" };

static const char *const whys[SF_WHYS] = {
	[SF_WHY_NOTHING] = "",
	[SF_WHY_FEW_FRAMES] = "too few complete frames to tell",
	[SF_WHY_NO_DEPACKETIZER] = "frames of this codec are not rebuilt yet",
	[SF_WHY_UNIFORM] =
	    "uniform octets without SFrame header, counter or trailer",
	[SF_WHY_FIELDS] = ("uniform octets behind some that stay or count: "
			   "a header of no known format"),
	[SF_WHY_CLEAR_HEAD] =
	    "a codec octet is in the clear, uniform ones behind it",
	[SF_WHY_CONTRADICTION] = "the evidence pulls both ways",
	[SF_WHY_TWO_HEADERS] =
	    ("headers that are KID 1 of RFC 9605, or a longer KID of "
	     "sframe-js in its first 256 frames"),
	[SF_WHY_ALL_INCOMPLETE] = "every frame was incomplete or cut",
	[SF_WHY_NOT_MEDIA] = "padding or repair only",
};

static const char *const limits[SF_LIMITS] = {
	[SF_LIMIT_STREAMS] = "packets of streams that there was no room for",
	[SF_LIMIT_HELD] = "packets that could not be held until their turn",
	[SF_LIMIT_FRAME] = "frames too large to be put together",
	[SF_LIMIT_SEEN_FRAMES] =
	    "frames forgotten by the search for reused counters",
	[SF_LIMIT_KEY_USES] = "changes of key id that there was no room for",
	[SF_LIMIT_INTERVALS] = "changes of state that there was no room for",
	[SF_LIMIT_SRTP_SEARCH] =
	    "searches for the rollover counter of SRTP cut short",
	[SF_LIMIT_SRTP_FLOWS] = "SRTP flows forgotten to make room for others",
	[SF_LIMIT_SRTP_KEYS] =
	    "SRTP keys, or secrets and hellos of DTLS, without room",
	[SF_LIMIT_SRTP_EARLY] =
	    "SRTP packets that came too long before their keys: a pipe is "
	    "read once, a file twice",
	[SF_LIMIT_FACTS] =
	    "SSRCs that RTCP tells of, or pairs of addresses, that there was no "
	    "room for",
	[SF_LIMIT_SDP] =
	    "session descriptions in a log that there was no room for: give "
	    "those of the call with --sdp",
	[SF_LIMIT_COPIES] =
	    "redundant copies that there was no room to judge",
	[SF_LIMIT_RATCHET] =
	    "frames whose KID is too many ratchet steps from the key file's: "
	    "give a later key",
	[SF_LIMIT_TUNNELS] =
	    "packets with too many tunnels in each other to be opened",
	[SF_LIMIT_FRAGMENTS] =
	    "fragmented datagrams that there was no room for",
	[SF_LIMIT_TCP] = "TCP connections that there was no room for",
};

static const char *const vias[SF_VIA_KINDS] = {
	[SF_VIA_VXLAN] = "vxlan",
	[SF_VIA_GENEVE] = "geneve",
	[SF_VIA_NSH] = "nsh",
	[SF_VIA_GRE] = "gre",
	[SF_VIA_PPTP] = "pptp",
	[SF_VIA_ERSPAN] = "erspan",
	[SF_VIA_MPLS] = "mpls",
	[SF_VIA_PPPOE] = "pppoe",
	[SF_VIA_GTPU] = "gtp-u",
	[SF_VIA_L2TP] = "l2tp",
	[SF_VIA_L2TP3] = "l2tpv3",
	[SF_VIA_CAPWAP] = "capwap",
	[SF_VIA_TZSP] = "tzsp",
	[SF_VIA_GUE] = "gue",
	[SF_VIA_TEREDO] = "teredo",
	[SF_VIA_IP] = "ip-in-ip",
	[SF_VIA_ETHERIP] = "etherip",
	[SF_VIA_FRAGMENTS] = "fragments",
	[SF_VIA_GSO] = "gso",
	[SF_VIA_TCP] = "tcp",
	[SF_VIA_TURN] = "turn",
};

static const char *const opaques[SF_OPAQUES] = {
	[SF_OPAQUE_ESP] = "IPsec ESP",
	[SF_OPAQUE_WIREGUARD] = "WireGuard",
	[SF_OPAQUE_MACSEC] = "MACsec",
	[SF_OPAQUE_WIFI] = "encrypted Wi-Fi",
	[SF_OPAQUE_L2TP3] = "L2TPv3 of unknown contents",
	[SF_OPAQUE_CAPWAP] = "CAPWAP under DTLS or in fragments",
};

const char *
sf_srtp_origin_name(enum sf_srtp_origin o)
{
	return srtp_origins[o];
}

const char *
sf_state_name(enum sf_state s)
{
	return states[s];
}

const char *
sf_protection_name(enum sf_protection p)
{
	return protections[p];
}

const char *
sf_kind_name(enum sf_kind k)
{
	return kinds[k];
}

const char *
sf_codec_name(enum sf_codec c)
{
	return codecs[c];
}

const char *
sf_origin_name(enum sf_origin o)
{
	return origins[o];
}

const char *
sf_placed_name(enum sf_placed p)
{
	static const char *const names[SF_PLACES] = { "frame", "raw-frame",
		"packet", "packet-payload", "sframe-descriptor" };

	return names[p];
}

const char *
sf_why_text(enum sf_why w)
{
	return whys[w];
}

const char *
sf_limit_text(enum sf_limit l)
{
	return limits[l];
}

const char *
sf_via_name(enum sf_via_kind k)
{
	return vias[k];
}

const char *
sf_opaque_name(enum sf_opaque o)
{
	return opaques[o];
}

const char *
sf_look_text(enum sf_look l)
{
	static const char *const texts[SF_LOOKS] = {
		[SF_LOOK_NONE] = "nothing known",
		[SF_LOOK_EVENT] = "a telephone event",
		[SF_LOOK_NOISE] = "comfort noise",
		[SF_LOOK_FEC] = "repair octets of packets in the clear",
		[SF_LOOK_OPUS] = "an Opus frame",
		[SF_LOOK_RED] = "RED around Opus",
		[SF_LOOK_SAMPLES] = "companded samples",
		[SF_LOOK_VP8] = "a VP8 frame",
		[SF_LOOK_VP8_KEY] = "a VP8 key frame",
		[SF_LOOK_VP9] = "a VP9 frame",
		[SF_LOOK_VP9_KEY] = "a VP9 key frame",
		[SF_LOOK_H264] = "an H.264 frame",
		[SF_LOOK_H264_KEY] = "an H.264 key frame",
		[SF_LOOK_H265] = "an H.265 frame",
		[SF_LOOK_H265_KEY] = "an H.265 key frame",
		[SF_LOOK_AV1] = "an AV1 frame",
		[SF_LOOK_AV1_KEY] = "an AV1 key frame",
		[SF_LOOK_BODY] =
		    "an SFrame header in front of octets that are not uniform",
	};

	return l < SF_LOOKS ? texts[l] : texts[SF_LOOK_NONE];
}

const char *
sf_rtcp_kind_name(enum sf_rtcp_kind k)
{
	static const char *const names[SF_RTCP_KINDS] = {
		[SF_RTCP_SR] = "sr",
		[SF_RTCP_RR] = "rr",
		[SF_RTCP_SDES] = "sdes",
		[SF_RTCP_BYE] = "bye",
		[SF_RTCP_APP] = "app",
		[SF_RTCP_NACK] = "nack",
		[SF_RTCP_TMMB] = "tmmb",
		[SF_RTCP_CCFB] = "ccfb",
		[SF_RTCP_TWCC] = "transport-cc",
		[SF_RTCP_PLI] = "pli",
		[SF_RTCP_SLI] = "sli",
		[SF_RTCP_RPSI] = "rpsi",
		[SF_RTCP_FIR] = "fir",
		[SF_RTCP_LRR] = "lrr",
		[SF_RTCP_REMB] = "remb",
		[SF_RTCP_AFB] = "afb",
		[SF_RTCP_XR] = "xr",
		[SF_RTCP_OTHER] = "other",
	};

	return names[k];
}
