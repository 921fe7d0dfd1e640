/** The guest code as one script. Its value is a function that takes the host's `emit` and returns the bridge. */
import { bridgeSource } from './bridge.ts'
import { describeSource } from './describe.ts'
import { hardenSource } from './harden.ts'
import { valuesSource } from './values.ts'

export const preludeFileName = 'prelude.js'

export const preludeSource = `(function (emit) {
'use strict'
${hardenSource}
${valuesSource}
${describeSource}
${bridgeSource}
installConsole(emit)
harden()
return bridge
})
`
