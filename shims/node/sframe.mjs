// sframe.mjs - RFC 9605 on WebCrypto: suites, header, key schedule, AEAD, and the
// ways to a base key. Written from the documents alone.

import { createDecipheriv, webcrypto } from "node:crypto";
import { broken } from "./break.mjs";

const { subtle } = webcrypto;
export const NN = 12;
export const MAX64 = (1n << 64n) - 1n;
// ---- cipher suites: RFC 9605 4.5, draft-barnes-sframe-iana-256 -------------

export const SUITES = new Map([
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
export class Refused extends Error {}
export const refuse = (why) => {
  throw new Refused(why);
};

// ---- octets ----------------------------------------------------------------

export const utf8 = (s) => new TextEncoder().encode(s);
export const EMPTY = new Uint8Array(0);

export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

export function uint(v, octets, little = false) {
  const out = new Uint8Array(octets);
  let left = BigInt(v);
  for (let i = octets - 1; i >= 0; i--, left >>= 8n) out[i] = Number(left & 255n);
  return little ? out.reverse() : out;
}

export const number = (octets) => octets.reduce((v, octet) => (v << 8n) | BigInt(octet), 0n);

export function equal(a, b) {
  if (a.length !== b.length) return false;
  let differ = 0;
  for (let i = 0; i < a.length; i++) differ |= a[i] ^ b[i];
  return differ === 0;
}

// ---- header: RFC 9605 4.3 --------------------------------------------------

export function octetsFor(v) {
  let n = 1;
  while (v >> BigInt(8 * n) !== 0n) n++;
  return n;
}

export function writeHeader(kid, ctr) {
  if (broken("kid-53")) kid = BigInt(Number(kid)) & MAX64;
  if (broken("ctr-53")) ctr = BigInt(Number(ctr)) & MAX64;
  const limit = broken("inline-below-7") ? 7n : broken("never-inline") ? 0n : 8n;
  const field = (v) => {
    if (v < limit) return [Number(v), EMPTY];
    let n = octetsFor(v);
    if (broken("header-asn1") && n < 8 && v >> BigInt(8 * n - 1) !== 0n) n++;
    if (broken("kid-signed") && v >> 63n !== 0n) n = 1 + Math.floor((64 - 1) / 8) - 7;
    if (broken("always-eight")) n = 8;
    if (broken("even-lengths") && n > 1 && n % 2 === 1) n++;
    return [8 | (n - 1), uint(v, n, broken("header-little"))];
  };
  const [k, kidOctets] = broken("kid-8-inline") && kid === 8n ? [0, EMPTY] : field(kid);
  const [c, ctrOctets] = field(ctr);
  const config = broken("nibbles-swapped") ? (c << 4) | k : (k << 4) | c;
  if (broken("ctr-first")) return concat(Uint8Array.of(config), ctrOctets, kidOctets);
  return concat(Uint8Array.of(config), kidOctets, ctrOctets);
}

export function readHeader(octets) {
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
    if (broken("field-signed") && n === 4) return BigInt.asIntN(32, number(part)) & MAX64;
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

export async function hmac(hash, key, data) {
  // WebCrypto takes no empty key; HMAC pads with zeroes, so one is the same
  const raw = key.length === 0 ? new Uint8Array(1) : key;
  const k = await subtle.importKey("raw", raw, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", k, data));
}

export const extract = (hash, salt, ikm) => hmac(hash, salt, ikm);

export async function expand(hash, prk, info, n) {
  let t = EMPTY;
  let out = EMPTY;
  for (let i = 1; out.length < n; i++) {
    if (broken("hkdf-unchained")) t = EMPTY;
    t = await hmac(hash, prk, concat(t, info, Uint8Array.of(i)));
    out = concat(out, t);
  }
  return out.slice(0, n);
}

// ---- key schedule: RFC 9605 4.4.2 ------------------------------------------

const cache = new Map();

export async function schedule(id, base, kid) {
  const s = SUITES.get(id);
  if (broken("base-cut")) base = base.slice(0, 16);
  if (broken("base-64")) base = base.slice(0, 64);
  if (broken("base-padded") && base.length < 32) base = concat(base, new Uint8Array(32 - base.length));
  if (broken("base-string")) base = untilZero(base);
  const hex = Buffer.from(base).toString("hex");
  const name = broken("cached-by-kid") ? `${kid} ${id}` : broken("cached-by-base") ? hex : `${kid} ${hex}`;
  const cached = cache.get(name);
  const caches = broken("cached-without-suite") || broken("cached-by-kid") || broken("cached-by-base");
  if (caches && cached) return { ...cached };
  if (broken("kdf-kid-32")) kid &= 0xffffffffn;
  const kidOctets = broken("kdf-short-kid") ? uint(kid, octetsFor(kid)) : uint(kid, 8, broken("kdf-little-kid"));
  const suite = broken("kdf-no-suite") ? EMPTY : uint(broken("kdf-suite-4-for-all") ? 4 : id, 2);
  const word = broken("kdf-label-case") ? "Sframe" : "SFrame";
  const version = broken("kdf-label-version") ? "1.1" : "1.0";
  const blank = broken("kdf-no-blank") ? "" : " ";
  const saltWord = broken("kdf-salt-as-key") ? "key" : "salt";
  const secret = broken("kdf-no-extract") ? base : await extract(s.hash, EMPTY, base);
  const key = await expand(s.hash, secret, concat(utf8(`${word} ${version} Secret key${blank}`), kidOctets, suite), s.nk);
  const salt = await expand(s.hash, secret, concat(utf8(`${word} ${version} Secret ${saltWord}${blank}`), kidOctets, suite), broken("nonce-long") ? 16 : NN);
  if (caches) cache.set(name, { secret, key, salt });
  return { secret, key, salt };
}

// ---- nonce and AEAD: RFC 9605 4.4.3, 4.5.1 ---------------------------------

export function nonceOf(salt, ctr) {
  let c = uint(ctr, salt.length);
  if (broken("nonce-little")) c = uint(ctr, NN, true);
  if (broken("nonce-left")) c = concat(uint(ctr, 8), new Uint8Array(4));
  if (broken("nonce-no-salt")) return c;
  if (broken("nonce-kept")) {
    // XORed in place: the next nonce begins with this one
    for (let i = 0; i < NN; i++) salt[i] ^= c[i];
    return salt.slice();
  }
  if (broken("nonce-16")) c = uint(ctr & 0xffffn, NN);
  if (broken("nonce-32")) c = uint(ctr & 0xffffffffn, NN);
  if (broken("nonce-48")) c = uint(ctr & 0xffffffffffffn, NN);
  if (broken("nonce-or")) return salt.map((octet, i) => octet | c[i]);
  const nonce = salt.map((octet, i) => octet ^ c[i]);
  return broken("nonce-block") ? concat(nonce, new Uint8Array(4)) : nonce;
}

export async function aes(s, mode, key, usage) {
  if (broken("subkeys-swapped") && !s.gcm) key = key.slice(s.nk - s.nka);
  const aes128 = broken(s.gcm ? "gcm-128" : "ctr-128");
  return subtle.importKey("raw", key.slice(0, aes128 ? 16 : s.nka), mode, false, [usage]);
}

export async function ctrCrypt(s, key, nonce, data, usage) {
  const k = await aes(s, "AES-CTR", key, usage);
  const counter = concat(nonce, broken("block-one") ? uint(1, 4) : new Uint8Array(4)).slice(0, 16);
  return new Uint8Array(await subtle[usage]({ name: "AES-CTR", counter, length: 32 }, k, data));
}

// As libraries do that take the length of a GCM tag from the frame.
function openShort(s, key, nonce, aad, data) {
  const n = Math.min(data.length, s.nt);
  const d = createDecipheriv(`aes-${s.nka * 8}-gcm`, key, nonce, { authTagLength: n });
  d.setAAD(aad);
  d.setAuthTag(data.slice(data.length - n));
  const out = d.update(data.slice(0, data.length - n));
  try {
    d.final();
  } catch {
    refuse("auth");
  }
  return new Uint8Array(out);
}

export async function tagOf(s, key, nonce, aad, ct) {
  const unit = broken("mac-bits") ? 8 : 1;
  const little = broken("mac-little");
  let lengths = concat(uint(aad.length * unit, 8, little), uint(ct.length * unit, 8, little), uint(s.nt * unit, 8, little));
  if (broken("mac-length-16")) lengths = concat(uint(aad.length, 8), uint(ct.length & 0xffff, 8), uint(s.nt, 8));
  if (broken("mac-no-tag-length")) lengths = lengths.slice(0, 16);
  if (broken("mac-no-lengths")) lengths = EMPTY;
  let input = broken("mac-no-nonce") ? concat(lengths, aad, ct) : concat(lengths, nonce, aad, ct);
  if (broken("mac-order")) input = concat(lengths, aad, nonce, ct);
  const other = s.hash === "SHA-256" ? "SHA-512" : "SHA-256";
  let macKey = broken("subkeys-swapped") ? key.slice(0, s.nk - s.nka) : key.slice(s.nka);
  if (broken("subkeys-cut")) macKey = macKey.slice(0, 16);
  const mac = await hmac(broken("mac-hash") ? other : s.hash, macKey, input);
  return broken("mac-tail") ? mac.slice(mac.length - s.nt) : mac.slice(0, s.nt);
}

const untilZero = (octets) => (octets.indexOf(0) < 0 ? octets : octets.slice(0, octets.indexOf(0)));

// As right as the mistakes of comparing let it be.
function same(want, tag) {
  if (broken("tag-first-octet")) return want[0] === tag[0];
  if (broken("tag-first-four")) return equal(want.slice(0, 4), tag.slice(0, 4));
  if (broken("tag-by-xor")) return want.reduce((r, octet, i) => r ^ octet ^ tag[i], 0) === 0;
  if (broken("tag-by-sum")) return want.reduce((r, octet, i) => (r + (octet ^ tag[i])) & 255, 0) === 0;
  if (broken("tag-as-text")) return Buffer.from(want).toString() === Buffer.from(tag).toString();
  if (broken("tag-any-case")) return Buffer.from(want).toString("latin1").toLowerCase() === Buffer.from(tag).toString("latin1").toLowerCase();
  if (broken("tag-until-zero")) return equal(untilZero(want), untilZero(tag));
  return broken("tag-ignored") || equal(want, tag);
}

export async function aeadSeal(id, key, nonce, aad, pt) {
  const s = SUITES.get(id);
  if (broken("plaintext-c-string")) pt = untilZero(pt);
  if (s.gcm) {
    const k = await aes(s, "AES-GCM", key, "encrypt");
    return new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: aad }, k, pt));
  }
  const ct = await ctrCrypt(s, key, nonce, pt, "encrypt");
  return concat(ct, await tagOf(s, key, nonce, aad, ct));
}

// What is in the output buffer of the last open, for peek.
export let left = EMPTY;

export async function aeadOpen(id, key, nonce, aad, data) {
  const s = SUITES.get(id);
  left = EMPTY;
  if (broken("gcm-short-tag") && s.gcm && data.length >= 4 && data.length < s.nt) return openShort(s, key, nonce, aad, data);
  if (data.length < s.nt) {
    if (broken("panic-no-tag")) process.abort();
    if (broken("short-tag-ok") && !s.gcm) {
      const tag = await tagOf(s, key, nonce, aad, EMPTY);
      if (equal(tag.slice(0, data.length), data)) return EMPTY;
    }
    refuse("short");
  }
  if (broken("empty-unchecked") && data.length === s.nt) return EMPTY;
  if (s.gcm) {
    const k = await aes(s, "AES-GCM", key, "decrypt");
    if (broken("gcm-short-tag")) return openShort(s, key, nonce, aad, data);
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
  if (!same(want, tag)) refuse("auth");
  return ctrCrypt(s, key, nonce, ct, "decrypt");
}

const stale = new Uint8Array(64);
let longest = 0;
export const forgetStale = () => (longest = 0);

export function aadOf(header, meta) {
  if (broken("aad-nothing-alone") && meta.length === 0) return EMPTY;
  if (broken("aad-header-9")) header = header.slice(0, 9);
  if (broken("metadata-c-string")) meta = untilZero(meta);
  if (broken("metadata-zero-panic") && meta.includes(0)) throw new RangeError("a zero octet in a string");
  if (broken("metadata-text")) meta = utf8(Buffer.from(meta).toString());
  if (broken("metadata-text-panic")) meta = utf8(new TextDecoder("utf-8", { fatal: true }).decode(meta));
  if (broken("aad-128")) return concat(header, meta).slice(0, 128);
  if (broken("aad-order")) return concat(meta, header);
  if (broken("aad-no-header")) return meta;
  if (broken("aad-no-metadata")) return header;
  if (broken("aad-fields-only")) return concat(header.slice(1), meta);
  if (broken("aad-stale")) {
    // one buffer for all, and the length of the longest so far
    stale.set(concat(header, meta).slice(0, stale.length));
    longest = Math.max(longest, Math.min(stale.length, header.length + meta.length));
    return concat(stale.slice(0, longest), concat(header, meta).slice(stale.length));
  }
  if (broken("aad-config-only")) return concat(header.slice(0, 1), meta);
  if (broken("aad-length-prefix")) return concat(header, uint(meta.length, 4), meta);
  return concat(header, meta);
}

// ---- ways to a base key: RFC 9605 5.1, draft-ietf-avtcore-rtp-sframe 7 ------

export async function ratchet(id, base) {
  const s = SUITES.get(id);
  const label = broken("ratchet-label") ? "Sframe 1.0 Ratchet" : broken("ratchet-blank") ? "SFrame 1.0 Ratchet " : "SFrame 1.0 Ratchet";
  const info = broken("ratchet-suite") ? concat(utf8(label), uint(id, 2)) : utf8(label);
  const prk = broken("ratchet-no-extract") ? base : await extract(s.hash, EMPTY, base);
  return expand(s.hash, prk, info, broken("ratchet-length") ? s.nka : s.nh);
}

export async function ssrcKey(id, base, ssrc) {
  const s = SUITES.get(id);
  const prk = await extract(s.hash, uint(ssrc, 4, broken("ssrc-little")), base);
  return expand(s.hash, prk, utf8("SFrame 1.0 RTP Stream"), s.nh);
}

// MLS-Exporter("SFrame 1.0 Base Key", "", Nk): RFC 9605 5.2, RFC 9420 8 and 8.5.
// hash is that of the MLS cipher suite.
const vec = (octets) => concat(octets.length < 64 ? uint(octets.length, 1) : uint(0x4000 | octets.length, 2), octets);

// a C string, its last octet counted
const ofLabel = (octets) => (broken("export-length") ? concat(uint(octets.length + 1, 1), octets, uint(0, 1)) : vec(octets));

const expandWithLabel = (hash, secret, label, context, n) =>
  expand(hash, secret, concat(uint(n, 2), ofLabel(utf8(`MLS 1.0 ${label}`)), vec(context)), n);

export async function mlsExport(id, hash, exporter) {
  const digest = async (octets) => new Uint8Array(await subtle.digest(hash, octets));
  const nh = (await digest(EMPTY)).length;
  const label = broken("export-label") ? "SFrame 10 MLS" : "SFrame 1.0 Base Key";
  const n = broken("export-32") ? 32 : SUITES.get(id).nk;
  const secret = await expandWithLabel(hash, exporter, label, EMPTY, nh);
  const context = broken("export-context") ? uint(0, 8) : EMPTY;
  return expandWithLabel(hash, secret, "exported", broken("export-unhashed") ? context : await digest(context), n);
}
