"""
make_dtls.py - the handshakes of this folder, made anew: openssl s_client and
s_server on loopback, with a relay between them that writes down what passes.

	make_dtls.py NAME PROFILE CIPHER [MTU]		NAME.pcap, .keylog, .exported
"""
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import mkcap  # noqa: E402

CLIENT, SERVER = "192.0.2.1:40000", "192.0.2.2:50000"


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def relay(listen, port, seconds, twice):
    """Datagrams in both directions, as (time, from the client, octets)."""
    out, peer, end = [], None, time.time() + seconds
    up = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    up.connect(("127.0.0.1", port))
    while time.time() < end:
        for s in select.select([listen, up], [], [], 0.1)[0]:
            try:
                data, where = s.recvfrom(65536)
            except ConnectionError:
                continue
            if s is listen:
                peer = where
                up.send(data)
            else:
                listen.sendto(data, peer)
            out.append((time.time_ns(), s is listen, data))
            if twice:  # the capture sees a retransmission
                out.append((time.time_ns(), s is listen, data))
    return out


def main():
    name, profile, cipher = sys.argv[1:4]
    mtu = sys.argv[4:5]
    n = 88 if "256" in profile else 60 if "CM" in profile else 56
    with tempfile.TemporaryDirectory() as where:
        cert, key = os.path.join(where, "cert"), os.path.join(where, "key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                        key, "-out", cert, "-subj", "/CN=throwaway"],
                       check=True, capture_output=True)
        port = free_port()
        listen = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listen.bind(("127.0.0.1", 0))
        common = ["-dtls1_2", "-use_srtp", profile, "-keymatexport",
                  "EXTRACTOR-dtls_srtp", "-keymatexportlen", str(n)]
        server = subprocess.Popen(
            ["openssl", "s_server", "-port", str(port), "-cert", cert, "-key",
             key] + common, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        time.sleep(0.5)
        log = os.path.join(HERE, name + ".keylog")
        if os.path.exists(log):
            os.remove(log)
        client = subprocess.Popen(
            ["openssl", "s_client", "-connect",
             "127.0.0.1:%d" % listen.getsockname()[1], "-cipher", cipher,
             "-keylogfile", log] + common + (["-mtu", *mtu] if mtu else []),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        seen = relay(listen, port, 2, bool(mtu))
        client.terminate()
        server.terminate()
        text = client.communicate()[0].decode()
    exported = re.search(r"Keying material: ([0-9A-F]+)", text).group(1)
    start = seen[0][0]
    packets = [mkcap.Packet(
        mkcap.EPOCH + t - start,
        mkcap.ethernet(*((CLIENT, SERVER) if up else (SERVER, CLIENT)), data))
        for t, up, data in seen]
    with open(os.path.join(HERE, name + ".pcap"), "wb") as f:
        f.write(mkcap.pcap(packets))
    with open(os.path.join(HERE, name + ".exported"), "w") as f:
        f.write(profile + " " + exported.lower() + "\n")
    os.chmod(log, 0o600)
    print(name, len(packets), exported)


if __name__ == "__main__":
    main()
