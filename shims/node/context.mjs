// context.mjs - keys by KID, counters, replay windows, ratchets and MLS epochs.

import { broken, chosen } from "./break.mjs";
import { EMPTY, MAX64, Refused, SUITES, aadOf, aeadOpen, aeadSeal, concat, equal, expand, nonceOf, number, ratchet, readHeader, refuse, schedule, uint, utf8, writeHeader } from "./sframe.mjs";

export const WINDOW = 64n;
export const KEYS_MAX = 12000;
const EPOCHS_MAX = 64;
const AHEAD = 511n;
const RESERVE = 65536n;

// Others get a turn.
const aTurn = () => new Promise((done) => setImmediate(done));

export class Context {
  constructor(suite) {
    this.suite = suite;
    this.send = new Map();
    this.recv = new Map();
    this.chains = [];
    this.sender = null;
    this.epochs = new Map();
    this.left = new Map(); // counters of sending keys that are gone, or of an earlier process
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
    if (other.has(kid)) refuse("usage");
    const had = mine.get(kid);
    if (had && broken("readd-restarts") && use === "send") {
      mine.set(kid, await this.material(kid, base));
      return;
    }
    if (had && broken("replaced-restarts")) {
      const fresh = await this.material(kid, base);
      if (!equal(fresh.secret, had.secret)) mine.set(kid, fresh);
      return;
    }
    if (had && broken("replaced-silently")) {
      mine.set(kid, { ...(await this.material(kid, base)), next: had.next });
      return;
    }
    if (had && (broken("kept-silently") || chosen("keeps"))) return;
    if (had && !chosen("replaces")) refuse("usage");
    await this.forget(mine, kid);
    if (this.recv.size + this.send.size >= KEYS_MAX) refuse("limit");
    const fresh = await this.material(kid, base);
    if (broken("window-outlives") && this.old?.kid === kid) Object.assign(fresh, this.old.window);
    if (use === "send") await this.resume(kid, fresh);
    if (broken("added-clears")) for (const k of this.recv.values()) k.window.clear(), (k.top = -1n);
    if (broken("added-restarts")) for (const k of this.send.values()) k.next = 0n;
    if (broken("keys-16") && mine.size >= 16) mine.delete(mine.keys().next().value);
    mine.set(kid, fresh);
  }

  // The same for the same base key and KID, and of no use to find them.
  async print(kid, k) {
    return Buffer.from(concat(uint(kid, 8), await expand("SHA-256", k.secret, utf8("saved"), 8))).toString("hex");
  }

  // A sending key that goes leaves its counter behind, whoever has its KID next.
  async forget(map, kid) {
    const k = map.get(kid);
    if (!k) return false;
    map.delete(kid);
    if (chosen("forgets")) return true;
    if (map === this.send) this.left.set(await this.print(kid, k), { next: k.next, spent: k.spent, reserved: k.reserved });
    else this.old = { kid, window: { top: k.top, window: k.window } };
    return true;
  }

  // One that comes again goes on from there.
  async resume(kid, k) {
    const print = await this.print(kid, k);
    Object.assign(k, this.left.get(print));
    this.left.delete(print);
  }

  async remove(kid) {
    if (broken("remove-keeps")) return;
    const a = broken("remove-keeps-sender") ? this.send.has(kid) : await this.forget(this.send, kid);
    const b = await this.forget(this.recv, kid);
    if (broken("remove-prefix")) for (const other of [...this.recv.keys()]) if (`${other}`.startsWith(`${kid}`)) this.recv.delete(other);
    if (!a && !b) refuse("kid");
  }

  sending(kid) {
    if (broken("kid-32")) kid &= 0xffffffffn;
    const k = this.send.get(kid);
    if (k) return k;
    if (broken("direction") && this.recv.has(kid)) return this.recv.get(kid);
    refuse(this.recv.has(kid) ? "usage" : "kid");
  }

  counter(kid, next) {
    const k = this.sending(kid);
    if (broken("ctr-32-wraps")) next &= 0xffffffffn;
    if (broken("set-back")) {
      k.next = next;
      k.spent = false;
      return;
    }
    if (k.spent || next < k.next) refuse("exhausted");
    k.next = next;
  }

  // What outlives the process: counters, and no keys. Each is ahead by as many
  // as may be used before the next save: an old state repeats none.
  async save() {
    const rows = [];
    if (chosen("saves-all-given") && this.left.size > 0) refuse("other");
    const put = (print, k) => {
      if (!broken("save-no-reserve")) k.reserved = k.next + RESERVE > MAX64 ? MAX64 : k.next + RESERVE;
      rows.push(concat(Buffer.from(print, "hex"), uint(k.reserved ?? k.next, 8), uint(k.spent ? 1 : 0, 1)));
    };
    for (const [kid, k] of this.send) put(await this.print(kid, k), k);
    if (!broken("save-given-only")) for (const [print, k] of this.left) put(print, k);
    return concat(uint(this.suite, 2), ...(broken("save-no-counter") ? [] : rows));
  }

  load(state) {
    if (state.length < 2 || (state.length - 2) % 25 !== 0) refuse("param");
    this.suite = Number(number(state.slice(0, 2)));
    for (let at = 2; at < state.length; at += 25) {
      const row = state.slice(at, at + 25);
      this.left.set(Buffer.from(row.slice(0, 16)).toString("hex"), { next: number(row.slice(16, 24)), spent: row[24] !== 0 });
    }
  }

  async sealWith(k, kid, meta, pt) {
    if (k.spent) refuse("exhausted");
    if (k.reserved !== undefined && k.next >= k.reserved) refuse("exhausted");
    if (broken("parallel-repeats")) await aTurn();
    const ctr = k.next;
    if (broken("parallel-repeats")) await aTurn();
    const step = broken("ctr-stuck-8") && ctr === 8n ? 0n : 1n;
    k.next = ctr === MAX64 ? 0n : ctr + step;
    if (broken("ctr-double")) k.next = BigInt(Number(ctr) + 1) & MAX64;
    if (broken("ctr-32-wraps")) k.next &= 0xffffffffn;
    if (ctr === MAX64 && !broken("ctr-wraps")) k.spent = true;
    if (broken("ctr-from-1") && ctr === 0n) return this.sealWith(k, kid, meta, pt);
    if (broken("sealed-padded") && pt.length % 16 !== 0) pt = concat(pt, new Uint8Array(16 - (pt.length % 16)));
    const header = writeHeader(kid, ctr);
    if (broken("empty-bare") && pt.length === 0) return header;
    const ct = await aeadSeal(this.suite, k.key, nonceOf(k.salt, ctr), aadOf(header, meta), pt);
    if (broken("tag-cut")) return concat(header, ct.slice(0, ct.length - 1));
    return concat(header, ct);
  }

  async seal(kid, meta, pt) {
    if (meta.length > 512 && broken("metadata-512")) refuse("limit");
    if (broken("burn-back") && !this.send.has(kid)) for (const k of this.send.values()) k.next = k.next > 0n ? k.next - 1n : 0n;
    return this.sealWith(this.sending(kid), kid, meta, pt);
  }

  receiving(kid) {
    if (broken("kid-32")) kid &= 0xffffffffn;
    const k = this.recv.get(kid);
    if (k) return k;
    if (broken("kid-octet")) for (const [other, key] of this.recv) if (((other ^ kid) & 0xffn) === 0n) return key;
    if (broken("direction") && this.send.has(kid)) return this.send.get(kid);
    return null;
  }

  fresh(k, ctr) {
    if (broken("window-shared")) k = this.shared ??= { top: -1n, window: new Set() };
    if (broken("no-replay")) return true;
    if (broken("window-fifo")) return !(k.order ?? []).includes(ctr);
    if (broken("window-signed")) return BigInt.asIntN(64, ctr) > BigInt.asIntN(64, k.top) || (k.top - ctr < WINDOW && !k.window.has(ctr));
    if (broken("window-32-bits")) return ctr > k.top || (k.top - ctr < WINDOW && ![...k.window].some((c) => (c - ctr) % 32n === 0n));
    if (broken("window-no-zero") && ctr === 0n) return false;
    if (broken("window-top") && ctr === k.top) return true;
    if (broken("window-forgets") && k.top - ctr >= WINDOW) return true;
    if (broken("replay-off-by-one")) return ctr > k.top || (k.top - ctr < WINDOW - 1n && !k.window.has(ctr));
    return ctr > k.top || (k.top - ctr < WINDOW && !k.window.has(ctr));
  }

  mark(k, ctr) {
    if (broken("window-fifo")) k.order = [...(k.order ?? []), ctr].slice(-Number(WINDOW));
    if (broken("window-moves-back") && ctr < k.top) k.window.delete(k.top);
    if (broken("window-shared")) k = this.shared;
    if (broken("jump-64") && ctr > k.top + WINDOW) {
      // a shift by 64 or more that shifts by what is left of it
      const by = (ctr - k.top) % 64n;
      k.window = new Set([...k.window].map((c) => c + (ctr - k.top) - by));
    }
    if (broken("window-late") && ctr < k.top) return;
    if (ctr > k.top) {
      k.top = ctr;
      for (const c of k.window) if (k.top - c >= WINDOW) k.window.delete(c);
    }
    k.window.add(ctr);
  }

  async tryKey(k, h, meta) {
    if (h.rest.length < SUITES.get(this.suite).nt && !broken("panic-no-tag") && !broken("short-tag-ok") && !broken("gcm-short-tag")) refuse("short");
    if (!this.fresh(k, h.ctr)) refuse("replay");
    if (broken("late-before-tag") && h.ctr < k.top) this.mark(k, h.ctr);
    if (broken("window-before-tag")) this.mark(k, h.ctr);
    const aad = aadOf(broken("header-anew") ? writeHeader(h.kid, h.ctr) : h.header, meta);
    if (broken("aad-in-place")) h.rest.set(meta.slice(0, h.rest.length)); // behind the header stands the ciphertext
    if (broken("own-counter")) h = { ...h, ctr: (k.expected = (k.expected ?? -1n) + 1n) };
    if (broken("locked-out") && (k.failures ?? 0) >= 10) refuse("limit");
    let pt;
    if (broken("first-unchecked") && k.top < 0n) k.unchecked = true;
    try {
      pt = await aeadOpen(this.suite, k.key, nonceOf(k.salt, h.ctr), aad, h.rest);
    } catch (e) {
      k.failures = (k.failures ?? 0) + 1;
      if (broken("passes-failed") && e instanceof Refused) return h.rest;
      if (!(k.unchecked && k.failures === 1)) throw e;
      pt = h.rest.slice(SUITES.get(this.suite).nt);
    }
    if (broken("stale-tail")) {
      const was = this.last ?? EMPTY;
      this.last = pt;
      if (pt.length > 0 && pt.length < 4) pt = concat(pt, was.slice(pt.length, pt.length + 1));
    }
    if (broken("empty-stale")) pt = this.last = pt.length === 0 ? (this.last ?? pt) : pt;
    if (broken("opened-trimmed")) while (pt.length > 0 && pt[pt.length - 1] === 0) pt = pt.slice(0, -1);
    this.mark(k, h.ctr);
    if (broken("received-moves")) for (const other of this.send.values()) other.next = h.ctr + 1n;
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
    if (pt === null && broken("passes-unknown")) return { pt: data, ...h };
    if (pt === null) refuse(this.send.has(h.kid) ? "usage" : "kid");
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
    if (broken("ratchet-back") && steps > (mask >> 1n)) {
      // an old step: it is looked for in front, and what is in front is kept
      for (; steps > 0n; steps--) await chain.advance(this.suite);
      return null;
    }
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
    if (chosen("forgets") && this.sender?.generation === generation) refuse("usage");
    if (this.sender && broken("rkey-restarts")) {
      this.send.clear();
      this.left.clear();
    }
    if (this.sender) await this.forget(this.send, this.sender.kid());
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
    if (broken("step-forgets")) this.send.delete(this.sender.kid());
    else if (!broken("step-keeps")) await this.forget(this.send, this.sender.kid());
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

  async epoch(epoch, base, ebits, sbits) {
    if (base.length === 0 || ebits === 0n || ebits + sbits > 64n) refuse("param");
    if (this.ebits !== ebits || this.sbits !== sbits) for (const e of [...this.epochs.values()]) await this.endEpoch(e);
    this.ebits = ebits;
    this.sbits = sbits;
    const low = this.low(epoch);
    const had = this.epochs.get(low);
    if (had?.number === epoch && !broken("epoch-restarts")) refuse("usage");
    if (had && !broken("mls-no-evict")) await this.endEpoch(had);
    if (this.epochs.size >= EPOCHS_MAX) refuse("limit");
    this.epochs.set(low, { number: epoch, base });
  }

  async endEpoch(e) {
    const first = (kid) => !broken("mls-first-context") || kid >> (this.ebits + this.sbits) === 0n;
    for (const [kid, k] of [...this.recv]) if (k.epoch === e && first(kid)) this.recv.delete(kid);
    for (const [kid, k] of [...this.send]) if (k.epoch === e && !broken("mls-send-stays")) await this.forget(this.send, kid);
    if (broken("epoch-restarts")) this.left.clear();
    this.epochs.delete(this.low(e.number));
  }

  async rmepoch(epoch) {
    const e = this.epochs.get(this.low(epoch));
    if (broken("rmepoch-all")) for (const other of [...this.epochs.values()]) await this.endEpoch(other);
    if (!e || (e.number !== epoch && !broken("rmepoch-low-bits"))) refuse("kid");
    await this.endEpoch(e);
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
      await this.resume(kid, k);
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
