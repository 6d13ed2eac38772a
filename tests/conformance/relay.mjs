// Compiles a Relay client's queries against our schema, and asks the server what the compiler made of them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ask, check, given, report, run, same } from './harness.mjs'

const GENERATED = 'relay/generated'
const QUERIES = `${GENERATED}/queries.json`

function clear() {
  rmSync(GENERATED, { recursive: true, force: true })
  mkdirSync(GENERATED)
  writeFileSync(QUERIES, '{}')
}

const compile = (config) => run('node_modules/.bin/relay-compiler', [config], {}, `${import.meta.dirname}/relay`)

const text = (name) =>
  Object.values(JSON.parse(readFileSync(QUERIES, 'utf8'))).find((query) => query.includes(` ${name}(`))

await check('a connection on a plain list would be refused', async () => {
  clear()
  const { code, output } = await compile('relay.wrong.config.json')
  if (code === 0 || !output.includes('reminders')) throw new Error(`exit code ${code}: ${output}`)
})
await check('@connection, @refetchable, a mutation and a subscription compile', async () => {
  clear()
  const { code, output } = await compile('relay.config.json')
  if (code !== 0) throw new Error(output)
})

let first
await check('the first page of a connection is answered', async () => {
  first = (await ask(text('inboxQuery'), { code: 'TECHNOLOGY', count: 2 })).department
  same([first.applications.edges.length, first.applications.pageInfo.hasNextPage], [2, true])
})
await check('the next page is refetched through node', async () => {
  const cursor = first.applications.pageInfo.endCursor
  const { node } = await ask(text('inboxNextQuery'), { id: first.id, count: 2, cursor })
  const ids = [...first.applications.edges, ...node.applications.edges].map((edge) => edge.node.id)
  same([node.__typename, node.id, new Set(ids).size], ['Department', first.id, 4])
})
await check('one record is refetched through node', async () => {
  const { node } = await ask(text('inboxApplicationQuery'), { id: given.ids.application })
  same([node.__typename, node.id], ['Application', given.ids.application])
  if (!node.reminders.length) throw new Error('it has no reminders')
})
await check('a root connection pages to its end, each record once', async () => {
  const seen = []
  for (let cursor = null, more = true; more; ) {
    const { candidates } = await ask(text('inboxCandidatesQuery'), { count: 25, cursor })
    seen.push(...candidates.edges.map((edge) => edge.node.id))
    cursor = candidates.pageInfo.endCursor
    more = candidates.pageInfo.hasNextPage
  }
  const { totalCount } = (await ask('{ candidates { totalCount } }')).candidates
  same([seen.length, new Set(seen).size], [totalCount, totalCount])
})
await check('a mutation as compiled answers with its refusal', async () => {
  const input = { application: 'none', stage: 'SCREENING' }
  const { advanceApplication } = await ask(text('inboxAdvanceMutation'), { input })
  same(advanceApplication.code, 'NOT_FOUND')
})
report()
