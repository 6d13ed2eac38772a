// The main job's queries as TypeScript reads them: what is null, what is not, and which values there are.
import type { ResultOf, VariablesOf } from 'gql.tada'
import { graphql } from './graphql'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <_ extends true>(): void => {}

export const inbox = graphql(`
query Inbox($id: ID!) {
  application(id: $id) {
    candidate { displayName }
    position { title department { name } }
    reminders {
      kind
      message
      english: message(locale: EN)
      occurredAt
      relation
      noShow { position { title } reason }
    }
  }
}
`)

type Application = NonNullable<ResultOf<typeof inbox>['application']>
type Reminder = Application['reminders'][number]

holds<Same<VariablesOf<typeof inbox>, { id: string }>>()
holds<Same<Application['candidate'], { displayName: string | null }>>()
holds<Same<Application['position'], { title: string; department: { name: string } }>>()
holds<
  Same<
    Reminder,
    {
      kind: 'SAME_DEPARTMENT' | 'SIBLING_DEPARTMENT' | 'CIRCLE_DEPARTMENT' | 'REPEAT_APPLICATION'
      message: string
      english: string
      occurredAt: string
      relation: 'OWN' | 'SIBLING' | 'CIRCLE' | 'OUTSIDE'
      noShow: { position: { title: string } | null; reason: string | null } | null
    }
  >
>()

export const report = graphql(`
mutation Report($input: ReportNoShowInput!) {
  reportNoShow(input: $input) {
    __typename
    ... on Finding { id state }
    ... on Refused { code message(locale: EN) field retryable }
  }
}
`)

type Report = ResultOf<typeof report>['reportNoShow']
holds<Same<Extract<Report, { __typename: 'Finding' }>['id'], string>>()
holds<Same<Extract<Report, { __typename: 'ReportNoShowRefused' }>['retryable'], boolean>>()

export const followed = graphql(`
subscription Followed($department: ID!) {
  reminders(department: $department) { id candidate { displayName } reminders { message } }
}
`)

holds<Same<ResultOf<typeof followed>['reminders']['reminders'], { message: string }[]>>()
