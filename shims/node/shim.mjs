// shim.mjs - RFC 9605 on Node's WebCrypto, behind SFS/1.
//
//   sframe-tool conform -- node shims/node/shim.mjs
//
// Written from the documents alone; it shares no code with sframe-tool. AES and
// HMAC are WebCrypto's, and all else is here. BREAK=name (or an argument) turns
// on one of the defects of defects.mjs, each of which conform has to find.

import { webcrypto } from "node:crypto";
import { defects } from "./defects.mjs";

const { subtle } = webcrypto;
const NN = 12;
const MAX64 = (1n << 64n) - 1n;
const WINDOW = 64n;
const KEYS_MAX = 12000;
const EPOCHS_MAX = 64;
const AHEAD = 511n;

const defect = process.env.BREAK || process.argv[2] || "";
if (defect !== "" && !defects.has(defect)) {
  console.error(`there is no defect ${defect}`);
  process.exit(2);
}
const broken = (name) => defect === name;

// ---- cipher suites: RFC 9605 4.5, draft-barnes-sframe-iana-256 -------------

const SUITES = new Map([
  [1, { gcm: false, hash: "SHA-256", nka: 16, nh: 32, nk: 48, nt: 10 }],
  [2, { gcm: false, hash: "SHA-256", nka: 16, nh: 32, nk: 48, nt: 8 }],
  [3, { gcm: false, hash: "SHA-256", nka: 16, nh: 32, nk: 48, nt: 4 }],
  [4, { gcm: true, hash: "SHA-256", nka: 16, nh: 32, nk: 16, nt: 16 }],
  [5, { gcm: true, hash: "SHA-512", nka: 32, nh: 64, nk: 32, nt: 16 }],
  [6, { gcm: false, hash: "SHA-512", nka: 32, nh: 64, nk: 96, nt: 10 }],
  [7, { gcm: false, hash: "SHA-512", nka: 32, nh: 64, nk: 96, nt: 8 }],
  [8, { gcm: false, hash: "SHA-512", nka: 32, nh: 64, nk: 96, nt: 4 }],
]);
if (broken("tag-size")) SUITES.get(1).nt = 8;

// The implementation says no, and is still usable.
class Refused extends Error {}
const refuse = (why) => {
  throw new Refused(why);
};

// ---- octets ----------------------------------------------------------------

const utf8 = (s) => new TextEncoder().encode(s);
const EMPTY = new Uint8Array(0);

function concat(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

function uint(v, octets, little = false) {
  const out = new Uint8Array(octets);
  let left = BigInt(v);
  for (let i = octets - 1; i >= 0; i--, left >>= 8n) out[i] = Number(left & 255n);
  return little ? out.reverse() : out;
}

const number = (octets) => octets.reduce((v, octet) => (v << 8n) | BigInt(octet), 0n);

function equal(a, b) {
  if (a.length !== b.length) return false;
  let differ = 0;
  for (let i = 0; i < a.length; i++) differ |= a[i] ^ b[i];
  return differ === 0;
}

// ---- header: RFC 9605 4.3 --------------------------------------------------

function octetsFor(v) {
  let n = 1;
  while (v >> BigInt(8 * n) !== 0n) n++;
  return n;
}

function writeHeader(kid, ctr) {
  if (broken("kid-53")) kid = BigInt(Number(kid)) & MAX64;
  if (broken("ctr-53")) ctr = BigInt(Number(ctr)) & MAX64;
  const limit = broken("inline-below-7") ? 7n : broken("never-inline") ? 0n : 8n;
  const field = (v) => {
    if (v < limit) return [Number(v), EMPTY];
    let n = octetsFor(v);
    if (broken("always-eight")) n = 8;
    if (broken("even-lengths") && n > 1 && n % 2 === 1) n++;
    return [8 | (n - 1), uint(v, n, broken("header-little"))];
  };
  const [k, kidOctets] = field(kid);
  const [c, ctrOctets] = field(ctr);
  const config = broken("nibbles-swapped") ? (c << 4) | k : (k << 4) | c;
  if (broken("ctr-first")) return concat(Uint8Array.of(config), ctrOctets, kidOctets);
  return concat(Uint8Array.of(config), kidOctets, ctrOctets);
}

function readHeader(octets) {
  if (octets.length === 0) {
    if (broken("panic-empty")) throw new RangeError("index out of range");
    refuse("header");
  }
  let at = 1;
  const field = (code) => {
    if ((code & 8) === 0) return BigInt(code & 7);
    const n = (code & 7) + 1;
    if (octets.length < at + n) {
      if (broken("panic-short")) process.abort();
      if (broken("short-as-zero")) return 0n;
      refuse("header");
    }
    at += n;
    const part = octets.slice(at - n, at);
    return number(broken("header-little") ? part.reverse() : part);
  };
  const config = broken("nibbles-swapped") ? ((octets[0] & 15) << 4) | (octets[0] >> 4) : octets[0];
  const first = field(config >> 4);
  const second = field(config & 15);
  let [kid, ctr] = broken("ctr-first") ? [second, first] : [first, second];
  if (broken("kid-53")) kid = BigInt(Number(kid)) & MAX64;
  if (broken("ctr-53")) ctr = BigInt(Number(ctr)) & MAX64;
  const header = octets.slice(0, at);
  if (broken("half-minimal") && (octets[0] & 0x80) !== 0 && octets[1] === 0) refuse("header");
  return { kid, ctr, header, rest: octets.slice(at) };
}

// ---- HKDF: RFC 5869 --------------------------------------------------------

async function hmac(hash, key, data) {
  // WebCrypto takes no empty key; HMAC pads with zeroes, so one is the same
  const raw = key.length === 0 ? new Uint8Array(1) : key;
  const k = await subtle.importKey("raw", raw, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", k, data));
}

const extract = (hash, salt, ikm) => hmac(hash, salt, ikm);

async function expand(hash, prk, info, n) {
  let t = EMPTY;
  let out = EMPTY;
  for (let i = 1; out.length < n; i++) {
    t = await hmac(hash, prk, concat(t, info, Uint8Array.of(i)));
    out = concat(out, t);
  }
  return out.slice(0, n);
}

// ---- key schedule: RFC 9605 4.4.2 ------------------------------------------

async function schedule(id, base, kid) {
  const s = SUITES.get(id);
  const kidOctets = broken("kdf-short-kid") ? uint(kid, octetsFor(kid)) : uint(kid, 8, broken("kdf-little-kid"));
  const suite = broken("kdf-no-suite") ? EMPTY : uint(broken("kdf-suite-4-for-all") ? 4 : id, 2);
  const word = broken("kdf-label-case") ? "Sframe" : "SFrame";
  const blank = broken("kdf-no-blank") ? "" : " ";
  const saltWord = broken("kdf-salt-as-key") ? "key" : "salt";
  const secret = broken("kdf-no-extract") ? base : await extract(s.hash, EMPTY, base);
  const key = await expand(s.hash, secret, concat(utf8(`${word} 1.0 Secret key${blank}`), kidOctets, suite), s.nk);
  const salt = await expand(s.hash, secret, concat(utf8(`${word} 1.0 Secret ${saltWord}${blank}`), kidOctets, suite), NN);
  return { secret, key, salt };
}

// ---- nonce and AEAD: RFC 9605 4.4.3, 4.5.1 ---------------------------------

function nonceOf(salt, ctr) {
  let c = uint(ctr, NN);
  if (broken("nonce-little")) c = uint(ctr, NN, true);
  if (broken("nonce-left")) c = concat(uint(ctr, 8), new Uint8Array(4));
  if (broken("nonce-no-salt")) return c;
  if (broken("nonce-32")) c = uint(ctr & 0xffffffffn, NN);
  return salt.map((octet, i) => octet ^ c[i]);
}

async function aes(s, mode, key, usage) {
  return subtle.importKey("raw", key.slice(0, s.nka), mode, false, [usage]);
}

async function ctrCrypt(s, key, nonce, data, usage) {
  const k = await aes(s, "AES-CTR", key, usage);
  const counter = concat(nonce, broken("block-one") ? uint(1, 4) : new Uint8Array(4));
  return new Uint8Array(await subtle[usage]({ name: "AES-CTR", counter, length: 32 }, k, data));
}

async function tagOf(s, key, nonce, aad, ct) {
  const unit = broken("mac-bits") ? 8 : 1;
  let lengths = concat(uint(aad.length * unit, 8), uint(ct.length * unit, 8), uint(s.nt * unit, 8));
  if (broken("mac-no-tag-length")) lengths = lengths.slice(0, 16);
  if (broken("mac-no-lengths")) lengths = EMPTY;
  const input = broken("mac-no-nonce") ? concat(lengths, aad, ct) : concat(lengths, nonce, aad, ct);
  const mac = await hmac(s.hash, key.slice(s.nka), input);
  return broken("mac-tail") ? mac.slice(mac.length - s.nt) : mac.slice(0, s.nt);
}

async function aeadSeal(id, key, nonce, aad, pt) {
  const s = SUITES.get(id);
  if (s.gcm) {
    const k = await aes(s, "AES-GCM", key, "encrypt");
    return new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: aad }, k, pt));
  }
  const ct = await ctrCrypt(s, key, nonce, pt, "encrypt");
  return concat(ct, await tagOf(s, key, nonce, aad, ct));
}

// What is in the output buffer of the last open, for peek.
let left = EMPTY;

async function aeadOpen(id, key, nonce, aad, data) {
  const s = SUITES.get(id);
  left = EMPTY;
  if (data.length < s.nt) {
    if (broken("panic-no-tag")) process.abort();
    if (broken("short-tag-ok") && !s.gcm) {
      const tag = await tagOf(s, key, nonce, aad, EMPTY);
      if (equal(tag.slice(0, data.length), data)) return EMPTY;
    }
    refuse("short");
  }
  if (s.gcm) {
    const k = await aes(s, "AES-GCM", key, "decrypt");
    try {
      return new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData: aad }, k, data));
    } catch {
      refuse("auth");
    }
  }
  const ct = data.slice(0, data.length - s.nt);
  const tag = data.slice(data.length - s.nt);
  if (broken("release-early")) left = await ctrCrypt(s, key, nonce, ct, "decrypt");
  const want = await tagOf(s, key, nonce, aad, ct);
  const good = broken("tag-first-octet") ? want[0] === tag[0] : broken("tag-ignored") || equal(want, tag);
  if (!good) refuse("auth");
  return ctrCrypt(s, key, nonce, ct, "decrypt");
}

function aadOf(header, meta) {
  if (broken("aad-order")) return concat(meta, header);
  if (broken("aad-no-header")) return meta;
  if (broken("aad-no-metadata")) return header;
  if (broken("aad-config-only")) return concat(header.slice(0, 1), meta);
  if (broken("aad-length-prefix")) return concat(header, uint(meta.length, 4), meta);
  return concat(header, meta);
}

// ---- ways to a base key: RFC 9605 5.1, draft-ietf-avtcore-rtp-sframe 7 ------

async function ratchet(id, base) {
  const s = SUITES.get(id);
  const label = broken("ratchet-label") ? "Sframe 1.0 Ratchet" : broken("ratchet-blank") ? "SFrame 1.0 Ratchet " : "SFrame 1.0 Ratchet";
  const prk = broken("ratchet-no-extract") ? base : await extract(s.hash, EMPTY, base);
  return expand(s.hash, prk, utf8(label), broken("ratchet-length") ? s.nka : s.nh);
}

async function ssrcKey(id, base, ssrc) {
  const s = SUITES.get(id);
  const prk = await extract(s.hash, uint(ssrc, 4, broken("ssrc-little")), base);
  return expand(s.hash, prk, utf8("SFrame 1.0 RTP Stream"), s.nh);
}

// ---- a context -------------------------------------------------------------

class Context {
  constructor(suite) {
    this.suite = suite;
    this.send = new Map();
    this.recv = new Map();
    this.chains = [];
    this.sender = null;
    this.epochs = new Map();
    this.seen = 0;
  }

  async material(kid, base) {
    return { ...(await schedule(this.suite, base, kid)), base, next: 0n, spent: false, top: -1n, window: new Set() };
  }

  async key(use, kid, base) {
    if (base.length === 0) refuse("param");
    if (broken("kid-32")) kid &= 0xffffffffn;
    if (broken("one-key-ever") && this.recv.size + this.send.size > 0 && use === "send") return;
    const mine = use === "send" ? this.send : this.recv;
    const other = use === "send" ? this.recv : this.send;
    if (other.get(kid)?.key) refuse("usage");
    const had = mine.get(kid);
    if (had?.key && broken("readd-restarts") && use === "send") {
      mine.set(kid, await this.material(kid, base));
      return;
    }
    if (had?.key && broken("replaced-silently")) {
      mine.set(kid, { ...(await this.material(kid, base)), next: had.next });
      return;
    }
    if (had?.key && broken("kept-silently")) return;
    if (had?.key) refuse("usage");
    if (this.recv.size + this.send.size >= KEYS_MAX) refuse("limit");
    const fresh = await this.material(kid, base);
    // a sending key that was removed has left its counter behind
    if (had && equal(had.print, fresh.secret)) Object.assign(fresh, { next: had.next, spent: had.spent });
    mine.set(kid, fresh);
  }

  forget(map, kid) {
    const k = map.get(kid);
    if (!k?.key) return false;
    if (map === this.send) map.set(kid, { key: null, print: k.secret, next: k.next, spent: k.spent });
    else map.delete(kid);
    return true;
  }

  remove(kid) {
    if (broken("remove-keeps")) return;
    const a = this.forget(this.send, kid);
    const b = this.forget(this.recv, kid);
    if (!a && !b) refuse("kid");
  }

  sending(kid) {
    if (broken("kid-32")) kid &= 0xffffffffn;
    const k = this.send.get(kid);
    if (k?.key) return k;
    if (broken("direction") && this.recv.get(kid)?.key) return this.recv.get(kid);
    refuse(this.recv.has(kid) ? "usage" : "kid");
  }

  counter(kid, next) {
    const k = this.sending(kid);
    if (broken("set-back")) {
      k.next = next;
      k.spent = false;
      return;
    }
    if (k.spent || next < k.next) refuse("exhausted");
    k.next = next;
  }

  async sealWith(k, kid, meta, pt) {
    if (k.spent) refuse("exhausted");
    const ctr = k.next;
    const step = broken("ctr-stuck-8") && ctr === 8n ? 0n : 1n;
    k.next = ctr === MAX64 ? 0n : ctr + step;
    if (ctr === MAX64 && !broken("ctr-wraps")) k.spent = true;
    if (broken("ctr-from-1") && ctr === 0n) return this.sealWith(k, kid, meta, pt);
    const header = writeHeader(kid, ctr);
    const ct = await aeadSeal(this.suite, k.key, nonceOf(k.salt, ctr), aadOf(header, meta), pt);
    if (broken("tag-cut")) return concat(header, ct.slice(0, ct.length - 1));
    return concat(header, ct);
  }

  async seal(kid, meta, pt) {
    if (meta.length > 512 && broken("metadata-512")) refuse("limit");
    if (broken("burn-back") && !this.send.get(kid)?.key) for (const k of this.send.values()) k.next = k.next > 0n ? k.next - 1n : 0n;
    return this.sealWith(this.sending(kid), kid, meta, pt);
  }

  receiving(kid) {
    if (broken("kid-32")) kid &= 0xffffffffn;
    const k = this.recv.get(kid);
    if (k?.key) return k;
    if (broken("direction") && this.send.get(kid)?.key) return this.send.get(kid);
    return null;
  }

  fresh(k, ctr) {
    if (broken("no-replay")) return true;
    if (broken("replay-off-by-one")) return ctr > k.top || (k.top - ctr < WINDOW - 1n && !k.window.has(ctr));
    return ctr > k.top || (k.top - ctr < WINDOW && !k.window.has(ctr));
  }

  mark(k, ctr) {
    if (ctr > k.top) {
      k.top = ctr;
      for (const c of k.window) if (k.top - c >= WINDOW) k.window.delete(c);
    }
    k.window.add(ctr);
  }

  async tryKey(k, h, meta) {
    if (h.rest.length < SUITES.get(this.suite).nt && !broken("panic-no-tag") && !broken("short-tag-ok")) refuse("short");
    if (!this.fresh(k, h.ctr)) refuse("replay");
    if (broken("window-before-tag")) this.mark(k, h.ctr);
    const aad = aadOf(broken("header-anew") ? writeHeader(h.kid, h.ctr) : h.header, meta);
    const ct = broken("decoder-metadata") ? h.rest : h.rest;
    const pt = await aeadOpen(this.suite, k.key, nonceOf(k.salt, h.ctr), aad, ct);
    this.mark(k, h.ctr);
    return pt;
  }

  async open(meta, data) {
    const h = readHeader(data);
    const k = this.receiving(h.kid);
    if (broken("state-after-error") && this.failed) refuse("other");
    if (broken("forged-fills-table") && k === null) {
      this.seen++;
      if (this.seen > 200) throw new Error("key table is full");
    }
    if (broken("forged-blocks-sender") && k === null && !this.send.has(h.kid)) this.recv.set(h.kid, await this.material(h.kid, EMPTY));
    try {
      if (k !== null) return { pt: await this.tryKey(k, h, meta), ...h };
    } catch (e) {
      if (broken("state-after-error")) this.failed = true;
      const later = await this.follow(h, meta, true);
      if (later === null) throw e;
      return { pt: later, ...h };
    }
    const pt = await this.follow(h, meta, false);
    if (pt === null) refuse(this.send.get(h.kid)?.key ? "usage" : "kid");
    return { pt, ...h };
  }

  // A ratchet step ahead, or a member of an epoch; kept when the tag is right.
  async follow(h, meta, known) {
    const chain = this.chains.find((c) => h.kid >> c.r === c.generation);
    if (chain && (!known || h.kid !== chain.kid())) return this.followChain(chain, h, meta);
    const epoch = this.epochs.get(this.low(h.kid));
    if (!epoch || known) return null;
    const k = await this.material(h.kid, await this.memberKey(epoch, h.kid));
    k.epoch = epoch;
    const pt = await this.tryKey(k, h, meta);
    if (this.recv.size < KEYS_MAX) this.recv.set(h.kid, k);
    return pt;
  }

  async followChain(chain, h, meta) {
    const ahead = new Chain(chain);
    const mask = (1n << chain.r) - 1n;
    let steps = (h.kid - chain.kid()) & mask;
    if (broken("ratchet-one-step") && steps > 1n) return null;
    if (steps > AHEAD) return null;
    for (; steps > 0n; steps--) await ahead.advance(this.suite);
    if (broken("ratchet-before-tag")) {
      chain.step = ahead.step;
      chain.base = ahead.base;
    }
    const k = await this.material(h.kid, ahead.base);
    const pt = await this.tryKey(k, h, meta);
    const before = chain.step;
    this.recv.set(h.kid, k);
    chain.step = ahead.step;
    chain.base = ahead.base;
    for (let s = before > 0n ? before - 1n : 0n; s + 1n < chain.step; s++) {
      const old = (chain.generation << chain.r) | (s & mask);
      if (old !== h.kid) this.recv.delete(old);
    }
    return pt;
  }

  async rkey(use, r, generation, base) {
    if (r > 63n || base.length === 0 || (r > 0n && generation >> (64n - r) !== 0n)) refuse("param");
    const chain = new Chain({ r, generation, step: 0n, base });
    if (use === "recv") {
      if (this.chains.some((c) => chain.kid() >> c.r === c.generation)) refuse("usage");
      this.chains = [...this.chains, chain].slice(-4);
      return chain.kid();
    }
    if (this.sender) this.forget(this.send, this.sender.kid());
    return this.putSender(chain);
  }

  async putSender(chain) {
    await this.key("send", chain.kid(), chain.base);
    this.sender = chain;
    return chain.kid();
  }

  async step() {
    if (!this.sender) refuse("kid");
    const next = new Chain(this.sender);
    await next.advance(this.suite);
    this.forget(this.send, this.sender.kid());
    return this.putSender(next);
  }

  low(kid) {
    return this.ebits === undefined ? -1n : kid & ((1n << this.ebits) - 1n);
  }

  // RFC 9605 5.2: one base key for all members
  async memberKey(epoch, kid) {
    if (!broken("mls-per-sender")) return epoch.base;
    const s = SUITES.get(this.suite);
    return expand(s.hash, epoch.base, uint(kid >> this.ebits, 8), s.nh);
  }

  epoch(epoch, base, ebits, sbits) {
    if (base.length === 0 || ebits === 0n || ebits + sbits > 64n) refuse("param");
    if (this.ebits !== ebits || this.sbits !== sbits) for (const e of [...this.epochs.values()]) this.endEpoch(e);
    this.ebits = ebits;
    this.sbits = sbits;
    const low = this.low(epoch);
    const had = this.epochs.get(low);
    if (had?.number === epoch) refuse("usage");
    if (had && !broken("mls-no-evict")) this.endEpoch(had);
    if (this.epochs.size >= EPOCHS_MAX) refuse("limit");
    this.epochs.set(low, { number: epoch, base });
  }

  endEpoch(e) {
    for (const [kid, k] of [...this.recv]) if (k.epoch === e) this.recv.delete(kid);
    for (const [kid, k] of [...this.send]) if (k.epoch === e) this.send.delete(kid);
    this.epochs.delete(this.low(e.number));
  }

  rmepoch(epoch) {
    const e = this.epochs.get(this.low(epoch));
    if (e?.number !== epoch) refuse("kid");
    this.endEpoch(e);
  }

  async mseal(epoch, index, context, meta, pt) {
    const e = this.epochs.get(this.low(epoch));
    if (e?.number !== epoch) refuse("kid");
    const both = this.ebits + this.sbits;
    if (!broken("mls-no-range") && (index >> this.sbits !== 0n || context >> (64n - both) !== 0n)) refuse("param");
    let kid = ((context << both) | (index << this.ebits) | this.low(epoch)) & MAX64;
    if (broken("mls-kid-order")) kid = (context << both) | (this.low(epoch) << this.sbits) | index;
    let k = this.send.get(kid);
    if (!k) {
      k = await this.material(kid, await this.memberKey(e, kid));
      k.epoch = e;
      this.send.set(kid, k);
    }
    return this.sealWith(k, kid, meta, pt);
  }
}

class Chain {
  constructor({ r, generation, step, base }) {
    Object.assign(this, { r, generation, step, base });
  }
  kid() {
    if (broken("ratchet-kid") && this.step !== 0n) return (this.generation << this.r) + this.step;
    return (this.generation << this.r) | (this.step & ((1n << this.r) - 1n));
  }
  async advance(suite) {
    this.base = await ratchet(suite, this.base);
    this.step++;
  }
}

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
    const window = broken("no-replay") || broken("replay-off-by-one") || !broken("claims-none") ? `window:${WINDOW}` : "none";
    return {
      v: 1,
      name: "node-webcrypto",
      version: 1,
      suites: [...SUITES.keys()].join(","),
      caps: "seal,open,ctr-set,rmkey,header,kdf,aead,ratchet,ratchet-store,mls,per-ssrc,peek",
      policies: `nonminimal-header:accept,replay:${window},rekey-same-kid:refuse,empty-base-key:reject,counter-last:max,send-recv-same-kid:refuse`,
      "max-keys": KEYS_MAX,
      "max-frame": 1 << 26,
      "max-meta": 1 << 26,
    };
  },
  async new(q) {
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
    q.context().remove(q.number("kid"));
  },
  async ctr(q) {
    q.context().counter(q.number("kid"), q.number("next"));
  },
  async seal(q) {
    return { ct: hex(await q.context().seal(q.number("kid"), q.octets("meta"), q.octets("pt"))) };
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
    q.context().epoch(q.number("epoch"), q.octets("base"), q.number("ebits"), q.number("sbits"));
  },
  async rmepoch(q) {
    q.context().rmepoch(q.number("epoch"));
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
