"""`turnout serve` whose connections to its embedded engine go through a proxy."""

import os
from dataclasses import replace

from api.command import app
from graph.client import Client
from graph.embedded import Address
from tests.faults.serving import THROUGH

direct = Address.client


def through(address: Address) -> Client:
    return direct(replace(address, uri=f"bolt://127.0.0.1:{os.environ[THROUGH]}"))


Address.client = through

if __name__ == "__main__":
    app(["serve"])
