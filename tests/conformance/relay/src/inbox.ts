// What a Relay client of a department's inbox asks: a page of applications, the next page, and one record anew.
import { graphql } from 'relay-runtime'

export const inbox = graphql`
  query inboxQuery($code: String!, $count: Int!) {
    department(code: $code) {
      id
      name
      ...inbox_applications @arguments(count: $count)
    }
  }
`

export const applications = graphql`
  fragment inbox_applications on Department
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "inboxNextQuery") {
    applications(first: $count, after: $cursor) @connection(key: "inbox_applications") {
      edges {
        node {
          id
          ...inbox_application
        }
      }
    }
  }
`

export const application = graphql`
  fragment inbox_application on Application @refetchable(queryName: "inboxApplicationQuery") {
    stage
    candidate {
      displayName
    }
    reminders {
      kind
      message
    }
  }
`

export const candidates = graphql`
  query inboxCandidatesQuery($count: Int!, $cursor: String) {
    candidates(first: $count, after: $cursor, orderBy: DISPLAY_NAME) @connection(key: "inbox_candidates") {
      edges {
        node {
          id
          displayName
        }
      }
    }
  }
`

export const advance = graphql`
  mutation inboxAdvanceMutation($input: AdvanceApplicationInput!) {
    advanceApplication(input: $input) {
      __typename
      ... on Application {
        id
        stage
      }
      ... on Refused {
        code
        message
      }
    }
  }
`

export const changed = graphql`
  subscription inboxChangedSubscription($department: ID!) {
    reminders(department: $department) {
      id
      ...inbox_application
    }
  }
`
