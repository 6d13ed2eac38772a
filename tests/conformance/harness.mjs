// What the scripts share: the server they are given, questions to it, and checks printed as JSON for the runner.
import { spawn } from 'node:child_process'

export const given = JSON.parse(process.env.CONFORMANCE)

const PATIENCE = 60_000
const checks = []

export async function check(name, work) {
  try {
    await within(PATIENCE, work())
    checks.push({ name, passed: true, detail: '' })
  } catch (error) {
    checks.push({ name, passed: false, detail: told(error) })
  }
}

// Ends the process too: a client with a defect may keep it alive for ever.
export function report() {
  process.stdout.write(`${JSON.stringify(checks)}\n`, () => process.exit(0))
}

export async function within(milliseconds, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${milliseconds} ms`)), milliseconds)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

export async function post(body, token, headers = {}) {
  return fetch(given.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify(body),
  })
}

export async function ask(query, variables = {}, token = given.tokens.technology) {
  const answer = await (await post({ query, variables }, token)).json()
  if (answer.errors) throw new Error(JSON.stringify(answer.errors))
  return answer.data
}

// Runs a program of a suite to its end, in this folder unless told otherwise.
export async function run(program, args, environment = {}, folder = import.meta.dirname) {
  const path = program.startsWith('node_modules/') ? `${import.meta.dirname}/${program}` : program
  const child = spawn(path, args, { cwd: folder, env: { ...process.env, NO_COLOR: '1', ...environment } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  return { code, output }
}

export function same(found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(found)} where ${JSON.stringify(wanted)} was due`)
  }
}

export const codes = (errors) => errors.map((error) => error.extensions?.code)

function told(error) {
  if (error instanceof Error) return error.message
  if (error && typeof error === 'object' && 'code' in error) return `closed with ${error.code} ${error.reason}`
  return JSON.stringify(error)
}
