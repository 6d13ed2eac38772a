// The graphql-ws client against both subscriptions.
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { check, codes, given, report, same, within } from './harness.mjs'
import { appliesTwice, EVENTS, followsAnInterview, followsReminders, REMINDERS } from './stories.mjs'

const url = given.url.replace(/^http/, 'ws')
const VIEWER = '{ viewer { externalId } }'

function client(payload, options = {}) {
  return createClient({ url, webSocketImpl: WebSocket, connectionParams: payload, retryAttempts: 0, ...options })
}

const bearer = (token) => ({ Authorization: `Bearer ${token}` })
const technology = bearer(given.tokens.technology)

async function answer(client, query, variables) {
  const events = client.iterate({ query, variables })
  const { value } = await events.next()
  if (!(await events.next()).done) throw new Error('more than one answer')
  return value
}

async function refusal(work) {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('it was not refused')
}

async function follows(story) {
  let closed = false
  const following = client(technology, { lazy: false, on: { closed: () => (closed = true) } })
  const events = await story((request) => following.iterate(request))
  await events.return()
  same((await answer(following, VIEWER)).data, { viewer: { externalId: 'recruiter@technology.demo' } })
  if (closed) throw new Error('the socket closed')
  await following.dispose()
}

async function closesWith(code, payload, query = VIEWER) {
  same((await refusal(() => answer(client(payload), query))).code, code)
}

async function nothingAfterComplete() {
  const told = []
  const following = client(technology, { lazy: false, on: { message: (message) => told.push(message.type) } })
  const events = await followsReminders((request) => following.iterate(request))
  await events.return()
  // Its answer says that the server has read the complete before it.
  await answer(following, VIEWER)
  const before = told.length
  await appliesTwice()
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  same(told.slice(before), [])
  await following.dispose()
}

async function pings() {
  let beats = 0
  const beating = client(technology, { lazy: false, keepAlive: 50, on: { pong: (received) => (beats += received) } })
  while (beats < 3) await new Promise((resolve) => setTimeout(resolve, 50))
  await beating.dispose()
}

async function notFound() {
  const asking = client(bearer(given.tokens.subsidiary))
  for (const [query, variables] of [
    [REMINDERS, { department: given.ids.technology }],
    [EVENTS, { interview: 'none' }],
  ]) {
    same(codes(await refusal(() => answer(asking, query, variables))), ['NOT_FOUND'])
  }
}

async function unnamed() {
  const socket = new WebSocket(url)
  socket.on('error', () => {})
  same(await within(5_000, new Promise((resolve) => socket.on('close', resolve))), 4406)
}

await check('interviewEvents tells what a mutation did, in order, and completes', () => follows(followsAnInterview))
await check('reminders tells an application of someone known, and completes', () => follows(followsReminders))
await check('nothing is told after complete', nothingAfterComplete)
await check('a query is answered once and completed', async () => {
  same((await answer(client({ token: given.tokens.technology }), VIEWER)).data.viewer.externalId, 'recruiter@technology.demo')
})
await check('a malformed query is an error message, not a closed socket', async () => {
  same(codes(await refusal(() => answer(client(technology), '{ nothing }'))), ['GRAPHQL_VALIDATION_FAILED'])
})
await check('pings are answered', pings)
await check('what is not yours to follow is NOT_FOUND', notFound)
await check('a bad token closes with 4401', () => closesWith(4401, bearer('rubbish')))
await check('no token closes with 4401', () => closesWith(4401, undefined))
await check('a socket that names no protocol closes with 4406', unnamed)
report()
