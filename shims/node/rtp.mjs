// rtp.mjs - the receiving side of draft-ietf-avtcore-rtp-sframe-02, 5.2: RTP
// packets of one stream, in order, to the SFrame frames they carry.

import { broken } from "./break.mjs";
import { concat } from "./sframe.mjs";

function parse(p) {
  if (p.length < 12 || p[0] >> 6 !== 2) return null;
  let at = 12 + 4 * (p[0] & 15);
  let end = p.length;
  if (p[0] & 0x10) {
    if (p.length < at + 4) return null;
    at += 4 + 4 * ((p[at + 2] << 8) | p[at + 3]);
  }
  if (p[0] & 0x20) {
    const pad = p[p.length - 1];
    if (pad === 0 || pad > end - at) return null;
    end -= pad;
  }
  if (at > end) return null;
  return { pt: p[1] & 127, seq: (p[2] << 8) | p[3], payload: p.slice(at, end) };
}

export function join(packets) {
  const frames = [];
  let run = null;
  for (const octets of packets) {
    const p = parse(octets);
    if (p === null) {
      run = null;
      continue;
    }
    if (p.payload.length === 0) {
      // padding alone carries nothing, and takes its place in the sequence
      if (run) run.seq = run.seq + 1 & 0xffff;
      continue;
    }
    const [s, e, t] = [p.payload[0] & 0x80, p.payload[0] & 0x40, p.payload[0] & 0x20];
    if (s) run = { parts: [], t, pt: p.pt, seq: p.seq };
    else if (run && p.seq !== ((run.seq + 1) & 0xffff) && !broken("rtp-gap")) run = null;
    if (run && run.t !== t && !broken("rtp-mixed-t")) run = null;
    if (run && run.pt !== p.pt && !broken("rtp-mixed-type")) run = null;
    if (!run) continue;
    run.seq = p.seq;
    run.parts.push(p.payload.slice(1));
    if (!e) continue;
    frames.push(concat(...run.parts));
    run = null;
  }
  return frames;
}
