// The graphql-sse client against both subscriptions, in distinct connections mode.
import { createClient } from 'graphql-sse'
import { check, codes, given, post, report, same } from './harness.mjs'
import { followsAnInterview, followsReminders, REMINDERS } from './stories.mjs'

const VIEWER = '{ viewer { externalId } }'

function client(token = given.tokens.technology, options = {}) {
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` }
  return createClient({ url: given.url, headers, retryAttempts: 0, ...options })
}

async function answer(client, query, variables) {
  const events = client.iterate({ query, variables })
  const { value } = await events.next()
  if (!(await events.next()).done) throw new Error('more than one answer')
  return value
}

async function follows(story) {
  const following = client()
  const events = await story((request) => following.iterate(request))
  await events.return()
  if (!(await events.next()).done) throw new Error('it did not complete')
  following.dispose()
}

async function refusesSubscription(token, variables, code) {
  same(codes((await answer(client(token), REMINDERS, variables)).errors), [code])
}

const department = given.ids.technology

await check('interviewEvents tells what a mutation did, in order, and ends', () => follows(followsAnInterview))
await check('reminders tells an application of someone known, and ends', () => follows(followsReminders))
await check('a query is answered once and completed', async () => {
  same((await answer(client(), VIEWER)).data.viewer.externalId, 'recruiter@technology.demo')
})
await check('a malformed query is answered with its error and completed', async () => {
  same(codes((await answer(client(), '{ nothing }')).errors), ['GRAPHQL_VALIDATION_FAILED'])
})
await check('what is not yours to follow is NOT_FOUND', () =>
  refusesSubscription(given.tokens.subsidiary, { department }, 'NOT_FOUND'))
await check('a bad token is UNAUTHENTICATED', () => refusesSubscription('rubbish', { department }, 'UNAUTHENTICATED'))
await check('no token is UNAUTHENTICATED', () => refusesSubscription(null, { department }, 'UNAUTHENTICATED'))
await check('a subscription by plain POST is told what it needs', async () => {
  const response = await post({ query: REMINDERS, variables: { department } }, given.tokens.technology)
  same(codes((await response.json()).errors), ['SUBSCRIPTION_NEEDS_STREAM'])
})
await check('single connection mode is refused with 405, which the client reports', async () => {
  const single = client(undefined, { singleConnection: true })
  const error = await answer(single, VIEWER).catch((error) => error)
  same(error.response?.status, 405)
})
report()
