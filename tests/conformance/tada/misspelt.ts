// A field that is not there; the compiler must refuse it, or the check beside this one proves nothing.
import type { ResultOf } from 'gql.tada'
import { graphql } from './graphql'

export const misspelt = graphql(`
query Misspelt($id: ID!) {
  application(id: $id) { candidate { dispalyName } }
}
`)

export const name: string | null = ({} as ResultOf<typeof misspelt>).application!.candidate.dispalyName
