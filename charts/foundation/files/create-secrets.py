"""Makes the Secrets of the platform's ledger, each value once and for good.

The source of a value is the Secret of that name in the namespace --source; every namespace of its entry has a copy.
What exists is never overwritten: missing Secrets and keys are added. A source that is lost is made anew from the
copies. Runs may overlap: whoever comes second finds the first one's values. Values never leave for the output.

Exit codes: 0, all is there; 1, somebody has to decide; 75, something failed that may succeed later.
"""

import argparse
import base64
import binascii
import json
import os
import secrets
import signal
import string
import sys

import htpasswd
from cluster import Changed, Cluster, Failed, Unreachable, listed, say

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
LABELS = {"app.kubernetes.io/managed-by": "create-secrets", "app.kubernetes.io/part-of": "foundation"}
# A run that overlaps changes each Secret once; more often it is somebody else.
CONFLICTS = 10
DECIDE, TRY_AGAIN = 1, 75


class Ledger:
    """The entries, the namespace of their sources, and what has to be decided by somebody."""

    def __init__(self, cluster, source, bcrypt_cost):
        self.cluster = cluster
        self.source = source
        self.bcrypt_cost = bcrypt_cost
        self.undecided = []
        self.written = 0

    def settle(self, name, entry):
        """Makes one entry true, beginning anew whenever another run interferes."""
        for _ in range(CONFLICTS):
            try:
                self.undecided += self.settle_once(name, entry)
                return
            except Changed:
                continue
        raise Failed(f"Secret {name} was changed by somebody else {CONFLICTS} times")

    def settle_once(self, name, entry):
        # The source first: what another run finds there decides.
        namespaces = list(dict.fromkeys([self.source, *entry["namespaces"]]))
        # One that cannot be read may hold the only value there is, so all are read before anything is made.
        found = {namespace: self.cluster.read(namespace, name) for namespace in namespaces}
        held = {namespace: (secret or {}).get("data") or {} for namespace, secret in found.items()}
        values, undecided = self.decide(name, entry["keys"], held)
        failures = []
        for namespace in namespaces:
            missing = {key: value for key, value in values.items() if key not in held[namespace]}
            for key in values.keys() & held[namespace].keys():
                if held[namespace][key] != values[key]:
                    undecided.append(f"Secret {namespace}/{name}: {key} differs from Secret {self.source}/{name}")
            try:
                if missing:
                    self.write(namespace, name, found[namespace], missing)
            except Unreachable:
                raise
            except Failed as failure:
                failures.append(str(failure))
                if namespace == self.source:
                    break
        if failures:
            raise Failed("\n".join(failures))
        return undecided

    def write(self, namespace, name, secret, data):
        if secret is not None:
            self.cluster.add(namespace, secret, data)
            say(f"Secret {namespace}/{name}: added {listed(data)}")
        else:
            annotations = {"t495.dev/ledger": f"global.secrets.ledger.{name}", "t495.dev/source": self.source}
            metadata = {"name": name, "labels": LABELS, "annotations": annotations}
            created = {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": metadata, "data": data}
            self.cluster.create(namespace, created)
            say(f"Secret {namespace}/{name}: created with {listed(data)}")
        self.written += 1

    def decide(self, name, keys, held):
        """The value of each key, encoded, and the keys for which there is none, with the reason."""
        values, undecided = {}, []
        # An htpasswd line is made of other keys.
        for key, recipe in sorted(keys.items(), key=lambda item: item[1]["type"] == "htpasswd"):
            copies = {data[key] for data in held.values() if key in data}
            known = held[self.source].get(key)
            try:
                if known is None and len(copies) > 1:
                    raise ValueError(f"{key} is lost, and its copies differ")
                value = next(iter(copies), None) if known is None else known
                if value is None:
                    self.require_no_line(key, keys, held)
                    value = self.make(recipe, values)
                if not decoded(value):
                    raise ValueError(f"{key} is empty")
                values[key] = value
                if recipe["type"] == "literal" and decoded(value) != recipe["value"]:
                    raise ValueError(f"{key} is not what the ledger says")
            except ValueError as error:
                undecided.append(f"Secret {self.source}/{name}: {error}")
        return values, undecided

    @staticmethod
    def require_no_line(key, keys, held):
        """An htpasswd line that is there is of the password that was lost: with another, nobody could log in."""
        if keys[key]["type"] != "random":
            return
        for line, recipe in keys.items():
            made_of_it = recipe["type"] == "htpasswd" and key in recipe["value"].split(":")
            if made_of_it and any(line in data for data in held.values()):
                raise ValueError(f"{key} is lost, and {line} is made of it: remove {line} everywhere as well")

    def make(self, recipe, values):
        if recipe["type"] == "literal":
            return encoded(recipe["value"])
        if recipe["type"] == "random":
            letters = string.ascii_letters + string.digits
            return encoded("".join(secrets.choice(letters) for _ in range(recipe["length"])))
        parts = recipe["value"].split(":")
        lost = [part for part in parts if part not in values]
        if lost:
            raise ValueError(f"no htpasswd line without {listed(lost)}")
        user, password = (decoded(values[part]) for part in parts)
        return encoded(htpasswd.line(user, password, self.bcrypt_cost))


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def decoded(value):
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError("a value is not text") from None


def arguments():
    parser = argparse.ArgumentParser(description="Makes the Secrets of the platform's ledger.")
    host, port = (os.environ.get(f"KUBERNETES_SERVICE_{part}", "") for part in ("HOST", "PORT"))
    host = f"[{host}]" if ":" in host else host
    parser.add_argument("--ledger", required=True, help="global.secrets.ledger as JSON")
    parser.add_argument("--source", required=True, help="the namespace that holds the source of every value")
    parser.add_argument("--server", default=f"https://{host}:{port or 443}", help="the API server")
    parser.add_argument("--token-file", default=f"{ACCOUNT}/token")
    parser.add_argument("--ca-file", default=f"{ACCOUNT}/ca.crt")
    parser.add_argument("--patience", type=int, default=300, help="seconds to wait for the API server")
    parser.add_argument("--bcrypt-cost", type=int, default=10)
    return parser.parse_args()


def main():
    # The first process of a container ignores signals that it does not handle.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TRY_AGAIN))
    given = arguments()
    with open(given.ledger, encoding="utf-8") as file:
        entries = {name: entry for name, entry in json.load(file).items() if entry["enabled"]}
    cluster = Cluster(given.server, given.token_file, given.ca_file, given.patience)
    ledger = Ledger(cluster, given.source, given.bcrypt_cost)
    failures = []
    for name, entry in sorted(entries.items()):
        try:
            ledger.settle(name, entry)
        except Unreachable as failure:
            failures.append(str(failure))
            break
        except Failed as failure:
            failures.append(str(failure))
    for line in [*ledger.undecided, *failures]:
        print(line, file=sys.stderr)
    say(f"{len(entries)} entries of the ledger, {ledger.written} Secrets written")
    if ledger.undecided:
        print("What differs was left as it is; docs/components/secrets.md says how to decide.", file=sys.stderr)
    return TRY_AGAIN if failures else DECIDE if ledger.undecided else 0


if __name__ == "__main__":
    sys.exit(main())
