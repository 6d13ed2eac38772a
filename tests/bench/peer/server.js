// The peer: @neo4j/graphql behind graphql-yoga, with its own authorisation rules on; one process.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { createYoga } from "graphql-yoga";
import neo4j from "neo4j-driver";
import { message } from "./messages.js";

const { BENCH_NEO4J_URI: uri, BENCH_PORT: port, BENCH_SECRET: secret } = process.env;
const library = new Neo4jGraphQL({
  typeDefs: readFileSync(new URL("./schema.graphql", import.meta.url), "utf8"),
  driver: neo4j.driver(uri, undefined, { disableLosslessIntegers: true }),
  resolvers: { Reminder: { message } },
  features: { authorization: { key: secret } },
});

// A rule compares with what stands in the context as it is, so it must be of the type that is stored.
function now() {
  const it = new Date();
  return new neo4j.types.LocalDateTime(
    it.getUTCFullYear(), it.getUTCMonth() + 1, it.getUTCDate(), it.getUTCHours(), it.getUTCMinutes(), it.getUTCSeconds(), 0,
  );
}

const yoga = createYoga({
  schema: await library.getSchema(),
  context: ({ request }) => ({
    token: request.headers.get("authorization"),
    now: now(),
    sessionConfig: { defaultAccessMode: "READ" },
  }),
  logging: "warn",
  graphiql: false,
});
createServer(yoga).listen(Number(port), "127.0.0.1");
