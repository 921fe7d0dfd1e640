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

export const exceptions: Exception[] = []
