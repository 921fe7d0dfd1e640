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

export const portForward = refuse('there is no port here to listen on: a Pod with the image client and an address as its argument asks from within the cluster') // prettier-ignore
export const proxy = refuse('there is no port here to listen on: kubectl get --raw /PATH asks the API server') // prettier-ignore
