/** How a learner's plugin is taken in, by the checks and by the learner's own tests. */
import { asyncGuest } from 'clusterwright/kit'

export const IPAM = asyncGuest({
  functions: ['add', 'del', 'check', 'gc'],
  methods: ['lock', 'unlock', 'list', 'reserve', 'release', 'lastReserved', 'setLastReserved'],
})
