# Messages between chef, the server, its templates and their forks: JSON behind a length of four bytes, on sockets of
# their own that no print can reach.
import json
import struct

# A step may put functions of its own in the place of these.
_dumps, _loads = json.dumps, json.loads


def send(channel, message):
    send_bytes(channel, _dumps(message).encode())


def send_bytes(channel, data):
    channel.sendall(struct.pack('<I', len(data)) + data)


def receive_bytes(channel):
    """None when the other side is gone."""
    head = _exactly(channel, 4)
    return head and _exactly(channel, struct.unpack('<I', head)[0])


def receive(channel):
    data = receive_bytes(channel)
    return _loads(data) if data else None


def _exactly(channel, count):
    parts = b''
    while len(parts) < count:
        try:
            part = channel.recv(count - len(parts))
        except ConnectionError:
            return None
        if not part:
            return None
        parts += part
    return parts
