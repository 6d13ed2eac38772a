// Prints what each audit of graphql-http found of the server at the address given.
import { auditServer } from 'graphql-http'

const [url] = process.argv.slice(2)
const results = await auditServer({ url })
const checks = await Promise.all(results.map(async ({ id, name, status, reason, response }) => ({
  name: `${id} ${name}`,
  passed: status === 'ok',
  detail: status === 'ok' ? '' : `${status}: ${reason} (${response?.status} ${await response?.text().catch(() => '')})`,
})))
console.log(JSON.stringify(checks))
