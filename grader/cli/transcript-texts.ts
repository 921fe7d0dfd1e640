/** The transcript's own words; what it tells has its own. */
import { defineTexts } from '../verdict/say.ts'

export const transcriptTexts = defineTexts({
  en: {
    seed: 'seed {seed}',
    tick: 'tick {tick}',
    fault: 'fault',
    steps: 'steps',
    absent: 'nothing',
    broken: 'here the rule is broken',
    changed: 'What changed with {step}:',
    unchanged: 'Nothing that is shared changed with {step}.',
    there: 'there',
    nothing: 'nothing yet',
    'no-step': 'there is no event {step}: the run has {count}',
  },
  es: {
    seed: 'semilla {seed}',
    tick: 'tick {tick}',
    fault: 'fallo',
    steps: 'pasos',
    absent: 'nada',
    broken: 'aquí se rompe la regla',
    changed: 'Lo que cambió con {step}:',
    unchanged: 'Nada compartido cambió con {step}.',
    there: 'hay',
    nothing: 'todavía nada',
    'no-step': 'no hay evento {step}: la ejecución tiene {count}',
  },
})
