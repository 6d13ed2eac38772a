"""A calm caller in a process of its own: asks the same again and again, and tells how long each answer took."""

import http.client
import json
import select
import sys
import time

PAUSE = 0.02


def main() -> None:
    """Asks until standard input ends; prints milliseconds as JSON."""
    port, token, query = sys.argv[1:]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
    took: list[float] = []
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        start = time.perf_counter()
        connection.request("POST", "/graphql", json.dumps({"query": query}), headers)
        answer = json.loads(connection.getresponse().read())
        took.append(1000 * (time.perf_counter() - start))
        assert "errors" not in answer, answer
    print(json.dumps(took))


if __name__ == "__main__":
    main()
