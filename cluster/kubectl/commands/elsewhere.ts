/**
 * Commands that need something which is not beside this kubectl: a port, a browser. Each says what does it here.
 *
 * With a kubectl of one's own, against the same simulated cluster (`npx clusterwright up`), all of them work.
 */
import type { Command } from '../command.ts'
import { CommandError } from '../command-error.ts'

const OWN = '; with a kubectl of your own it works: npx clusterwright up'

const refuse = (why: string): Command =>
  // oxlint-disable-next-line require-yield
  function* () {
    throw new CommandError(`error: ${why}${OWN}`)
  }

export const portForward = refuse('there is no port here to listen on: kubectl run ask --image=curl --env=COUNT=1 --restart=Never -- http://ADDRESS:PORT asks from within the cluster, and is Completed if it was answered, else Error') // prettier-ignore
export const proxy = refuse('there is no port here to listen on: kubectl get --raw /PATH asks the API server') // prettier-ignore
