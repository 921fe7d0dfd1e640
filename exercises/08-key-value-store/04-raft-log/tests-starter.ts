import type { LogExample } from 'clusterwright/raft-log-tests'

/** What must become of a log? Node 1 is the one that is tested; the others are you. */
const examples: LogExample[] = [
  {
    name: 'what contradicts the log cuts it',
    hardState: { term: 2, vote: 0, commit: 0 },
    log: [1, 2],
    steps: [
      {
        step: { type: 'MsgApp', from: 2, term: 3, index: 1, logTerm: 1, entries: [{ index: 2, term: 3 }], commit: 0 },
        expect: { log: [1, 3], sends: [{ type: 'MsgAppResp', to: 2, index: 2 }] },
      },
    ],
  },
  {
    name: 'a majority commits',
    steps: [
      { lead: true, expect: { log: [1], commit: 0 } },
      { step: { type: 'MsgAppResp', from: 2, term: 1, index: 1 }, expect: { commit: 1, applied: [1] } },
    ],
  },
  // TODO one more: which message comes late, and must do no harm?
]

export default examples
