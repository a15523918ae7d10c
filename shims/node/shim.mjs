// shim.mjs - RFC 9605 on Node's WebCrypto, behind SFS/1.
//
//   sframe-tool conform -- node shims/node/shim.mjs
//
// Written from the documents alone; it shares no code with sframe-tool. AES and
// HMAC are WebCrypto's, and all else is here. BREAK=name (or an argument) turns
// on one of the defects of defects.mjs, each of which conform has to find.

import { broken, chosen } from "./break.mjs";
import { Context, KEYS_MAX, WINDOW } from "./context.mjs";
import { join } from "./rtp.mjs";
import { EMPTY, Refused, SUITES, aeadOpen, aeadSeal, forgetStale, left, mlsExport, ratchet, readHeader, refuse, schedule, ssrcKey, writeHeader } from "./sframe.mjs";

// ---- SFS/1 -----------------------------------------------------------------

const contexts = new Map();

const hex = (octets) => (octets.length === 0 ? "-" : Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("hex"));

class Request {
  constructor(words) {
    this.words = new Map(words.map((w) => [w.slice(0, w.indexOf("=")), w.slice(w.indexOf("=") + 1)]));
  }
  text(key) {
    const v = this.words.get(key);
    if (v === undefined) throw new SyntaxError(key);
    return v;
  }
  number(key) {
    if (!/^[0-9]+$/.test(this.text(key))) throw new SyntaxError(key);
    return BigInt(this.text(key));
  }
  octets(key) {
    const v = this.text(key);
    if (v === "-") return EMPTY;
    const b = Buffer.from(v, "hex");
    if (b.length * 2 !== v.length) throw new SyntaxError(key);
    return new Uint8Array(b.buffer, b.byteOffset, b.length);
  }
  suite() {
    const id = Number(this.number("suite"));
    if (!SUITES.has(id)) refuse("param");
    return id;
  }
  context() {
    const c = contexts.get(this.text("ctx"));
    if (!c) throw new SyntaxError("ctx");
    return c;
  }
}

const verbs = {
  async hello() {
    const rekey = broken("replaced-restarts") || chosen("replaces") ? "replace" : chosen("keeps") ? "keep" : "refuse";
    const window = broken("no-replay") || broken("replay-off-by-one") || !broken("claims-none") ? `window:${WINDOW}` : "none";
    return {
      v: 1,
      name: "node-webcrypto",
      version: 1,
      suites: [...SUITES.keys()].join(","),
      caps: "seal,open,ctr-set,rmkey,header,kdf,aead,ratchet,ratchet-store,mls,mls-export,per-ssrc,peek,persist,parallel,rtp",
      policies: `nonminimal-header:accept,replay:${window},rekey-same-kid:${rekey},empty-base-key:reject,counter-last:max,send-recv-same-kid:refuse`,
      "max-keys": KEYS_MAX,
      "max-frame": 1 << 26,
      "max-meta": 1 << 26,
    };
  },
  async new(q) {
    forgetStale();
    contexts.set(q.text("ctx"), new Context(q.suite()));
    while (contexts.size > 64) contexts.delete(contexts.keys().next().value);
  },
  async free(q) {
    contexts.delete(q.text("ctx"));
  },
  async key(q) {
    if (!["send", "recv"].includes(q.text("use"))) throw new SyntaxError("use");
    await q.context().key(q.text("use"), q.number("kid"), q.octets("base"));
  },
  async rmkey(q) {
    await q.context().remove(q.number("kid"));
  },
  async ctr(q) {
    q.context().counter(q.number("kid"), q.number("next"));
  },
  async seal(q) {
    return { ct: hex(await q.context().seal(q.number("kid"), q.octets("meta"), q.octets("pt"))) };
  },
  // all of them under way at once
  async pseal(q) {
    const n = Number(q.number("threads") * q.number("each"));
    const c = q.context();
    const all = Array.from({ length: n }, () => c.seal(q.number("kid"), q.octets("meta"), q.octets("pt")));
    return { cts: (await Promise.all(all)).map(hex).join(",") };
  },
  async save(q) {
    return { state: hex(await q.context().save()) };
  },
  async load(q) {
    const c = new Context(0);
    c.load(q.octets("state"));
    if (!SUITES.has(c.suite)) refuse("param");
    contexts.set(q.text("ctx"), c);
  },
  async open(q) {
    const o = await q.context().open(q.octets("meta"), q.octets("ct"));
    return { pt: hex(o.pt), kid: o.kid, ctr: o.ctr };
  },
  async peek() {
    return { out: hex(left) };
  },
  async "hdr-enc"(q) {
    return { hdr: hex(writeHeader(q.number("kid"), q.number("ctr"))) };
  },
  async "hdr-dec"(q) {
    const h = readHeader(q.octets("hdr"));
    return { kid: h.kid, ctr: h.ctr, len: h.header.length };
  },
  async kdf(q) {
    if (q.octets("base").length === 0) refuse("param");
    const s = await schedule(q.suite(), q.octets("base"), q.number("kid"));
    return { secret: hex(s.secret), key: hex(s.key), salt: hex(s.salt) };
  },
  async "aead-seal"(q) {
    return { ct: hex(await aeadSeal(q.suite(), q.octets("key"), q.octets("nonce"), q.octets("aad"), q.octets("pt"))) };
  },
  async "aead-open"(q) {
    return { pt: hex(await aeadOpen(q.suite(), q.octets("key"), q.octets("nonce"), q.octets("aad"), q.octets("ct"))) };
  },
  async ratchet(q) {
    return { base: hex(await ratchet(q.suite(), q.octets("base"))) };
  },
  async "mls-export"(q) {
    const hash = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" }[q.text("hash")];
    if (!hash) refuse("param");
    return { base: hex(await mlsExport(q.suite(), hash, q.octets("exporter"))) };
  },
  async "rtp-join"(q) {
    const packets = q.text("packets").split(",").map((p) => Uint8Array.from(Buffer.from(p === "-" ? "" : p, "hex")));
    return { frames: join(packets).map(hex).join(",") || "none" };
  },
  async "ssrc-key"(q) {
    return { base: hex(await ssrcKey(q.suite(), q.octets("base"), q.number("ssrc"))) };
  },
  async rkey(q) {
    return { kid: await q.context().rkey(q.text("use"), q.number("r"), q.number("gen"), q.octets("base")) };
  },
  async step(q) {
    return { kid: await q.context().step() };
  },
  async epoch(q) {
    await q.context().epoch(q.number("epoch"), q.octets("base"), q.number("ebits"), q.number("sbits"));
  },
  async rmepoch(q) {
    await q.context().rmepoch(q.number("epoch"));
  },
  async mseal(q) {
    return { ct: hex(await q.context().mseal(q.number("epoch"), q.number("index"), q.number("context"), q.octets("meta"), q.octets("pt"))) };
  },
  async sync() {},
  async bye() {},
};

async function answer(line) {
  const [id, verb, ...words] = line.split(" ").filter((w) => w !== "");
  if (!Object.hasOwn(verbs, verb ?? "")) return `${id} unsupported`;
  try {
    const said = Object.entries((await verbs[verb](new Request(words))) ?? {});
    return [`${id} ok`, ...said.map(([k, v]) => `${k}=${v}`)].join(" ");
  } catch (e) {
    if (e instanceof Refused) return `${id} no why=${e.message}`;
    if (e instanceof SyntaxError) return `${id} bad why=${e.message}`;
    return `${id} crash why=${e.constructor.name}`;
  }
}

async function main() {
  let parts = [];
  for await (const chunk of process.stdin) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, at));
      from = at + 1;
      const line = Buffer.concat(parts).toString("latin1").replace(/\r$/, "");
      parts = [];
      process.stdout.write(`${await answer(line)}\n`);
      if (/^[0-9]+ +bye/.test(line)) return;
    }
    parts.push(chunk.subarray(from));
  }
}

await main();
process.exit(0);
