/**
 * Where a house rule does not hold, and why. One that is no longer needed is itself a complaint, so the list stays short.
 */
export interface Exception {
  /** layers · cycles · bans · names · file-size · function-size · header · entry · skips · marks · machine-paths */
  rule: string
  /** A file, or a folder with a slash at its end. */
  path: string
  reason: string
}

export const exceptions: Exception[] = [
  {
    rule: 'file-size',
    path: 'cluster/api/types.ts',
    reason: 'learners import it as one module, clusterwright/api: the fields of the kinds in use and nothing else',
  },
  {
    rule: 'bans',
    path: 'grader/cli/prove-all.ts',
    reason: 'tells authors how long a proof took; nothing that is graded sees it',
  },
  {
    rule: 'bans',
    path: 'grader/cli/progress.ts',
    reason: 'tells people now and then how far work has come; nothing that is graded sees it',
  },
  {
    rule: 'bans',
    path: 'grader/cli/watch.ts',
    reason: 'waits until an editor has done writing; nothing that is graded sees it',
  },
]
