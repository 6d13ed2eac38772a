// Compares the schema with the last release's; a breaking change that CHANGELOG.md does not name fails.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kind, parse, print, visit } from 'graphql'
import { check, report, run } from './harness.mjs'

const SCHEMA = '../../schema/schema.graphql'
const RELEASED = '../../schema/released.graphql'
const folder = mkdtempSync(join(tmpdir(), 'turnout-inspector-'))

function file(name, text) {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const diff = (schema, changelog) =>
  run('node_modules/.bin/graphql-inspector', ['diff', RELEASED, schema, '--rule', 'inspector/named.mjs'], {
    CHANGELOG: changelog,
  })

// The last release without Candidate.displayName, which many clients would miss.
function broken() {
  const candidates = (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === 'Candidate'
  const document = visit(parse(readFileSync(RELEASED, 'utf8')), {
    FieldDefinition(node, _key, _parent, _path, ancestors) {
      return node.name.value === 'displayName' && ancestors.some(candidates) ? null : undefined
    },
  })
  return file('broken.graphql', print(document))
}

await check('the schema breaks nothing of the last release but what CHANGELOG.md names', async () => {
  const { code, output } = await diff(SCHEMA, '../../CHANGELOG.md')
  if (code !== 0) throw new Error(output)
})
await check('a field taken away would fail', async () => {
  const { code, output } = await diff(broken(), file('silent.md', '## 1.0.0\n\n- Something else.\n'))
  if (code !== 1 || !output.includes('Field displayName was removed')) throw new Error(`exit code ${code}: ${output}`)
})
await check('a field taken away and named in CHANGELOG.md would pass', async () => {
  const { code, output } = await diff(broken(), file('telling.md', '## 1.0.0\n\n- `Candidate.displayName` is gone.\n'))
  if (code !== 0) throw new Error(output)
})
rmSync(folder, { recursive: true })
report()
