"""Lines of an htpasswd file, hashed with bcrypt by the standard library alone.

Algorithm: Provos and Mazieres, "A Future-Adaptable Password Scheme" (USENIX 1999), with the prefix 2y that htpasswd
writes. Slow on purpose: cost 10 takes about ten seconds of one core here.
"""

import secrets

ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
WORD = 0xFFFFFFFF
# bcrypt reads no more of a password; whoever checks it would accept any ending.
LONGEST = 72


def line(user, password, cost):
    """`user:hash`; raises ValueError for what such a line cannot hold."""
    if not user or ":" in user or "\n" in user:
        raise ValueError("the user name of an htpasswd line is not empty and has neither colon nor line break")
    secret = password.encode()
    if not secret or len(secret) > LONGEST or b"\0" in secret:
        raise ValueError(f"bcrypt hashes 1 to {LONGEST} bytes without a zero")
    return f"{user}:{bcrypt(secret, secrets.token_bytes(16), cost)}"


def bcrypt(secret, salt, cost):
    """The hash of at most 72 bytes with a salt of 16, as `$2y$<cost>$<salt><digest>`."""
    cipher = Blowfish()
    keys = words(cycled(secret + b"\0", 72))
    salts = words(salt)
    cipher.expand(keys, salts)
    # Each of the salt's four words once in every four: a key of 18 words.
    salt_keys = [salts[index % 4] for index in range(18)]
    for _ in range(1 << cost):
        cipher.expand(keys)
        cipher.expand(salt_keys)
    text = words(b"OrpheanBeholderScryDoubt")
    for index in range(0, 6, 2):
        pair = text[index], text[index + 1]
        for _ in range(64):
            pair = cipher.encrypt(*pair)
        text[index : index + 2] = pair
    digest = b"".join(word.to_bytes(4, "big") for word in text)[:23]
    return f"$2y${cost:02d}${encoded(salt)}{encoded(digest)}"


class Blowfish:
    """The cipher's state: 18 subkeys and four tables of 256 words, which begin as the digits of pi."""

    def __init__(self):
        digits = pi_words(18 + 4 * 256)
        self.subkeys = digits[:18]
        self.tables = [digits[start : start + 256] for start in range(18, len(digits), 256)]

    def encrypt(self, left, right):
        a, b, c, d = self.tables
        keys = self.subkeys
        # Two rounds at once spare the swap. Bits above 32 do not change those below, so one mask per round is enough.
        for index in range(0, 16, 2):
            left ^= keys[index]
            right ^= (((a[left >> 24] + b[left >> 16 & 255]) ^ c[left >> 8 & 255]) + d[left & 255]) & WORD
            right ^= keys[index + 1]
            left ^= (((a[right >> 24] + b[right >> 16 & 255]) ^ c[right >> 8 & 255]) + d[right & 255]) & WORD
        return right ^ keys[17], left ^ keys[16]

    def expand(self, keys, salts=(0, 0, 0, 0)):
        """Mixes a key into the subkeys, then replaces all state by what it encrypts of itself."""
        self.subkeys[:] = [subkey ^ key for subkey, key in zip(self.subkeys, keys)]
        left = right = turn = 0
        encrypt = self.encrypt
        for state in [self.subkeys, *self.tables]:
            for index in range(0, len(state), 2):
                left, right = encrypt(left ^ salts[turn], right ^ salts[turn + 1])
                state[index], state[index + 1] = left, right
                turn ^= 2


def pi_words(count):
    """The first fractional binary digits of pi, 32 to a word, by Machin's formula."""
    guard = 64
    one = 1 << (32 * count + guard)
    pi = 4 * (4 * arctan_of_inverse(5, one) - arctan_of_inverse(239, one))
    fraction = (pi & (one - 1)) >> guard
    return [fraction >> (32 * (count - 1 - index)) & WORD for index in range(count)]


def arctan_of_inverse(number, one):
    power = one // number
    total, divisor, sign = power, 1, 1
    while power:
        power //= number * number
        divisor += 2
        sign = -sign
        total += sign * (power // divisor)
    return total


def cycled(data, length):
    return (data * (length // len(data) + 1))[:length]


def words(data):
    return [int.from_bytes(data[start : start + 4], "big") for start in range(0, len(data), 4)]


def encoded(data):
    """bcrypt's own base64: another alphabet, no padding."""
    bits = int.from_bytes(data, "big") << (-len(data) * 8 % 6)
    length = -(-len(data) * 8 // 6)
    return "".join(ALPHABET[bits >> (6 * (length - 1 - index)) & 63] for index in range(length))
