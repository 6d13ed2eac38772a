// Types the main job's queries by gql.tada, and sees that a misspelt field does not pass.
import { mkdirSync, rmSync } from 'node:fs'
import { check, report, run } from './harness.mjs'

const TADA = `${import.meta.dirname}/tada`
const tada = (...args) => run('node_modules/.bin/gql.tada', args, {}, TADA)
const tsc = (project) => run('node_modules/.bin/tsc', ['--noEmit', '--pretty', 'false', '-p', project], {}, TADA)

function passed({ code, output }) {
  if (code !== 0) throw new Error(output)
}

function refused({ code, output }, because) {
  if (code === 0 || !output.includes(because)) throw new Error(`exit code ${code}: ${output}`)
}

rmSync(`${TADA}/generated`, { recursive: true, force: true })
mkdirSync(`${TADA}/generated`)
await check('the schema becomes types', async () => passed(await tada('generate-output')))
await check('the types of the main job are as the README tells them', async () => passed(await tsc('tsconfig.json')))
await check('a misspelt field does not compile', async () =>
  refused(await tsc('tsconfig.misspelt.json'), 'misspelt.ts'))
await check('no document asks for what is not there', async () => passed(await tada('check')))
await check('a document with a misspelt field is named', async () =>
  refused(await tada('check', '-c', 'tsconfig.misspelt.json'), 'dispalyName'))
report()
