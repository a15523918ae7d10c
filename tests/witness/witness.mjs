// witness.mjs - a second opinion on test vectors.
//
//   node tests/witness/witness.mjs FILE...
//
// Written from the documents alone: RFC 9605 with its errata, RFC 5869 for
// HKDF, RFC 9420 8 for the MLS exporter, draft-ietf-avtcore-rtp-sframe 7. It
// has no code of sframe-tool in it; block ciphers and HMAC are Node's. The
// last line is the sum: N confirmed, N refuted.

import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

// ---- cipher suites: RFC 9605 4.5, draft-barnes-sframe-iana-256 -------------

const SUITES = {
  1: { mode: "ctr", hash: "sha256", aes: 128, nka: 16, nh: 32, nk: 48, nt: 10 },
  2: { mode: "ctr", hash: "sha256", aes: 128, nka: 16, nh: 32, nk: 48, nt: 8 },
  3: { mode: "ctr", hash: "sha256", aes: 128, nka: 16, nh: 32, nk: 48, nt: 4 },
  4: { mode: "gcm", hash: "sha256", aes: 128, nka: 16, nh: 32, nk: 16, nt: 16 },
  5: { mode: "gcm", hash: "sha512", aes: 256, nka: 32, nh: 64, nk: 32, nt: 16 },
  6: { mode: "ctr", hash: "sha512", aes: 256, nka: 32, nh: 64, nk: 96, nt: 10 },
  7: { mode: "ctr", hash: "sha512", aes: 256, nka: 32, nh: 64, nk: 96, nt: 8 },
  8: { mode: "ctr", hash: "sha512", aes: 256, nka: 32, nh: 64, nk: 96, nt: 4 },
};
const NN = 12;

// A receiver says no. Any other exception is a mistake in here, or in a file.
class Refused extends Error {}

const refuse = (why) => {
  throw new Refused(why);
};

// ---- octets ----------------------------------------------------------------

const EMPTY = Buffer.alloc(0);

function hex(s, name) {
  if (typeof s !== "string" || !/^([0-9a-f]{2})*$/i.test(s))
    throw new Error(`${name} is not hexadecimal`);
  return Buffer.from(s, "hex");
}

function uint(v, octets) {
  const out = Buffer.alloc(octets);
  let left = BigInt(v);
  for (let i = octets - 1; i >= 0; i--, left >>= 8n) out[i] = Number(left & 255n);
  if (left !== 0n) throw new Error(`${v} does not fit into ${octets} octets`);
  return out;
}

const number = (octets) => octets.reduce((v, octet) => (v << 8n) | BigInt(octet), 0n);

function same(got, want, name) {
  if (!got.equals(want)) refuse(`${name}: ${got.toString("hex")}, not ${want.toString("hex")}`);
}

function equal(got, want, name) {
  if (got !== want) refuse(`${name}: ${got}, not ${want}`);
}

// ---- header: RFC 9605 4.3 --------------------------------------------------

function minimalOctets(v) {
  let n = 1;
  while (v >> BigInt(8 * n) !== 0n) n++;
  return n;
}

function writeHeader(kid, ctr) {
  const field = (v) => (v < 8n ? [Number(v), EMPTY] : [8 | (minimalOctets(v) - 1), uint(v, minimalOctets(v))]);
  const [k, kidOctets] = field(kid);
  const [c, ctrOctets] = field(ctr);
  return Buffer.concat([Buffer.from([(k << 4) | c]), kidOctets, ctrOctets]);
}

function readHeader(octets) {
  if (octets.length === 0) refuse("no config octet");
  let at = 1;
  const field = (code) => {
    if ((code & 8) === 0) return BigInt(code & 7);
    const n = (code & 7) + 1;
    if (octets.length < at + n) refuse("the header is cut short");
    at += n;
    return number(octets.subarray(at - n, at));
  };
  const kid = field(octets[0] >> 4);
  const ctr = field(octets[0] & 15);
  return { kid, ctr, header: octets.subarray(0, at), rest: octets.subarray(at) };
}

// ---- HKDF: RFC 5869 --------------------------------------------------------

const hmac = (hash, key, ...parts) => {
  const h = createHmac(hash, key);
  for (const p of parts) h.update(p);
  return h.digest();
};

const extract = (hash, salt, ikm) =>
  hmac(hash, salt.length === 0 ? Buffer.alloc(createHash(hash).digest().length) : salt, ikm);

function expand(hash, prk, info, n) {
  const out = [];
  let t = EMPTY;
  for (let i = 1, have = 0; have < n; i++, have += t.length) {
    t = hmac(hash, prk, t, info, Buffer.from([i]));
    out.push(t);
  }
  return Buffer.concat(out).subarray(0, n);
}

// ---- key schedule: RFC 9605 4.4.2, 4.4.3 with erratum 8321 ------------------

function schedule(id, baseKey, kid) {
  const s = SUITES[id];
  const tail = Buffer.concat([uint(kid, 8), uint(id, 2)]);
  const keyLabel = Buffer.concat([Buffer.from("SFrame 1.0 Secret key "), tail]);
  const saltLabel = Buffer.concat([Buffer.from("SFrame 1.0 Secret salt "), tail]);
  const secret = extract(s.hash, EMPTY, baseKey);
  return {
    keyLabel,
    saltLabel,
    secret,
    key: expand(s.hash, secret, keyLabel, s.nk),
    salt: expand(s.hash, secret, saltLabel, NN),
  };
}

function nonceOf(salt, ctr) {
  const c = uint(ctr, NN);
  return Buffer.from(salt.map((octet, i) => octet ^ c[i]));
}

// ---- AEAD: RFC 9605 4.5.1, RFC 5116 ----------------------------------------

const aesCtr = (s, key, nonce, data) => {
  const iv = Buffer.concat([nonce, Buffer.alloc(4)]);
  return createCipheriv(`aes-${s.aes}-ctr`, key.subarray(0, s.nka), iv).update(data);
};

const tagOf = (s, key, nonce, aad, ct) =>
  hmac(s.hash, key.subarray(s.nka), uint(aad.length, 8), uint(ct.length, 8), uint(s.nt, 8), nonce, aad, ct).subarray(0, s.nt);

function aeadSeal(id, key, nonce, aad, pt) {
  const s = SUITES[id];
  if (s.mode === "ctr") {
    const ct = aesCtr(s, key, nonce, pt);
    return Buffer.concat([ct, tagOf(s, key, nonce, aad, ct)]);
  }
  const c = createCipheriv(`aes-${s.aes}-gcm`, key, nonce, { authTagLength: s.nt });
  c.setAAD(aad);
  return Buffer.concat([c.update(pt), c.final(), c.getAuthTag()]);
}

function aeadOpen(id, key, nonce, aad, octets) {
  const s = SUITES[id];
  if (octets.length < s.nt) refuse("shorter than the tag");
  const ct = octets.subarray(0, octets.length - s.nt);
  const tag = octets.subarray(octets.length - s.nt);
  if (s.mode === "ctr") {
    same(tagOf(s, key, nonce, aad, ct), tag, "tag");
    return aesCtr(s, key, nonce, ct);
  }
  const d = createDecipheriv(`aes-${s.aes}-gcm`, key, nonce, { authTagLength: s.nt });
  d.setAAD(aad);
  d.setAuthTag(tag);
  const pt = d.update(ct);
  try {
    return Buffer.concat([pt, d.final()]);
  } catch {
    return refuse("tag");
  }
}

// ---- frames: RFC 9605 4.4 --------------------------------------------------

function seal(id, baseKey, kid, ctr, metadata, pt) {
  const { key, salt } = schedule(id, baseKey, kid);
  const header = writeHeader(kid, ctr);
  return Buffer.concat([header, aeadSeal(id, key, nonceOf(salt, ctr), Buffer.concat([header, metadata]), pt)]);
}

// keyFor gives the base key of a KID, or nothing.
function open(id, keyFor, metadata, octets) {
  const { kid, ctr, header, rest } = readHeader(octets);
  const baseKey = keyFor(kid) ?? refuse(`no key for KID ${kid}`);
  const { key, salt } = schedule(id, baseKey, kid);
  return { kid, ctr, pt: aeadOpen(id, key, nonceOf(salt, ctr), Buffer.concat([header, metadata]), rest) };
}

// ---- ways to a base key ----------------------------------------------------

// RFC 9605 5.1
const ratchet = (id, baseKey) => {
  const s = SUITES[id];
  return expand(s.hash, extract(s.hash, EMPTY, baseKey), Buffer.from("SFrame 1.0 Ratchet"), s.nh);
};

// RFC 9420 8: lengths of vectors below 64 are one octet, below 2^14 two
const vector = (octets) =>
  Buffer.concat([octets.length < 64 ? uint(octets.length, 1) : uint(0x4000 | octets.length, 2), octets]);

const expandWithLabel = (hash, secret, label, context, n) =>
  expand(hash, secret, Buffer.concat([uint(n, 2), vector(Buffer.from("MLS 1.0 " + label)), vector(context)]), n);

// RFC 9420 8.5 with the label of RFC 9605 5.2 and an empty context
function mlsExport(hash, secret, n) {
  const none = createHash(hash).digest();
  const derived = expandWithLabel(hash, secret, "SFrame 1.0 Base Key", EMPTY, none.length);
  return expandWithLabel(hash, derived, "exported", none, n);
}

// draft-ietf-avtcore-rtp-sframe 7
const streamKey = (id, baseKey, ssrc) => {
  const s = SUITES[id];
  return expand(s.hash, extract(s.hash, uint(ssrc, 4), baseKey), Buffer.from("SFrame 1.0 RTP Stream"), s.nh);
};

// ---- the tests -------------------------------------------------------------

// All members of the test that are named, as octets, against what is computed.
function compare(test, values) {
  for (const [name, octets] of Object.entries(values))
    if (test[name] !== undefined) same(octets, hex(test[name], name), name);
}

function checkFrame(id, keyFor, test, metadata, sealToo) {
  const ct = hex(test.ct, "ct");
  if (sealToo) {
    const kid = BigInt(test.kid);
    const key = keyFor(kid) ?? refuse(`no key for KID ${kid}`);
    same(seal(id, key, kid, BigInt(test.ctr), metadata, hex(test.pt, "pt")), ct, "ct");
  }
  const opened = open(id, keyFor, metadata, ct);
  if (test.kid !== undefined) equal(opened.kid, BigInt(test.kid), "kid");
  if (test.ctr !== undefined) equal(opened.ctr, BigInt(test.ctr), "ctr");
  if (test.pt !== undefined) same(opened.pt, hex(test.pt, "pt"), "pt");
}

const keysOf = (group) => {
  const keys = new Map(group.keys.map((k) => [BigInt(k.kid), hex(k.baseKey, "baseKey")]));
  if (keys.size !== group.keys.length) throw new Error("a KID twice");
  return (kid) => keys.get(kid);
};

function between(id, test, baseKey) {
  const kid = BigInt(test.kid);
  const s = schedule(id, baseKey, kid);
  const nonce = nonceOf(s.salt, BigInt(test.ctr));
  const aad = Buffer.concat([writeHeader(kid, BigInt(test.ctr)), hex(test.metadata, "metadata")]);
  compare(test, { ...s, nonce, aad });
}

const CHECKS = {
  SframeHeaderTest(test) {
    const encoded = hex(test.encoded, "encoded");
    const h = readHeader(encoded);
    equal(h.rest.length, 0, "octets behind the header");
    equal(h.kid, BigInt(test.kid), "kid");
    equal(h.ctr, BigInt(test.ctr), "ctr");
    const minimal = writeHeader(h.kid, h.ctr).equals(encoded);
    equal(minimal, test.policy !== "nonminimal-header", "minimal");
  },
  SframeKdfTest(test, group) {
    compare(test, schedule(group.cipherSuite, hex(test.baseKey, "baseKey"), BigInt(test.kid)));
  },
  SframeAeadTest(test, group) {
    const id = group.cipherSuite;
    const [key, nonce, aad, ct] = ["key", "nonce", "aad", "ct"].map((name) => hex(test[name], name));
    if (test.pt !== undefined) same(aeadSeal(id, key, nonce, aad, hex(test.pt, "pt")), ct, "ct");
    const pt = aeadOpen(id, key, nonce, aad, ct);
    if (test.pt !== undefined) same(pt, hex(test.pt, "pt"), "pt");
  },
  SframeSealTest(test, group) {
    const keyFor = keysOf(group);
    between(group.cipherSuite, test, keyFor(BigInt(test.kid)) ?? refuse("no key"));
    checkFrame(group.cipherSuite, keyFor, test, hex(test.metadata, "metadata"), true);
  },
  SframeOpenTest(test, group) {
    checkFrame(group.cipherSuite, keysOf(group), test, hex(test.metadata, "metadata"), false);
  },
  SframeRatchetTest(test, group) {
    const bits = BigInt(test.ratchetBits);
    const generation = BigInt(test.generation);
    let at = BigInt(test.steps[0].step);
    let key = hex(test.steps[0].baseKey, "baseKey");
    if ((generation << bits) >> 64n !== 0n) refuse("the generation does not fit");
    for (const step of test.steps) {
      const want = BigInt(step.step);
      equal((generation << bits) + (want % (1n << bits)), BigInt(step.kid), "kid");
      for (; at < want; at++) key = ratchet(group.cipherSuite, key);
      equal(at, want, "step");
      same(key, hex(step.baseKey, "baseKey"), "baseKey");
    }
  },
  SframeMlsTest(test, group) {
    const id = group.cipherSuite;
    const e = BigInt(test.epochBits);
    const s = BigInt(test.senderBits);
    const epochs = new Map(); // by low bits: a later epoch takes the place of an older one
    for (const epoch of test.epochs) {
      const key = hex(epoch.baseKey, "baseKey");
      if (epoch.exporterSecret !== undefined) {
        const hash = epoch.mlsHash.toLowerCase();
        same(mlsExport(hash, hex(epoch.exporterSecret, "exporterSecret"), SUITES[id].nk), key, "baseKey");
      }
      epochs.set(BigInt(epoch.epoch) % (1n << e), key);
    }
    for (const frame of test.frames) {
      const sender = BigInt(frame.sender);
      const kid = (BigInt(frame.context) << (s + e)) + (sender << e) + (BigInt(frame.epoch) % (1n << e));
      if (sender >> s !== 0n || kid >> 64n !== 0n) refuse("the sender or the context does not fit");
      equal(kid, BigInt(frame.kid), "kid");
      const keyFor = (k) => epochs.get(k % (1n << e));
      checkFrame(id, keyFor, frame, hex(frame.metadata, "metadata"), frame.pt !== undefined);
    }
  },
  SframePerSsrcTest(test, group) {
    const key = streamKey(group.cipherSuite, hex(test.baseKey, "baseKey"), BigInt(test.ssrc));
    compare(test, { streamKey: key });
    if (test.ct !== undefined)
      checkFrame(group.cipherSuite, () => key, test, hex(test.metadata, "metadata"), test.pt !== undefined);
  },
};

// ---- published files -------------------------------------------------------

const PUBLISHED = {
  header: (t) => CHECKS.SframeHeaderTest(t),
  aes_ctr_hmac(t) {
    const s = SUITES[t.cipher_suite];
    CHECKS.SframeAeadTest(t, { cipherSuite: Number(t.cipher_suite) });
    same(hex(t.key).subarray(0, s.nka), hex(t.enc_key), "enc_key");
    same(hex(t.key).subarray(s.nka), hex(t.auth_key), "auth_key");
  },
  sframe(t) {
    const test = {
      ...t,
      keyLabel: t.sframe_key_label,
      saltLabel: t.sframe_salt_label,
      secret: t.sframe_secret,
      key: t.sframe_key,
      salt: t.sframe_salt,
    };
    const keys = [{ kid: t.kid, baseKey: t.base_key }];
    CHECKS.SframeSealTest(test, { cipherSuite: Number(t.cipher_suite), keys });
  },
  sframe_per_ssrc_key_derivation(t) {
    for (const which of ["a", "b"]) {
      const test = { baseKey: t.base_key, ssrc: t[`ssrc_${which}`], streamKey: t[`stream_key_${which}`] };
      CHECKS.SframePerSsrcTest(test, { cipherSuite: Number(t.cipher_suite) });
    }
  },
};
PUBLISHED.aes_256_ctr_hmac = PUBLISHED.aes_ctr_hmac;
PUBLISHED.sframe_aes_256_ctr_hmac = PUBLISHED.sframe;

// ---- files -----------------------------------------------------------------

const sum = { confirmed: 0, refuted: 0 };

function tell(good, file, name, why) {
  sum[good ? "confirmed" : "refuted"]++;
  if (!good) console.log(`${file}: ${name}: ${why}`);
}

// null, or why the test did not hold
function run(check, test, group) {
  try {
    check(test, group);
    return null;
  } catch (e) {
    if (e instanceof Refused) return e.message;
    throw e;
  }
}

function judge(file, test, group) {
  const check = CHECKS[group.type];
  let why;
  if (check === undefined || SUITES[group.cipherSuite ?? 1] === undefined) {
    tell(false, file, test.id, "of no known type or suite");
    return;
  }
  try {
    why = run(check, test, group);
  } catch (e) {
    tell(false, file, test.id, e.message);
    return;
  }
  if (test.result === "invalid") tell(why !== null, file, test.id, "holds, and has to fail");
  else tell(why === null, file, test.id, why);
}

// What a file says of itself.
function structure(doc) {
  const tests = doc.testGroups.flatMap((g) => g.tests.map((t) => [g, t]));
  if (tests.length !== Number(doc.numberOfTests)) return "numberOfTests is wrong";
  if (new Set(tests.map(([, t]) => t.id)).size !== tests.length) return "an id twice";
  for (const [i, [g, t]] of tests.entries()) {
    if (Number(t.tcId) !== i + 1) return `${t.id}: tcId`;
    if (!["valid", "invalid", "policy"].includes(t.result)) return `${t.id}: result`;
    if ((t.result === "policy") !== (t.policy !== undefined)) return `${t.id}: policy`;
    if (t.flags.some((f) => doc.notes[f] === undefined)) return `${t.id}: a flag without a note`;
    if (t.result === "invalid" && t.flags.length === 0) return `${t.id}: no reason`;
    if (t.result === "invalid" && t.pt !== undefined && g.type !== "SframeSealTest") return `${t.id}: has a pt`;
  }
  return null;
}

// JSON in which every number is a string of its digits: doubles end at 2^53.
const parse = (text) =>
  JSON.parse(text.replace(/"(?:\\.|[^"\\])*"|-?\d[\d.eE+-]*/g, (word) => (word[0] === '"' ? word : `"${word}"`)));

function readFile(file) {
  const doc = parse(readFileSync(file, "utf8"));
  if (doc.testGroups !== undefined) {
    const wrong = structure(doc);
    if (wrong !== null) tell(false, file, "the file", wrong);
    for (const g of doc.testGroups) for (const t of g.tests) judge(file, t, g);
    return;
  }
  for (const [name, tests] of Object.entries(doc))
    for (const [i, t] of tests.entries()) {
      const check = PUBLISHED[name];
      const why = check === undefined ? "an unknown group" : run(check, t);
      tell(why === null, file, `${name}[${i}]`, why);
    }
}

for (const file of process.argv.slice(2))
  try {
    readFile(file);
  } catch (e) {
    tell(false, file, "the file", e.message);
  }
console.log(`${sum.confirmed} confirmed, ${sum.refuted} refuted`);
process.exitCode = sum.refuted === 0 && sum.confirmed > 0 ? 0 : 1;
