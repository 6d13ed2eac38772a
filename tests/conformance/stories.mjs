// What happens in the demo company while a client follows it, by mutations over plain HTTP.
import { ask, given, within } from './harness.mjs'

export const EVENTS = `subscription Events($interview: ID!) {
  interviewEvents(interview: $interview) { id seq type }
}`
export const REMINDERS = `subscription Reminders($department: ID!) {
  reminders(department: $department) { id reminders { kind relation department { name } } }
}`
const KEPT = `query Kept($interview: ID!) {
  interview(id: $interview) { events(first: 100) { nodes { id seq type } } }
}`

const HOUR = 3_600_000

async function done(name, input, token) {
  const type = name[0].toUpperCase() + name.slice(1)
  const query = `mutation Do($input: ${type}Input!) { ${name}(input: $input) {
    __typename ... on Node { id } ... on Refused { code message }
  } }`
  const answer = (await ask(query, { input }, token))[name]
  if (answer.code) throw new Error(`${name} was refused: ${answer.code} ${answer.message}`)
  return answer.id
}

export async function invited() {
  const startsAt = Date.now() + 48 * HOUR
  return done('inviteToInterview', {
    application: given.ids.application,
    mode: 'VIDEO',
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(startsAt + HOUR).toISOString(),
    timeZone: 'Asia/Shanghai',
  })
}

export const answers = (interview, response) => done('recordResponse', { interview, response })

const applies = (position, candidate) => done('submitApplication', { position, candidate }, given.tokens.hr)

// Someone who applied to Marketing applies to Technology, which is what Technology is to be reminded of.
export async function appliesTwice() {
  const candidate = { displayName: '林同', email: `${crypto.randomUUID()}@example.com` }
  await applies(given.ids.marketingPosition, candidate)
  return applies(given.ids.technologyPosition, candidate)
}

// A subscription is acknowledged by its first event alone, so the cause is repeated until one comes.
export async function heard(events, cause) {
  const first = events.next()
  const causes = []
  for (;;) {
    causes.push(await cause(causes.length))
    const result = await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 2_000))])
    if (result) return { told: value(result), causes }
    if (causes.length > 10) throw new Error('no event was told of eleven')
  }
}

export const next = async (events) => value(await within(10_000, events.next()))

function value({ value, done }) {
  if (done) throw new Error('the stream ended')
  if (value.errors) throw new Error(JSON.stringify(value.errors))
  return value.data
}

export async function followsAnInterview(subscribe) {
  const interview = await invited()
  const events = subscribe({ query: EVENTS, variables: { interview } })
  const { told } = await heard(events, (turn) => answers(interview, turn % 2 ? 'TENTATIVE' : 'ACCEPTED'))
  await answers(interview, 'DECLINED')
  const kept = (await ask(KEPT, { interview })).interview.events.nodes
  // Those that were caused before the subscription began are not told.
  const due = kept.slice(kept.findIndex((event) => event.id === told.interviewEvents.id))
  const seen = [told.interviewEvents]
  while (seen.length < due.length) seen.push((await next(events)).interviewEvents)
  if (due.length < 2 || JSON.stringify(seen) !== JSON.stringify(due)) {
    throw new Error(`told ${JSON.stringify(seen)}, kept ${JSON.stringify(kept)}`)
  }
  return events
}

export async function followsReminders(subscribe) {
  const events = subscribe({ query: REMINDERS, variables: { department: given.ids.technology } })
  const { told, causes } = await heard(events, appliesTwice)
  const { id, reminders } = told.reminders
  if (!causes.includes(id)) throw new Error(`told of ${id}, not of ${causes}`)
  const [reminder] = reminders
  if (reminder?.kind !== 'REPEAT_APPLICATION' || reminder.department.name !== 'Marketing') {
    throw new Error(JSON.stringify(told))
  }
  return events
}
