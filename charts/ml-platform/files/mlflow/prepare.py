"""Runs before the server: waits for its database, brings both schemas up to date and gives the accounts the
passwords of their Secrets, so that a changed Secret holds from the next start on.

Accounts stand in ACCOUNTS, one directory each with the files `username` and `password`; `admin` is one of them.
"""

import os
from pathlib import Path

import mlflow.store.db.utils as tracking
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore
from wait_for_postgresql import wait

ADMINISTRATOR = "admin"


def upgrade_tracking(uri: str) -> None:
    """What `mlflow db upgrade` does, without starting Python a second time."""
    engine = tracking.create_sqlalchemy_engine_with_retry(uri)
    if tracking._is_empty_database(engine):
        tracking._initialize_tables(engine)
    else:
        tracking._upgrade_db(engine)


def keep_account(store: SqlAlchemyStore, directory: Path) -> None:
    username = (directory / "username").read_text()
    password = (directory / "password").read_text()
    if not store.has_user(username):
        store.create_user(username, password, is_admin=directory.name == ADMINISTRATOR)
        print(f"made the account {username}", flush=True)
    elif not store.authenticate_user(username, password):
        store.update_user(username, password=password)
        print(f"renewed the password of {username}", flush=True)


def main() -> None:
    uri = os.environ["MLFLOW_BACKEND_STORE_URI"]
    wait(float(os.environ["WAIT_SECONDS"]))
    upgrade_tracking(uri)
    store = SqlAlchemyStore()
    store.init_db(uri)
    for directory in sorted(Path(os.environ["ACCOUNTS"]).iterdir()):
        # A mounted Secret has directories of its own, which begin with two dots.
        if directory.is_dir() and not directory.name.startswith("."):
            keep_account(store, directory)


if __name__ == "__main__":
    main()
