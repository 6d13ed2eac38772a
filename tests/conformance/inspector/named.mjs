// Lets pass what CHANGELOG.md names: a breaking change whose path stands in backticks in the newest section.
import { readFileSync } from 'node:fs'

export default function named({ changes }) {
  const newest = readFileSync(process.env.CHANGELOG, 'utf8').split(/^## /m)[1] ?? ''
  const paths = new Set([...newest.matchAll(/`([\w.]+)`/g)].map(([, path]) => path))
  return changes.map((change) => {
    if (change.criticality.level !== 'BREAKING' || !paths.has(change.path)) return change
    return { ...change, criticality: { level: 'DANGEROUS', reason: 'CHANGELOG.md names it.' } }
  })
}
