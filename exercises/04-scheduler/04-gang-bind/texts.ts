/** What the checks of `gang-bind` say when they fail. Codes and names of functions are Kubernetes' own and stay as they are. */
import { defineTexts } from 'clusterwright/kit'

const en = {
  'too-early': 'At {time} s, {pod} goes to its node, although only {places} of {min} members have a place.',
  'waits-for-nobody': 'At {time} s, {pod} is told to wait, although enough members have a place.',
  'left-waiting': 'At {time} s, {pod} makes its gang complete, but {other} is left waiting.',
  'still-holds': 'At {time} s, {pod} has no room any more, but its sibling {other} still holds some.',
  refused: 'At {time} s, {pod} is refused, although it may be bound or wait.',
  'no-group': 'At {time} s, {pod} names a PodGroup that does not exist, and is not refused.',
  'no-member': 'At {time} s, {pod} belongs to no gang, and is not bound at once.',
  'no-reason': 'At {time} s, {pod} is refused without a reason.',
  'wrong-time': 'At {time} s, {pod} is told to wait for a time that is not scheduleTimeoutSeconds.',
  meddles: 'At {time} s, {pod} decides about {other}, which is not of its gang.',
  split: 'In the end {bound} members of gang {gang} are bound: all or none, and {min} at least.',
  unfinished: 'There is room for gang {gang}, but {pod} is still Pending in the end.',
  nobody: 'There is room for one of the gangs, and none is complete in the end: they hold it from each other.',
  'no-room-left': 'There is room for {pod}, which has no gang, but it is still Pending in the end.',
  'left-alone': '{other} left alone',
  allowed: 'allow({other})',
  rejected: 'reject({other})',
  waits: '{other} waits',
}

export type Key = keyof typeof en

export const { texts, say } = defineTexts({
  en,
  es: {
    'too-early': 'A los {time} s, {pod} va a su nodo, aunque solo {places} de {min} miembros tienen plaza.',
    'waits-for-nobody': 'A los {time} s, a {pod} se le dice que espere, aunque bastantes miembros tienen plaza.',
    'left-waiting': 'A los {time} s, {pod} completa su grupo, pero {other} se queda esperando.',
    'still-holds': 'A los {time} s, {pod} ya no tiene sitio, pero su hermano {other} aún lo retiene.',
    refused: 'A los {time} s, {pod} es rechazado, aunque puede vincularse o esperar.',
    'no-group': 'A los {time} s, {pod} nombra un PodGroup que no existe y no es rechazado.',
    'no-member': 'A los {time} s, {pod} no es de ningún grupo y no se vincula enseguida.',
    'no-reason': 'A los {time} s, {pod} es rechazado sin una razón.',
    'wrong-time': 'A los {time} s, a {pod} se le dice que espere un tiempo que no es scheduleTimeoutSeconds.',
    meddles: 'A los {time} s, {pod} decide sobre {other}, que no es de su grupo.',
    split: 'Al final hay {bound} miembros del grupo {gang} vinculados: todos o ninguno, y {min} al menos.',
    unfinished: 'Hay sitio para el grupo {gang}, pero {pod} sigue Pending al final.',
    nobody: 'Hay sitio para uno de los grupos y al final ninguno está completo: se lo retienen unos a otros.',
    'no-room-left': 'Hay sitio para {pod}, que no tiene grupo, pero sigue Pending al final.',
    'left-alone': '{other} en paz',
    allowed: 'allow({other})',
    rejected: 'reject({other})',
    waits: '{other} espera',
  },
  names: {
    'the last one lets the others in': 'el último deja entrar a los otros',
    'too few of them wait, and not for ever': 'si son pocos esperan, y no para siempre',
    'two gangs, and room for one': 'dos grupos, y sitio para uno',
    'whose gang is it?': '¿de quién es el grupo?',
    'who is gone has no place': 'quien se ha ido no tiene plaza',
    'a binding can fail': 'un enlace puede fallar',
    'room is given back twice, or was never held': 'el sitio se devuelve dos veces, o nunca se tuvo',
    'a scheduler that was started anew': 'un planificador que arrancó de nuevo',
    'any story with room for all: all or none': 'cualquier historia con sitio para todos: todos o ninguno',
    'any order of gangs with room for one: one finishes': 'cualquier orden de grupos con sitio para uno: uno termina',
    'in a real cluster: who fits is bound, and who does not makes room':
      'en un clúster de verdad: quien cabe se vincula, y quien no, hace sitio',
    'in a real cluster: two gangs, and room for one': 'en un clúster de verdad: dos grupos, y sitio para uno',
    'in a real cluster: a member is deleted while it waits':
      'en un clúster de verdad: un miembro se borra mientras espera',
    'in a real cluster: a Pod is bound, and nobody says so':
      'en un clúster de verdad: un Pod se vincula y nadie lo dice',
    'in a real cluster: a request to bind is lost': 'en un clúster de verdad: una petición de enlace se pierde',
    'in a real cluster: another scheduler is faster': 'en un clúster de verdad: otro planificador es más rápido',
    'in a real cluster, whatever happens: all or none': 'en un clúster de verdad, pase lo que pase: todos o ninguno',
  },
})
