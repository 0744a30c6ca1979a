"""Waits until PostgreSQL admits this application: after a reboot everything starts at once, and on a new node the
role and its database are made after the server.

The connection is libpq's own: PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD.
"""

import os
import sys
import time

import psycopg2

PAUSE_SECONDS = 2


def wait(seconds: float) -> None:
    """Returns as soon as a connection is accepted; ends the process when none is within `seconds`."""
    deadline = time.monotonic() + seconds
    said = ""
    while True:
        try:
            psycopg2.connect("", connect_timeout=5).close()
            return
        except psycopg2.OperationalError as error:
            reason = str(error).strip()
        if time.monotonic() > deadline:
            sys.exit(f"PostgreSQL did not admit {os.environ['PGUSER']} within {seconds:g} s: {reason}")
        if reason != said:
            print(f"waiting for PostgreSQL: {reason}", flush=True)
            said = reason
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    wait(float(os.environ["WAIT_SECONDS"]))
