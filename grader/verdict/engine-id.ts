/** What grades, in a word: two verdicts by the same engine are comparable, and a replay by another may show something else. */
import { enginePin } from '../sandbox/engine-pin.ts'

/** Of the package, as in package.json; a test holds them together. */
const version = '0.1.0'

export const engineId = `clusterwright ${version}, quickjs ${enginePin.outputSha256.slice(0, 12)}`
