// example.cc - the functions filled in for an implementation in C++: a small one
// that stands here whole, of suites 4 and 5 on OpenSSL. It throws to refuse.
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "fuzz/harness/sframe_fuzz.h"

namespace {

using Bytes = std::vector<uint8_t>;

struct Refused : std::runtime_error {
	using std::runtime_error::runtime_error;
};

Bytes Uint(uint64_t v, size_t n)
{
	Bytes out(n);
	for (size_t i = n; i-- > 0; v >>= 8)
		out[i] = static_cast<uint8_t>(v);
	return out;
}

void Append(Bytes &to, const Bytes &more)
{
	to.insert(to.end(), more.begin(), more.end());
}

class Context {
public:
	explicit Context(unsigned suite) : suite_(suite)
	{
		if (suite != 4 && suite != 5)
			throw Refused("suite");
	}

	void AddKey(bool sending, uint64_t kid, Bytes base)
	{
		if (base.empty() || send_.count(kid) != 0 || recv_.count(kid) != 0)
			throw Refused("key");
		Bytes secret = Hmac(Bytes(EVP_MD_get_size(Md())), base);
		Bytes tail = Uint(kid, 8);
		Append(tail, Uint(suite_, 2));
		Key k;
		k.key = Expand(secret, "SFrame 1.0 Secret key ", tail, suite_ == 4 ? 16 : 32);
		k.salt = Expand(secret, "SFrame 1.0 Secret salt ", tail, 12);
		(sending ? send_ : recv_)[kid] = k;
	}

	Bytes Seal(uint64_t kid, const Bytes &meta, const Bytes &pt)
	{
		auto found = send_.find(kid);
		if (found == send_.end())
			throw Refused("kid");
		Key &k = found->second;
		if (k.next == UINT64_MAX)
			throw Refused("exhausted");
		Bytes out = Header(kid, k.next);
		Bytes aad = out;
		Append(aad, meta);
		Append(out, Gcm(true, k, k.next++, aad, pt));
		return out;
	}

	Bytes Open(const Bytes &meta, const Bytes &frame)
	{
		uint64_t kid, ctr;
		size_t n = Parse(frame, kid, ctr);
		auto found = recv_.find(kid);
		if (found == recv_.end())
			throw Refused("kid");
		Bytes aad(frame.begin(), frame.begin() + static_cast<long>(n));
		Append(aad, meta);
		return Gcm(false, found->second, ctr, aad,
		    Bytes(frame.begin() + static_cast<long>(n), frame.end()));
	}

	static size_t Parse(const Bytes &in, uint64_t &kid, uint64_t &ctr)
	{
		size_t at = 1;
		auto field = [&](uint8_t code) -> uint64_t {
			if ((code & 8) == 0)
				return code & 7;
			uint64_t v = 0;
			for (size_t n = (code & 7u) + 1; n > 0; n--) {
				if (at >= in.size())
					throw Refused("header");
				v = v << 8 | in[at++];
			}
			return v;
		};
		if (in.empty())
			throw Refused("header");
		kid = field(in[0] >> 4);
		ctr = field(in[0] & 15);
		return at;
	}

private:
	struct Key {
		Bytes key, salt;
		uint64_t next = 0;
	};

	const EVP_MD *Md() const { return suite_ == 4 ? EVP_sha256() : EVP_sha512(); }

	Bytes Hmac(const Bytes &key, const Bytes &data) const
	{
		Bytes out(static_cast<size_t>(EVP_MD_get_size(Md())));
		HMAC(Md(), key.data(), static_cast<int>(key.size()), data.data(),
		    data.size(), out.data(), nullptr);
		return out;
	}

	Bytes Expand(const Bytes &secret, const std::string &label, const Bytes &tail,
	    size_t n) const
	{
		Bytes in(label.begin(), label.end());
		Append(in, tail);
		in.push_back(1);
		Bytes out = Hmac(secret, in);
		out.resize(n);
		return out;
	}

	static Bytes Header(uint64_t kid, uint64_t ctr)
	{
		Bytes more;
		auto field = [&](uint64_t v) -> unsigned {
			if (v < 8)
				return static_cast<unsigned>(v);
			unsigned n = 1;
			while (n < 8 && v >> 8 * n != 0)
				n++;
			Append(more, Uint(v, n));
			return 8 | (n - 1);
		};
		unsigned k = field(kid);
		unsigned c = field(ctr);
		Bytes out{static_cast<uint8_t>(k << 4 | c)};
		Append(out, more);
		return out;
	}

	Bytes Gcm(bool sealing, const Key &k, uint64_t ctr, const Bytes &aad,
	    const Bytes &in) const
	{
		Bytes nonce = Uint(ctr, 12);
		for (size_t i = 0; i < 12; i++)
			nonce[i] ^= k.salt[i];
		if (!sealing && in.size() < 16)
			throw Refused("short");
		size_t n = sealing ? in.size() : in.size() - 16;
		Bytes out(n + (sealing ? 16 : 0) + 1);
		int octets = 0;
		EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
		bool ok = EVP_CipherInit_ex(c, suite_ == 4 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(),
			      nullptr, k.key.data(), nonce.data(), sealing) == 1 &&
			  EVP_CipherUpdate(c, nullptr, &octets, aad.data(), static_cast<int>(aad.size())) == 1 &&
			  (n == 0 || EVP_CipherUpdate(c, out.data(), &octets, in.data(), static_cast<int>(n)) == 1);
		if (ok && !sealing)
			ok = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, 16,
				 const_cast<uint8_t *>(in.data() + n)) == 1;
		ok = ok && EVP_CipherFinal_ex(c, out.data() + n, &octets) == 1;
		if (ok && sealing)
			ok = EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, out.data() + n) == 1;
		EVP_CIPHER_CTX_free(c);
		if (!ok)
			throw Refused("auth");
		out.resize(n + (sealing ? 16 : 0));
		return out;
	}

	unsigned suite_;
	std::map<uint64_t, Key> send_, recv_;
};

Bytes Copy(const uint8_t *p, size_t n)
{
	return n == 0 ? Bytes() : Bytes(p, p + n);
}

long Give(const Bytes &b, uint8_t *out)
{
	if (!b.empty())
		std::memcpy(out, b.data(), b.size());
	return static_cast<long>(b.size());
}

} // namespace

void *sff_new(unsigned suite)
{
	try {
		return new Context(suite);
	} catch (const Refused &) {
		return nullptr;
	}
}

void sff_free(void *context)
{
	delete static_cast<Context *>(context);
}

long sff_key(void *context, int sending, uint64_t kid, const uint8_t *base, size_t n)
{
	try {
		static_cast<Context *>(context)->AddKey(sending != 0, kid, Copy(base, n));
		return 0;
	} catch (const Refused &) {
		return SFF_REFUSED;
	}
}

long sff_seal(void *context, uint64_t kid, const uint8_t *meta, size_t n_meta,
    const uint8_t *pt, size_t n, uint8_t *out)
{
	try {
		return Give(static_cast<Context *>(context)->Seal(kid, Copy(meta, n_meta), Copy(pt, n)), out);
	} catch (const Refused &) {
		return SFF_REFUSED;
	}
}

long sff_open(void *context, const uint8_t *meta, size_t n_meta, const uint8_t *ct,
    size_t n, uint8_t *out)
{
	try {
		return Give(static_cast<Context *>(context)->Open(Copy(meta, n_meta), Copy(ct, n)), out);
	} catch (const Refused &) {
		return SFF_REFUSED;
	}
}

long sff_header(const uint8_t *in, size_t n, uint64_t *kid, uint64_t *ctr)
{
	try {
		return static_cast<long>(Context::Parse(Copy(in, n), *kid, *ctr));
	} catch (const Refused &) {
		return SFF_REFUSED;
	}
}
