interface Samples {
  readonly title: string
  /** In hex; those with an exclamation mark are not UTF-8. */
  readonly octets: readonly string[]
}

/**
 * Text that is UTF-8 or is not, by the group of its cases: what Markus Kuhn's "UTF-8 decoder capability and stress
 * test" tries, by the Autobahn test suite's numbers.
 */
export const UTF8_SAMPLES: Readonly<Record<string, Samples>> = {
  '6.5': {
    title: 'valid, each length of character',
    octets: [
      '68 65 6c 6c 6f 24 77 6f 72 6c 64',
      '68 65 6c 6c 6f c2 a2 77 6f 72 6c 64',
      '68 65 6c 6c 6f e2 82 ac 77 6f 72 6c 64',
      '68 65 6c 6c 6f f0 a4 ad a2 77 6f 72 6c 64',
      'ce ba e1 bd b9 cf 83 ce bc ce b5',
    ],
  },
  '6.6': {
    title: 'a text that grows octet by octet',
    octets: [
      '! ce',
      'ce ba',
      '! ce ba e1',
      '! ce ba e1 bd',
      'ce ba e1 bd b9',
      '! ce ba e1 bd b9 cf',
      'ce ba e1 bd b9 cf 83',
      '! ce ba e1 bd b9 cf 83 ce',
      'ce ba e1 bd b9 cf 83 ce bc',
      '! ce ba e1 bd b9 cf 83 ce bc ce',
      'ce ba e1 bd b9 cf 83 ce bc ce b5',
    ],
  },
  '6.7': { title: 'the first of each length', octets: ['00', 'c2 80', 'e0 a0 80', 'f0 90 80 80'] },
  '6.8': {
    title: 'the first of lengths that are no longer UTF-8',
    octets: ['! f8 88 80 80 80', '! fc 84 80 80 80 80'],
  },
  '6.9': { title: 'the last of each length', octets: ['7f', 'df bf', 'ef bf bf', 'f4 8f bf bf'] },
  '6.10': {
    title: 'the last of lengths that are no longer UTF-8',
    octets: ['! f7 bf bf bf', '! fb bf bf bf bf', '! fd bf bf bf bf bf'],
  },
  '6.11': {
    title: 'around the limits',
    octets: ['ed 9f bf', 'ee 80 80', 'ef bf bd', 'f4 8f bf bf', '! f4 90 80 80'],
  },
  '6.12': {
    title: 'continuations with nothing to continue',
    octets: [
      '! 80',
      '! bf',
      '! 80 bf',
      '! 80 bf 80',
      '! 80 bf 80 bf',
      '! 80 bf 80 bf 80',
      '! 80 bf 80 bf 80 bf',
      '! 80 81 82 83 84 85 86 87 88 89 8a 8b 8c 8d 8e 8f 90 91 92 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 ba bb bc bd be',
    ],
  },
  '6.13': {
    title: 'lead octets alone, each before a space',
    octets: [
      '! c0 20 c1 20 c2 20 c3 20 c4 20 c5 20 c6 20 c7 20 c8 20 c9 20 ca 20 cb 20 cc 20 cd 20 ce 20 cf 20 d0 20 d1 20 d2 20 d3 20 d4 20 d5 20 d6 20 d7 20 d8 20 d9 20 da 20 db 20 dc 20 dd 20 de 20 df 20',
      '! e0 20 e1 20 e2 20 e3 20 e4 20 e5 20 e6 20 e7 20 e8 20 e9 20 ea 20 eb 20 ec 20 ed 20 ee 20 ef 20',
      '! f0 20 f1 20 f2 20 f3 20 f4 20 f5 20 f6 20 f7 20',
      '! f8 20 f9 20 fa 20 fb 20',
      '! fc 20 fd 20',
    ],
  },
  '6.14': {
    title: 'the last continuation is missing',
    octets: [
      '! c0',
      '! e0 80',
      '! f0 80 80',
      '! f8 80 80 80',
      '! fc 80 80 80 80',
      '! df',
      '! ef bf',
      '! f7 bf bf',
      '! fb bf bf bf',
      '! fd bf bf bf bf',
    ],
  },
  '6.15': {
    title: 'all of those at once',
    octets: [
      '! c0 e0 80 f0 80 80 f8 80 80 80 fc 80 80 80 80 df ef bf f7 bf bf fb bf bf bf fd bf bf bf bf',
    ],
  },
  '6.16': { title: 'octets that never stand in UTF-8', octets: ['! fe', '! ff', '! fe fe ff ff'] },
  '6.17': {
    title: 'a slash, overlong',
    octets: ['! c0 af', '! e0 80 af', '! f0 80 80 af', '! f8 80 80 80 af', '! fc 80 80 80 80 af'],
  },
  '6.18': {
    title: 'the largest overlong',
    octets: ['! c1 bf', '! e0 9f bf', '! f0 8f bf bf', '! f8 87 bf bf bf', '! fc 83 bf bf bf bf'],
  },
  '6.19': {
    title: 'NUL, overlong',
    octets: ['! c0 80', '! e0 80 80', '! f0 80 80 80', '! f8 80 80 80 80', '! fc 80 80 80 80 80'],
  },
  '6.20': {
    title: 'a surrogate',
    octets: [
      '! ed a0 80',
      '! ed ad bf',
      '! ed ae 80',
      '! ed af bf',
      '! ed b0 80',
      '! ed be 80',
      '! ed bf bf',
    ],
  },
  '6.21': {
    title: 'a pair of surrogates',
    octets: [
      '! ed a0 80 ed b0 80',
      '! ed a0 80 ed bf bf',
      '! ed ad bf ed b0 80',
      '! ed ad bf ed bf bf',
      '! ed ae 80 ed b0 80',
      '! ed ae 80 ed bf bf',
      '! ed af bf ed b0 80',
      '! ed af bf ed bf bf',
    ],
  },
  '6.22': {
    title: 'a noncharacter, which is valid',
    octets: [
      'ef bf be',
      'ef bf bf',
      'f0 9f bf be',
      'f0 9f bf bf',
      'f0 af bf be',
      'f0 af bf bf',
      'f0 bf bf be',
      'f0 bf bf bf',
      'f1 8f bf be',
      'f1 8f bf bf',
      'f1 9f bf be',
      'f1 9f bf bf',
      'f1 af bf be',
      'f1 af bf bf',
      'f1 bf bf be',
      'f1 bf bf bf',
      'f2 8f bf be',
      'f2 8f bf bf',
      'f2 9f bf be',
      'f2 9f bf bf',
      'f2 af bf be',
      'f2 af bf bf',
      'f2 bf bf be',
      'f2 bf bf bf',
      'f3 8f bf be',
      'f3 8f bf bf',
      'f3 9f bf be',
      'f3 9f bf bf',
      'f3 af bf be',
      'f3 af bf bf',
      'f3 bf bf be',
      'f3 bf bf bf',
      'f4 8f bf be',
      'f4 8f bf bf',
    ],
  },
  '6.23': {
    title: 'at the end of the basic plane',
    octets: ['ef bf b9', 'ef bf ba', 'ef bf bb', 'ef bf bc', 'ef bf bd', 'ef bf be', 'ef bf bf'],
  },
}
