import type { PipelineExample } from 'clusterwright/pipeline-tests'

/** A request, how the server is set up, and what must come of it. Say what you are sure of: code, calls, written. */
const examples: PipelineExample[] = [
  {
    name: 'who may not read is told so',
    verb: 'get',
    allowed: false,
    expect: { code: 403, calls: ['verify', 'authorize'] },
  },
  // TODO one more: a plugin sets the label tier, and the schema wants it. What is asked when, and what is written?
  //   mutating: [{ name: 'team', sets: 'gold' }], schema: 'gold'
]

export default examples
