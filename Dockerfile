# The API alone; it needs a Neo4j, which docker-compose.yml brings.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /turnout
COPY requirements.lock pyproject.toml README.md ./
RUN python -m venv .venv && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY api api
COPY graph graph
COPY schema schema
COPY seeds seeds
RUN .venv/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --no-create-home turnout && install -d -o turnout -m 700 /var/lib/turnout
WORKDIR /turnout
COPY --from=build /turnout/.venv .venv
USER 10001
ENV TURNOUT_HOST=0.0.0.0 TURNOUT_DATA=/var/lib/turnout PYTHONDONTWRITEBYTECODE=1
VOLUME /var/lib/turnout
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD [".venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT [".venv/bin/turnout"]
CMD ["serve"]
