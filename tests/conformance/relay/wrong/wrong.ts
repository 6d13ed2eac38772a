// What relay-compiler must refuse, or its word on the queries beside these proves nothing.
import { graphql } from 'relay-runtime'

export const wrong = graphql`
  fragment wrong_application on Application {
    reminders @connection(key: "wrong_reminders") {
      message
    }
  }
`
