"""The Secrets of a cluster, by its API server."""

import http.client
import json
import ssl
import time
import urllib.parse

SECONDS_PER_REQUEST = 10
LONGEST_PAUSE = 15


class Failed(Exception):
    """The API server did not do what it was asked."""


class Unreachable(Failed):
    """The API server is not there at all."""


class Changed(Exception):
    """Somebody else was faster: read again."""


class Cluster:
    """Secrets by the API server; requests are repeated while it is away, for `patience` seconds."""

    def __init__(self, server, token_file, ca_file, patience):
        url = urllib.parse.urlsplit(server)
        if url.scheme != "https" or url.hostname is None:
            raise SystemExit(f"--server {server}: not an https address")
        self.address = url.hostname, url.port or 443
        self.token_file = token_file
        self.patience = patience
        self.tls = ssl.create_default_context(cafile=ca_file)
        # Since Python 3.13 the default refuses certificates without key identifiers, which Kubernetes' own often lack
        # (kubernetes-client/python#2394). Chain, host name and dates are still checked.
        self.tls.verify_flags &= ~ssl.VERIFY_X509_STRICT

    def read(self, namespace, name):
        """The Secret, or None if and only if the server says that there is none."""
        status, answer = self.request("GET", f"{collection(namespace)}/{name}")
        if status == 404 and answer.get("reason") == "NotFound":
            return None
        return self.expect(status, answer, f"read Secret {namespace}/{name}")

    def create(self, namespace, secret):
        status, answer = self.request("POST", collection(namespace), secret)
        if status == 409 and answer.get("reason") == "AlreadyExists":
            raise Changed
        self.expect(status, answer, f"create Secret {namespace}/{secret['metadata']['name']}")

    def add(self, namespace, secret, data):
        """Adds keys, provided that the Secret still is what was read."""
        name, version = secret["metadata"]["name"], secret["metadata"]["resourceVersion"]
        patch = {"metadata": {"resourceVersion": version}, "data": data}
        status, answer = self.request("PATCH", f"{collection(namespace)}/{name}", patch)
        if status in (404, 409):
            raise Changed
        self.expect(status, answer, f"add {listed(data)} to Secret {namespace}/{name}")

    def expect(self, status, answer, what):
        if 200 <= status < 300:
            return answer
        # A refused object may be quoted in the message, a refused request is not.
        detail = answer.get("reason") if status in (400, 422) else answer.get("message")
        raise Failed(f"cannot {what}: the API server answers {status} {detail or ''}".rstrip())

    def request(self, method, path, body=None):
        deadline = time.monotonic() + self.patience
        pause = 0.5
        while True:
            try:
                status, answer = self.send(method, path, body)
                trouble = f"it answers {status}"
                if status != 429 and status < 500:
                    return status, answer
            except ssl.SSLCertVerificationError as error:
                raise Unreachable(f"the API server's certificate is not trusted: {error.verify_message}") from None
            except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
                trouble = str(error) or type(error).__name__
            if time.monotonic() + pause > deadline:
                raise Unreachable(f"the API server did not serve {method} {path} for {self.patience} s: {trouble}")
            say(f"waiting for the API server: {trouble}")
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def send(self, method, path, body):
        # Read each time: the kubelet renews the token.
        with open(self.token_file, encoding="ascii") as file:
            headers = {"Authorization": f"Bearer {file.read().strip()}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = f"application/{'merge-patch+' if method == 'PATCH' else ''}json"
            body = json.dumps(body)
        connection = http.client.HTTPSConnection(*self.address, timeout=SECONDS_PER_REQUEST, context=self.tls)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = json.loads(response.read() or b"{}")
            return response.status, answer if isinstance(answer, dict) else {}
        finally:
            connection.close()


def collection(namespace):
    return f"/api/v1/namespaces/{namespace}/secrets"


def listed(names):
    return ", ".join(sorted(names))


def say(text):
    print(text, flush=True)
