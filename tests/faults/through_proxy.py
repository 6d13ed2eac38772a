"""`turnout serve` whose connections to its embedded engine go through a proxy."""

import os

import api.running
from api.command import app
from graph.client import Client
from graph.embedded import Address
from tests.faults.serving import THROUGH


def connect(address: Address) -> Client:
    uri = f"bolt://127.0.0.1:{os.environ[THROUGH]}"
    return Client.connect(uri, (address.user, address.password), address.database, one_writer=True)


api.running._connect = connect  # pyright: ignore[reportPrivateUsage]

if __name__ == "__main__":
    app(["serve"])
